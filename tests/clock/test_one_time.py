"""While sleeps are skipped, every clock of the test's thread moves with the fake's."""

from __future__ import annotations

import asyncio
import datetime as dt
import queue
import subprocess
import sys
import threading
import time
from asyncio import sleep as bound_asyncio_sleep
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import monotonic as bound_monotonic
from time import sleep as bound_sleep

import backoff
import freezegun
import pytest
import tenacity
import time_machine

from scaleapi_testing import FakeScale, NotIdle

HOUR = timedelta(hours=1)
HOUR_S = 3600
NEW_YEAR = datetime(2031, 1, 1, tzinfo=UTC)
QUESTION = {"attachment_type": "text", "attachment": "Moo.", "categories": ["cow", "sheep"]}
pytestmark = pytest.mark.scale(skip_sleep=True)

CLOCKS = {
    "time": lambda: 0 + time.time(),
    "time_ns": lambda: time.time_ns() / 1e9,
    "monotonic": lambda: 0 + time.monotonic(),
    "monotonic_ns": lambda: time.monotonic_ns() / 1e9,
    "perf_counter": lambda: 0 + time.perf_counter(),
    "perf_counter_ns": lambda: time.perf_counter_ns() / 1e9,
    "a name bound at import": lambda: 0 + bound_monotonic(),
    "clock_gettime": lambda: time.clock_gettime(time.CLOCK_MONOTONIC),
    "clock_gettime of the day": lambda: time.clock_gettime(time.CLOCK_REALTIME),
    "gmtime": lambda: datetime(*time.gmtime()[:6], tzinfo=UTC).timestamp(),
    "localtime": lambda: time.mktime(time.localtime()),
    "strftime": lambda: time.mktime(time.strptime(time.strftime("%Y %j %X"), "%Y %j %X")),
    "ctime": lambda: time.mktime(time.strptime(time.ctime())),
    "datetime.now": lambda: datetime.now().timestamp(),
    "datetime.now of a zone": lambda: datetime.now(UTC).timestamp(),
    "datetime.utcnow": lambda: datetime.utcnow().replace(tzinfo=UTC).timestamp(),
}
"""Each in a lambda, which looks the function up when it is called; in seconds."""

every_clock = pytest.mark.parametrize("read", CLOCKS.values(), ids=CLOCKS)


@every_clock
def test_a_clock_moves_with_a_skipped_sleep_and_real_time_passes_on_top(scale, read):
    before = read()
    time.sleep(HOUR_S)

    assert HOUR_S - 1 <= read() - before < HOUR_S + 2


@every_clock
def test_a_clock_moves_with_the_fakes_when_the_test_moves_it(scale, read):
    before = read()
    scale.clock.advance(hours=1)

    assert HOUR_S - 1 <= read() - before < HOUR_S + 2


@every_clock
def test_a_clock_of_another_thread_stays_real(scale, read):
    with ThreadPoolExecutor(1) as pool:
        before = pool.submit(read).result()
        time.sleep(HOUR_S)
        after = pool.submit(read).result()

    assert after - before < 60


@pytest.mark.slow
@every_clock
def test_a_clock_is_real_again_after_the_fake(read):
    before = read()
    with FakeScale(skip_sleep=True):
        time.sleep(HOUR_S)

    assert read() - before < 60


@pytest.mark.parametrize("name", ["sleep", "time", "monotonic", "perf_counter", "localtime"])
def test_what_was_replaced_is_the_original_again(name):
    original = getattr(time, name)
    own = {"time": bound_monotonic, "sleep": bound_sleep}
    with FakeScale(skip_sleep=True):
        assert getattr(time, name) is not original

    assert getattr(time, name) is original
    assert {"time": bound_monotonic, "sleep": bound_sleep} == own


def test_a_name_that_a_module_binds_meanwhile_is_put_back_too(monkeypatch):
    module = type(sys)("bound_meanwhile")
    monkeypatch.setitem(sys.modules, "bound_meanwhile", module)
    with FakeScale(skip_sleep=True):
        exec("from time import sleep, monotonic", vars(module))

    assert (module.sleep, module.monotonic) == (time.sleep, time.monotonic)


def test_sleeps_bound_at_import_are_skipped(scale):
    before = scale.clock.now()

    bound_sleep(HOUR_S)
    asyncio.run(bound_asyncio_sleep(HOUR_S))

    assert scale.clock.now() - before == 2 * HOUR


def test_clocks_never_go_back_when_another_fake_skips_sleeps(scale):
    time.sleep(HOUR_S)
    readings = [time.monotonic()]
    with FakeScale(skip_sleep=True):
        readings.append(time.monotonic())
        time.sleep(HOUR_S)
        readings.append(time.monotonic())
    readings.append(time.monotonic())
    scale.reset()
    readings.append(time.monotonic())

    assert readings == sorted(readings)


def test_what_really_waits_keeps_real_time(scale):
    time.sleep(HOUR_S)
    before = scale.clock.now()

    with pytest.raises(queue.Empty):
        queue.Queue().get(timeout=0.01)
    assert not threading.Event().wait(0.01)
    subprocess.run([sys.executable, "-c", ""], timeout=60, check=True)

    assert scale.clock.now() == before


# -- deadlines that must end ------------------------------------------------------------------


@pytest.mark.slow
def test_polling_a_task_that_nobody_completes_ends(scale, scale_client):
    task = scale_client.create_task("categorization", **QUESTION)

    def poll():
        while task.status == "pending":
            time.sleep(600)
            task.refresh()

    with pytest.raises(NotIdle) as caught:
        poll()

    assert str(caught.value).startswith("time.sleep(600) at ")
    assert "test_one_time.py:" in str(caught.value)
    asked = f"Polled last was task {task.id}, 4320 times; its status is pending. "
    assert asked in str(caught.value)
    assert f"scale.complete('{task.id}')" in str(caught.value)


def test_polling_in_asyncio_ends_likewise(scale, scale_client):
    with pytest.raises(NotIdle, match=r"^asyncio\.sleep\(600\) at .*test_one_time\.py:\d+ waits"):
        asyncio.run(poll_for_ever(600))


def test_a_single_sleep_beyond_max_idle_ends_where_it_is_spent(scale):
    before = scale.clock.now()

    with pytest.raises(NotIdle, match="The fake was never called"):
        time.sleep(31 * 86_400)

    assert scale.clock.now() - before == timedelta(days=30)


@pytest.mark.scale(max_idle=timedelta(days=400))
def test_max_idle_says_how_long_is_long(scale):
    time.sleep(399 * 86_400)
    with pytest.raises(NotIdle, match="by 400 days"):
        time.sleep(2 * 86_400)


@pytest.mark.scale(turnaround=timedelta(days=90))
def test_waiting_for_what_is_planned_is_not_idle(scale, scale_client):
    task = scale_client.create_task("categorization", **QUESTION)

    while task.status == "pending":
        time.sleep(86_400)
        task.refresh()

    assert task.status == "completed"


def test_waits_between_calls_that_change_something_are_not_idle(scale, scale_client):
    before = scale.clock.now()
    for _ in range(3):
        time.sleep(20 * 86_400)
        scale_client.create_task("categorization", **QUESTION)

    assert scale.clock.now() - before == timedelta(days=60)


def test_a_sleep_beyond_the_year_9999_is_refused(scale):
    with pytest.raises(ValueError, match=r"^time\.sleep\(1e\+12\) at .* beyond the year 9999"):
        time.sleep(1e12)


@every_clock
def test_a_deadline_by_any_clock_ends(scale, read):
    deadline = read() + HOUR_S
    looks = 0
    while read() < deadline:
        looks += 1
        time.sleep(60)

    assert 59 <= looks <= 61


def test_stop_after_delay_of_tenacity_ends(scale):
    before = scale.clock.now()

    @tenacity.retry(stop=tenacity.stop_after_delay(HOUR_S), wait=tenacity.wait_fixed(60))
    def never():
        raise ConnectionError

    with pytest.raises(tenacity.RetryError):
        never()

    assert HOUR <= scale.clock.now() - before <= HOUR + timedelta(minutes=1)


def test_max_time_of_backoff_ends(scale):
    before = scale.clock.now()

    @backoff.on_exception(
        backoff.constant, ConnectionError, max_time=HOUR_S, interval=60, jitter=None
    )
    def never():
        raise ConnectionError

    with pytest.raises(ConnectionError):
        never()

    assert HOUR - timedelta(minutes=1) <= scale.clock.now() - before <= HOUR


def passed(scale, coroutine):
    """How far the fake's clock moved while a coroutine ran, to the second."""
    before = scale.clock.now()
    asyncio.run(coroutine)
    return round((scale.clock.now() - before).total_seconds())


async def poll_for_ever(seconds=60):
    while True:  # noqa: ASYNC110 - a program that polls
        await asyncio.sleep(seconds)


@pytest.mark.parametrize("seconds", [60, 7 * HOUR_S])
def test_wait_for_ends_at_its_own_time(scale, seconds):
    async def main():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(poll_for_ever(seconds), HOUR_S)

    assert passed(scale, main()) == HOUR_S


def test_a_timeout_of_asyncio_ends_at_its_own_time(scale):
    async def main():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(HOUR_S):
                await poll_for_ever()

    assert passed(scale, main()) == HOUR_S


def test_call_later_is_called_while_a_sleep_is_skipped(scale):
    called = []

    async def main():
        loop = asyncio.get_running_loop()
        began = scale.clock.now()
        loop.call_later(HOUR_S, lambda: called.append(scale.clock.now() - began))
        await asyncio.sleep(2 * HOUR_S)

    assert passed(scale, main()) == 2 * HOUR_S
    assert [round(length.total_seconds()) for length in called] == [HOUR_S]


def test_a_loop_without_a_sleep_keeps_real_time(scale):
    async def main():
        scale.clock.advance(hours=5)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.wait_for(asyncio.to_thread(time.sleep, 0.01), 30)
        return loop.time() - began

    assert asyncio.run(main()) < 10


def test_a_task_that_never_stops_running_holds_no_sleep_up(scale):
    async def spin():
        while True:  # noqa: ASYNC110 - a task that never waits for anything
            await asyncio.sleep(0)

    async def main():
        spinning = asyncio.create_task(spin())
        await asyncio.sleep(60)
        spinning.cancel()

    assert passed(scale, main()) == 60


def test_timers_of_a_loop_that_outlives_the_fake_are_not_late():
    async def main():
        loop = asyncio.get_running_loop()
        done = asyncio.Event()
        with FakeScale(skip_sleep=True):
            await asyncio.sleep(HOUR_S)
            loop.call_later(0.01, done.set)
        await asyncio.wait_for(done.wait(), 30)

    asyncio.run(main())


# -- time that the test froze itself ----------------------------------------------------------


@freezegun.freeze_time(NEW_YEAR)
def test_a_time_frozen_by_freezegun_moves_on_with_the_fake(scale):
    time.sleep(HOUR_S)

    assert datetime.now(UTC) == scale.clock.now() == NEW_YEAR + HOUR
    assert time.time() == (NEW_YEAR + HOUR).timestamp()


@time_machine.travel(NEW_YEAR, tick=False)
def test_a_time_frozen_by_time_machine_moves_on_with_the_fake(scale):
    time.sleep(HOUR_S)

    assert datetime.now(UTC) == scale.clock.now() == NEW_YEAR + HOUR
    assert time.time() == (NEW_YEAR + HOUR).timestamp()


@pytest.mark.parametrize("freeze", [freezegun.freeze_time, time_machine.travel])
def test_clocks_move_on_after_a_freeze_within_the_test(scale, freeze):
    with freeze(NEW_YEAR):
        time.sleep(60)
    before = datetime.now(UTC), time.time(), time.monotonic()
    time.sleep(HOUR_S)

    assert datetime.now(UTC) - before[0] >= HOUR
    assert time.time() - before[1] >= HOUR_S
    assert time.monotonic() - before[2] >= HOUR_S


@pytest.mark.slow
@pytest.mark.parametrize("freeze", [freezegun.freeze_time, time_machine.travel])
@pytest.mark.parametrize("first_to_end", [0, 1])
def test_a_fake_and_a_freeze_leave_nothing_behind_in_either_order(freeze, first_to_end):
    real = time.time, time.monotonic, time.sleep, dt.datetime
    began = datetime.now(UTC)
    fake, freezer = FakeScale(skip_sleep=True), freeze(NEW_YEAR)
    fake.start()
    freezer.start()
    time.sleep(60)
    ends = [fake.stop, freezer.stop]
    ends[first_to_end]()
    ends[1 - first_to_end]()

    assert (time.time, time.monotonic, time.sleep, dt.datetime) == real
    assert timedelta(0) <= datetime.now(UTC) - began < timedelta(minutes=1)
    assert not time_machine.escape_hatch.is_travelling()


@pytest.mark.parametrize("freeze", [freezegun.freeze_time, time_machine.travel])
def test_a_fake_started_within_a_freeze_leaves_it_in_force(freeze):
    with freeze(NEW_YEAR, tick=False):
        with FakeScale(skip_sleep=True):
            time.sleep(60)
        assert datetime.now(UTC) == NEW_YEAR
        assert time.time() == NEW_YEAR.timestamp()
    assert datetime.now(UTC) != NEW_YEAR
