"""What is said of a test's own callable that calls the fake, which asks it again, without end."""

from __future__ import annotations

import re

import pytest

from scaleapi.tasks import TaskType
from scaleapi_testing import FakeScale, FakeScaleError

TASK = {"attachment": "https://x.example/1.jpg", "attachment_type": "image"}
QUESTION = {"instruction": "Is there a cat?", "categories": ["yes", "no"]}


@pytest.fixture
def scale():
    with FakeScale(seed=1) as fake:
        yield fake


@pytest.fixture
def client(scale):
    return scale.client("live_nesting")


def create(client, **fields):
    return client.create_task(TaskType.Categorization, **TASK, **QUESTION, **fields)


def said(act, *args):
    with pytest.raises(FakeScaleError) as told:
        act(*args)
    return re.sub(r"[0-9a-f]{24}", "<task id>", str(told.value))


def test_a_response_that_completes_its_own_task_says_so(golden, scale, client):
    task = create(client)
    scale.respond("categorization", lambda view, random: scale.complete(view))

    message = said(scale.complete, task)

    golden("nesting_respond", message)
    assert scale.tasks[0].status == "pending"


def test_a_turnaround_that_creates_tasks_says_so(golden, scale, client):
    scale.turnaround(lambda view, random: create(client))

    message = said(create, client)

    golden("nesting_turnaround", message)
    assert not scale.tasks


def test_a_predicate_that_calls_the_api_says_so(golden, scale, client):
    scale.faults.add(status=503, when=lambda request: bool(client.tasks()))

    message = said(create, client)

    golden("nesting_when", message)


def test_a_turnaround_may_create_a_task_that_it_is_not_asked_about(scale, client):
    client.create_project("checks", TaskType.Categorization)

    def turnaround(view, random):
        if view.project is None:
            create(client, project="checks")

    scale.turnaround(turnaround)

    create(client)

    assert {task.project for task in scale.tasks} == {None, "checks"}


def test_after_too_many_questions_the_fake_goes_on(scale, client):
    fault = scale.faults.add(status=503, when=lambda request: bool(client.tasks()))
    said(create, client)
    fault.remove()

    assert create(client).status == "pending"
