"""Virtual time, and what is still to happen on it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from .kinds import LENGTH, LONGEST_S, MOMENT, NUMBER, TEXT, WHOLE
from .operation import Argument, control
from .records import AFTER, LIMIT, PAGE, bounds
from .shown import event, listing, page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .._fake import FakeScale
    from .._messages import JSON
    from .._time.clock import Clock

NOW: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["now", "ms", "moved_ms"],
    "properties": {
        "now": {"type": "string", "format": "date-time"},
        "ms": {"type": "integer", "description": "milliseconds since 1970"},
        "moved_ms": {"type": "integer", "description": "how far it was ever moved"},
    },
}
EVENT: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["when", "what"],
    "properties": {
        "when": {"type": "string", "format": "date-time"},
        "what": {"type": "string"},
    },
}
_UNITS: Final = ("weeks", "days", "hours", "minutes", "seconds", "milliseconds", "microseconds")


def shown(clock: Clock) -> dict[str, JSON]:
    """What a clock shows."""
    return {"now": clock.now().isoformat(), "ms": clock.ms, "moved_ms": clock.moved_ms}


@control("clock", method="GET", gives=NOW)
def now(fake: FakeScale) -> JSON:
    """The virtual time."""
    return shown(fake.clock)


@control(
    "clock.advance",
    Argument("by", LENGTH, "how long, in place of the units"),
    *(Argument(unit, NUMBER.within(minimum=0), f"how many {unit}") for unit in _UNITS),
    rules={"minProperties": 1},
    gives=NOW,
)
def advance(fake: FakeScale, by: timedelta | None = None, **units: float) -> JSON:
    """Let time pass, running everything that becomes due, in order."""
    if by is not None and units:
        raise TypeError("clock.advance takes `by` or units such as `hours`, not both")
    if by is None and not units:
        raise TypeError("clock.advance needs `by` or units, e.g. hours=2")
    fake.clock.advance(by, **units)
    return shown(fake.clock)


@control("clock.advance_to", Argument("moment", MOMENT, "until when", required=True), gives=NOW)
def advance_to(fake: FakeScale, moment: datetime) -> JSON:
    """Let time pass until a moment, running everything that becomes due, in order."""
    fake.clock.advance_to(moment)
    return shown(fake.clock)


@control(
    "clock.run_until_idle",
    Argument("limit", LENGTH, "how far from now an event may lie; 30 days unless given"),
    gives=NOW,
)
def run_until_idle(fake: FakeScale, limit: timedelta = timedelta(days=30)) -> JSON:
    """Run every event that is due or will be; the clock stops at the last one."""
    fake.clock.run_until_idle(limit)
    return shown(fake.clock)


@control(
    "clock.wait",
    Argument(
        "seconds",
        NUMBER.within(minimum=0, maximum=LONGEST_S),
        "how long the wait lasts",
        required=True,
    ),
    Argument("began_ms", WHOLE, "when it began, in virtual milliseconds; now unless given"),
    Argument("what", TEXT, "what waits, for messages"),
    gives=NOW,
)
def wait(
    fake: FakeScale, seconds: float, began_ms: int | None = None, what: str | None = None
) -> JSON:
    """Let a waiting client's time pass: up to the moment its wait began plus its length."""
    if not 0 <= seconds <= LONGEST_S:
        raise ValueError(f"clock.wait got seconds={seconds!r}: give 0 to {LONGEST_S:.0f}")
    where = None if what is None else lambda: what
    # Whoever waits is in another process, and has looked at its own threads.
    fake.clock.wait(seconds, began_ms, where, among_threads=False)
    return shown(fake.clock)


@control("timeline", AFTER, LIMIT, method="GET", gives=listing(EVENT))
def pending(fake: FakeScale, after: int = 0, limit: int = PAGE) -> JSON:
    """What is still to happen, next first."""
    bounds(after, limit)
    entries, paging = page(fake.timeline.pending(), after, limit)
    return {"items": [event(entry) for entry in entries], **paging}


@control("timeline.step", gives=EVENT)
def step(fake: FakeScale) -> JSON:
    """Run the next event, moving the clock to it, and answer it."""
    return event(fake.timeline.step())
