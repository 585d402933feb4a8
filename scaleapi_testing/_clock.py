"""Virtual time: what moves the clock, and in which order the things run that wait on it.

The only reader of real time, once, at the start. The clock ticks in milliseconds, as Scale's
timestamps do.
"""

from __future__ import annotations

import heapq
import math
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ._errors import NotIdle
from ._messages import counted, described, did_you_mean, span
from ._wire import from_ms, span_ms, timestamp, to_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOOK_S: Final = 0.004
"""Real seconds between two looks at what the other threads do."""

QUIET_LOOKS: Final = 5
"""Looks without a change after which no other thread is taken to be about to wait."""

UNITS: Final = ("days", "hours", "minutes", "seconds", "milliseconds", "microseconds", "weeks")
"""What ``timedelta`` takes as keywords."""

LAST_MS: Final = 253_402_300_799_999
"""The end of the year 9999, the last that a ``datetime`` can hold."""

MOST_LOOKS: Final = 30
"""Looks that a wait gives other threads at the most."""

_real_sleep: Final = time.sleep
# Bound at import: a fake that skips `time.sleep` must not skip this one.

Payload: TypeAlias = tuple[Any, ...]
Activity: TypeAlias = frozenset[tuple[int, int, int]]


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
    dropped: bool = False


class Timeline:
    """What is still to happen, in time order, ties in creation order."""

    def __init__(self) -> None:
        self._heap: list[Planned] = []
        self._next_order = 0
        self._by_payload: dict[tuple[str, Payload], Planned] = {}
        self._describe: Callable[[str, Payload], str] = lambda kind, _: kind
        self._step: Callable[[], Event] | None = None

    def bind(self, describe: Callable[[str, Payload], str], step: Callable[[], Event]) -> None:
        """Say how events are put in words and who runs one."""
        self._describe = describe
        self._step = step

    def plan(self, when_ms: int, kind: str, *payload: Any) -> None:
        """Let ``kind`` happen at ``when_ms``; the same one planned before is replaced."""
        self.drop(kind, *payload)
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
        told = [f", next {event.what} at {timestamp(to_ms(event.when))}" for event in upcoming]
        return f"<Timeline {len(self)} pending{''.join(told)}>"

    def save(self) -> tuple[int, list[tuple[int, int, str, Payload]]]:
        """The state as a value."""
        alive = sorted(planned for planned in self._heap if not planned.dropped)
        return self._next_order, [(p.when_ms, p.order, p.kind, p.payload) for p in alive]

    def restore(self, state: tuple[int, list[tuple[int, int, str, Payload]]]) -> None:
        """Take over a state that ``save`` gave."""
        self._next_order = state[0]
        self._heap = [Planned(*entry) for entry in state[1]]
        heapq.heapify(self._heap)
        self._by_payload = {(p.kind, p.payload): p for p in self._heap}


def start_ms(start_time: datetime | None) -> int:
    """Where a clock starts: the given time, else the real one (a frozen one is honoured).

    Raises:
        ValueError: a naive datetime.
        TypeError: no datetime.
    """
    if start_time is None:
        return int(time.time() * 1000)  # noqa: TID251 - the one place where real time is read
    return _aware_ms(start_time, "start_time")


def _aware_ms(moment: object, name: str) -> int:
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
    return to_ms(moment)


def _given_length(keywords: dict[str, float]) -> timedelta:
    """The length that keywords of ``timedelta`` mean.

    Raises:
        TypeError: a keyword that ``timedelta`` does not know, or no number.
        ValueError: a length that no ``timedelta`` can hold.
    """
    for name, value in keywords.items():
        if name not in UNITS:
            near = did_you_mean(name, UNITS, 1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(UNITS)}"
            raise TypeError(f"advance() does not know {name}={value!r:.20}; {hint}")
        if not isinstance(value, int | float):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
            raise TypeError(f"advance({name}={value!r:.60}): give a number")
    try:
        return timedelta(**keywords)
    except OverflowError:
        raise ValueError(
            f"advance({', '.join(f'{name}={value!r}' for name, value in keywords.items())}): "
            "no length of time is as long; give a shorter one"
        ) from None


class Clock:
    """Virtual time: it stands still until it is moved.

    Args:
        start: milliseconds since 1970.
        timeline: what runs when time passes.
        apply: does one planned event at the clock's new time, under the lock, and returns the
            callback attempts that it brought about.
        deliver: makes these attempts, without the lock, and returns what the targets raised.
        lock: the fake's lock.
    """

    def __init__(
        self,
        start: int,
        timeline: Timeline,
        apply: Callable[[Planned], list[Any]],
        deliver: Callable[[list[Any]], list[BaseException]],
        lock: threading.RLock,
    ) -> None:
        self.ms = start
        self._timeline = timeline
        self._apply = apply
        self._deliver = deliver
        self._lock = lock
        self._stamp = (start, timestamp(start))
        self.take_deferred: Callable[[], list[BaseException]] = list
        self._home = threading.get_ident()
        self._before = frozenset(thread.ident for thread in threading.enumerate())
        self._waiting: set[int] = set()
        self._settled: Activity | None = None

    def now(self) -> datetime:
        """The virtual time, aware, in UTC."""
        return from_ms(self.ms)

    def stamp(self) -> str:
        """The virtual time as Scale writes it; cheap while the clock stands still."""
        if self._stamp[0] != self.ms:
            self._stamp = (self.ms, timestamp(self.ms))
        return self._stamp[1]

    def advance(self, delta: timedelta | None = None, /, **timedelta_kwargs: float) -> None:
        """Let time pass, running everything that becomes due, in order.

        Args:
            delta: how long.
            timedelta_kwargs: how long, as keywords of ``timedelta``, e.g. ``hours=2``.

        Raises:
            ValueError: a negative length (time cannot move backwards).
            TypeError: neither or both forms, or keywords that ``timedelta`` does not know.
        """
        __tracebackhide__ = True
        if (delta is None) == (not timedelta_kwargs):
            raise TypeError("advance() takes one timedelta or timedelta keywords, e.g. hours=2")
        length = _given_length(timedelta_kwargs) if delta is None else delta
        if not isinstance(length, timedelta):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
            raise TypeError(
                f"advance() takes a timedelta or keywords, not {described(length)}; write e.g. "
                f"advance(seconds={length!r:.20})"
            )
        if length < timedelta(0):
            raise ValueError(
                f"cannot move the clock by {span(length)}: it would go backwards from "
                f"{self.stamp()}; give a positive length"
            )
        self._move(self._reachable(self.ms + span_ms(length)))

    def advance_to(self, moment: datetime) -> None:
        """Let time pass until ``moment``, running everything that becomes due, in order.

        Raises:
            ValueError: a naive datetime, or one before now.
            TypeError: no datetime.
        """
        __tracebackhide__ = True
        target = _aware_ms(moment, "advance_to()")
        if target < self.ms:
            raise ValueError(
                f"cannot move the clock to {timestamp(target)}: it is {self.stamp()} already; "
                "give a later time, or construct the fake with an earlier start_time="
            )
        self._move(target)

    def run_until_idle(self, limit: timedelta = timedelta(days=30)) -> None:
        """Run every event that is due or will be; the clock stops at the last one.

        Args:
            limit: how far from now an event may lie.

        Raises:
            NotIdle: the next event lies beyond the limit; what came before has run.
            TypeError: the limit is no timedelta.
            ValueError: the limit is negative.
        """
        __tracebackhide__ = True
        if not isinstance(limit, timedelta):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
            raise TypeError(f"run_until_idle(limit=...) takes a timedelta, not {described(limit)}")
        if limit < timedelta(0):
            raise ValueError(
                f"run_until_idle(limit={span(limit)}): time cannot move backwards; give a "
                "positive length"
            )
        last = self.ms + span_ms(limit)
        raised: list[BaseException] = self.take_deferred()
        while self._run_next(last, raised):
            pass
        upcoming = self._timeline.pending()
        if upcoming:
            when, what = timestamp(to_ms(upcoming[0].when)), upcoming[0].what
            left = counted(len(upcoming), "event is", "events are")
            raised.append(
                NotIdle(
                    f"not idle after {span(limit)}, at {timestamp(last)}: {left} still to come, "
                    f"the next at {when}: {what}. Give a larger limit=, or see "
                    "scale.timeline.pending() for what keeps it busy"
                )
            )
        raise_first(raised)

    def wait(self, seconds: float, began_ms: int | None = None) -> None:
        """Let a waiting client's time pass: up to the moment its wait began plus its length.

        Several that wait at once move the clock once.

        Args:
            seconds: how long.
            began_ms: when the wait began, in virtual milliseconds; ``None`` means now.
        """
        __tracebackhide__ = True
        raise_first(self.wait_quietly(seconds, self.ms if began_ms is None else began_ms))

    def wait_quietly(self, seconds: float, began_ms: int) -> list[BaseException]:
        """As ``wait``, but what targets raise is returned."""
        self._let_others_begin()
        return self.pass_until(began_ms + math.ceil(max(seconds, 0) * 1000 - 1e-6))

    def _let_others_begin(self) -> None:
        """Give the test's own threads the chance to begin their waits before this one ends.

        Virtual waits take no time, so of threads that run into the same 429 the first would be
        done before the others have asked. A test without threads of its own never waits here.
        """
        mine = threading.get_ident()
        if mine == self._home and self._before.issuperset(
            thread.ident for thread in threading.enumerate()
        ):
            return
        with self._lock:
            self._waiting.add(mine)
        try:
            seen, quiet = self._activity(), 0
            for _ in range(MOST_LOOKS):
                # As it was when the last wait went on: these threads are idle, not on their way.
                if quiet == QUIET_LOOKS or seen == self._settled:
                    break
                _real_sleep(LOOK_S)
                now = self._activity()
                seen, quiet = now, quiet + 1 if now == seen else 0
            self._settled = seen
        finally:
            with self._lock:
                self._waiting.discard(mine)

    def _activity(self) -> Activity:
        """Where every thread is that does not wait here; the same twice when nothing moves."""
        waiting = self._waiting
        return frozenset(
            (thread, id(frame), frame.f_lasti)
            for thread, frame in sys._current_frames().items()
            if thread not in waiting
        )

    def pass_until(self, target_ms: int) -> list[BaseException]:
        """Run what is due until ``target_ms``, set the clock there, return what was raised."""
        raised: list[BaseException] = []
        while self._run_next(target_ms, raised):
            pass
        with self._lock:
            self.ms = max(self.ms, target_ms)
        return raised

    def _run_next(self, until_ms: float, raised: list[BaseException]) -> Event | None:
        """Run the next event if it is due by ``until_ms``; callbacks go out without the lock."""
        with self._lock:
            planned = self._timeline.peek()
            if planned is None or planned.when_ms > until_ms:
                return None
            event = self._timeline.event(planned)
            self._timeline.pop()
            self.ms = max(self.ms, planned.when_ms)
            outgoing = self._apply(planned)
        if outgoing:
            raised += self._deliver(outgoing)
        return event

    def _reachable(self, target_ms: int) -> int:
        """``target_ms``, unless no datetime reaches so far.

        Raises:
            ValueError: it lies beyond the year 9999.
        """
        if target_ms > LAST_MS:
            raise ValueError(
                f"cannot move the clock from {self.stamp()} beyond the year 9999; give a shorter "
                "length"
            )
        return target_ms

    def _move(self, target_ms: int) -> None:
        __tracebackhide__ = True
        raised = self.take_deferred()
        raised += self.pass_until(target_ms)
        raise_first(raised)

    def step(self) -> Event:
        """Run the next planned event and return it; ``timeline.step`` is this.

        Raises:
            LookupError: nothing is planned.
        """
        __tracebackhide__ = True
        raised = self.take_deferred()
        event = self._run_next(math.inf, raised)
        nothing = LookupError(
            f"nothing is planned after {self.stamp()}: the timeline is empty; "
            "create tasks with a turnaround, or complete them with scale.complete()"
        )
        raise_first(raised if event is not None else [*raised, nothing])
        assert event is not None
        return event

    def __repr__(self) -> str:
        return f"<Clock {self.stamp()}>"


def raise_first(raised: list[BaseException]) -> None:
    """Raise the first of ``raised``, the others as notes on it; nothing when there is none."""
    __tracebackhide__ = True
    if not raised:
        return
    first, *others = raised
    for other in others:
        first.add_note(f"and then: {type(other).__name__}: {other}")
    raise first
