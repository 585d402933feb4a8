"""The fake as a real HTTP or HTTPS server, which starts and stops within milliseconds."""

from __future__ import annotations

import _thread
import asyncio
import errno
import socket
import threading
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import BuiltinFunctionType
from typing import TYPE_CHECKING, Any, Final

from .._extras import lack_of_extra
from .limits import IDLE_S
from .no_proxy import excepted
from .served_at import Server

try:
    import uvicorn
    from uvicorn.server import ServerState

    from .asgi import asgi_app
    from .protocol import Protocol
except ImportError as error:
    raise ImportError(lack_of_extra("scale.serve()", "server", error.name or "uvicorn")) from error

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Generator, Iterable, Iterator

    from .._worlds.worlds import Worlds
    from .executor import Executor
    from .safety import Safety
    from .seen import Seen

JOIN_S: Final = 5.0
"""Real seconds that the end of a server waits for calls that are still being answered."""

AGAIN_S: Final = 0.01
"""Real seconds after which a connection is accepted again where one could not be."""

MOST_AT_ONCE: Final = 100
"""Clients that are accepted before those who are here are answered again."""


@contextmanager
def serve(
    worlds: Worlds,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    tls: bool = False,
    names: Iterable[str] = (),
    seen: Seen | None = None,
    safety: Safety | None = None,
    executor: Executor | None = None,
    patience_s: float = JOIN_S,
) -> Generator[Server]:
    """Serve worlds while the ``with`` block lasts; threads, sockets and files end with it.

    It answers every path, whatever host the client names. Meanwhile its host stands in the
    environment's ``NO_PROXY``, so that no client goes there by way of ``HTTP_PROXY``. A fault that
    breaks the connection closes the socket.

    Args:
        worlds: who answers; no fake of them need be started.
        host: where to listen.
        port: 0 takes a free one.
        tls: speak HTTPS.
        names: what else clients call this server, for its certificate; the first is shown.
        seen: is told of every call, and of what fails.
        safety: what the control plane asks of its callers.
        executor: carries calls and controls out.
        patience_s: real seconds that the end waits for calls that are being answered.

    Raises:
        OSError: the address cannot be listened on.
        ImportError: a package of the extra ``server`` is missing.
        RuntimeError: ``socket.socket`` was replaced by something that is no class.
    """
    replaced: Any = socket.socket
    # An event loop asks of each socket whether it is one, which only a class can tell.
    if not isinstance(replaced, type):
        raise RuntimeError(  # noqa: TRY004 - no argument of the caller's has a wrong type
            f"scale.serve() needs the sockets of Python, and socket.socket is {replaced!r:.80} in "
            "this process: serve from another one (scaleapi-testing serve), or call the started "
            "fake in this one"
        )
    public = tuple(names)
    with ExitStack() as cleanup:
        ca_file: Path | None = None
        context: ssl.SSLContext | None = None
        if tls:
            from .tls import server_context

            ca_file = Path(cleanup.enter_context(TemporaryDirectory())) / "ca.pem"
            context = server_context((host, *public), ca_file)
        app = asgi_app(worlds, seen=seen, safety=safety, executor=executor)
        begin = None if executor is None else executor.run_in
        running = cleanup.enter_context(_running(app, host, port, context, patience_s, begin))
        # Clocks stop before the server does: nothing new is planned while it ends.
        cleanup.callback(worlds.end)
        shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- only named
        if public:
            shown = public[0]
        cleanup.enter_context(excepted(shown))
        bracketed = f"[{shown}]" if ":" in shown else shown
        yield Server(
            url=f"{'https' if tls else 'http'}://{bracketed}:{running.port}",
            ca_file=None if ca_file is None else str(ca_file),
        )


@contextmanager
def _running(
    app: Any,
    host: str,
    port: int,
    context: ssl.SSLContext | None,
    patience_s: float,
    begin: Callable[[asyncio.AbstractEventLoop], None] | None,
) -> Generator[_Running]:
    try:
        listening = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=1024
        )
    except OSError as error:
        reason = str(error.strerror).partition(" (while")[0]
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            reason = f"{reason}; port=0 takes a free port"
        raise OSError(error.errno, f"cannot serve on {host}:{port}: {reason}") from error
    with listening:
        running = _Running(app, listening, context, patience_s)
        running.start(begin)
        try:
            yield running
        finally:
            running.end()


class _Running:
    """Uvicorn's protocol on an event loop in a thread of its own.

    Uvicorn's own server looks ten times a second whether it should end, and takes the program's
    signals; this one waits for its end, and leaves signals alone.
    """

    def __init__(
        self, app: Any, listening: socket.socket, context: ssl.SSLContext | None, patience_s: float
    ) -> None:
        self._app = app
        self.port: int = listening.getsockname()[1]
        self._listening = listening
        self._context = context
        self._patience_s = patience_s
        self._config = uvicorn.Config(
            # Starlette's own layers are for apps with routes and handlers of errors; this has none.
            app.router.default,
            http=Protocol,
            interface="asgi3",
            lifespan="off",
            ws="none",
            log_config=None,
            proxy_headers=False,
            timeout_keep_alive=IDLE_S,  # type: ignore[arg-type]  # seconds, also of a test
        )
        self._config.load()
        self._state = ServerState()
        self._ending = asyncio.Event()
        self._loop = _new_event_loop()
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="scale-server", daemon=True)

    def start(self, begin: Callable[[asyncio.AbstractEventLoop], None] | None) -> None:
        """Begin to accept; who connects before the thread runs waits in the socket's queue.

        Args:
            begin: is called in the loop before anything else, with it.
        """
        if begin is not None:
            # In the queue before the thread runs, so it comes before the first call.
            self._loop.call_soon_threadsafe(begin, self._loop)
        self._thread.start()

    def end(self) -> None:
        """Stop accepting, close every connection, wait for what is being answered."""
        with suppress(RuntimeError):  # it failed, and its loop is closed
            self._loop.call_soon_threadsafe(self._ending.set)
        # Beyond the patience of the loop itself, so that the loop gives up first.
        self._thread.join(self._patience_s + JOIN_S)
        if self._failed is not None:
            raise self._failed

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - raised by end()
            self._failed = error

    async def _serve(self) -> None:
        loop = self._loop
        # asyncio's own would print to the stderr of the program under test.
        loop.set_exception_handler(_say_nothing)
        with self._listening:
            await self._accept()
        # First, because listeners of events never end by themselves and would be waited for.
        self._app.state.end()
        connections = self._state.connections
        for connection in list(connections):
            connection.shutdown()
        if self._state.tasks:
            await asyncio.wait(self._state.tasks, timeout=self._patience_s)
        for connection in list(connections):
            connection.transport.abort()

    def _protocol(self) -> Protocol:
        return Protocol(self._config, self._state, self._loop)

    async def _accept(self) -> None:
        """Accept until the end, knowing who is still shaking hands: a server of the loop does not.

        Nor does that of uvloop take more than one client in each of its rounds: sixty that come
        together would wait for sixty rounds of answers. A slow client holds up nobody.
        """
        loop, listening = self._loop, self._listening
        beginning: set[asyncio.Task[None]] = set()

        async def begin(connection: socket.socket) -> None:
            patience_s = None if self._context is None else IDLE_S
            with suppress(OSError):  # whoever does not trust us, or speaks no TLS, leaves
                connection.setblocking(False)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                await loop.connect_accepted_socket(
                    self._protocol,
                    connection,
                    ssl=self._context,
                    ssl_handshake_timeout=patience_s,
                )

        def done(client: socket.socket, task: asyncio.Task[None]) -> None:
            beginning.discard(task)
            # A task that is cancelled before its first step closes nothing by itself.
            if task.cancelled():
                client.close()

        async def accept() -> None:
            while True:
                try:
                    clients = [(await loop.sock_accept(listening))[0], *_who_waits(listening)]
                except OSError:  # it is gone by now, or there are too many
                    await asyncio.sleep(AGAIN_S)
                    continue
                for client in clients:
                    task = loop.create_task(begin(client))
                    beginning.add(task)
                    task.add_done_callback(partial(done, client))

        listening.setblocking(False)
        accepting = loop.create_task(accept())
        await self._ending.wait()
        for task in (accepting, *beginning):
            task.cancel()
        await asyncio.wait((accepting, *beginning))


def _who_waits(listening: socket.socket) -> Iterator[socket.socket]:
    """Accept those who wait for it, as many as others may be kept waiting for."""
    with suppress(OSError):  # nobody waits, or there are too many, which the next round tells
        for _ in range(MOST_AT_ONCE):
            yield listening.accept()[0]


def _say_nothing(_: asyncio.AbstractEventLoop, __: dict[str, Any]) -> None:
    """Clients break off as they like, and the journal knows every call."""


def _new_event_loop() -> asyncio.AbstractEventLoop:
    """A loop of ``uvloop``, where the platform has it and threads are threads.

    Under gevent and eventlet they are not, and only the standard loop lets others run.
    """
    if not isinstance(_thread.start_new_thread, BuiltinFunctionType):
        return asyncio.new_event_loop()
    try:
        import uvloop
    except ImportError:  # there is none for Windows
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
