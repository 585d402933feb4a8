"""Which hosts nothing may reach while a fake is active, and what a refusal says.

The hosts of the fake itself, by any stack that is not intercepted: on a machine with a network such
a call would order real, paid work. With ``block_network=True`` every other host as well, but for
loopback.

What looks a name up, connects or sends a datagram is met by an audit hook (`process`), which sees
every socket of the interpreter, however it was reached and whatever was patched before the fake
started. The replacements made here see what the hook cannot, or sooner: names before they are
resolved by somebody else, TLS over connections that are open already, event loops that do not use
Python's sockets. Out of sight remains what is no socket of this interpreter: ``pycurl`` (see its
door), other programs, a connection without TLS that was open before the fake started.
"""

from __future__ import annotations

import _socket
import socket
import ssl
import sys
from typing import TYPE_CHECKING, Any, Final

from .._errors import PUBLIC, FakeScaleError
from .call_site import call_site, where_from
from .origin import host_of, is_address, is_loopback, normal_host, normal_origin
from .spot import Spot, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from .active import Interception

RESOLVERS: Final = ("eventlet.green.socket", "gevent._socketcommon", "gevent.socket")
"""Modules whose connections look names up by a ``getaddrinfo`` of their own, which asks name
servers itself, or asks in a thread without the caller's stack."""

INTERNET: Final = (socket.AF_INET, socket.AF_INET6)


class NetworkBlocked(FakeScaleError):
    """A call would have left the process while a fake is active.

    No ``OSError``, on purpose: HTTP clients take those for a bad connection, retry them and wrap
    them in errors of their own.

    Attributes:
        host: what was to be reached.
        call_site: ``file:line`` of the code that wanted it, several joined by " or " where more
            than one may have; ``""`` when neither a stack nor a waiting task tells.
    """

    def __init__(self, message: str, *, host: str = "", call_site: str = "") -> None:
        super().__init__(message)
        self.host = host
        self.call_site = call_site


NetworkBlocked.__module__ = PUBLIC


def install(interception: Interception) -> Callable[[], None]:
    """Guard the sockets; returns what takes the guard away."""
    guard = Guard(interception)
    # The genuine class, whatever stands in its place in the module by now.
    genuine = [kind for kind in _socket.socket.__subclasses__() if kind.__module__ == "socket"]
    spots: list[Spot] = [
        *((kind, "connect", guard.around_connect) for kind in genuine),
        *((kind, "connect_ex", guard.around_connect) for kind in genuine),
        *((kind, "sendto", guard.around_sendto) for kind in genuine),
        (ssl.SSLContext, "wrap_socket", guard.around_wrap_socket),
        (ssl.SSLContext, "wrap_bio", guard.around_wrap_bio),
        (ssl.SSLSocket, "send", guard.around_tls_send),
        (ssl.SSLSocket, "write", guard.around_tls_send),
        (ssl.SSLObject, "write", guard.around_tls_send),
    ]
    # Where a resolver of somebody else's stands, the names that it is asked for are seen only here.
    # The interpreter's own is left alone, and so is pytest-socket's, which asks that one: it must
    # find itself there when it leaves.
    resolver = socket.getaddrinfo
    if (
        getattr(resolver, "__globals__", None) is not vars(socket)
        and getattr(resolver, "__module__", "") != "pytest_socket"
    ):
        spots.append((socket, "getaddrinfo", guard.around_lookup))
    spots += [
        (sys.modules[name], "getaddrinfo", guard.around_lookup)
        for name in RESOLVERS
        if name in sys.modules
    ]
    base_events: Any = sys.modules.get("asyncio.base_events")
    if base_events is not None:
        # Looked up in a worker thread otherwise, where no stack names the caller.
        spots.append((base_events.BaseEventLoop, "getaddrinfo", guard.around_async_lookup))
    uvloop: Any = sys.modules.get("uvloop")
    if uvloop is not None:  # its sockets are libuv's, which raise no audit event
        spots += [
            (uvloop.Loop, "getaddrinfo", guard.around_async_lookup),
            (uvloop.Loop, "create_connection", guard.around_create_connection),
            (uvloop.Loop, "create_datagram_endpoint", guard.around_create_datagram),
        ]
    # Mocks of the sockets put `None` and functions in the place of classes.
    return replace(*(spot for spot in spots if hasattr(spot[0], spot[1])))


def refuse_through_proxy(interception: Interception, pool_host: str, url: str) -> None:
    """Refuse what a proxy would carry out of the process.

    Raises:
        NetworkBlocked: a fake forbids it.
    """
    __tracebackhide__ = True
    host = pool_host if url.startswith("/") else host_of(normal_origin(url))
    Guard(interception).check(host)


def check_event(interception: Interception, event: str, args: tuple[Any, ...]) -> None:
    """Refuse what an audit event of the module ``socket`` announces.

    Raises:
        NetworkBlocked: a fake forbids it.
    """
    __tracebackhide__ = True
    guard = Guard(interception)
    if event in LOOK_UPS:
        guard.check_lookup(args[0])
    else:
        sock, address = args[0], args[1]
        if isinstance(address, tuple) and address and sock.family in INTERNET:
            guard.check(address[0])  # pyright: ignore[reportUnknownArgumentType]  # any address


LOOK_UPS: Final = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
SENDS: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
"""Audit events whose first argument is the name looked up, and those with a socket and address."""


class Guard:
    """Refuses hosts for the fakes of an interception."""

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
            fake = activation.fake
            if getattr(fake, "server_host", None) == name:  # where a fake of another process is
                return
            if fake is not None and fake.block_network:
                raise NetworkBlocked(
                    f"refused to reach {name}{where_from()}: FakeScale(block_network=True) lets "
                    "nothing out but loopback. Stub the host on scale.other_hosts, or leave "
                    "block_network out",
                    host=name,
                    call_site=call_site(),
                )

    def check_own(self, name: str) -> None:
        """Refuse a fake's own host."""
        __tracebackhide__ = True
        for activation in self.interception.activations:
            if name in activation.hosts:
                raise NetworkBlocked(
                    f"refused to reach {name}{where_from()}: it is a host of an active FakeScale, "
                    f"which answers calls to {' and '.join(activation.named)} in this process, and "
                    "this call has another scheme or port, or comes by a library that has no door. "
                    "Let such a client speak to scale_server (or scale.serve()), or give httpx "
                    "scale.httpx_transport()",
                    host=name,
                    call_site=call_site(),
                )

    def check_lookup(self, host: object) -> None:
        """Refuse a name that must not be looked up; an address is none, and may be bound to."""
        __tracebackhide__ = True
        name = normal_host(host)
        if is_address(name):
            self.check_own(name)
        else:
            self.check(name)

    def around_lookup(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            self.check_lookup(host)
            return original(host, *args, **kwargs)

        return look_up

    def around_async_lookup(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def getaddrinfo(loop: Any, host: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            if not is_address(normal_host(host)):
                self.check(host)
            return original(loop, host, *args, **kwargs)

        return getaddrinfo

    def around_create_connection(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def create_connection(
            loop: Any, protocol_factory: Any, host: Any = None, *args: Any, **kwargs: Any
        ) -> Any:
            __tracebackhide__ = True
            if host is not None:
                self.check(host)
            self._check_server_hostname(0, (), kwargs)
            return original(loop, protocol_factory, host, *args, **kwargs)

        return create_connection

    def around_create_datagram(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def create_datagram_endpoint(
            loop: Any,
            protocol_factory: Any,
            local_addr: Any = None,
            remote_addr: Any = None,
            **kwargs: Any,
        ) -> Any:
            __tracebackhide__ = True
            if isinstance(remote_addr, tuple) and remote_addr:
                self.check(remote_addr[0])  # pyright: ignore[reportUnknownArgumentType]
            return original(loop, protocol_factory, local_addr, remote_addr, **kwargs)

        return create_datagram_endpoint

    def around_connect(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Before the audit event, which comes only when a name was resolved."""

        def connect(sock: socket.socket, address: Any, /) -> Any:
            __tracebackhide__ = True
            if isinstance(address, tuple) and address and sock.family in INTERNET:
                self.check(address[0])  # pyright: ignore[reportUnknownArgumentType]
            return original(sock, address)

        return connect

    def around_sendto(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def sendto(sock: socket.socket, *args: Any) -> Any:
            __tracebackhide__ = True
            address = args[-1] if args else None
            if isinstance(address, tuple) and address and sock.family in INTERNET:
                self.check(address[0])  # pyright: ignore[reportUnknownArgumentType]
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

    def around_tls_send(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """A connection that was kept alive from before the fake's start."""

        def send(connection: ssl.SSLSocket | ssl.SSLObject, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            name = connection.server_hostname
            if name is not None and not getattr(connection, "server_side", False):
                self.check_own(normal_host(name))
            return original(connection, *args, **kwargs)

        return send

    def _check_server_hostname(
        self, position: int, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        __tracebackhide__ = True
        name = kwargs.get("server_hostname")
        if name is None and len(args) > position:
            name = args[position]
        if name is not None:
            self.check_own(normal_host(name))
