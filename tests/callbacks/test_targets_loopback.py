"""Callbacks sent over HTTP to an address on this machine, and to no other."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from scaleapi_testing import FakeScale, certify_callback_handler
from scaleapi_testing._callbacks.targets import as_target


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


def test_the_callbacks_own_path_is_appended_to_the_address(fake, server, deliver):
    url = "https://hooks.example.net/scale/%C3%BC?team=3&q=a%20b"

    sent = deliver(f"http://127.0.0.1:{server.server_port}/prefix/", url)

    (path, headers, body), *others = server.received
    assert ([attempt.status for attempt in sent.attempts], sent.answer) == ([202], b"noted")
    assert others == []
    assert path == "/prefix/scale/%C3%BC?team=3&q=a%20b"
    assert headers["scale-callback-auth"] == fake.callback_auth_key
    assert headers["Content-Type"] == sent.headers["Content-Type"]
    assert body == sent.body


def test_a_path_and_query_that_are_not_encoded_are_sent_encoded(server):
    address = f"http://127.0.0.1:{server.server_port}"

    certify_callback_handler(address, "secret", path="/scale/ü?team=3&q=a b")

    assert {path for path, _, _ in server.received} == {"/scale/%C3%BC?team=3&q=a%20b"}


def test_the_repr_of_an_address_target_names_the_address():
    assert (
        repr(as_target("http://127.0.0.1:8000/hooks")) == "<Loopback http://127.0.0.1:8000/hooks>"
    )


def test_localhost_is_this_machine(server, deliver):
    assert deliver(f"http://localhost:{server.server_port}").attempts[0].status == 202


def test_an_https_address_on_this_machine_may_sign_for_itself(deliver):
    with serving(secure=True) as server:
        sent = deliver(f"https://127.0.0.1:{server.server_port}")

    assert sent.attempts[0].status == 202


def test_redirects_are_not_followed(server, deliver):
    server.status = 307

    sent = deliver(f"http://127.0.0.1:{server.server_port}")

    assert ([attempt.status for attempt in sent.attempts], len(server.received)) == ([307], 1)


def test_an_address_where_nobody_listens_gives_no_status_and_says_why(deliver):
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"

    sent = deliver(address)
    report = certify_callback_handler(address, "secret")

    assert [attempt.status for attempt in sent.attempts] == [None]
    assert report.findings[0].got.startswith(f"no answer: nothing answered at {address}: ")
    assert "refused" in report.findings[0].got


class Closing(BaseRequestHandler):
    """Accepts, and says nothing."""


def test_a_connection_closed_without_an_answer_gives_no_status_and_says_why(deliver):
    with ThreadingTCPServer(("127.0.0.1", 0), Closing) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.005,))
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}"

        sent = deliver(address)
        report = certify_callback_handler(address, "secret")

        server.shutdown()
        thread.join()

    assert [attempt.status for attempt in sent.attempts] == [None]
    assert report.findings[0].got.startswith("no answer: nothing answered")


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
def test_an_address_that_is_not_on_this_machine_is_refused_at_once(fake, url, why):
    with pytest.raises(
        ValueError, match=r"cannot deliver to .*expected an address such as"
    ) as told:
        fake.callbacks.deliver_to(url)

    assert why in str(told.value)


@given(st.ip_addresses(v=4) | st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_a_host_is_this_machine_only_in_net_127(address):
    assert is_this_machine(address) == (address.packed[0] == 127)


def test_the_ip_version_6_loopback_is_this_machine():
    assert is_this_machine("[::1]")
    assert not is_this_machine("[::2]")


def is_this_machine(host):
    """Whether callbacks may be delivered there."""
    try:
        FakeScale().callbacks.deliver_to(f"http://{host}")
    except ValueError as refusal:
        return " is not this machine, and no callback leaves it" not in str(refusal)
    return True
