"""Clients of `httpx` as a program makes them: none is given a transport of the fake's."""

from __future__ import annotations

import asyncio
import contextlib

import httpx
import pytest
import respx

from scaleapi_testing import NetworkBlocked

TASKS = "https://api.scale.com/v1/tasks"
OTHER = "https://other.test/thing"

MODULE_LEVEL = httpx.Client()


def in_sync(method="GET", url=TASKS, *, client=None, **kwargs):
    with httpx.Client(**(client or {})) as http:
        return http.request(method, url, **kwargs)


def in_async(method="GET", url=TASKS, *, client=None, **kwargs):
    async def call():
        async with httpx.AsyncClient(**(client or {})) as http:
            return await http.request(method, url, **kwargs)

    return asyncio.run(call())


TRANSPORTS = {in_sync: httpx.HTTPTransport, in_async: httpx.AsyncHTTPTransport}


@pytest.fixture(params=[in_sync, in_async], ids=["sync", "async"])
def call(request):
    return request.param


@pytest.fixture
def transport(call):
    """The kind of transport of the clients that `call` makes."""
    return TRANSPORTS[call]


def test_a_client_without_a_transport_is_answered(fake, call):
    response = call("POST", json={"x": 1}, headers={"X-Team": "cows"})

    request = fake.app.calls[0]
    assert response.json()["fake"] == "fake"
    assert (request.origin, request.path, request.body) == (
        "https://api.scale.com",
        "/v1/tasks",
        b'{"x":1}',
    )
    assert (request.headers["x-team"], request.headers["host"]) == ("cows", "api.scale.com")


def test_the_functions_of_the_module_are_answered(fake):
    assert httpx.get(TASKS).json()["method"] == "GET"
    assert httpx.post(TASKS, json={}).json()["method"] == "POST"


def test_a_client_made_before_the_start_is_answered(make_fake):
    with httpx.Client() as client:
        with make_fake("one"):
            first = client.get(TASKS).json()["fake"]
        with make_fake("two"):
            second = client.get(TASKS).json()["fake"]
            third = MODULE_LEVEL.get(TASKS).json()["fake"]

    assert (first, second, third) == ("one", "two", "two")


@pytest.mark.parametrize(
    "arguments",
    [
        {"proxy": "http://proxy.test:3128"},
        {"proxy": "socks5://proxy.test:1080"},
        {"http2": True},
        {"verify": False},
        {"limits": httpx.Limits(max_connections=1)},
        {"base_url": "https://elsewhere.test"},
    ],
    ids=lambda arguments: next(iter(arguments)),
)
def test_whatever_a_client_is_made_of_the_fake_answers(fake, call, arguments):
    if "socks5" in str(arguments):
        pytest.importorskip("socksio")

    assert call(client=arguments).json()["fake"] == "fake"


def test_mounts_hold(fake, call, transport):
    def theirs(request):
        return httpx.Response(200, text="mounted")

    mounts = {"all://other.test": httpx.MockTransport(theirs), "https://": transport()}

    assert call(client={"mounts": mounts}).json()["fake"] == "fake"
    assert call(url=OTHER, client={"mounts": mounts}).text == "mounted"


def test_a_transport_of_the_users_that_leads_elsewhere_is_left_alone(fake, call):
    mock = httpx.MockTransport(lambda request: httpx.Response(200, text="mine"))

    assert call(client={"transport": mock}).text == "mine"
    assert fake.app.calls == []


def test_what_a_subclass_adds_to_a_transport_runs(fake):
    seen = []

    class Noting(httpx.HTTPTransport):
        def handle_request(self, request):
            seen.append(request.url.path)
            return super().handle_request(request)

    assert in_sync(client={"transport": Noting()}).json()["fake"] == "fake"
    assert seen == ["/v1/tasks"]


def test_event_hooks_see_the_call_and_the_answer(fake):
    seen = []
    hooks = {
        "request": [lambda request: seen.append(request.method)],
        "response": [lambda response: seen.append(response.status_code)],
    }

    in_sync(client={"event_hooks": hooks})

    assert seen == ["GET", 200]


def test_cookies_are_kept_and_redirects_followed(fake, call, reply):
    away = [("Location", "/v1/elsewhere"), ("Set-Cookie", "herd=7; Path=/")]
    fake.next(reply(status=307, headers=away))

    response = call("POST", content=b"moo", client={"follow_redirects": True})

    first, second = fake.app.calls
    assert response.url.path == "/v1/elsewhere"
    assert [step.status_code for step in response.history] == [307]
    assert "cookie" not in first.headers
    assert (second.headers["cookie"], second.body) == ("herd=7", b"moo")


def test_a_streamed_body_arrives_whole_and_is_used_up(fake):
    def chunks():
        yield b"one "
        yield b"two"

    response = in_sync("POST", content=chunks())

    assert fake.app.calls[0].body == b"one two"
    assert fake.app.calls[0].headers["transfer-encoding"] == "chunked"
    with pytest.raises(httpx.RequestNotRead):
        response.request.content  # noqa: B018


def test_an_asynchronous_body_arrives_whole(fake):
    async def chunks():
        yield b"one "
        yield b"two"

    in_async("POST", content=chunks())

    assert fake.app.calls[0].body == b"one two"


def test_a_reply_is_streamed(fake, reply):
    fake.next(reply({"a": 1}), reply({"a": 2}))

    async def stream():
        async with httpx.AsyncClient() as client, client.stream("GET", TASKS) as response:
            return [part async for part in response.aiter_bytes(3)]

    with httpx.stream("GET", TASKS) as response:
        assert list(response.iter_bytes(3)) == [b'{"a', b'": ', b"1}"]
    assert asyncio.run(stream()) == [b'{"a', b'": ', b"2}"]


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        (
            "disconnect",
            httpx.RemoteProtocolError,
            "Server disconnected without sending a response.",
        ),
        ("read_timeout", httpx.ReadTimeout, "timed out"),
        ("connect_timeout", httpx.ConnectTimeout, "timed out"),
    ],
)
def test_a_broken_exchange_is_the_librarys_own_error(fake, call, failure, kind, error, words):
    fake.next(failure(kind))

    with pytest.raises(error) as caught:
        call()

    assert str(caught.value) == words
    assert caught.value.request.url == TASKS


def test_connecting_is_tried_again_as_a_transport_says_and_waits_on_the_fakes_clock(
    fake, call, transport, failure
):
    fake.next(*[failure("connect_timeout")] * 3)

    response = call(client={"transport": transport(retries=3)})

    assert response.json()["n"] == 4
    assert fake.clock.waits == [0.5, 1.0]


def test_connecting_is_given_up_when_the_retries_are(fake, call, transport, failure):
    fake.next(*[failure("connect_timeout")] * 3)

    with pytest.raises(httpx.ConnectTimeout):
        call(client={"transport": transport(retries=2)})

    assert len(fake.app.calls) == 3


def test_nothing_but_connecting_is_tried_again(fake, call, transport, failure):
    fake.next(failure("disconnect"))

    with pytest.raises(httpx.RemoteProtocolError):
        call(client={"transport": transport(retries=2)})

    assert len(fake.app.calls) == 1


def test_each_task_is_answered_by_the_fake_that_it_started(make_fake):
    async def ask(name):
        with make_fake(name):
            async with httpx.AsyncClient() as client:
                await asyncio.sleep(0)
                return (await client.get(TASKS)).json()["fake"]

    async def main():
        return await asyncio.gather(*map(ask, ["a", "b", "c"]))

    assert asyncio.run(main()) == ["a", "b", "c"]


@pytest.mark.parametrize("proxied", ["https://other.test/", "http://other.test/"])
def test_with_the_network_blocked_a_proxy_on_loopback_leads_nowhere(make_fake, call, proxied):
    with (
        make_fake(block_network=True),
        pytest.raises(NetworkBlocked, match=r"refused to reach other\.test"),
    ):
        call(url=proxied, client={"proxy": "http://127.0.0.1:3128"})


@pytest.mark.parametrize("using", ["httpcore", "httpx"])
@pytest.mark.parametrize("fake_first", [True, False])
def test_beside_respx_in_either_order(make_fake, call, using, fake_first):
    mock = respx.mock(using=using)
    fake = make_fake()
    with contextlib.ExitStack() as stack:
        for other in (fake, mock) if fake_first else (mock, fake):
            stack.enter_context(other)
        mock.get(OTHER).respond(text="theirs")

        assert call().json()["fake"] == "fake"
        assert call(url=OTHER).text == "theirs"


def check_beside(httpx_mock, call):
    httpx_mock.add_response(url=OTHER, text="theirs")

    assert call().json()["fake"] == "fake"
    assert call(url=OTHER).text == "theirs"


def test_inside_of_pytest_httpx(httpx_mock, make_fake, call):
    with make_fake():
        check_beside(httpx_mock, call)


def test_around_pytest_httpx(fake, httpx_mock, call):
    check_beside(httpx_mock, call)


def test_a_transport_of_the_users_is_answered_beneath_a_mock(fake, httpx_mock):
    class Wrapping(httpx.BaseTransport):
        def handle_request(self, request):
            return httpx.HTTPTransport().handle_request(request)

    httpx_mock.add_response(url=OTHER, text="theirs")

    assert in_sync(client={"transport": Wrapping()}).json()["fake"] == "fake"
    assert in_sync(client={"transport": Wrapping()}, url=OTHER).text == "theirs"


@pytest.fixture
def untouched():
    """What `httpx` is made of, as it is without a fake."""
    spots = [
        (httpx.Client, "_send_single_request"),
        (httpx.AsyncClient, "_send_single_request"),
        (httpx.Client, "_transport_for_url"),
        (httpx.AsyncClient, "_transport_for_url"),
        (httpx.HTTPTransport, "handle_request"),
        (httpx.AsyncHTTPTransport, "handle_async_request"),
    ]
    return lambda: [vars(owner)[name] for owner, name in spots]


def test_what_was_replaced_is_put_back(make_fake, untouched):
    before = untouched()

    with contextlib.suppress(ZeroDivisionError), make_fake():
        during = untouched()
        raise ZeroDivisionError

    assert untouched() == before
    assert not any(map(dict(zip(before, during, strict=True)).get, during))
