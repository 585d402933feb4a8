"""A server that keeps a log answers over HTTP what the fake answers in process, byte for byte."""

from __future__ import annotations

import contextlib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import requests

from scaleapi_testing._callbacks.targets import TargetAnswer
from scaleapi_testing._commands.executor import Executor
from scaleapi_testing._commands.making import Made
from scaleapi_testing._commands.served import Logged, LoggedWorlds
from scaleapi_testing._log.sqlite_log import SqliteLog
from scaleapi_testing._serve.server import serve

_spec = spec_from_file_location(
    "test_same_answers", Path(__file__).with_name("test_same_answers.py")
)
same = module_from_spec(_spec)
_spec.loader.exec_module(same)


@contextlib.contextmanager
def logged(path, fake):
    """Calls of a server whose first world is like this fake."""
    made = Made(fake._settled)
    executor = Executor(
        SqliteLog(path, lambda: 1_000), lambda: made, target=lambda _: TargetAnswer(200)
    )
    executor.open()
    worlds = LoggedWorlds(executor, lambda _: None)
    try:
        with (
            serve(worlds, executor=Logged(executor, worlds)) as server,
            requests.Session() as session,
        ):

            def call(method, path, json=None, key="live_fake"):
                response = session.request(
                    method, f"{server.url}{path}", auth=(key, ""), json=json, timeout=10
                )
                return response.status_code, response.content, dict(response.headers)

            yield call
    finally:
        executor.close()


def test_status_body_and_headers_are_those_of_the_door_in_process(plain_door, make_scale, tmp_path):
    with plain_door(make_scale()) as call:
        expected = same.told(same.story(call))

    with logged(tmp_path / "fake.db", make_scale()) as call:
        answers = same.told(same.story(call))

    assert answers == expected


def test_they_are_the_same_again_after_a_restart(make_scale, tmp_path):
    reads = ["/v1/tasks", "/v1/projects", "/v2/projects", "/v1/teams", "/_fake/dump"]
    with logged(tmp_path / "fake.db", make_scale()) as call:
        same.story(call)
        call("POST", "/_fake/faults/add", json={"status": 503, "times": 1, "path": "/v1/batches"})
        before = [call("GET", path)[:2] for path in reads]

    with logged(tmp_path / "fake.db", make_scale()) as call:
        after = [call("GET", path)[:2] for path in reads]
        struck = [call("GET", "/v1/batches")[0] for _ in range(2)]

    assert after == before
    assert struck == [503, 200]


@pytest.mark.parametrize("fault", [{"disconnect": True}, {"truncate": True}])
def test_a_fault_that_breaks_the_connection_breaks_it(make_scale, tmp_path, fault):
    with logged(tmp_path / "fake.db", make_scale()) as call:
        call("POST", "/_fake/faults/add", json={**fault, "times": 1, "method": "GET"})

        with pytest.raises(requests.exceptions.RequestException):
            call("GET", "/v1/tasks")

        assert call("GET", "/v1/tasks")[0] == 200


def test_a_world_that_has_ended_is_a_404(make_scale, tmp_path):
    with logged(tmp_path / "fake.db", make_scale()) as call:
        call("POST", "/_fake/worlds", json={"name": "ci-1"})
        there = call("GET", "/w/ci-1/v1/tasks")[0]
        call("DELETE", "/_fake/worlds/ci-1")
        gone = call("GET", "/w/ci-1/v1/tasks")[0]

    assert (there, gone) == (200, 404)
