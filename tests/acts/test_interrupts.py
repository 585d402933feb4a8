"""An add or a change that Ctrl-C breaks off is whole or not there."""

from __future__ import annotations

import sys
from datetime import timedelta

import pytest

from scaleapi_testing import FakeScale

PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}


class Interrupt:
    """Ctrl-C at the ``n``-th line that runs in the code which keeps the state."""

    def __init__(self, n):
        self._left = n

    def __enter__(self):
        sys.settrace(self._call)
        return self

    def __exit__(self, kind, error, traceback):
        sys.settrace(None)
        return kind is KeyboardInterrupt

    def _call(self, frame, event, arg):
        path = frame.f_code.co_filename
        return self._line if "/_state/" in path or path.endswith("_world/world.py") else None

    def _line(self, frame, event, arg):
        if event == "line":
            self._left -= 1
            if self._left == 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self._line


@pytest.fixture
def fake():
    with FakeScale(check=False) as fake:
        yield fake


@pytest.fixture
def client(fake):
    client = fake.client()
    fake.turnaround(timedelta(hours=1))
    client.create_task("categorization", tags=["old"], unique_id="u0", **PARAMS)
    return client


def facts(fake, client):
    """Everything that lists say, by whatever index, and what a plain look at the tasks says."""
    tasks = list(fake.tasks)
    by_lists = {
        "all": [task.id for task in client.tasks()],
        "pending": [task.id for task in client.tasks(status="pending")],
        "completed": [task.id for task in client.tasks(status="completed")],
        "new": [task.id for task in client.tasks(tags=["new"])],
        "u1": [task.id for task in client.tasks(unique_id="u1")],
    }
    newest_first = tasks[::-1]
    plainly = {
        "all": [task.id for task in newest_first],
        "pending": [task.id for task in newest_first if task.status == "pending"],
        "completed": [task.id for task in newest_first if task.status == "completed"],
        "new": [task.id for task in newest_first if "new" in (task.tags or ())],
        "u1": [task.id for task in newest_first if task.unique_id == "u1"],
    }
    return by_lists, plainly


@pytest.mark.parametrize("n", range(1, 90, 2))
def test_a_create_that_is_broken_off_leaves_the_table_whole(fake, client, n):
    with Interrupt(n):
        client.create_task("categorization", tags=["new"], unique_id="u1", **PARAMS)

    by_lists, plainly = facts(fake, client)
    assert by_lists == plainly
    later = client.create_task("categorization", tags=["new"], **PARAMS)
    assert client.get_task(later.id).tags == ["new"]


@pytest.mark.parametrize("n", range(1, 90, 2))
def test_a_change_that_is_broken_off_leaves_the_table_whole(fake, client, n):
    (task,) = client.tasks()
    with Interrupt(n):
        task.set_tags(["new"])
        task.update_unique_id("u1")
        fake.complete(task.id)

    by_lists, plainly = facts(fake, client)
    assert by_lists == plainly
    assert by_lists["all"] == [task.id]


@pytest.mark.parametrize("n", range(1, 90, 2))
def test_a_task_whose_create_is_broken_off_ends_as_planned_or_is_not_there(fake, client, n):
    with Interrupt(n):
        client.create_task("categorization", **PARAMS)

    fake.clock.run_until_idle()

    assert {task.status for task in fake.tasks} == {"completed"}
