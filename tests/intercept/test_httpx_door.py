"""What `httpx` sees of the fake, sync and async."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from scaleapi_testing._intercept.httpx_door import FakeTransport

TASKS = "https://api.scale.com/v1/tasks"


def in_sync(fake, method="GET", url=TASKS, **kwargs):
    with httpx.Client(transport=FakeTransport(fake)) as client:
        return client.request(method, url, **kwargs)


def in_async(fake, method="GET", url=TASKS, **kwargs):
    async def call():
        async with httpx.AsyncClient(transport=FakeTransport(fake)) as client:
            return await client.request(method, url, **kwargs)

    return asyncio.run(call())


@pytest.fixture(params=[in_sync, in_async], ids=["sync", "async"])
def call(request):
    return request.param


@pytest.fixture
def fake(make_fake):
    return make_fake()


def test_a_call_is_answered_by_a_fake_that_is_not_started(fake, call):
    response = call(fake, "POST", params={"a": "b c"}, json={"x": 1}, headers={"X-Team": "cows"})

    request = fake.app.calls[0]
    assert response.status_code == 200
    assert response.reason_phrase == "OK"
    assert response.json() == {"fake": "fake", "n": 1, "method": "POST", "path": "/v1/tasks"}
    assert (request.origin, request.path, request.query, request.body) == (
        "https://api.scale.com",
        "/v1/tasks",
        "a=b+c",
        b'{"x":1}',
    )
    assert (request.headers["x-team"], request.headers["host"]) == ("cows", "api.scale.com")


def test_an_encoded_path_stays_encoded(fake, call):
    call(fake, url="https://api.scale.com:8443/v1/a%2Fb/c")

    assert fake.app.calls[0].path == "/v1/a%2Fb/c"
    assert fake.app.calls[0].origin == "https://api.scale.com:8443"


def test_timeouts_reach_the_fake_in_seconds(fake, call):
    call(fake, timeout=httpx.Timeout(9, connect=3))

    assert (fake.app.calls[0].read_timeout, fake.app.calls[0].connect_timeout) == (9, 3)


def test_a_multipart_upload_arrives_whole(fake, call):
    call(fake, "POST", files={"file": ("a.png", b"\x89PNG")})

    assert b"\x89PNG" in fake.app.calls[0].body


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("disconnect", httpx.RemoteProtocolError),
        ("read_timeout", httpx.ReadTimeout),
        ("connect_timeout", httpx.ConnectTimeout),
    ],
)
def test_a_broken_exchange_is_an_error_of_httpx(fake, call, failure, kind, error):
    fake.next(failure(kind))

    with pytest.raises(error) as caught:
        call(fake)

    assert caught.value.request.url == TASKS


def test_a_truncated_body_is_a_protocol_error(fake, call, cut):
    fake.next(cut({"a": 1}))

    with pytest.raises(
        httpx.RemoteProtocolError,
        match=r"without sending complete message body \(received 4 bytes, expected 8\)",
    ):
        call(fake)


def test_a_head_request_has_no_body(fake, call):
    assert call(fake, "HEAD").content == b""


def test_an_exception_of_a_callback_target_is_raised_as_it_is(fake, call, reply):
    error = ValueError("handler broke")
    fake.next(reply(raised=[error]))

    with pytest.raises(ValueError, match="handler broke") as caught:
        call(fake)

    assert caught.value is error
    assert error.scale_callback_target is True


def test_a_body_can_be_streamed(fake, reply):
    fake.next(reply({"a": 1}))

    with (
        httpx.Client(transport=FakeTransport(fake)) as client,
        client.stream("GET", TASKS) as response,
    ):
        assert b"".join(response.iter_bytes(3)) == b'{"a": 1}'
