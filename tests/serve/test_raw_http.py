"""What a served fake makes of bytes: bounds, oddities of HTTP/1 that are legal, and nonsense."""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest
import requests

AUTH = b"Authorization: Basic bGl2ZV9mYWtlOg==\r\n"
PROJECT = b'{"name": "cows", "type": "categorization"}'
JSON = b"Content-Type: application/json\r\n"
POST = b"POST /v1/projects HTTP/1.1\r\nHost: x\r\n" + AUTH + JSON


@pytest.fixture
def server(scale):
    with scale.serve() as server:
        yield server


@pytest.fixture
def dial(server):
    """Opens bare connections to the server."""
    opened = []

    def dial():
        port = int(server.url.rpartition(":")[2])
        opened.append(socket.create_connection(("127.0.0.1", port), timeout=10))
        return opened[-1]

    yield dial
    for connection in opened:
        connection.close()


@pytest.fixture
def exchange(dial):
    """What comes back for these bytes until the server closes, its sending half left open."""

    def exchange(sent):
        connection = dial()
        connection.sendall(sent)
        return until_closed(connection)

    return exchange


def until_closed(connection):
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


def refused(answer):
    """The envelope of an answer that is a refusal, its connection ended."""
    head, _, body = answer.partition(b"\r\n\r\n")
    envelope = json.loads(body)
    assert int(head.split()[1]) == envelope["status_code"]
    assert b"\r\nConnection: close" in head
    assert b"Content-Type: application/json; charset=utf-8" in head
    assert set(envelope) == {"status_code", "error"}
    return envelope["status_code"], envelope["error"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (POST + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n", 400),
        (POST + b"Content-Length: 1" + b"0" * 18 + b"\r\n\r\n", 413),
        (POST + b"Content-Length: 1" + b"0" * 11 + b"\r\n\r\n", 413),
        (POST + b"Content-Length: +5\r\n\r\nhello", 400),
        (POST + b"Content-Length: 1_0\r\n\r\n0123456789", 400),
        (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", 400),
        (POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * 2_000_000, 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", 431),
        (b"GET /v1/tasks HTTP/1.1\r\nX: " + b"y" * 70_000, 431),
        (b"GET /v1/tasks HTTP/1.1\r\n" + b"X: y\r\n" * 15_000, 431),
        (b"GET /" + b"y" * 70_000, 431),
        (b"GET /v1/tasks HTTP/2.0\r\n\r\n", 505),
        (b"GET v1/tasks HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"CONNECT api.scale.com:443 HTTP/1.1\r\n\r\n", 400),
        (b"GET /v1/tasks\r\n\r\n", 505),
        (b"GET /v1/projects/caf\xc3\xa9 HTTP/1.1\r\n\r\n", 400),
        (b"GET /v1/tasks HTTP/1.1\r\nX y\r\n\r\n", 400),
        (b"GET /v1/tasks HTTP/1.1\r\nX: a\x00b\r\n\r\n", 400),
        (b"GET /v1/tasks HTTP/1.1\r\n" + AUTH + b"\r\n", 400),
        (b"GET /v1/tasks HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n", 400),
        (b"GET http://x/v1/tasks HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"GET /v1/tasks HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"{}", 400),
    ],
)
def test_what_cannot_be_taken_is_refused_in_scales_envelope(scale, exchange, sent, status):
    answer = exchange(sent)

    assert refused(answer)[0] == status
    assert len(scale.requests) == 0


def test_refusals_say_what_is_wrong(exchange):
    json_too_large = POST + b"Content-Length: 4194305\r\n\r\n"
    upload_too_large = json_too_large.replace(JSON, b"").replace(b"4194305", b"67108865")

    assert [
        refused(exchange(json_too_large)),
        refused(exchange(upload_too_large)),
        refused(exchange(b"GET /v1/tasks HTTP/1.1\r\nX: " + b"y" * 70_000)),
        refused(exchange(b"GET /v1/tasks HTTP/2.0\r\n\r\n")),
        refused(exchange(b"GET /v1/tasks HTTP/1.1\r\n\r\n")),
        refused(exchange(b"GET /v1/tasks HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")),
        refused(exchange(b"GET tasks HTTP/1.1\r\nHost: x\r\n\r\n"))[0],
    ] == [
        (413, "The body is larger than 4 MiB."),
        (413, "The body is larger than 64 MiB."),
        (431, "The headers are larger than 64 KiB."),
        (505, "This server speaks HTTP/1.1, not HTTP/2.0."),
        (400, "Malformed HTTP request: no header Host."),
        (400, "Malformed HTTP request: more than one header Host."),
        400,
    ]


def test_a_client_that_sends_a_body_too_large_reads_why(scale, server, key):
    body = b'"' + b"x" * (5 * 2**20) + b'"'
    headers = {"Content-Type": "application/json"}
    url = f"{server.url}/v1/projects"

    declared = requests.post(url, data=body, headers=headers, auth=key, timeout=10)
    chunked = requests.post(url, data=iter([body]), headers=headers, auth=key, timeout=10)

    assert (declared.status_code, chunked.status_code) == (413, 413)
    assert len(scale.requests) == 0


def test_an_upload_may_be_larger_than_json(scale, server, key):
    files = {"file": ("a.txt", b"x" * (5 * 2**20), "text/plain")}

    answer = requests.post(f"{server.url}/v1/files/upload", files=files, auth=key, timeout=20)

    assert answer.status_code == 200


def test_a_chunked_body_with_a_trailer_is_a_call_like_any_other(scale, exchange):
    exchange(
        POST
        + b"Connection: close\r\nTransfer-Encoding: chunked\r\nTrailer: Authorization\r\n\r\n"
        + b"%x;note=1\r\n%b\r\n0\r\nAuthorization: Basic eDo=\r\n\r\n" % (len(PROJECT), PROJECT)
    )

    assert [project.name for project in scale.projects] == ["cows"]
    assert scale.requests.last.headers["authorization"] == "Basic bGl2ZV9mYWtlOg=="


def test_a_body_waits_for_the_word_to_go_on(scale, dial):
    connection = dial()
    head = b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(PROJECT)

    connection.sendall(POST + head)
    word = connection.recv(65536)
    connection.sendall(PROJECT)
    answer = until_closed(connection)

    assert word == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_body_too_large_is_refused_before_it_is_sent(exchange):
    answer = exchange(POST + b"Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")

    assert refused(answer)[0] == 413


@pytest.mark.parametrize("method", [b"HEAD", b"OPTIONS", b"DELETE", b"PATCH", b"PUT"])
@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_every_method_is_answered_with_the_length_of_its_body(exchange, method, version):
    answer = exchange(
        method + b" /v1/tasks HTTP/" + version + b"\r\nHost: x\r\nConnection: close\r\n\r\n"
    )

    head, _, body = answer.partition(b"\r\n\r\n")
    announced = int(head.lower().partition(b"content-length: ")[2].split()[0])
    assert head.startswith(b"HTTP/1.1 401 Unauthorized")
    assert len(body) == (0 if method == b"HEAD" else announced)
    assert announced > 0


def test_a_call_of_http_1_0_need_not_name_its_host(scale, exchange):
    answer = exchange(b"GET /v1/tasks HTTP/1.0\r\n" + AUTH + b"\r\n")

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"\r\nConnection: close" in answer


def test_options_may_ask_about_the_server(exchange):
    answer = exchange(b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert refused(answer)[0] in {401, 404}


def test_an_upgrade_that_nobody_offers_changes_nothing(scale, exchange):
    upgrade = b"GET /v1/first HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    last = b"GET /v1/second HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    answer = exchange(upgrade + last)

    assert answer.count(b"HTTP/1.1 401 ") == 2
    assert [request.path for request in scale.requests] == ["/v1/first", "/v1/second"]


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: %d\r\n\r\n" % len(PROJECT) + PROJECT,
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(PROJECT) + PROJECT + b"\r\n0\r\n\r\n",
    ],
)
def test_a_call_that_asks_for_an_upgrade_has_its_body_all_the_same(scale, dial, body):
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    last = b"GET /v1/projects/cows HTTP/1.1\r\nHost: x\r\n" + AUTH + b"Connection: close\r\n\r\n"
    whole, split = dial(), dial()

    whole.sendall(POST + upgrade + body + last)
    answers = until_closed(whole)
    split.sendall(POST + upgrade + body[:-7])
    time.sleep(0.05)
    split.sendall(body[-7:] + last)
    later = until_closed(split)

    assert answers.count(b"HTTP/1.1 200 OK\r\n") == 2
    assert later.count(b"HTTP/1.1 409 ") == later.count(b"HTTP/1.1 200 OK\r\n") == 1
    assert [request.json for request in scale.requests] == [json.loads(PROJECT), None] * 2


def test_calls_sent_before_nonsense_are_answered_first(scale, exchange):
    call = b"GET /v1/tasks HTTP/1.1\r\nHost: x\r\n" + AUTH + b"\r\n"

    answer = exchange(call * 3 + b"nonsense\r\n\r\n")

    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 3
    assert refused(b"HTTP/1.1 400" + answer.partition(b"HTTP/1.1 400")[2])[0] == 400
    assert len(scale.requests) == 3


def test_names_of_headers_are_written_as_in_process(exchange):
    answer = exchange(
        b"GET /v1/tasks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + AUTH + b"\r\n"
    )

    names = [line.partition(b":")[0] for line in answer.partition(b"\r\n\r\n")[0].splitlines()[1:]]
    assert names == [b"Content-Type", b"Content-Length", b"Connection"]


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"/v1/projects/a%2Fb%20c", "/v1/projects/a%2Fb%20c", {}),
        (b"/v1/projects/a%0Ab", "/v1/projects/a%0Ab", {}),
        (b"/v1/projects/%FF", "/v1/projects/%FF", {}),
        (b"//v1//tasks", "//v1//tasks", {}),
        (b"http://api.scale.com/v1/tasks?limit=1", "/v1/tasks", {"limit": "1"}),
        (b"http://api.scale.com", "/", {}),
        (b"/_fakes/health/", "/_fakes/health/", {}),
    ],
)
def test_a_path_arrives_as_it_was_sent(scale, exchange, target, path, query):
    exchange(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert (scale.requests.last.path, scale.requests.last.query) == (path, query)


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("sent", [b"", b"GET /v1", POST + b"Content-Length: 5\r\n\r\n{"])
def test_a_client_that_falls_silent_is_closed(monkeypatch, scale, tls, sent):
    monkeypatch.setattr("scaleapi_testing._serve.server.IDLE_S", 0.1)
    with scale.serve(tls=tls) as server:
        port = int(server.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(sent)

            assert until_closed(connection)[:12] in {b"", b"HTTP/1.1 400"}
    assert len(scale.requests) == 0


@pytest.mark.slow
def test_a_connection_that_is_used_now_and_then_stays(monkeypatch, scale, key):
    monkeypatch.setattr("scaleapi_testing._serve.server.IDLE_S", 0.3)
    with scale.serve() as server, requests.Session() as session:
        for _ in range(4):
            session.get(f"{server.url}/v1/tasks", auth=key)
            time.sleep(0.15)
        pools = session.get_adapter(server.url).poolmanager.pools
        (pool,) = map(pools.get, pools.keys())

    assert (pool.num_connections, pool.num_requests) == (1, 4)


def test_a_client_that_breaks_off_leaves_nothing_running(scale, server, dial):
    before = threading.active_count()

    for _ in range(20):
        connection = dial()
        connection.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{")
        connection.close()
    spent = time.process_time()
    time.sleep(0.2)

    assert time.process_time() - spent < 0.15
    assert threading.active_count() == before
    assert len(scale.requests) == 0


def test_an_answer_larger_than_any_buffer_arrives_whole(scale, server, key):
    body = {
        "instruction": "x" * 300_000,
        "attachment": "https://x.test/a.png",
        "attachment_type": "image",
        "categories": ["a", "b"],
    }
    url = f"{server.url}/v1"
    for _ in range(20):
        requests.post(f"{url}/task/categorization", json=body, auth=key, timeout=10)

    page = requests.get(f"{url}/tasks", auth=key, timeout=10).json()

    assert len(page["docs"]) == 20
