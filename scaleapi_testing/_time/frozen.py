"""Real time, read here alone, and time that freezegun or time-machine froze."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import Any, Final

from .._http.wire import FIRST_MS, LAST_MS, timestamp, to_ms
from .._messages import described

OURS: Final = "_scaleapi_shift"
"""The attribute that tells our own traveller and factory from those of the test."""


def start_ms(start_time: datetime | None) -> int:
    """Where a clock starts: the given time, else the frozen one, else the real one.

    Raises:
        ValueError: a naive datetime.
        TypeError: no datetime.
    """
    if start_time is None:
        frozen = frozen_ms()
        # Once, at the start: from then on the clock moves only when it is moved.
        return int(time.time() * 1000) if frozen is None else frozen  # noqa: TID251 - the one place where real time is read
    return aware_ms(start_time, "start_time")


def real_ms() -> int:
    """Real time in milliseconds since 1970, frozen or not: for what outlives the process."""
    return int(time.time() * 1000)  # noqa: TID251 - the one place where real time is read


def aware_ms(moment: object, name: str) -> int:
    """An aware datetime in milliseconds.

    Raises:
        ValueError: a naive one, or one that no datetime in UTC can hold.
        TypeError: no datetime.
    """
    __tracebackhide__ = True
    if not isinstance(moment, datetime):
        raise TypeError(
            f"{name} takes an aware datetime, e.g. datetime(2026, 3, 2, tzinfo=UTC), not "
            f"{described(moment)}"
        )
    if moment.utcoffset() is None:
        raise ValueError(
            f"{name} got {moment.isoformat()}, which has no time zone; give an aware datetime, "
            f"e.g. datetime({moment.year}, {moment.month}, {moment.day}, tzinfo=UTC)"
        )
    ms = to_ms(moment)
    # An offset can push a moment near the ends out of what a datetime holds.
    if not FIRST_MS <= ms <= LAST_MS:
        raise ValueError(
            f"{name} got {moment.isoformat()}, which lies outside the years 1 to 9999 in UTC; give "
            "a moment within them"
        )
    return ms


def frozen_ms() -> int | None:
    """The time to which the test's own freezegun or time-machine travelled last, or ``None``.

    Of a frozen time that goes on (``tick=True``) it is the moment travelled to: what passes on top
    is real time, and the fake's clock stands still. Both libraries are looked at only where the
    test imported them.
    """
    freezegun: Any = sys.modules.get("freezegun.api")
    # Read from the modules that the test imported: importing them here would cost every fake.
    if freezegun is not None and freezegun.freeze_factories:
        moment = freezegun.freeze_factories[-1].time_to_freeze
        return to_ms(moment.replace(tzinfo=UTC))
    time_machine: Any = sys.modules.get("time_machine")
    # Not public there; a version that names them otherwise is one that is not followed.
    # The innermost that is not ours: the fake's own traveller moves time for `skip_sleep`.
    for traveller in reversed(getattr(time_machine, "traveller_stack", ())):
        if not hasattr(traveller, OURS):
            ns = getattr(traveller, "_destination_timestamp_ns", None)
            return None if ns is None else ns // 1_000_000
    return None


class Follower:
    """Follows frozen time by differences, beneath what the fake's own clock moved.

    Args:
        follows: false when the test gave a ``start_time``: then the clock is its alone.

    Attributes:
        untouched: whether nothing has happened yet on the fake's clock.
        notes: what could not be followed, for the test report.
    """

    def __init__(self, *, follows: bool) -> None:
        self._follows = follows
        # What was frozen when the fake was made is where its clock starts, so only differences
        # count.
        self._seen = frozen_ms() if follows else None
        self.untouched = True
        self.notes: list[str] = []

    def has_moved(self) -> bool:
        """Whether the next look finds time frozen or moved; changes nothing."""
        # Thawed counts as not moved: time that runs freely again is not followed.
        return self._follows and frozen_ms() not in {None, self._seen}

    def look(self, now: int) -> int | None:
        """Where the clock belongs if time was frozen or moved since the last look, else ``None``.

        Args:
            now: where it stands.
        """
        if not self._follows:
            return None
        frozen = frozen_ms()
        if frozen is None or frozen == self._seen:
            return None
        before, self._seen = self._seen, frozen
        if self.untouched:
            return frozen
        # How far to go is not known: the fake's own calls have moved its clock away from real time.
        if before is None:
            self._note(
                "was frozen", frozen, "after calls had been made or the clock was moved", now
            )
            return None
        if frozen < before:
            self._note("was moved back", frozen, "and this clock never goes back", now)
            return None
        return now + frozen - before

    def start_again(self, *, untouched: bool) -> None:
        """The clock was put elsewhere, to where it started if ``untouched``."""
        # An untouched clock takes the next frozen time whole, as a new one would.
        self._seen = None if untouched else frozen_ms() if self._follows else None
        self.untouched = untouched
        self.notes.clear()

    def _note(self, what: str, frozen: int, why: str, now: int) -> None:
        self.notes.append(
            f"time {what} to {timestamp(frozen)} {why}: the fake stays at {timestamp(now)}; freeze "
            "it before the first call, or give start_time="
        )
