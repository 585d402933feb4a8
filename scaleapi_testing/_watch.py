"""Which fakes were made and started while one test ran, so that its report can speak of them.

The pytest plugin watches each test. A context variable holds the watch, not a module: it belongs to
the thread that runs the test, and to the asyncio tasks begun there. A fake that another thread
makes is not seen here; the plugin finds it among the active ones while it is started.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import FrameType

    from ._fake import FakeScale

KEPT: Final = 8
"""How many fakes of one test are kept; a test that makes a thousand is told of the last ones."""

_HERE: Final = str(Path(__file__).parent)


class Watch:
    """The fakes of one test, in order, the last ``KEPT`` of them.

    Attributes:
        seed: what ``--scale-seed`` asks for, ``None`` when it was not given.
        made: those that were made.
        started: those that were started, whether they are active still or not.
        places: where each was made, ``file:line`` of the code that did, by the fake's ``id``.
    """

    __slots__ = ("made", "places", "seed", "started")

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed
        self.made: list[FakeScale] = []
        self.started: list[FakeScale] = []
        self.places: dict[int, str] = {}


_WATCH: Final[ContextVar[Watch | None]] = ContextVar("scale_watch", default=None)


def watching() -> Watch | None:
    """The watch of the test that runs here, ``None`` outside of pytest."""
    return _WATCH.get()


def watch(new: Watch | None) -> Watch | None:
    """Watch with ``new`` from now on; returns what watched before."""
    before = _WATCH.get()
    _WATCH.set(new)
    return before


def note_made(fake: FakeScale) -> None:
    """A fake was constructed."""
    here = _WATCH.get()
    if here is not None:
        here.made = [*here.made[1 - KEPT :], fake]
        here.places[id(fake)] = _place(sys._getframe(1))


def note_started(fake: FakeScale) -> None:
    """A fake was started."""
    here = _WATCH.get()
    if here is not None and fake not in here.started:
        here.started = [*here.started[1 - KEPT :], fake]


def _place(frame: FrameType | None) -> str:
    """``test_cows.py:7``: the nearest code that is not the fake's own."""
    while frame is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
    return "" if frame is None else f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
