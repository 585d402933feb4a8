"""Takes callbacks, refuses some of them, and writes down what it answered."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from threading import Thread
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .books import Books

REFUSED: Final = 0.15
"""The share of callbacks that get a 500 and must come again."""


class Receiver:
    """A server of callbacks.

    Args:
        books: where each answer is noted.
        seed: decides which are refused.
    """

    def __init__(self, books: Books, seed: int) -> None:
        random = Random(seed)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                task_id = json.loads(self.rfile.read(length))["task"]["task_id"]
                status = 500 if random.random() < REFUSED else 200
                # Before it is sent: the sender may be killed while it reads, and then has it too.
                books.note("callback", task_id=task_id, answered=status)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A sender that was killed is nothing to report."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/callback"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._server.server_close()
