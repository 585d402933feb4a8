"""Submitting a file of addresses while Scale is slow, busy, and sometimes broken.

One bad row stops nothing, and what was not submitted is known by name.
"""

import csv
import io
from datetime import timedelta

import pytest

import scaleapi

# -- the application ----------------------------------------------------------------------------


def submit_rows(client, rows):
    """Create a task for each row; gives the task ids by address, and the errors by address."""
    wanted = list(csv.DictReader(rows))
    params = (
        {
            "project": "cows",
            "unique_id": row["address"],
            "instruction": "Draw a box around each cow.",
            "attachment": row["address"],
            "geometries": {"box": {"objects_to_annotate": ["cow"]}},
            "priority": int(row["priority"]),
        }
        for row in wanted
    )
    made, failed = {}, {}
    for result in client.create_tasks(params, task_type=scaleapi.TaskType.ImageAnnotation):
        address = result.params["unique_id"]
        if result.ok:
            made[address] = result.task.id
        else:
            failed[address] = result.error
    return made, failed


# -- its tests ----------------------------------------------------------------------------------

pytestmark = pytest.mark.scale(projects=["cows"])

ADDRESSES = [f"https://img.example/{n}.jpg" for n in range(40)]


@pytest.fixture
def patient(scale):
    """Eight workers share one run of bad luck, so that one of them may meet most of it."""
    return scale.client(max_retries=30)


@pytest.fixture
def rows():
    return io.StringIO("\n".join(["address,priority", *(f"{url},20" for url in ADDRESSES)]))


def test_every_row_becomes_a_task(scale, scale_client, rows):
    made, failed = submit_rows(scale_client, rows)

    assert failed == {}
    assert list(made) == ADDRESSES
    assert len(scale.tasks(project="cows", priority=20)) == 40


def test_errors_on_the_way_are_tried_again(scale, patient, rows):
    scale.faults.add(status=503, method="POST", path="/v1/task/*", times=5)
    scale.faults.add(disconnect=True, method="POST", path="/v1/task/*", times=3)

    made, failed = submit_rows(patient, rows)

    assert (len(made), failed) == (40, {})
    assert len(scale.tasks) == 40


def test_lost_replies_make_no_second_task(scale, patient, rows):
    scale.faults.add(disconnect=True, after_commit=True, method="POST", path="/v1/task/*", times=8)

    made, failed = submit_rows(patient, rows)

    assert (len(made), failed) == (40, {})
    assert sorted(made.values()) == sorted(task.id for task in scale.tasks)


def test_a_rate_limit_is_waited_for_on_the_virtual_clock(scale, patient, rows):
    scale.faults.rate_limit(requests=10, per=timedelta(minutes=1))
    begin = scale.clock.now()

    made, _ = submit_rows(patient, rows)

    assert len(made) == 40
    assert scale.clock.now() - begin >= timedelta(minutes=3)


def test_a_row_that_scale_refuses_is_reported_and_the_others_are_made(scale, scale_client):
    rows = io.StringIO("address,priority\nhttps://img.example/1.jpg,20\nno address,20\n")

    made, failed = submit_rows(scale_client, rows)

    assert list(made) == ["https://img.example/1.jpg"]
    assert list(failed) == ["no address"]
    assert isinstance(failed["no address"], scaleapi.ScaleInvalidRequest)


def test_rows_that_fell_into_an_outage_are_known(scale, scale_client, rows):
    with scale.faults.outage():
        made, failed = submit_rows(scale_client, rows)

    assert made == {}
    assert list(failed) == ADDRESSES
    assert len(scale.tasks) == 0
