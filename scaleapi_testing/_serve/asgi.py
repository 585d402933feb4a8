"""The fake as an ASGI application: Starlette around the engine.

The engine is called in the event loop, for it takes microseconds; what may wait (targets of
callbacks, which may call this very server; time that passes) is done in threads, one for each call
that waits, so that calls inside calls never wait for a free one.
"""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from .._app import error_reply
from .._errors import ApiError
from .._extras import lack_of_extra
from .._http.values import Reply, Request
from .._time.stopwatch import Stopwatch
from .control_routes import ROOT, ControlRoutes
from .executor import Executor
from .far_door import ANSWER, BROKEN, CALL, through_the_door, told_to_the_door
from .limits import most_body, refusal, too_large
from .measures import UNKNOWN, Measures
from .safety import HEADERS, Refused, Safety
from .watchers import Watchers
from .wsgi import PATH_SAFE, FaultNotPossible

try:
    from starlette.applications import Starlette
except ImportError as error:
    raise ImportError(
        lack_of_extra("scale.asgi_app", "server", "starlette"),
        name="starlette",
    ) from error

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping, Sequence
    from typing import TypeAlias

    from .._worlds.worlds import HostedWorld, Worlds
    from .seen import Seen

    Message: TypeAlias = MutableMapping[str, Any]
    Receive: TypeAlias = Callable[[], Awaitable[Message]]
    Send: TypeAlias = Callable[[Message], Awaitable[None]]

    Rest: TypeAlias = Callable[[Receive, Send], Awaitable[None]]
    """Goes on with an answer that was begun."""

WORLDS = "/w/"
"""Below this path the worlds besides the one at the root answer, each below its name."""


def asgi_app(
    worlds: Worlds,
    *,
    seen: Seen | None = None,
    safety: Safety | None = None,
    executor: Executor | None = None,
) -> Starlette:
    """An ASGI application that answers as its fakes do in process, byte for byte.

    It may be mounted below a path. Exceptions of callback targets wait for the next control of
    their fake. It raises `FaultNotPossible` where a fault would break the connection and the server
    does not offer that (``close`` among the extensions).

    Args:
        worlds: who answers: at the root the first one, below ``/w/<name>`` each of the others.
        seen: is told of every call.
        safety: what the control plane asks of its callers.
        executor: carries calls and controls out.
    """
    app = Starlette()
    app.router.redirect_slashes = False
    # Not a mount: a route's pattern does not match each path that can be sent.
    front = Front(worlds, executor or Executor(), safety or Safety(), seen)
    app.router.default = front
    app.state.end = front.end  # what a server does before it waits for its calls
    return app


class Front:
    """What stands behind ASGI: finds the world, and whether Scale or its control plane is meant."""

    def __init__(
        self, worlds: Worlds, executor: Executor, safety: Safety, seen: Seen | None
    ) -> None:
        self._worlds = worlds
        self._executor = executor
        self._safety = safety
        self._seen = seen
        self._measures = Measures()
        self._watchers = Watchers()
        self._controls = ControlRoutes(
            worlds, executor, safety, self._measures, self._watchers, seen
        )

    def end(self) -> None:
        """Let go of those who listen for changes; nothing else lasts."""
        self._watchers.end()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one call."""
        # Scale has no WebSockets; a close before accept is refused with 403 by the server.
        if scope["type"] != "http":
            await receive()
            await send({"type": "websocket.close"})
            return
        try:
            # All of it before the world sees the call: one that breaks off never happened there.
            body = await _body(scope, receive)
        except ApiError as error:
            await _send(send, scope, refusal(error))
            return
        if body is None:
            return  # the client broke off: the call never happened
        answer = self.begin(scope, body)
        if isinstance(answer, Reply):
            await _send(send, scope, answer)
        else:
            await answer(receive, send)

    def begin(self, scope: Message, body: bytes) -> Reply | Rest:
        """Answer at once, for a server that calls this in its loop with a whole body.

        It spares such a server what ASGI asks for beside the call itself: a task, and messages.

        Returns:
            The reply, whole; or, where something is waited for or more is sent than that, what goes
            on with the answer.
        """
        try:
            watch = Stopwatch()
            path = _raw_path(scope)
            world: HostedWorld | None = self._worlds.default
            name = ""
            if path.startswith(WORLDS):
                name, slash, rest = path[len(WORLDS) :].partition("/")
                world, path = self._worlds.find(name), slash + rest or "/"
            # Before the world is looked at: the control plane has its own words for a missing one.
            if path == ROOT or path.startswith(f"{ROOT}/"):
                return partial(
                    self._guarded,
                    scope,
                    self._rest_of_control,
                    watch,
                    world,
                    name,
                    path,
                    scope,
                    body,
                )
            if world is None:
                missing = _answered(error_reply(ApiError(404, self._worlds.none(unquote(name)))))
                self._note(watch, scope, path, None, missing)
                return missing
            request = request_of(scope, body, path, world.path)
            if CALL in request.headers:
                return partial(
                    self._guarded, scope, self._through_the_door, watch, world, path, scope, request
                )
            reply = self._executor.begin(world, request)
            if isinstance(reply, Reply) and not reply.broken:
                self._note(watch, scope, path, world, reply)
                self._watchers.call(world, request, reply)
                return reply
            return partial(
                self._guarded, scope, self._rest_of_call, watch, world, path, scope, request, reply
            )
        except Exception as error:
            self.failed(scope, error)
            raise

    async def _guarded(
        self, scope: Message, rest: Callable[..., Awaitable[None]], *arguments: Any
    ) -> None:
        """Go on with an answer; whoever keeps the log hears why that failed."""
        try:
            await rest(*arguments)
        except FaultNotPossible:
            raise
        except Exception as error:
            self.failed(scope, error)
            raise

    def failed(self, scope: Message, error: BaseException) -> None:
        """Let the log say what failed here, or where an answer of this was to be sent."""
        if self._seen is not None:
            self._seen.failed(scope["method"], _raw_path(scope), error)

    async def _rest_of_call(
        self,
        watch: Stopwatch,
        world: HostedWorld,
        path: str,
        scope: Message,
        request: Request,
        awaited: Reply | Awaitable[Reply],
        receive: Receive,
        send: Send,
    ) -> None:
        """Send what has to be waited for, or breaks off."""
        del receive
        reply = awaited if isinstance(awaited, Reply) else await awaited
        if reply.status:
            await _send(send, scope, reply)
        else:
            await _break(send, scope, request, reply)
        self._note(watch, scope, path, world, reply)
        # After the answer: a page that asks at once finds the call in the journal.
        self._watchers.call(world, request, reply)

    async def _through_the_door(
        self,
        watch: Stopwatch,
        world: HostedWorld,
        path: str,
        scope: Message,
        request: Request,
        receive: Receive,
        send: Send,
    ) -> None:
        """Answer a call that came through the doors of another process."""
        del receive
        try:
            request = through_the_door(request, self._safety)
        except Refused as refused:
            reply = _answered(error_reply(ApiError(refused.status, f"{refused}. {refused.hint}")))
            await _send(send, scope, reply)
        else:
            reply = await self._executor.call(world, request)
            await _tell_the_door(send, world, reply)
            self._watchers.call(world, request, reply)
        self._note(watch, scope, path, world, reply)

    async def _rest_of_control(
        self,
        watch: Stopwatch,
        world: HostedWorld | None,
        name: str,
        path: str,
        scope: Message,
        body: bytes,
        receive: Receive,
        send: Send,
    ) -> None:
        """Let the control plane answer."""
        status, operation = await self._control(world, name, path, scope, receive, send, body)
        self._count(watch.seconds, scope, path, world, status, operation)

    def _note(
        self,
        watch: Stopwatch,
        scope: Message,
        path: str,
        world: HostedWorld | None,
        reply: Reply,
    ) -> None:
        """Take a call to the API into account."""
        seconds = watch.seconds
        if world is not None and reply.call is not None:
            self._measures.durations.add(world, reply.call, seconds)
        call = reply.call
        self._count(
            seconds,
            scope,
            path,
            world,
            reply.status or reply.broken,
            reply.route or UNKNOWN,
            call.noticed_without_key() if call is not None and self._seen is not None else (),
        )
        if reply.raised:
            self.failed(scope, reply.raised[0])

    def _count(
        self,
        seconds: float,
        scope: Message,
        path: str,
        world: HostedWorld | None,
        outcome: int | str,
        operation: str,
        notices: Sequence[str] = (),
    ) -> None:
        status = outcome if isinstance(outcome, int) else 0
        self._measures.count(scope["method"], operation, status, seconds)
        if self._seen is not None:
            name = "?" if world is None else world.name
            self._seen.call(scope["method"], path, outcome, seconds, name, notices)

    async def _control(
        self,
        world: HostedWorld | None,
        name: str,
        path: str,
        scope: Message,
        receive: Receive,
        send: Send,
        body: bytes,
    ) -> tuple[int, str]:
        """Let the control plane answer; returns the status, and what was asked for."""
        headers = headers_of(scope)
        below = path[len(ROOT) :] or "/"
        if world is None:
            # Who knows no token is not told which worlds there are.
            world, below = self._worlds.default, f"/no_world/{name}"
        if below == "/events" and scope["method"] == "GET":
            return await self._events(world, scope, receive, send, headers), "control events"
        answer = await self._controls.answer(world, scope, below, headers, body)
        # A page needs scripts and styles of its own, so it brings its own policy.
        safe = () if answer.is_page else HEADERS
        sent = [*answer.headers, *safe, ("Content-Length", str(len(answer.body)))]
        await send(_start(answer.status, sent))
        content = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": content})
        return answer.status, f"control {answer.operation}".strip()

    async def _events(
        self,
        world: HostedWorld,
        scope: Message,
        receive: Receive,
        send: Send,
        headers: dict[str, str],
    ) -> int:
        """Tell one listener of changes until it leaves."""
        refused = self._controls.refusal(scope, headers)
        if refused is not None:
            body = json.dumps(refused.body()).encode()
            kind = ("Content-Type", "application/json; charset=utf-8")
            await send(_start(refused.status, [kind, *refused.headers, *HEADERS]))
            await send({"type": "http.response.body", "body": body})
            return refused.status
        kind = ("Content-Type", "text/event-stream; charset=utf-8")
        await send(_start(200, [kind, *HEADERS]))
        # A listener that left is noticed here alone: nothing is written while nothing happens.
        disconnected = asyncio.ensure_future(_gone(receive))
        events = self._watchers.listen(world)
        try:
            async for event in events:
                if disconnected.done():
                    break
                if event:
                    await send({"type": "http.response.body", "body": event, "more_body": True})
            else:
                await send({"type": "http.response.body", "body": b""})
        finally:
            disconnected.cancel()
            await events.aclose()
        return 200


def _answered(reply: Reply) -> Reply:
    """The reply with its length."""
    reply.headers.append(("Content-Length", str(len(reply.body))))
    return reply


async def _gone(receive: Receive) -> None:
    """Come back when the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _start(status: int, headers: list[tuple[str, str]]) -> Message:
    return {
        "type": "http.response.start",
        "status": status,
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
    }


async def _body(scope: Message, receive: Receive) -> bytes | None:
    """The whole body; ``None`` when the client is gone.

    Raises:
        ApiError: it is larger than a body may be.
    """
    most = most_body(_header(scope, b"content-type"))
    # Joined once at the end: adding up bytes copies a large upload again for each part.
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
    # Of a repeated header the last one counts, as in headers_of().
    return values[-1].decode("latin-1") if values else ""


def headers_of(scope: Message) -> dict[str, str]:
    """The headers by name in lower case; of a repeated one the last value."""
    return {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }


def request_of(scope: Message, body: bytes, path: str, below: str) -> Request:
    """The request that a scope describes.

    Args:
        scope: of ASGI.
        body: all of it.
        path: as the world sees it, still percent-encoded.
        below: what stands before it in the world's address.
    """
    headers = headers_of(scope)
    return Request(
        method=scope["method"],
        origin=f"{scope.get('scheme', 'http')}://{headers.get('host') or _server(scope)}{below}",
        path=path,
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
    headers = list(reply.headers)
    cut = False
    if reply.broken:
        headers.append(("Connection", "close"))
        # Other servers send the half that is there, and the client sees a short body.
        cut = "close" in (scope.get("extensions") or {})
    body = b"" if scope["method"] == "HEAD" else reply.body
    await send(_start(reply.status, headers))
    await send({"type": "http.response.body", "body": body, "more_body": cut})
    if cut:
        await send({"type": "http.response.close"})


async def _tell_the_door(send: Send, world: HostedWorld, reply: Reply) -> None:
    """Answer the door of another process: whole, with what HTTP cannot say beside it."""
    # What the fault says of the length may be false; on this way it must be true.
    headers = [(n, v) for n, v in reply.headers if n.lower() != "content-length"]
    headers += [(ANSWER, told_to_the_door(world, reply)), ("Content-Length", str(len(reply.body)))]
    await send(_start(reply.status or BROKEN, headers))
    await send({"type": "http.response.body", "body": reply.body})


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
