"""How ``httpx`` reaches the fake: as the transport of a client, sync or async."""

from __future__ import annotations

from datetime import timedelta
from http.client import responses
from typing import TYPE_CHECKING

from .._http import Request
from .target_errors import raise_from_targets

try:
    import httpx
except ImportError as error:
    raise ImportError(
        "scale.httpx_transport() needs the package httpx: pip install httpx"
    ) from error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from .._http import Reply
    from .fake_protocol import ActiveFake


class FakeTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Lets a fake answer, started or not, whatever host the client addresses.

    ```python
    httpx.Client(transport=scale.httpx_transport())
    httpx.AsyncClient(transport=scale.httpx_transport())
    ```
    """

    def __init__(self, fake: ActiveFake) -> None:
        self._fake = fake

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a call of ``httpx.Client``.

        Raises:
            httpx.TransportError: a fault broke the exchange.
        """
        __tracebackhide__ = True
        return self._answer(request, request.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a call of ``httpx.AsyncClient``.

        Raises:
            httpx.TransportError: a fault broke the exchange.
        """
        __tracebackhide__ = True
        return self._answer(request, await request.aread())

    def __repr__(self) -> str:
        return f"<FakeTransport of {self._fake!r}>"

    def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        __tracebackhide__ = True
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        timeout = request.extensions.get("timeout", {})
        call = Request(
            request.method,
            f"{request.url.scheme}://{request.url.netloc.decode('ascii')}",
            path,
            query,
            {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in request.headers.raw
            },
            body,
            timeout.get("read"),
            timeout.get("connect"),
        )
        reply = self._fake.app.handle(call)
        raise_from_targets(self._fake, call, reply.raised)
        if not reply.status:
            raise broken(reply, request)
        response = (_LateResponse if reply.waited_ms else httpx.Response)(
            reply.status,
            headers=reply.headers,
            stream=_Body(reply, request),
            extensions={
                "http_version": b"HTTP/1.1",
                "reason_phrase": responses.get(reply.status, "").encode(),
            },
        )
        if isinstance(response, _LateResponse):
            response.late_by = timedelta(milliseconds=reply.waited_ms)
        return response


class _LateResponse(httpx.Response):
    """A response for which virtual time passed: ``elapsed`` is that and the real time."""

    late_by = timedelta(0)

    @property
    def elapsed(self) -> timedelta:
        """How long the answer took."""
        return super().elapsed

    @elapsed.setter
    def elapsed(self, elapsed: timedelta) -> None:
        self._elapsed = elapsed + self.late_by


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that ends as one read from a socket ends."""

    def __init__(self, reply: Reply, request: httpx.Request) -> None:
        self._reply = reply
        self._body = b"" if request.method == "HEAD" else reply.body
        self._cut = reply.broken == "truncate"
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        yield self._body
        self._end()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body
        self._end()

    def _end(self) -> None:
        if self._cut:
            raise cut_short(self._reply, self._request)


def cut_short(reply: Reply, request: httpx.Request) -> httpx.TransportError:
    """What ``httpx`` raises for a body that ends too early."""
    return httpx.RemoteProtocolError(
        f"the body ended after {len(reply.body)} bytes, before its Content-Length",
        request=request,
    )


def broken(reply: Reply, request: httpx.Request) -> httpx.TransportError:
    """What ``httpx`` raises for an exchange that a fault broke."""
    if reply.broken == "connect_timeout":
        return httpx.ConnectTimeout("timed out", request=request)
    if reply.broken == "read_timeout":
        return httpx.ReadTimeout("timed out", request=request)
    return httpx.RemoteProtocolError("disconnected without a response", request=request)
