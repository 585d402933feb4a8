"""What people do with v2, from start to end."""

from datetime import timedelta

import pytest

import scaleapi
from scaleapi.v2.models import AnnotationInteger, BatchStatus, TaskStatus
from scaleapi_testing import IllegalTransition


def test_a_chat_task_becomes_threads_that_v1_tells_too(scale, client, v2, ask):
    task = ask(metadata={"ticket": 17})
    assert (task.status, task.threads) == (TaskStatus.PENDING, [])

    scale.complete(task.task_id)

    task = v2.get_task(task.task_id)
    prompt, reply = task.threads[0].turns[0].messages
    said = [entry["output"] for entry in client.get_task(task.task_id).response["responses"]]
    assert (prompt.content.text, prompt.source_id) == ("Plan a menu.", "user")
    assert reply.content.text in said
    assert task.metadata == {"ticket": 17}


def test_a_staging_batch_waits_is_finalized_and_completes_with_its_last_task(scale, v2, ask):
    batch = v2.create_batch({"name": "w1", "project_name": "Kitchen", "staging_batch": True})
    task = ask(batch_name="w1")
    assert batch.status == BatchStatus.STAGING
    with pytest.raises(IllegalTransition, match="is in staging"):
        scale.complete(task.task_id)

    assert v2.finalize_batch({"batch_id": batch.id}).status == BatchStatus.IN_PROGRESS
    scale.complete(task.task_id)

    batch = v2.get_batch(batch_name="w1")
    assert (batch.status, batch.completed_at) == ("completed", scale.clock.now())


def test_a_pause_holds_what_nobody_started_and_resuming_takes_it_up(scale, v2, ask):
    scale.turnaround(timedelta(hours=2))
    v2.create_batch({"name": "w1", "project_name": "Kitchen"})
    started, waiting = ask(batch_name="w1"), ask(batch_name="w1")
    scale.start_work(started.task_id)

    paused = v2.pause_batch({"batch_name": "w1"}).batch
    scale.clock.advance(hours=3)
    statuses = [v2.get_task(task.task_id).status for task in (started, waiting)]
    resumed = v2.resume_batch({"batch_name": "w1"}).batch
    scale.clock.advance(hours=2)

    assert (paused.status, resumed.status) == ("paused", "in_progress")
    assert statuses == ["completed", "pending"]
    assert v2.get_task(waiting.task_id).status == "completed"
    assert v2.get_batch(batch_name="w1").status == "completed"


def test_work_under_way_ends_as_if_its_batch_had_never_been_paused(scale, v2, ask):
    scale.turnaround(timedelta(hours=2))
    v2.create_batch({"name": "w1", "project_name": "Kitchen"})
    task = ask(batch_name="w1")
    scale.start_work(task.task_id)

    v2.pause_batch({"batch_name": "w1"})
    scale.clock.advance(hours=1)
    v2.resume_batch({"batch_name": "w1"})
    scale.clock.advance(hours=1)

    assert v2.get_task(task.task_id).status == "completed"


def test_in_a_paused_batch_nobody_begins_to_work(scale, v2, ask):
    v2.create_batch({"name": "w1", "project_name": "Kitchen"})
    task = ask(batch_name="w1")
    v2.pause_batch({"batch_name": "w1"})

    with pytest.raises(IllegalTransition) as refused:
        scale.complete(task.task_id)

    assert str(refused.value) == (
        f"cannot complete task {task.task_id} of account live_f…: its batch 'w1' is paused, where "
        'nobody begins to work. Resume it first: client.v2.resume_batch({"batch_name": "w1"}). '
    ).rstrip(". ")


def test_pausing_an_empty_batch_succeeds_and_changes_nothing(v2):
    v2.create_batch({"name": "w1", "project_name": "Kitchen"})

    assert v2.pause_batch({"batch_name": "w1"}).batch.status == "in_progress"
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="cannot be resumed"):
        v2.resume_batch({"batch_name": "w1"})


def test_a_canceled_batch_cancels_its_open_tasks_and_is_over(scale, v2, ask):
    v2.create_batch({"name": "w1", "project_name": "Kitchen"})
    done, pending = ask(batch_name="w1"), ask(batch_name="w1", unique_id="u")
    elsewhere = ask()
    scale.complete(done.task_id)

    canceled = v2.cancel_batch({"batch_name": "w1"})

    assert canceled.batch.status == "cancelled"
    statuses = [v2.get_task(t.task_id).status for t in (done, pending, elsewhere)]
    assert statuses == ["completed", "canceled", "pending"]
    assert scale.tasks[pending.task_id].unique_id == "u"
    with pytest.raises(scaleapi.ScaleInvalidRequest):
        v2.resume_batch({"batch_name": "w1"})


OPERATIONS = ("finalize", "pause", "resume", "cancel")
STATES = {
    "staging": {"finalize", "cancel"},
    "in_progress": {"pause", "cancel"},
    "paused": {"resume", "cancel"},
    "completed": set(),
    "cancelled": set(),
}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("state", STATES)
def test_a_batch_makes_the_documented_moves_and_no_other(scale, v2, ask, state, operation):
    v2.create_batch({"name": "w1", "project_name": "Kitchen", "staging_batch": state == "staging"})
    task = ask(batch_name="w1")
    reach = {
        "paused": lambda: v2.pause_batch({"batch_name": "w1"}),
        "completed": lambda: scale.complete(task.task_id),
        "cancelled": lambda: v2.cancel_batch({"batch_name": "w1"}),
    }
    reach.get(state, lambda: None)()

    done = getattr(v2, f"{operation}_batch_without_preload_content")({"batch_name": "w1"})

    assert done.status == (200 if operation in STATES[state] else 400)


def test_what_was_delivered_is_downloaded_page_by_page(scale, v2, ask):
    tasks = [ask() for _ in range(5)]
    scale.complete_all()
    schema = scale.publish_schema({"type": "object", "required": ["threads"]})
    delivery = scale.deliver("Kitchen", name="march", schema=schema)
    late = ask()

    whole = list(v2.iter_delivery(delivery_name="march", project_name="Kitchen", limit=2))
    docs = {doc.task_id: doc for doc in v2.iter_delivery_tasks(project_name="Kitchen", limit=4)}

    assert {task.task_id for task in whole} == {task.task_id for task in tasks}
    assert docs[late.task_id].response is None
    first = docs[tasks[0].task_id]
    assert first.delivery_id == delivery.id
    assert first.response["threads"][0]["turns"]
    read = v2.get_schema(first.response_schema_id).var_schema
    assert read.document == {"type": "object", "required": ["threads"]}


def test_a_delivery_keeps_what_was_delivered_whatever_becomes_of_the_task(scale, v2, ask):
    task = ask()
    scale.complete(task.task_id)
    delivery = scale.deliver("Kitchen")
    before = v2.get_delivery_tasks(delivery.id).docs[0].response

    scale.recall(task.task_id)
    scale.complete(task.task_id, {"threads": []})

    assert v2.get_delivery_tasks(delivery.id).docs[0].response == before


def test_a_dataset_is_listed_and_its_files_are_downloaded(scale, v2):
    dataset = scale.add_dataset(
        "Recipes", [{"q": "How long?"}, ({"photo": "att/1"}, {"att/1": b"\x89PNG\r\n\x1a\n"})]
    )
    with_file = dataset.tasks[1]

    [delivery] = v2.get_dataset_deliveries(dataset.id).deliveries
    url = v2.get_dataset_task_response_url(with_file, "att/1")

    assert [task.task_id for task in v2.iter_dataset_tasks(dataset.id, limit=1)] == dataset.tasks
    assert delivery.metadata.task_count == 2
    assert "/_files/" in url
    assert v2.download_dataset_task_response(with_file, "att/1") == b"\x89PNG\r\n\x1a\n"


def test_annotations_are_found_by_their_id(scale, v2, ask):
    task = ask()
    scale.complete(task.task_id)
    reply = v2.get_task(task.task_id).threads[0].turns[0].messages[1]

    found = v2.get_annotation(reply.annotations[0].id)

    assert isinstance(found, AnnotationInteger)
    assert (found.key, found.possible_values) == ("helpfulness", [1, 2, 3, 4, 5])


def test_a_lost_reply_makes_no_second_task_and_no_second_batch(scale, v2, ask):
    lost = {"disconnect": True, "after_commit": True, "times": 1}
    scale.faults.add(path="/v2/batch", method="POST", **lost)
    batch = v2.create_batch({"name": "w1", "project_name": "Kitchen"})
    scale.faults.add(path="/v2/task/chat", **lost)

    task = ask(batch_name="w1")

    assert [one.id for one in scale.batches] == [batch.id]
    assert [one.id for one in scale.tasks] == [task.task_id]


def test_an_outage_is_ridden_out_in_virtual_time(scale, v2):
    scale.faults.add(status=503, times=2)

    assert v2.get_project(project_name="Kitchen").name == "Kitchen"
    assert [call.status for call in scale.requests] == [503, 503, 200]
