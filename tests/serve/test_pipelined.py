"""Calls that come before the answers to those before them were read."""

from __future__ import annotations

import json
import socket
import time
from datetime import timedelta

import pytest

AUTH = b"Authorization: Basic bGl2ZV9mYWtlOg==\r\n"
PROJECT = b'{"name": "cows", "type": "categorization"}'
JSON = b"Content-Type: application/json\r\n"
POST = b"POST /v1/projects HTTP/1.1\r\nHost: x\r\n" + AUTH + JSON
CALL = b"GET /v1/nowhere HTTP/1.1\r\nHost: x\r\n" + AUTH + b"\r\n"
LAST = CALL.replace(AUTH, AUTH + b"Connection: close\r\n")
LARGE = {
    "instruction": "x" * 100_000,
    "attachment": "https://x.test/a.png",
    "attachment_type": "image",
    "categories": ["a", "b"],
}


def dialled(server):
    port = int(server.url.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def until_closed(connection):
    received = bytearray()
    while part := connection.recv(2**18):
        received += part
    return bytes(received)


def project(number, extra=b""):
    body = PROJECT.replace(b"cows", b"%d" % number)
    return POST + extra + b"Content-Length: %d\r\n\r\n" % len(body) + body


def make_large(server, count):
    """Tasks of a hundred kilobytes each."""
    body = json.dumps(LARGE).encode()
    head = b"POST /v1/task/categorization HTTP/1.1\r\nHost: x\r\n" + AUTH + JSON
    call = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    last = head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with dialled(server) as connection:
        connection.sendall(call * (count - 1) + last)
        assert until_closed(connection).count(b"HTTP/1.1 200 OK") == count


def statuses(answers):
    return [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("count", [2, 50, 500])
def test_calls_in_one_write_are_answered_in_their_order(scale, count):
    calls = b"".join(project(number) for number in range(count))

    with scale.serve() as server, dialled(server) as connection:
        connection.sendall(calls + LAST)
        answers = until_closed(connection)

    assert statuses(answers) == [200] * count + [404]
    names = [project.name for project in scale.projects]
    assert names == [str(number) for number in range(count)]


def test_calls_of_every_kind_may_stand_behind_each_other(scale):
    parts = [
        b"HEAD /v1/nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
        project(1),
        project(1, b"Expect: 100-continue\r\n"),
        CALL.replace(AUTH, AUTH + b"Connection: Upgrade\r\nUpgrade: h2c\r\n"),
        b"GET /_fake/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\n"
        b"%x\r\n%b\r\n0\r\nT: 1\r\n\r\n" % (len(PROJECT), PROJECT),
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        LAST,
        project(2),
    ]

    with scale.serve() as server, dialled(server) as connection:
        connection.sendall(b"".join(parts))
        answers = until_closed(connection)

    assert statuses(answers.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"")) == [
        *(401, 200, 409, 404, 200, 200, 401, 404)
    ]
    assert [project.name for project in scale.projects] == ["1", "cows"]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"disconnect": True}, [200, 200]),
        ({"timeout": True}, [200, 200]),
        ({"truncate": True}, [200, 200, 200]),
        ({"garbage": True}, [200] * 5),
        ({"latency": timedelta(seconds=3)}, [200] * 5),
        ({"status": 503}, [200, 200, 503, 200, 200]),
    ],
)
def test_a_fault_strikes_its_call_among_others(scale, fault, expected):
    third = project(3, b"X-Third: 1\r\n")
    scale.faults.add(**fault, when=lambda call: "x-third" in call.headers)

    with scale.serve() as server, dialled(server) as connection:
        last = project(5, b"Connection: close\r\n")
        connection.sendall(project(1) + project(2) + third + project(4) + last)
        answers = until_closed(connection)

    assert statuses(answers) == expected


def test_calls_that_were_whole_are_answered_where_the_client_ends_amid_the_next(scale):
    with scale.serve() as server, dialled(server) as connection:
        connection.sendall(CALL * 20 + project(1)[:-1])
        connection.shutdown(socket.SHUT_WR)
        answers = until_closed(connection)

    assert statuses(answers) == [404] * 20
    assert len(scale.projects) == 0


def test_what_a_client_sends_beyond_what_is_answered_waits_with_the_client(scale):
    sent = answered = 0
    chunk = memoryview(CALL * 2000)

    with scale.serve() as server, dialled(server) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**16)
        connection.setblocking(False)
        deadline = time.monotonic() + 5
        while answered < 80 and time.monotonic() < deadline:
            try:
                sent += connection.send(chunk[sent % len(chunk) :])
            except BlockingIOError:
                time.sleep(0.001)
            try:
                answered += connection.recv(65536).count(b"HTTP/1.1 404")
            except BlockingIOError:
                time.sleep(0.001)

    assert answered >= 80
    assert sent < 4 * 2**20


def test_a_server_ends_at_once_beside_a_client_that_reads_no_answer(scale):
    with scale.serve() as server:
        make_large(server, 40)
        connection = dialled(server)
        connection.sendall(CALL.replace(b"nowhere", b"tasks") * 50)
        time.sleep(0.3)
        began = time.monotonic()
    connection.close()
    assert time.monotonic() - began < 2
