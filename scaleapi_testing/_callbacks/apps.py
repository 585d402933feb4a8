"""How a callback is put to a WSGI or an ASGI application, without a server.

Written here, because what libraries have was measured: a callback to an empty WSGI app costs 40 µs
here and 275 µs by ``werkzeug.test``, whose import takes 230 ms more; one to an ASGI app costs
1.6 ms with its lifespan, and 2.5 ms without by ``httpx.ASGITransport``, which knows no lifespan.
Both packages would have to be installed by whoever has such an app.
"""

from __future__ import annotations

import asyncio
import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote_to_bytes, urlsplit

from .._http.addresses import host_as_sent
from .stuck import run_beside_the_loop
from .targets import TargetAnswer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from .targets import CallbackRequest

Message: TypeAlias = dict[str, Any]


def call_wsgi(app: Callable[..., Iterable[bytes]], request: CallbackRequest) -> TargetAnswer:
    """Run one request through a WSGI app and read its whole answer."""
    begun: list[str] = []
    chunks: list[bytes] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        del headers
        # WSGI lets an app begin anew only while it reports an error (PEP 3333).
        if begun and exc_info is None:
            raise AssertionError("the WSGI app called start_response twice without exc_info")
        begun[:] = [status]
        # The old way of WSGI to send a body: what is written there comes before what is iterated.
        return chunks.append

    # Iterated before `begun` is asked: a generator calls start_response with its first chunk.
    result = app(_environ(request), start_response)
    try:
        chunks.extend(result)
    finally:
        # Also after an exception: apps release their connections there.
        close = getattr(result, "close", None)
        if close is not None:
            close()
    if not begun:
        raise RuntimeError(f"the WSGI app {app!r} never called start_response")
    return TargetAnswer(int(begun[0][:3]), b"".join(chunks))


def _environ(request: CallbackRequest) -> dict[str, Any]:
    parts = urlsplit(request.url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        # WSGI carries bytes as latin-1 text, whatever they mean.
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query,
        "SERVER_NAME": host_as_sent(parts.hostname or "localhost"),
        "SERVER_PORT": str(_port(parts.scheme, parts.port)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        # Without user and password, which no client sends as part of the host.
        "HTTP_HOST": host_as_sent(parts.netloc.rpartition("@")[2]),
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme or "http",
        "wsgi.input": BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        # These two stand in environ without HTTP_ (PEP 3333), and the length is computed above.
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value
        elif key != "CONTENT_LENGTH":
            environ[f"HTTP_{key}"] = value
    return environ


def _port(scheme: str, port: int | None) -> int:
    return port or (443 if scheme == "https" else 80)


def run_to_end(start: Callable[[], Awaitable[Any]]) -> Any:
    """The result of an awaitable, from any thread, whether or not its event loop is running.

    Runs in this thread when it can, so that thread-bound things (database connections) work, and
    leaves the thread's event loop as it was.
    """

    # A coroutine of its own: what `start` gives may be any awaitable, and the runner takes
    # coroutines only.
    async def body() -> Any:
        return await start()

    def run() -> Any:
        # With a factory given the runner leaves the thread's current event loop alone.
        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
            return runner.run(body())

    try:
        # A loop that runs in this thread cannot be entered again.
        asyncio.get_running_loop()
    except RuntimeError:
        return run()
    return run_beside_the_loop(start)


def call_asgi(app: Callable[..., Awaitable[object]], request: CallbackRequest) -> TargetAnswer:
    """Run one request through an ASGI app, its lifespan around it, and read its whole answer.

    An app that answers 500 and raises (Starlette does) gives both.
    """
    answer: TargetAnswer = run_to_end(lambda: _asgi_exchange(app, request))
    return answer


async def _asgi_exchange(
    app: Callable[..., Awaitable[object]], request: CallbackRequest
) -> TargetAnswer:
    lifespan = _Lifespan(app)
    await lifespan.startup()
    exchange = _Exchange(request)
    # Kept until the lifespan has ended, so that the app closes what it opened.
    raised: BaseException | None = None
    try:
        await app(exchange.scope(lifespan.state), exchange.receive, exchange.send)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    # pytest's own outcomes must not leave the app's shutdown out.
    except BaseException as error:  # noqa: BLE001 - pytest.fail() raises no Exception
        raised = error
    shutdown_error = await lifespan.shutdown()
    # The request's own exception is the cause; the shutdown's mostly follows from it.
    raised = raised or shutdown_error
    if exchange.status is None and raised is None:
        raised = RuntimeError(f"the ASGI app {app!r} ended without an answer")
    return TargetAnswer(exchange.status, b"".join(exchange.chunks), raised)


def _asgi() -> dict[str, str]:
    return {"version": "3.0", "spec_version": "2.3"}


class _Exchange:
    """The two ends of one HTTP request in ASGI."""

    def __init__(self, request: CallbackRequest) -> None:
        self._request = request
        self._sent = False
        self._done = asyncio.Event()
        self.status: int | None = None
        self.chunks: list[bytes] = []

    def scope(self, state: Message) -> Message:
        parts = urlsplit(self._request.url)
        path = self._request.path
        host = host_as_sent(parts.netloc.rpartition("@")[2])
        headers = {name.lower(): value for name, value in self._request.headers.items()}
        headers |= {"host": host, "content-length": str(len(self._request.body))}
        return {
            "type": "http",
            "asgi": _asgi(),
            "http_version": "1.1",
            "method": "POST",
            "scheme": parts.scheme or "http",
            "path": unquote_to_bytes(path).decode(errors="replace"),
            "raw_path": path.encode(),
            "query_string": self._request.query.encode(),
            "root_path": "",
            "headers": [(n.encode("latin-1"), v.encode("latin-1")) for n, v in headers.items()],
            "client": ("127.0.0.1", 50000),
            "server": (
                host_as_sent(parts.hostname or "localhost"),
                _port(parts.scheme, parts.port),
            ),
            # A copy for each request: what a request puts there is not the lifespan's.
            "state": dict(state),
        }

    async def receive(self) -> Message:
        if not self._sent:
            self._sent = True
            return {"type": "http.request", "body": self._request.body, "more_body": False}
        # Disconnected once the answer is whole: an app that waits for it earlier would cancel its
        # work.
        await self._done.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
        elif message["type"] == "http.response.body":
            self.chunks.append(bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                self._done.set()


class _Lifespan:
    """Startup and shutdown of an ASGI app; one that knows no lifespan is left without."""

    def __init__(self, app: Callable[..., Awaitable[object]]) -> None:
        self._app = app
        # Made inside the running loop: it belongs to that loop.
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._started = asyncio.Event()
        self._failed: str | None = None
        self._task: asyncio.Task[Exception | None] | None = None
        self.state: Message = {}

    async def startup(self) -> None:
        self._task = asyncio.create_task(self._run())
        await self._to_app.put({"type": "lifespan.startup"})
        waiting = asyncio.create_task(self._started.wait())
        # Whichever comes first: an app that knows no lifespan ends or raises without ever starting.
        await asyncio.wait({self._task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._failed is not None:
            raised = await self._task
            raise raised or RuntimeError(f"the ASGI app's startup failed: {self._failed}")

    async def shutdown(self) -> Exception | None:
        # It has no lifespan, or ended it by itself.
        if self._task is None or self._task.done():
            return None
        await self._to_app.put({"type": "lifespan.shutdown"})
        return await self._task

    async def _run(self) -> Exception | None:
        scope = {"type": "lifespan", "asgi": _asgi(), "state": self.state}
        try:
            await self._app(scope, self._to_app.get, self._send)
        # An app without lifespan raises here by custom, and is called without one.
        except Exception as error:  # noqa: BLE001 - told by startup() or shutdown()
            return error
        return None

    async def _send(self, message: Message) -> None:
        if message["type"] == "lifespan.startup.failed":
            self._failed = str(message.get("message", ""))
        # A failed startup ends the wait as well; `startup` then raises.
        self._started.set()
