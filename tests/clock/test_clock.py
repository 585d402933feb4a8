"""Virtual time: what moves it, what runs in which order, and what is refused."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from scaleapi_testing import FakeScale, NotIdle, policies

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}


@pytest.fixture
def fake():
    return FakeScale(start_time=NOON)


def create(fake, **fields):
    return fake.client().create_task("categorization", **PARAMS, **fields)


def test_time_stands_still_until_it_is_moved(fake):
    create(fake)
    create(fake)

    assert fake.clock.now() == NOON
    assert {task.created_at for task in fake.tasks} == {"2026-03-02T12:00:00.000Z"}


def test_the_present_moment_can_be_advanced_to(fake):
    create(fake, callback_url="https://h.example.com/cb")
    fake.callbacks.delay(timedelta(0))
    fake.complete_all()

    fake.clock.advance_to(NOON)

    assert fake.clock.now() == NOON
    assert fake.callbacks.last.succeeded


def test_time_moves_by_lengths_and_to_moments(fake):
    fake.clock.advance(hours=1, seconds=0.5)
    fake.clock.advance(timedelta(minutes=1))
    assert fake.clock.now() == NOON + timedelta(hours=1, minutes=1, seconds=0.5)

    fake.clock.advance_to(NOON + timedelta(days=1))
    assert fake.clock.now() == NOON + timedelta(days=1)


def test_the_limit_of_running_until_idle_counts_to_the_millisecond(fake):
    fake.turnaround(timedelta(hours=1))
    create(fake)

    with pytest.raises(NotIdle):
        fake.clock.run_until_idle(limit=timedelta(hours=1) - timedelta(milliseconds=1))
    fake.clock.run_until_idle(limit=timedelta(hours=1))

    assert fake.tasks[0].status == "completed"


def test_a_wait_is_never_cut_short_and_no_longer_than_its_milliseconds(fake):
    fake.clock.wait(0.0004)
    assert fake.clock.now() == NOON + timedelta(milliseconds=1)

    fake.clock.wait(0.1 + 0.2)
    assert fake.clock.now() == NOON + timedelta(milliseconds=301)


def test_a_wait_that_ends_before_now_moves_nothing(fake):
    fake.clock.advance(hours=1)

    fake.clock.wait(60, began_ms=int(NOON.timestamp() * 1000))

    assert fake.clock.now() == NOON + timedelta(hours=1)


def test_time_never_moves_backwards(fake):
    with pytest.raises(ValueError, match=r"^cannot move the clock by -1:00:00: "):
        fake.clock.advance(hours=-1)
    with pytest.raises(ValueError, match=r"^cannot move the clock to "):
        fake.clock.advance_to(NOON - timedelta(seconds=1))
    assert fake.clock.now() == NOON


def test_a_naive_datetime_is_refused(fake):
    with pytest.raises(ValueError, match="has no time zone; give an aware"):
        fake.clock.advance_to(datetime(2026, 3, 3))
    with pytest.raises(ValueError, match=r"^start_time "):
        FakeScale(start_time=datetime(2026, 3, 3))


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_that_its_offset_puts_outside_of_all_years_is_refused_and_time_stays(fake, moment):
    with pytest.raises(ValueError, match="which lies outside the years 1 to 9999 in UTC"):
        fake.clock.advance_to(datetime.fromisoformat(moment))
    with pytest.raises(ValueError, match=r"^start_time got "):
        FakeScale(start_time=datetime.fromisoformat(moment))
    assert fake.clock.now() == NOON


@pytest.mark.parametrize("wrong", [3, "1h", None])
def test_a_length_is_a_timedelta_or_its_keywords(fake, wrong):
    with pytest.raises(TypeError):
        fake.clock.advance(wrong)


def test_a_turnaround_completes_each_task_at_its_own_time():
    fake = FakeScale(start_time=NOON, turnaround=timedelta(hours=2))
    first = create(fake)
    fake.clock.advance(hours=1)
    second = create(fake)

    fake.clock.advance(hours=1)

    first.refresh()
    second.refresh()
    assert (first.status, second.status) == ("completed", "pending")
    assert first.as_dict()["completed_at"] == "2026-03-02T14:00:00.000Z"


def test_events_run_in_time_order_and_each_sees_its_own_time():
    lengths = iter([3, 1, 2, 1])
    fake = FakeScale(
        start_time=NOON, turnaround=lambda task, random: timedelta(hours=next(lengths))
    )
    ids = [create(fake).id for _ in range(4)]
    seen = []
    fake.respond(
        "categorization",
        lambda task, random: seen.append((task.id, fake.clock.now())) or {"category": "a"},
    )

    fake.clock.advance(hours=5)

    hours = [timedelta(hours=hour) for hour in (1, 1, 2, 3)]
    order = [ids[1], ids[3], ids[2], ids[0]]
    assert seen == [(task_id, NOON + hour) for task_id, hour in zip(order, hours, strict=True)]
    assert fake.clock.now() == NOON + timedelta(hours=5)


def test_the_timeline_shows_what_is_to_come_and_runs_it_step_by_step():
    fake = FakeScale(start_time=NOON, turnaround=timedelta(hours=2))
    task = create(fake)

    (event,) = fake.timeline.pending()
    assert (event.when, event.what) == (
        NOON + timedelta(hours=2),
        f"task {task.id} ends: completed",
    )
    assert fake.timeline.step() == event
    assert fake.clock.now() == event.when
    with pytest.raises(LookupError, match="nothing is planned"):
        fake.timeline.step()


def test_a_canceled_task_leaves_the_timeline():
    fake = FakeScale(turnaround=timedelta(hours=2))
    create(fake).cancel()

    assert fake.timeline.pending() == []


def test_run_until_idle_stops_at_the_last_event():
    fake = FakeScale(start_time=NOON, turnaround=timedelta(hours=2))
    create(fake, callback_url="https://h.example.com/x")
    fake.callbacks.fail_next(times=2)

    fake.clock.run_until_idle()

    assert fake.clock.now() == NOON + timedelta(hours=2, seconds=90)
    assert [delivery.succeeded for delivery in fake.callbacks] == [True]


def test_run_until_idle_names_the_event_beyond_its_limit():
    fake = FakeScale(start_time=NOON, turnaround=timedelta(days=40))
    task = create(fake)

    with pytest.raises(NotIdle, match=f"not idle after 30 days, .*task {task.id} ends: completed"):
        fake.clock.run_until_idle()
    fake.clock.run_until_idle(limit=timedelta(days=41))
    assert fake.tasks[0].status == "completed"


def test_back_off_of_a_client_moves_the_clock_and_costs_no_time(fake):
    task = create(fake)
    fake.faults.add(status=429, retry_after=3600, times=2)

    task.refresh()

    assert fake.clock.now() == NOON + timedelta(hours=2)


def test_waits_that_begin_together_end_together(fake):
    client = fake.client()
    fake.faults.add(status=429, retry_after=30, times=8)
    gate = threading.Barrier(8)

    def work():
        gate.wait()
        client.tasks()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert fake.clock.now() == NOON + timedelta(seconds=30)


def test_a_wait_ends_when_its_time_has_come_anyway(fake):
    fake.clock.advance(seconds=10)

    fake.clock.wait(4, began_ms=round(NOON.timestamp() * 1000))
    assert fake.clock.now() == NOON + timedelta(seconds=10)
    fake.clock.wait(14, began_ms=round(NOON.timestamp() * 1000))
    assert fake.clock.now() == NOON + timedelta(seconds=14)


def test_a_batch_in_staging_is_not_worked_on_and_its_turnaround_counts_from_finalize():
    fake = FakeScale(start_time=NOON, turnaround=timedelta(hours=2))
    client = fake.client()
    client.create_project(project_name="p", task_type="categorization", rapid=True)
    client.create_batch(project="p", batch_name="b")
    task = create(fake, batch="b")

    fake.clock.advance(hours=5)
    task.refresh()
    assert task.status == "pending"
    client.finalize_batch("b")
    fake.clock.advance(hours=1, minutes=59)
    task.refresh()
    assert task.status == "pending"
    fake.clock.advance(minutes=1)
    task.refresh()
    assert task.status == "completed"


def test_policies_by_kind_the_narrowest_and_latest_wins(fake):
    client = fake.client()
    for name in ("p", "q"):
        client.create_project(project_name=name, task_type="categorization")
    client.create_batch(project="p", batch_name="b")
    fake.turnaround(timedelta(hours=9))
    fake.turnaround(timedelta(hours=8), task_type="categorization")
    fake.turnaround(timedelta(hours=1), batch="b")
    fake.turnaround(timedelta(hours=2), project="p")
    fake.turnaround(timedelta(hours=3), project="p")

    wanted = {"b": create(fake, batch="b"), "p": create(fake, project="p"), "q": create(fake)}

    due = {event.what.split()[1]: event.when - NOON for event in fake.timeline.pending()}
    assert {name: due[task.id] for name, task in wanted.items()} == {
        "b": timedelta(hours=1),
        "p": timedelta(hours=3),
        "q": timedelta(hours=8),
    }
    assert "policy: scale.turnaround(1:00:00, batch='b')" in fake.explain(wanted["b"])


def test_a_script_gives_each_task_its_own_fate_and_then_falls_through(fake):
    fake.turnaround(timedelta(hours=9))
    fake.turnaround(
        [
            policies.completed(after=timedelta(hours=1), response={"category": "b"}),
            policies.error("blurry"),
            policies.canceled(after=timedelta(hours=2)),
        ],
        task_type="categorization",
    )
    tasks = [create(fake) for _ in range(4)]

    fake.clock.advance(hours=3)
    for task in tasks:
        task.refresh()

    assert [task.status for task in tasks] == ["completed", "error", "canceled", "pending"]
    assert tasks[0].as_dict()["response"] == {"category": "b"}
    assert tasks[1].as_dict()["response"]["error"] == "blurry"
    assert "entry 2 of scale.turnaround(a script of 3" in fake.explain(tasks[1])


def test_never_leaves_tasks_to_the_test(fake):
    fake.turnaround(timedelta(hours=1))
    fake.turnaround(policies.never, task_type="categorization")
    create(fake)

    assert fake.timeline.pending() == []


def test_after_polls_counts_reads_of_the_task_alone(fake):
    fake.turnaround(policies.after_polls(3))
    client = fake.client()
    task = create(fake)

    statuses = []
    for _ in range(4):
        client.tasks()
        statuses.append(client.get_task(task.id).status)

    assert statuses == ["pending", "pending", "completed", "completed"]


@pytest.mark.parametrize("wrong", [timedelta(hours=-1), [], [timedelta(hours=1)], "2h", 3600])
def test_what_is_no_policy_is_refused_at_once(fake, wrong):
    with pytest.raises((TypeError, ValueError), match="turnaround"):
        fake.turnaround(wrong)


@pytest.mark.parametrize("n", [0, -1, 1.5, True])
def test_after_polls_takes_a_whole_number(n):
    with pytest.raises(ValueError, match="give a whole number from 1"):
        policies.after_polls(n)


@pytest.mark.slow
def test_a_frozen_real_time_is_where_the_clock_starts():
    freezegun = pytest.importorskip("freezegun")

    with freezegun.freeze_time("2020-02-29 10:00:00"):
        fake = FakeScale()

    assert fake.clock.now() == datetime(2020, 2, 29, 10, tzinfo=UTC)


def test_a_travelled_real_time_is_where_the_clock_starts():
    time_machine = pytest.importorskip("time_machine")

    with time_machine.travel(datetime(2020, 2, 29, 10, tzinfo=UTC), tick=False):
        fake = FakeScale()

    assert fake.clock.now() == datetime(2020, 2, 29, 10, tzinfo=UTC)


def test_what_else_was_raised_on_the_way_is_noted_on_the_first_error(fake):
    names = iter(["first", "second"])

    def target(_):
        raise OSError(f"the {next(names)} handler failed")

    fake.callbacks.deliver_to(target)
    fake.turnaround(timedelta(hours=1))
    create(fake, callback_url="https://h.example.com/a")
    create(fake, callback_url="https://h.example.com/b")

    with pytest.raises(OSError, match="the first handler failed") as caught:
        fake.clock.advance(hours=1)

    assert caught.value.__notes__ == ["and then: OSError: the second handler failed"]


def test_a_timeline_says_how_much_is_planned_and_what_comes_next(fake):
    fake.turnaround(timedelta(hours=1))
    first = create(fake)
    create(fake)

    assert repr(fake.timeline) == (
        f"<Timeline 2 pending, next task {first.id} ends: completed at 2026-03-02T13:00:00.000Z>"
    )


def test_what_is_completed_before_its_time_is_planned_no_more(fake):
    fake.turnaround(timedelta(hours=1))
    task = create(fake)

    fake.complete(task.id)

    assert list(fake.timeline) == []


def test_a_world_that_is_busy_for_one_event_says_which(fake):
    fake.turnaround(timedelta(hours=1))
    task = create(fake)

    with pytest.raises(NotIdle) as caught:
        fake.clock.run_until_idle(limit=timedelta(minutes=1))

    assert str(caught.value) == (
        "not idle after 0:01:00, at 2026-03-02T12:01:00.000Z: 1 event is still to come, the next "
        f"at 2026-03-02T13:00:00.000Z: task {task.id} ends: completed. Give a larger limit=, or "
        "see scale.timeline.pending() for what keeps it busy"
    )
