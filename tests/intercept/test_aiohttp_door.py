"""What `aiohttp` sees of the fake."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from types import SimpleNamespace

import aiohttp
import pytest
from aioresponses import aioresponses

from scaleapi_testing import NetworkBlocked

TASKS = "https://api.scale.com/v1/tasks"
OTHER = "https://other.test/thing"


def ask(method="GET", url=TASKS, *, session=dict, **kwargs):
    """Status, headers and body of one call by a session of its own."""

    async def call():
        async with (
            aiohttp.ClientSession(**session()) as client,
            client.request(method, url, **kwargs) as response,
        ):
            return response.status, response.headers, await response.read()

    return asyncio.run(call())


def name_of(answer):
    return json.loads(answer[2])["fake"]


def test_a_session_is_answered(fake):
    status, headers, body = ask(
        "POST", f"{TASKS}?a=b%20c", json={"x": 1}, headers={"X-Team": "cows"}
    )

    request = fake.app.calls[0]
    assert (status, headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert json.loads(body)["method"] == "POST"
    assert (request.origin, request.path, request.body) == (
        "https://api.scale.com",
        "/v1/tasks",
        b'{"x": 1}',
    )
    assert (request.headers["x-team"], request.headers["host"]) == ("cows", "api.scale.com")


def test_an_encoded_path_stays_encoded(fake):
    import yarl

    ask(url=yarl.URL("https://api.scale.com/v1/a%2Fb", encoded=True))

    assert fake.app.calls[0].path == "/v1/a%2Fb"


def test_the_function_of_the_module_is_answered(fake):
    async def call():
        async with aiohttp.request("GET", TASKS) as response:
            return await response.json()

    assert asyncio.run(call())["fake"] == "fake"


def test_a_session_made_before_the_start_is_answered_by_whoever_is_active(make_fake):
    async def call():
        names = []
        async with aiohttp.ClientSession() as session:
            for name in ("one", "two"):
                with make_fake(name):
                    async with session.get(TASKS) as response:
                        names.append((await response.json())["fake"])
        return names

    assert asyncio.run(call()) == ["one", "two"]


class OwnConnector(aiohttp.BaseConnector):
    async def _create_connection(self, req, traces, timeout):  # noqa: ASYNC109
        raise AssertionError("it was to be answered")


@pytest.mark.parametrize(
    "session",
    [
        lambda: {"connector": aiohttp.TCPConnector(limit=1, force_close=True)},
        lambda: {"connector": aiohttp.TCPConnector(limit_per_host=1, ssl=False)},
        lambda: {"connector": aiohttp.UnixConnector("/no/such/socket")},
        lambda: {"connector": OwnConnector()},
        lambda: {"proxy": "http://proxy.test:3128"},
        lambda: {"base_url": "https://api.scale.com"},
        lambda: {"raise_for_status": True},
    ],
    ids=["tcp", "per host", "unix", "own", "proxy", "base url", "raising"],
)
def test_whatever_a_session_is_made_of_the_fake_answers(fake, session):
    assert name_of(ask(session=session)) == "fake"


def test_a_session_asks_many_times_at_once(fake):
    async def call():
        connector = aiohttp.TCPConnector(limit=2)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def one():
                async with session.post(TASKS, data=b"moo") as response:
                    return (await response.json())["n"]

            return await asyncio.gather(*(one() for _ in range(20)))

    assert sorted(asyncio.run(call())) == list(range(1, 21))


async def chunks():
    yield b"one "
    yield b"two"


@pytest.mark.parametrize(
    "data",
    [lambda: b"one two", lambda: "one two", chunks, contextlib.nullcontext],
    ids=["bytes", "text", "stream", "none"],
)
def test_a_body_of_any_kind_arrives_whole(fake, data):
    body = data()
    body = None if isinstance(body, contextlib.nullcontext) else body

    ask("POST", data=body)

    assert fake.app.calls[0].body == (b"" if body is None else b"one two")


def test_a_large_body_arrives_whole(fake):
    ask("POST", data=io.BytesIO(b"moo" * 1_000_000))
    ask("POST", data=io.BytesIO(b"moo" * 1_000_000), chunked=True)

    assert [len(call.body) for call in fake.app.calls] == [3_000_000] * 2


def test_a_multipart_upload_arrives_whole(fake):
    form = aiohttp.FormData()
    form.add_field("file", b"\x89PNG", filename="a.png")

    ask("POST", data=form)

    assert b'filename="a.png"' in fake.app.calls[0].body
    assert b"\x89PNG" in fake.app.calls[0].body


def test_a_client_that_asks_first_is_told_to_go_on(fake):
    ask("POST", data=b"moo", expect100=True)

    assert fake.app.calls[0].body == b"moo"


def test_a_reply_is_streamed(fake, reply):
    fake.next(reply({"a": 1}))

    async def call():
        async with aiohttp.ClientSession() as session, session.get(TASKS) as response:
            return [part async for part in response.content.iter_chunked(3)]

    assert asyncio.run(call()) == [b'{"a', b'": ', b"1}"]


def test_a_long_reply_is_read_whole(fake, reply):
    fake.next(reply({"a": "moo" * 1_000_000}))

    assert len(ask()[2]) == 3_000_009


def test_a_head_request_has_no_body(fake):
    assert ask("HEAD")[2] == b""


def test_middlewares_run(fake):
    seen = []

    async def noting(request, handler):
        request.headers["X-Team"] = "cows"
        response = await handler(request)
        seen.append(response.status)
        return response

    ask(session=lambda: {"middlewares": [noting]})

    assert (seen, fake.app.calls[0].headers["x-team"]) == ([200], "cows")


def test_traces_are_told(fake):
    seen = []
    trace = aiohttp.TraceConfig()

    def note(name):
        async def told(*_):
            seen.append(name)

        return told

    trace.on_connection_create_start.append(note("connecting"))
    trace.on_connection_create_end.append(note("connected"))
    trace.on_request_end.append(note("done"))

    ask(session=lambda: {"trace_configs": [trace]})

    assert seen == ["connecting", "connected", "done"]


def test_cookies_are_kept_and_redirects_followed(fake, reply):
    away = [("Location", "/v1/elsewhere"), ("Set-Cookie", "herd=7; Path=/")]
    fake.next(reply(status=307, headers=away))

    ask("POST", data=b"moo")

    first, second = fake.app.calls
    assert "cookie" not in first.headers
    assert (second.path, second.headers["cookie"], second.body) == (
        "/v1/elsewhere",
        "herd=7",
        b"moo",
    )


def limited(**timeouts):
    return lambda: {"timeout": aiohttp.ClientTimeout(**timeouts)}


@pytest.mark.parametrize(
    ("kind", "session", "error", "words"),
    [
        ("disconnect", dict, aiohttp.ServerDisconnectedError, "Server disconnected"),
        (
            "read_timeout",
            limited(sock_read=7),
            aiohttp.SocketTimeoutError,
            "Timeout on reading data from socket",
        ),
        ("read_timeout", limited(total=7), TimeoutError, ""),
        (
            "connect_timeout",
            limited(sock_connect=3),
            aiohttp.ConnectionTimeoutError,
            f"Connection timeout to host {TASKS}",
        ),
        ("connect_timeout", limited(total=3), TimeoutError, ""),
    ],
)
def test_a_broken_exchange_is_the_librarys_own_error(fake, failure, kind, session, error, words):
    fake.next(failure(kind))

    with pytest.raises(error) as caught:
        ask("POST", session=session)

    assert (type(caught.value), str(caught.value)) == (error, words)


def test_a_disconnect_is_repeated_once_where_the_library_repeats(fake, failure):
    fake.next(failure("disconnect"), failure("disconnect"), failure("disconnect"))

    with pytest.raises(aiohttp.ServerDisconnectedError):
        ask("GET")
    assert len(fake.app.calls) == 2
    with pytest.raises(aiohttp.ServerDisconnectedError):
        ask("POST")
    assert len(fake.app.calls) == 3


def test_a_truncated_body_is_a_payload_error(fake, cut):
    fake.next(cut({"a": 1}))

    with pytest.raises(aiohttp.ClientPayloadError, match=r"^Response payload is not completed"):
        ask()


def test_timeouts_reach_the_fake_in_seconds(fake):
    ask(session=limited(total=9, sock_connect=3, sock_read=4))
    ask(session=limited(total=2, sock_connect=3, sock_read=4))
    ask(session=limited(total=None, sock_connect=None))

    assert [(call.read_timeout, call.connect_timeout) for call in fake.app.calls] == [
        (4, 3),
        (2, 2),
        (None, None),
    ]


@pytest.mark.parametrize("error", [ValueError("handler broke"), ConnectionError("handler broke")])
def test_an_exception_of_a_callback_target_is_raised_as_it_is(fake, reply, error):
    fake.next(reply(raised=[error]))

    with pytest.raises(type(error), match="handler broke") as caught:
        ask("POST")

    assert caught.value is error


def test_each_task_is_answered_by_the_fake_that_it_started(make_fake):
    async def one(name):
        with make_fake(name):
            async with aiohttp.ClientSession() as session:
                await asyncio.sleep(0)
                async with session.get(TASKS) as response:
                    return (await response.json())["fake"]

    async def main():
        return await asyncio.gather(*map(one, ["a", "b", "c"]))

    assert asyncio.run(main()) == ["a", "b", "c"]


class Answer(aiohttp.ClientResponse):
    """What aioresponses makes, with an argument that newer versions of aiohttp ask for."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"stream_writer": SimpleNamespace(output_size=0), **kwargs})


@pytest.mark.parametrize("fake_first", [True, False])
def test_beside_aioresponses_in_either_order(make_fake, fake_first):
    fake, mock = make_fake(), aioresponses()
    with contextlib.ExitStack() as stack:
        for other in (fake, mock) if fake_first else (mock, fake):
            stack.enter_context(other)
        mock.get(OTHER, body="theirs", response_class=Answer)

        assert name_of(ask()) == "fake"
        assert ask(url=OTHER)[2] == b"theirs"
        with pytest.raises(aiohttp.ClientConnectionError, match="Connection refused"):
            ask(url="https://unknown.test/")


FIRST_INSIDE = """
import asyncio, aiohttp
from aioresponses import aioresponses
from scaleapi_testing import FakeScale

async def ask():
    headers = {"Authorization": "Bearer live_fake"}
    async with aiohttp.ClientSession() as session:
        async with session.get("https://api.scale.com/v1/tasks", headers=headers) as response:
            return response.status

genuine = aiohttp.ClientSession._request
with aioresponses(), FakeScale():
    print(asyncio.run(ask()))
print(aiohttp.ClientSession._request is genuine)
"""


@pytest.mark.slow
def test_inside_of_aioresponses_when_it_is_the_first_fake_of_the_process():
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", FIRST_INSIDE], capture_output=True, text=True, check=False
    )

    assert done.stdout + done.stderr == "200\nTrue\n"


@pytest.mark.parametrize("url", ["http://api.scale.com/", "https://api.scale.com:8443/"])
def test_where_no_fake_answers_the_way_to_its_host_is_closed(fake, url):
    with pytest.raises(NetworkBlocked):
        ask(url=url)


@pytest.mark.parametrize("url", ["http://other.test/", "https://other.test/"])
def test_with_the_network_blocked_a_proxy_on_loopback_leads_nowhere(make_fake, url):
    with (
        make_fake(block_network=True),
        pytest.raises(NetworkBlocked, match=r"refused to reach other\.test"),
    ):
        ask(url=url, proxy="http://127.0.0.1:9")


def test_what_was_replaced_is_put_back(make_fake):
    names = ["__init__", "_request", "request", "get", "post"]
    spots = [(aiohttp.ClientSession, name) for name in names]
    spots.append((aiohttp.BaseConnector, "connect"))
    before = [vars(owner)[name] for owner, name in spots]

    with contextlib.suppress(ZeroDivisionError), make_fake():
        during = [vars(owner)[name] for owner, name in spots]
        raise ZeroDivisionError

    assert [vars(owner)[name] for owner, name in spots] == before
    assert not any(one is other for one, other in zip(before, during, strict=True))
