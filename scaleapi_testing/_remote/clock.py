"""The clock and the timeline of a world on a server."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from .._http.wire import from_ms, timestamp
from .._time.clock import Clock
from .._time.frozen import Follower
from .._time.threads import Threads
from .._time.timeline import Event, Timeline

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from .wire import Wire


class FarClock(Clock):
    """The virtual time of a world: it is asked for each time, and moved there.

    Args:
        wire: to the world.
        follows_frozen: whether time that the test freezes in this process is followed.
    """

    def __init__(self, wire: Wire, *, follows_frozen: bool) -> None:
        self._wire = wire
        self._threads = Threads()
        self.follower = Follower(follows=follows_frozen)
        self.follower.untouched = False

    @property
    def ms(self) -> int:  # type: ignore[override]  # an attribute there
        """The virtual time now, milliseconds since 1970."""
        now: int = self._wire.control("clock")["ms"]
        return now

    @property
    def moved_ms(self) -> int:  # type: ignore[override]  # likewise
        """How far it was ever moved, as it was told last: every reading of a clock asks for it."""
        return self._wire.moved_ms

    def stamp(self) -> str:
        """The virtual time as Scale writes it."""
        return timestamp(self.ms)

    def now(self) -> datetime:
        """The virtual time, aware, in UTC."""
        self.follow()
        return from_ms(self.ms)

    def follow(self) -> list[BaseException]:
        """Go where the test's freezegun or time-machine went."""
        if self.follower.has_moved():
            now = self.ms
            target = self.follower.look(now)
            # Virtual time never goes back, and the world's may be ahead of the frozen one.
            if target is not None and target > now:
                self._wire.control("clock.advance", by=(target - now) / 1000)
        return []

    def wait(
        self,
        seconds: float,
        began_ms: int | None = None,
        where: Callable[[], str] | None = None,
        *,
        among_threads: bool = True,
    ) -> None:
        """Let a waiting client's time pass, there: up to the moment its wait began plus its length.

        Raises:
            NotIdle: waits moved the clock by ``max_idle`` for nothing.
            ValueError: no clock reaches so far.
        """
        __tracebackhide__ = True
        self.follow()
        began_ms = self.ms if began_ms is None else began_ms
        if among_threads:
            self._threads.let_others_begin()
        what = None if where is None else where()
        self._wire.control("clock.wait", seconds=max(seconds, 0), began_ms=began_ms, what=what)

    def step(self) -> Event:
        """Run the next planned event and return it.

        Raises:
            LookupError: nothing is planned.
        """
        __tracebackhide__ = True
        self.follow()
        return event_of(self._wire.control("timeline.step"))

    def note_change(self) -> None:
        """Nothing: the server knows what changed."""

    def _move(self, target_ms: int, raised: list[BaseException]) -> None:
        __tracebackhide__ = True
        del raised
        self._wire.control("clock.advance", by=(target_ms - self.ms) / 1000)

    def _run_all(self, limit: timedelta) -> None:
        __tracebackhide__ = True
        self.follow()
        self._wire.control("clock.run_until_idle", limit=limit.total_seconds())


class FarTimeline(Timeline):
    """What is still to happen in a world.

    Args:
        wire: to the world.
        step: runs the next one.
    """

    def __init__(self, wire: Wire, step: Callable[[], Event]) -> None:
        super().__init__()
        self._wire = wire
        self._step = step

    def pending(self) -> list[Event]:
        """What is still to happen, next first."""
        return [event_of(entry) for entry in self._wire.every("timeline")]

    def __len__(self) -> int:
        total: int = self._wire.control("timeline", limit=1)["total"]
        return total


def event_of(entry: Any) -> Event:
    """An event as the control plane tells it."""
    return Event(datetime.fromisoformat(entry["when"]), entry["what"])
