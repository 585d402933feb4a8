"""The fake as a real server."""

from __future__ import annotations

import asyncio
import http.client
import socket
import ssl
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aiohttp
import httpx
import pytest
import requests

import scaleapi


@pytest.fixture(params=[False, True], ids=["http", "https"])
def server(request, scale):
    with scale.serve(tls=request.param) as server:
        yield server


@pytest.fixture
def get(server, key):
    def call(path, **kwargs):
        return requests.get(
            f"{server.url}{path}", auth=key, verify=server.ca_file or True, timeout=10, **kwargs
        )

    return call


def descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


def test_it_is_found_at_its_url(server, get):
    assert server.url.startswith(("http://127.0.0.1:", "https://127.0.0.1:"))
    assert get("/v1/tasks").json()["docs"] == []


def test_our_own_client_speaks_to_it(scale, server):
    client = scaleapi.ScaleClient(
        "live_fake",
        api_instance_url=f"{server.url}/v1",
        verify=server.ca_file or True,
    )

    client.create_project("cows", "categorization")

    assert [project.name for project in scale.projects] == ["cows"]


def test_aiohttp_speaks_to_it_while_the_fake_is_active(make_scale, key):
    scale = make_scale(block_network=True)

    async def main(url):
        headers = {"Authorization": requests.auth._basic_auth_str(*key)}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.get(f"{url}/v1/tasks") as response,
        ):
            return await response.json()

    with scale, scale.serve() as server:
        answer = asyncio.run(main(server.url))

    assert answer["docs"] == []


def test_tls_works_while_the_fake_is_active(scale, key):
    async def in_asyncio(url, context):
        async with httpx.AsyncClient(verify=context, auth=key) as client:
            return (await client.get(f"{url}/v1/tasks")).status_code

    with scale, scale.serve(tls=True) as server:
        plain = requests.get(
            f"{server.url}/v1/tasks", auth=key, verify=server.ca_file, timeout=10
        ).status_code
        context = ssl.create_default_context(cafile=server.ca_file)
        awaited = asyncio.run(in_asyncio(server.url, context))

    assert (plain, awaited) == (200, 200)


def test_a_connection_stays_open_between_calls(scale, server, key):
    with requests.Session() as session:
        for _ in range(3):
            session.get(f"{server.url}/v1/tasks", auth=key, verify=server.ca_file or True)
        pools = session.get_adapter(server.url).poolmanager.pools
        (pool,) = map(pools.get, pools.keys())

    assert (pool.num_connections, pool.num_requests) == (1, 3)


def test_it_answers_whatever_host_is_addressed(scale, server, get):
    get("/v1/tasks", headers={"Host": "api.scale.com"})

    assert scale.requests.last.status == 200


def test_a_chunked_body_arrives_whole(scale, server, key):
    parts = (part for part in (b'{"name": "cows", ', b'"type": "categorization"}'))

    requests.post(
        f"{server.url}/v1/projects",
        data=parts,
        headers={"Content-Type": "application/json"},
        auth=key,
        verify=server.ca_file or True,
        timeout=10,
    )

    assert [project.name for project in scale.projects] == ["cows"]


@pytest.mark.parametrize("fault", ["disconnect", "connect_timeout"])
def test_a_fault_that_breaks_the_connection_closes_the_socket(scale, get, fault):
    scale.faults.add(**{fault: True}, times=1)

    with pytest.raises(requests.ConnectionError, match=r"Remote end closed|EOF occurred"):
        get("/v1/tasks")

    assert get("/v1/tasks").status_code == 200


def test_a_timeout_closes_the_socket_after_60_virtual_seconds(scale, get):
    began = scale.clock.now()
    scale.faults.add(timeout=True, times=1)

    with pytest.raises(requests.ConnectionError):
        get("/v1/tasks")

    assert (scale.clock.now() - began).total_seconds() == 60


def test_a_truncated_body_ends_early(scale, get):
    scale.faults.add(truncate=True, times=1)

    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        get("/v1/tasks")


def test_many_threads_are_answered_at_once(scale, get):
    with ThreadPoolExecutor(16) as pool:
        statuses = set(pool.map(lambda _: get("/v1/tasks").status_code, range(64)))

    assert statuses == {200}
    assert len(scale.requests) == 64


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_threads_sockets_and_files_end_with_it(scale, key, tls):
    with scale.serve(tls=tls):
        pass
    threads, open_before = threading.active_count(), descriptors()

    with scale.serve(tls=tls) as server:
        idle = requests.Session()
        idle.get(f"{server.url}/v1/tasks", auth=key, verify=server.ca_file or True)
        silent = socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])))
        time.sleep(0.01)
    left_open = silent.recv(1)
    silent.close()
    idle.close()

    assert left_open == b""
    assert threading.active_count() == threads
    assert descriptors() == open_before
    assert server.ca_file is None or not Path(server.ca_file).parent.exists()


def test_it_ends_without_waiting_for_an_idle_client(scale, key):
    with requests.Session() as session:
        with scale.serve() as server:
            session.get(f"{server.url}/v1/tasks", auth=key)
            began = time.perf_counter()
        took = time.perf_counter() - began

    assert took < 2


def test_it_starts_again_on_the_same_port(scale, key):
    with scale.serve() as server:
        port = int(server.url.rpartition(":")[2])
        requests.get(f"{server.url}/v1/tasks", auth=key, timeout=10)

    with scale.serve(port=port) as again:
        assert requests.get(f"{again.url}/v1/tasks", auth=key, timeout=10).status_code == 200


def test_a_port_in_use_is_named_with_what_would_be_right(scale):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(OSError, match="cannot serve") as caught, scale.serve(port=port):
            pass

    assert caught.value.strerror == (
        f"cannot serve on 127.0.0.1:{port}: Address already in use; port=0 takes a free port"
    )


@pytest.mark.parametrize(
    ("host", "named"), [("::1", "http://[::1]:"), ("localhost", "http://localhost:")]
)
def test_other_addresses_are_named_as_a_client_reaches_them(scale, key, host, named):
    with scale.serve(host=host) as server:
        assert server.url.startswith(named)
        assert requests.get(f"{server.url}/v1/tasks", auth=key, timeout=10).status_code == 200


def test_a_slow_handshake_holds_up_nobody(scale, key):
    with scale.serve(tls=True) as server:
        port = int(server.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)):
            response = requests.get(
                f"{server.url}/v1/tasks", auth=key, verify=server.ca_file, timeout=10
            )

    assert response.status_code == 200


def test_a_client_that_does_not_trust_it_is_refused_by_itself(scale, capfd):
    with scale.serve(tls=True) as server:
        port = int(server.url.rpartition(":")[2])
        connection = http.client.HTTPSConnection(
            "127.0.0.1", port, context=ssl.create_default_context()
        )
        with pytest.raises(ssl.SSLCertVerificationError):
            connection.request("GET", "/v1/tasks")

    assert capfd.readouterr() == ("", "")


def test_it_writes_nothing(get, capfd):
    get("/v1/tasks")
    get("/nowhere")

    assert capfd.readouterr() == ("", "")


def exchange(server, sent):
    """What comes back on a bare socket, until the server closes it."""
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        sock.sendall(sent)
        sock.shutdown(socket.SHUT_WR)
        received = b""
        while part := sock.recv(65536):
            received += part
    return received


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: many\r\n",
        b"Content-Length: -5\r\n",
        b"Transfer-Encoding: chunked\r\n",
    ],
)
def test_a_body_of_unknown_length_is_a_bad_request(scale, head):
    with scale.serve() as server:
        answer = exchange(server, b"POST /v1/tasks HTTP/1.1\r\nHost: x\r\n" + head + b"\r\nzz\r\n")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert len(scale.requests) == 0


def test_a_call_that_breaks_off_never_happened(scale):
    with scale.serve() as server:
        answer = exchange(
            server, b"POST /v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
        )

    assert answer == b""
    assert len(scale.requests) == 0


def test_an_old_client_is_answered_and_the_connection_closed(scale):
    with scale.serve() as server:
        answer = exchange(server, b"GET /v1/tasks HTTP/1.0\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"Connection: close\r\n" in answer


def test_a_url_in_full_is_understood(scale):
    with scale.serve() as server:
        exchange(server, b"GET http://api.scale.com/v1/tasks?limit=1 HTTP/1.1\r\nHost: x\r\n\r\n")

    assert scale.requests.last.path == "/v1/tasks"
    assert scale.requests.last.query == {"limit": "1"}


def test_two_calls_sent_at_once_are_answered_in_order(scale):
    call = b"GET /v1/%s HTTP/1.1\r\nHost: x\r\n\r\n"
    with scale.serve() as server:
        exchange(server, call % b"first" + call % b"second")

    assert [request.path for request in scale.requests] == ["/v1/first", "/v1/second"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("package", "tls", "message"),
    [
        ("uvicorn", False, "scale.serve() needs the package uvicorn"),
        ("httptools", False, "scale.serve() needs the package httptools"),
        ("starlette", False, "scale.serve() needs the package starlette"),
        ("trustme", True, "scale.serve(tls=True) needs the package trustme"),
    ],
)
def test_a_missing_package_is_named_with_its_extra(package, tls, message):
    script = f"""
import sys
sys.modules[{package!r}] = None
from scaleapi_testing import FakeScale
try:
    with FakeScale().serve(tls={tls}):
        pass
except ImportError as error:
    print(error)
"""
    command = [sys.executable, "-c", script]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout == f"{message}: pip install 'scaleapi-testing[server]'\n"


def test_tls_may_be_given_by_position(scale):
    with scale.serve("127.0.0.1", 0, True) as server:
        assert server.url.startswith("https://")


@pytest.mark.slow
def test_it_answers_under_gevent_too():
    pytest.importorskip("gevent")
    program = (
        "from gevent import monkey; monkey.patch_all()\n"
        "import requests\n"
        "from scaleapi_testing import FakeScale\n"
        "with FakeScale().serve() as server:\n"
        "    url = server.url + '/v1/tasks'\n"
        "    print(requests.get(url, auth=('live_x', ''), timeout=10).status_code)\n"
    )
    command = [sys.executable, "-c", program]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert (done.stdout, done.returncode) == ("200\n", 0)
