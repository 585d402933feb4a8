"""Which results an Idempotency-Key gives again, and for how long.

Assumed: docs/scale/calls.md 4.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Final

LIFETIME_MS: Final = 24 * 60 * 60 * 1000
MAX_REFUSALS: Final = 10_000
"""How many refused creates are remembered; made ones are remembered as long as they live."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The committed result of a create: enough to tell its repeat and to answer it again."""

    at_ms: int
    request: bytes
    status: int
    body: bytes


class IdempotencyKeys:
    """The keys that one account used, forgotten after 24 virtual hours."""

    def __init__(self) -> None:
        # Refusals are bounded by their number; made ones only by time, since a repeat must find its
        # task.
        # Of the made ones there may be very many: a dict and the order of its keys take half of
        # what an ordered dict does.
        self._made: dict[str, Remembered] = {}
        self._order: deque[str] = deque()
        self._refused: OrderedDict[str, Remembered] = OrderedDict()

    def get(self, key: str, now_ms: int) -> Remembered | None:
        """What ``key`` stands for, unless it is forgotten."""
        self._forget(now_ms)
        return self._made.get(key) or self._refused.get(key)

    def keep(self, key: str, remembered: Remembered) -> None:
        """Remember a result; a key's first one stays."""
        if remembered.status != 200:
            self._refused.setdefault(key, remembered)
            if len(self._refused) > MAX_REFUSALS:
                self._refused.popitem(last=False)
        elif key not in self._made:
            self._made[key] = remembered
            self._order.append(key)

    def renew(self, key: str, remembered: Remembered) -> None:
        """Replace the result of a create that is still remembered."""
        if key in self._made:
            self._made[key] = remembered

    def _forget(self, now_ms: int) -> None:
        order, remembered, refused = self._order, self._made, self._refused
        while order and now_ms - remembered[order[0]].at_ms >= LIFETIME_MS:
            del remembered[order.popleft()]
        while refused:
            # In order of insertion, and time never goes back: the oldest one is in front.
            oldest = next(iter(refused.values()))
            if now_ms - oldest.at_ms < LIFETIME_MS:
                break
            refused.popitem(last=False)

    def __len__(self) -> int:
        return len(self._made) + len(self._refused)

    def copy(self) -> IdempotencyKeys:
        """The same keys in a new object."""
        other = IdempotencyKeys()
        other._made = self._made.copy()
        other._order = self._order.copy()
        other._refused = self._refused.copy()
        return other

    def items(self) -> list[tuple[str, Remembered]]:
        """Every key with its result, oldest first."""
        return [*self._made.items(), *self._refused.items()]
