"""How long this server took for its newest calls: its own measure, and no part of any state."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, TypeAlias
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from .._journal.recorded_request import RecordedRequest
    from .._worlds.worlds import HostedWorld

MOST: Final = 10_000
"""Calls of a world that are remembered, as many as a journal keeps unless told otherwise."""

Place: TypeAlias = tuple[int, int, int]
"""A call by its number, its `own`, and the virtual time of its arrival."""


class Durations:
    """Remembers by place, not in the journal: that is the same on every server and after a replay.

    A call that another server answered, or the process itself, has none.
    """

    def __init__(self) -> None:
        # Never read for a call: a page makes its own table of it.
        self._newest: WeakKeyDictionary[HostedWorld, deque[tuple[Place, float]]] = (
            WeakKeyDictionary()
        )

    def add(self, world: HostedWorld, call: RecordedRequest, seconds: float) -> None:
        """Remember one call."""
        newest = self._newest.get(world)
        if newest is None:
            newest = self._newest[world] = deque(maxlen=MOST)
        newest.append(((call.n, call.own, call.at_ms), seconds))

    def forget(self, world: HostedWorld) -> None:
        """Let go of a world's: its calls are numbered anew."""
        self._newest.pop(world, None)

    def of(self, world: HostedWorld) -> dict[Place, float]:
        """Seconds by place."""
        return dict(self._newest.get(world, ()))
