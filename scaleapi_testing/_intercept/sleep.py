"""What happens while a fake skips sleeps: waits move its clock, and its clock moves all others.

Replaced are ``time.sleep``, ``asyncio.sleep`` and the clocks of ``time``, also where a module bound
them at import; the clock of asyncio's loops; and, by ``time-machine``, ``datetime``. A function
kept elsewhere (a default argument, an attribute of a class) goes on sleeping for real.
"""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import ExitStack
from math import isfinite
from operator import index
from typing import TYPE_CHECKING, Any

from .call_site import call_site
from .clocks import BoundNames, moved_clocks
from .frozen_clocks import FrozenClocks
from .kept_real import keeps_real
from .loop_time import LoopTime
from .spot import MARK, replace
from .target_errors import marking

if TYPE_CHECKING:
    from collections.abc import Callable

    from .active import Interception


def install(interception: Interception) -> Callable[[], None]:
    """Replace sleeps and clocks; returns what puts the originals back where ours still stand."""

    def around_sleep(real: Callable[[Any], None]) -> Callable[[Any], None]:
        def sleep(seconds: Any, /) -> None:
            __tracebackhide__ = True
            fake = None if _is_kept(sys._getframe(1)) else interception.sleeping()
            length = _length(seconds)
            # A negative length is refused by the real function, in its own words.
            if fake is None or length is None or length < 0:
                real(seconds)  # what is no length is refused in its own words
                return
            with marking():
                fake.clock.wait(length, None, lambda: f"time.sleep({length:g}){_at()}")

        return sleep

    def around_asyncio_sleep(real: Callable[..., Any]) -> Callable[..., Any]:
        async def sleep(delay: Any, result: Any = None) -> Any:
            __tracebackhide__ = True
            fake = interception.sleeping()
            length = _length(delay)
            # A sleep of 0 lets other tasks run, and passes no time.
            if fake is None or length is None or length <= 0:
                return await real(delay, result)
            # Read before it waits: later the stack is the loop's.
            site = _at()
            await loops.sleep(fake, length, lambda: f"asyncio.sleep({length:g}){site}")
            return result

        return sleep

    def refresh() -> None:
        if frozen.open:  # a bound `stop` of the test's may be called when all is over
            frozen.apply()
            names.replace()

    with ExitStack() as started:  # whatever fails, all that was replaced is put back
        loops = LoopTime()
        started.callback(loops.put_back)
        put_sleeps_back = replace(
            (time, "sleep", around_sleep),
            (asyncio, "sleep", around_asyncio_sleep),
            (asyncio.tasks, "sleep", around_asyncio_sleep),
        )
        sleeps = [(getattr(sleep, MARK)[1], sleep) for sleep in (time.sleep, asyncio.sleep)]
        started.callback(put_sleeps_back)
        frozen = FrozenClocks(interception.shift_ms, refresh)
        started.callback(frozen.put_back)
        clocks = moved_clocks(interception.shift_ms, frozen.wall_shift).values()
        names = BoundNames([*clocks, *sleeps])
        started.callback(names.put_back)
        refresh()
        return started.pop_all().close


def _is_kept(frame: Any) -> bool:
    return keeps_real(frame.f_globals.get("__name__", ""))


def _at() -> str:
    site = call_site()
    return f" at {site}" if site else ""


def _length(seconds: object) -> float | None:
    """A finite number of seconds, or ``None``."""
    if not isinstance(seconds, float):
        try:
            return float(index(seconds))  # type: ignore[arg-type]  # what it raises is the answer
        except (TypeError, OverflowError):
            return None
    return seconds if isfinite(seconds) else None
