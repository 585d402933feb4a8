"""What an act brings about reaches the test, whatever else goes wrong in it."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from scaleapi_testing import FakeScale, IllegalTransition

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOOK = "https://my.example/scale"
PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}


@pytest.fixture
def fake():
    with FakeScale(start_time=NOON, check=False) as fake:
        yield fake


@pytest.fixture
def create(fake):
    client = fake.client()
    return lambda **fields: client.create_task("categorization", **PARAMS, **fields).id


def refuse(request):
    raise AssertionError("the target does not like it")


def wsgi_post(fake, path, body):
    """A call by the WSGI door, which cannot raise into its caller."""
    data = json.dumps(body).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "fake",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(data),
        "CONTENT_LENGTH": str(len(data)),
        "CONTENT_TYPE": "application/json",
        "HTTP_AUTHORIZATION": "Basic bGl2ZV9mYWtlOg==",
    }
    return b"".join(fake.wsgi_app(environ, lambda *_: None))


def test_what_a_target_raised_by_a_door_that_cannot_raise_survives_a_refused_control(fake, create):
    task_id = create(callback_url=HOOK)
    fake.complete(task_id)
    fake.callbacks.deliver_to(refuse)
    wsgi_post(fake, f"/v1/task/{task_id}/audit", {"accepted": True})

    with pytest.raises(AssertionError, match="does not like it") as caught:
        fake.complete(task_id)

    assert caught.value.__notes__[0].startswith("and then: IllegalTransition: cannot complete")


def test_a_refused_control_raises_its_own_refusal_where_nothing_came_before_it(fake, create):
    task_id = create()
    fake.complete(task_id)

    with pytest.raises(IllegalTransition):
        fake.complete(task_id)


def test_callbacks_of_what_was_done_before_a_respond_callable_raised_go_out(fake, create):
    first, second = create(callback_url=HOOK), create(callback_url=HOOK)

    def respond(task, random):
        if task.id == second:
            raise ValueError("no answer to the second")
        return {"category": "a"}

    fake.respond("categorization", respond)

    with pytest.raises(ValueError, match="no answer to the second"):
        fake.complete_all()

    assert [delivery.succeeded for delivery in fake.callbacks.of(first)] == [True]
    assert fake.tasks[second].status == "pending"


def test_a_planned_end_whose_respond_callable_raises_stays_planned(fake, create):
    fake.turnaround(timedelta(hours=1))
    task_id = create()
    later = create()

    def respond(task, random):
        raise ValueError("not today")

    fake.respond("categorization", respond)
    with pytest.raises(ValueError, match="not today"):
        fake.clock.advance(hours=2)

    assert [event.what for event in fake.timeline.pending()] == [
        f"task {task_id} ends: completed",
        f"task {later} ends: completed",
    ]
    assert fake.clock.now() == NOON + timedelta(hours=1)

    fake.respond("categorization", {"category": "a"})
    fake.clock.run_until_idle()

    assert fake.tasks[task_id].status == "completed"
    assert fake.tasks[later].status == "completed"


def test_an_exception_of_a_target_survives_an_event_that_raises_after_it(fake, create):
    fake.callbacks.deliver_to(refuse)
    fake.turnaround(timedelta(hours=1))
    create(callback_url=HOOK)
    fake.turnaround(timedelta(hours=2))
    other = create()

    def respond(task, random):
        if task.id == other:
            raise ValueError("not today")
        return {"category": "a"}

    fake.respond("categorization", respond)

    with pytest.raises(AssertionError, match="does not like it") as caught:
        fake.clock.advance(hours=3)

    assert caught.value.__notes__[-1] == "and then: ValueError: not today"


def test_what_a_callable_does_in_the_middle_of_an_act_goes_out_with_it(fake, create):
    outer, inner = create(callback_url=HOOK), create(callback_url=HOOK)
    seen = []
    fake.callbacks.deliver_to(lambda request: seen.append(request.json["task_id"]))

    def respond(task, random):
        if task.id == outer:
            fake.complete(inner, {"category": "b"})
        return {"category": "a"}

    fake.respond("categorization", respond)
    fake.complete(outer)

    assert seen == [inner, outer]


def test_all_that_a_callable_does_in_the_middle_of_an_act_goes_out_when_the_act_is_over(
    fake, create
):
    outer, first, second = (create(callback_url=HOOK) for _ in range(3))
    events = []
    fake.callbacks.deliver_to(lambda request: events.append(request.json["task_id"]))

    def respond(task, random):
        if task.id == outer:
            fake.complete(first, {"category": "b"})
            fake.complete(second, {"category": "b"})
            events.append("answered")
        return {"category": "a"}

    fake.respond("categorization", respond)
    fake.complete(outer)

    assert events == ["answered", first, second, outer]


def test_a_fix_is_marked_where_the_response_says_whose_it_is(fake, create):
    task_id = create()
    fake.complete(task_id, {"category": "a", "is_customer_fix": False})

    fake.fix(task_id, {"category": "b"})

    assert fake.tasks[task_id].response == {"category": "b", "is_customer_fix": True}


def test_ctrl_c_in_a_target_loses_no_callback(fake, create):
    task_ids = [create(callback_url=HOOK), create(callback_url=HOOK)]

    def interrupt(request):
        raise KeyboardInterrupt

    fake.callbacks.deliver_to(interrupt)
    with pytest.raises(KeyboardInterrupt):
        fake.complete_all()
    seen = []
    fake.callbacks.deliver_to(lambda request: seen.append(request.json["task_id"]))
    fake.clock.advance(seconds=1)

    assert seen == task_ids


def test_a_target_that_cannot_even_be_called_touches_no_other_delivery(fake, create):
    seen = []
    create(callback_url=HOOK)
    create(callback_url=HOOK)
    fake.callbacks.deliver_to(lambda request: seen.append(request.path))
    fake.complete_all()
    fake.callbacks.last.url = "http://[::1"

    fake.callbacks.duplicate(fake.callbacks[0])
    with pytest.raises(ValueError, match="Invalid IPv6 URL"):
        fake.callbacks.redeliver(fake.callbacks[1])

    assert seen == ["/scale"] * 3


def test_a_refused_call_by_a_key_never_seen_adds_no_account(fake):
    before = len(fake.snapshot().parts["accounts"])

    answers = [
        wsgi_post(fake, "/v1/task/categorization", {"attachment": 5}),
        wsgi_post(fake, "/v1/nowhere", {}),
    ]

    assert [json.loads(answer)["status_code"] for answer in answers] == [400, 404]
    assert len(fake.snapshot().parts["accounts"]) == before
