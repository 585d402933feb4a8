"""Refuses what other HTTP clients would send for a fake's host over a connection to another host.

A proxy of plain HTTP is told the address in the request itself, and a connection that was open
before the fake started is asked for no name any more. So the request is looked at, in the clients
that are imported by the time the fake starts. The doors of ``httpx`` and ``httpcore`` do the same.
"""

from __future__ import annotations

import http.client
import sys
from typing import TYPE_CHECKING, Any

from .network_guard import Guard
from .origin import host_of, normal_host, normal_origin
from .spot import Spot, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from .active import Interception


def install(interception: Interception) -> Callable[[], None]:
    """Look at requests before they are written; returns what ends it."""
    guard = Guard(interception)
    spots: list[Spot] = [
        (http.client.HTTPConnection, "putrequest", _putrequest(guard)),
        (http.client.HTTPConnection, "set_tunnel", _set_tunnel(guard)),
    ]
    aiohttp: Any = sys.modules.get("aiohttp")
    if aiohttp is not None:
        spots.append((aiohttp.ClientRequest, "send", _own_url(guard)))
    # A recorder of calls may have put a class of its own there.
    return replace(*(spot for spot in spots if hasattr(spot[0], spot[1])))


def _putrequest(guard: Guard) -> Callable[[Any], Any]:
    def around(real: Callable[..., Any]) -> Callable[..., Any]:
        def putrequest(connection: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            if not url.startswith("/"):  # the absolute form, as proxies are sent it
                guard.check_own(host_of(normal_origin(url)))
            return real(connection, method, url, *args, **kwargs)

        return putrequest

    return around


def _set_tunnel(guard: Guard) -> Callable[[Any], Any]:
    def around(real: Callable[..., Any]) -> Callable[..., Any]:
        def set_tunnel(connection: Any, host: str, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            guard.check_own(normal_host(host.partition(":")[0]))
            return real(connection, host, *args, **kwargs)

        return set_tunnel

    return around


def _own_url(guard: Guard) -> Callable[[Any], Any]:
    def around(real: Callable[..., Any]) -> Callable[..., Any]:
        def send(request: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            guard.check_own(normal_host(request.url.host))
            return real(request, *args, **kwargs)

        return send

    return around
