"""How a call reaches the fake: in process through urllib3, as WSGI, or as bytes on a socket."""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes, urlsplit

import urllib3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaleapi_testing import FakeScale

    from .calls import Call

ORIGIN: Final = "https://api.scale.com"
LIMIT_S: Final = 30.0
"""How long an answer may take before it counts as none, in seconds."""


class Unanswered(Exception):
    """The fake gave no whole answer."""


Answer = tuple[int, bytes]


@contextmanager
def in_process(fake: FakeScale) -> Iterator[Callable[[Call], Answer]]:
    """Through ``urllib3``, while the fake is started."""

    def send(call: Call) -> Answer:
        address = f"{ORIGIN}{call.path}" + (f"?{call.query}" if call.query else "")
        headers = {name: _latin(text) for name, text in call.headers}
        answer = pool.request(
            call.method, address, headers=headers, body=call.body, retries=False, redirect=False
        )
        return answer.status, answer.data

    with fake, urllib3.PoolManager() as pool:
        yield send


@contextmanager
def as_wsgi(fake: FakeScale) -> Iterator[Callable[[Call], Answer]]:
    """As an environ, which has the path decoded."""
    from io import BytesIO

    def send(call: Call) -> Answer:
        statuses: list[str] = []
        environ = {
            "REQUEST_METHOD": call.method,
            "PATH_INFO": unquote_to_bytes(call.path).decode("latin-1"),
            "QUERY_STRING": call.query,
            "SERVER_NAME": "api.scale.com",
            "SERVER_PORT": "443",
            "wsgi.url_scheme": "https",
            "wsgi.input": BytesIO(call.body),
            "CONTENT_LENGTH": str(len(call.body)),
        }
        for name, text in call.headers:
            slot = name.upper().replace("-", "_")
            environ[slot if slot.startswith("CONTENT_") else f"HTTP_{slot}"] = text
        body = b"".join(fake.wsgi_app(environ, lambda status, _: statuses.append(status)))
        return int(statuses[0].partition(" ")[0]), body

    yield send


@contextmanager
def on_a_socket(fake: FakeScale) -> Iterator[Callable[[Call], Answer]]:
    """As bytes over HTTP, a connection for each call."""
    with fake.serve() as server:
        host = urlsplit(server.url)

        def send(call: Call) -> Answer:
            target = call.path + (f"?{call.query}" if call.query else "")
            lines = [f"{call.method} {target} HTTP/1.1", f"Host: {host.netloc}"]
            lines += [f"{name}: {text}" for name, text in call.headers]
            lines += [f"Content-Length: {len(call.body)}", "Connection: close", "", ""]
            return exchange(
                (host.hostname or "", host.port or 0), _latin("\r\n".join(lines)) + call.body
            )

        yield send


def exchange(address: tuple[str, int], sent: bytes) -> Answer:
    """Send bytes on a connection of their own and read one answer.

    Raises:
        Unanswered: nothing, or nothing whole, came back.
    """
    with socket.create_connection(address, timeout=LIMIT_S) as connection:
        with suppress(OSError):  # it may have answered and closed before it had read everything
            connection.sendall(sent)
        method = sent.partition(b" ")[0].decode("latin-1")
        answer = HTTPResponse(connection, method=method)
        try:
            answer.begin()
            return answer.status, answer.read()
        except (OSError, HTTPException) as error:
            raise Unanswered(f"no whole answer: {error!r}") from error


def _latin(text: str) -> bytes:
    return text.encode("latin-1", errors="replace")


DOORS: Final = {"in process": in_process, "wsgi": as_wsgi, "socket": on_a_socket}
