"""Which sleeps move the virtual clock in place of waiting.

Replaced are ``time.sleep`` and ``asyncio.sleep`` as attributes of their modules: a name that was
bound earlier, by ``from time import sleep``, goes on sleeping for real and cannot be caught.
"""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from operator import index
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from .spot import replace
from .target_errors import marking

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from .active import Interception
    from .fake_protocol import ActiveFake

HTTP_LIBRARIES: Final = ("urllib3", "botocore")
"""Whose own back-off stays real: calls of theirs that reach a fake never come to sleep."""


def install(interception: Interception) -> Callable[[], None]:
    """Replace the sleeps; returns what puts the originals back where ours still stand."""
    sleepers = _Sleepers()

    def around_sleep(real: Callable[[Any], None]) -> Callable[[Any], None]:
        def sleep(seconds: Any, /) -> None:
            __tracebackhide__ = True
            fake = None if _backs_off() else interception.sleeping()
            length = _length(seconds)
            if fake is None or length is None or length < 0:
                real(seconds)  # what is no length is refused in its own words
                return
            with marking():
                fake.clock.wait(length)

        return sleep

    def around_asyncio_sleep(real: Callable[..., Any]) -> Callable[..., Any]:
        async def sleep(delay: Any, result: Any = None) -> Any:
            __tracebackhide__ = True
            fake = interception.sleeping()
            length = _length(delay)
            if fake is None or length is None:
                return await real(delay, result)
            began = fake.clock.ms
            with sleepers.lying_down(fake, began + max(length, 0.0) * 1000) as sleeper:
                await real(0)  # other tasks begin their sleeps, which last at the same time
                while sleepers.has_an_earlier(sleeper):
                    await real(0)
                with marking():
                    fake.clock.wait(max(length, 0.0), began)
            return result

        return sleep

    return replace(
        (time, "sleep", around_sleep),
        (asyncio, "sleep", around_asyncio_sleep),
        (asyncio.tasks, "sleep", around_asyncio_sleep),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Sleeper:
    fake: ActiveFake
    wakes_ms: float


class _Sleepers:
    """The asyncio tasks that sleep, by event loop; of one fake's the earliest wakes first."""

    def __init__(self) -> None:
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, list[_Sleeper]] = (
            WeakKeyDictionary()
        )

    @contextmanager
    def lying_down(self, fake: ActiveFake, wakes_ms: float) -> Generator[_Sleeper]:
        """A sleep of the running task on the clock of ``fake``, until the block ends."""
        here = self._by_loop.setdefault(asyncio.get_running_loop(), [])
        sleeper = _Sleeper(fake, wakes_ms)
        here.append(sleeper)
        try:
            yield sleeper
        finally:
            here.remove(sleeper)

    def has_an_earlier(self, sleeper: _Sleeper) -> bool:
        """Whether another task wakes before; among equals the one that lay down first does."""
        here = self._by_loop[asyncio.get_running_loop()]
        rivals = [one for one in here if one.fake is sleeper.fake]
        return min(rivals, key=lambda one: one.wakes_ms) is not sleeper


def _backs_off() -> bool:
    """Whether the sleeper is an HTTP library between two tries of a call to another host."""
    sleeper: str = sys._getframe(2).f_globals.get("__name__", "")
    return sleeper.partition(".")[0] in HTTP_LIBRARIES


def _length(seconds: object) -> float | None:
    """A finite number of seconds, or ``None``."""
    if not isinstance(seconds, float):
        try:
            return float(index(seconds))  # type: ignore[arg-type]  # what it raises is the answer
        except (TypeError, OverflowError):
            return None
    return seconds if isfinite(seconds) else None
