"""What is left planned, kept and told by the controls of callbacks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scaleapi_testing import FakeScale, FakeScaleError

from .conftest import NOON, URL, create


def test_callbacks_that_went_out_of_order_leave_nothing_planned(fake, client):
    fake.callbacks.reorder(times=2)
    fake.complete(create(client))
    assert [event.when for event in fake.timeline] == [NOON + timedelta(minutes=1)]

    fake.complete(create(client))

    assert list(fake.timeline) == []


def test_callbacks_are_held_no_more_after_those_that_were_to_be(fake, client):
    fake.callbacks.reorder(times=5)
    fake.complete(create(client))
    fake.clock.advance(minutes=1)

    fake.complete(create(client))

    assert [len(delivery.attempts) for delivery in fake.callbacks] == [1, 1]


def test_a_callback_sent_again_carries_the_key_of_today(fake, client):
    fake.complete(create(client))
    first = fake.callbacks.last
    fake.account("live_fake").callback_auth_key = "changed"

    copy = fake.callbacks.duplicate(first)

    assert copy.headers == {"Content-Type": "application/json", "scale-callback-auth": "changed"}
    assert first.headers["scale-callback-auth"] != "changed"
    assert (first.number, copy.number) == (1, 2)
    assert (copy.event, copy.task_id, copy.url) == (first.event, first.task_id, first.url)


def test_a_callback_goes_nowhere_where_no_target_takes_it(fake):
    callbacks = fake.callbacks
    assert callbacks.has_no_target(URL)

    callbacks.deliver_to(print, url_prefix="https://hooks.")

    assert not callbacks.has_no_target(URL)
    assert callbacks.has_no_target("https://other.example.com/")


def test_a_target_whose_calls_bring_about_the_next_callback_is_stopped_at_sixteen(fake, client):
    fake.callbacks.deliver_to(lambda request: create(fake.client("test_k")) and None)

    with pytest.raises(FakeScaleError) as caught:
        create(fake.client("test_k"))

    deepest = fake.callbacks[16]
    assert str(caught.value) == (
        f"16 callbacks are under way inside each other, the last one <Delivery completed of task "
        f"{deepest.task_id} to {URL}: not tried>: the target makes calls that bring about the "
        "next callback, without end. Let it stop, or complete its tasks outside of it "
        "(turnaround=...)"
    )
    assert len(fake.callbacks) == 17
    assert [attempt.status for attempt in deepest.attempts] == [None]
    assert deepest.answer == b""


def test_after_callbacks_inside_each_other_as_many_may_be_again(fake, client):
    left = [15]

    def target(request):
        if left[0]:
            left[0] -= 1
            create(fake.client("test_k"))

    fake.callbacks.deliver_to(target)
    create(fake.client("test_k"))
    left[0] = 15
    create(fake.client("test_k"))

    assert len(fake.callbacks) == 32
    assert all(delivery.succeeded for delivery in fake.callbacks)


def test_mails_of_a_restored_fake_are_bounded_as_before():
    with FakeScale(start_time=NOON, journal_max_bytes=20_000) as fake:
        client = fake.client()
        for size in (6_000, 6_100):
            fake.complete(
                create(client, callback_url="ann@example.com", metadata={"x": "y" * size})
            )
        kept = [mail.body for mail in fake.callbacks.outbox]

        fake.restore(fake.snapshot())
        fake.complete(create(client, callback_url="ann@example.com", metadata={"x": "y" * 9_000}))

        first, second, third = (mail.body for mail in fake.callbacks.outbox)
    assert "journal_max_bytes= of FakeScale" in first
    assert second == kept[1]
    assert len(third) > 9_000


def test_the_newest_callbacks_are_found_by_their_place(fake, client):
    for _ in range(3):
        fake.complete(create(client))

    assert fake.callbacks[-3] is fake.callbacks[0]
    assert fake.callbacks[2] is fake.callbacks.last
    with pytest.raises(IndexError, match=r"^no callback 3: 3 callbacks so far, counted from 0$"):
        fake.callbacks[3]
    with pytest.raises(IndexError, match=r"^no callback -4: 3 callbacks so far, counted from 0$"):
        fake.callbacks[-4]


def test_the_repr_of_callbacks_counts_those_that_have_not_arrived(fake, client):
    fake.callbacks.fail_next()
    for _ in range(3):
        fake.complete(create(client))

    assert repr(fake.callbacks) == "<Callbacks 3 deliveries, 1 not yet successful>"


def test_a_planned_attempt_says_what_about_and_which_it_is(fake, client):
    fake.callbacks.fail_next(times=2)
    task = create(client)
    fake.complete(task)
    fake.clock.advance(seconds=30)

    (event,) = fake.timeline
    assert event.what == f"callback completed of task {task.id} is tried (attempt 3)"
    assert event.when == NOON + timedelta(seconds=90)
