"""Bytes that are hardly HTTP, on a socket: whatever comes, the server answers well or closes."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from scaleapi_testing import FakeScale

from .checks import Broken

if TYPE_CHECKING:
    from collections.abc import Sequence

CONNECTIONS: Final = 40
"""In a round."""

LIMIT_S: Final = 5.0
"""Real seconds in which a connection whose client sends no more must end."""

JSON: Final = b'{"name": "cows", "type": "categorization"}'
AUTH: Final = b"Authorization: Basic bGl2ZV9mYWtlOg==\r\n"

LINES: Final = (
    b"GET /v1/tasks HTTP/1.1",
    b"POST /v1/projects HTTP/1.1",
    b"HEAD /v1/tasks HTTP/1.0",
    b"OPTIONS * HTTP/1.1",
    b"GET http://api.scale.com/v1/tasks?limit=1 HTTP/1.1",
    b"CONNECT a:1 HTTP/1.1",
    b"BREW /v1/tasks HTTP/1.1",
    b"GET  /v1/tasks HTTP/1.1",
    b"GET /v1/\xff HTTP/1.1",
    b"PRI * HTTP/2.0",
    b"GET /" + b"a" * 70_000 + b" HTTP/1.1",
)

HEADERS: Final = (
    AUTH,
    b"Content-Type: application/json\r\n",
    b"Content-Length: %d\r\n" % len(JSON),
    b"Content-Length: 5\r\n",
    b"Content-Length: +5\r\n",
    b"Content-Length: 1_0\r\n",
    b"Content-Length: -1\r\n",
    b"Content-Length: " + b"9" * 30 + b"\r\n",
    b"Content-Length: 1000000000000\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n",
    b"Expect: 100-continue\r\n",
    b"Connection: close\r\n",
    b"Connection: Upgrade\r\nUpgrade: h2c\r\n",
    b"Host: x\r\n",
    b"Host: a\r\nHost: b\r\n",
    b" folded: line\r\n",
    b"no colon\r\n",
    b"X: \x00\r\n",
    b"X: " + b"y" * 70_000 + b"\r\n",
)

BODIES: Final = (
    b"",
    JSON,
    b"%x\r\n%b\r\n0\r\n\r\n" % (len(JSON), JSON),
    b"%x;a=b\r\n%b\r\n0\r\nTrailer: x\r\n\r\n" % (len(JSON), JSON),
    b"ffffffffffffffff\r\n{",
    b"fffffffffffffffff\r\n{",
    b"-1\r\n",
    b"zz\r\n",
    b"0\r\n\r\n",
)


def play_raw(seed: int, trail: list[str]) -> int:
    """One round; everything follows from the seed.

    Args:
        seed: of the round.
        trail: is told what was sent.

    Returns:
        How many connections were made.

    Raises:
        Broken: an answer is none, a connection hangs, or the server is left damaged.
    """
    random = Random(seed)
    with FakeScale(seed=seed).serve() as server:
        host = urlsplit(server.url)
        address = (host.hostname or "", host.port or 0)
        before = threading.active_count()
        for _ in range(CONNECTIONS):
            sent = b"".join(_message(random) for _ in range(random.choice((1, 1, 1, 3))))
            trail.append(f"{sent[:300]!r} ({len(sent)} bytes)")
            _check(_exchange(address, _pieces(random, sent)))
        trail.append("a sound call afterwards")
        call = b"GET /v1/tasks HTTP/1.1\r\nConnection: close\r\n" + AUTH + b"\r\n"
        if not _exchange(address, [call]).startswith(b"HTTP/1.1 200 OK\r\n"):
            raise Broken("a sound call is not answered any more")
        if threading.active_count() > before:
            raise Broken(f"{threading.active_count() - before} threads are left")
    return CONNECTIONS


def _message(random: Random) -> bytes:
    headers = b"".join(random.choice(HEADERS) for _ in range(random.randrange(6)))
    message = random.choice(LINES) + b"\r\n" + headers + b"\r\n" + random.choice(BODIES)
    if random.random() < 0.3:
        at = random.randrange(len(message))
        message = message[:at] + random.randbytes(random.randrange(4)) + message[at + 1 :]
    return message


def _pieces(random: Random, sent: bytes) -> list[bytes]:
    cuts = sorted(random.randrange(len(sent) + 1) for _ in range(random.randrange(3)))
    return [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True)]


def _exchange(address: tuple[str, int], pieces: Sequence[bytes]) -> bytes:
    """What comes back until the server closes, once nothing more is sent.

    Raises:
        Broken: it does not close.
    """
    received = bytearray()
    with socket.create_connection(address, timeout=LIMIT_S) as connection:
        try:
            with suppress(ConnectionError):  # it may have answered and closed
                for piece in pieces:
                    connection.sendall(piece)
            with suppress(OSError):  # the same
                connection.shutdown(socket.SHUT_WR)
            with suppress(ConnectionError):
                while part := connection.recv(65_536):
                    received += part
        except TimeoutError:
            raise Broken(f"the connection hangs after {bytes(received[-300:])!r}") from None
    return bytes(received)


def _check(received: bytes) -> None:
    """Answers, each whole, and Scale's envelope in the last one where it refuses."""
    if not received:
        return
    if not received.startswith(b"HTTP/1.1 "):
        raise Broken(f"no HTTP came back: {received[:300]!r}")
    last = received[received.rindex(b"HTTP/1.1 ") :]
    status = int(last.split()[1])
    head, _, body = last.partition(b"\r\n\r\n")
    if status >= 500 and status != 505:
        raise Broken(f"{status}: {last[:300]!r}")
    if status < 400 or not body:
        return  # a HEAD has no body, nor has the word to go on
    if set(json.loads(body)) != {"status_code", "error"} or b"ontent-" not in head:
        raise Broken(f"no envelope of Scale's: {last[:300]!r}")
