"""How code that uses ``httpcore`` directly reaches the fake: at the pool that takes a request.

Packages are built on ``httpcore`` without ``httpx``; and ``httpx`` itself arrives here where its
own door was passed by, with all that comes back taken for its own.
"""

from __future__ import annotations

from http.client import responses
from typing import TYPE_CHECKING, Any, cast

import httpcore

from .._http.values import Request
from .connecting import began_ms, reply_to
from .httpcore_words import CUT, DISCONNECTED, TIMED_OUT
from .network_guard import Guard
from .origin import normal_host, normal_origin, origin_of
from .spot import Spot, replace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from .._http.values import Reply
    from .active import Interception
    from .fake_protocol import ActiveFake


def install(interception: Interception) -> Callable[[], None]:
    """Replace how pools and connections handle a request; returns what undoes it."""

    def around(original: Callable[..., httpcore.Response]) -> Callable[..., httpcore.Response]:
        def handle_request(pool: Any, request: httpcore.Request) -> httpcore.Response:
            __tracebackhide__ = True
            fake = _answering(interception, pool, request)
            if fake is None:
                return original(pool, request)
            body = b"".join(cast("Iterator[bytes]", request.stream))
            return _answer(fake, pool, request, body)

        return handle_request

    def around_async(
        original: Callable[..., Awaitable[httpcore.Response]],
    ) -> Callable[..., Awaitable[httpcore.Response]]:
        async def handle_async_request(pool: Any, request: httpcore.Request) -> httpcore.Response:
            __tracebackhide__ = True
            fake = _answering(interception, pool, request)
            if fake is None:
                return await original(pool, request)
            stream = cast("AsyncIterator[bytes]", request.stream)
            body = b"".join([part async for part in stream])
            return _answer(fake, pool, request, body, await began_ms(fake))

        return handle_async_request

    spots: list[Spot] = [
        (httpcore.ConnectionPool, "handle_request", around),
        (httpcore.HTTPConnection, "handle_request", around),
        (httpcore.AsyncConnectionPool, "handle_async_request", around_async),
        (httpcore.AsyncHTTPConnection, "handle_async_request", around_async),
    ]
    return replace(*spots)


def _answering(
    interception: Interception, pool: Any, request: httpcore.Request
) -> ActiveFake | None:
    __tracebackhide__ = True
    if not interception.activations:
        return None
    fake = interception.answering(_origin(request.url))
    if fake is None:
        guard, host = Guard(interception), normal_host(request.url.host)
        if getattr(pool, "_proxy_url", None) or getattr(pool, "_proxy", None):
            guard.check(host)  # a proxy looks it up, where no guard stands
        else:
            guard.check_own(host)
    return fake


def _origin(url: httpcore.URL) -> str:
    return origin_of(url.scheme.decode("ascii"), url.host.decode("ascii"), url.port)


def _answer(
    fake: ActiveFake,
    pool: Any,
    request: httpcore.Request,
    body: bytes,
    began: int | None = None,
) -> httpcore.Response:
    __tracebackhide__ = True
    target = request.url.target.decode("ascii")
    if target.startswith("http"):  # written out, as for a proxy
        target = target[len(normal_origin(target)) :]
    path, _, query = target.partition("?")
    timeout = request.extensions.get("timeout", {})
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.headers
    }
    origin = _origin(request.url)
    headers.setdefault("host", origin.partition("://")[2])
    call = Request(
        request.method.decode("ascii"),
        origin,
        path or "/",
        query,
        headers,
        body,
        timeout.get("read"),
        timeout.get("connect"),
        began_ms=began,
    )
    reply = reply_to(fake, call, getattr(pool, "_retries", 0))
    if not reply.status:
        raise _broken(reply)
    return httpcore.Response(
        reply.status,
        headers=[
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers
        ],
        content=_Body(reply, is_head=call.method == "HEAD"),
        extensions={
            "http_version": b"HTTP/1.1",
            "reason_phrase": responses.get(reply.status, "").encode(),
        },
    )


class _Body:
    """A body that ends as one read from a socket ends."""

    def __init__(self, reply: Reply, *, is_head: bool) -> None:
        self._body = b"" if is_head else reply.body
        self._expected = reply.announced_length if reply.broken == "truncate" else None

    def __iter__(self) -> Iterator[bytes]:
        yield self._body
        self._end()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body
        self._end()

    def _end(self) -> None:
        if self._expected is not None:
            raise httpcore.RemoteProtocolError(CUT.format(len(self._body), self._expected))


def _broken(reply: Reply) -> Exception:
    if reply.broken == "connect_timeout":
        return httpcore.ConnectTimeout(TIMED_OUT)
    if reply.broken == "read_timeout":
        return httpcore.ReadTimeout(TIMED_OUT)
    return httpcore.RemoteProtocolError(DISCONNECTED)
