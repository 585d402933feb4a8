"""How ``aiohttp`` reaches the fake: where a connector of any kind is asked for a connection.

The connection is one of aiohttp's own whose transport leads nowhere: what is written to it is the
request, what it delivers the answer. So streams, forms, middlewares, cookies, redirects and the
library's one repeat of what it may repeat are as they are over a socket. Mocks stand higher, at
the session: there a call for the fake's origin is led past them (`aioresponses_door`).
"""

from __future__ import annotations

import asyncio
import gc
from http.client import responses
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import NonCallableMock

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

from .network_guard import Guard
from .origin import normal_host, origin_of
from .spot import replace
from .target_errors import is_from_target, raise_from_targets
from .written import WrittenRequest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from yarl import URL

    from .._http.values import Reply
    from .active import Interception
    from .fake_protocol import ActiveFake

READ_TIMED_OUT: Final = "Timeout on reading data from socket"
CONNECT_TIMED_OUT: Final = "Connection timeout to host {}"
# The library's own wording: these texts end up in users' assertions and logs.

GO_ON: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


def install(interception: Interception) -> Callable[[], None]:
    # At the connector: sessions, middlewares, cookies and redirects above it stay the library's.
    """Replace how connectors connect and sessions ask; returns what undoes it."""
    door = Door(interception)
    return replace(
        (aiohttp.BaseConnector, "connect", door.around_connect),
        (aiohttp.ClientSession, "_request", door.around_request),
    )


def _is_mock(function: Any) -> bool:
    """Whether ``unittest.mock`` made it, as it does for aioresponses."""
    return isinstance(function, NonCallableMock) or hasattr(function, "mock")


def _genuine_request() -> Callable[..., Awaitable[Any]]:
    """The library's own ``ClientSession._request``, also while a mock stands in its place."""
    request: Any = vars(aiohttp.ClientSession)["_request"]
    if not _is_mock(request):
        return request  # type: ignore[no-any-return]
    file = aiohttp.ClientSession._build_url.__code__.co_filename
    return next(
        kept
        for kept in gc.get_objects()
        if isinstance(kept, FunctionType)
        and kept.__qualname__ == "ClientSession._request"
        and kept.__code__.co_filename == file
    )


_GENUINE: Final = _genuine_request()


class Door:
    """Stands at sessions and connectors while a fake is active."""

    def __init__(self, interception: Interception) -> None:
        self._interception = interception

    def around_request(
        self, original: Callable[..., Awaitable[Any]]
    ) -> Callable[..., Awaitable[Any]]:
        async def _request(session: Any, method: str, url: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            if not self._interception.activations:
                return await original(session, method, url, *args, **kwargs)
            # A call for another host goes the way it came, mocks of the test included.
            if self._answering(_absolute(session, url)) is None:
                return await original(session, method, url, *args, **kwargs)
            ask = _GENUINE if _is_mock(original) else original
            try:
                return await ask(session, method, url, *args, **kwargs)
            # An OSError of the test's own target would be told as a broken connection.
            except OSError as error:  # what a target raised may be one, and is wrapped
                raised = error.__cause__
                if raised is None or not is_from_target(raised):
                    raise
            raise raised

        return _request

    def around_connect(
        self, original: Callable[..., Awaitable[Connection]]
    ) -> Callable[..., Awaitable[Connection]]:
        async def connect(
            connector: Any, req: aiohttp.ClientRequest, *args: Any, **kwargs: Any
        ) -> Connection:
            """Get from pool or create new connection."""
            __tracebackhide__ = True
            if not self._interception.activations:
                return await original(connector, req, *args, **kwargs)
            fake = self._answering(req.url)
            if fake is not None:
                return await _connection(fake, connector, req, *args, **kwargs)
            guard, host = Guard(self._interception), normal_host(req.url.raw_host)
            if req.proxy is not None:
                guard.check(host)  # a proxy looks it up, where no guard stands
            else:
                guard.check_own(host)  # a connection may be open already
            return await original(connector, req, *args, **kwargs)

        return connect

    def _answering(self, url: URL | None) -> ActiveFake | None:
        if url is None or url.raw_host is None:
            return None
        return self._interception.answering(origin_of(url.scheme, url.raw_host, url.port))


def _absolute(session: Any, url: Any) -> URL | None:
    try:
        built: URL = session._build_url(url)
    except (TypeError, ValueError):
        # The library refuses it itself when it is asked.
        return None  # refused in the library's own words
    return built


async def _connection(
    fake: ActiveFake,
    connector: Any,
    req: aiohttp.ClientRequest,
    traces: Any,
    timeout: Any,  # noqa: ASYNC109 - the library's argument, handed on
) -> Connection:
    """A connection to the fake, used once."""
    for trace in traces or ():
        await trace.send_connection_create_start()
    loop = asyncio.get_running_loop()
    protocol = ResponseHandler(loop=loop)
    protocol.connection_made(FakeTransport(fake, req, _Limits(timeout), protocol, loop))
    # Never pooled: the next request needs a transport of its own.
    protocol.force_close()
    for trace in traces or ():
        await trace.send_connection_create_end()
    return Connection(connector, req.connection_key, protocol, loop)


class _Limits:
    """How long a client waits, in seconds, and what it raises then."""

    def __init__(self, timeout: aiohttp.ClientTimeout) -> None:
        self._total = timeout.total
        self.read = _least(timeout.sock_read, timeout.total)
        self.connect = _least(timeout.connect, timeout.sock_connect, timeout.total)

    def read_error(self) -> Exception:
        # The total has no text of its own in the library.
        if self.read is None or self.read == self._total:
            return TimeoutError()
        return aiohttp.SocketTimeoutError(READ_TIMED_OUT)

    def connect_error(self, url: URL) -> Exception:
        if self.connect is None or self.connect == self._total:
            return TimeoutError()
        return aiohttp.ConnectionTimeoutError(CONNECT_TIMED_OUT.format(url))


def _least(*seconds: float | None) -> float | None:
    return min((length for length in seconds if length), default=None)


class FakeTransport(asyncio.Transport):
    """Takes what a client writes, and delivers the fake's answer."""

    def __init__(
        self,
        fake: ActiveFake,
        req: aiohttp.ClientRequest,
        limits: _Limits,
        protocol: ResponseHandler,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__()
        self._fake = fake
        self._url = req.url
        self._limits = limits
        self._protocol = protocol
        self._loop = loop
        self._written = WrittenRequest()
        self._may_expect = True
        self._is_answered = False
        self._began_ms = fake.clock.ms
        self._is_closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take a part of the request; the last has the fake answer."""
        written = self._written
        written.write(data)
        if written.is_whole:
            if not self._is_answered:
                # Once, though a late empty part may follow the last one.
                self._is_answered = True
                self._loop.call_soon(self._handle)  # when the tasks that ask at once have asked
        elif self._may_expect and written.method:
            self._may_expect = False
            if written.headers.get("expect", "").lower() == "100-continue":
                # Only once, and only when the headers are whole.
                self._loop.call_soon(self._deliver, GO_ON)

    def writelines(self, list_of_data: Any) -> None:
        """Take several parts."""
        for data in list_of_data:
            self.write(data)

    def _handle(self) -> None:
        __tracebackhide__ = True
        url = self._url
        origin = origin_of(url.scheme, url.raw_host or "", url.port)
        call = self._written.request(origin, self._limits.read, self._limits.connect)
        # When its task began to wait, so that tasks that wait together pass the same time.
        call.began_ms = self._began_ms
        try:
            reply = self._fake.app.handle(call)
            raise_from_targets(self._fake, call, reply.raised)
        except BaseException as error:  # noqa: BLE001 - a failed test is one, and belongs to the caller
            self._fail(error)
            return
        if reply.broken == "connect_timeout":
            self._fail(self._limits.connect_error(url))
        elif reply.broken == "read_timeout":
            self._fail(self._limits.read_error())
        elif reply.status:
            # A cut answer ends with the connection, which is what the client notices.
            cut = reply.broken == "truncate"
            answer = _head(reply) + (b"" if call.method == "HEAD" else reply.body)
            self._deliver(answer, cut=cut)
        else:
            self.close()

    def _deliver(self, data: bytes, *, cut: bool = False) -> None:
        if self._is_closing:
            return
        self._protocol.data_received(data)
        if cut:
            self.close()

    def _fail(self, error: BaseException) -> None:
        if not self._is_closing:
            self._protocol.set_exception(error)

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self._is_closing

    def close(self) -> None:
        """End the connection."""
        if not self._is_closing:
            self._is_closing = True
            # Later, as a real connection's end would come: the client may be in the middle of a
            # read.
            self._loop.call_soon(self._protocol.connection_lost, None)

    abort = close

    def pause_reading(self) -> None:
        """Nothing to pause: all is delivered at once."""

    def resume_reading(self) -> None:
        """Nothing to resume."""

    def get_write_buffer_size(self) -> int:
        """Nothing waits to be written."""
        return 0


def _head(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {responses.get(reply.status, '')}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    return "\r\n".join((*lines, "\r\n")).encode("latin-1")
