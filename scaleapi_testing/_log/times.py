"""How the time of each world follows from real time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .command import Base


@dataclass(frozen=True, slots=True)
class WorldTime:
    """The time of one world: a line through an anchor, that never goes back.

    Attributes:
        real_ms: real time at the anchor, in ms since 1970.
        start_ms: the world's time there, likewise.
        speed: virtual seconds in a real one.
        last_ms: the latest time that a command got.
    """

    real_ms: int
    start_ms: int
    speed: float
    last_ms: int

    def at(self, real_ms: int) -> int:
        """The world's time at real time ``real_ms``; a real clock that was set back is ignored."""
        return max(self.last_ms, self.start_ms + int((real_ms - self.real_ms) * self.speed))

    def after(self, at_ms: int) -> WorldTime:
        """The same once a command got ``at_ms``."""
        return WorldTime(self.real_ms, self.start_ms, self.speed, max(self.last_ms, at_ms))


def based(now: WorldTime | None, base: Base, real_ms: int) -> WorldTime | None:
    """The time of a world after a command with ``base`` that is appended at ``real_ms``."""
    if now is None:
        if base.start_ms is None:
            return None
        return WorldTime(real_ms, base.start_ms, float(base.speed), base.start_ms)
    if base.start_ms is not None:
        return now
    at_ms = now.at(real_ms)
    return WorldTime(real_ms, at_ms, float(base.speed), at_ms)
