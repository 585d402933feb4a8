"""What the doors of this process ask in place of an engine: the world, by its address."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._http.values import Reply, Request
    from .clock import FarClock
    from .wire import Wire

_SERVERS_OWN = ("/w/", "/_fake")


class FarApp:
    """Forwards each call to the world.

    Args:
        wire: to the world.
        clock: follows frozen time before each call.
    """

    def __init__(self, wire: Wire, clock: FarClock) -> None:
        self._wire = wire
        self._clock = clock

    def handle(self, request: Request) -> Reply:
        """Answer a call as the world does.

        Raises:
            ServerGone: the server does not answer.
        """
        __tracebackhide__ = True
        key = _key_of(request)
        # The server tells keys by digest; only this process can say which one it was.
        if key:
            self._wire.know(key)
        self._clock.follow()
        # What names the server itself is no call to Scale.
        if request.origin == self._wire.origin and request.path.startswith(_SERVERS_OWN):
            return self._wire.forward_plainly(request)
        return self._wire.forward(request)

    def begin(self, request: Request) -> Reply | Callable[[], Reply]:
        """Say what gives the answer: it comes over a network, so it has to wait."""
        return partial(self.handle, request)

    @property
    def has_faults(self) -> bool:
        """Whether an answer may be late: it always may."""
        return True

    def keep(self, raised: list[BaseException]) -> None:
        """Nothing: whatever is raised here is raised to the test."""


def _key_of(request: Request) -> str | None:
    from .._http.auth import key_of

    return key_of(request.headers.get("authorization"))
