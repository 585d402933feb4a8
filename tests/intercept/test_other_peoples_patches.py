"""A fake starts whole or not at all, whoever replaced the sockets before it.

Each runs in a process of its own, for what it patches is the whole process.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from scaleapi_testing._intercept import active, urllib3_door

BODY = """
import http.client, socket
import requests, urllib3
from scaleapi_testing import FakeScale, NetworkBlocked

KEY = {"Authorization": "Bearer live_fake"}

def refused(call):
    try:
        call()
    except NetworkBlocked as error:
        assert error.host == "api.scale.com", error
        return
    raise AssertionError("it got out")

with FakeScale() as scale:
    assert requests.get("https://api.scale.com/v1/tasks", headers=KEY).json()["total"] == 0
    pool = urllib3.PoolManager()
    assert pool.request("GET", "https://api.scale.com/v1/tasks", headers=KEY).status == 200
    connection = http.client.HTTPConnection("api.scale.com")
    refused(lambda: connection.request("GET", "/v1/tasks"))
    refused(lambda: socket.getaddrinfo("api.scale.com", 443))
    try:
        with scale.serve() as server:
            assert requests.get(f"{server.url}/v1/tasks", headers=KEY).json()["total"] == 0
    except RuntimeError as error:
        assert not isinstance(socket.socket, type)
        assert str(error).startswith("scale.serve() needs the sockets of Python"), error
assert not hasattr(requests.Session, "_scaleapi_interception")
print("answered")
"""

PATCHED_BEFORE = {
    "gevent": "import gevent.monkey; gevent.monkey.patch_all()",
    "eventlet": "import eventlet; eventlet.monkey_patch()",
    "socket.socket": "import socket\nclass Own(socket.socket): pass\nsocket.socket = Own",
    "a function": "import socket, ssl\ngenuine = socket.socket\n"
    "socket.socket = lambda *args, **kwargs: genuine(*args, **kwargs)",
    "getaddrinfo": "import socket\nsocket.getaddrinfo = lambda host, port, *_, **__: "
    "[(socket.AF_INET, socket.SOCK_STREAM, 6, '', ('127.0.0.1', port))]",
}


def run(program, *options):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *options, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("patch", PATCHED_BEFORE.values(), ids=PATCHED_BEFORE)
def test_the_fake_answers_whoever_patched_the_sockets_before(patch):
    assert run(f"{patch}\n{BODY}") == "answered\n"


INSIDE = """
import requests
from scaleapi_testing import FakeScale
{setup}

with {block}, FakeScale() as scale:
    answer = requests.get("https://api.scale.com/v1/tasks", auth=("live_fake", ""))
    assert answer.json()["total"] == 0
    assert len(scale.requests) == 1
print("answered")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setup", "block"),
    [
        ("from mocket import Mocketizer", "Mocketizer()"),
        ("import httpretty", "httpretty.enabled()"),
        ("import httpretty", "httpretty.enabled(allow_net_connect=False)"),
    ],
)
def test_the_fake_answers_inside_of_a_mock_of_the_sockets(setup, block):
    assert run(INSIDE.format(setup=setup, block=block)) == "answered\n"


BOUND_BEFORE = """
import socket
connect, getaddrinfo, sendmsg = socket.socket.connect, socket.getaddrinfo, socket.socket.sendmsg
from scaleapi_testing import FakeScale, NetworkBlocked

def refused(call):
    try:
        call()
    except NetworkBlocked as error:
        print("refused", error.host, error.call_site)

with FakeScale(block_network=True):
    refused(lambda: connect(socket.socket(), ("192.0.2.1", 80)))
    refused(lambda: socket.socket(type=socket.SOCK_DGRAM).sendmsg([b"x"], [], 0, ("192.0.2.1", 53)))
    refused(lambda: getaddrinfo("other.test", 80))
    refused(lambda: getaddrinfo("api。scale.com", 80))
    refused(lambda: getaddrinfo("api.sc\\u00adale.com", 80))
"""


@pytest.mark.slow
def test_what_was_bound_before_the_start_is_guarded(tmp_path):
    program = tmp_path / "bound.py"
    program.write_text(BOUND_BEFORE)

    assert run(f"import runpy; runpy.run_path({str(program)!r})").splitlines() == [
        f"refused 192.0.2.1 {program}:13",
        f"refused 192.0.2.1 {program}:14",
        f"refused other.test {program}:15",
        f"refused api.scale.com {program}:16",
        f"refused api.scale.com {program}:17",
    ]


def test_where_one_door_cannot_open_all_stay_closed(make_fake, monkeypatch):
    def install(interception):
        raise RuntimeError("somebody froze it")

    monkeypatch.setattr(urllib3_door, "install", install)
    with pytest.raises(RuntimeError, match="somebody froze it"):
        active.start(make_fake())

    assert active.activations() == ()
    assert active._installed() is None
