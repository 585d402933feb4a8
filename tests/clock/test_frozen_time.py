"""The fake goes where the test's own freezegun or time-machine goes, by differences."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import freezegun
import pytest
import time_machine

from scaleapi_testing import FakeScale

QUESTION = {"attachment_type": "text", "attachment": "Moo.", "categories": ["cow", "sheep"]}
NEW_YEAR = datetime(2031, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def frozen_by_freezegun(moment):
    return freezegun.freeze_time(moment)


def frozen_by_time_machine(moment):
    return time_machine.travel(moment, tick=False)


def ticking_by_time_machine(moment):
    return time_machine.travel(moment, tick=True)


def ticking_by_freezegun(moment):
    return freezegun.freeze_time(moment, tick=True)


freezers = pytest.mark.parametrize(
    "freeze",
    [frozen_by_freezegun, frozen_by_time_machine, ticking_by_time_machine, ticking_by_freezegun],
)


def found_around_now(client):
    now = datetime.now(UTC)
    tasks = client.tasks(start_time=now - HOUR, end_time=now + HOUR)
    return [task.id for task in tasks]


@freezegun.freeze_time(NEW_YEAR)
def test_own_tasks_lie_around_a_now_that_a_decorator_of_freezegun_froze(scale, scale_client):
    task = scale_client.create_task("categorization", **QUESTION)

    assert scale.clock.now() == NEW_YEAR
    assert found_around_now(scale_client) == [task.id]


@time_machine.travel(NEW_YEAR)
def test_own_tasks_lie_around_a_now_that_a_decorator_of_time_machine_moved(scale, scale_client):
    task = scale_client.create_task("categorization", **QUESTION)

    assert scale.clock.now() == NEW_YEAR
    assert found_around_now(scale_client) == [task.id]


@pytest.mark.time_machine(NEW_YEAR, tick=False)
def test_own_tasks_lie_around_a_now_that_the_mark_of_time_machine_moved(scale, scale_client):
    task = scale_client.create_task("categorization", **QUESTION)

    assert scale.clock.now() == NEW_YEAR
    assert found_around_now(scale_client) == [task.id]


def test_the_fixture_of_time_machine_is_followed(scale, scale_client, time_machine):
    time_machine.move_to(NEW_YEAR)
    scale_client.create_task("categorization", **QUESTION)
    time_machine.move_to(NEW_YEAR + HOUR)

    assert scale.clock.now() == NEW_YEAR + HOUR


@freezers
def test_a_frozen_time_that_is_moved_on_takes_the_clock_along(scale, scale_client, freeze):
    scale.turnaround(HOUR)
    with freeze(NEW_YEAR) as frozen:
        task = scale_client.create_task("categorization", **QUESTION)
        frozen.move_to(NEW_YEAR + 2 * HOUR)
        task.refresh()

    assert task.status == "completed"
    assert scale.clock.now() == NEW_YEAR + 2 * HOUR


@freezers
def test_a_second_freeze_is_followed_from_the_first(scale, scale_client, freeze):
    with freeze(NEW_YEAR):
        scale_client.create_task("categorization", **QUESTION)
        scale.clock.advance(minutes=5)
    with freeze(NEW_YEAR + HOUR):
        now = scale.clock.now()

    assert now == NEW_YEAR + HOUR + timedelta(minutes=5)


@freezers
def test_a_freeze_that_begins_after_calls_is_not_followed_and_the_report_says_so(
    scale, scale_client, freeze
):
    scale_client.tasks()
    before = scale.clock.now()
    with freeze(NEW_YEAR):
        assert scale.clock.now() == before

    assert [note[:52] for note in scale.clock.follower.notes] == [
        "time was frozen to 2031-01-01T00:00:00.000Z after ca"
    ]


@freezers
def test_a_freeze_that_goes_back_leaves_the_clock_where_it_is(scale, scale_client, freeze):
    with freeze(NEW_YEAR) as frozen:
        scale_client.tasks()
        frozen.move_to(NEW_YEAR - HOUR)
        assert scale.clock.now() == NEW_YEAR
        frozen.move_to(NEW_YEAR)
        assert scale.clock.now() == NEW_YEAR + HOUR


@freezers
def test_a_clock_with_a_start_time_is_the_tests_alone(freeze):
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with FakeScale(start_time=noon) as scale, freeze(NEW_YEAR) as frozen:
        frozen.move_to(NEW_YEAR + HOUR)
        scale.client().tasks()

        assert scale.clock.now() == noon
        assert scale.clock.follower.notes == []


@freezers
def test_a_reset_fake_takes_a_frozen_time_anew(scale, scale_client, freeze):
    scale_client.tasks()
    scale.reset()

    with freeze(NEW_YEAR):
        assert scale.clock.now() == NEW_YEAR


def test_a_fake_that_is_reset_within_a_frozen_time_begins_in_it(scale, scale_client):
    with frozen_by_time_machine(NEW_YEAR):
        scale_client.tasks()
        scale.clock.advance(minutes=5)
        scale.reset()

        assert scale.clock.now() == NEW_YEAR
    assert scale.clock.follower.notes == []


def test_a_restored_fake_goes_on_from_the_frozen_time_it_is_restored_in(scale, scale_client):
    with frozen_by_time_machine(NEW_YEAR) as frozen:
        scale_client.tasks()
        before = scale.snapshot()
        frozen.move_to(NEW_YEAR + HOUR)
        scale.restore(before)
        assert scale.clock.now() == NEW_YEAR
        frozen.move_to(NEW_YEAR + 3 * HOUR)

        assert scale.clock.now() == NEW_YEAR + 2 * HOUR
    assert scale.clock.follower.notes == []


def test_what_the_report_says_of_a_freeze_that_comes_too_late(scale, scale_client):
    scale.clock.put(0, untouched=False)
    with frozen_by_time_machine(NEW_YEAR):
        scale_client.tasks()

    (note,) = scale.clock.follower.notes
    assert note == (
        "time was frozen to 2031-01-01T00:00:00.000Z after calls had been made or the clock was "
        "moved: the fake stays at 1970-01-01T00:00:00.000Z; freeze it before the first call, or "
        "give start_time="
    )


def test_what_the_report_says_of_a_freeze_that_goes_back(scale, scale_client):
    with frozen_by_time_machine(NEW_YEAR) as frozen:
        scale_client.tasks()
        frozen.move_to(NEW_YEAR - HOUR)
        scale_client.tasks()

    (note,) = scale.clock.follower.notes
    assert note == (
        "time was moved back to 2030-12-31T23:00:00.000Z and this clock never goes back: the fake "
        "stays at 2031-01-01T00:00:00.000Z; freeze it before the first call, or give start_time="
    )


@pytest.mark.parametrize("freeze", [ticking_by_freezegun, ticking_by_time_machine])
def test_a_fake_made_in_a_frozen_time_starts_at_the_moment_travelled_to(freeze):
    with freeze(NEW_YEAR):
        time.sleep(0.003)  # it has gone on by then

        fake = FakeScale()

    assert fake.clock.now() == NEW_YEAR


def test_a_freeze_has_moved_while_the_clock_has_not_gone_there_yet(scale, scale_client):
    follower = scale.clock.follower
    assert not follower.has_moved()
    with frozen_by_time_machine(NEW_YEAR) as frozen:
        assert follower.has_moved()
        scale.clock.now()
        assert not follower.has_moved()
        frozen.move_to(NEW_YEAR + HOUR)
        assert follower.has_moved()


def test_a_freeze_moves_the_clock_but_is_no_move_of_the_fakes_own(scale, scale_client):
    with frozen_by_time_machine(NEW_YEAR) as frozen:
        scale_client.tasks()
        frozen.move_to(NEW_YEAR + HOUR)
        scale.clock.advance(seconds=1)

    assert scale.clock.moved_ms == 1000


def test_a_time_machine_that_tells_its_destination_otherwise_is_not_followed(
    scale, scale_client, monkeypatch
):
    before = scale.clock.now()
    later = SimpleNamespace(traveller_stack=[SimpleNamespace(destination=NEW_YEAR)])
    monkeypatch.setitem(sys.modules, "time_machine", later)

    scale_client.tasks()

    assert scale.clock.now() == before
    assert scale.clock.follower.notes == []
