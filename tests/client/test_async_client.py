"""The asynchronous client over the wire, on asyncio and on trio."""

from __future__ import annotations

import asyncio
import copy
import os
import pickle
import ssl
import threading
import time
import traceback

import anyio
import pytest
import trustme

import scaleapi
from scaleapi import AsyncScaleClient
from scaleapi.exceptions import (
    ScaleConnectionError,
    ScaleConnectionTimeout,
    ScaleDuplicateResource,
    ScaleServiceUnavailable,
    ScaleTooManyRequests,
)

BUSY = {"status_code": 503, "error": "busy"}
TAKEN = {"status_code": 409, "error": 'The unique_id ("u") is already used'}

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


@pytest.fixture
async def client(server, api_key):
    async with AsyncScaleClient(api_key, api_instance_url=server.url, backoff_factor=0) as made:
        yield made


async def test_a_task_is_fetched_over_one_kept_connection(server, client, make_task_json, answer):
    server.otherwise = lambda request: answer(make_task_json("a"))

    tasks = [await client.get_task("a") for _ in range(5)]

    assert [task.id for task in tasks] == ["a"] * 5
    assert len({request.peer for request in server.received}) == 1


async def test_what_is_sent_is_what_the_client_of_threads_sends(server, client, answer, api_key):
    body = {"metadata": {"a": [1, "ü"]}, "unique_id": "u"}
    await client.create_task("imageannotation", idempotency_key="k", **body)
    with scaleapi.ScaleClient(api_key, api_instance_url=server.url) as other:
        other.create_task("imageannotation", idempotency_key="k", **body)

    mine, theirs = server.received
    assert (mine.method, mine.path, mine.body) == (theirs.method, theirs.path, theirs.body)
    assert {"connection": "keep-alive", **mine.headers} == {
        "connection": "keep-alive",
        **theirs.headers,
    }


async def test_passing_failures_are_tried_again_with_one_key(
    server, client, answer, make_task_json
):
    server.answers(answer(BUSY, status=503), answer(drop=True), answer(make_task_json("a")))

    task = await client.create_task("imageannotation")

    assert task.id == "a"
    assert len({request.headers["idempotency-key"] for request in server.received}) == 1
    assert len(server.received) == 3


async def test_after_three_retries_the_last_answer_is_the_error(server, client, answer):
    server.otherwise = lambda request: answer(BUSY, status=503)

    with pytest.raises(ScaleServiceUnavailable) as caught:
        await client.get_task("a")

    assert str(caught.value) == "503: busy (GET /v1/task/a, 4 attempts)"
    assert len(server.received) == 4


async def test_a_create_whose_reply_was_lost_gives_the_task_that_was_made(
    server, client, answer, make_task_json
):
    made = make_task_json("b", unique_id="u")
    server.answers(
        answer(drop=True),
        answer(TAKEN, status=409),
        answer({"docs": [made], "total": 1, "limit": 100, "offset": 0, "has_more": False}),
    )

    task = await client.create_task("imageannotation", unique_id="u")

    assert task.id == "b"
    assert server.received[-1].path == "/v1/tasks?unique_id=u"


async def test_a_true_duplicate_is_an_error(server, client, answer):
    server.answers(answer(TAKEN, status=409))

    with pytest.raises(ScaleDuplicateResource, match="already used"):
        await client.create_task("imageannotation", unique_id="u")


async def test_a_connection_that_always_breaks_is_a_scale_exception(server, client, answer):
    server.otherwise = lambda request: answer(drop=True)

    with pytest.raises(
        ScaleConnectionError, match=r"no complete answer from 127\.0\.0\.1"
    ) as caught:
        await client.get_task("a")

    assert caught.value.attempts == len(server.received) == 4
    assert type(caught.value.__cause__).__module__ == "httpx"


async def test_a_body_that_is_cut_is_no_answer(server, client, answer):
    server.answers(answer({"task_id": "a"}, cut=True))

    with pytest.raises(ScaleConnectionError, match="GET /v1/task/a"):
        await client.get_task("a")


async def test_no_server_is_a_scale_exception():
    async with AsyncScaleClient(
        "k", api_instance_url="http://127.0.0.1:9/v1", backoff_factor=0
    ) as client:
        with pytest.raises(ScaleConnectionError, match=r"127\.0\.0\.1:9") as caught:
            await client.get_task("a")

    assert caught.value.attempts == 4


async def test_an_answer_that_does_not_come_is_given_up(server, answer):
    never = threading.Event()
    server.otherwise = lambda request: answer(wait_for=never)
    async with AsyncScaleClient(
        "k", api_instance_url=server.url, timeout=0.05, max_retries=1, backoff_factor=0
    ) as client:
        with pytest.raises(ScaleConnectionTimeout) as caught:
            await client.get_task("a")

    never.set()
    assert caught.value.attempts == 2


async def test_a_total_timeout_ends_a_call(server, answer):
    never = threading.Event()
    server.otherwise = lambda request: answer(wait_for=never)
    began = time.monotonic()
    async with AsyncScaleClient("k", api_instance_url=server.url, total_timeout=0.2) as client:
        with pytest.raises(ScaleConnectionTimeout):
            await client.get_task("a")

    never.set()
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("asked", ["3155760000", "9" * 5_000])
async def test_an_answer_that_asks_to_wait_for_years_is_its_error_at_once(
    server, client, answer, asked
):
    server.otherwise = lambda request: answer(BUSY, status=429, headers={"Retry-After": asked})

    with pytest.raises(ScaleTooManyRequests):
        await client.get_task("a")

    assert len(server.received) == 1


@pytest.mark.slow
async def test_a_retry_after_is_waited_for(server, client, answer, make_task_json):
    server.answers(
        answer(BUSY, status=429, headers={"Retry-After": "1"}), answer(make_task_json("a"))
    )
    began = time.monotonic()

    await client.get_task("a")

    assert time.monotonic() - began >= 1.0


async def test_a_redirect_is_not_followed_with_the_key(server, client, answer):
    server.answers(answer({}, status=302, headers={"Location": "https://elsewhere.example/"}))

    with pytest.raises(scaleapi.ScaleException, match=r"redirected to https://elsewhere\.example/"):
        await client.get_task("a")


async def test_no_error_shows_the_key(server, client, answer, api_key):
    server.answers(answer({"error": f"bad key {api_key}"}, status=401))

    with pytest.raises(scaleapi.ScaleUnauthorized) as caught:
        await client.get_task(api_key)

    assert caught.value.message == "bad key live_…"
    assert api_key not in str(caught.value) + repr(client)


async def test_wrong_arguments_are_refused_unsent(server, client):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="task_id must not be empty"):
        await client.get_task("")
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="idempotency_key"):
        await client.create_task("imageannotation", idempotency_key="a\r\nX: y")

    assert server.received == []


async def test_a_listing_that_never_ends_is_an_error(server, client, answer):
    server.otherwise = lambda request: answer(
        {"docs": [], "total": 0, "has_more": True, "next_token": str(len(server.received))}
    )

    with pytest.raises(scaleapi.ScaleUnreadableReply, match="was empty 10 times in a row"):
        [task async for task in client.get_tasks("p")]


async def test_a_misspelt_attribute_is_told_as_for_the_client_of_threads(client):
    task = await client.get_task("a")

    with pytest.raises(AttributeError, match=r"^this task has no 'statsu' \(nearest: status\)"):
        _ = task.statsu


@pytest.mark.parametrize("copied", [pickle.dumps, copy.deepcopy])
async def test_it_is_neither_pickled_nor_deep_copied(client, copied):
    with pytest.raises(TypeError, match=r"^an AsyncScaleClient cannot be pickled"):
        copied(client)


@pytest.mark.slow
async def test_many_creates_come_in_the_order_of_the_inputs(server, client, answer):
    server.otherwise = lambda request: answer(
        {"task_id": request.json["unique_id"], "status": "pending"}
    )
    inputs = [{"unique_id": str(n)} for n in range(60)]

    results = [one async for one in client.create_tasks(inputs, "imageannotation", 10)]

    assert [one.task.id for one in results] == [str(n) for n in range(60)]
    assert [one.index for one in results] == list(range(60))
    assert 1 < len({request.peer for request in server.received}) <= 10


async def test_one_bad_input_among_many_is_its_own_result(server, client):
    inputs = [{"unique_id": "a"}, "no mapping", {"unique_id": "c"}]

    results = [one async for one in client.create_tasks(inputs, "imageannotation")]

    assert [one.ok for one in results] == [True, False, True]
    assert isinstance(results[1].error, scaleapi.ScaleInvalidRequest)


async def test_an_error_of_the_inputs_comes_after_the_results(server, client):
    def inputs():
        yield {"unique_id": "a"}
        raise RuntimeError("the file ends here")

    results = client.create_tasks(inputs(), "imageannotation")

    assert (await anext(results)).ok
    with pytest.raises(RuntimeError, match="the file ends here"):
        await anext(results)


async def test_closing_early_sends_no_more_than_is_under_way(server, client):
    endless = ({"unique_id": str(n)} for n in iter(int, 1))
    results = client.create_tasks(endless, "imageannotation", concurrency=3)

    await anext(results)
    await results.aclose()
    sent = len(server.received)
    await anyio.sleep(0.1)

    assert sent == len(server.received) <= 1 + 3 + 6


async def test_results_are_taken_under_a_timeout(server, client, answer):
    never = threading.Event()
    server.otherwise = lambda request: answer(wait_for=never)
    results = client.create_tasks([{}] * 5, "imageannotation", concurrency=2)

    with pytest.raises(TimeoutError):
        with anyio.fail_after(0.2):
            await anext(results)

    never.set()
    with pytest.raises(StopAsyncIteration):
        await anext(results)


async def test_results_that_nobody_reads_are_warned_of(server, client):
    with pytest.warns(RuntimeWarning, match=r"async for result in client\.create_tasks"):
        client.create_tasks([{}], "imageannotation")

    assert server.received == []


@pytest.mark.parametrize("anyio_backend", ["asyncio"], indirect=True)
async def test_a_client_made_for_a_module_serves_every_event_loop(server, anyio_backend):
    client = AsyncScaleClient("k", api_instance_url=server.url)

    def in_a_loop_of_its_own() -> str:
        async def call() -> str:
            task = await client.get_task("a")
            await client.close()
            return task.id

        return asyncio.run(call())

    ids = [await anyio.to_thread.run_sync(in_a_loop_of_its_own) for _ in range(3)]

    assert ids == ["0" * 24] * 3
    assert len({request.peer for request in server.received}) == 3


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("anyio_backend", ["asyncio"], indirect=True)
async def test_a_forked_child_opens_connections_of_its_own(server, client, anyio_backend):
    await client.get_task("before")

    def child() -> None:
        pid = os.fork()
        if pid == 0:
            try:
                asyncio.run(client.get_task("child"))
            finally:
                os._exit(0)
        os.waitpid(pid, 0)

    await anyio.to_thread.run_sync(child)
    await client.get_task("after")

    before, of_child, after = [request.peer for request in server.received]
    assert of_child != before == after


@pytest.fixture
def tls_server(server, tmp_path):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True)
    server.ca_file = str(tmp_path / "ca.pem")
    authority.cert_pem.write_to_path(server.ca_file)
    server.url = server.url.replace("http:", "https:")
    return server


async def test_a_ca_bundle_given_as_verify_is_trusted(tls_server):
    async with AsyncScaleClient("k", None, tls_server.url, tls_server.ca_file) as client:
        await client.get_task("a")

    assert len(tls_server.received) == 1


async def test_a_ca_bundle_of_the_environment_is_trusted(tls_server, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", tls_server.ca_file)
    client = AsyncScaleClient("k", api_instance_url=tls_server.url)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")

    async with client:
        await client.get_task("a")

    assert len(tls_server.received) == 1


async def test_an_unknown_certificate_is_refused(tls_server):
    async with AsyncScaleClient("k", api_instance_url=tls_server.url, max_retries=0) as client:
        with pytest.raises(ScaleConnectionError, match="certificate verify failed"):
            await client.get_task("a")

    assert tls_server.received == []


async def test_a_certificate_is_not_looked_at_where_that_is_asked_for(tls_server):
    async with AsyncScaleClient("k", api_instance_url=tls_server.url, verify=False) as client:
        await client.get_task("a")

    assert len(tls_server.received) == 1


async def test_a_ca_bundle_that_is_not_there_is_a_scale_exception():
    async with AsyncScaleClient(
        "k", api_instance_url="https://127.0.0.1:9/v1", verify="/nowhere/ca.pem"
    ) as client:
        with pytest.raises(ScaleConnectionError, match=r"invalid path: /nowhere/ca\.pem"):
            await client.get_task("a")


async def test_a_proxy_of_the_environment_is_used(server, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
    client = AsyncScaleClient("k", api_instance_url="http://scale.invalid/v1")
    monkeypatch.delenv("http_proxy")

    async with client:
        await client.get_task("a")

    assert server.received[0].path == "http://scale.invalid/v1/task/a"


@pytest.mark.slow
@pytest.mark.parametrize("proxy", ["http://user:s3cret@[x", "nonsense://user:s3cret@x"])
async def test_a_proxy_that_is_none_is_a_scale_exception_without_its_password(proxy):
    client = AsyncScaleClient(
        "k", api_instance_url="http://scale.invalid/v1", proxies={"http": proxy}
    )

    with pytest.raises(ScaleConnectionError) as caught:
        await client.get_task("a")

    assert "s3cret" not in "".join(traceback.format_exception(caught.value))
