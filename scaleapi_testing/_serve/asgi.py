"""The fake as an ASGI application: Starlette around the engine.

The engine is called in the event loop, for it takes microseconds; what may wait (targets of
callbacks, which may call this very server; time that passes) is done in threads, one for each call
that waits, so that calls inside calls never wait for a free one.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from .._app import error_reply
from .._errors import ApiError
from .._http.values import Reply, Request
from .._intercept.named_origin import HEALTH
from .._world.act import INTERRUPTS
from .limits import most_body, refusal, too_large
from .wsgi import PATH_SAFE, FaultNotPossible

try:
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.responses import Response
    from starlette.routing import Route
except ImportError as error:
    raise ImportError(
        "scale.asgi_app needs the package starlette: pip install 'scaleapi-testing[server]'",
        name="starlette",
    ) from error

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from typing import TypeAlias

    from starlette.requests import Request as StarletteRequest

    from .._intercept.fake_protocol import ActiveFake
    from .._time.pace import Pace

    Message: TypeAlias = MutableMapping[str, Any]
    Receive: TypeAlias = Callable[[], Awaitable[Message]]
    Send: TypeAlias = Callable[[Message], Awaitable[None]]

    Seen: TypeAlias = Callable[[Request, Reply, float], None]
    """Is told of every call: the call, its answer, and the seconds that it took."""


def asgi_app(fake: ActiveFake, *, seen: Seen | None = None, pace: Pace | None = None) -> Starlette:
    """An ASGI application that answers as the fake does in process, byte for byte.

    It answers whatever host is addressed, and may be mounted below a path. Exceptions of callback
    targets wait for the next control of the fake. It raises `FaultNotPossible` where a fault would
    break the connection and the server does not offer that (``close`` among the extensions).

    Args:
        fake: who answers.
        seen: is told of every call.
        pace: makes the clock follow real time before each call.
    """
    app = Starlette(
        routes=[Route(HEALTH, _healthy, methods=["GET"])],
        exception_handlers={HTTPException: _refused},
    )
    app.router.redirect_slashes = False
    # Not a mount: a route's pattern does not match each path that can be sent.
    app.router.default = Engine(fake, seen, pace)
    return app


async def _healthy(_: StarletteRequest) -> Response:
    """Answer a fake that asks whether ``SCALE_API_BASE_URL`` names another fake's server."""
    return Response()


async def _refused(_: StarletteRequest, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    reply = error_reply(ApiError(error.status_code, error.detail))
    return Response(reply.body, reply.status, dict(reply.headers) | dict(error.headers or {}))


class Engine:
    """The engine behind ASGI: all paths but those of the server itself."""

    def __init__(self, fake: ActiveFake, seen: Seen | None, pace: Pace | None) -> None:
        self._fake = fake
        self._seen = seen
        self._pace = pace

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one call."""
        if scope["type"] != "http":
            await receive()
            await send({"type": "websocket.close"})
            return
        began = asyncio.get_running_loop().time() if self._seen is not None else 0.0
        try:
            body = await _body(scope, receive)
        except ApiError as error:
            await _send(send, scope, refusal(error))
            return
        if body is None:
            return  # the client broke off: the call never happened
        request = request_of(scope, body)
        reply = await self._answered(request)
        if self._pace is not None:
            self._pace.nudge()
        if self._seen is not None:
            self._seen(request, reply, asyncio.get_running_loop().time() - began)
        if not reply.status:
            await _break(send, scope, request, reply)
        else:
            await _send(send, scope, reply)

    async def _answered(self, request: Request) -> Reply:
        if self._pace is not None:
            if self._pace.is_due():
                await aside(self._pace.catch_up)
            else:
                self._pace.catch_up()
        try:
            reply = self._fake.app.begin(request)
            return reply if isinstance(reply, Reply) else await aside(reply)
        except INTERRUPTS:
            raise
        except BaseException as error:  # noqa: BLE001 - pytest.fail() raises no Exception
            self._fake.app.keep([error])
            return refusal(ApiError(500, "Internal Server Error"))


async def aside(work: Callable[[], Any]) -> Any:
    """The result of ``work``, done in a thread of its own, which may wait."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as raised:  # noqa: BLE001 - raised again where it is awaited
            error = raised
        with suppress(RuntimeError):  # the server ended without waiting any longer
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="scale-server-call", daemon=True).start()
    return await done


async def _body(scope: Message, receive: Receive) -> bytes | None:
    """The whole body; ``None`` when the client is gone.

    Raises:
        ApiError: it is larger than a body may be.
    """
    most = most_body(_header(scope, b"content-type"))
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part: bytes = message.get("body", b"")
        length += len(part)
        if length > most:
            raise too_large(most)
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _header(scope: Message, name: bytes) -> str:
    values = [value for key, value in scope["headers"] if key == name]
    return values[-1].decode("latin-1") if values else ""


def request_of(scope: Message, body: bytes) -> Request:
    """The request that a scope describes, its path still percent-encoded."""
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }
    return Request(
        method=scope["method"],
        origin=f"{scope.get('scheme', 'http')}://{headers.get('host') or _server(scope)}",
        path=_raw_path(scope),
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
        deferred=True,
    )


def _server(scope: Message) -> str:
    host, port = scope.get("server") or ("localhost", None)
    return f"{host}:{port}" if port else str(host)


def _raw_path(scope: Message) -> str:
    """The path as it was sent, below what it is mounted at."""
    path: str = scope["path"]
    sent: bytes | None = scope.get("raw_path")
    raw = None if sent is None else sent.partition(b"?")[0].decode("latin-1")
    # Something in front may have rewritten the path, which then holds.
    if raw is None or (raw != path and unquote(raw) != path):
        raw = quote(path, safe=PATH_SAFE)
    prefix: str = scope.get("root_path", "")
    return raw.removeprefix(quote(prefix, safe=PATH_SAFE)) or "/" if prefix else raw or "/"


async def _send(send: Send, scope: Message, reply: Reply) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    cut = False
    if reply.broken:
        headers.append((b"Connection", b"close"))
        cut = "close" in (scope.get("extensions") or {})
    body = b"" if scope["method"] == "HEAD" else reply.body
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": cut})
    if cut:
        await send({"type": "http.response.close"})


async def _break(send: Send, scope: Message, request: Request, reply: Reply) -> None:
    if "close" not in (scope.get("extensions") or {}):
        raise FaultNotPossible(
            f"an ASGI application cannot show the fault {reply.broken!r} on {request.method} "
            f"{request.path}: the server that calls it offers no way to break the connection. "
            "Call the fake through scale.serve(), requests or scale.httpx_transport(), or narrow "
            "the fault with path=",
            reply.broken,
        )
    await send({"type": "http.response.close"})
