"""The checker of the storms notices what is wrong: a storm that it passes means something."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from scaleapi_testing import FakeScale
from tests.conftest import CATEGORIZATION

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def server(scale):
    with scale.serve() as server:
        yield server


@pytest.fixture
def canceled(server):
    """A task that has ended."""
    return task(server, "first")


def task(server, marker, key="live_chaos", **more):
    body = {**CATEGORIZATION, "metadata": {"marker": marker}, **more}
    made = requests.post(f"{server.url}/v1/task/categorization", json=body, auth=(key, ""))
    task_id = made.json()["task_id"]
    requests.post(f"{server.url}/v1/task/{task_id}/cancel", auth=(key, ""))
    return task_id


def found(server, tmp_path, *lines, others=()):
    """What the checker prints, but for its last two lines."""
    books = tmp_path / "books.jsonl"
    books.write_text("".join(json.dumps(line) + "\n" for line in lines))
    ports = [url.url.rpartition(":")[2] for url in (server, *others)]
    done = subprocess.run(
        [sys.executable, "-m", "chaos.check", str(books), *ports],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    faults = done.stdout.splitlines()[:-2]
    assert done.returncode == len(faults)
    return faults


def created(task_id, marker):
    return {"what": "created", "task_id": task_id, "marker": marker}


def test_books_that_agree_are_passed(server, canceled, tmp_path):
    lines = [created(canceled, "first"), {"what": "canceled", "task_id": canceled}]

    assert found(server, tmp_path, *lines) == []


def test_an_answered_task_that_is_not_there_is_found(server, canceled, tmp_path):
    lines = [created(canceled, "first"), created("6b06", "second")]

    assert found(server, tmp_path, *lines) == ["the answered task 6b06 (second) is not there"]


def test_a_task_that_is_there_twice_is_found(server, canceled, tmp_path):
    task(server, "first")

    assert found(server, tmp_path, created(canceled, "first")) == [
        "the task first is there 2 times"
    ]


def test_a_task_that_nobody_asked_for_is_found(server, canceled, tmp_path):
    assert found(server, tmp_path) == ["nobody asked for the task first"]


def test_a_task_whose_creation_was_not_answered_may_be_there_or_not(server, canceled, tmp_path):
    lines = [{"what": "maybe", "marker": "first"}, {"what": "maybe", "marker": "second"}]

    assert found(server, tmp_path, *lines) == []


def test_lost_metadata_is_found(server, canceled, tmp_path):
    set_to = {"what": "metadata", "task_id": canceled, "value": {"marker": "first", "set": 2}}

    answered = "{'marker': 'first', 'set': 2}"
    assert found(server, tmp_path, created(canceled, "first"), set_to) == [
        f"task {canceled} has metadata {{'marker': 'first'}}, answered was {answered}"
    ]


def test_a_lost_batch_is_found(server, canceled, tmp_path):
    batch = {"what": "batch", "name": "b"}

    assert found(server, tmp_path, created(canceled, "first"), batch) == [
        "the answered batch b is there 0 times"
    ]


def test_a_callback_that_never_came_is_found(scale, server, canceled, tmp_path):
    scale.callbacks.deliver_to(lambda _: 200)
    body = {
        **CATEGORIZATION,
        "metadata": {"marker": "second"},
        "callback_url": "http://127.0.0.1:9/",
    }
    made = requests.post(
        f"{server.url}/v1/task/categorization", json=body, auth=("live_chaos", "")
    ).json()["task_id"]
    scale.complete(made)

    lines = [created(canceled, "first"), created(made, "second")]
    assert found(server, tmp_path, *lines) == [f"no callback of task {made} was ever answered 200"]


def test_a_writer_s_own_finding_is_told(server, canceled, tmp_path):
    wrong = {"what": "wrong", "text": "a page was short"}

    assert found(server, tmp_path, created(canceled, "first"), wrong) == ["a page was short"]


def test_servers_that_answer_otherwise_are_found(server, canceled, tmp_path):
    with FakeScale().serve() as other:
        task(other, "first")
        task(other, "second")
        faults = found(server, tmp_path, created(canceled, "first"), others=[other])

    assert "servers 1 and 2 answer /v1/tasks?limit=100 otherwise" in faults
