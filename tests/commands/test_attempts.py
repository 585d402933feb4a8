"""Attempts at callbacks where a log acts: listed, made by whoever keeps the log, and told back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scaleapi_testing import FakeScale
from scaleapi_testing._callbacks.targets import TargetAnswer

HOOK = "https://hooks.example.com/scale?team=a"
TASK = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def callbacks(world):
    return world.fake._world.callbacks


def complete_one(world):
    """A task that is called back for at once."""
    path = "/v1/task/categorization"
    world.call("POST", path, {**TASK, "callback_url": HOOK}, key="test_k")
    return world.fake.callbacks.last


def test_an_attempt_that_is_expected_says_what_is_to_be_sent(world, callbacks):
    first, second = complete_one(world), complete_one(world)

    assert [
        (one.number, one.delivery, one.url, one.headers, one.body)
        for one in callbacks.expected.values()
    ] == [
        (1, first.number, HOOK, first.headers, first.body),
        (2, second.number, HOOK, second.headers, second.body),
    ]
    assert list(callbacks.expected) == [1, 2]
    assert {one.at for one in callbacks.expected.values()} == {world.fake.clock.now()}


def test_sending_gives_the_answer_of_the_target_and_changes_nothing(world, callbacks):
    received = []
    delivery = complete_one(world)
    (expected,) = callbacks.expected.values()

    def target(request):
        received.append(request)
        return 503

    callbacks.deliver_to(target)
    answer = callbacks.send(expected)

    assert answer.status == 503
    assert [(one.url, one.body) for one in received] == [(HOOK, delivery.body)]
    assert received[0].headers["Scale-Callback-Auth"] == delivery.headers["scale-callback-auth"]
    assert list(callbacks.expected) == [1]
    assert delivery.attempts == []


def test_sending_where_no_target_is_is_a_200(world, callbacks):
    complete_one(world)
    (expected,) = callbacks.expected.values()

    assert callbacks.send(expected) == TargetAnswer(200)


def test_what_came_of_an_attempt_stands_at_the_time_it_was_begun(world, callbacks):
    delivery = complete_one(world)
    began = world.fake.clock.now()
    world.fake.clock.advance(seconds=3)

    assert callbacks.came(1, 204, b"thanks") is True

    (attempt,) = delivery.attempts
    assert (attempt.at, attempt.status) == (began, 204)
    assert delivery.answer == b"thanks"
    assert not callbacks.expected
    assert not callbacks._under_way


def test_an_outcome_that_is_expected_no_more_changes_nothing(world, callbacks):
    delivery = complete_one(world)
    callbacks.came(1, 200, b"")

    assert callbacks.came(1, 500, b"") is False
    assert callbacks.came(7, 500, b"") is False

    assert [attempt.status for attempt in delivery.attempts] == [200]


def test_what_fail_next_refuses_is_over_at_once_and_tried_again_later(world, callbacks):
    began = world.fake.clock.now()
    callbacks.fail_next(502)
    delivery = complete_one(world)

    assert [(attempt.at, attempt.status) for attempt in delivery.attempts] == [(began, 502)]
    assert delivery.answer == b""
    assert not callbacks.expected
    (planned,) = world.fake.timeline.pending()
    assert planned.when == began + timedelta(seconds=30)


def test_an_attempt_that_failed_is_expected_again_after_its_gap(world, callbacks):
    delivery = complete_one(world)
    callbacks.came(1, None, b"")
    world.fake.clock.advance(seconds=30)

    assert list(callbacks.expected) == [2]
    assert callbacks.expected[2].delivery == delivery.number


def test_an_attempt_that_was_under_way_is_planned_at_once_by_a_fake_without_a_log(world, tmp_path):
    delivery = complete_one(world)
    world.fake.dump(tmp_path / "dump.json")

    loaded = FakeScale.load(tmp_path / "dump.json")

    (planned,) = loaded.timeline.pending()
    assert planned.when == loaded.clock.now()
    assert planned.what == f"callback completed of task {delivery.task_id} is tried (attempt 1)"
