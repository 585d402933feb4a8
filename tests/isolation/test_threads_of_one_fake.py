"""One fake that many threads act on and look at while time passes."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from scaleapi_testing import FakeScale

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}
TASKS = 60
EACH = 20  # events per thread


@pytest.fixture
def fake():
    fake = FakeScale(start_time=NOON, turnaround=timedelta(hours=1))
    fake.client().create_project("p", "categorization")
    return fake


@pytest.fixture(autouse=True)
def _threads_that_take_turns_often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def create(fake, **fields):
    return fake.client().create_task("categorization", **PARAMS, **fields)


def while_looking(act, look):
    """What ``act`` gives while another thread looks, which raises what the look raises."""
    done = threading.Event()

    def keep_looking():
        look()
        while not done.is_set():
            look()

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(keep_looking)
        try:
            result = act()
        finally:
            done.set()
        looking.result()
    return result


def test_threads_that_step_through_the_timeline_run_each_event_once(fake):
    fake.turnaround(lambda task, random: timedelta(seconds=random.randint(1, 9999)))
    for _ in range(8 * EACH):
        create(fake)

    def steps(_):
        return [fake.timeline.step().what for _ in range(EACH)]

    with ThreadPoolExecutor(8) as pool:
        stepped = [what for mine in pool.map(steps, range(8)) for what in mine]

    assert sorted(stepped) == sorted(f"task {task.id} ends: completed" for task in fake.tasks)


def test_batches_are_looked_through_while_others_are_made(fake):
    client = fake.client()

    def make():
        return [client.create_batch("p", f"b{n}").name for n in range(TASKS)]

    made = while_looking(make, lambda: fake.batches(project="p"))

    assert [batch.name for batch in fake.batches] == made


@pytest.mark.slow
def test_callbacks_are_looked_through_while_others_are_sent(fake):
    def send():
        return [create(fake, callback_url="https://h.example.com/cb").id for _ in range(TASKS)]

    for task_id in send():
        fake.complete(task_id)
    sent = while_looking(
        lambda: [fake.complete(task_id).id for task_id in send()],
        lambda: (fake.callbacks.of("none"), repr(fake.callbacks)),
    )

    assert [delivery.task_id for delivery in fake.callbacks][TASKS:] == sent


def test_looking_at_the_timeline_takes_nothing_from_it(fake):
    tasks = [create(fake) for _ in range(TASKS)]
    for task in tasks[::2]:
        fake.client().cancel_task(task.id)

    while_looking(
        lambda: [fake.clock.advance(minutes=1) for _ in range(TASKS)],
        lambda: (repr(fake.timeline), fake.timeline.pending()),
    )

    assert [task.status for task in fake.tasks] == ["canceled", "completed"] * (TASKS // 2)


@pytest.mark.slow
def test_threads_begin_under_a_tracer_while_a_fake_is_active(monkeypatch):
    """A hook in Python that is asked about ``sys.settrace`` gives another thread a turn in its
    midst, and CPython 3.11 then refuses that thread its own: it died before its first line."""
    died = []
    monkeypatch.setattr(sys, "unraisablehook", died.append)
    tracer = threading.gettrace()
    threading.settrace(lambda *_: None)

    def begin_some():
        for _ in range(120):
            begun = [threading.Thread(target=sum, args=(range(2000),)) for _ in range(8)]
            for thread in begun:
                thread.start()
            for thread in begun:
                thread.join()

    try:
        with FakeScale(), ThreadPoolExecutor(6) as pool:
            for beginning in [pool.submit(begin_some) for _ in range(6)]:
                beginning.result()
    finally:
        threading.settrace(tracer)

    assert died == []
