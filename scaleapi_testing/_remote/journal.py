"""The journal of a world on a server: fetched as it grows, searched here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._journal.expectation import NOTHING_CAME
from .._journal.journal import Journal
from .._journal.recorded_request import RecordedRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .faults import FarFaults
    from .wire import Wire


class FarJournal(Journal):
    """``scale.requests`` of a world.

    Args:
        wire: to the world.
        faults: what struck calls.
        max_entries: how many calls the world's journal keeps.
        now: the virtual time, for messages.
    """

    def __init__(
        self, wire: Wire, faults: FarFaults, max_entries: int, now: Callable[[], int]
    ) -> None:
        super().__init__(max_entries, now)
        self._wire = wire
        self._faults = faults
        self._fetched: dict[int, RecordedRequest] = {}

    def _copy(self) -> list[RecordedRequest]:
        """The calls as they are now; those that were over when they were fetched stay."""
        newest = self._wire.control("requests", limit=1)
        first = newest["items"][0]["place"] if newest["items"] else 0
        over = [n for n, record in self._fetched.items() if record.status is None]
        # From the first that was under way: its outcome is known only now.
        after = min([*over, max(self._fetched, default=0) + 1]) - 1
        still_there = {n: r for n, r in self._fetched.items() if first and first <= n <= after}
        for entry in self._wire.every("requests", after=after):
            still_there[entry["place"]] = self._record(entry)
        self._fetched = still_there
        self._next_n = max(still_there, default=0) + 1
        return [still_there[n] for n in sorted(still_there)]

    def _record(self, entry: Any) -> RecordedRequest:
        key = self._wire.key_of(entry["account_id"], entry["account"])
        record = RecordedRequest.from_state(entry, key)
        record.own = int(entry["own"])
        record.fault = self._faults.numbered(entry["fault"])
        return record

    def reset(self) -> None:
        """Forget what was fetched."""
        self._fetched.clear()

    def __len__(self) -> int:
        total: int = self._wire.control("requests", limit=1)["total"]
        return total

    @property
    def last(self) -> RecordedRequest:
        """The newest call.

        Raises:
            LookupError: no call has reached the world.
        """
        records = self._copy()
        if records:
            return records[-1]
        raise LookupError(NOTHING_CAME)
