"""Many isolated fakes in one server."""

import time
from concurrent.futures import ThreadPoolExecutor
from socket import create_connection
from urllib.parse import urlsplit

import pytest
import requests

from scaleapi_testing import FakeScale, RemoteFake
from tests.held_state import held_elsewhere


def test_a_world_answers_at_its_own_address(scale, control):
    made = control("POST", "/worlds", {"name": "ci-7", "projects": ["cows"]}).json()

    there = requests.get(f"{made['v1']}/projects", auth=("live_a", ""), timeout=10).json()

    assert made["url"].endswith("/w/ci-7")
    assert [project["name"] for project in there] == ["cows"]
    assert len(scale.requests) == 0
    assert control("GET", "/requests", below="/w/ci-7").json()["total"] == 1


def test_a_world_takes_what_a_fake_takes(control):
    made = control(
        "POST",
        "/worlds",
        {"seed": 7, "start_time": "2026-03-02T12:00:00Z", "turnaround": "2h", "strict": True},
    ).json()

    assert (made["seed"], made["now"], made["speed"]) == (7, "2026-03-02T12:00:00+00:00", 0)
    about = control("GET", "/about", below=f"/w/{made['name']}").json()
    assert about["strict"] is True


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ({"name": "A"}, 422, "1 to 40 of the letters a-z"),
        ({"name": "x" * 41}, 422, "1 to 40 of the letters a-z"),
        ({"name": ""}, 422, "1 to 40 of the letters a-z"),
        ({"name": "default"}, 409, "there is a world 'default'"),
        ({"ttl": 0}, 422, "real seconds above 0"),
        ({"speed": -1}, 422, "how many virtual seconds"),
        ({"seed": "x"}, 422, "seed must be a whole number"),
        ({"sed": 1}, 422, "did you mean 'seed'?"),
        ({"turnaround": "-2h"}, 422, "a policy"),
        ({"start_time": "2026-03-02T12:00:00"}, 422, "has no time zone"),
        ({"api_keys": "live_a"}, 422, "api_keys takes several keys"),
    ],
)
def test_a_world_that_cannot_be_is_refused(control, arguments, status, message):
    refused = control("POST", "/worlds", arguments)

    assert refused.status_code == status
    assert message in refused.json()["error"]["message"]


def test_an_ended_world_is_gone(control):
    control("POST", "/worlds", {"name": "gone"})
    ended = control("DELETE", "/worlds/gone")

    assert ended.status_code == 200
    assert control("GET", "/tasks", below="/w/gone").status_code == 404
    assert control("DELETE", "/worlds/gone").status_code == 404


def test_a_world_that_nobody_calls_ends(control, scale_server):
    control("POST", "/worlds", {"name": "short", "ttl": 0.05})
    time.sleep(0.1)

    answer = requests.get(f"{scale_server.url}/w/short/v1/tasks", auth=("live_a", ""), timeout=10)

    assert (answer.status_code, answer.json()["error"]) == (404, "no world 'short' on this server")


def test_a_copy_of_a_world_goes_its_own_way(control, make_task):
    make_task()
    copy = control("POST", "/fork", {"name": "copy"}).json()
    make_task()

    assert copy["tasks"] == 1
    assert control("GET", "/tasks", below="/w/copy").json()["total"] == 1
    assert control("GET", "/tasks").json()["total"] == 2


@pytest.mark.parametrize(
    ("path", "below"), [("/health", ""), ("/metrics", ""), ("/tasks", "/w/other")]
)
def test_a_world_whose_state_a_thread_has_keeps_nobody_else_waiting(
    scale, control, scale_server, path, below
):
    """Its time runs, so that any call to it wants to look at its state."""
    control("POST", "/clock/speed", {"speed": 1})
    control("POST", "/worlds", {"name": "other"})
    address = urlsplit(scale_server.url)
    with create_connection((address.hostname, address.port)) as own:
        own.settimeout(10)
        with held_elsewhere(scale):
            own.sendall(
                f"GET /v1/tasks HTTP/1.1\r\nHost: {address.netloc}\r\n"
                "Authorization: Basic bGl2ZV9mYWtlOg==\r\n\r\n".encode()
            )
            answered = control("GET", path, below=below)
        begin_of_its_own = own.recv(15)

    assert answered.status_code == 200
    assert begin_of_its_own == b"HTTP/1.1 200 OK"


def test_the_time_of_a_world_runs_at_its_speed(control):
    control("POST", "/worlds", {"name": "quick", "speed": 3600})
    before = control("GET", "/clock", below="/w/quick").json()["ms"]
    time.sleep(0.05)

    after = control("GET", "/clock", below="/w/quick").json()["ms"]
    control("POST", "/clock/speed", {"speed": 0}, below="/w/quick")
    stopped = [control("GET", "/clock", below="/w/quick").json()["ms"] for _ in range(2)]

    assert after - before >= 150_000
    assert stopped[0] == stopped[1]


@pytest.mark.slow
def test_a_thousand_worlds_live_side_by_side():
    with FakeScale().serve() as server:
        remote = RemoteFake(server.url)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: remote._wire.control("worlds.create"), range(1000)))

        with RemoteFake(server.url, world="w1000") as last:
            requests.get("https://api.scale.com/v1/tasks", auth=("live_a", ""), timeout=10)
            calls = len(last.requests)
        remote.close()

    assert calls == 1
