"""`serve --state` as a person meets it: what was answered is there again."""

from __future__ import annotations

import re
import signal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import requests

_spec = spec_from_file_location("test_serve", Path(__file__).with_name("test_serve.py"))
commands = module_from_spec(_spec)
_spec.loader.exec_module(commands)

KEY = ("live_demo", "")
TASK = commands.TASK


@pytest.fixture
def state(tmp_path):
    return str(tmp_path / "fake.db")


def create(url, **fields):
    return requests.post(
        f"{url}/v1/task/categorization", json={**TASK, **fields}, auth=KEY, timeout=10
    ).json()


def get(url, path):
    answer = requests.get(f"{url}{path}", auth=KEY, timeout=10)
    return answer.status_code, answer.content


def control(url, path, **arguments):
    answer = requests.post(f"{url}/_fake{path}", json=arguments, timeout=10)
    return answer.status_code, answer.json()


def test_what_was_answered_before_a_kill_is_there_after_it(state):
    with commands.serving(
        "--state", state, "--speed", "0", "--project", "cows:categorization"
    ) as served:
        tasks = [create(served.url, project="cows")["task_id"] for _ in range(3)]
        assert control(served.url, "/complete", task=tasks[0])[0] == 200
        before = [get(served.url, path) for path in ("/v1/tasks", "/_fake/dump")]
        served.process.send_signal(signal.SIGKILL)
        served.process.wait(10)

    with commands.serving("--state", state, "--speed", "0") as served:
        after = [get(served.url, path) for path in ("/v1/tasks", "/_fake/dump")]
        code, _ = served.end()

    assert [status for status, _ in before] == [200, 200]
    assert after[0] == before[0]
    assert _without_port(after[1]) == _without_port(before[1])
    assert code == 0


def _without_port(answer):
    return answer[0], re.sub(rb"127\.0\.0\.1:\d+", b"127.0.0.1", answer[1])


@pytest.mark.slow
def test_worlds_are_there_after_a_clean_end(state):
    with commands.serving("--state", state) as served:
        made = control(served.url, "/worlds", name="ci-1", seed=3, projects=["cows"], speed=0)
        unnamed = control(served.url, "/worlds")
        forked = control(f"{served.url}/w/ci-1", "/fork", name="copy")
        control(served.url, "/worlds", name="gone")
        requests.delete(f"{served.url}/_fake/worlds/gone", timeout=10)
        taken = control(served.url, "/worlds", name="ci-1")
        create(f"{served.url}/w/ci-1")
        before = get(f"{served.url}/w/ci-1", "/v1/tasks")
        code, _ = served.end()

    with commands.serving("--state", state) as served:
        after = get(f"{served.url}/w/ci-1", "/v1/tasks")
        names = requests.get(f"{served.url}/_fake/worlds", timeout=10).json()["items"]
        projects = [
            get(f"{served.url}/w/{name}", "/v1/projects/cows")[0] for name in ("ci-1", "copy")
        ]
        gone = get(f"{served.url}/w/gone", "/v1/tasks")

    assert [status for status, _ in (made, unnamed, forked, taken)] == [200, 200, 200, 409]
    assert code == 0
    assert after == before
    assert [world["name"] for world in names] == ["default", "ci-1", "w1", "copy"]
    assert projects == [200, 200]
    assert gone[0] == 404


@pytest.mark.slow
def test_a_second_server_on_the_same_file_is_refused_in_one_line(state):
    with commands.serving("--state", state):
        code, complaint = commands.refused("--port", "0", "--state", state)

    assert code == 1
    assert complaint.count("\n") == 1
    assert "fake.db" in complaint


@pytest.mark.slow
def test_options_of_another_beginning_are_refused(state):
    assert commands.refused("--state", state, "--checkpoint", "--seed", "5") == (0, "")

    code, complaint = commands.refused("--port", "0", "--state", state, "--seed", "7")

    assert (code, complaint) == (
        1,
        "the state began with --seed 5, not with --seed 7; leave it out, or keep another state\n",
    )
