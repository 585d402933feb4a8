"""What is still to happen, and in which order."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from .._http.wire import LAST_MS, from_ms, timestamp, to_ms
from .._uncopied import Uncopied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

Payload: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is still to happen.

    Attributes:
        when: virtual time, aware, UTC.
        what: in words, e.g. ``"task 66f0... ends: completed"``.
    """

    when: datetime
    what: str


@dataclass(slots=True, order=True)
class Planned:
    """An event as the timeline keeps it: data, so that a snapshot can hold it."""

    when_ms: int
    order: int
    kind: str
    payload: Payload
    # A flag, for taking something out of the middle of a heap would cost a walk through it.
    dropped: bool = False


class Timeline(Uncopied):
    """What is still to happen, in time order, ties in creation order."""

    # A heap, since each task with a turnaround has an event and only the next is ever needed.
    def __init__(self) -> None:
        self._heap: list[Planned] = []
        # Counts on over all events: those of one moment happen in the order of their planning.
        self._next_order = 0
        # By what they are as well: a task that ends early drops its planned end at once.
        self._by_payload: dict[tuple[str, Payload], Planned] = {}
        self._describe: Callable[[str, Payload], str] = lambda kind, _: kind
        self._step: Callable[[], Event] | None = None

    def bind(self, describe: Callable[[str, Payload], str], step: Callable[[], Event]) -> None:
        """Say how events are put in words and who runs one."""
        self._describe = describe
        self._step = step

    def plan(self, when_ms: int, kind: str, *payload: Any) -> None:
        """Let ``kind`` happen at ``when_ms``; the same one planned before is replaced.

        What lies beyond the year 9999 happens in its last millisecond.
        """
        self.drop(kind, *payload)
        when_ms = min(when_ms, LAST_MS)  # time ends there: what would come later comes last
        planned = Planned(when_ms, self._next_order, kind, payload)
        self._next_order += 1
        heapq.heappush(self._heap, planned)
        self._by_payload[kind, payload] = planned

    def drop(self, kind: str, *payload: Any) -> bool:
        """Let it not happen; true when it was planned."""
        planned = self._by_payload.pop((kind, payload), None)
        if planned is None:
            return False
        planned.dropped = True
        return True

    def planned(self, kind: str, *payload: Any) -> int | None:
        """When this is to happen, in milliseconds; ``None`` when it is not planned."""
        planned = self._by_payload.get((kind, payload))
        return planned.when_ms if planned else None

    def peek(self) -> Planned | None:
        """The next one, or ``None``; forgets what was dropped, so only under the lock."""
        heap = self._heap
        while heap and heap[0].dropped:
            heapq.heappop(heap)
        return heap[0] if heap else None

    def pop(self) -> Planned:
        """Take the next one; there must be one."""
        planned = heapq.heappop(self._heap)
        del self._by_payload[planned.kind, planned.payload]
        return planned

    def put_back(self, planned: Planned) -> None:
        """Plan again what was taken and could not be done, in its old place."""
        # Planned anew in the meantime: the newer one stands.
        if (planned.kind, planned.payload) not in self._by_payload:
            heapq.heappush(self._heap, planned)
            self._by_payload[planned.kind, planned.payload] = planned

    def event(self, planned: Planned) -> Event:
        """A planned event in the words of the public API."""
        return Event(from_ms(planned.when_ms), self._describe(planned.kind, planned.payload))

    def pending(self) -> list[Event]:
        """What is still to happen, next first."""
        # Looked at without the lock: of a copy, for other threads may let time pass meanwhile.
        alive = sorted(planned for planned in list(self._heap) if not planned.dropped)
        return [self.event(planned) for planned in alive]

    def step(self) -> Event:
        """Run the next event, moving the clock to it, and return it.

        Raises:
            LookupError: nothing is planned.
        """
        __tracebackhide__ = True
        assert self._step is not None
        return self._step()

    def __len__(self) -> int:
        return len(self._by_payload)

    def __iter__(self) -> Iterator[Event]:
        return iter(self.pending())

    def __repr__(self) -> str:
        upcoming = self.pending()[:1]
        next_text = [f", next {event.what} at {timestamp(to_ms(event.when))}" for event in upcoming]
        return f"<Timeline {len(self)} pending{''.join(next_text)}>"

    def save(self) -> tuple[int, list[tuple[int, int, str, Payload]]]:
        """The state as a value."""
        # Without what was dropped: a snapshot is not to grow by canceled tasks.
        alive = sorted(planned for planned in self._heap if not planned.dropped)
        return self._next_order, [(p.when_ms, p.order, p.kind, p.payload) for p in alive]

    def restore(self, state: tuple[int, list[tuple[int, int, str, Payload]]]) -> None:
        """Take over a state that ``save`` gave."""
        self._next_order = state[0]
        self._heap = [Planned(*entry) for entry in state[1]]
        heapq.heapify(self._heap)
        self._by_payload = {(p.kind, p.payload): p for p in self._heap}
