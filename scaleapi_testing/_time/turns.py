"""Whoever computes for long beside an event loop lets it answer others in between.

A thread that computes holds the interpreter's lock, and the loop of a server waits for it each time
it has looked at its sockets. So what a server does in a thread takes turns with its loop: it works
for ``SLICE_S``, and goes on when the loop has answered what was there. In process, where nobody
else waits, ``breathe`` does nothing.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Generator, Iterable, Iterator

T = TypeVar("T")

SLICE_S: Final = 0.002
"""Real seconds that are worked at a stretch."""

PATIENCE_S: Final = 0.1
"""Real seconds that the loop is waited for: it may be waiting for what this thread holds."""


class Turn:
    """One thread's share of the interpreter, beside a loop's.

    Args:
        loop: what runs in between.
    """

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop = loop
        self._granted = threading.Event()
        self._is_asked = False
        self._patience_s = PATIENCE_S
        self._ends = time.perf_counter() + SLICE_S

    def step(self) -> None:
        """Go on at once, or, if the slice is over, when the loop has had its turn."""
        if time.perf_counter() < self._ends:
            return
        if not self._is_asked:
            self._granted.clear()
            try:
                self._loop.call_soon_threadsafe(self._let_others_first)
            except RuntimeError:  # it has ended, and nobody waits any more
                self._ends = float("inf")
                return
            self._is_asked = True
        if self._granted.wait(self._patience_s):
            self._is_asked, self._patience_s = False, PATIENCE_S
        else:
            self._patience_s = 0.0
        self._ends = time.perf_counter() + SLICE_S

    def _let_others_first(self) -> None:
        # Not now: what is read from sockets in this round is answered in the next one.
        self._loop.call_soon(self._granted.set)


_TURN: Final[ContextVar[Turn | None]] = ContextVar("scale_turn", default=None)


@contextmanager
def taking_turns(loop: AbstractEventLoop) -> Generator[None]:
    """What this thread does inside takes turns with the loop of another one."""
    token = _TURN.set(Turn(loop))
    try:
        yield
    finally:
        _TURN.reset(token)


def alone() -> None:
    """Take turns with nobody any more: this thread is all that there is of a copied process."""
    _TURN.set(None)


def breathe() -> None:
    """Called between two steps of what may take long."""
    turn = _TURN.get()
    if turn is not None:
        turn.step()


def in_turns(items: Iterable[T]) -> Iterator[T]:
    """The same items, with a breath before each; the iterable itself where nobody waits."""
    turn = _TURN.get()
    return iter(items) if turn is None else _stepping(items, turn)


def _stepping(items: Iterable[T], turn: Turn) -> Iterator[T]:
    for item in items:
        turn.step()
        yield item
