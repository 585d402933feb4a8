"""What nothing may reach while a fake is active, and what the refusal says."""

from __future__ import annotations

import asyncio
import http.client
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import httpx
import pytest
import requests
import urllib3

from scaleapi_testing import FakeScaleError, NetworkBlocked

URL = "https://api.scale.com/v1/tasks"


def line():
    """The number of the next line of the caller."""
    import sys

    return sys._getframe(1).f_lineno + 1


def test_another_port_is_refused_in_words_that_help(fake):
    here = line()
    with pytest.raises(NetworkBlocked) as caught:
        httpx.get("https://api.scale.com:8443/v1/tasks")

    assert caught.value.host == "api.scale.com"
    assert caught.value.call_site == f"tests/intercept/test_network_guard.py:{here + 1}"
    assert str(caught.value) == (
        f"refused to reach api.scale.com at {caught.value.call_site}: it is a host of an active "
        "FakeScale, which answers calls to https://api.scale.com and https://api.scaleapi.com in "
        "this process, and this call has another scheme or port, or comes by a library that has "
        "no door. Let such a client speak to scale_server (or scale.serve()), or give httpx "
        "scale.httpx_transport()"
    )


def test_the_error_is_the_fakes_own_and_no_connection_error():
    assert issubclass(NetworkBlocked, FakeScaleError)
    assert not issubclass(NetworkBlocked, OSError)
    assert NetworkBlocked.__module__ == "scaleapi_testing"


def test_another_scheme_is_refused_in_asyncio(fake):
    async def main():
        async with httpx.AsyncClient() as client:
            await client.get("http://api.scale.com/v1/tasks")

    with pytest.raises(NetworkBlocked, match=r"scale_server.*scale\.httpx_transport\(\)"):
        asyncio.run(main())


def test_another_port_is_refused_to_aiohttp(fake):
    async def main():
        url = "https://api.scale.com:8443/v1/tasks"
        async with aiohttp.ClientSession() as session, session.get(url):
            pass

    with pytest.raises(NetworkBlocked, match="scale_server"):
        asyncio.run(main())


def test_another_port_is_refused_to_http_client(fake):
    connection = http.client.HTTPSConnection("api.scale.com", 8443)

    with pytest.raises(NetworkBlocked):
        connection.request("GET", "/v1/tasks")


@pytest.mark.parametrize(
    "look_up",
    [
        lambda: socket.getaddrinfo("api.scale.com", 443),
        lambda: socket.getaddrinfo(b"API.scale.com.", 443),
        lambda: socket.gethostbyname("api.scale.com"),
        lambda: socket.gethostbyname_ex("api.scale.com"),
        lambda: socket.create_connection(("api.scale.com", 443)),
        lambda: asyncio.run(asyncio.open_connection("api.scale.com", 443)),
    ],
    ids=["getaddrinfo", "bytes", "gethostbyname", "gethostbyname_ex", "connect", "asyncio"],
)
def test_every_look_up_is_refused(fake, look_up):
    with pytest.raises(NetworkBlocked):
        look_up()


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_a_socket_that_is_given_the_name_is_refused(fake, method):
    with socket.socket() as sock, pytest.raises(NetworkBlocked):
        getattr(sock, method)(("api.scale.com", 443))


def test_a_look_up_in_a_worker_thread_is_refused(fake):
    with ThreadPoolExecutor(1) as pool:
        error = pool.submit(socket.getaddrinfo, "api.scale.com", 443).exception()

    assert isinstance(error, NetworkBlocked)
    assert str(error).startswith("refused to reach api.scale.com in thread 'ThreadPoolExecutor-")
    assert error.call_site == ""


def test_tls_for_the_host_is_refused_whoever_found_its_address(fake):
    context = ssl.create_default_context()
    ours, theirs = socket.socketpair()

    with ours, theirs, pytest.raises(NetworkBlocked):
        context.wrap_socket(ours, server_hostname="api.scale.com")
    with pytest.raises(NetworkBlocked):
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), False, "api.scale.com")


def test_a_fake_on_loopback_hinders_no_socket(make_fake):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with make_fake("local", (f"http://127.0.0.1:{port}", f"http://localhost:{port}")):
            socket.create_connection(("127.0.0.1", port)).close()
            answered = requests.get(f"http://localhost:{port}/v1").json()["fake"]

    assert answered == "local"


def test_other_hosts_are_left_alone(fake):
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("no-such-host.invalid", 443)


def test_datagrams_to_other_hosts_are_left_alone(fake):
    with (
        socket.socket(type=socket.SOCK_DGRAM) as receiving,
        socket.socket(type=socket.SOCK_DGRAM) as sending,
    ):
        receiving.bind(("127.0.0.1", 0))
        sending.sendto(b"hello", receiving.getsockname())

        assert receiving.recv(5) == b"hello"


def test_look_ups_of_other_hosts_in_asyncio_are_left_alone(fake):
    async def main():
        return await asyncio.get_running_loop().getaddrinfo("localhost", 80)

    assert asyncio.run(main())


def test_nothing_is_refused_when_no_fake_is_active(make_fake):
    with make_fake("local", ("http://scale.invalid",)):
        pass

    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("scale.invalid", 80)


@pytest.mark.parametrize(
    "call",
    [
        lambda: requests.get("https://other.test/"),
        lambda: urllib3.PoolManager().request("GET", "https://other.test/"),
        lambda: httpx.get("https://other.test/"),
        lambda: socket.create_connection(("other.test", 80)),
        lambda: socket.gethostbyname("other.test"),
    ],
    ids=["requests", "urllib3", "httpx", "socket", "gethostbyname"],
)
def test_with_the_network_blocked_other_hosts_are_refused_once(make_fake, call):
    with make_fake(block_network=True), pytest.raises(NetworkBlocked) as caught:
        call()

    assert str(caught.value) == (
        f"refused to reach other.test at {caught.value.call_site}: "
        "FakeScale(block_network=True) lets nothing out but loopback. Stub the host on "
        "scale.other_hosts, or leave block_network out"
    )
    assert caught.value.call_site.startswith("tests/intercept/test_network_guard.py:")


def test_with_the_network_blocked_addresses_are_refused(make_fake):
    with make_fake(block_network=True):
        with socket.socket() as sock, pytest.raises(NetworkBlocked, match=r"192\.0\.2\.1"):
            sock.connect(("192.0.2.1", 80))
        with (
            socket.socket(type=socket.SOCK_DGRAM) as sock,
            pytest.raises(NetworkBlocked, match=r"192\.0\.2\.1"),
        ):
            sock.sendto(b"", ("192.0.2.1", 53))


def test_with_the_network_blocked_a_proxy_on_loopback_leads_nowhere(make_fake):
    with (
        make_fake(block_network=True),
        urllib3.ProxyManager("http://127.0.0.1:3128") as manager,
    ):
        with pytest.raises(NetworkBlocked, match=r"refused to reach other\.test"):
            manager.request("GET", "https://other.test/")
        with pytest.raises(NetworkBlocked, match=r"refused to reach plain\.test"):
            manager.request("GET", "http://plain.test/")


def test_with_the_network_blocked_loopback_is_open(make_fake):
    with make_fake(block_network=True), socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, port)).close()


def test_with_the_network_blocked_the_fake_answers(make_fake):
    with make_fake(block_network=True):
        assert requests.get(URL).json()["fake"] == "fake"


def test_the_network_is_blocked_for_the_threads_own_fake_alone(make_fake):
    def look_up():
        with make_fake("open", ("http://open.test",)):
            socket.getaddrinfo("no-such-host.invalid", 80)

    with make_fake(block_network=True), ThreadPoolExecutor(1) as pool:
        error = pool.submit(look_up).exception()

    assert isinstance(error, socket.gaierror)


def test_the_network_is_blocked_in_threads_that_started_no_fake(make_fake):
    seen = []

    def look_up():
        with pytest.raises(NetworkBlocked) as caught:
            socket.getaddrinfo("other.test", 80)
        seen.append(caught.value.host)

    with make_fake(block_network=True):
        thread = threading.Thread(target=look_up)
        thread.start()
        thread.join()

    assert seen == ["other.test"]


def test_unix_sockets_are_left_alone(make_fake, tmp_path):
    path = str(tmp_path / "s")
    with (
        make_fake(block_network=True),
        socket.socket(socket.AF_UNIX) as listening,
        socket.socket(socket.AF_UNIX) as sock,
    ):
        listening.bind(path)
        listening.listen()
        sock.connect(path)
