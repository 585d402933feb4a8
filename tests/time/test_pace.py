"""A clock that runs beside real time: how far it goes, and when it wakes by itself."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from scaleapi_testing import FakeScale
from scaleapi_testing._time import pace as module
from scaleapi_testing._time.pace import Pace
from tests.held_state import held_elsewhere

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
QUESTION = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow"]}


class RealTime:
    """Real seconds as the test says."""

    def __init__(self):
        self.seconds = 1000.0

    def monotonic(self):
        return self.seconds


@pytest.fixture
def real(monkeypatch):
    real = RealTime()
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=real.monotonic))
    return real


@pytest.fixture
def fake():
    return FakeScale(start_time=NOON, turnaround=timedelta(hours=1))


def pace_of(fake, speed):
    world = fake._world
    return Pace(world.clock, world.timeline, world.unraised, world.lock, speed)


def gone(fake):
    return (fake.clock.now() - NOON) / timedelta(seconds=1)


@pytest.mark.parametrize(("speed", "virtual_s"), [(1, 2.5), (60, 150), (3600, 9000), (0.5, 1.25)])
def test_a_clock_goes_as_far_as_real_time_went_times_its_speed(real, fake, speed, virtual_s):
    pace = pace_of(fake, speed)
    real.seconds += 2.5

    pace.catch_up()

    assert gone(fake) == virtual_s


def test_what_is_less_than_a_millisecond_is_not_lost(real, fake):
    pace = pace_of(fake, 1)

    for _ in range(8):
        real.seconds += 0.000_25
        pace.catch_up()

    assert gone(fake) == 0.002


def test_a_single_millisecond_is_passed(real, fake):
    pace = pace_of(fake, 1)
    real.seconds += 0.001_01

    pace.catch_up()

    assert gone(fake) == 0.001


def test_real_time_is_counted_once(real, fake):
    pace = pace_of(fake, 60)
    real.seconds += 1
    pace.catch_up()
    real.seconds += 1
    pace.catch_up()

    assert gone(fake) == 120


def test_what_moves_the_clock_besides_comes_on_top(real, fake):
    pace = pace_of(fake, 1)
    real.seconds += 1
    fake.clock.advance(hours=2)

    pace.catch_up()

    assert gone(fake) == 7201


def test_time_is_kept_up_with_until_something_planned_is_due(real, fake):
    pace = pace_of(fake, 3600)
    fake.client().create_task("categorization", **QUESTION)
    real.seconds += 0.999
    assert pace.keep_up()
    assert gone(fake) == 3596.4
    real.seconds += 0.0011
    assert not pace.keep_up()
    assert (gone(fake), fake.tasks[0].status) == (3596.4, "pending")

    pace.catch_up()

    assert fake.tasks[0].status == "completed"
    assert pace.keep_up()


def test_time_is_not_kept_up_with_while_another_thread_has_the_state(real, fake):
    pace = pace_of(fake, 1)
    real.seconds += 1

    with held_elsewhere(fake):
        assert not pace.keep_up()
        assert gone(fake) == 0

    assert pace.keep_up()
    assert gone(fake) == 1


def test_a_nudge_waits_for_nobody_and_is_not_lost(real, fake):
    pace = pace_of(fake, 1)
    with held_elsewhere(fake):
        pace.nudge()

    assert pace._awake.is_set()


def test_what_is_due_this_very_millisecond_is_not_kept_up_with(real, fake):
    pace = pace_of(fake, 3600)
    fake.client().create_task("categorization", **QUESTION)
    real.seconds += 1

    assert not pace.keep_up()
    assert (gone(fake), fake.tasks[0].status) == (0, "pending")


def test_whoever_keeps_up_or_nudges_lets_go_of_the_state(real, fake):
    pace = pace_of(fake, 3600)
    fake.client().create_task("categorization", **QUESTION)
    keeps_up = pace.keep_up()
    pace.nudge()
    real.seconds += 1
    is_due = not pace.keep_up()

    with ThreadPoolExecutor(1) as pool:
        is_free = pool.submit(fake._world.lock.acquire, timeout=1).result()

    assert (keeps_up, is_due, is_free) == (True, True, True)


def test_a_nudge_where_nothing_is_planned_wakes_nobody(real, fake):
    pace = pace_of(fake, 1)

    pace.nudge()

    assert not pace._awake.is_set()


def test_a_pace_that_was_told_of_something_it_could_not_see_looks_again(real, fake):
    pace = pace_of(fake, 3600)
    pace._awake = waits = Waits(pace)
    with held_elsewhere(fake):
        pace.nudge()
    fake.client().create_task("categorization", **QUESTION)

    pace.run()

    assert waits.lengths == [1.0]


def test_a_clock_never_leaves_the_last_year_there_is(real, fake):
    pace = pace_of(fake, 1e9)
    real.seconds += 1e9

    pace.catch_up()

    assert fake.clock.now().year == 9999


def test_what_targets_raise_waits_for_the_next_control(real, fake):
    def target(_):
        raise OSError("the disk of the handler is full")

    fake.callbacks.deliver_to(target)
    task = fake.client().create_task(
        "categorization", callback_url="https://belt.example/hook", **QUESTION
    )
    pace = pace_of(fake, 3600)
    real.seconds += 1

    pace.catch_up()

    with pytest.raises(OSError, match="the disk of the handler is full"):
        fake.recall(task.id)


def test_a_running_pace_does_by_itself_what_is_planned_while_it_runs(fake):
    pace = pace_of(fake, 360_000)
    thread = threading.Thread(target=pace.run, daemon=True)
    thread.start()
    task = fake.client().create_task("categorization", **QUESTION)
    pace.nudge()

    done = threading.Event()
    for _ in range(500):
        if fake.tasks[task.id].status == "completed":
            break
        done.wait(0.01)
    pace.end()
    thread.join(5)

    assert fake.tasks[task.id].status == "completed"
    assert not thread.is_alive()


def test_a_pace_that_waits_for_nothing_ends_when_it_is_told_to(fake):
    pace = pace_of(fake, 1)
    thread = threading.Thread(target=pace.run, daemon=True)
    thread.start()

    pace.end()
    thread.join(5)

    assert not thread.is_alive()


class Waits(threading.Event):
    """In the place of the event by which a pace is woken: ends the pace instead of waiting."""

    def __init__(self, pace):
        super().__init__()
        self.pace = pace
        self.lengths = []

    def wait(self, timeout=None):
        self.lengths.append(timeout)
        self.pace.end()
        return True


def test_a_pace_sleeps_until_what_is_planned_next_and_no_longer(real, fake):
    pace = pace_of(fake, 3600)
    pace._awake = waits = Waits(pace)
    fake.client().create_task("categorization", **QUESTION)
    real.seconds += 0.25

    pace.run()

    assert waits.lengths == [0.75]
    assert fake.tasks[0].status == "pending"


def test_a_pace_sleeps_until_it_is_woken_when_nothing_is_planned(real, fake):
    pace = pace_of(fake, 3600)
    pace._awake = waits = Waits(pace)

    pace.run()

    assert waits.lengths == [None]


def test_a_pace_sleeps_no_longer_than_the_system_can(real, fake):
    pace = pace_of(fake, 1e-9)
    pace._awake = waits = Waits(pace)
    fake.client().create_task("categorization", **QUESTION)

    pace.run()

    assert waits.lengths == [threading.TIMEOUT_MAX]


def test_a_pace_does_what_is_due_before_it_sleeps(real, fake):
    pace = pace_of(fake, 3600)
    pace._awake = waits = Waits(pace)
    fake.client().create_task("categorization", **QUESTION)
    real.seconds += 1

    pace.run()

    assert fake.tasks[0].status == "completed"
    assert waits.lengths == [None]


def test_only_what_comes_before_what_is_waited_for_wakes_a_pace(real, fake):
    pace = pace_of(fake, 1)
    pace._awake = waits = Waits(pace)
    fake.client().create_task("categorization", **QUESTION)
    pace.run()
    waits.clear()

    pace.nudge()
    assert not waits.is_set()
    fake.turnaround(timedelta(minutes=1))
    fake.client().create_task("categorization", **QUESTION)
    pace.nudge()

    assert waits.is_set()
