"""Waits of several threads overlap on the virtual clock, however the threads come to be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

import scaleapi

URL = "https://api.scale.com/v1/tasks"
QUESTION = {"attachment_type": "text", "attachment": "Moo.", "categories": ["cow", "sheep"]}
WORKERS = 8


def patient_session():
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=Retry(3, status_forcelist=[429])))
    return session


@pytest.fixture
def pool():
    with ThreadPoolExecutor(WORKERS) as pool:
        yield pool


def test_workers_of_a_pool_that_wait_at_once_move_the_clock_once(scale, pool):
    began = scale.clock.now()
    scale.faults.add(status=429, retry_after=30, times=WORKERS)

    answers = pool.map(
        lambda _: patient_session().get(URL, auth=("live_fake", ""), timeout=60), range(WORKERS)
    )

    assert [answer.status_code for answer in answers] == [200] * WORKERS
    assert scale.clock.now() - began == timedelta(seconds=30)


def test_a_bulk_create_waits_once_for_a_rate_limit(scale, scale_client):
    began = scale.clock.now()
    scale.faults.rate_limit(requests=WORKERS, per=timedelta(minutes=1))

    results = list(
        scale_client.create_tasks(
            [QUESTION] * (2 * WORKERS),
            task_type=scaleapi.TaskType.Categorization,
            concurrency=WORKERS,
        )
    )

    assert [result.error for result in results] == [None] * (2 * WORKERS)
    assert scale.clock.now() - began == timedelta(minutes=1)


def test_a_lone_worker_waits_as_long_as_it_was_told(scale, pool):
    began = scale.clock.now()
    scale.faults.add(status=429, retry_after=30, times=2)

    answer = pool.submit(patient_session().get, URL, auth=("live_fake", ""), timeout=60).result()

    assert answer.status_code == 200
    assert scale.clock.now() - began == timedelta(seconds=60)
