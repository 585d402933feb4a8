"""What the standard library sees of the fake: `http.client`, `urllib.request`, and more."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import socket
import urllib.error
import urllib.request
import xmlrpc.client
from http.cookiejar import CookieJar
from xml.parsers.expat import ExpatError

import pytest
import urllib3.connection

from scaleapi_testing import NetworkBlocked

HOST = "api.scale.com"
URL = f"https://{HOST}/v1/tasks"


def ask(connection, method="GET", path="/v1/tasks", body=None, headers=None, **kwargs):
    connection.request(method, path, body, headers or {}, **kwargs)
    return connection.getresponse()


@pytest.fixture
def connection():
    with contextlib.closing(http.client.HTTPSConnection(HOST, timeout=7)) as made:
        yield made


def test_a_connection_is_answered(fake, connection):
    response = ask(connection, "POST", "/v1/a%2Fb?x=1", b'{"x":1}', {"X-Team": "cows"})

    request = fake.app.calls[0]
    assert (response.status, response.reason, response.version) == (200, "OK", 11)
    assert response.getheader("Content-Type") == "application/json; charset=utf-8"
    assert json.load(response)["path"] == "/v1/a%2Fb"
    assert (request.origin, request.path, request.query, request.body) == (
        "https://api.scale.com",
        "/v1/a%2Fb",
        "x=1",
        b'{"x":1}',
    )
    assert (request.headers["x-team"], request.headers["host"]) == ("cows", HOST)
    assert (request.read_timeout, request.connect_timeout) == (7, 7)


def test_one_connection_asks_again_and_again(fake, connection):
    assert [json.load(ask(connection))["n"] for _ in range(3)] == [1, 2, 3]


def test_a_connection_made_before_the_start_is_answered_by_whoever_is_active(make_fake, connection):
    names = []
    for name in ("one", "two"):
        with make_fake(name):
            names.append(json.load(ask(connection))["fake"])

    assert names == ["one", "two"]


def test_a_connection_that_is_open_already_is_answered(make_fake, connection):
    ours, theirs = socket.socketpair()
    connection.sock = ours

    with theirs, make_fake():
        assert json.load(ask(connection))["fake"] == "fake"
        assert theirs.recv(1) == b""  # nothing was sent, and it was closed


def test_a_connection_that_was_told_to_connect_is_answered(fake, connection):
    connection.connect()

    assert json.load(ask(connection))["fake"] == "fake"


def test_a_connection_is_left_as_new(make_fake, connection):
    with make_fake():
        ask(connection).read()

    assert connection.sock is None


@pytest.mark.parametrize(
    "body",
    [
        lambda: b"one two",
        lambda: "one two",
        lambda: io.BytesIO(b"one two"),
        lambda: iter([b"one ", b"two"]),
        lambda: [b"one ", b"two"],
    ],
    ids=["bytes", "text", "file", "generator", "list"],
)
def test_a_body_of_any_kind_arrives_whole(fake, connection, body):
    ask(connection, "POST", body=body())

    assert fake.app.calls[0].body == b"one two"


def test_a_request_written_piece_by_piece_arrives_whole(fake, connection):
    connection.putrequest("POST", "/v1/tasks")
    connection.putheader("Content-Length", "7")
    connection.endheaders()
    connection.send(b"one ")
    connection.send(b"two")

    assert connection.getresponse().status == 200
    assert fake.app.calls[0].body == b"one two"


def test_a_request_that_is_never_whole_is_answered_when_the_client_reads(fake, connection):
    connection.putrequest("POST", "/v1/tasks")
    connection.putheader("Content-Length", "70")
    connection.endheaders(b"one")

    assert connection.getresponse().status == 200
    assert fake.app.calls[0].body == b"one"


def test_a_long_chunked_body_with_trailers_arrives_whole(fake, connection):
    connection.putrequest("POST", "/v1/tasks")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    for piece in (b"4;name=x\r\none ", b"\r\n3\r\ntw", b"o\r\n0\r\nX-End: 1\r\n", b"\r\n"):
        connection.send(piece)

    assert connection.getresponse().status == 200
    assert fake.app.calls[0].body == b"one two"


def test_an_answer_is_read_in_pieces(fake, connection, reply):
    fake.next(reply({"a": 1}), reply({"a": 2}))

    first = ask(connection)
    assert [first.read(3), first.peek(2)[:2], first.read(), first.isclosed()] == [
        b'{"a',
        b'":',
        b'": 1}',
        True,
    ]
    assert list(ask(connection)) == [b'{"a": 2}']


def test_an_answer_to_head_has_no_body(fake, connection):
    response = ask(connection, "HEAD")

    assert (response.read(), int(response.getheader("Content-Length")) > 0) == (b"", True)


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        (
            "disconnect",
            http.client.RemoteDisconnected,
            "Remote end closed connection without response",
        ),
        ("read_timeout", TimeoutError, "The read operation timed out"),
        ("connect_timeout", TimeoutError, "timed out"),
    ],
)
def test_a_broken_exchange_is_the_librarys_own_error(fake, connection, failure, kind, error, words):
    fake.next(failure(kind))

    with pytest.raises(error) as caught:
        ask(connection)

    assert str(caught.value) == words


def test_no_connection_fails_while_sending_and_no_answer_while_reading(fake, connection, failure):
    fake.next(failure("connect_timeout"), failure("read_timeout"))

    with pytest.raises(TimeoutError):
        connection.request("GET", "/v1/tasks")
    connection.close()
    connection.request("GET", "/v1/tasks")
    with pytest.raises(TimeoutError):
        connection.getresponse()


def test_a_truncated_body_is_an_incomplete_read(fake, connection, cut):
    fake.next(cut({"a": 1}))

    with pytest.raises(http.client.IncompleteRead) as caught:
        ask(connection).read()

    assert (caught.value.partial, caught.value.expected) == (b'{"a"', 4)


@pytest.mark.parametrize("error", [ValueError("handler broke"), ConnectionError("handler broke")])
def test_an_exception_of_a_callback_target_is_raised_as_it_is(fake, reply, error):
    fake.next(reply(raised=[error]))

    with pytest.raises(type(error), match="handler broke") as caught:
        urllib.request.urlopen(URL)

    assert caught.value is error


def test_what_a_connection_prints_is_what_it_prints(fake, connection, capsys):
    connection.set_debuglevel(1)
    ask(connection)

    said = capsys.readouterr().out
    assert "send: b'GET /v1/tasks HTTP/1.1" in said
    assert "reply: 'HTTP/1.1 200 OK\\r\\n'" in said
    assert "header: Content-Type: application/json; charset=utf-8" in said


def test_urlopen_is_answered(fake):
    request = urllib.request.Request(URL, b"{}", {"X-Team": "cows"})

    with urllib.request.urlopen(request, timeout=3) as response:
        answer = json.load(response)

    assert (response.status, response.url) == (200, URL)
    assert answer["method"] == "POST"
    assert fake.app.calls[0].headers["x-team"] == "cows"


def test_urlopen_follows_redirects_and_keeps_cookies(fake, reply):
    away = [("Location", "/v1/elsewhere"), ("Set-Cookie", "herd=7; Path=/")]
    fake.next(reply(status=302, headers=away))
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    assert json.load(opener.open(URL))["path"] == "/v1/elsewhere"
    assert fake.app.calls[1].headers["cookie"] == "herd=7"


def test_an_error_of_scales_is_an_http_error_of_urllib(fake, reply):
    fake.next(reply({"error": "no"}, status=404))

    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(URL)

    assert (caught.value.code, json.load(caught.value)) == (404, {"error": "no"})


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("disconnect", http.client.RemoteDisconnected),
        ("read_timeout", TimeoutError),
        ("connect_timeout", urllib.error.URLError),
    ],
)
def test_a_broken_exchange_is_what_urllib_makes_of_it(fake, failure, kind, error):
    fake.next(failure(kind))

    with pytest.raises(error):
        urllib.request.urlopen(URL, timeout=3)


def test_through_a_proxy_the_fake_answers(make_fake):
    proxies = {"https": "http://proxy.test:3128", "http": "http://proxy.test:3128"}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies))

    with make_fake("both", ("https://api.scale.com", "http://plain.scale.test")) as fake:
        assert json.load(opener.open(URL))["fake"] == "both"
        assert json.load(opener.open("http://plain.scale.test/v1?x=1"))["fake"] == "both"

    plain = fake.app.calls[1]
    assert (plain.origin, plain.path, plain.query) == ("http://plain.scale.test", "/v1", "x=1")


def test_what_builds_on_it_is_answered(fake):
    with pytest.raises(ExpatError):
        xmlrpc.client.ServerProxy("https://api.scale.com/rpc").system.listMethods()

    assert fake.app.calls[0].path == "/rpc"


def test_a_connection_of_urllib3_used_alone_is_answered(fake):
    connection = urllib3.connection.HTTPSConnection(HOST)
    connection.request("POST", "/v1/tasks", b"moo")

    assert connection.getresponse().status == 200
    assert fake.app.calls[0].body == b"moo"


@pytest.mark.parametrize(
    "call",
    [
        lambda: http.client.HTTPConnection(HOST).request("GET", "/"),
        lambda: http.client.HTTPSConnection(HOST, 8443).request("GET", "/"),
        lambda: http.client.HTTPConnection("127.0.0.1", 9).request("GET", f"http://{HOST}/"),
    ],
    ids=["scheme", "port", "proxy"],
)
def test_where_no_fake_answers_the_way_to_its_host_is_closed(fake, call):
    with pytest.raises(NetworkBlocked):
        call()


def test_a_plain_connection_that_is_open_already_is_not_written_to(fake):
    ours, theirs = socket.socketpair()
    connection = http.client.HTTPConnection(HOST)
    connection.sock = ours

    with ours, theirs, pytest.raises(NetworkBlocked):
        connection.request("GET", "/v1/tasks")


@pytest.mark.parametrize("url", ["http://other.test/", "https://other.test/"])
def test_with_the_network_blocked_a_proxy_on_loopback_leads_nowhere(make_fake, url):
    proxies = {"https": "http://127.0.0.1:9", "http": "http://127.0.0.1:9"}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies))

    with (
        make_fake(block_network=True),
        pytest.raises(NetworkBlocked, match=r"refused to reach other\.test"),
    ):
        opener.open(url)


def test_what_was_replaced_is_put_back(make_fake):
    spots = [
        (http.client.HTTPConnection, "putrequest"),
        (http.client.HTTPConnection, "connect"),
        (http.client.HTTPConnection, "set_tunnel"),
        (http.client.HTTPSConnection, "connect"),
        (http.client.HTTPResponse, "begin"),
    ]
    before = [vars(owner)[name] for owner, name in spots]

    with contextlib.suppress(ZeroDivisionError), make_fake():
        during = [vars(owner)[name] for owner, name in spots]
        raise ZeroDivisionError

    assert [vars(owner)[name] for owner, name in spots] == before
    assert not any(one is other for one, other in zip(before, during, strict=True))
