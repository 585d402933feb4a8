"""How long something may be left alone before it ends, in real time."""

from __future__ import annotations

import time


class Lifetime:
    """Ends ``seconds`` of real time after it was last touched.

    Args:
        seconds: how long; ``None`` for ever.
    """

    __slots__ = ("_touched", "seconds")

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        # Monotonic: a change of the computer's clock must end nothing.
        self._touched = time.monotonic()

    def touch(self) -> None:
        """Begin anew."""
        self._touched = time.monotonic()

    @property
    def left(self) -> float | None:
        """Seconds until it ends, 0 or less when it has; ``None`` when it never does."""
        if self.seconds is None:
            return None
        return self._touched + self.seconds - time.monotonic()

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        left = self.left
        return left is not None and left <= 0
