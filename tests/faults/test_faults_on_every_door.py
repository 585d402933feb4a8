"""Each fault, before and after the commit, as each kind of client meets it."""

from __future__ import annotations

import http.client
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import requests
import urllib3
from requests.exceptions import ChunkedEncodingError, ConnectTimeout, ReadTimeout
from requests.exceptions import ConnectionError as RequestsConnectionError
from urllib3.exceptions import (
    ConnectTimeoutError,
    IncompleteRead,
    MaxRetryError,
    ProtocolError,
    ReadTimeoutError,
)

from scaleapi_testing import FakeScale, FaultNotPossible

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PATH = "/v1/task/categorization"
BODY = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}
URL = f"https://api.scale.com{PATH}"
PLAIN = urllib3.Retry(0, redirect=0)


@pytest.fixture
def fake():
    with FakeScale(start_time=NOON) as fake:
        yield fake


def by_requests(**kwargs):
    return requests.post(URL, json=BODY, auth=("live_fake", ""), **{"timeout": 20, **kwargs})


def by_urllib3(retries=PLAIN, **kwargs):
    with urllib3.PoolManager() as pool:
        return pool.request(
            "POST",
            URL,
            json=BODY,
            headers={"Authorization": "Bearer live_fake"},
            retries=retries,
            **{"timeout": 20, **kwargs},
        )


@pytest.mark.parametrize("call", [by_requests, by_urllib3])
@pytest.mark.parametrize(("after_commit", "made"), [(False, 0), (True, 1)])
def test_a_status_comes_in_scales_shape_before_or_after_the_commit(fake, call, after_commit, made):
    fake.faults.add(status=503, after_commit=after_commit, times=1)

    response = call()

    assert 503 in {getattr(response, name, None) for name in ("status", "status_code")}
    assert response.json() == {"status_code": 503, "error": "Service Unavailable"}
    assert len(fake.tasks) == made


@pytest.mark.parametrize(("after_commit", "made"), [(False, 0), (True, 1)])
def test_a_disconnect_is_a_connection_error(fake, after_commit, made):
    fake.faults.add(disconnect=True, after_commit=after_commit, times=2)

    with pytest.raises(RequestsConnectionError):
        by_requests()
    with pytest.raises((ProtocolError, MaxRetryError)):
        by_urllib3()

    assert len(fake.tasks) == 2 * made
    assert [request.outcome for request in fake.requests] == ["disconnect"] * 2


@pytest.mark.parametrize(("after_commit", "made"), [(False, 0), (True, 1)])
def test_a_read_timeout_moves_the_clock_by_the_clients_own(fake, after_commit, made):
    fake.faults.add(timeout=True, after_commit=after_commit, times=3)

    with pytest.raises(ReadTimeout):
        by_requests(timeout=(3, 7))
    assert fake.clock.now() == NOON + timedelta(seconds=7)
    with pytest.raises((ReadTimeoutError, MaxRetryError)):
        by_urllib3(timeout=5)
    assert fake.clock.now() == NOON + timedelta(seconds=12)
    with pytest.raises(ReadTimeout):
        by_requests(timeout=None)
    assert fake.clock.now() == NOON + timedelta(seconds=72)
    assert len(fake.tasks) == 3 * made


def test_a_connect_timeout_is_never_committed(fake):
    fake.faults.add(connect_timeout=True, times=2)

    with pytest.raises(ConnectTimeout):
        by_requests(timeout=(3, 7))
    with pytest.raises((ConnectTimeoutError, MaxRetryError)):
        by_urllib3()

    assert fake.clock.now() == NOON + timedelta(seconds=23)
    assert len(fake.tasks) == 0


def test_latency_is_virtual_and_beyond_the_clients_timeout_a_read_timeout_after_commit(fake):
    fake.faults.add(latency=timedelta(seconds=3), times=2)

    assert by_requests(timeout=4).status_code == 200
    assert fake.clock.now() == NOON + timedelta(seconds=3)
    with pytest.raises(ReadTimeout):
        by_requests(timeout=2)

    assert fake.clock.now() == NOON + timedelta(seconds=5)
    assert len(fake.tasks) == 2


def test_an_answer_that_is_as_late_as_the_client_waits_arrives(fake):
    fake.faults.add(latency=timedelta(seconds=3), times=1)

    assert by_requests(timeout=3).status_code == 200


@pytest.mark.parametrize(
    "fault",
    [
        {"connect_timeout": True},
        {"timeout": True},
        {"latency": timedelta(seconds=10)},
        {"latency": timedelta(seconds=10), "status": 503},
    ],
    ids="+".join,
)
def test_what_a_target_raises_while_a_call_is_late_reaches_the_caller(fake, fault):
    def target(request):
        raise ZeroDivisionError(request.path)

    fake.callbacks.deliver_to(target)
    fake.turnaround(timedelta(seconds=5))
    fake.client().create_task("categorization", **BODY, callback_url="https://h.example.com/cb")
    fake.faults.add(**fault, times=1)

    with pytest.raises(ZeroDivisionError, match=r"^/cb$"):
        by_requests()

    assert fake.tasks[0].status == "completed"


def test_a_truncated_body_is_unretried_by_requests_and_retried_by_urllib3(fake):
    fake.faults.add(truncate=True, times=2)

    with pytest.raises(ChunkedEncodingError):
        by_requests()
    response = by_urllib3(urllib3.Retry(2, allowed_methods=None, backoff_factor=0))

    assert json.loads(response.data)["status"] == "pending"
    assert len(fake.requests) == 3
    assert len(fake.tasks) == 3
    fake.faults.add(truncate=True, times=1)
    with pytest.raises((ProtocolError, MaxRetryError, IncompleteRead)):
        by_urllib3()


def test_garbage_is_a_committed_reply_that_is_no_json(fake):
    fake.faults.add(garbage=True, times=1)

    response = by_requests()

    assert response.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        response.json()
    assert len(fake.tasks) == 1


def test_the_retry_history_is_the_true_one(fake):
    fake.faults.add(status=500, times=1)
    fake.faults.add(status=429, retry_after=30, times=1)
    fake.faults.add(disconnect=True, times=1)
    session = requests.Session()
    retries = urllib3.Retry(5, status_forcelist=[429, 500], allowed_methods=None, backoff_factor=1)
    session.mount("https://", requests.adapters.HTTPAdapter(max_retries=retries))

    response = session.post(URL, json=BODY, auth=("live_fake", ""), timeout=5)

    history = response.raw.retries.history
    assert [entry.status for entry in history] == [500, 429, None]
    assert isinstance(history[2].error, ProtocolError)
    assert response.status_code == 200
    # No wait before the first repeat, Retry-After before the second, back-off before the third.
    assert fake.clock.now() == NOON + timedelta(seconds=30 + 4)
    session.close()


def test_a_rate_limit_is_counted_per_key_by_the_virtual_clock(fake):
    fake.faults.rate_limit(requests=2, per=timedelta(minutes=1))

    def get(key):
        return requests.get("https://api.scale.com/v1/tasks", auth=(key, ""), timeout=5)

    assert [get("live_a").status_code for _ in range(2)] == [200, 200]
    fake.clock.advance(seconds=20)
    limited = get("live_a")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "40")
    assert limited.json() == {"status_code": 429, "error": "Too many requests."}
    assert get("live_b").status_code == 200
    fake.clock.advance(seconds=40)
    assert get("live_a").status_code == 200


def test_our_client_waits_out_a_rate_limit_without_wall_time(fake):
    fake.faults.rate_limit(requests=3, per=timedelta(minutes=1))
    client = fake.client()

    for _ in range(7):
        client.tasks()

    assert fake.clock.now() == NOON + timedelta(minutes=2)


def test_an_outage_is_over_when_its_block_ends(fake):
    with fake.faults.outage():
        assert by_requests().status_code == 503
        assert requests.get("https://api.scale.com/v1/tasks", timeout=5).status_code == 503

    assert by_requests().status_code == 200


def test_nothing_is_injected_that_was_not_asked_for(fake):
    fake.faults.add(status=500, method="GET")
    fake.faults.add(status=500, path="/v1/task/*/cancel")
    fake.faults.add(status=500, when=lambda request: request.json == {"never": 1})

    assert by_requests().status_code == 200
    assert [fault.hits for fault in fake.faults] == [0, 0, 0]


def raw(server, body=BODY):
    where = urlsplit(server.url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=5)
    try:
        connection.request("POST", PATH, json.dumps(body), {"Authorization": "Bearer live_fake"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_over_a_server_disconnect_and_timeout_close_the_socket(fake):
    with fake.serve() as server:
        fake.faults.add(disconnect=True, times=1)
        fake.faults.add(timeout=True, after_commit=True, times=1)
        for _ in range(2):
            with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
                raw(server)
        assert fake.clock.now() == NOON + timedelta(seconds=60)
        assert len(fake.tasks) == 1

        fake.faults.add(truncate=True, times=1)
        with pytest.raises(http.client.IncompleteRead):
            raw(server)
        assert raw(server)[0] == 200


def test_wsgi_cannot_disconnect_and_says_so(fake):
    import httpx

    fake.faults.add(disconnect=True, times=1)
    transport = httpx.WSGITransport(app=fake.wsgi_app)
    with (
        httpx.Client(transport=transport, base_url="https://api.scale.com") as client,
        pytest.raises(FaultNotPossible),
    ):
        client.post(PATH, json=BODY, headers={"Authorization": "Bearer live_fake"})


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"disconnect": True}, "TransportError"),
        ({"timeout": True}, "ReadTimeout"),
        ({"connect_timeout": True}, "ConnectTimeout"),
        ({"truncate": True}, "RemoteProtocolError"),
    ],
)
def test_httpx_meets_each_breakage_as_its_own_error(fake, fault, error):
    import httpx

    fake.faults.add(**fault, times=1)
    with (
        httpx.Client(transport=fake.httpx_transport()) as client,
        pytest.raises(getattr(httpx, error)),
    ):
        client.post(URL, json=BODY, headers={"Authorization": "Bearer live_fake"})
