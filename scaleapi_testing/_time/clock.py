"""Virtual time: what moves the clock. It ticks in milliseconds, as Scale's timestamps do."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from .._configuration import MAX_IDLE
from .._errors import NotIdle
from .._http.wire import LAST_MS, from_ms, span_ms, timestamp, to_ms
from .._messages import counted, described, did_you_mean, repr_of, span
from .._uncopied import Uncopied
from .frozen import Follower, aware_ms
from .threads import NoThreads, Threads
from .turns import breathe

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from .._world.act import Act, Unraised
    from .timeline import Event, Planned, Timeline

UNITS: Final = ("days", "hours", "minutes", "seconds", "milliseconds", "microseconds", "weeks")
"""What ``timedelta`` takes as keywords."""


def _given_length(keywords: dict[str, float]) -> timedelta:
    """The length that keywords of ``timedelta`` mean.

    Raises:
        TypeError: a keyword that ``timedelta`` does not know, or no number.
        ValueError: a length that no ``timedelta`` can hold.
    """
    __tracebackhide__ = True
    for name, value in keywords.items():
        if name not in UNITS:
            near = did_you_mean(name, UNITS, 1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(UNITS)}"
            raise TypeError(f"advance() does not know {name}={value!r:.20}; {hint}")
        if not isinstance(value, int | float):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
            raise TypeError(f"advance({name}={value!r:.60}): give a number")
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"advance({name}={value!r}): no length of time; give a finite number")
    try:
        return timedelta(**keywords)
    except OverflowError:
        lengths = ", ".join(f"{name}={repr_of(value)}" for name, value in keywords.items())
        raise ValueError(
            f"advance({lengths}): no length of time is as long; give a shorter one"
        ) from None


class Clock(Uncopied):
    """Virtual time: it stands still until it is moved.

    Args:
        start: milliseconds since 1970.
        timeline: what runs when time passes.
        run: does one planned event at the clock's new time, under the lock; returns its act, and
            whether it is done.
        close: makes the callback attempts of an act, without the lock.
        lock: the fake's lock.
        unraised: exceptions that wait for the next control.
        follows_frozen: whether time that the test freezes is followed.
        max_idle: how far waits move the clock while nothing changes and nothing is planned.

    Attributes:
        ms: the virtual time, milliseconds since 1970; settable by ``put`` alone.
        moved_ms: how far it was ever moved, frozen time apart; never goes back.
        ahead_ms: how far it is ahead of the times at which the commands of a log are told to
            apply: what controls and late answers added; below 0 after a snapshot was put back.
        follower: what is known of frozen time.
        describe_idle: says for ``NotIdle`` what was polled last, and what would end it.
    """

    def __init__(
        self,
        start: int,
        timeline: Timeline,
        run: Callable[[Planned], tuple[Act, bool]],
        close: Callable[[Act], None],
        lock: threading.RLock,
        unraised: Unraised,
        *,
        follows_frozen: bool = False,
        max_idle: timedelta = MAX_IDLE,
    ) -> None:
        self.ms = start
        self.moved_ms = 0
        self.ahead_ms = 0
        self._threads = Threads()
        self.follower = Follower(follows=follows_frozen)
        self.describe_idle: Callable[[], str] = lambda: ""
        self._max_idle_ms = span_ms(max_idle)
        self._idle_ms = 0
        self._timeline = timeline
        self._run = run
        self._close = close
        # The world's own: time passes between two acts, never in the middle of one.
        self._lock = lock
        self._unraised = unraised
        # The text with its time, in one assignment: a reader in another thread sees both or
        # neither.
        self._stamp = (start, timestamp(start))

    def never_waits(self) -> None:
        """Wait for no thread, and follow no frozen time: time passes as a log says."""
        self.look_at_no_threads()
        untouched = self.follower.untouched
        self.follower = Follower(follows=False)
        # Whether anything happened is known already; only the following ends.
        self.follower.untouched = untouched

    def near(self, ms: int) -> bool:
        """Run the next planned event that comes before a command of a log, or go to its time.

        What an event raises waits for the next control; it stays planned, and time stops there.

        Args:
            ms: the time that the log told the command.

        Returns:
            Whether there may be more to run.
        """
        # What controls moved on top stays: commands of the log do not bring time back.
        target = min(ms + self.ahead_ms, LAST_MS)
        raised: list[BaseException] = []
        event, goes_on = self._run_next(target, raised)
        if raised:
            self._unraised.keep(raised)
        # Not while an event is left: time stops at one that raised.
        if event is None:
            with self._lock:
                self._set(max(self.ms, target))
        return goes_on

    def applied_at(self, ms: int) -> None:
        """A command that the log told the time ``ms`` was applied: whatever moved on is kept."""
        self.ahead_ms = self.ms - ms

    def look_at_no_threads(self) -> None:
        """Nobody in this process waits at the same time as somebody else."""
        self._threads = NoThreads()

    def now(self) -> datetime:
        """The virtual time, aware, in UTC."""
        raised = self.follow()
        # A getter must not raise what a target did long ago: the next control does.
        if raised:
            self._unraised.keep(raised)
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
        # Frozen time first: the length counts from where the test believes the clock to be.
        raised = self.follow()
        target = self._reachable(self.ms + span_ms(length), "cannot move the clock")
        self._move(target, raised)

    def advance_to(self, moment: datetime) -> None:
        """Let time pass until ``moment``, running everything that becomes due, in order.

        Raises:
            ValueError: a naive datetime, or one before now.
            TypeError: no datetime.
        """
        __tracebackhide__ = True
        target = aware_ms(moment, "advance_to()")
        raised = self.follow()
        if target < self.ms:
            raise ValueError(
                f"cannot move the clock to {timestamp(target)}: it is {self.stamp()} already; "
                "give a later time, or construct the fake with an earlier start_time="
            )
        self._move(target, raised)

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
        self._run_all(limit)

    def _run_all(self, limit: timedelta) -> None:
        __tracebackhide__ = True
        raised = self.follow() + self._unraised.take()
        last = min(self.ms + span_ms(limit), LAST_MS)
        while self._run_next(last, raised)[1]:
            pass
        self.note_change()
        # Only now: events plan new ones as they run.
        upcoming = self._timeline.pending()
        if upcoming:
            when, what = timestamp(to_ms(upcoming[0].when)), upcoming[0].what
            upcoming_count = counted(len(upcoming), "event is", "events are")
            raised.append(
                NotIdle(
                    f"not idle after {span(limit)}, at {timestamp(last)}: {upcoming_count} still "
                    f"to come, the next at {when}: {what}. Give a larger limit=, or see "
                    "scale.timeline.pending() for what keeps it busy"
                )
            )
        raise_first(raised)

    def wait(
        self,
        seconds: float,
        began_ms: int | None = None,
        where: Callable[[], str] | None = None,
        *,
        among_threads: bool = True,
    ) -> None:
        """Let a waiting client's time pass: up to the moment its wait began plus its length.

        Several that wait at once move the clock once; ``_time/threads.py`` says which do.

        Args:
            seconds: how long.
            began_ms: when the wait began, in virtual milliseconds; ``None`` means now.
            where: says what waits, e.g. ``time.sleep(600) at poll.py:12``; for messages.
            among_threads: whether other threads of this process may be about to wait as well.

        Raises:
            NotIdle: waits moved the clock by ``max_idle`` for nothing.
            ValueError: no clock reaches so far.
        """
        __tracebackhide__ = True
        raised = self.follow()
        began = self.ms if began_ms is None else began_ms
        # Before looking at the clock: another thread's wait may move it while this one stands
        # aside.
        if among_threads:
            self._threads.let_others_begin()
        before = self.ms
        what = where or (lambda: f"a wait of {seconds:g} s")
        target = began + _milliseconds(seconds)
        if target > LAST_MS:
            self._reachable(target, f"{what()} cannot move the clock")
        # While something is planned nobody waits for nothing.
        idle = self._idle_ms if self._timeline.peek() is None else 0
        # Judged before moving: a wait that is too long stops the clock at the limit, not beyond it.
        spent = target > before and idle + target - before > self._max_idle_ms
        if spent and self._timeline.peek() is None:
            target = before + max(self._max_idle_ms - idle, 0)
        raised += self.pass_until(target)
        # What ran in the meantime may have emptied or filled the timeline.
        self._idle_ms = idle + max(target - before, 0) if self._timeline.peek() is None else 0
        if spent and self._idle_ms >= self._max_idle_ms:
            # A test that catches NotIdle starts counting anew.
            self._idle_ms = 0
            raised.append(self._not_idle(what()))
        raise_first(raised)

    def wait_quietly(self, seconds: float, began_ms: int) -> list[BaseException]:
        """As ``wait`` for what a fault makes last; what targets raise is returned."""
        # Never raises, so it is cut at the last moment that a datetime can hold.
        target = min(began_ms + _milliseconds(seconds), LAST_MS)
        self._threads.let_others_begin()
        return self.pass_until(target)

    def begin_call(self) -> list[BaseException]:
        """A call comes in: follow frozen time up to here; returns what targets raised."""
        raised = self.follow()
        self.follower.untouched = False
        return raised

    def follow(self) -> list[BaseException]:
        """Go where the test's freezegun or time-machine went; returns what targets raised."""
        target = self.follower.look(self.ms)
        if target is None:
            return []
        if self.follower.untouched:
            # Nothing has happened: the clock starts where the test froze time, without passing
            # through.
            with self._lock:
                self.ms = target
            return []
        before = self.moved_ms
        raised = self.pass_until(min(target, LAST_MS))
        self.moved_ms = before  # the frozen clocks have moved already
        self.note_change()
        return raised

    def note_change(self) -> None:
        """Something changed: whoever waits does not wait for nothing."""
        self._idle_ms = 0

    def put(self, ms: int, *, untouched: bool) -> None:
        """Be at another time, as if nothing had passed since (a snapshot is put back)."""
        self.ms = ms
        self._idle_ms = 0
        self.follower.start_again(untouched=untouched)

    def pass_until(self, target_ms: int) -> list[BaseException]:
        """Run what is due until ``target_ms``, set the clock there, return what was raised.

        Time stops at an event that raises (a test's own callable does): it stays planned, and what
        comes after it has not happened.
        """
        raised: list[BaseException] = []
        goes_on, event = True, None
        while goes_on:
            event, goes_on = self._run_next(target_ms, raised)
        if event is None:
            # Never back: an event's own callable may have moved the clock beyond the target.
            with self._lock:
                self._set(max(self.ms, target_ms))
        return raised

    def _set(self, ms: int) -> None:
        if ms != self.ms:
            # Any move makes the start final: from now on frozen time counts by its differences.
            self.follower.untouched = False
            self.moved_ms += ms - self.ms
            self.ms = ms

    def _run_next(self, until_ms: float, raised: list[BaseException]) -> tuple[Event | None, bool]:
        """Run the next event if it is due by ``until_ms``; callbacks go out without the lock.

        Returns it, and whether time goes on to the next one.
        """
        breathe()
        with self._lock:
            planned = self._timeline.peek()
            if planned is None or planned.when_ms > until_ms:
                return None, False
            event = self._timeline.event(planned)
            # What is overdue happens now: the clock never goes back.
            self._set(max(self.ms, planned.when_ms))
            self._idle_ms = 0
            act, is_done = self._run(planned)
        # Without the lock: targets may wait for calls of other threads, which need it.
        try:
            self._close(act)
        # What was raised counts even when closing itself is interrupted.
        finally:
            raised += act.raised
        return event, is_done

    def _reachable(self, target_ms: int, what: str) -> int:
        """``target_ms``, unless no datetime reaches so far.

        Raises:
            ValueError: it lies beyond the year 9999.
        """
        __tracebackhide__ = True
        if target_ms > LAST_MS:
            raise ValueError(
                f"{what} from {self.stamp()} beyond the year 9999; give a shorter length"
            )
        return target_ms

    def _move(self, target_ms: int, raised: list[BaseException]) -> None:
        __tracebackhide__ = True
        raised += self._unraised.take()
        raised += self.pass_until(target_ms)
        self.note_change()
        raise_first(raised)

    def _not_idle(self, waiting: str) -> NotIdle:
        length = span(timedelta(milliseconds=self._max_idle_ms))
        return NotIdle(
            f"{waiting} waits for nothing: waits moved the clock by {length} to {self.stamp()} "
            f"while nothing changed, and nothing is planned. {self.describe_idle()}If it is meant "
            "to last that long, give FakeScale(max_idle=...) a larger timedelta"
        )

    def step(self) -> Event:
        """Run the next planned event and return it; ``timeline.step`` is this.

        Raises:
            LookupError: nothing is planned.
        """
        __tracebackhide__ = True
        raised = self.follow() + self._unraised.take()
        event, _ = self._run_next(math.inf, raised)
        self.note_change()
        nothing = LookupError(
            f"nothing is planned after {self.stamp()}: the timeline is empty; "
            "create tasks with a turnaround, or complete them with scale.complete()"
        )
        # The event's own exceptions go before the complaint that there was none.
        raise_first(raised if event is not None else [*raised, nothing])
        assert event is not None
        return event

    def __repr__(self) -> str:
        return f"<Clock {self.stamp()}>"


def _milliseconds(seconds: float) -> int:
    """Whole milliseconds, rounded up: no wait is cut short."""
    # The product of floats may lie a hair above its whole number, which is no reason for one more.
    return math.ceil(max(seconds, 0) * 1000 - 1e-6)


def raise_first(raised: list[BaseException]) -> None:
    """Raise the first of ``raised``, the others as notes on it; nothing when there is none."""
    __tracebackhide__ = True
    if not raised:
        return
    first, *others = raised
    for other in others:
        # Notes and no group: `pytest.raises(SomeError)` has to keep matching the first.
        first.add_note(f"and then: {type(other).__name__}: {other}")
    raise first
