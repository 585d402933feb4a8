"""The bound for a whole call: all its tries, the waits between them, and reading the answer."""

from __future__ import annotations

import time
from typing import Final

SHORTEST_S: Final = 0.001
"""What a time-out is shortened to at most; 0 would mean "do not block" to a socket."""


class Deadline:
    """When one call must be over.

    Waits are counted as well as measured, because those of a client of a fake pass on the fake's
    clock, and the wall's stands still meanwhile.

    Attributes:
        total: seconds that the whole call may take.
    """

    __slots__ = ("_began", "_waited", "total")

    def __init__(self, total: float) -> None:
        self.total: float = total
        # Monotonic: a wall clock that is set during a call must not end it.
        self._began: float = time.monotonic()
        self._waited: float = 0.0

    def remaining(self) -> float:
        """Seconds left; not positive when the call has lasted too long."""
        # The larger, not the sum: on the wall's clock a counted wait is measured as well.
        return self.total - max(time.monotonic() - self._began, self._waited)

    def count_wait(self, seconds: float) -> None:
        """Count a wait that is about to begin."""
        self._waited += seconds

    def shortened(self, seconds: float | None) -> float:
        """A time-out that does not reach beyond the deadline."""
        remaining_s = max(self.remaining(), SHORTEST_S)
        return remaining_s if seconds is None else min(seconds, remaining_s)

    def __str__(self) -> str:
        return f"the call lasted longer than total_timeout={self.total:g} s"
