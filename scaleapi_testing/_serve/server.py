"""The fake as a real HTTP or HTTPS server, which starts and stops within milliseconds."""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any, Final, cast

from .._http.values import Request
from .._intercept.named_origin import HEALTH
from .no_proxy import excepted
from .served_at import Server
from .wsgi import status_line

try:
    from werkzeug.serving import DechunkedInput
except ImportError as error:
    raise ImportError(
        "scale.serve() needs the package werkzeug: pip install 'scaleapi-testing[server]'"
    ) from error

if TYPE_CHECKING:
    import ssl
    from collections.abc import Generator

    from .._http.values import Reply
    from .._intercept.fake_protocol import ActiveFake

JOIN_S: Final = 5.0
"""Real seconds that the end of a server waits for a call that is still being answered."""


@contextmanager
def serve(
    fake: ActiveFake, host: str = "127.0.0.1", port: int = 0, *, tls: bool = False
) -> Generator[Server]:
    """Serve a fake while the ``with`` block lasts; threads, sockets and files end with it.

    It answers every path, whatever host the client names. Meanwhile its host stands in the
    environment's ``NO_PROXY``, so that no client goes there by way of ``HTTP_PROXY``. A fault that
    breaks the connection closes the socket.

    Args:
        fake: who answers; it need not be started.
        host: where to listen.
        port: 0 takes a free one.
        tls: speak HTTPS.

    Raises:
        OSError: the address cannot be listened on.
        ImportError: a package of the extra ``server`` is missing.
    """
    with ExitStack() as cleanup:
        ca_file: Path | None = None
        context: ssl.SSLContext | None = None
        if tls:
            from .tls import server_context

            ca_file = Path(cleanup.enter_context(TemporaryDirectory())) / "ca.pem"
            context = server_context(host, ca_file)
        server = cleanup.enter_context(_running(fake, host, port, context))
        shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- only named
        cleanup.enter_context(excepted(shown))
        bracketed = f"[{shown}]" if ":" in shown else shown
        yield Server(
            url=f"{server.scheme}://{bracketed}:{server.port}",
            ca_file=None if ca_file is None else str(ca_file),
        )


@contextmanager
def _running(
    fake: ActiveFake, host: str, port: int, context: ssl.SSLContext | None
) -> Generator[_Server]:
    try:
        listening = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128
        )
    except OSError as error:
        reason = str(error.strerror).partition(" (while")[0]
        raise OSError(
            error.errno, f"cannot serve on {host}:{port}: {reason}; port=0 takes a free port"
        ) from error
    with listening:
        server = _Server(fake, listening, context)
        server.start()
        try:
            yield server
        finally:
            server.end()


class _Server:
    """Accepts without polling, and knows its connections, so that it can end at once."""

    def __init__(
        self, fake: ActiveFake, listening: socket.socket, context: ssl.SSLContext | None
    ) -> None:
        self.fake = fake
        self.scheme = "http" if context is None else "https"
        self.port: int = listening.getsockname()[1]
        self._context = context
        self._listening = listening
        self._listening.settimeout(JOIN_S)  # a client may be gone between select and accept
        self._wake, self._woken = socket.socketpair()
        self._accepting = threading.Thread(target=self._accept, name="scale-server", daemon=True)
        self._connections: dict[threading.Thread, socket.socket] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to accept."""
        self._accepting.start()

    def end(self) -> None:
        """Stop accepting, close every connection, wait for what is being answered."""
        with self._wake, self._woken:
            self._wake.send(b"\0")
            self._accepting.join(JOIN_S)
        with self._lock:
            connections = dict(self._connections)
        for connection in connections.values():
            with suppress(OSError):
                # Not the method of a TLS socket: its thread may be reading.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in connections:
            thread.join(JOIN_S)

    def _accept(self) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(self._listening, selectors.EVENT_READ)
            ready.register(self._woken, selectors.EVENT_READ)
            while all(key.fileobj is not self._woken for key, _ in ready.select()):
                with suppress(OSError):
                    connection, address = self._listening.accept()
                    self._begin(connection, address)

    def _begin(self, connection: socket.socket, address: Any) -> None:
        thread = threading.Thread(
            target=self._converse,
            args=(connection, address),
            name="scale-server-connection",
            daemon=True,
        )
        self._remember(thread, connection)
        thread.start()

    def _remember(self, thread: threading.Thread, connection: socket.socket) -> None:
        with self._lock:
            self._connections[thread] = connection

    def _converse(self, connection: socket.socket, address: Any) -> None:
        try:
            if self._context is not None:
                # Hands are shaken here rather than while accepting: a slow client holds up nobody.
                connection = self._context.wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False
                )
                self._remember(threading.current_thread(), connection)
                connection.do_handshake()
            _Handler(connection, address, self)
        except OSError:
            pass  # broken by the client, or by the end of the server
        finally:
            connection.close()
            with self._lock:
                del self._connections[threading.current_thread()]


class _Handler(BaseHTTPRequestHandler):
    """Answers the calls of one connection, which stays open between them."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, connection: socket.socket, address: Any, server: _Server) -> None:
        self._served_by = server
        super().__init__(connection, address, server)  # type: ignore[arg-type]  # only kept

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        """Answer one call, whatever its verb."""
        try:
            body = self._body()
        except ConnectionError:
            raise
        except (OSError, ValueError):
            self.close_connection = True
            self.send_error(400, "the length of the body cannot be told")
            return
        if self.request_version < "HTTP/1.1":
            self.close_connection = True
        if self.path == HEALTH:
            self._say_whose_it_is()
            return
        reply = self._served_by.fake.app.handle(self._request(body))
        if reply.broken:
            self.close_connection = True
        if reply.status:
            self.wfile.write(self._head(reply) + (b"" if self.command == "HEAD" else reply.body))

    def _say_whose_it_is(self) -> None:
        """Answer a fake that asks whether ``SCALE_API_BASE_URL`` names another fake's server."""
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return DechunkedInput(cast("IO[bytes]", self.rfile)).read()
        length = int(self.headers.get("Content-Length", 0))
        if length < 0:
            raise ValueError(length)
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionResetError  # nobody is left to answer
        return body

    def _request(self, body: bytes) -> Request:
        scheme = self._served_by.scheme
        host = self.headers.get("Host") or f"127.0.0.1:{self._served_by.port}"
        target = self.path
        if not target.startswith("/"):  # the absolute form, as proxies are sent it
            host, slash, rest = target.partition("://")[2].partition("/")
            target = f"{slash}{rest}" or "/"
        path, _, query = target.partition("?")
        return Request(
            method=self.command,
            origin=f"{scheme}://{host}",
            path=path,
            query=query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            deferred=True,
        )

    def _head(self, reply: Reply) -> bytes:
        lines = [f"{self.protocol_version} {status_line(reply)}"]
        lines += (f"{name}: {value}" for name, value in reply.headers)
        if self.close_connection:
            lines.append("Connection: close")
        return "\r\n".join((*lines, "", "")).encode("latin-1")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the journal knows every call."""
