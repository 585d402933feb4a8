"""A fake that is nothing but a script, so that the doors are tested without the engine."""

from __future__ import annotations

import json
import threading
from http import HTTPStatus
from itertools import count

import pytest

from scaleapi_testing._http.values import Reply
from scaleapi_testing._intercept import active
from scaleapi_testing._intercept.other_hosts import OtherHosts


class ScriptedClock:
    """Moves as the real one does, and keeps what it was asked."""

    def __init__(self):
        self.ms = 0
        self.waits = []
        self.raising = None
        self.moved_ms = 0
        self._lock = threading.Lock()

    def wait(self, seconds, began_ms=None, where=None):
        with self._lock:
            began = self.ms if began_ms is None else began_ms
            self.waits.append(seconds)
            before = self.ms
            self.ms = max(self.ms, began + round(seconds * 1000))
            self.moved_ms += self.ms - before
        if self.raising is not None:
            raise self.raising


class ScriptedApp:
    """Answers what was put in line, then an echo of the call."""

    def __init__(self, name, clock):
        self.name = name
        self.calls = []
        self.line = []
        self.has_faults = True
        self._clock = clock
        self._numbers = count(1)

    def handle(self, request):
        self.calls.append(request)
        n = next(self._numbers)
        if self.line:
            reply = self.line.pop(0)
            reply.wait_began = self._clock.ms
            return reply
        return answer({"fake": self.name, "n": n, "method": request.method, "path": request.path})


class ScriptedFake:
    """What a door needs, and the script."""

    def __init__(self, name="fake", base_urls=None, *, block_network=False):
        self.name = name
        self.base_urls = base_urls or ("https://api.scale.com", "https://api.scaleapi.com")
        self.block_network = block_network
        self.clock = ScriptedClock()
        self.app = ScriptedApp(name, self.clock)
        self.stubbed_hosts = OtherHosts()
        self.jitters = []

    def jitter(self):
        self.jitters.append(len(self.jitters) / 8)
        return self.jitters[-1]

    def next(self, *replies):
        self.app.line += replies

    def __enter__(self):
        active.start(self)
        return self

    def __exit__(self, *_):
        active.stop(self)


def answer(document=None, status=HTTPStatus.OK, headers=(), **parts):
    """A whole reply with a JSON body."""
    body = json.dumps({} if document is None else document).encode()
    return Reply(
        status=int(status),
        body=body,
        headers=[
            ("Content-Type", "application/json; charset=utf-8"),
            ("Content-Length", str(len(body))),
            *headers,
        ],
        **parts,
    )


def truncated(document):
    """A reply whose body ends in its middle."""
    reply = answer(document, broken="truncate")
    reply.body = reply.body[: len(reply.body) // 2]
    return reply


def broken(kind):
    """No reply at all."""
    return Reply(status=0, body=b"", broken=kind)


@pytest.fixture
def make_fake():
    return ScriptedFake


@pytest.fixture
def reply():
    return answer


@pytest.fixture
def cut():
    return truncated


@pytest.fixture
def failure():
    return broken


@pytest.fixture
def fake():
    with ScriptedFake() as started:
        yield started
