"""A clock that goes where the commands of a log say, one planned event after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scaleapi_testing import FakeScale

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOON_MS = int(NOON.timestamp() * 1000)
HOUR = timedelta(hours=1)
HOUR_MS = 3_600_000
QUESTION = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow"]}


@pytest.fixture
def fake():
    return FakeScale(start_time=NOON, turnaround=HOUR)


def create(fake, **fields):
    return fake.client().create_task("categorization", **QUESTION, **fields).id


def test_without_anything_planned_the_clock_goes_to_the_commands_time(fake):
    assert fake.clock.near(NOON_MS + 1) is False

    assert fake.clock.ms == NOON_MS + 1


def test_one_planned_event_is_done_at_a_time(fake):
    first, second = create(fake), create(fake)

    statuses = []
    for expected in (True, True, False):
        assert fake.clock.near(NOON_MS + 2 * HOUR_MS) is expected
        statuses.append((fake.tasks[first].status, fake.tasks[second].status, fake.clock.ms))

    assert statuses == [
        ("completed", "pending", NOON_MS + HOUR_MS),
        ("completed", "completed", NOON_MS + HOUR_MS),
        ("completed", "completed", NOON_MS + 2 * HOUR_MS),
    ]


def test_what_comes_later_than_the_command_is_left(fake):
    task = create(fake)

    assert fake.clock.near(NOON_MS + HOUR_MS - 1) is False

    assert fake.tasks[task].status == "pending"
    assert fake.clock.ms == NOON_MS + HOUR_MS - 1


def test_a_clock_that_is_further_stays_where_it_is(fake):
    fake.clock.advance(minutes=1)

    fake.clock.near(NOON_MS)

    assert fake.clock.now() == NOON + timedelta(minutes=1)


def test_what_controls_moved_comes_on_top_of_the_times_of_commands(fake):
    fake.clock.advance(minutes=1)
    fake.clock.applied_at(NOON_MS)

    fake.clock.near(NOON_MS + 5)

    assert fake.clock.now() == NOON + timedelta(minutes=1, milliseconds=5)


def test_a_command_beyond_the_last_year_finds_the_clock_in_its_last_millisecond(fake):
    fake.clock.near(10**15)

    assert fake.clock.now() == datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)


def test_what_an_event_raises_waits_for_the_next_control_and_time_stops_there(fake):
    answers = iter([OSError("the model is not there"), {"category": "cow"}])

    def respond(task, random):
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    fake.respond("categorization", respond)
    task = create(fake)

    assert fake.clock.near(NOON_MS + 2 * HOUR_MS) is False

    assert fake.clock.ms == NOON_MS + HOUR_MS
    assert [event.what for event in fake.timeline] == [f"task {task} ends: completed"]
    with pytest.raises(OSError, match="the model is not there"):
        fake.recall(task)
    fake.clock.advance(hours=1)
    assert fake.tasks[task].status == "completed"


def test_frozen_time_is_not_followed_by_a_log(fake):
    untouched = fake.clock.follower.untouched

    fake.clock.never_waits()

    assert fake.clock.follower.untouched is untouched is True
    assert not fake.clock.follower.has_moved()


def test_nobody_waits_for_threads_in_a_log(fake):
    fake.clock.never_waits()

    fake.clock.wait(1)

    assert fake.clock.now() == NOON + timedelta(seconds=1)
