"""A small real HTTP server whose answers a test writes down, and clients of it."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
import urllib3.util.retry

import scaleapi

API_KEY = "live_0123456789abcdef0123456789abcdef"


@dataclass
class Answer:
    """One reply: ``json`` unless ``body`` is given; ``drop`` closes the connection instead."""

    json: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    drop: bool = False
    cut: bool = False
    wait_for: threading.Event | None = None


@dataclass
class Received:
    """One request as the server got it; ``peer`` tells connections apart."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    peer: int

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class ScriptedServer:
    """Gives the answers in ``script``, in order, then ``otherwise`` (called with the request)."""

    def __init__(self) -> None:
        self.script: deque[Answer] = deque()
        self.received: list[Received] = []
        self.otherwise = lambda request: Answer({"task_id": "0" * 24, "status": "pending"})
        self._lock = threading.Lock()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.http.daemon_threads = True
        self.port = self.http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self._thread = threading.Thread(
            target=self.http.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self._thread.join()

    def answers(self, *answers: Answer) -> None:
        self.script.extend(answers)

    def next_answer(self, request: Received) -> Answer:
        with self._lock:
            self.received.append(request)
            return self.script.popleft() if self.script else self.otherwise(request)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                request = Received(
                    self.command,
                    self.path,
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(length),
                    self.client_address[1],
                )
                answer = outer.next_answer(request)
                if answer.wait_for is not None:
                    answer.wait_for.wait(10)
                if answer.drop:
                    self.close_connection = True
                    return
                body = json.dumps(answer.json).encode() if answer.body is None else answer.body
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(body) + (100 if answer.cut else 0)))
                self.end_headers()
                with suppress(OSError):  # a client that gave up has gone
                    self.wfile.write(body)
                self.close_connection = self.close_connection or answer.cut

            do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

            def log_message(self, *args: object) -> None:
                pass

        return Handler


@pytest.fixture
def waits(monkeypatch):
    """The seconds that clients of threads wait between tries; none of them passes."""
    seconds: list[float] = []
    virtual = SimpleNamespace(sleep=seconds.append, time=time.time)
    monkeypatch.setattr(urllib3.util.retry, "time", virtual)
    return seconds


@pytest.fixture
def server(waits):
    """A server on loopback, spoken to without any proxy, and without waits."""
    scripted = ScriptedServer()
    scripted.start()
    yield scripted
    scripted.stop()


@pytest.fixture
def client(server):
    """A client of ``server`` that retries without waiting."""
    with scaleapi.ScaleClient(API_KEY, api_instance_url=server.url, backoff_factor=0) as client:
        yield client


@pytest.fixture
def answer():
    """The class of the scripted replies."""
    return Answer


@pytest.fixture
def api_key():
    """The key of ``client``."""
    return API_KEY


def task_json(task_id: str = "66f0a1c29d3b4e0007a1b2c3", **more: Any) -> dict[str, Any]:
    return {
        "task_id": task_id,
        "type": "imageannotation",
        "status": "pending",
        "params": {},
        "metadata": {},
        **more,
    }


@pytest.fixture
def make_task_json():
    """Makes the JSON of a task."""
    return task_json
