"""How long something takes, in real time; the clock of an event loop may tick in whole ms."""

from __future__ import annotations

import time


class Stopwatch:
    """Runs from when it is made."""

    __slots__ = ("_began",)

    def __init__(self) -> None:
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.perf_counter() - self._began
