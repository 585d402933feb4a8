"""Which bodies are kept, where all together would be too many bytes, and what is left of others."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# One such body weighs as much as dozens of usual ones, and mostly is of no interest later.
LARGE: Final = 64 * 1024
"""Whoever holds bodies from here on lets them go before those with less."""


@dataclass(frozen=True, slots=True)
class CutBody:
    """What is kept of a body that was let go.

    Attributes:
        length: how many bytes it had.
        digest: its blake2b digest of 16 bytes, in hex.
        is_json: whether it began as JSON does.
    """

    length: int
    digest: str
    is_json: bool

    @classmethod
    def of(cls, body: bytes) -> CutBody:
        """What is kept of ``body``."""
        # By its first byte: reading it whole, only to throw it away, would cost more than it is
        # worth.
        is_json = body[:1].isspace() or body[:1] in {b"{", b"[", b'"'}
        return cls(len(body), blake2b(body, digest_size=16).hexdigest(), is_json)

    def __str__(self) -> str:
        return (
            f"<{self.length} bytes, blake2b {self.digest}: no longer kept, since all bodies "
            "together are bounded by journal_max_bytes= of FakeScale>"
        )


class KeptBodies(Generic[T]):
    """Counts the bytes of bodies that are kept, and has the oldest cut that are too many.

    Whoever uses it does so under a lock of their own.

    Args:
        max_bytes: how many bytes are kept at most: of the large ones the oldest are cut first,
            then the oldest of all.
        cut: lets the bodies of one of them go.
    """

    def __init__(self, max_bytes: int, cut: Callable[[T], None]) -> None:
        self._max_bytes = max_bytes
        self._cut = cut
        self._large: _Shelf[T] = _Shelf()
        self._small: _Shelf[T] = _Shelf()
        self._held = 0

    def keep(self, key: object, holder: T, size: int) -> None:
        """Count ``holder`` from now on; the oldest that are too many are cut, itself included.

        Args:
            key: what ``forget`` will call it; the same key again replaces what was counted.
            holder: who holds the bodies.
            size: how many bytes they have.
        """
        # Counted anew: a callback that is tried again carries another body.
        if key in self._small.held or key in self._large.held:
            self.forget(key)
        if not size:
            return
        # Two shelves, so that the oldest large one is found without a search.
        (self._large if size > LARGE else self._small).put(key, holder, size)
        self._held += size
        # After it was counted: one body alone may be too large.
        while self._held > self._max_bytes:
            oldest, freed = (self._large if self._large.held else self._small).take_oldest()
            self._held -= freed
            self._cut(oldest)

    def forget(self, key: object) -> None:
        """Count it no more: it has left."""
        self._held -= self._small.drop(key) or self._large.drop(key)

    def clear(self) -> None:
        """Count none any more."""
        self._large = _Shelf()
        self._small = _Shelf()
        self._held = 0


class _Shelf(Generic[T]):
    """Holders by key, and the keys in order of coming, in less memory than an ordered dict takes.

    A key that left stays in the order until it is the oldest there.
    """

    __slots__ = ("_order", "held")

    def __init__(self) -> None:
        self.held: dict[object, tuple[T, int]] = {}
        self._order: deque[object] = deque()

    def put(self, key: object, holder: T, size: int) -> None:
        """Hold it, as the youngest."""
        self.held[key] = holder, size
        self._order.append(key)

    def take_oldest(self) -> tuple[T, int]:
        """Hold the oldest no more."""
        while (key := self._order.popleft()) not in self.held:
            pass  # it left before
        return self.held.pop(key)

    def drop(self, key: object) -> int:
        """Hold it no more; returns its size, 0 for one that is not here."""
        dropped = self.held.pop(key, None)
        order, held = self._order, self.held
        # Only at the ends: what left in the middle is passed over when its turn comes.
        while order and order[0] not in held:
            order.popleft()
        while order and order[-1] not in held:  # of those that a restore takes back
            order.pop()
        return 0 if dropped is None else dropped[1]
