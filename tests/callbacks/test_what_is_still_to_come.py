"""Callbacks that are planned, forgotten, mailed, or caused in the middle of something else."""

from __future__ import annotations

from .conftest import create


def test_a_callback_that_arrived_by_redelivery_is_not_planned_any_more(fake, client):
    fake.callbacks.fail_next()
    fake.complete(create(client))
    planned = len(fake.timeline)

    fake.callbacks.redeliver(fake.callbacks.last)

    assert (planned, len(fake.timeline)) == (1, 0)
    assert [attempt.status for attempt in fake.callbacks.last.attempts] == [500, 200]


def test_a_forgotten_callback_is_still_tried_after_a_restore(fake, client):
    received = []
    fake.callbacks.deliver_to(lambda request: received.append(request.json["status"]))
    fake.callbacks.fail_next()
    fake.complete(create(client))
    fake.callbacks.clear()

    fake.restore(fake.snapshot())
    fake.clock.advance(minutes=1)

    assert received == ["completed"]


def test_audits_and_recalls_are_not_mailed(fake, client):
    task = create(client, callback_url="ann@example.com")
    fake.complete(task)

    task.audit(False, "no")
    fake.recall(task)

    assert [mail.subject for mail in fake.callbacks.outbox] == [f"Task {task.id} completed"]


def test_what_an_answer_causes_is_called_back_when_the_answer_is_given(fake, client):
    happened = []
    fake.callbacks.deliver_to(lambda request: happened.append(request.json["task_id"]))
    first, second = create(client), create(client)

    def answer(task, _):
        fake.complete(second, {"category": "b"})
        happened.append("answered")
        return {"category": "a"}

    fake.respond("categorization", answer)
    fake.complete(first)

    assert happened == ["answered", second.id, first.id]


def test_each_held_callback_starts_the_wait_for_the_others_anew(fake, client):
    received = []
    fake.callbacks.deliver_to(lambda request: received.append(request.json["task_id"]))
    first, second = create(client), create(client)
    fake.callbacks.reorder(times=3)
    fake.complete(first)
    fake.clock.advance(seconds=40)
    fake.complete(second)

    fake.clock.advance(seconds=40)
    held = (list(received), len(fake.timeline.pending()))
    fake.clock.run_until_idle()

    assert held == ([], 1)
    assert received == [second.id, first.id]
