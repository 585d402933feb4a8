"""A late answer says how late it was, in virtual seconds."""

from __future__ import annotations

import asyncio
import pickle
from datetime import timedelta

import httpx
import pytest
import requests

URL = "https://api.scale.com/v1/tasks"
LATE = timedelta(seconds=3)


def about(length):
    return pytest.approx(length.total_seconds(), abs=1)


def test_requests_shows_the_virtual_seconds_of_a_latency(scale):
    scale.faults.add(latency=LATE, times=1)

    late, prompt = (requests.get(URL, auth=("live_fake", ""), timeout=60) for _ in range(2))

    assert late.elapsed.total_seconds() == about(LATE)
    assert pickle.loads(pickle.dumps(late)).elapsed == late.elapsed
    assert prompt.elapsed.total_seconds() == about(timedelta(0))
    assert type(prompt) is requests.Response


def test_httpx_shows_the_virtual_seconds_of_a_latency(scale):
    scale.faults.add(latency=LATE, times=1)
    with httpx.Client(transport=scale.httpx_transport(), auth=("live_fake", "")) as client:
        late, prompt = client.get(URL), client.get(URL)

    assert late.elapsed.total_seconds() == about(LATE)
    assert prompt.elapsed.total_seconds() == about(timedelta(0))


def test_async_httpx_shows_the_virtual_seconds_of_a_latency(scale):
    scale.faults.add(latency=LATE, times=1)

    async def main():
        transport = scale.httpx_transport()
        async with httpx.AsyncClient(transport=transport, auth=("live_fake", "")) as client:
            return await client.get(URL)

    assert asyncio.run(main()).elapsed.total_seconds() == about(LATE)


@pytest.mark.scale(skip_sleep=True)
def test_the_virtual_seconds_are_counted_once_while_sleeps_are_skipped(scale):
    scale.faults.add(latency=LATE, times=2)
    with httpx.Client(transport=scale.httpx_transport(), auth=("live_fake", "")) as client:
        by_httpx = client.get(URL)
    by_requests = requests.get(URL, auth=("live_fake", ""), timeout=60)

    assert by_httpx.elapsed.total_seconds() == about(LATE)
    assert by_requests.elapsed.total_seconds() == about(LATE)
