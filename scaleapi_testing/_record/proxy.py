"""Stands between a program and Scale: passes calls on, and keeps what was asked and answered.

As a reverse proxy it is called itself. As an HTTPS proxy it is asked to connect somewhere: to
Scale's hosts it answers in their name, by an authority of its own, and keeps the calls; everything
else is a tunnel that nobody looks into.
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self
from urllib.parse import urlsplit

from .._configuration import BASE_URLS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import trustme

    from .upstream import Upstream

SCALE_HOSTS: Final = tuple(urlsplit(url).hostname or "" for url in BASE_URLS)
LONGEST_LINE: Final = 65_536
PIECE: Final = 65_536


@dataclass(frozen=True, slots=True)
class Kept:
    """One call as it went over the wire.

    Attributes:
        method: upper-case verb.
        url: the address at Scale.
        headers: of the request.
        body: of the request.
        status: of the reply.
        reply_headers: of the reply, in order.
        reply: its raw body.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    status: int
    reply_headers: tuple[tuple[str, str], ...]
    reply: bytes


class Proxy:
    """Both proxies on one loopback port, while a ``with`` block lasts.

    Args:
        upstream: where calls are passed on to.
        keep: what is called with each call, in the order of the answers.
        folder: where the authority's certificate is written; ``None`` for no HTTPS proxy.
    """

    def __init__(
        self, upstream: Upstream, keep: Callable[[Kept], None], folder: Path | None = None
    ) -> None:
        self.upstream = upstream
        self._keep = keep
        # Guards the contexts and the order of what is kept: each connection has a thread.
        self._lock = threading.Lock()
        self.folder = folder
        self._contexts: dict[str, ssl.SSLContext] = {}
        proxy = self

        class Handler(_Handler):
            """Of this proxy."""

            owner = proxy

        self.handler = Handler
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="scale-record-proxy", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(5.0)
        self._server.server_close()
        self.upstream.close()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @cached_property
    def authority(self) -> trustme.CA:
        """Who signs the certificates that it answers Scale's hosts with."""
        import trustme

        return trustme.CA()

    def context(self, host: str) -> ssl.SSLContext:
        """What answers TLS in the name of a host of Scale's."""
        with self._lock:
            context = self._contexts.get(host)
            if context is None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self.authority.issue_cert(host).configure_cert(context)
                context.set_alpn_protocols(["http/1.1"])
                self._contexts[host] = context
            return context

    def keep(self, kept: Kept) -> None:
        """Keep one call."""
        with self._lock:
            self._keep(kept)


class _Server(ThreadingHTTPServer):
    # A tunnel that idles must not keep the recorder from ending.
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke off is the program's business: nothing is printed."""


class _Handler(BaseHTTPRequestHandler):
    owner: ClassVar[Proxy]
    origin: str | None = None
    """In whose name it answers; ``None`` in its own."""

    protocol_version = "HTTP/1.1"
    rbufsize = -1

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the program's output is its own."""

    def __getattr__(self, name: str) -> Any:
        # Whatever the verb: refusing one is for Scale to do.
        if name.startswith("do_"):
            return self._pass_on
        raise AttributeError(name)

    def do_CONNECT(self) -> None:
        """Answer in the name of Scale, or open a tunnel."""
        host, _, port = self.path.rpartition(":")
        host = host.strip("[]")
        if host.lower() not in SCALE_HOSTS or self.owner.folder is None:
            self._tunnel(host, int(port) if port.isdecimal() else 443)
            return
        self.send_response_only(200, "Connection established")
        self.end_headers()
        self.close_connection = True
        try:
            secure = self.owner.context(host.lower()).wrap_socket(self.connection, server_side=True)
        except (OSError, ssl.SSLError):
            return  # a program that trusts other authorities alone
        name = f"https://{host.lower()}"

        class Inside(self.owner.handler):  # type: ignore[misc,name-defined]
            """Of this connection."""

            origin = name

        with suppress(OSError):
            Inside(secure, self.client_address, self.server)
        with suppress(OSError):
            secure.close()

    def _tunnel(self, host: str, port: int) -> None:
        try:
            far = socket.create_connection((host, port), timeout=30)
        except OSError as error:
            self.send_error(502, f"cannot connect to {host}:{port}: {error.strerror or error}")
            return
        self.send_response_only(200, "Connection established")
        self.end_headers()
        self.close_connection = True
        with far:
            # The 30 seconds are for connecting; a tunnel may be silent for longer.
            far.settimeout(None)
            ends: list[socket.socket] = [self.connection, far]
            while True:
                ready, _, _ = select.select(ends, [], [], 60)
                for end in ready:
                    piece = end.recv(PIECE)
                    if not piece:
                        return
                    (far if end is self.connection else self.connection).sendall(piece)
                if not ready:
                    return

    def _pass_on(self) -> None:
        target, origin = self.path, self.origin or BASE_URLS[0]
        if "://" in target.partition("?")[0]:  # plain HTTP by way of a proxy
            parts = urlsplit(target)
            if parts.hostname not in SCALE_HOSTS:
                self.send_error(501, "this proxy passes on HTTPS, and calls to Scale")
                return
            origin = f"https://{parts.hostname}"
            target = target.partition("://")[2]
            target = f"/{target.partition('/')[2]}"
        # Before the call is passed on: what is half read cannot be kept, or sent.
        body = self._body()
        if body is None:
            self.send_error(400, "this proxy cannot read the body")
            return
        try:
            status, headers, reply = self.owner.upstream.send(
                self.command, target, dict(self.headers.items()), body
            )
        except OSError as error:
            # Not kept: nothing was answered.
            self.send_error(502, str(error)[:200].replace("\n", " "))
            return
        self.owner.keep(
            Kept(
                self.command, f"{origin}{target}", tuple(self.headers.items()), body, status,
                tuple(headers), reply,
            )
        )  # fmt: skip
        self.send_response_only(status)
        for name, value in headers:
            # Said below: of a chunked answer there was none.
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply)

    def _body(self) -> bytes | None:
        if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
            return self._chunks()
        length = self.headers.get("Content-Length") or "0"
        return self.rfile.read(int(length)) if length.isdecimal() else None

    def _chunks(self) -> bytes | None:
        pieces: list[bytes] = []
        while True:
            line = self.rfile.readline(LONGEST_LINE).split(b";")[0].strip()
            try:
                size = int(line, 16)
            except ValueError:
                return None
            if size == 0:
                while self.rfile.readline(LONGEST_LINE).strip():
                    pass
                return b"".join(pieces)
            pieces.append(self.rfile.read(size))
            self.rfile.readline(LONGEST_LINE)
