"""How far a clock was moved, what a slow answer moves, and when a wait is one for nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scaleapi_testing import FakeScale, NotIdle, policies

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EVE = datetime(9999, 12, 31, 23, 59, 50, tzinfo=UTC)
QUESTION = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow"]}
MAX_IDLE_S = 600


@pytest.fixture
def fake():
    return FakeScale(start_time=NOON, max_idle=timedelta(seconds=MAX_IDLE_S))


def create(fake, **fields):
    return fake.client().create_task("categorization", **QUESTION, **fields)


def ms(hours):
    return int(NOON.timestamp() * 1000) + hours * 3_600_000


# -- how far ------------------------------------------------------------------------------------


def test_a_clock_knows_how_far_it_was_moved_and_forgets_none_of_it(fake):
    assert fake.clock.moved_ms == 0
    before = fake.snapshot()
    fake.clock.advance(hours=1)
    fake.restore(before)
    fake.clock.advance(minutes=1)

    assert fake.clock.moved_ms == 3_660_000


# -- slow answers -------------------------------------------------------------------------------


def test_a_slow_answer_moves_the_clock_as_long_as_it_lasts(fake):
    fake.faults.add(latency=timedelta(seconds=1.5), times=1)
    fake.client().tasks()
    fake.client().tasks()

    assert fake.clock.now() == NOON + timedelta(seconds=1.5)


def test_what_falls_due_during_a_slow_answer_is_done(fake):
    fake.turnaround(timedelta(seconds=1))
    task = create(fake)
    fake.faults.add(latency=timedelta(seconds=1))
    fake.client().tasks()

    assert fake.tasks[task.id].status == "completed"


def test_a_slow_answer_on_the_last_evening_there_is_ends_with_it():
    fake = FakeScale(start_time=EVE)
    fake.faults.add(latency=timedelta(minutes=1))

    fake.client().tasks()

    assert fake.clock.now() == datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)


# -- waits for nothing --------------------------------------------------------------------------


def test_as_long_as_max_idle_nothing_need_happen_and_not_a_millisecond_longer(fake):
    fake.clock.wait(MAX_IDLE_S - 1)
    fake.clock.wait(1)

    with pytest.raises(NotIdle):
        fake.clock.wait(0.001)

    assert fake.clock.now() == NOON + timedelta(seconds=MAX_IDLE_S)


def test_a_wait_for_nothing_that_was_told_is_not_told_again(fake):
    with pytest.raises(NotIdle):
        fake.clock.wait(MAX_IDLE_S + 1)

    fake.clock.wait(MAX_IDLE_S)
    with pytest.raises(NotIdle):
        fake.clock.wait(1)

    assert fake.clock.now() == NOON + timedelta(seconds=2 * MAX_IDLE_S)


def test_what_is_done_during_a_slow_answer_is_not_nothing(fake):
    fake.turnaround(timedelta(seconds=1))
    create(fake)
    fake.faults.add(latency=timedelta(seconds=1))
    fake.client().tasks()

    fake.clock.wait(MAX_IDLE_S)

    assert fake.clock.now() == NOON + timedelta(seconds=1 + MAX_IDLE_S)


def test_a_fake_that_is_put_back_has_waited_for_nothing_yet(fake):
    before = fake.snapshot()
    fake.clock.wait(MAX_IDLE_S)
    fake.restore(before)

    fake.clock.wait(MAX_IDLE_S)

    assert fake.clock.now() == NOON + timedelta(seconds=MAX_IDLE_S)


def test_moving_the_clock_is_not_waiting_for_nothing(fake):
    fake.clock.wait(MAX_IDLE_S)
    fake.clock.advance(days=30)
    fake.clock.wait(MAX_IDLE_S)
    fake.clock.run_until_idle()
    fake.clock.wait(MAX_IDLE_S)

    assert fake.clock.now() == NOON + timedelta(days=30, seconds=3 * MAX_IDLE_S)


# -- the timeline -------------------------------------------------------------------------------


def test_a_task_that_was_canceled_holds_up_no_other(fake):
    fake.turnaround(timedelta(hours=1))
    first, second = create(fake), create(fake)
    first.cancel()

    fake.clock.advance(hours=1)

    assert fake.tasks[second.id].status == "completed"
    assert len(fake.timeline) == 0


def test_what_is_planned_anew_happens_once_at_its_new_time(fake):
    fake.timeline.plan(ms(1), "callbacks_held")
    fake.timeline.plan(ms(2), "callbacks_held")

    assert [event.when for event in fake.timeline] == [NOON + timedelta(hours=2)]
    assert fake.timeline.drop("callbacks_held") is True
    assert fake.timeline.drop("callbacks_held") is False
    assert list(fake.timeline) == []


def test_what_falls_together_happens_in_the_order_in_which_it_was_planned(fake):
    fake.turnaround(timedelta(minutes=1))
    task = create(fake)
    fake.callbacks.reorder(times=2)
    fake.turnaround(policies.never)
    fake.complete(create(fake, callback_url="https://h.example.com/x"))

    events = [event.what for event in fake.timeline]
    assert events == [f"task {task.id} ends: completed", "held callbacks are sent"]


def test_what_is_planned_after_a_restore_comes_behind_what_was_before(fake):
    fake.turnaround(timedelta(hours=1))
    first = create(fake)

    fake.restore(fake.snapshot())
    others = [create(fake) for _ in range(2)]

    ids = [event.what.split()[1] for event in fake.timeline]
    assert ids == [first.id, *(task.id for task in others)]


def test_what_could_not_be_done_stays_planned_before_what_comes_later(fake):
    answers = iter([OSError("the model is not there"), {"category": "cow"}, {"category": "cow"}])

    def respond(task, random):
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    fake.respond("categorization", respond)
    fake.turnaround(timedelta(hours=1))
    first, second = create(fake), create(fake)

    with pytest.raises(OSError, match="the model is not there"):
        fake.clock.advance(hours=1)

    assert [event.what.split()[1] for event in fake.timeline] == [first.id, second.id]
    fake.clock.run_until_idle()
    assert {task.status for task in fake.tasks} == {"completed"}
    assert list(fake.timeline) == []


# -- where errors point -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "move",
    [
        lambda fake: fake.clock.advance(),
        lambda fake: fake.clock.advance(seconds="1"),
        lambda fake: fake.clock.advance(hours=-1),
        lambda fake: fake.clock.advance_to(NOON - timedelta(hours=1)),
        lambda fake: fake.clock.advance_to("tomorrow"),
        lambda fake: fake.clock.run_until_idle(limit=timedelta(minutes=1)),
        lambda fake: fake.clock.run_until_idle(limit=-timedelta(minutes=1)),
        lambda fake: FakeScale(max_idle=timedelta(seconds=1)).clock.wait(2),
        lambda fake: fake.clock.wait(1e15),
        lambda fake: FakeScale(start_time=NOON).timeline.step(),
    ],
)
def test_an_error_of_the_clock_is_shown_in_the_line_that_moved_it(fake, move):
    fake.timeline.plan(ms(1), "callbacks_held")

    with pytest.raises((NotIdle, LookupError, TypeError, ValueError)) as caught:
        move(fake)

    shown = [str(entry.path) for entry in caught.traceback if not entry.ishidden(caught)]
    assert shown == [__file__, __file__]
