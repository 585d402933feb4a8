"""A job that waits for labels by polling, and gives up in time.

`skip_sleep=True` lets `time.sleep` move the fake's clock, so days of polling take milliseconds.
"""

import time
from datetime import timedelta

import pytest

import scaleapi
from scaleapi_testing import policies

# -- the application ----------------------------------------------------------------------------

EVERY = timedelta(minutes=10)


class LabelingFailed(Exception):
    pass


class LabelersTooSlow(Exception):
    pass


def wait_for_labels(client, task_id, at_most=timedelta(days=7)):
    """The response of a task, asked for every ten minutes."""
    waited = timedelta(0)
    while True:
        task = client.get_task(task_id)
        if task.status == "completed":
            return task.response
        if task.status != "pending":
            raise LabelingFailed(f"task {task_id} ended as {task.status}")
        if waited >= at_most:
            raise LabelersTooSlow(f"task {task_id} is pending after {waited}")
        time.sleep(EVERY.total_seconds())
        waited += EVERY


# -- its tests ----------------------------------------------------------------------------------

pytestmark = pytest.mark.scale(skip_sleep=True)


@pytest.fixture
def ask(scale_client):
    def ask():
        return scale_client.create_task(
            scaleapi.TaskType.Categorization,
            attachment_type="text",
            attachment="Moo.",
            categories=["cow", "sheep"],
        ).id

    return ask


@pytest.mark.scale(turnaround=timedelta(days=3))
def test_labels_that_take_three_days_are_waited_for(scale, scale_client, ask):
    task_id = ask()
    begin = scale.clock.now()

    response = wait_for_labels(scale_client, task_id)

    assert response["category"] in {"cow", "sheep"}
    assert scale.clock.now() - begin == timedelta(days=3)


def test_the_third_look_finds_the_labels(scale, scale_client, ask):
    scale.turnaround(policies.after_polls(3))
    task_id = ask()

    wait_for_labels(scale_client, task_id)

    scale.requests.expect("GET", f"/v1/task/{task_id}", times=3)


def test_a_task_that_cannot_be_done_is_not_waited_for(scale, scale_client, ask):
    scale.turnaround([policies.error("the text is empty", after=timedelta(hours=1))])
    task_id = ask()

    with pytest.raises(LabelingFailed, match="ended as error"):
        wait_for_labels(scale_client, task_id)


def test_a_task_that_someone_cancels_is_not_waited_for(scale, scale_client, ask):
    scale.turnaround([policies.canceled(after=timedelta(hours=1))])
    task_id = ask()

    with pytest.raises(LabelingFailed, match="ended as canceled"):
        wait_for_labels(scale_client, task_id)


def test_the_job_gives_up_after_a_week(scale, scale_client, ask):
    scale.turnaround(policies.never)
    task_id = ask()
    begin = scale.clock.now()

    with pytest.raises(LabelersTooSlow):
        wait_for_labels(scale_client, task_id)

    assert scale.clock.now() - begin == timedelta(days=7)


@pytest.mark.scale(turnaround=timedelta(hours=1))
def test_a_short_trouble_at_scale_does_not_end_the_wait(scale, scale_client, ask):
    task_id = ask()
    scale.faults.add(status=503, method="GET", path="/v1/task/*", times=2)

    assert wait_for_labels(scale_client, task_id)["category"] in {"cow", "sheep"}
