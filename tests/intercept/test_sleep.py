"""Which sleeps cost nothing, and for whom."""

from __future__ import annotations

import asyncio
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import freezegun
import pytest
import time_machine
import urllib3
from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry

from scaleapi_testing import FakeScale
from scaleapi_testing._intercept import active

DAY = 86_400
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def skipping(make_fake):
    fake = make_fake()
    active.start(fake, skip_sleep=True)
    yield fake
    active.stop(fake)


def test_a_sleep_moves_the_clock_and_takes_no_time(skipping):
    began = time.process_time()

    time.sleep(3 * DAY)

    assert skipping.clock.ms == 3 * DAY * 1000
    assert time.process_time() - began < 5


def test_sleeps_are_real_unless_asked(fake):
    time.sleep(0)
    time.sleep(0.001)

    assert fake.clock.waits == []


@pytest.mark.parametrize("seconds", [-1, -0.5, float("nan"), float("inf"), "1", None])
def test_what_is_no_length_is_refused_as_ever(skipping, seconds):
    with pytest.raises((ValueError, TypeError, OverflowError)):
        time.sleep(seconds)

    assert skipping.clock.waits == []


def test_a_background_thread_sleeps_for_real(skipping):
    with ThreadPoolExecutor(1) as pool:
        pool.submit(time.sleep, 0.01).result()

    assert skipping.clock.waits == []


def test_a_thread_that_carries_the_context_sleeps_for_real(skipping):
    async def main():
        await asyncio.to_thread(time.sleep, 0.01)

    asyncio.run(main())

    assert skipping.clock.waits == []


def test_a_sleep_in_asyncio_moves_the_clock(skipping):
    async def main():
        return await asyncio.sleep(3 * DAY, "result")

    assert asyncio.run(main()) == "result"
    assert skipping.clock.ms == 3 * DAY * 1000


def test_a_skipped_sleep_in_asyncio_lets_other_tasks_run(skipping):
    order = []

    async def work(name):
        for _ in range(3):
            order.append(name)
            await asyncio.sleep(60)

    async def main():
        await asyncio.gather(work("a"), work("b"))

    asyncio.run(main())

    assert order == ["a", "b", "a", "b", "a", "b"]


@pytest.fixture
def scale():
    with FakeScale(skip_sleep=True, start_time=NOON) as scale:
        yield scale


def test_asyncio_tasks_that_sleep_at_once_move_the_clock_once(scale):
    async def main():
        await asyncio.gather(*(asyncio.sleep(30) for _ in range(8)))

    asyncio.run(main())

    assert scale.clock.now() == NOON + timedelta(seconds=30)


def test_the_asyncio_task_that_sleeps_least_wakes_first(scale):
    woken = []

    async def sleep(seconds):
        await asyncio.sleep(seconds)
        woken.append((seconds, (scale.clock.now() - NOON).total_seconds()))

    async def main():
        await asyncio.gather(*(sleep(seconds) for seconds in (30, 10, 20, 10)))

    asyncio.run(main())

    assert woken == [(10, 10), (10, 10), (20, 20), (30, 30)]


def test_a_canceled_sleep_in_asyncio_holds_nobody_up(scale):
    async def main():
        short = asyncio.create_task(asyncio.sleep(1))
        long = asyncio.create_task(asyncio.sleep(60))
        await asyncio.sleep(0)
        short.cancel()
        await long

    asyncio.run(main())

    assert scale.clock.now() == NOON + timedelta(seconds=60)


def test_a_negative_sleep_in_asyncio_is_no_wait(skipping):
    asyncio.run(asyncio.sleep(-1))

    assert skipping.clock.ms == 0


def test_each_asyncio_task_moves_its_own_clock(make_fake):
    async def work(seconds):
        fake = make_fake()
        active.start(fake, skip_sleep=True)
        try:
            await asyncio.sleep(seconds)
            await asyncio.sleep(seconds)
            return fake.clock.waits
        finally:
            active.stop(fake)

    async def main():
        return await asyncio.gather(*(work(seconds) for seconds in range(1, 50)))

    assert asyncio.run(main()) == [[seconds, seconds] for seconds in range(1, 50)]


def test_a_task_of_another_starter_sleeps_for_real(make_fake):
    async def starter(started, done):
        fake = make_fake()
        active.start(fake, skip_sleep=True)
        try:
            started.set()
            await done.wait()
            return fake.clock.waits
        finally:
            active.stop(fake)

    async def main():
        started, done = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(starter(started, done))
        await started.wait()
        await asyncio.sleep(0.01)
        done.set()
        return await task

    assert asyncio.run(main()) == []


def test_the_fake_that_skips_is_the_one_started_last(make_fake):
    outer, inner, other = make_fake(), make_fake(), make_fake()
    active.start(outer, skip_sleep=True)
    active.start(inner, skip_sleep=True)
    active.start(other)

    time.sleep(5)
    active.stop(inner)
    time.sleep(7)
    active.stop(other)
    active.stop(outer)

    assert (outer.clock.waits, inner.clock.waits, other.clock.waits) == ([7], [5], [])


def test_a_fake_that_another_thread_stopped_no_longer_skips(make_fake):
    outer, inner = make_fake(), make_fake()
    active.start(outer, skip_sleep=True)
    active.start(inner, skip_sleep=True)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(active.stop, inner).result()

    time.sleep(5)
    active.stop(outer)

    assert (outer.clock.waits, inner.clock.waits) == ([5], [])


def test_what_a_target_raises_meanwhile_comes_out_of_the_sleep(skipping):
    skipping.clock.raising = KeyError("handler")

    with pytest.raises(KeyError) as caught:
        time.sleep(1)

    assert caught.value.scale_callback_target is True


@pytest.mark.slow
def test_sleeps_are_skipped_under_freezegun(make_fake):
    fake = make_fake()
    with freezegun.freeze_time("2020-01-01"):
        active.start(fake, skip_sleep=True)
        time.sleep(60)
        asyncio.run(asyncio.sleep(60))
        active.stop(fake)

    assert fake.clock.ms == 120_000


def test_sleeps_are_skipped_under_time_machine(make_fake):
    fake = make_fake()
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC), tick=False):
        active.start(fake, skip_sleep=True)
        time.sleep(60)
        asyncio.run(asyncio.sleep(60))
        active.stop(fake)

    assert fake.clock.ms == 120_000


@pytest.mark.slow
def test_sleeps_are_skipped_in_a_time_frozen_later(skipping):
    with freezegun.freeze_time("2020-01-01"):
        time.sleep(60)
    with time_machine.travel(0):
        time.sleep(60)

    assert skipping.clock.ms == 120_000


def test_back_off_of_calls_to_other_hosts_stays_real(skipping):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    retries = Retry(total=2, backoff_factor=0.01)

    with pytest.raises(MaxRetryError):
        urllib3.HTTPConnectionPool("127.0.0.1", port).request("GET", "/", retries=retries)

    assert skipping.clock.waits == []
