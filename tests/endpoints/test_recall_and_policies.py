"""What a recall takes back, and what policies do to tasks that nobody works on yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scaleapi_testing import policies

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def staged(api):
    """The name of a batch of a Rapid project, which is in staging."""
    api("POST", "/v1/projects", {"type": "categorization", "name": "fast", "rapid": True})
    assert api("POST", "/v1/batches", {"project": "fast", "name": "b1"}).status == 200
    return "b1"


def test_a_recalled_task_says_nothing_of_the_callback_of_its_first_completion(
    scale, api, make_task
):
    task_id = make_task(callback_url="https://hooks.example.com/scale")
    scale.complete(task_id)
    completed = api("GET", f"/v1/task/{task_id}").json

    scale.recall(task_id)

    recalled = api("GET", f"/v1/task/{task_id}").json
    assert completed["callback_succeeded"] is True
    assert not {"response", "completed_at", "callback_succeeded"} & set(recalled)


@pytest.mark.scale(start_time=NINE)
def test_a_recalled_task_is_not_listed_among_those_completed_at_some_time(scale, api, make_task):
    task_id = make_task()
    scale.complete(task_id)
    before = api("GET", "/v1/tasks?completed_after=2026-03-01").json

    scale.recall(task_id)

    after = api("GET", "/v1/tasks?completed_after=2026-03-01").json
    assert (before["total"], after["total"]) == (1, 0)


@pytest.mark.scale(start_time=NINE, projects=[("cats", "categorization")])
def test_a_batch_that_a_recall_opens_again_is_no_longer_completed_at_some_time(
    scale, api, make_task
):
    api("POST", "/v1/batches", {"project": "cats", "name": "b1"})
    task_id = make_task(batch="b1")
    scale.complete(task_id)
    before = api("GET", "/v1/batches?completed_after=2026-03-01").json["docs"]

    scale.recall(task_id)

    assert [batch["name"] for batch in before] == ["b1"]
    assert api("GET", "/v1/batches?completed_after=2026-03-01").json["docs"] == []
    assert "completed_at" not in api("GET", "/v1/batches/b1").json


def test_reads_of_a_task_in_staging_do_not_count_as_polls(scale, api, make_task, staged):
    scale.turnaround(policies.after_polls(2))
    task_id = make_task(batch=staged)
    path = f"/v1/task/{task_id}"
    in_staging = [api("GET", path).json["status"] for _ in range(3)]

    api("POST", f"/v1/batches/{staged}/finalize")

    assert in_staging == ["pending"] * 3
    assert [api("GET", path).json["status"] for _ in range(2)] == ["pending", "completed"]


def test_a_task_that_a_policy_cancels_keeps_its_unique_id(scale, api, make_task):
    scale.turnaround(policies.canceled(after=timedelta(hours=1)))
    task_id = make_task(unique_id="belt")

    scale.clock.advance(hours=1)

    task = api("GET", f"/v1/task/{task_id}").json
    assert (task["status"], task["unique_id"]) == ("canceled", "belt")


@pytest.mark.scale(start_time=datetime(1969, 7, 20, tzinfo=UTC))
def test_ids_are_24_hex_digits_before_1970_too(api, make_task):
    task_id = make_task()

    assert len(task_id) == 24
    assert int(task_id, 16) > 0
    assert api("GET", f"/v1/task/{task_id}").json["task_id"] == task_id


def test_before_reply_waits_for_a_task_that_somebody_works_on(scale, api, make_task, staged):
    scale.callbacks.before_reply()

    in_staging, outside = make_task(batch=staged), make_task()

    assert api("GET", f"/v1/task/{in_staging}").json["status"] == "pending"
    assert api("GET", f"/v1/task/{outside}").json["status"] == "completed"


def test_each_fix_keeps_the_response_that_it_replaces(scale, api, make_task):
    task_id = make_task()
    scale.complete(task_id, {"category": "cat"})

    scale.fix(task_id, {"category": "dog"})
    scale.fix(task_id, {"category": "cat"})

    task = api("GET", f"/v1/task/{task_id}").json
    assert task["prior_responses"] == [{"category": "cat"}, {"category": "dog"}]
    assert task["response"]["category"] == "cat"


def test_when_a_script_has_run_out_the_next_policy_holds(scale, api, make_task):
    scale.turnaround(timedelta(hours=3))
    scale.turnaround([policies.error("blurry", after=timedelta(hours=1))])
    scripted, later = make_task(), make_task()

    scale.clock.advance(hours=2)
    halfway = [scale.tasks[task_id].status for task_id in (scripted, later)]
    scale.clock.advance(hours=1)

    assert halfway == ["error", "pending"]
    assert scale.tasks[later].status == "completed"


def test_a_unique_id_that_an_error_frees_can_be_given_again(scale, api, make_task):
    failed = make_task(unique_id="belt", clear_unique_id_on_error=True)
    scale.fail(failed)

    again = make_task(unique_id="belt")

    assert "unique_id" not in api("GET", f"/v1/task/{failed}").json
    assert api("GET", "/v1/task/belt").json["task_id"] == again
