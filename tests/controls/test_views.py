"""``scale.projects`` and its like: names that two accounts share, and what is said of many."""

from __future__ import annotations

import pytest

import scaleapi
from scaleapi_testing import NoSuchRecord


@pytest.fixture
def two_accounts(scale):
    """Two accounts, each with a project ``cows`` and a batch ``monday``."""
    clients = [scale.client("live_ann_1"), scale.client("live_bob_1")]
    for client in clients:
        client.create_project("cows", scaleapi.TaskType.Categorization)
        client.create_batch("cows", "monday")
    return clients


@pytest.mark.parametrize(
    ("kinds", "name"), [("projects", "cows"), ("batches", "monday")], ids=["project", "batch"]
)
def test_a_name_of_two_accounts_needs_the_account(scale, two_accounts, kinds, name):
    view = getattr(scale, kinds)

    with pytest.raises(NoSuchRecord) as caught:
        view[name]

    assert f"scale.{kinds}.get({name!r}, account=...)" in str(caught.value)
    assert view.get(name, account="live_bob_1").account == "live_bob_1"


def test_many_batches_are_called_batches(scale, two_accounts):
    assert repr(scale.batches) == "<2 batches>"


def test_the_clients_object_tells_whose_project_is_archived(scale, two_accounts):
    _, bob = two_accounts

    scale.archive(bob.get_project("cows"))
    scale.archive(bob.get_batch("monday"))

    assert [one.account for one in scale.projects(archived=True)] == ["live_bob_1"]
    assert [one.account for one in scale.batches(archived=True)] == ["live_bob_1"]


def test_the_clients_object_tells_whose_project_is_taken_out_of_the_archive(scale, two_accounts):
    ann, bob = two_accounts
    scale.archive(ann.get_project("cows"))
    scale.archive(bob.get_project("cows"))

    scale.unarchive(bob.get_project("cows"))

    assert [one.account for one in scale.projects(archived=True)] == ["live_ann_1"]


def test_a_view_can_be_sliced(scale, make_task):
    ids = [make_task() for _ in range(3)]

    assert [task.id for task in scale.tasks[1:]] == ids[1:]
    assert [task.id for task in scale.tasks[-2:]] == ids[1:]
    assert scale.projects[:2] == []


@pytest.mark.parametrize(
    ("kinds", "name", "field"),
    [("projects", "cows", "param_history"), ("batches", "monday", "metadata")],
)
def test_changing_what_a_record_shows_changes_nothing(scale, scale_client, kinds, name, field):
    scale_client.create_project(
        "cows", scaleapi.TaskType.Categorization, params={"instruction": "look"}
    )
    scale_client.create_batch("cows", "monday", metadata={"week": [10]})
    record = getattr(scale, kinds)[name]
    before = record.as_dict()

    getattr(record, field).clear()
    record.as_dict()[field].clear()

    assert record.as_dict() == before


def test_a_filter_takes_any_of_several_tags_and_of_several_values(scale, make_task):
    night, wet, dry = make_task(tags=["night", "cold"]), make_task(tags=["wet"]), make_task(tags=[])
    scale.complete(night)
    scale.fail(wet)

    def ids(**filters):
        return [task.id for task in scale.tasks(**filters)]

    assert ids(tags=["night", "wet"]) == [night, wet]
    assert ids(tags="cold") == [night]
    assert ids(status=["error", "pending"]) == [wet, dry]
    assert ids(status=scaleapi.TaskStatus.Completed, type=scaleapi.TaskType.Categorization) == [
        night
    ]


def test_whoever_changes_what_a_view_gave_changes_nothing(scale, scale_client):
    scale_client.create_project(
        "cows", scaleapi.TaskType.Categorization, {"instruction": "Look.", "metadata": {"a": [1]}}
    )
    before = repr(scale.projects["cows"].as_dict())

    given = scale.projects["cows"].as_dict()
    given["param_history"][0]["metadata"]["a"].append(2)
    given["param_history"].clear()

    assert repr(scale.projects["cows"].as_dict()) == before


@pytest.mark.parametrize(
    ("kinds", "status", "message"),
    [
        (
            "tasks",
            "cancelled",
            (
                "no task has the status 'cancelled', so nothing can match; did you mean "
                "'canceled'? there are: pending, completed, canceled, error"
            ),
        ),
        (
            "tasks",
            ["pending", "done"],
            (
                "no task has the status 'done', so nothing can match; "
                "there are: pending, completed, canceled, error"
            ),
        ),
        (
            "batches",
            "in-progress",
            (
                "no batch has the status 'in-progress', so nothing can match; did you mean "
                "'in_progress'? there are: staging, in_progress, completed, paused, cancelled"
            ),
        ),
    ],
    ids=["misspelt", "one of several", "of a batch"],
)
def test_a_status_that_nothing_can_have_is_refused(scale, kinds, status, message):
    with pytest.raises(ValueError, match="has the status") as caught:
        getattr(scale, kinds)(status=status)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        ("tasks", ["pending", "completed", "canceled", "error"]),
        ("tasks", scaleapi.TaskStatus.Canceled),
        ("tasks", []),
        ("batches", ["staging", "in_progress", "completed", "paused", "cancelled"]),
    ],
)
def test_a_status_that_nothing_has_yet_matches_nothing(scale, kinds, status):
    assert getattr(scale, kinds)(status=status) == []
