"""What code that uses `httpcore` without `httpx` sees of the fake."""

from __future__ import annotations

import asyncio

import httpcore
import pytest

from scaleapi_testing import NetworkBlocked

TASKS = "https://api.scale.com/v1/tasks?limit=1"
POOLS = {
    "pool": (httpcore.ConnectionPool, httpcore.AsyncConnectionPool, {}),
    "http2": (httpcore.ConnectionPool, httpcore.AsyncConnectionPool, {"http2": True}),
    "proxy": (
        httpcore.HTTPProxy,
        httpcore.AsyncHTTPProxy,
        {"proxy_url": "http://proxy.test:3128"},
    ),
    "connection": (
        httpcore.HTTPConnection,
        httpcore.AsyncHTTPConnection,
        {"origin": httpcore.Origin(b"https", b"api.scale.com", 443)},
    ),
}


@pytest.fixture(params=POOLS)
def call(request):
    """A call by a pool and by its asynchronous twin: what both answered."""
    kind, async_kind, arguments = POOLS[request.param]

    def both(method="GET", url=TASKS, **kwargs):
        async def later():
            return await async_kind(**arguments).request(method, url, **kwargs)

        return [kind(**arguments).request(method, url, **kwargs), asyncio.run(later())]

    return both


@pytest.fixture(params=["sync", "async"])
def pool_call(request):
    """A call by a pool of either kind."""

    def in_sync(url=TASKS, retries=0, **kwargs):
        return httpcore.ConnectionPool(retries=retries).request("GET", url, **kwargs)

    def in_async(url=TASKS, retries=0, **kwargs):
        async def later():
            pool = httpcore.AsyncConnectionPool(retries=retries)
            return await pool.request("GET", url, **kwargs)

        return asyncio.run(later())

    return {"sync": in_sync, "async": in_async}[request.param]


def test_pools_of_any_kind_are_answered(fake, call):
    answers = call("POST", headers={"X-Team": "cows"}, content=b"moo")

    assert [answer.status for answer in answers] == [200, 200]
    assert [b'"fake": "fake"' in answer.content for answer in answers] == [True, True]
    request = fake.app.calls[1]
    assert (request.method, request.path, request.query) == ("POST", "/v1/tasks", "limit=1")
    assert (request.headers["x-team"], request.body) == ("cows", b"moo")


def test_the_functions_of_the_module_are_answered(fake):
    assert httpcore.request("GET", TASKS).status == 200
    with httpcore.stream("GET", TASKS) as response:
        assert b"".join(response.iter_stream()).startswith(b'{"fake"')


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("disconnect", httpcore.RemoteProtocolError),
        ("read_timeout", httpcore.ReadTimeout),
        ("connect_timeout", httpcore.ConnectTimeout),
    ],
)
def test_a_broken_exchange_is_the_librarys_own_error(fake, pool_call, failure, kind, error):
    fake.next(failure(kind))

    with pytest.raises(error):
        pool_call()


def test_a_truncated_body_is_a_protocol_error(fake, pool_call, cut):
    fake.next(cut({"a": 1}))

    with pytest.raises(
        httpcore.RemoteProtocolError,
        match=r"^peer closed connection without sending complete message body "
        r"\(received 4 bytes, expected 8\)$",
    ):
        pool_call()


def test_timeouts_reach_the_fake_in_seconds(fake, pool_call):
    pool_call(extensions={"timeout": {"read": 9, "connect": 3}})

    assert (fake.app.calls[0].read_timeout, fake.app.calls[0].connect_timeout) == (9, 3)


def test_connecting_is_tried_again_on_the_fakes_clock(fake, pool_call, failure):
    fake.next(*[failure("connect_timeout")] * 3)

    assert pool_call(retries=3).status == 200
    assert fake.clock.waits == [0.5, 1.0]


def test_another_port_is_refused(fake, pool_call):
    with pytest.raises(NetworkBlocked):
        pool_call("https://api.scale.com:8443/v1/tasks")


def test_what_was_replaced_is_put_back(make_fake):
    before = [vars(kind)["handle_request"] for kind in (POOLS["pool"][0], POOLS["connection"][0])]

    with make_fake():
        assert vars(httpcore.ConnectionPool)["handle_request"] is not before[0]

    after = [vars(kind)["handle_request"] for kind in (POOLS["pool"][0], POOLS["connection"][0])]
    assert after == before
