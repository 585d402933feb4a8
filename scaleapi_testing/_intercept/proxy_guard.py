"""Refuses what other HTTP clients would send for a fake's host over a connection to another host.

A proxy of plain HTTP is told the address in the request itself, and a connection that was open
before the fake started is asked for no name any more. So the request is looked at, in the clients
that are imported by the time the fake starts. The doors of other libraries do the same.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from .network_guard import Guard
from .origin import normal_host
from .spot import Spot, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from .active import Interception


def install(interception: Interception) -> Callable[[], None]:
    """Look at requests before they are written; returns what ends it."""
    guard = Guard(interception)
    spots: list[Spot] = []
    aiohttp: Any = sys.modules.get("aiohttp")
    if aiohttp is not None:
        spots.append((aiohttp.ClientRequest, "send", _own_url(guard)))
    # A recorder of calls may have put a class of its own there.
    return replace(*(spot for spot in spots if hasattr(spot[0], spot[1])))


def _own_url(guard: Guard) -> Callable[[Any], Any]:
    def around(real: Callable[..., Any]) -> Callable[..., Any]:
        def send(request: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            guard.check_own(normal_host(request.url.host))
            return real(request, *args, **kwargs)

        return send

    return around
