"""A process that is forked: parent and children never read each other's answers."""

from __future__ import annotations

import json
import os
import threading

import pytest

import scaleapi

CALLS = 50

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


def ids_answered(client: scaleapi.ScaleClient, name: str) -> list[str]:
    return [client.get_task(f"{name}-{n}").id for n in range(CALLS)]


def in_child(act) -> int:
    """Run ``act`` in a forked child that writes its answer to a pipe; gives the pipe's end."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        try:
            os.write(writing, json.dumps(act()).encode())
        except BaseException as error:  # noqa: BLE001  # told to the parent
            os.write(writing, json.dumps(repr(error)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    return reading


def said(reading: int):
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    os.wait()
    return json.loads(content)


@pytest.fixture
def echoing(server, answer):
    server.otherwise = lambda request: answer({"task_id": request.path.rsplit("/", 1)[1]})
    return server


def test_parent_and_children_each_read_their_own_answers(echoing, client):
    client.get_task("before")

    first = in_child(lambda: ids_answered(client, "first"))
    second = in_child(lambda: ids_answered(client, "second"))
    of_parent = ids_answered(client, "parent")

    assert said(first) == [f"first-{n}" for n in range(CALLS)]
    assert said(second) == [f"second-{n}" for n in range(CALLS)]
    assert of_parent == [f"parent-{n}" for n in range(CALLS)]


def test_a_child_opens_a_connection_of_its_own(echoing, client):
    client.get_task("before")

    child = in_child(lambda: client.get_task("child").id)
    assert said(child) == "child"
    client.get_task("after")

    before, of_child, after = [request.peer for request in echoing.received]
    assert of_child != before == after


def test_a_child_that_closes_its_client_leaves_the_parents_open(echoing, client):
    client.get_task("before")

    child = in_child(client.close)
    assert said(child) is None
    client.get_task("after")

    assert len({request.peer for request in echoing.received}) == 1


def test_a_grandchild_starts_afresh_as_well(echoing, client):
    client.get_task("before")

    def child() -> list[str]:
        mine = client.get_task("child").id
        return [mine, said(in_child(lambda: client.get_task("grandchild").id))]

    assert said(in_child(child)) == ["child", "grandchild"]
    assert len({request.peer for request in echoing.received}) == 3


@pytest.mark.slow
def test_a_fork_amid_the_calls_of_threads_hangs_no_child(echoing, client):
    stop = threading.Event()

    def call() -> None:
        while not stop.is_set():
            client.get_task("thread")

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        answers = [said(in_child(lambda: client.get_task("child").id)) for _ in range(10)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert answers == ["child"] * 10


def test_a_child_of_a_client_with_total_timeout_starts_afresh(echoing):
    with scaleapi.ScaleClient("k", api_instance_url=echoing.url, total_timeout=20) as client:
        client.get_task("before")
        assert said(in_child(lambda: client.get_task("child").id)) == "child"

    assert len({request.peer for request in echoing.received}) == 2
