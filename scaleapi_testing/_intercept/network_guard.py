"""Which hosts nothing may reach while a fake is active, and what a refusal says.

The hosts of the fake itself, by any stack that is not intercepted: on a machine with a network such
a call would order real, paid work. With ``block_network=True`` every other host as well, but for
loopback.
"""

from __future__ import annotations

import _socket
import os
import socket
import ssl
import sys
from pathlib import Path
from types import BuiltinFunctionType
from typing import TYPE_CHECKING, Any, Final

from .._errors import PUBLIC, FakeScaleError
from .origin import host_of, is_address, is_loopback, normal_host, normal_origin
from .spot import Spot, replace

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from .active import Interception

_SITE: Final = Path(__file__).parents[2]
NOT_THE_USERS: Final = (
    f"{_SITE / 'scaleapi_testing'}{os.sep}",
    f"{_SITE / 'scaleapi'}{os.sep}",
    f"{Path(os.__file__).parent}{os.sep}",
    "<",
)
"""Files that are no user's call site: both our packages, the standard library, generated code."""


class NetworkBlocked(FakeScaleError):
    """A call would have left the process while a fake is active.

    No ``OSError``, on purpose: HTTP clients take those for a bad connection, retry them and wrap
    them in errors of their own.

    Attributes:
        host: what was to be reached.
        call_site: ``file:line`` of the code that wanted it; ``""`` when no such code is on the
            stack of the thread that looked the host up.
    """

    def __init__(self, message: str, *, host: str = "", call_site: str = "") -> None:
        super().__init__(message)
        self.host = host
        self.call_site = call_site


NetworkBlocked.__module__ = PUBLIC


def install(interception: Interception) -> Callable[[], None]:
    """Guard the sockets; returns what takes the guard away."""
    guard = _Guard(interception)
    socket_class = next(
        kind for kind in socket.socket.__mro__ if kind.__module__ == "socket"
    )  # below what pytest-socket may have put there
    spots: list[Spot] = [
        (_socket, "getaddrinfo", guard.around_lookup),
        (socket_class, "connect", guard.around_connect),
        (socket_class, "connect_ex", guard.around_connect),
        (socket_class, "sendto", guard.around_sendto),
        (ssl.SSLContext, "wrap_socket", guard.around_wrap_socket),
        (ssl.SSLContext, "wrap_bio", guard.around_wrap_bio),
    ]
    # Above `_socket.getaddrinfo` only what is the interpreter's own: another guard that is put
    # there for one test must find itself there when it leaves.
    spots += [
        (socket, name, guard.around_lookup)
        for name in ("gethostbyname", "gethostbyname_ex")
        if isinstance(getattr(socket, name), BuiltinFunctionType)
    ]
    base_events: Any = sys.modules.get("asyncio.base_events")
    if base_events is not None:
        # Looked up in a worker thread otherwise, where no stack names the caller.
        spots.append((base_events.BaseEventLoop, "getaddrinfo", guard.around_async_lookup))
    return replace(*spots)


def refuse_through_proxy(interception: Interception, pool_host: str, url: str) -> None:
    """Refuse what a proxy would carry out of the process.

    Raises:
        NetworkBlocked: a fake forbids it.
    """
    __tracebackhide__ = True
    host = pool_host if url.startswith("/") else host_of(normal_origin(url))
    _Guard(interception).check(host)


class _Guard:
    __slots__ = ("interception",)

    def __init__(self, interception: Interception) -> None:
        self.interception = interception

    def check(self, host: object) -> None:
        """Refuse a host that must not be reached.

        Raises:
            NetworkBlocked: names host and call site, and what would be right.
        """
        __tracebackhide__ = True
        name = normal_host(host)
        self.check_own(name)
        if is_loopback(name):
            return
        for activation in self.interception.here():
            if activation.fake is not None and activation.fake.block_network:
                site = _call_site()
                raise NetworkBlocked(
                    f"refused to reach {name}{_at(site)}: FakeScale(block_network=True) lets "
                    "nothing out but loopback. Stub the host on scale.other_hosts, or leave "
                    "block_network out",
                    host=name,
                    call_site=site,
                )

    def check_own(self, name: str) -> None:
        """Refuse a fake's own host."""
        __tracebackhide__ = True
        for activation in self.interception.activations:
            if name in activation.hosts:
                site = _call_site()
                raise NetworkBlocked(
                    f"refused to reach {name}{_at(site)}: it is a host of an active FakeScale, "
                    f"which answers requests and urllib3 at {' and '.join(activation.named)}, "
                    "and this call took another way, scheme or port. Give httpx "
                    "scale.httpx_transport(); let any other client speak to scale_server (or "
                    "scale.serve())",
                    host=name,
                    call_site=site,
                )

    def around_lookup(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            name = normal_host(host)
            if is_address(name):  # no look-up; a server may bind to it
                self.check_own(name)
            else:
                self.check(name)
            return original(host, *args, **kwargs)

        return look_up

    def around_async_lookup(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def getaddrinfo(loop: Any, host: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            if not is_address(normal_host(host)):
                self.check(host)
            return original(loop, host, *args, **kwargs)

        return getaddrinfo

    def around_connect(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def connect(sock: socket.socket, address: Any, /) -> Any:
            __tracebackhide__ = True
            if isinstance(address, tuple) and address:
                self.check(address[0])
            return original(sock, address)

        return connect

    def around_sendto(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def sendto(sock: socket.socket, *args: Any) -> Any:
            __tracebackhide__ = True
            address = args[-1] if args else None
            if isinstance(address, tuple) and address:
                self.check(address[0])
            return original(sock, *args)

        return sendto

    def around_wrap_socket(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """TLS names the host even where a proxy or another resolver found it."""

        def wrap_socket(context: ssl.SSLContext, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            self._check_server_hostname(4, args, kwargs)
            return original(context, *args, **kwargs)

        return wrap_socket

    def around_wrap_bio(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The same for asyncio."""

        def wrap_bio(context: ssl.SSLContext, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            self._check_server_hostname(3, args, kwargs)
            return original(context, *args, **kwargs)

        return wrap_bio

    def _check_server_hostname(
        self, position: int, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        __tracebackhide__ = True
        name = kwargs.get("server_hostname")
        if name is None and len(args) > position:
            name = args[position]
        if name is not None:
            self.check_own(normal_host(name))


def _call_site() -> str:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(NOT_THE_USERS) and f"{os.sep}site-packages{os.sep}" not in file:
            return f"{_shown(file)}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def _shown(file: str) -> str:
    return file.removeprefix(f"{Path.cwd()}{os.sep}")


def _at(site: str) -> str:
    return f" at {site}" if site else " from a worker thread"
