"""The client's task methods against a fake that remembers."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

import pytest
import requests

import scaleapi
from scaleapi import TaskReviewStatus, TaskStatus, TaskType
from scaleapi.callbacks import BatchCallback, TaskCallback, parse_callback

BOXES = {
    "attachment": "https://img.example.net/belt-1.png",
    "geometries": {"box": {"objects_to_annotate": ["parcel"]}},
}


@pytest.fixture
def client(scale):
    return scale.client()


@pytest.fixture
def cows(client):
    return client.create_project("cows", TaskType.ImageAnnotation, {"instruction": "Box."})


def test_a_task_is_made_completed_and_refreshed(scale, client):
    task = client.create_task(TaskType.ImageAnnotation, unique_id="u", metadata={"a": 1}, **BOXES)
    before = task.status
    scale.complete(task)

    task.refresh()

    assert before == TaskStatus.Pending
    assert task.status == TaskStatus.Completed
    assert task.metadata == {"a": 1}
    assert {shape["label"] for shape in task.response["annotations"]} == {"parcel"}
    assert client.get_task(task.id) == client.fetch_task(task.id) == task


def test_a_test_keys_task_is_completed_at_once(scale):
    task = scale.client("test_key").create_task(TaskType.ImageAnnotation, **BOXES)

    assert (task.status, task.is_test) == ("completed", True)
    with pytest.raises(scaleapi.ScaleInvalidRequest) as caught:
        task.cancel()
    assert caught.value.message == "The task was already completed and cannot be canceled."


def test_missing_parameters_are_named(client):
    with pytest.raises(scaleapi.ValidationError) as caught:
        client.create_categorization_task("Some parameters are missing.")

    assert caught.value.code == 400
    assert caught.value.message == "Please provide an attachment as a URL or plaintext."


def test_an_unknown_task_is_not_found(client):
    with pytest.raises(scaleapi.ScaleResourceNotFound) as caught:
        client.get_task("fake_id_qwertyuiop")

    assert caught.value.message == "Task with that ID not found."


def test_a_unique_id_is_taken_once_changed_and_freed(client):
    task = client.create_task(TaskType.ImageAnnotation, unique_id="u", **BOXES)

    with pytest.raises(scaleapi.ScaleDuplicateResource, match=task.id):
        client.create_task(TaskType.ImageAnnotation, unique_id="u", **BOXES)
    task.update_unique_id("v")
    assert task.unique_id == "v"
    task.clear_unique_id()
    assert not hasattr(task, "unique_id")
    assert client.update_task_unique_id(task.id, "w").unique_id == "w"
    assert not hasattr(client.clear_task_unique_id(task.id), "unique_id")


def test_canceling_can_free_the_unique_id(client):
    task = client.create_task(TaskType.ImageAnnotation, unique_id="u", **BOXES)

    task.cancel(clear_unique_id=True)

    assert task.status == TaskStatus.Canceled
    assert client.create_task(TaskType.ImageAnnotation, unique_id="u", **BOXES).unique_id == "u"


def test_metadata_is_replaced_as_a_whole(client):
    task = client.create_task(TaskType.ImageAnnotation, metadata={"a": 1, "b": [2]}, **BOXES)

    task.set_metadata({"c": {"d": None}})
    assert client.get_task(task.id).metadata == {"c": {"d": None}}
    assert client.set_task_metadata(task.id, {}).metadata == {}


def test_tags_are_set_added_and_deleted(client):
    task = client.create_task(TaskType.ImageAnnotation, **BOXES)
    assert not hasattr(task, "tags")

    task.set_tags(["night", "rain"])
    task.add_tags(["rain", "fog"])
    task.delete_tags(["night", "snow"])

    assert task.tags == ["rain", "fog"]
    assert client.set_task_tags(task.id, []).tags == []
    assert client.add_task_tags(task.id, ["a"]).tags == ["a"]
    assert client.delete_task_tags(task.id, ["a"]).tags == []


def test_an_audit_shows_after_a_refresh(scale, client):
    task = client.create_task(TaskType.ImageAnnotation, **BOXES)
    scale.complete(task)

    task.audit(accepted=False, comments="missed one")
    task.refresh()

    assert task.customer_review_status == TaskReviewStatus.Rejected


def test_a_pending_task_cannot_be_audited(client):
    task = client.create_task(TaskType.ImageAnnotation, **BOXES)

    with pytest.raises(scaleapi.ScaleInvalidRequest):
        client.audit_task(task.id, True)


def test_get_tasks_finds_exactly_what_the_filters_say(scale, client, cows):
    tasks = [
        client.create_task(TaskType.ImageAnnotation, project="cows", unique_id=f"u{n}", **BOXES)
        for n in range(7)
    ]
    client.create_task(TaskType.ImageAnnotation, **BOXES)
    scale.complete(tasks[2])
    tasks[4].cancel()

    def found(**filters):
        return [task.unique_id for task in client.get_tasks("cows", limit=3, **filters)]

    assert found() == ["u6", "u5", "u4", "u3", "u2", "u1", "u0"]
    assert found(status=TaskStatus.Completed) == ["u2"]
    assert found(unique_id=["u1", "u5"]) == ["u5", "u1"]
    assert found(task_type=TaskType.Comparison) == []
    assert client.get_tasks_count("cows") == 7
    assert client.get_tasks_count("cows", status="pending") == 5


def test_get_tasks_filters_by_time(scale, client, cows):
    client.create_task(TaskType.ImageAnnotation, project="cows", unique_id="old", **BOXES)
    scale.clock.advance(days=2)
    noon = scale.clock.now()
    client.create_task(TaskType.ImageAnnotation, project="cows", unique_id="new", **BOXES)

    after = client.get_tasks("cows", created_after=noon)
    before = client.get_tasks("cows", created_before=noon - timedelta(seconds=1))

    assert [task.unique_id for task in after] == ["new"]
    assert [task.unique_id for task in before] == ["old"]


def test_tasks_is_paged_by_its_token(client):
    made = [client.create_task(TaskType.ImageAnnotation, **BOXES).id for _ in range(5)]

    first = client.tasks(limit=3)
    last = client.tasks(limit=3, next_token=first.next_token)

    assert (first.total, first.has_more, last.has_more, last.next_token) == (5, True, False, None)
    assert [task.id for task in [*first, *last]] == made[::-1]


def test_a_bad_filter_value_is_refused_by_scale(client):
    with pytest.raises(scaleapi.ScaleInvalidRequest) as caught:
        client.tasks(limit=0)

    assert caught.value.message == "Invalid limit - must be an integer between 1 and 100."


def test_the_fakes_clock_and_not_the_wall_waits_for_a_retry(scale, client):
    scale.faults.add(status=429, retry_after=3600, times=1)
    began = scale.clock.now()

    task = client.create_task(TaskType.ImageAnnotation, **BOXES)

    assert task.status == "pending"
    assert scale.clock.now() - began >= timedelta(hours=1)


@pytest.mark.parametrize("fault", [{"status": 503}, {"disconnect": True}, {"timeout": True}])
@pytest.mark.parametrize("unique", [{"unique_id": "u"}, {}])
def test_a_reply_lost_after_the_commit_makes_no_second_task(scale, client, fault, unique):
    scale.faults.add(after_commit=True, times=1, **fault)

    task = client.create_task(TaskType.ImageAnnotation, **unique, **BOXES)

    assert [one.id for one in scale.tasks] == [task.id]


def test_lost_replies_in_bulk_make_no_second_task(scale, client):
    scale.faults.add(status=500, after_commit=True, path="/v1/task/*", times=3)

    results = list(client.create_tasks([BOXES] * 20, TaskType.ImageAnnotation))

    assert [result.error for result in results] == [None] * 20
    assert sorted(result.task.id for result in results) == sorted(one.id for one in scale.tasks)


def test_an_outage_is_an_error_of_each_task_and_of_no_other(scale, client):
    scale.faults.add(status=503, path="/v1/task/*", when=lambda r: r.json["unique_id"] == "u1")
    inputs = [{**BOXES, "unique_id": f"u{n}"} for n in range(3)]

    results = list(client.create_tasks(inputs, TaskType.ImageAnnotation))

    assert [result.ok for result in results] == [True, False, True]
    assert isinstance(results[1].error, scaleapi.ScaleServiceUnavailable)
    assert results[1].error.attempts == 4


def test_an_unread_reply_is_an_error_that_says_so(scale, client):
    scale.faults.add(garbage=True, times=1)

    with pytest.raises(scaleapi.ScaleUnreadableReply, match="not JSON"):
        client.create_task(TaskType.ImageAnnotation, **BOXES)


def test_a_cut_reply_is_a_connection_error(scale, client):
    scale.faults.add(truncate=True, times=1)

    with pytest.raises(scaleapi.ScaleConnectionError):
        client.create_task(TaskType.ImageAnnotation, **BOXES)


def test_two_runs_with_one_seed_send_the_same_idempotency_keys(scale):
    def keys():
        client = scale.client()
        client.create_task(TaskType.ImageAnnotation, **BOXES)
        client.create_task(TaskType.ImageAnnotation, **BOXES)
        return [request.headers["idempotency-key"] for request in scale.requests]

    first = keys()
    scale.reset()

    assert keys() == first
    assert len(set(first)) == 2


def test_a_delivered_callback_is_parsed(scale, client):
    seen = {}

    def receive(request):
        callback = parse_callback(request.body, request.headers, scale.callback_auth_key, client)
        seen[type(callback)] = callback

    scale.callbacks.deliver_to(receive)
    client.create_project("cows", TaskType.ImageAnnotation)
    client.create_batch("cows", "w1", callback="https://hooks.example.net/batch")
    task = client.create_task(
        TaskType.ImageAnnotation,
        batch="w1",
        callback_url="https://hooks.example.net/task",
        **BOXES,
    )
    scale.complete(task)

    task_callback, batch_callback = seen[TaskCallback], seen[BatchCallback]
    assert (task_callback.task_id, task_callback.status) == (task.id, "completed")
    assert task_callback.response == task_callback.task.response
    assert (batch_callback.batch, batch_callback.stats) == ("w1", {"completed": 1})


def test_a_callback_can_be_sent_again(scale, client):
    task = client.create_task(
        TaskType.ImageAnnotation, callback_url="https://hooks.example.net/task", **BOXES
    )
    scale.complete(task)

    task.send_callback()

    assert [delivery.task_id for delivery in scale.callbacks] == [task.id, task.id]


class HandlerBug(Exception):
    """A bug in the user's callback handler."""


def test_a_bug_in_a_handler_reaches_the_caller_of_create_task(scale):
    def receive(request):
        raise HandlerBug(request.json["task_id"])

    scale.callbacks.deliver_to(receive)

    with pytest.raises(HandlerBug):
        scale.client("test_key").create_task(
            TaskType.ImageAnnotation, callback_url="https://hooks.example.net", **BOXES
        )
    assert len(scale.tasks) == 1


def test_a_bug_in_a_handler_loses_no_result_of_create_tasks(scale):
    def receive(request):
        raise HandlerBug(request.json["task_id"])

    scale.callbacks.deliver_to(receive)
    inputs = [{**BOXES, "callback_url": "https://hooks.example.net"}] * 5

    results = list(scale.client("test_key").create_tasks(inputs, TaskType.ImageAnnotation))
    with pytest.raises(HandlerBug) as caught:
        scale.clock.advance(seconds=1)

    assert [result.error for result in results] == [None] * 5
    assert sorted(result.task.id for result in results) == sorted(one.id for one in scale.tasks)
    assert len([note for note in caught.value.__notes__ if "HandlerBug" in note]) == 4


@pytest.mark.parametrize("error", [requests.ConnectionError("own"), OSError("own")])
def test_a_network_error_of_a_handler_is_not_taken_for_one_of_the_call(scale, error):
    def receive(request):
        raise error

    scale.callbacks.deliver_to(receive)

    task = scale.client("test_key").create_task(
        TaskType.ImageAnnotation, callback_url="https://hooks.example.net", **BOXES
    )
    with pytest.raises(type(error)) as caught:
        scale.clock.advance(seconds=1)

    assert caught.value is error
    assert [one.id for one in scale.tasks] == [task.id]


MOO = {"attachment_type": "text", "attachment": "Moo.", "categories": ["cow", "sheep"]}


def test_a_task_is_created_from_a_mapping(scale, scale_client):
    params = MappingProxyType({**MOO, "unique_id": "m"})

    task = scale_client.create_task_from(scaleapi.TaskType.Categorization, params)
    other = scale_client.create_task_from("categorization", {**params, "unique_id": "n"})

    assert (task.type, task.unique_id) == ("categorization", "m")
    assert (other.type, other.unique_id) == ("categorization", "n")


def test_a_task_cannot_be_created_from_what_is_no_mapping(scale_client):
    with pytest.raises(scaleapi.ScaleInvalidRequest) as caught:
        scale_client.create_task_from(scaleapi.TaskType.Categorization, ["a"])

    assert caught.value.message == "params must be a mapping (a JSON object), got ['a']"
