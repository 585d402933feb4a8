"""What refused moves and ``scale.explain`` tell of a task, and what ``reset`` leaves."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from scaleapi_testing import IllegalTransition, policies

HOOK = "https://my.example/scale"


def test_a_refused_move_tells_since_when_a_task_is_pending(scale, make_task):
    scale.clock.advance(seconds=1)
    task_id = make_task()

    with pytest.raises(IllegalTransition) as caught:
        scale.recall(task_id)

    since = scale.tasks[task_id].created_at
    assert f"its status is pending, created by request 1 at {since}." in str(caught.value)


def test_explain_keeps_the_order_of_what_happened_at_one_moment(scale, api, make_task):
    task_id = make_task(callback_url=HOOK)
    scale.complete(task_id)
    api("POST", f"/v1/task/{task_id}/audit", {"accepted": False})
    api("PUT", f"/v1/task/{task_id}/tags", ["night"])
    scale.recall(task_id)

    lines = [line.split("Z  ")[-1] for line in scale.explain(task_id).splitlines()[1:9]]

    assert lines == [
        "created by request 1 (POST /v1/task/categorization)",
        "completed by scale.complete()",
        f"callback completed to {HOOK}: attempt 1, 200",
        f"audited: rejected by request 2 (POST /v1/task/{task_id}/audit)",
        f"callback audited to {HOOK}: attempt 1, 200",
        f"changed by request 3 (PUT /v1/task/{task_id}/tags)",
        "recalled by scale.recall()",
        f"callback recalled to {HOOK}: attempt 1, 200",
    ]


def test_explain_numbers_the_tries_of_a_callback(scale, make_task):
    task_id = make_task(callback_url=HOOK)
    scale.callbacks.fail_next(status=503, times=2)
    scale.complete(task_id)
    scale.clock.advance(minutes=2)

    told = scale.explain(task_id)

    assert f"{HOOK}: attempt 1, 503" in told
    assert f"{HOOK}: attempt 2, 503" in told
    assert f"{HOOK}: attempt 3, 200" in told


def test_a_task_that_a_read_will_complete_has_something_planned(scale, make_task):
    scale.turnaround(policies.after_polls(2))
    task_id = make_task()

    told = scale.explain(task_id)

    assert "it is completed by read number 2 from now on" in told
    assert "nothing is planned to end it" not in told


def test_what_a_test_holds_of_a_fake_stays_in_use_after_a_reset(scale, api, make_task):
    clock, faults, journal, timeline = scale.clock, scale.faults, scale.requests, scale.timeline
    callbacks = scale.callbacks
    make_task()
    clock.advance(hours=5)

    scale.reset()
    before = scale.clock.now()
    faults.add(status=404, times=1)
    answer = api("GET", "/v1/tasks")
    scale.turnaround(timedelta(hours=1))
    make_task(callback_url=HOOK)
    planned = len(timeline.pending())
    clock.advance(hours=1)

    assert answer.status == 404
    assert [call.n for call in journal] == [1, 2]
    assert planned == 1
    assert scale.clock.now() - before == timedelta(hours=1)
    assert len(callbacks) == 1


def test_calls_after_a_reset_answer_as_after_construction(scale, api, make_task):
    start = scale.clock.now()
    first = api("GET", f"/v1/task/{make_task(unique_id='moo')}").text
    scale.clock.advance(hours=5)
    scale.account("live_fake").email = "ann@x.io"
    scale.respond("categorization", {"category": "dog"})

    scale.reset()
    again = api("GET", f"/v1/task/{make_task(unique_id='moo')}").text

    assert scale.clock.now() == start
    assert again == first
    assert scale.account("live_fake").email == "owner@example.com"


def test_respond_takes_its_answer_by_name(scale, make_task):
    scale.respond(task_type="categorization", response_or_callable={"category": "dog"})
    task_id = make_task()

    scale.complete(task_id)

    assert scale.tasks[task_id].response == {"category": "dog"}


@pytest.mark.parametrize("bound", ["start_time", "completed_after", "updated_after"])
def test_a_lower_bound_after_the_virtual_now_is_noticed(scale, api, bound):
    answer = api("GET", f"/v1/tasks?{bound}=2999-01-01")

    assert answer.status == 200
    [notice] = scale.requests.last.notices
    assert notice.startswith(f"{bound}=2999-01-01 lies after the virtual now")
    assert "nothing can match" in notice


@pytest.mark.scale(strict=True)
@pytest.mark.parametrize("bound", ["end_time", "completed_before", "updated_before"])
def test_an_upper_bound_after_the_virtual_now_is_noticed_and_never_refused(scale, api, bound):
    answer = api("GET", f"/v1/tasks?{bound}=2999-01-01")

    assert json.loads(answer.text)["docs"] == []
    [notice] = scale.requests.last.notices
    assert notice.startswith(f"{bound}=2999-01-01 lies after the virtual now")
