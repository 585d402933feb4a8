"""The clock of an asyncio loop: it moves when a sleep in that loop is skipped, and never else.

A skipped sleep ends when nothing else in the loop can go on. The clocks then go to what comes
next, the end of the shortest sleep or a timer of the loop (``asyncio.timeout``, ``wait_for``,
``call_later``), so that each sees its own time. Loops that are not built on ``BaseEventLoop``
(uvloop) keep their own clock: there a sleep is skipped past the timers.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from .clocks import frozen_by_freezegun
from .spot import replace
from .target_errors import marking

if TYPE_CHECKING:
    from collections.abc import Callable

    from .fake_protocol import ActiveFake

QUIET_ROUNDS: Final = 2
"""Rounds of the loop with nothing to run: in between, the sockets were looked at once."""

MOST_ROUNDS: Final = 200
"""Rounds after which a sleep ends although another task never stops running."""

MOST_STOPS: Final = 1000
"""Timers at which one sleep stops on its way; a heartbeat must not make it last."""


@dataclass(slots=True, eq=False)
class _Sleeper:
    fake: ActiveFake
    length: float
    began_ms: int
    began: float
    done: asyncio.Future[None]
    where: Callable[[], str]
    stops: int = 0

    @property
    def wakes(self) -> float:
        return self.began + self.length


class LoopTime:
    """The moved clocks of all loops."""

    def __init__(self) -> None:
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Loop] = WeakKeyDictionary()
        self._put_back = replace((asyncio.base_events.BaseEventLoop, "time", self._around_time))

    def _around_time(self, original: Callable[[Any], float]) -> Callable[[Any], float]:
        def time(loop: asyncio.AbstractEventLoop) -> float:
            """Return the time according to the event loop's clock."""
            moved = self._loops.get(loop)
            # A frozen steady clock has been moved already.
            if moved is None or frozen_by_freezegun() is not None:
                return original(loop)
            return original(loop) + moved.shift

        return time

    async def sleep(self, fake: ActiveFake, length: float, where: Callable[[], str]) -> None:
        """Let ``length`` seconds pass on the clocks of ``fake`` and of the running loop."""
        running = asyncio.get_running_loop()
        loop = self._loops.get(running)
        if loop is None:
            loop = self._loops[running] = _Loop()
        await loop.sleep(running, fake, length, where)

    def put_back(self) -> None:
        """Give the loops their clocks back; what waits in them waits as long as it still would."""
        self._put_back()
        for running, loop in list(self._loops.items()):
            loop.open = False
            for timer in list(getattr(running, "_scheduled", ())):
                timer._when -= loop.shift
        self._loops.clear()


class _Loop:
    """One loop: how far its clock is moved, and who sleeps in it."""

    def __init__(self) -> None:
        self.shift = 0.0
        self.open = True
        self._sleepers: list[_Sleeper] = []
        self._looking = False
        self._quiet = 0
        self._rounds = 0

    async def sleep(
        self,
        loop: asyncio.AbstractEventLoop,
        fake: ActiveFake,
        length: float,
        where: Callable[[], str],
    ) -> None:
        __tracebackhide__ = True
        woken = loop.create_future()
        sleeper = _Sleeper(fake, length, fake.clock.ms, loop.time(), woken, where)
        self._sleepers.append(sleeper)
        self._quiet = self._rounds = 0
        if not self._looking:
            self._looking = True
            loop.call_soon(self._look, loop)
        try:
            await woken
        finally:
            self._sleepers.remove(sleeper)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        asleep = [sleeper for sleeper in self._sleepers if not sleeper.done.done()]
        if not asleep:
            self._looking = False
            return
        self._quiet = 0 if getattr(loop, "_ready", ()) else self._quiet + 1
        self._rounds += 1
        if self._quiet >= QUIET_ROUNDS or self._rounds >= MOST_ROUNDS:
            self._quiet = self._rounds = 0
            self._move_on(loop, asleep)
        loop.call_soon(self._look, loop)

    def _move_on(self, loop: asyncio.AbstractEventLoop, asleep: list[_Sleeper]) -> None:
        first = min(asleep, key=lambda sleeper: sleeper.wakes)
        timer = self._next_timer(loop)
        if self.open and timer is not None and timer < first.wakes and first.stops < MOST_STOPS:
            first.stops += 1
            self._set(loop, timer)
            for sleeper in {sleeper.fake: sleeper for sleeper in asleep}.values():
                self._pass(sleeper, timer - sleeper.began)
            return
        self._set(loop, first.wakes)
        self._pass(first, first.length)
        if not first.done.done():
            first.done.set_result(None)

    def _set(self, loop: asyncio.AbstractEventLoop, until: float) -> None:
        self.shift += max(until - loop.time(), 0.0)

    @staticmethod
    def _pass(sleeper: _Sleeper, seconds: float) -> None:
        try:
            with marking():
                sleeper.fake.clock.wait(max(seconds, 0.0), sleeper.began_ms, sleeper.where)
        except BaseException as error:  # noqa: BLE001 - a failed test is one, and belongs to who sleeps
            sleeper.done.set_exception(error)

    @staticmethod
    def _next_timer(loop: asyncio.AbstractEventLoop) -> float | None:
        timers: Any = getattr(loop, "_scheduled", ())
        return min((timer.when() for timer in timers if not timer.cancelled()), default=None)
