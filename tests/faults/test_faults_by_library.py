"""The same fault gives each library's own error, and the same effect in the fake."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import aiohttp
import backoff
import httpcore
import httpx
import pytest
import requests
import tenacity
import urllib3

from scaleapi_testing import FakeScale

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOST = "api.scale.com"
PATH = "/v1/task/categorization"
URL = f"https://{HOST}{PATH}"
BODY = json.dumps({"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}).encode()
HEADERS = {"Authorization": "Bearer live_fake", "Content-Type": "application/json"}
SECONDS = 20


def by_requests():
    response = requests.post(URL, BODY, headers=HEADERS, timeout=SECONDS)
    return response.status_code, response.content


def by_urllib3():
    timeout = urllib3.Timeout(connect=SECONDS, read=SECONDS)
    with urllib3.PoolManager(retries=False, timeout=timeout) as pool:
        response = pool.request("POST", URL, body=BODY, headers=HEADERS)
        return response.status, response.data


def by_httpx():
    response = httpx.post(URL, content=BODY, headers=HEADERS, timeout=SECONDS)
    return response.status_code, response.content


async def in_async_httpx():
    async with httpx.AsyncClient(timeout=SECONDS) as client:
        response = await client.post(URL, content=BODY, headers=HEADERS)
        return response.status_code, response.content


def by_async_httpx():
    return asyncio.run(in_async_httpx())


def by_httpcore():
    limits = {"timeout": {"connect": SECONDS, "read": SECONDS}}
    response = httpcore.request("POST", URL, content=BODY, headers=HEADERS, extensions=limits)
    return response.status, response.content


async def in_async_httpcore():
    limits = {"timeout": {"connect": SECONDS, "read": SECONDS}}
    async with httpcore.AsyncConnectionPool() as pool:
        response = await pool.request("POST", URL, content=BODY, headers=HEADERS, extensions=limits)
        return response.status, response.content


async def in_aiohttp():
    limits = aiohttp.ClientTimeout(sock_connect=SECONDS, sock_read=SECONDS)
    async with (
        aiohttp.ClientSession(timeout=limits) as session,
        session.post(URL, data=BODY, headers=HEADERS) as response,
    ):
        return response.status, await response.read()


def by_aiohttp():
    return asyncio.run(in_aiohttp())


def by_http_client():
    connection = http.client.HTTPSConnection(HOST, timeout=SECONDS)
    connection.request("POST", PATH, BODY, HEADERS)
    response = connection.getresponse()
    return response.status, response.read()


def by_urllib():
    request = urllib.request.Request(URL, BODY, HEADERS)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


BREAKAGES = ("disconnect", "timeout", "connect_timeout", "truncate")

ERRORS = {
    by_requests: (
        requests.ConnectionError,
        requests.ReadTimeout,
        requests.ConnectTimeout,
        requests.exceptions.ChunkedEncodingError,
    ),
    by_urllib3: (
        urllib3.exceptions.ProtocolError,
        urllib3.exceptions.ReadTimeoutError,
        urllib3.exceptions.ConnectTimeoutError,
        urllib3.exceptions.ProtocolError,
    ),
    by_httpx: (
        httpx.RemoteProtocolError,
        httpx.ReadTimeout,
        httpx.ConnectTimeout,
        httpx.RemoteProtocolError,
    ),
    by_async_httpx: (
        httpx.RemoteProtocolError,
        httpx.ReadTimeout,
        httpx.ConnectTimeout,
        httpx.RemoteProtocolError,
    ),
    by_httpcore: (
        httpcore.RemoteProtocolError,
        httpcore.ReadTimeout,
        httpcore.ConnectTimeout,
        httpcore.RemoteProtocolError,
    ),
    by_aiohttp: (
        aiohttp.ServerDisconnectedError,
        aiohttp.SocketTimeoutError,
        aiohttp.ConnectionTimeoutError,
        aiohttp.ClientPayloadError,
    ),
    by_http_client: (
        http.client.RemoteDisconnected,
        TimeoutError,
        TimeoutError,
        http.client.IncompleteRead,
    ),
    by_urllib: (
        http.client.RemoteDisconnected,
        TimeoutError,
        urllib.error.URLError,
        http.client.IncompleteRead,
    ),
}

CASES = [
    pytest.param(call, breakage, error, id=f"{call.__name__}-{breakage}")
    for call, errors in ERRORS.items()
    for breakage, error in zip(BREAKAGES, errors, strict=True)
]

every_library = pytest.mark.parametrize("call", ERRORS, ids=lambda call: call.__name__)


@pytest.fixture
def fake():
    with FakeScale(start_time=NOON) as fake:
        yield fake


@pytest.mark.slow
@pytest.mark.parametrize(("call", "breakage", "error"), CASES)
def test_a_breakage_is_the_librarys_own_error(fake, call, breakage, error):
    fake.faults.add(**{breakage: True}, times=1)

    with pytest.raises(error) as caught:
        call()

    assert type(caught.value) is error
    assert fake.clock.now() == NOON + timedelta(seconds=SECONDS * ("timeout" in breakage))
    assert len(fake.tasks) == (breakage == "truncate")
    assert call()[0] == 200


@every_library
@pytest.mark.parametrize("breakage", ["disconnect", "timeout"])
def test_a_breakage_after_the_commit_loses_the_reply_alone(fake, call, breakage):
    fake.faults.add(**{breakage: True}, after_commit=True, times=1)

    with pytest.raises(ERRORS[call][BREAKAGES.index(breakage)]):
        call()

    assert len(fake.tasks) == 1


@every_library
def test_a_status_comes_in_scales_shape(fake, call):
    fake.faults.add(status=429, retry_after=30, times=1)

    status, body = call()

    assert (status, json.loads(body)["error"]) == (429, "Too many requests.")


@every_library
def test_latency_is_virtual_and_beyond_the_clients_timeout_a_read_timeout(fake, call):
    fake.faults.add(latency=timedelta(seconds=3), times=1)
    fake.faults.add(latency=timedelta(seconds=30), times=1)
    began = time.monotonic()

    assert call()[0] == 200
    assert fake.clock.now() == NOON + timedelta(seconds=3)
    with pytest.raises(ERRORS[call][1]):
        call()

    assert fake.clock.now() == NOON + timedelta(seconds=3 + SECONDS)
    assert len(fake.tasks) == 2
    assert time.monotonic() - began < 3


@every_library
def test_garbage_is_a_reply_that_is_no_json(fake, call):
    fake.faults.add(garbage=True, times=1)

    status, body = call()

    assert status == 200
    with pytest.raises(ValueError, match=r"."):
        json.loads(body)


@every_library
def test_what_a_target_raises_reaches_the_caller(fake, call):
    def target(request):
        raise ConnectionError(request.path)

    fake.callbacks.deliver_to(target)
    fake.turnaround(timedelta(seconds=5))
    fake.client().create_task(
        "categorization", **json.loads(BODY), callback_url="https://h.example.com/cb"
    )
    fake.faults.add(latency=timedelta(seconds=10), times=1)

    with pytest.raises(ConnectionError, match=r"^/cb$") as caught:
        call()

    assert type(caught.value) is ConnectionError


# -- retries of others, in virtual time ----------------------------------------------------------


@pytest.fixture
def sleepless():
    """A fake that skips sleeps, whose next two calls lose their connection."""
    with FakeScale(start_time=NOON, skip_sleep=True) as fake:
        fake.faults.add(disconnect=True, times=2)
        yield fake


sync_libraries = pytest.mark.parametrize(
    "call",
    [by_requests, by_urllib3, by_httpx, by_httpcore, by_http_client],
    ids=lambda call: call.__name__,
)
async_libraries = pytest.mark.parametrize(
    "call", [in_async_httpx, in_aiohttp], ids=lambda call: call.__name__
)
patient = tenacity.retry(wait=tenacity.wait_fixed(30), stop=tenacity.stop_after_attempt(3))
backing_off = backoff.on_exception(
    backoff.constant, Exception, interval=30, max_tries=3, jitter=None
)


@sync_libraries
@pytest.mark.parametrize("retrying", [patient, backing_off], ids=["tenacity", "backoff"])
def test_others_retry_in_virtual_time(sleepless, call, retrying):
    assert retrying(call)()[0] == 200

    assert sleepless.clock.now() == NOON + timedelta(seconds=60)
    assert len(sleepless.requests) == 3


@async_libraries
@pytest.mark.parametrize("retrying", [patient, backing_off], ids=["tenacity", "backoff"])
def test_others_retry_in_virtual_time_of_tasks(sleepless, call, retrying):
    assert asyncio.run(retrying(call)())[0] == 200

    assert sleepless.clock.now() == NOON + timedelta(seconds=60)
    assert len(sleepless.requests) == 3


def test_a_transport_of_httpx_retries_in_virtual_time(fake):
    fake.faults.add(connect_timeout=True, times=3)
    with httpx.Client(transport=httpx.HTTPTransport(retries=3), timeout=SECONDS) as client:
        response = client.post(URL, content=BODY, headers=HEADERS)

    waited = timedelta(seconds=3 * SECONDS + 0.5 + 1)
    assert response.status_code == 200
    assert fake.clock.now() == NOON + waited
    assert response.elapsed == pytest.approx(waited, abs=timedelta(seconds=1))


@pytest.mark.parametrize(
    "call", [in_async_httpx, in_async_httpcore, in_aiohttp], ids=lambda call: call.__name__
)
@pytest.mark.parametrize(
    ("fault", "length"), [({"latency": timedelta(seconds=3)}, 3), ({"timeout": True}, SECONDS)]
)
def test_tasks_that_ask_at_once_wait_at_once(fake, call, fault, length):
    fake.faults.add(**fault, times=8)

    async def main():
        await asyncio.gather(*(call() for _ in range(8)), return_exceptions=True)

    asyncio.run(main())

    assert fake.clock.now() == NOON + timedelta(seconds=length)
    assert len(fake.requests) == 8
