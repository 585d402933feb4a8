"""Callbacks as Scale documents them: what is sent, when, how often, and what comes back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import requests

from scaleapi_testing import FakeScale

from .conftest import NOON, PARAMS, URL, create


def test_a_completion_is_called_back_with_the_documented_body_and_secret(fake, client):
    received = []
    fake.callbacks.deliver_to(received.append)
    task = create(client)

    fake.complete(task, {"category": "a"})

    (request,) = received
    assert request.url == URL
    assert (request.path, request.query) == ("/scale", "team=a")
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["scale-callback-auth"] == fake.callback_auth_key
    body = json.loads(request.body)
    assert body == request.json
    assert body["task_id"] == task.id
    assert body["status"] == "completed"
    assert body["response"] == {"category": "a"}
    assert body["task"]["task_id"] == task.id
    task.refresh()
    assert task.as_dict()["callback_succeeded"] is True


def test_the_first_attempt_happens_inside_the_call_that_caused_it(fake, client):
    task = create(client)
    fake.complete(task)

    client.audit_task(task.id, accepted=True)

    assert [delivery.event for delivery in fake.callbacks] == ["completed", "audited"]


def test_every_documented_trigger_calls_back_and_no_other(fake, client):
    done, failed, canceled = create(client), create(client), create(client)

    client.cancel_task(canceled.id)
    client.set_task_metadata(done.id, {"a": 1})
    client.add_task_tags(done.id, ["a"])
    fake.start_work(done)
    assert len(fake.callbacks) == 0
    fake.complete(done)
    fake.fail(failed, "unreadable")
    client.audit_task(done.id, accepted=False, comments="redo")
    fake.fix(done, {"category": "b"})
    fake.comment(done, "fine now")
    fake.recall(done)

    assert [(delivery.event, delivery.json["status"]) for delivery in fake.callbacks] == [
        ("completed", "completed"),
        ("error", "error"),
        ("audited", "completed"),
        ("audited", "completed"),
        ("audited", "completed"),
        ("recalled", "pending"),
    ]
    audit = fake.callbacks[2].json["task"]
    assert audit["customer_review_status"] == "rejected"
    assert fake.callbacks[3].json["task"]["prior_responses"]


def test_a_failed_callback_is_tried_20_times_and_then_given_up(fake, client):
    fake.callbacks.deliver_to(lambda request: 500)
    task = create(client)
    fake.complete(task)

    fake.clock.advance(hours=24)

    (delivery,) = fake.callbacks
    gaps = [
        (later.at - earlier.at).total_seconds()
        for earlier, later in zip(delivery.attempts, delivery.attempts[1:], strict=False)
    ]
    assert len(delivery.attempts) == 20
    assert gaps == [30, 60, 120, 240, 480, 960, 1920, 3840] + [5400] * 11
    assert delivery.attempts[-1].at - delivery.attempts[0].at == timedelta(
        hours=18, minutes=37, seconds=30
    )
    assert not delivery.succeeded
    task.refresh()
    assert task.as_dict()["callback_succeeded"] is False
    assert fake.timeline.pending() == []


def test_a_callback_that_was_given_up_succeeds_when_it_is_redelivered(fake, client):
    answers = [500] * 20
    fake.callbacks.deliver_to(lambda request: answers.pop() if answers else 204)
    task = create(client)
    fake.complete(task)
    fake.clock.advance(hours=24)
    given_up = client.get_task(task.id).as_dict()["callback_succeeded"]

    fake.callbacks.redeliver(fake.callbacks.last)

    assert given_up is False
    assert client.get_task(task.id).as_dict()["callback_succeeded"] is True
    assert fake.callbacks.last.succeeded


def test_a_callback_that_was_given_up_and_fails_again_is_not_planned_anew(fake, client):
    fake.callbacks.deliver_to(lambda request: 500)
    task = create(client)
    fake.complete(task)
    fake.clock.advance(hours=24)

    fake.callbacks.redeliver(fake.callbacks.last)

    assert len(fake.callbacks.last.attempts) == 21
    assert fake.timeline.pending() == []
    assert client.get_task(task.id).as_dict()["callback_succeeded"] is False


def test_until_it_is_given_up_nothing_is_said_about_success(fake, client):
    fake.callbacks.fail_next(times=1)
    task = create(client)
    fake.complete(task)

    task.refresh()
    assert "callback_succeeded" not in task.as_dict()
    fake.clock.advance(seconds=30)
    task.refresh()
    assert task.as_dict()["callback_succeeded"] is True
    assert [attempt.status for attempt in fake.callbacks.last.attempts] == [500, 200]


@pytest.mark.parametrize(
    ("status", "succeeded"),
    [(200, True), (204, True), (301, False), (401, False), (None, True)],
)
def test_any_2xx_is_a_success(fake, client, status, succeeded):
    fake.callbacks.deliver_to(lambda request: status)
    fake.complete(create(client))

    assert fake.callbacks.last.succeeded is succeeded


def test_a_retry_carries_the_tasks_current_state(fake, client):
    fake.callbacks.fail_next()
    task = create(client)
    fake.complete(task)
    client.add_task_tags(task.id, ["later"])

    fake.clock.advance(seconds=30)

    assert fake.callbacks.last.json["task"]["tags"] == ["later"]


def test_the_accounts_default_address_is_used_where_a_task_has_none(fake, client):
    fake.account("live_fake").default_callback_url = "https://default.example.com/cb"

    fake.complete(create(client, callback_url=None))
    fake.complete(create(client))

    assert [delivery.url for delivery in fake.callbacks] == ["https://default.example.com/cb", URL]


def test_the_callback_key_follows_from_the_seed_and_the_api_key():
    def keys(seed):
        fake = FakeScale(seed=seed)
        return [fake.account(key).callback_auth_key for key in ("live_ann", "live_bob")]

    assert keys(1) == keys(1)
    assert len({*keys(1), *keys(2)}) == 4


def test_a_task_without_any_address_is_not_called_back(fake, client):
    fake.complete(create(client, callback_url=None))

    assert len(fake.callbacks) == 0


def test_an_email_address_gets_a_mail_for_the_completion(fake, client):
    task = create(client, callback_url="ann@example.com")

    fake.complete(task)

    (mail,) = fake.callbacks.outbox
    assert (mail.to, mail.task_id, mail.at) == ("ann@example.com", task.id, NOON)
    assert json.loads(mail.body)["task_id"] == task.id
    assert len(fake.callbacks) == 0


def test_each_key_has_its_own_secret_and_a_new_one_counts_at_once(fake, client):
    test_client = fake.client("test_k")
    fake.complete(create(client))
    create(test_client)
    fake.account("live_fake").callback_auth_key = "changed"
    fake.complete(create(client))

    secrets = [delivery.headers["scale-callback-auth"] for delivery in fake.callbacks]
    assert len(set(secrets)) == 3
    assert secrets[2] == "changed"


def test_a_test_key_is_called_back_before_its_create_call_returns(fake):
    seen = []
    fake.callbacks.deliver_to(lambda request: seen.append(request.json["task_id"]))

    task = create(fake.client("test_k"))

    assert seen == [task.id]
    assert task.as_dict()["callback_succeeded"] is True


def test_a_live_create_can_be_called_back_before_it_returns_on_request(fake, client):
    fake.callbacks.before_reply(times=1)

    first, second = create(client), create(client)

    assert (first.status, second.status) == ("completed", "pending")


def test_the_longest_prefix_chooses_the_target(fake, client):
    got = {"a": [], "b": [], "all": []}
    fake.callbacks.deliver_to(got["all"].append)
    fake.callbacks.deliver_to(got["a"].append, url_prefix="https://hooks.example.com/a")
    fake.callbacks.deliver_to(got["b"].append, url_prefix="https://hooks.example.com/a/b")

    for path in ("a/b/c", "a/x", "z"):
        fake.complete(create(client, callback_url=f"https://hooks.example.com/{path}"))

    assert {name: [r.path for r in requests_] for name, requests_ in got.items()} == {
        "a": ["/a/x"],
        "b": ["/a/b/c"],
        "all": ["/z"],
    }


def test_a_batch_is_called_back_when_its_last_task_ends(fake, client):
    client.create_project(project_name="p", task_type="categorization")
    client.create_batch(project="p", batch_name="b", callback=URL)
    tasks = [create(client, batch="b", callback_url=None) for _ in range(3)]

    fake.complete(tasks[0])
    fake.fail(tasks[1])
    assert len(fake.callbacks) == 0
    client.cancel_task(tasks[2].id)

    (delivery,) = fake.callbacks
    assert (delivery.event, delivery.task_id, delivery.batch) == ("batch_completed", None, "b")
    assert delivery.json == {
        "batch": "b",
        "status": "completed",
        "stats": {"completed": 1, "canceled": 1, "error": 1},
    }


def test_a_handler_may_call_the_api_in_turn(fake, client):
    def handler(request):
        task_id = request.json["task_id"]
        answer = requests.post(
            f"https://api.scale.com/v1/task/{task_id}/tags",
            json=["seen"],
            auth=("live_fake", ""),
            timeout=5,
        )
        return answer.status_code

    fake.callbacks.deliver_to(handler)
    task = create(client)
    fake.complete(task)

    task.refresh()
    assert task.as_dict()["tags"] == ["seen"]
    assert fake.callbacks.last.succeeded


def test_a_handler_may_call_the_api_from_another_thread(fake, client):
    from threading import Thread

    def handler(request):
        worker = Thread(target=client.add_task_tags, args=(request.json["task_id"], ["seen"]))
        worker.start()
        worker.join(timeout=5)
        assert not worker.is_alive()

    fake.callbacks.deliver_to(handler)
    task = create(client)
    fake.complete(task)

    task.refresh()
    assert task.as_dict()["tags"] == ["seen"]


class HandlerBroke(Exception):
    pass


def broken(request):
    raise HandlerBroke("in the handler")


def test_what_a_target_raises_comes_out_of_the_control_and_counts_as_a_failure(fake, client):
    fake.callbacks.deliver_to(broken)
    task = create(client)

    with pytest.raises(HandlerBroke) as caught:
        fake.complete(task)

    assert caught.traceback[-1].name == "broken"
    assert [attempt.status for attempt in fake.callbacks.last.attempts] == [None]
    assert fake.tasks[0].status == "completed"


def test_what_a_target_raises_comes_out_of_the_api_call_unwrapped_and_is_not_retried(fake):
    fake.callbacks.deliver_to(broken)
    client = fake.client("test_k")

    with pytest.raises(HandlerBroke):
        create(client)

    assert len(fake.requests) == 1
    assert len(fake.tasks) == 1


def test_what_a_target_raises_comes_out_of_a_move_of_the_clock_after_all_due_work(fake, client):
    fake.turnaround(timedelta(hours=1))
    tasks = [create(client), create(client)]
    fake.callbacks.deliver_to(broken)

    with pytest.raises(HandlerBroke) as caught:
        fake.clock.advance(hours=1)

    assert caught.value.__notes__ == ["and then: HandlerBroke: in the handler"]
    assert fake.clock.now() == NOON + timedelta(hours=1)
    assert {task.status for task in fake.tasks} == {"completed"}
    assert len(tasks) == 2


def test_redeliver_adds_an_attempt_and_duplicate_makes_a_delivery(fake, client):
    received = []
    fake.callbacks.deliver_to(lambda request: received.append(request.body))
    fake.complete(create(client))
    delivery = fake.callbacks.last

    fake.callbacks.redeliver(delivery)
    copy = fake.callbacks.duplicate(delivery)

    assert len(received) == 3
    assert (len(delivery.attempts), len(copy.attempts), len(fake.callbacks)) == (2, 1, 2)
    assert received[2] == received[1]


def test_callbacks_can_be_made_late(fake, client):
    fake.callbacks.delay(timedelta(minutes=5), times=1)
    fake.complete(create(client))
    fake.complete(create(client))

    assert [len(delivery.attempts) for delivery in fake.callbacks] == [0, 1]
    fake.clock.advance(minutes=5)
    assert [len(delivery.attempts) for delivery in fake.callbacks] == [1, 1]
    assert fake.callbacks[0].attempts[0].at == NOON + timedelta(minutes=5)


def test_callbacks_can_come_out_of_order(fake, client):
    received = []
    fake.callbacks.deliver_to(lambda request: received.append(request.json["task_id"]))
    fake.callbacks.reorder(times=2)
    tasks = [create(client) for _ in range(3)]

    for task in tasks:
        fake.complete(task)

    assert received == [tasks[1].id, tasks[0].id, tasks[2].id]


def test_a_callback_that_waits_to_be_overtaken_goes_out_after_a_minute(fake, client):
    fake.callbacks.reorder(times=2)
    fake.complete(create(client))

    assert fake.callbacks.last.attempts == []
    fake.clock.advance(minutes=1)
    assert fake.callbacks.last.succeeded


def test_without_a_target_loopback_addresses_are_recorded_too(fake, client):
    fake.complete(create(client, callback_url="http://127.0.0.1:9/x"))

    assert fake.callbacks.last.succeeded


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: c.fail_next(status=200), "give a status from 300 to 599"),
        (lambda c: c.fail_next(times=0), "give a whole number from 1"),
        (lambda c: c.delay(timedelta(-1)), "cannot come before its cause"),
        (lambda c: c.reorder(times=0), "give a whole number from 1"),
        (lambda c: c.before_reply(times=0), "give a whole number from 1"),
    ],
)
def test_meaningless_orders_are_refused(fake, call, message):
    with pytest.raises(ValueError, match=message):
        call(fake.callbacks)


def test_without_deliveries_last_says_what_is_missing(fake):
    with pytest.raises(LookupError, match="tasks need a callback_url"):
        _ = fake.callbacks.last


# -- the bound in bytes -----------------------------------------------------------------------


@pytest.fixture
def small():
    """A fake that keeps 20,000 bytes of bodies."""
    with FakeScale(start_time=NOON, journal_max_bytes=20_000) as fake:
        yield fake


def completed(fake, *sizes, **fields):
    """The deliveries of tasks completed one after another, each with so much metadata."""
    client = fake.client()
    tasks = [create(client, metadata={"x": "y" * size}, **fields) for size in sizes]
    for task in tasks:
        fake.complete(task)
    return [fake.callbacks.of(task)[-1] for task in tasks if fake.callbacks.of(task)]


def test_bodies_of_the_oldest_callbacks_are_let_go_beyond_the_bound(small):
    first, second, third = completed(small, 9_000, 9_000, 9_000)

    assert first.cut.length > 9_000
    assert first.body == str(first.cut).encode()
    assert b"journal_max_bytes= of FakeScale" in first.body
    assert second.cut is third.cut is None
    assert third.json["task"]["metadata"] == {"x": "y" * 9_000}


def test_a_cut_body_of_a_callback_says_what_it_was_and_what_bounds_it(small):
    first, *_ = completed(small, 9_000, 9_000, 9_000)

    with pytest.raises(LookupError) as caught:
        _ = first.json

    assert str(caught.value) == (
        f"the body of callback 1 is {first.cut.length} bytes, blake2b {first.cut.digest}: no "
        "longer kept, since all bodies together are bounded by journal_max_bytes= of FakeScale"
    )


@pytest.mark.parametrize("control", ["redeliver", "duplicate"])
def test_a_callback_whose_body_was_let_go_is_sent_again_whole(small, control):
    first, *_ = completed(small, 9_000, 9_000, 9_000)
    received = []
    small.callbacks.deliver_to(received.append)

    sent = getattr(small.callbacks, control)(first)

    (request,) = received
    assert request.json["task"]["metadata"] == {"x": "y" * 9_000}
    assert sent.json == request.json
    assert small.callbacks[1].cut is not None


def test_a_callback_that_was_not_tried_yet_keeps_its_body(small):
    small.callbacks.delay(timedelta(hours=1), times=1)
    first, *_ = completed(small, 9_000, 9_000, 9_000, 9_000)
    received = []
    small.callbacks.deliver_to(received.append)
    assert first.cut is None

    small.clock.advance(hours=1)

    assert received[0].json["task"]["metadata"] == {"x": "y" * 9_000}


def test_a_snapshot_keeps_the_bodies_of_callbacks_and_the_bound_holds_after_it(small):
    first, second = completed(small, 9_000, 9_000)
    snapshot, document = small.snapshot(), second.json
    completed(small, 9_000, 9_000)
    assert first.cut is not None

    small.restore(snapshot)

    assert [delivery.cut for delivery in small.callbacks] == [None, None]
    completed(small, 9_000)
    assert small.callbacks[0].cut is not None
    assert small.callbacks[1].json == document


def test_a_cut_callback_stays_cut_in_a_dump(small, tmp_path):
    first, *_ = completed(small, 9_000, 9_000, 9_000)

    small.dump(tmp_path / "dump.json")
    loaded = FakeScale.load(tmp_path / "dump.json")

    assert loaded.callbacks[0].cut == first.cut
    assert loaded.callbacks[0].body == first.body


def test_what_clear_forgot_counts_no_more(small):
    completed(small, 9_000, 9_000)

    small.callbacks.clear()
    third, fourth = completed(small, 9_000, 9_000)

    assert third.cut is fourth.cut is None


def test_mails_are_bounded_like_callbacks(small):
    completed(small, 9_000, 9_000, 9_000, callback_url="labels@example.com")

    first, _, third = small.callbacks.outbox
    assert "journal_max_bytes= of FakeScale" in first.body
    assert json.loads(third.body)["metadata"] == {"x": "y" * 9_000}


def test_many_callbacks_keep_no_more_bytes_than_the_bound(small):
    completed(small, *[1_500] * 40)

    kept = [delivery for delivery in small.callbacks if delivery.cut is None]
    assert len(small.callbacks) == 40
    assert 0 < sum(len(delivery.body) for delivery in kept) <= 20_000


def test_an_email_address_of_a_batch_gets_a_mail_when_it_is_completed(fake, client):
    client.create_project("cows", "categorization")
    client.create_batch("cows", "belt 1", callback="ops@example.com")
    task = client.create_task("categorization", project="cows", batch="belt 1", **PARAMS)
    client.finalize_batch("belt 1")

    fake.complete(task)

    (mail,) = fake.callbacks.outbox
    assert (mail.to, mail.subject, mail.task_id) == (
        "ops@example.com",
        "Batch belt 1 completed",
        "",
    )
    assert json.loads(mail.body)["batch"] == "belt 1"


def test_the_callbacks_of_a_task_are_found_by_the_task_or_its_id(fake, client):
    fake.callbacks.deliver_to(lambda _: 200)
    task, other = create(client), create(client)
    fake.complete_all()

    assert [entry.task_id for entry in fake.callbacks.of(task.id)] == [task.id]
    assert fake.callbacks.of(other) == fake.callbacks.of(other.id)


def test_an_attempt_that_nothing_answered_has_no_answer(fake, client):
    fake.callbacks.deliver_to("http://127.0.0.1:9")
    fake.complete(create(client))

    assert fake.callbacks.last.attempts[-1].status is None
    assert fake.callbacks.last.answer == b""


def test_a_delay_that_was_asked_for_is_part_of_a_snapshot(fake, client):
    fake.callbacks.deliver_to(lambda _: 200)
    fake.callbacks.delay(timedelta(minutes=10))
    before = fake.snapshot()
    fake.reset()
    fake.callbacks.deliver_to(lambda _: 200)
    fake.restore(before)

    fake.complete(create(client))

    assert not fake.callbacks.last.attempts
    fake.clock.advance(minutes=10)
    assert fake.callbacks.last.succeeded
