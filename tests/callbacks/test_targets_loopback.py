"""Callbacks sent over HTTP to an address on this machine, and to no other."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from scaleapi_testing._callbacks.loopback import is_loopback
from scaleapi_testing._callbacks.targets import CallbackRequest, as_target

REQUEST = CallbackRequest.of(
    "https://hooks.example.net/scale/ü?team=3&q=a b",
    {"Content-Type": "application/json", "scale-callback-auth": "secret"},
    b'{"status":"completed"}',
)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()
        self.wfile.write(b"noted")

    def log_message(self, *arguments):
        pass


@contextmanager
def serving(secure=False):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.received = []
    server.status = 202
    if secure:
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.005,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server():
    with serving() as server:
        yield server


def test_the_callbacks_own_path_is_appended_to_the_address(server):
    answer = as_target(f"http://127.0.0.1:{server.server_port}/prefix/")(REQUEST)

    (path, headers, body), *others = server.received
    assert (answer.status, answer.body, others) == (202, b"noted", [])
    assert path == "/prefix/scale/%C3%BC?team=3&q=a%20b"
    assert headers["scale-callback-auth"] == "secret"
    assert headers["Content-Type"] == "application/json"
    assert body == REQUEST.body


def test_the_repr_of_an_address_target_names_the_address():
    assert (
        repr(as_target("http://127.0.0.1:8000/hooks")) == "<Loopback http://127.0.0.1:8000/hooks>"
    )


def test_localhost_is_this_machine(server):
    assert as_target(f"http://localhost:{server.server_port}")(REQUEST).status == 202


def test_an_https_address_on_this_machine_may_sign_for_itself():
    with serving(secure=True) as server:
        answer = as_target(f"https://127.0.0.1:{server.server_port}")(REQUEST)

    assert answer.status == 202


def test_redirects_are_not_followed(server):
    server.status = 307

    answer = as_target(f"http://127.0.0.1:{server.server_port}")(REQUEST)

    assert (answer.status, len(server.received)) == (307, 1)


def test_an_address_where_nobody_listens_gives_no_status_and_says_why():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    answer = as_target(f"http://127.0.0.1:{port}")(REQUEST)

    assert (answer.status, answer.raised) == (None, None)
    assert f"nothing answered at http://127.0.0.1:{port}: " in answer.why
    assert "refused" in answer.why


def close_the_next_connection(listener):
    listener.accept()[0].close()


def test_a_connection_closed_without_an_answer_gives_no_status_and_says_why():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closing = threading.Thread(target=close_the_next_connection, args=(listener,))
        closing.start()
        answer = as_target(f"http://127.0.0.1:{listener.getsockname()[1]}")(REQUEST)
        closing.join()

    assert answer.status is None
    assert "nothing answered" in answer.why


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://hooks.example.net", "hooks.example.net is not this machine"),
        ("http://10.0.0.1:8000", "10.0.0.1 is not this machine"),
        ("http://127.0.0.1.example.net", "127.0.0.1.example.net is not this machine"),
        ("http://localhost.example.net", "localhost.example.net is not this machine"),
        ("http://0.0.0.0:80", "0.0.0.0 is not this machine"),
        ("http://127.0.0.1@example.net", "example.net is not this machine"),
        ("ftp://127.0.0.1", "no http"),
        ("127.0.0.1:8000", "no http"),
        ("http://", "no http"),
        ("", "no http"),
        ("http://127.0.0.1:99999", "out of range"),
        ("http://[::1", "Invalid IPv6"),
        ("http://127.0.0.1/hook?a=1", "no query"),
        ("http://127.0.0.1/hook#a", "no fragment"),
    ],
)
def test_an_address_that_is_not_on_this_machine_is_refused_at_once(url, why):
    with pytest.raises(
        ValueError, match=r"cannot deliver to .*expected an address such as"
    ) as told:
        as_target(url)

    assert why in str(told.value)


@given(st.ip_addresses(v=4))
def test_a_host_is_this_machine_only_in_net_127(address):
    assert is_loopback(str(address)) == (address.packed[0] == 127)


def test_the_ip_version_6_loopback_is_this_machine():
    assert is_loopback("::1")
    assert not is_loopback("::2")
