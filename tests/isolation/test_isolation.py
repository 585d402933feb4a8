"""Fakes do not disturb each other, and nothing stays behind when they are gone."""

from __future__ import annotations

import asyncio
import gc
import random
import socket
import subprocess
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import urllib3

from scaleapi_testing import FakeScale

URL = "https://api.scale.com/v1/tasks"
PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}


def total(key="live_fake"):
    return requests.get(URL, auth=(key, ""), timeout=5).json()["total"]


def create(name):
    body = {**PARAMS, "unique_id": name}
    response = requests.post(
        "https://api.scale.com/v1/task/categorization", json=body, auth=("live_fake", ""), timeout=5
    )
    assert response.status_code == 200, response.text
    return response.json()["task_id"]


def test_sixteen_threads_with_a_fake_each_see_their_own():
    gate = threading.Barrier(16)

    def work(number):
        gate.wait()
        with FakeScale(seed=number) as fake:
            ids = [create("same") if n == 0 else create(f"{n}") for n in range(number % 5 + 1)]
            assert total() == len(ids)
            assert [task.id for task in fake.tasks] == ids
            return len(fake.requests) == len(ids) + 1

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(work, range(16))) == [True] * 16


def test_threads_of_one_test_share_the_fake_that_was_started_for_it():
    with FakeScale() as fake, ThreadPoolExecutor(8) as pool:
        list(pool.map(create, map(str, range(40))))

        assert len(fake.tasks) == 40
        assert sorted(request.n for request in fake.requests) == list(range(1, 41))


@pytest.mark.slow
def test_five_hundred_asyncio_tasks_with_a_fake_each_see_their_own():
    async def work(number):
        with FakeScale(seed=number) as fake:
            await asyncio.sleep(random.Random(number).random() / 100)
            create(str(number))
            await asyncio.sleep(0)
            assert [task.unique_id for task in fake.tasks] == [str(number)]
            assert total() == 1

    async def main():
        await asyncio.gather(*(work(number) for number in range(500)))

    asyncio.run(main())


def test_nested_fakes_answer_from_the_inside_out():
    with FakeScale(seed=1) as outer:
        create("outer")
        with FakeScale(seed=2) as inner:
            create("inner")
            assert (len(outer.tasks), len(inner.tasks)) == (1, 1)
        assert total() == 1
        assert outer.tasks[0].unique_id == "outer"


def test_fakes_may_stop_in_any_order():
    first, second = FakeScale().start(), FakeScale().start()

    first.stop()
    create("a")
    second.stop()

    assert (len(first.tasks), len(second.tasks)) == (0, 1)


def test_a_fake_started_twice_is_active_until_it_was_stopped_twice():
    fake = FakeScale()
    fake.start()
    fake.start()

    fake.stop()
    create("a")
    fake.stop()

    assert len(fake.tasks) == 1


def test_a_client_of_a_fake_reaches_it_whichever_others_are_active():
    first, second = FakeScale(), FakeScale()
    client = first.client()

    with second:
        client.create_task("categorization", **PARAMS)

    assert (len(first.tasks), len(second.tasks)) == (1, 0)


def test_two_fakes_with_two_origins_stand_side_by_side():
    with (
        FakeScale(base_urls="https://one.example.com") as one,
        FakeScale(base_urls=["https://two.example.com:8443"]) as two,
    ):
        requests.get("https://one.example.com/v1/tasks", auth=("k", ""), timeout=5)
        requests.get("https://two.example.com:8443/v1/tasks", auth=("k", ""), timeout=5)

    assert (len(one.requests), len(two.requests)) == (1, 1)


def patched():
    return (
        requests.Session.get_adapter,
        requests.adapters.HTTPAdapter.send,
        urllib3.connectionpool.HTTPConnectionPool.urlopen,
        socket.getaddrinfo,
        socket.socket.connect,
        time.sleep,
        asyncio.sleep,
        requests.Session.__dict__.get("_scaleapi_interception"),
    )


def test_nothing_stays_patched_and_no_thread_stays_alive():
    requests.Session()
    before, threads = patched(), set(threading.enumerate())

    with FakeScale(skip_sleep=True, block_network=True) as fake:
        assert patched() != before
        create("a")
        with fake.serve() as server:
            requests.get(f"{server.url}/v1/tasks", auth=("k", ""), timeout=5)

    assert patched() == before
    assert set(threading.enumerate()) <= threads


def test_a_fake_that_is_gone_leaves_no_memory_behind():
    def work():
        with FakeScale() as fake:
            create("a")
            fake.complete(fake.tasks[0])
        return weakref.ref(fake)

    gone = work()
    gc.collect()

    assert gone() is None


def test_the_global_random_source_is_neither_read_nor_set():
    random.seed(42)
    expected = random.Random(42).random()

    with FakeScale(seed=7) as fake:
        create("a")
        fake.complete(fake.tasks[0])

    assert random.random() == expected


SUITE = """
import pytest, requests

@pytest.mark.parametrize("n", range(40))
def test_it(scale, scale_client, n):
    for number in range(n % 4 + 1):
        scale_client.create_task("categorization", attachment="a", attachment_type="text",
            categories=["a"], unique_id=str(number))
    answer = requests.get("https://api.scale.com/v1/tasks", auth=("live_fake", ""), timeout=5)
    assert answer.json()["total"] == n % 4 + 1
    assert scale.requests.last.n == n % 4 + 2
"""


@pytest.mark.slow
@pytest.mark.parametrize("order", ["-p no:randomly", "-p randomly"])
def test_a_suite_in_four_workers_that_steal_work_passes(tmp_path, order):
    pytest.importorskip("pytest_randomly")
    (tmp_path / "test_suite.py").write_text(SUITE)

    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "4",
            "--dist=worksteal",
            *order.split(),
            "-p",
            "no:cacheprovider",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "40 passed" in done.stdout, done.stdout + done.stderr


def test_aiohttp_is_served_through_the_server_fixture(scale, scale_server):
    aiohttp = pytest.importorskip("aiohttp")

    async def main():
        headers = {"Authorization": "Bearer live_fake"}
        async with aiohttp.ClientSession(headers=headers) as session:
            url = f"{scale_server.url}/v1/task/categorization"
            async with session.post(url, json=PARAMS) as response:
                return (await response.json())["task_id"]

    assert asyncio.run(main()) == scale.tasks[0].id


def test_async_httpx_is_served_in_process(scale):
    httpx = pytest.importorskip("httpx")

    async def main():
        transport = scale.httpx_transport()
        async with httpx.AsyncClient(transport=transport, auth=("live_fake", "")) as client:
            return (await client.get(URL)).json()["total"]

    assert asyncio.run(main()) == 0
