"""How ``http.client`` reaches the fake, and with it ``urllib.request`` and all that builds on them.

A connection whose request a fake answers is given a socket that is none: what is written to it is
the request, what is read from it the answer. All else is done by ``http.client`` itself. The
connection is closed after each answer, so that it holds nothing of a fake that has stopped.
"""

from __future__ import annotations

import io
import socket
from http.client import HTTPMessage, HTTPResponse, RemoteDisconnected, responses
from typing import TYPE_CHECKING, Any, Final

from urllib3.connection import HTTPConnection as Urllib3Connection

from .._callbacks.loopback import PASSES_DOORS
from .network_guard import Guard
from .origin import host_of, normal_host, origin_of
from .spot import replace
from .target_errors import raise_from_targets
from .written import WrittenRequest, origin_written_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._http.values import Reply, Request
    from .active import Interception
    from .fake_protocol import ActiveFake

DISCONNECTED: Final = "Remote end closed connection without response"
TIMED_OUT: Final = "timed out"
TIMED_OUT_OVER_TLS: Final = "The read operation timed out"
# The library's own wording: these texts end up in users' assertions and logs.

HTTPS_PORT: Final = 443

_KINDS: Final[tuple[type[Any], ...]] = Urllib3Connection.__mro__
PLAIN: Final = next(kind for kind in _KINDS if kind.__module__ == "http.client")
SECURE: Final = next(kind for kind in PLAIN.__subclasses__() if kind.__module__ == "http.client")
# The library's own classes, also where a recorder of calls has put classes of its own there.


def install(interception: Interception) -> Callable[[], None]:
    """Replace how connections connect, send and read a head; returns what undoes it."""
    door = _Door(interception)
    return replace(
        (PLAIN, "putrequest", door.around_putrequest),
        (PLAIN, "connect", door.around_connect),
        (SECURE, "connect", door.around_connect),
        (PLAIN, "set_tunnel", door.around_set_tunnel),
        (HTTPResponse, "begin", _around_begin),
    )


class _Door:
    """Stands at the connections while a fake is active."""

    def __init__(self, interception: Interception) -> None:
        self._interception = interception

    def around_putrequest(self, original: Callable[..., None]) -> Callable[..., None]:
        def putrequest(connection: Any, method: str, url: str, *args: Any, **kwargs: Any) -> None:
            """Send a request to the server."""
            __tracebackhide__ = True
            original(connection, method, url, *args, **kwargs)  # nothing is sent as yet
            if self._interception.activations:
                self._lead(connection, url)

        return putrequest

    def around_connect(self, original: Callable[[Any], None]) -> Callable[[Any], None]:
        def connect(connection: Any) -> None:
            """Connect to the host and port specified in __init__."""
            __tracebackhide__ = True
            fake, origin = self._answering(connection)
            if fake is None:
                original(connection)
            else:
                connection.sock = FakeSocket(fake, origin, connection.timeout)

        return connect

    def around_set_tunnel(self, original: Callable[..., None]) -> Callable[..., None]:
        def set_tunnel(connection: Any, host: str, *args: Any, **kwargs: Any) -> None:
            """Set up host and port for HTTP CONNECT tunnelling."""
            __tracebackhide__ = True
            original(connection, host, *args, **kwargs)
            if self._interception.activations and self._answering(connection)[0] is None:
                Guard(self._interception).check(normal_host(connection._tunnel_host))

        return set_tunnel

    def _lead(self, connection: Any, url: str) -> None:
        """Have a request go to the fake that answers it, or away from one that no longer does."""
        __tracebackhide__ = True
        fake, origin = self._answering(connection, url)
        sock = connection.sock
        if fake is not None:
            if sock is not None:  # a real one, opened before the fake started, or another fake's
                sock.close()
            connection.sock = FakeSocket(fake, origin, connection.timeout)
            return
        if isinstance(sock, FakeSocket):
            connection.sock = None
        guard = Guard(self._interception)
        if origin_written_out(url) is not None:
            guard.check(host_of(origin))  # a proxy looks it up, where no guard stands
        elif not getattr(connection, PASSES_DOORS, False):
            guard.check_own(host_of(origin))

    def _answering(self, connection: Any, url: str = "/") -> tuple[ActiveFake | None, str]:
        tunnelled = connection._tunnel_host is not None
        host = connection._tunnel_host if tunnelled else connection.host
        port = connection._tunnel_port if tunnelled else connection.port
        scheme = "https" if connection.default_port == HTTPS_PORT else "http"
        origin = origin_written_out(url) or origin_of(scheme, host, port)
        if getattr(connection, PASSES_DOORS, False):
            return None, origin
        return self._interception.answering(origin), origin


class FakeSocket:
    """What ``http.client`` writes a request to and reads the answer from."""

    def __init__(self, fake: ActiveFake, origin: str, timeout: Any) -> None:
        self._fake = fake
        self._origin = origin
        self._written = WrittenRequest()
        self._answer: _Answer | None = None
        self._timeout: float | None = socket.getdefaulttimeout()
        if timeout is None or isinstance(timeout, int | float):
            self._timeout = timeout

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Take a part of the request; the last has the fake answer.

        Raises:
            TimeoutError: a fault lets no connection come about.
            TypeError: these are no bytes.
        """
        __tracebackhide__ = True
        del flags
        self._written.write(memoryview(data))
        if self._written.is_whole and self._answer is None:
            self._handle()

    send = sendall

    def makefile(self, mode: str = "r", *args: Any, **kwargs: Any) -> _Answer:
        """What the answer is read from."""
        __tracebackhide__ = True
        del mode, args, kwargs
        if self._answer is None:  # the client waits for an answer to what it has sent so far
            self._handle()
        answer, self._answer, self._written = self._answer, None, WrittenRequest()
        assert answer is not None
        return answer

    def _handle(self) -> None:
        __tracebackhide__ = True
        call = self._written.request(self._origin, self._timeout, self._timeout)
        reply = self._fake.app.handle(call)
        if reply.broken == "connect_timeout" and not reply.raised:
            raise TimeoutError(TIMED_OUT)
        self._answer = _Answer(self._fake, call, reply)

    def settimeout(self, value: float | None, /) -> None:
        """Say how long the client waits, in seconds."""
        self._timeout = value

    def gettimeout(self) -> float | None:
        """How long the client waits, in seconds."""
        return self._timeout

    def setsockopt(self, *args: Any) -> None:
        """Nothing to set."""

    def getpeername(self) -> tuple[str, int]:
        """No address: nothing is connected."""
        return host_of(self._origin), 0

    def shutdown(self, how: int, /) -> None:
        """Nothing to shut down."""

    def close(self) -> None:
        """Nothing to close."""


class _Answer(io.BytesIO):
    """The body of an answer as a file, and what becomes of its head."""

    def __init__(self, fake: ActiveFake, call: Request, reply: Reply) -> None:
        super().__init__(b"" if call.method == "HEAD" else reply.body)
        self._fake = fake
        self._call = call
        self._reply = reply

    def peek(self, size: int = 0, /) -> bytes:
        """What comes next, without going there."""
        del size
        return bytes(self.getbuffer()[self.tell() :])

    def tell_head(self, response: Any) -> None:
        """Give a response its status and headers, or raise what broke the exchange."""
        __tracebackhide__ = True
        reply, call = self._reply, self._call
        raise_from_targets(self._fake, call, reply.raised)
        if reply.broken == "read_timeout":
            secure = call.origin.startswith("https")
            raise TimeoutError(TIMED_OUT_OVER_TLS if secure else TIMED_OUT)
        if not reply.status:
            raise RemoteDisconnected(DISCONNECTED)
        response.code = response.status = reply.status
        response.reason = responses.get(reply.status, "")
        response.version = 11
        response.headers = response.msg = headers = HTTPMessage()
        for name, value in reply.headers:
            headers[name] = value
        if response.debuglevel > 0:
            print("reply:", repr(f"HTTP/1.1 {reply.status} {response.reason}\r\n"))  # noqa: T201
            for name, value in reply.headers:
                print("header:", f"{name}:", value)  # noqa: T201
        response.chunked = False
        response.will_close = True
        bodiless = call.method == "HEAD" or reply.status in {204, 304}
        response.length = 0 if bodiless else reply.announced_length


def _around_begin(original: Callable[[Any], None]) -> Callable[[Any], None]:
    """Spare the head of an answer the way through bytes, which takes longer than all the rest."""

    def begin(response: Any) -> None:
        __tracebackhide__ = True
        answer = response.fp
        if type(answer) is not _Answer:
            original(response)
        elif response.headers is None:
            answer.tell_head(response)

    return begin
