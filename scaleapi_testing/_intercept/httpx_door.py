"""How ``httpx`` reaches the fake: by the transport that a client picks for a URL.

That is above the transports, where mock libraries stand, so that neither hides the other, whichever
was entered first; and every client looks there on every call, so that one made before the fake
started is caught as well. What a transport of the user's own sends through one of httpx's is met at
that one.
"""

from __future__ import annotations

from datetime import timedelta
from http.client import responses
from typing import TYPE_CHECKING, Any, cast

from .._http.values import Request
from .connecting import began_ms, reply_to
from .httpcore_words import CUT, DISCONNECTED, TIMED_OUT
from .network_guard import Guard
from .origin import normal_host, normal_origin
from .spot import Spot, replace

try:
    import httpx
except ImportError as error:
    raise ImportError(
        "scale.httpx_transport() needs the package httpx: pip install httpx"
    ) from error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from .._http.values import Reply
    from .active import Interception
    from .fake_protocol import ActiveFake


def install(interception: Interception) -> Callable[[], None]:
    """Replace how clients choose a transport and what transports do; returns what undoes it."""
    return _Door(interception).close


class FakeTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Lets a fake answer, started or not, whatever host the client addresses.

    ```python
    httpx.Client(transport=scale.httpx_transport())
    httpx.AsyncClient(transport=scale.httpx_transport())
    ```
    """

    def __init__(self, fake: ActiveFake, *, retries: int = 0) -> None:
        self._fake = fake
        self._retries = retries

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a call of ``httpx.Client``.

        Raises:
            httpx.TransportError: a fault broke the exchange.
        """
        __tracebackhide__ = True
        try:
            body = request.content
        except httpx.RequestNotRead:
            # Not by `read`, which would keep what a real connection uses up.
            body = b"".join(cast("httpx.SyncByteStream", request.stream))
        return self._answer(request, body)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a call of ``httpx.AsyncClient``.

        Raises:
            httpx.TransportError: a fault broke the exchange.
        """
        __tracebackhide__ = True
        try:
            body = request.content
        except httpx.RequestNotRead:
            stream = cast("httpx.AsyncByteStream", request.stream)
            body = b"".join([part async for part in stream])
        return self._answer(request, body, await began_ms(self._fake))

    def __repr__(self) -> str:
        return f"<FakeTransport of {self._fake!r}>"

    def _answer(
        self, request: httpx.Request, body: bytes, began: int | None = None
    ) -> httpx.Response:
        __tracebackhide__ = True
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        timeout = request.extensions.get("timeout", {})
        call = Request(
            request.method,
            _origin(request.url),
            path,
            query,
            {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in request.headers.raw
            },
            body,
            timeout.get("read"),
            timeout.get("connect"),
            began_ms=began,
        )
        reply = reply_to(self._fake, call, self._retries)
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


class _Door:
    """Stands at the clients and at httpx's own transports while a fake is active."""

    def __init__(self, interception: Interception) -> None:
        self._interception = interception
        self._spots: tuple[Spot, ...] = (
            (httpx.Client, "_transport_for_url", self._around_choice),
            (httpx.AsyncClient, "_transport_for_url", self._around_choice),
            (httpx.HTTPTransport, "handle_request", self._around_request),
            (httpx.AsyncHTTPTransport, "handle_async_request", self._around_async_request),
        )
        put_back = replace(
            *self._spots,
            (httpx.Client, "_send_single_request", self._around_sending),
            (httpx.AsyncClient, "_send_single_request", self._around_sending),
        )
        self._put_back = [put_back]
        self._mine: list[Any] = [vars(owner)[name] for owner, name, _ in self._spots]

    def close(self) -> None:
        """Put everything back that is still ours."""
        for put_back in reversed(self._put_back):
            put_back()

    def _stand_on_top(self) -> None:
        """Be the first that is asked, also where a mock was entered since."""
        for number, spot in enumerate(self._spots):
            owner, name, _ = spot
            if vars(owner)[name] is not self._mine[number]:
                self._put_back.append(replace(spot))
                self._mine[number] = vars(owner)[name]

    def _around_sending(self, original: Callable[[Any, httpx.Request], Any]) -> Callable[..., Any]:
        def _send_single_request(client: Any, request: httpx.Request) -> Any:
            """Sends a single request, without handling any redirections."""
            __tracebackhide__ = True
            if self._answering(request.url) is not None:
                self._stand_on_top()
            return original(client, request)  # a coroutine, where the client is asynchronous

        return _send_single_request

    def _around_choice(self, original: Callable[[Any, httpx.URL], Any]) -> Callable[..., Any]:
        def _transport_for_url(client: Any, url: httpx.URL) -> Any:
            """Return the transport instance that should be used for a given URL."""
            fake = self._answering(url)
            if fake is None:
                return original(client, url)
            # Chosen here, for a mock may stand below, and the fake's origin is not its to answer.
            transport = next(
                (mounted for pattern, mounted in client._mounts.items() if pattern.matches(url)),
                None,
            )
            transport = client._transport if transport is None else transport
            if _is_httpxs_own(transport):
                return FakeTransport(fake, retries=_retries(transport))
            return transport

        return _transport_for_url

    def _around_request(
        self, original: Callable[[Any, httpx.Request], httpx.Response]
    ) -> Callable[..., httpx.Response]:
        def handle_request(transport: Any, request: httpx.Request) -> httpx.Response:
            __tracebackhide__ = True
            fake = self._answering(request.url)
            if fake is None:
                self._check(request.url)
                return original(transport, request)
            return FakeTransport(fake, retries=_retries(transport)).handle_request(request)

        return handle_request

    def _around_async_request(
        self, original: Callable[[Any, httpx.Request], Awaitable[httpx.Response]]
    ) -> Callable[..., Awaitable[httpx.Response]]:
        async def handle_async_request(transport: Any, request: httpx.Request) -> httpx.Response:
            __tracebackhide__ = True
            fake = self._answering(request.url)
            if fake is None:
                self._check(request.url)
                return await original(transport, request)
            own_transport = FakeTransport(fake, retries=_retries(transport))
            return await own_transport.handle_async_request(request)

        return handle_async_request

    def _answering(self, url: httpx.URL) -> ActiveFake | None:
        if not self._interception.activations:
            return None
        origin = _origin(url)
        fake = self._interception.answering(origin)
        if fake is None and normal_origin(origin) != origin:
            fake = self._interception.answering(normal_origin(origin))
        return fake

    def _check(self, url: httpx.URL) -> None:
        """Refuse another port of the fake's host, which a proxy is told and no socket is asked."""
        __tracebackhide__ = True
        if self._interception.activations:
            Guard(self._interception).check_own(normal_host(url.host))


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _is_httpxs_own(transport: Any) -> bool:
    """Whether a transport sends as httpx does; what a subclass adds to it must run."""
    kind: Any = type(transport)
    if kind in {httpx.HTTPTransport, httpx.AsyncHTTPTransport}:
        return True
    if issubclass(kind, httpx.HTTPTransport):
        return kind.handle_request is httpx.HTTPTransport.handle_request
    return (
        issubclass(kind, httpx.AsyncHTTPTransport)
        and kind.handle_async_request is httpx.AsyncHTTPTransport.handle_async_request
    )


def _retries(transport: Any) -> int:
    retries = getattr(getattr(transport, "_pool", None), "_retries", 0)
    return retries if isinstance(retries, int) else 0


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
        CUT.format(len(reply.body), reply.announced_length), request=request
    )


def broken(reply: Reply, request: httpx.Request) -> httpx.TransportError:
    """What ``httpx`` raises for an exchange that a fault broke."""
    if reply.broken == "connect_timeout":
        return httpx.ConnectTimeout(TIMED_OUT, request=request)
    if reply.broken == "read_timeout":
        return httpx.ReadTimeout(TIMED_OUT, request=request)
    return httpx.RemoteProtocolError(DISCONNECTED, request=request)
