"""Which fakes were made and started while one test ran, so that its report can speak of them.

The pytest plugin watches each test. A context variable holds the watch, not a module: it belongs to
the thread that runs the test, and to the asyncio tasks begun there. A fake that another thread
makes is not seen here; the plugin finds it among the active ones while it is started.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary, ref

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import ContextVar
    from types import FrameType

    from ._fake import FakeScale

KEPT: Final = 8
"""How many fakes of one test are told of; a test that makes a thousand hears of the last ones."""

_HERE: Final = str(Path(__file__).parent)


class Watch:
    """The fakes of one test, in order, the last ``KEPT`` of them.

    It keeps none alive: what a failed test still holds, its traceback holds.

    Args:
        seed: what ``--scale-seed`` asks for, ``None`` when it was not given.
        has_failed: whether the test has failed already, while it is still running: as a
            ``unittest.TestCase`` has when its cleanups run.
    """

    __slots__ = ("_made", "_started", "has_failed", "names", "seed")

    def __init__(
        self, seed: int | None = None, has_failed: Callable[[], bool] = lambda: False
    ) -> None:
        self.seed = seed
        self.has_failed = has_failed
        self.names: WeakKeyDictionary[FakeScale, str] = WeakKeyDictionary()
        self._made: tuple[tuple[ref[FakeScale], str], ...] = ()
        self._started: tuple[ref[FakeScale], ...] = ()

    @property
    def made(self) -> list[tuple[FakeScale, str]]:
        """Those that were made, each with where: ``file:line`` of the code that did."""
        return [(fake, place) for weak, place in self._made if (fake := weak()) is not None]

    @property
    def started(self) -> list[FakeScale]:
        """Those that were started, whether they are active still or not."""
        return [fake for weak in self._started if (fake := weak()) is not None]

    def note_made(self, fake: FakeScale, place: str) -> None:
        """Remember a new fake."""
        self._made = (*self._made[1 - KEPT :], (ref(fake), place))

    def note_started(self, fake: FakeScale) -> None:
        """Remember that a fake was started."""
        weak = ref(fake)
        if weak not in self._started:
            self._started = (*self._started[1 - KEPT :], weak)


@cache  # the variable itself, whose value belongs to the thread or task that asks
def _variable() -> ContextVar[Watch | None]:
    from contextvars import ContextVar  # the plugin is loaded in every session: pytest alone

    return ContextVar("scale_watch", default=None)


def watching() -> Watch | None:
    """The watch of the test that runs here, ``None`` outside of pytest."""
    return _variable().get()


def watch(new: Watch | None) -> Watch | None:
    """Watch with ``new`` from now on; returns what watched before."""
    before = _variable().get()
    _variable().set(new)
    return before


def note_made(fake: FakeScale) -> None:
    """A fake was constructed."""
    watch = _variable().get()
    if watch is not None:
        place = _place(sys._getframe(1))
        watch.note_made(fake, place)
        watch.names[fake] = f"the FakeScale made at {place}"


def note_started(fake: FakeScale) -> None:
    """A fake was started."""
    watch = _variable().get()
    if watch is not None:
        watch.note_started(fake)


def _place(frame: FrameType | None) -> str:
    """``test_cows.py:7``: the nearest code that is not the fake's own."""
    while frame is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
    return "" if frame is None else f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
