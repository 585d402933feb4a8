"""What people and programs did to a world through the control plane, in order."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEPT: Final = 2_000
"""Deeds of a world that are kept: the newest."""

BEGINS_ANEW: Final = frozenset({"reset", "load", "restore"})
"""Controls after which what was done before is no part of the world's story."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One control that changed something.

    Attributes:
        after_n: the number of the last call before it.
        at_ms: virtual time before it.
        name: of the operation, e.g. ``clock.advance``.
        arguments: as JSON has them.
    """

    after_n: int
    at_ms: int
    name: str
    arguments: Mapping[str, Any]


class Deeds:
    """The deeds of one world; whatever begins it anew forgets those before."""

    def __init__(self) -> None:
        self._deeds: deque[Deed] = deque(maxlen=KEPT)

    def add(self, deed: Deed) -> None:
        """Keep what was done."""
        if deed.name in BEGINS_ANEW:
            self._deeds.clear()
        else:
            self._deeds.append(deed)

    def __iter__(self) -> Iterator[Deed]:
        # A copy: another thread may add one while a page is made of them.
        return iter(list(self._deeds))
