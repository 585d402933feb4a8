"""Calls that are answered in the loop as they come in, without a task for each."""

from __future__ import annotations

import errno
import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
import requests

from scaleapi_testing import FakeScale
from scaleapi_testing._app import App
from scaleapi_testing._serve import server as module
from scaleapi_testing._worlds.worlds import Worlds

AUTH = b"Authorization: Basic bGl2ZV9mYWtlOg==\r\n"
CLOSE = b"Connection: close\r\n"
PROJECT = b'{"name": "cows", "type": "categorization"}'
TASK = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow", "hen"]}
JSON = b"Content-Type: application/json\r\n"
POST = b"POST /v1/projects HTTP/1.1\r\nHost: x\r\n" + AUTH + JSON
GET = b"GET /v1/projects HTTP/1.1\r\nHost: x\r\n" + AUTH
LAST = GET + CLOSE + b"\r\n"
UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
OK = b"HTTP/1.1 200 OK\r\n"


def port_of(server):
    return int(server.url.rpartition(":")[2])


def until_closed(connection):
    received = b""
    while part := connection.recv(2**20):
        received += part
    return received


@contextmanager
def dialed(server, timeout=10):
    with socket.create_connection(("127.0.0.1", port_of(server)), timeout=timeout) as connection:
        yield connection


@pytest.fixture
def exchange(scale):
    """What comes back for these bytes until the server closes, its sending half left open."""

    def exchange(sent):
        with dialed(server) as connection:
            connection.sendall(sent)
            return until_closed(connection)

    with scale.serve() as server:
        yield exchange


# -- answers ----------------------------------------------------------------------------------


def test_an_error_of_the_fake_itself_is_a_500_that_ends_the_connection_and_is_raised_later(
    monkeypatch, scale, exchange
):
    def begin(_app, _request):
        raise LookupError("a mistake of ours")

    monkeypatch.setattr(App, "begin", begin)

    kept_alive = exchange(GET + b"\r\n")
    with pytest.raises(LookupError, match="a mistake of ours"):
        scale.clock.advance(hours=1)
    closing = exchange(LAST)
    with pytest.raises(LookupError, match="a mistake of ours"):
        scale.clock.advance(hours=1)

    assert kept_alive.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert kept_alive == closing
    assert kept_alive.count(CLOSE) == 1


def test_a_body_larger_than_what_is_read_at_once_leaves_the_connection_as_it_was(scale, exchange):
    body = b'{"name": "cows", "type": "categorization", "note": "%b"}' % (b"x" * 150_000)

    answers = exchange(
        POST + b"Content-Length: %d\r\n\r\n" % len(body) + body + GET + b"\r\n" + LAST
    )

    assert answers.count(OK) == 3
    assert [request.path for request in scale.requests] == ["/v1/projects"] * 3


def test_calls_sent_together_are_answered_in_order_whatever_each_waits_for(scale, exchange):
    paths = [b"/v1/projects/n%d" % number for number in range(6)]
    scale.faults.add(latency=timedelta(seconds=1), path="/v1/projects/n0", times=1)
    scale.faults.add(latency=timedelta(seconds=1), path="/v1/projects/n3", times=1)
    calls = [b"GET %b HTTP/1.1\r\nHost: x\r\n" % path + AUTH + b"\r\n" for path in paths]

    answers = exchange(b"".join(calls) + LAST)

    assert [part[:3] for part in answers.split(b"HTTP/1.1 ")[1:]] == [b"404"] * 6 + [b"200"]
    assert [request.path.encode() for request in scale.requests] == [*paths, b"/v1/projects"]


def test_a_client_that_does_not_read_gets_no_more_until_it_does(scale, key):
    with scale.serve() as server, socket.socket() as connection:
        connection.settimeout(10)
        # Small, so that not much more than one answer is on its way.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
        connection.connect(("127.0.0.1", port_of(server)))
        text = {**TASK, "instruction": "x" * 1_000_000}
        url = f"{server.url}/v1/task/categorization"
        task = requests.post(url, json=text, auth=key, timeout=10).json()
        call = b"GET /v1/task/%b HTTP/1.1\r\nHost: x\r\n" % task["task_id"].encode() + AUTH

        for _ in range(8):
            connection.sendall(call + b"\r\n")
            # Once somebody else is answered, this call has been read.
            requests.get(f"{server.url}/v1/projects", auth=key, timeout=10)
        before = [request.path for request in scale.requests].count(f"/v1/task/{task['task_id']}")
        connection.sendall(call + CLOSE + b"\r\n")
        answers = until_closed(connection)

    assert before < 8
    assert answers.count(OK) == 9
    assert len(answers) > 9_000_000


def test_an_error_of_whoever_is_told_of_calls_is_a_500(scale):
    def seen(*_):
        raise OSError("the terminal is gone")

    with module.serve(Worlds(scale, FakeScale), seen=seen) as server, dialed(server) as connection:
        connection.sendall(LAST)

        assert until_closed(connection).startswith(b"HTTP/1.1 500 Internal Server Error\r\n")


# -- upgrades ---------------------------------------------------------------------------------


def test_an_upgrade_with_a_body_of_no_bytes_is_a_call_like_any_other(scale, exchange):
    answers = exchange(POST + UPGRADE + b"Content-Length: 0\r\n\r\n" + LAST)

    assert [part[:3] for part in answers.split(b"HTTP/1.1 ")[1:]] == [b"400", b"200"]
    assert [request.method for request in scale.requests] == ["POST", "GET"]


def test_an_upgrade_with_a_large_body_and_trailers_is_a_call_like_any_other(scale, exchange):
    body = b'{"name": "cows", "type": "categorization", "note": "%b"}' % (b"x" * 300_000)
    chunked = b"%x\r\n%b\r\n0\r\nAuthorization: Basic eDo=\r\n\r\n" % (len(body), body)

    answers = exchange(POST + UPGRADE + b"Transfer-Encoding: chunked\r\n\r\n" + chunked + LAST)

    assert answers.count(OK) == 2
    assert [request.method for request in scale.requests] == ["POST", "GET"]
    assert scale.requests[0].headers["authorization"] == "Basic bGl2ZV9mYWtlOg=="


def test_an_upgrade_with_a_body_too_large_is_refused(scale, exchange):
    body = b'"' + b"x" * (4 * 2**20) + b'"'

    answer = exchange(
        POST + UPGRADE + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body
    )

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert len(scale.requests) == 0


def test_an_upgrade_between_other_calls_is_answered_in_its_turn(scale, exchange):
    upgrade = POST + UPGRADE + b"Content-Length: %d\r\n\r\n" % len(PROJECT) + PROJECT

    answers = exchange(GET + b"\r\n" + upgrade + LAST)

    assert answers.count(OK) == 3
    assert [request.method for request in scale.requests] == ["GET", "POST", "GET"]


def test_a_body_after_an_upgrade_waits_for_the_word_to_go_on(scale):
    with scale.serve() as server, dialed(server) as connection:
        length = b"Content-Length: %d\r\n" % len(PROJECT)
        connection.sendall(POST + UPGRADE + b"Expect: 100-continue\r\n" + length + b"\r\n")
        word = connection.recv(65536)
        connection.sendall(PROJECT + LAST)
        answers = until_closed(connection)

    assert word == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert answers.count(OK) == 2


# -- who is accepted --------------------------------------------------------------------------


def test_more_clients_than_are_accepted_at_once_are_all_answered(monkeypatch, scale):
    monkeypatch.setattr(module, "MOST_AT_ONCE", 2)
    with scale.serve() as server, ExitStack() as opened:
        clients = [opened.enter_context(dialed(server)) for _ in range(9)]
        answers = [client.sendall(LAST) or until_closed(client) for client in clients]

    assert [answer.startswith(OK) for answer in answers] == [True] * 9


def test_all_who_wait_are_accepted_together_up_to_a_bound(monkeypatch):
    monkeypatch.setattr(module, "MOST_AT_ONCE", 3)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        clients = [socket.create_connection(listening.getsockname()) for _ in range(5)]
        rounds = [list(module._who_waits(listening)) for _ in range(3)]

        for connection in (*clients, *(accepted for some in rounds for accepted in some)):
            connection.close()

    assert [len(accepted) for accepted in rounds] == [3, 2, 0]


def test_a_client_that_could_not_be_accepted_is_accepted_a_moment_later(monkeypatch, scale):
    class Full(socket.socket):
        """Has no file descriptor left for the first two clients that it is asked for."""

        refusals = 0

        def accept(self):
            if Full.refusals < 2:
                Full.refusals += 1
                raise OSError(errno.EMFILE, "Too many open files")
            return super().accept()

    def create_server(address, **_):
        listening = Full(socket.AF_INET)
        listening.bind(address)
        listening.listen()
        return listening

    # The module's own view alone: the test listens and dials with the true one.
    names = {name: getattr(socket, name) for name in dir(socket)}
    monkeypatch.setattr(
        module, "socket", SimpleNamespace(**{**names, "create_server": create_server})
    )
    with scale.serve() as server, dialed(server) as connection:
        connection.sendall(LAST)
        answer = until_closed(connection)

    assert Full.refusals == 2
    assert answer.startswith(OK)


def test_it_ends_without_waiting_for_a_client_that_never_shakes_hands(scale):
    before = threading.active_count()
    with scale.serve(tls=True) as server:
        connection = socket.create_connection(("127.0.0.1", port_of(server)), timeout=10)
        # Once this one is answered with an alert, the one before has been accepted as well.
        with dialed(server) as stranger:
            stranger.sendall(b"GET / HTTP/1.1\r\n\r\n")
            stranger.recv(1)
        began = time.perf_counter()
    took = time.perf_counter() - began
    connection.close()

    assert took < 2
    assert threading.active_count() == before
