"""What code that uses urllib3 directly sees of the fake."""

from __future__ import annotations

import io

import pytest
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HostChangedError,
    MaxRetryError,
    ProtocolError,
    ReadTimeoutError,
    ResponseError,
)
from urllib3.util import Retry, Timeout

TASKS = "https://api.scale.com/v2/tasks"

PERSISTENT = Retry(total=3, backoff_factor=1, status_forcelist=[429, 503], allowed_methods=None)


@pytest.fixture
def http():
    with urllib3.PoolManager() as manager:
        yield manager


def test_a_pool_manager_is_answered(fake, http):
    response = http.request("GET", TASKS, fields={"limit": "1"})

    assert response.status == 200
    assert response.reason == "OK"
    assert response.json()["path"] == "/v2/tasks"
    assert fake.app.calls[0].query == "limit=1"
    assert fake.app.calls[0].origin == "https://api.scale.com"


def test_a_pool_made_before_the_start_is_caught(make_fake):
    pool = urllib3.HTTPSConnectionPool("api.scale.com")

    with make_fake():
        response = pool.request("GET", "/v2/tasks")

    assert response.json()["fake"] == "fake"


def test_a_pool_that_speaks_to_a_proxy_is_caught(fake):
    with urllib3.ProxyManager("http://proxy.test:3128") as manager:
        response = manager.request("GET", TASKS)

    assert response.json()["path"] == "/v2/tasks"


def test_a_plain_http_origin_behind_a_proxy_is_caught(make_fake):
    with (
        make_fake("local", ("http://scale.test:8080",)) as fake,
        urllib3.ProxyManager("http://proxy.test:3128") as manager,
    ):
        manager.request("GET", "http://scale.test:8080/v2/tasks?limit=1")

    assert (fake.app.calls[0].path, fake.app.calls[0].query) == ("/v2/tasks", "limit=1")


def test_what_a_url_may_not_hold_is_encoded(fake):
    urllib3.HTTPSConnectionPool("api.scale.com").request("GET", "/v2/a b?c=d e#f")

    assert (fake.app.calls[0].path, fake.app.calls[0].query) == ("/v2/a%20b", "c=d%20e")


def test_headers_of_the_manager_are_the_calls(fake):
    with urllib3.PoolManager(headers={"X-Team": "cows"}) as http:
        http.request("POST", TASKS, body=b"{}")

    headers = fake.app.calls[0].headers
    assert (headers["x-team"], headers["host"], headers["content-length"]) == (
        "cows",
        "api.scale.com",
        "2",
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"bytes", b"bytes"),
        ("täxt", "täxt".encode()),
        (io.BytesIO(b"file"), b"file"),
        ([b"a", "b"], b"ab"),
        (None, b""),
    ],
    ids=["bytes", "text", "file", "list", "nothing"],
)
def test_bodies_of_every_kind_arrive_whole(fake, http, body, expected):
    http.request("POST", TASKS, body=body)

    assert fake.app.calls[0].body == expected


@pytest.mark.parametrize(
    ("timeout", "read", "connect"),
    [
        (None, None, None),
        (7, 7, 7),
        (Timeout(connect=1, read=2), 2, 1),
        (Timeout(total=3), 3, 3),
    ],
)
def test_timeouts_reach_the_fake_in_seconds(fake, http, timeout, read, connect):
    http.request("GET", TASKS, timeout=timeout)

    assert (fake.app.calls[0].read_timeout, fake.app.calls[0].connect_timeout) == (read, connect)


def test_the_pools_own_timeout_holds_where_the_call_gives_none(fake):
    urllib3.HTTPSConnectionPool("api.scale.com", timeout=9).request("GET", "/v2/tasks")

    assert fake.app.calls[0].read_timeout == 9


def test_arguments_may_be_given_by_position(fake):
    pool = urllib3.HTTPSConnectionPool("api.scale.com")

    response = pool.urlopen("GET", "/v2/tasks", None, {"X-A": "b"}, False, True, True, 5)

    assert response.data.startswith(b"{")
    assert fake.app.calls[0].read_timeout == 5
    assert fake.app.calls[0].headers["x-a"] == "b"


def test_a_retry_after_that_the_caller_disregards_moves_no_clock(fake, http, reply):
    fake.next(reply(status=429, headers=[("Retry-After", "30")]))
    retries = PERSISTENT.new(respect_retry_after_header=False, backoff_factor=0)

    response = http.request("GET", TASKS, retries=retries)

    assert (response.status, fake.clock.waits) == (200, [])


def test_another_host_on_a_pool_is_refused_as_over_a_connection(fake):
    pool = urllib3.HTTPSConnectionPool("elsewhere.test")

    with pytest.raises(HostChangedError):
        pool.urlopen("GET", TASKS)


def test_a_retried_call_carries_its_true_history(fake, reply, http):
    fake.next(reply(status=503), reply(status=429, headers=[("Retry-After", "30")]))

    response = http.request("POST", TASKS, body=b"{}", retries=PERSISTENT)

    assert [entry.status for entry in response.retries.history] == [503, 429]
    assert fake.clock.waits == [30]


def test_spent_retries_raise_max_retry_error(fake, reply, http):
    fake.next(*(reply(status=503) for _ in range(4)))

    with pytest.raises(MaxRetryError, match="too many 503 error responses") as caught:
        http.request("GET", TASKS, retries=PERSISTENT)

    assert isinstance(caught.value.reason, ResponseError)


def test_retries_may_be_switched_off(fake, reply, failure, http):
    fake.next(reply(status=503), failure("disconnect"))

    assert http.request("GET", TASKS, retries=False).status == 503
    with pytest.raises(ProtocolError):
        http.request("GET", TASKS, retries=False)


def test_a_disconnect_is_retried_three_times_by_default(fake, failure, http):
    fake.next(*(failure("disconnect") for _ in range(3)))

    response = http.request("GET", TASKS)

    assert len(response.retries.history) == 3


def test_a_disconnect_is_not_retried_on_a_post(fake, failure, http):
    fake.next(failure("disconnect"))

    with pytest.raises(ProtocolError, match="Remote end closed connection"):
        http.request("POST", TASKS, body=b"{}")


@pytest.mark.parametrize(
    ("kind", "error"),
    [("read_timeout", ReadTimeoutError), ("connect_timeout", ConnectTimeoutError)],
)
def test_timeouts_are_urllib3s_own(fake, failure, http, kind, error):
    fake.next(failure(kind))

    with pytest.raises(MaxRetryError) as caught:
        http.request("GET", TASKS, retries=0, timeout=5)

    assert isinstance(caught.value.reason, error)
    assert "timeout=5" in str(caught.value)


def test_a_truncated_body_is_retried(fake, cut, http):
    fake.next(cut({"a": 1}))

    response = http.request("GET", TASKS)

    assert response.json()["n"] == 2
    assert isinstance(response.retries.history[0].error, ProtocolError)


def test_a_truncated_body_read_later_is_raised(fake, cut, http):
    fake.next(cut({"a": 1}))
    response = http.request("GET", TASKS, preload_content=False)

    with pytest.raises(ProtocolError, match="IncompleteRead"):
        response.read()

    assert len(fake.app.calls) == 1


def test_a_body_is_preloaded_or_streamed_as_asked(fake, reply, http):
    fake.next(reply({"a": 1}), reply({"a": 1}))

    loaded = http.request("GET", TASKS)
    streamed = http.request("GET", TASKS, preload_content=False)

    assert (loaded.data, loaded.read()) == (b'{"a": 1}', b"")
    assert list(streamed.stream(3)) == [b'{"a', b'": ', b"1}"]


def test_a_head_request_has_no_body(fake, http):
    assert http.request("HEAD", TASKS).data == b""


def test_an_exception_of_a_callback_target_is_raised_as_it_is(fake, reply, http):
    error = ProtocolError("the handler's own")
    fake.next(reply(raised=[error]))

    with pytest.raises(ProtocolError) as caught:
        http.request("GET", TASKS, retries=PERSISTENT)

    assert caught.value is error
    assert len(fake.app.calls) == 1


def test_a_file_that_cannot_go_back_is_not_sent_again(fake, reply, http):
    class Pipe:
        def __init__(self):
            self.parts = [b"once"]

        def read(self, *_):
            return self.parts.pop() if self.parts else b""

    fake.next(reply(status=503))

    with pytest.raises(urllib3.exceptions.UnrewindableBodyError, match="cannot be rewound"):
        http.request("POST", TASKS, body=Pipe(), retries=PERSISTENT)


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({"X-Note": "cow\nX-Other: calf"}, "Invalid header value b'cow\\\\nX-Other: calf'"),
        ({"X-Note": b"cow\r"}, "Invalid header value"),
        ({"": "cow"}, "Invalid header name b''"),
        ({"X:Note": "cow"}, "Invalid header name b'X:Note'"),
        ({"X-Note": "\u20ac"}, "'latin-1' codec can't encode character"),
        ({"X-N\xf6te": "cow"}, "'ascii' codec can't encode character"),
    ],
)
def test_a_header_that_no_connection_carries_is_refused_as_over_one(scale, headers, error):
    with pytest.raises(ValueError, match=error):
        urllib3.PoolManager().request("GET", "https://api.scale.com/v1/tasks", headers=headers)

    assert len(scale.requests) == 0


def test_a_header_that_goes_on_in_its_next_line_is_carried(scale):
    urllib3.PoolManager().request(
        "GET", "https://api.scale.com/v1/tasks", headers={"X-Note": "cow\n calf", "X-Count": 3}
    )

    assert scale.requests.last.headers["x-note"] == "cow\n calf"
    assert scale.requests.last.headers["x-count"] == "3"
