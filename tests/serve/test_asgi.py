"""The fake as an ASGI application."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import fastapi
import httpx
import pytest
import requests
import uvicorn

from scaleapi_testing import FaultNotPossible

TASK = {
    "instruction": "Is it a cow?",
    "attachment": "https://images.test/cow.jpg",
    "attachment_type": "image",
    "categories": ["cow", "no cow"],
    "callback_url": "https://hooks.test/scale",
}


@pytest.fixture
def call(scale, key):
    """Calls the application, or what it is mounted in, as httpx does."""

    def call(method, path, app=scale.asgi_app, **content):
        async def main():
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(
                transport=transport, auth=key, base_url="http://any.host"
            ) as client:
                return await client.request(method, path, **content)

        return asyncio.run(main())

    return call


@contextmanager
def plainly(app):
    """Serves an application with uvicorn as anybody would."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_httpx_speaks_to_it(scale, call):
    response = call("GET", "/v1/tasks", params={"limit": 5})

    assert response.json()["limit"] == 5
    assert scale.requests.last.path == "/v1/tasks"


@pytest.mark.parametrize("path", ["/v1/projects/a%2Fb%20c", "/v1/projects/a%0Ab", "/v1//x/", "/"])
def test_a_path_arrives_as_it_was_sent(scale, call, path):
    call("GET", path)

    assert scale.requests.last.path == path


def test_below_a_prefix_the_path_begins_after_it(scale, call):
    site = fastapi.FastAPI()
    site.mount("/sca le", scale.asgi_app)

    response = call("GET", "/sca%20le/v1/projects/a%2Fb", app=site)
    health = call("GET", "/sca%20le/_fake/health", app=site)

    assert (response.status_code, health.status_code) == (404, 200)
    assert scale.requests.last.path == "/v1/projects/a%2Fb"


def test_a_verb_that_the_control_plane_does_not_have_is_refused_in_its_own_words(call):
    refused = call("POST", "/_fake/health")

    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")
    assert refused.json()["error"] == {
        "kind": "MethodNotAllowed",
        "message": "/_fake/health takes no POST",
        "hint": "Use GET, HEAD.",
    }


def test_a_body_too_large_is_refused(scale, call):
    refused = call(
        "POST",
        "/v1/projects",
        content=b" " * (4 * 2**20 + 1),
        headers={"Content-Type": "application/json"},
    )

    assert refused.json() == {"status_code": 413, "error": "The body is larger than 4 MiB."}
    assert len(scale.requests) == 0


@pytest.mark.parametrize("fault", ["disconnect", "timeout", "connect_timeout"])
def test_a_fault_that_would_break_the_connection_is_not_possible(scale, call, fault):
    scale.faults.add(**{fault: True}, times=1)

    with pytest.raises(FaultNotPossible) as caught:
        call("GET", "/v1/tasks")

    shown = "read_timeout" if fault == "timeout" else fault
    assert caught.value.fault == shown
    assert str(caught.value) == (
        f"an ASGI application cannot show the fault '{shown}' on GET /v1/tasks: the server that "
        "calls it offers no way to break the connection. Call the fake through scale.serve(), "
        "requests or scale.httpx_transport(), or narrow the fault with path="
    )


def test_somebody_elses_server_serves_it(scale, key):
    with plainly(scale.asgi_app) as url:
        answer = requests.get(f"{url}/v1/tasks", auth=key, timeout=10)
        scale.faults.add(truncate=True, times=1)
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
            requests.get(f"{url}/v1/tasks", auth=key, timeout=10)

    assert answer.json()["docs"] == []


def test_a_callback_may_call_the_server_that_waits_for_it(scale, scale_server, key):
    statuses = []

    def handler(request):
        url = f"{scale_server.url}/v1/task/{request.json['task_id']}"
        statuses.append(requests.get(url, auth=key, timeout=10).json()["status"])

    scale.callbacks.deliver_to(handler)
    scale.callbacks.before_reply(times=8)
    url = f"{scale_server.url}/v1/task/categorization"

    for _ in range(8):
        requests.post(url, json=TASK, auth=key, timeout=10)

    assert statuses == ["completed"] * 8


def test_a_slow_callback_holds_up_nobody_else(scale, scale_server, key):
    called, go_on = threading.Event(), threading.Event()

    def handler(_):
        called.set()
        go_on.wait(10)

    scale.callbacks.deliver_to(handler)
    scale.callbacks.before_reply()
    url = f"{scale_server.url}/v1/task/categorization"
    create = threading.Thread(target=lambda: requests.post(url, json=TASK, auth=key, timeout=10))
    create.start()
    called.wait(10)

    meanwhile = requests.get(f"{scale_server.url}/v1/tasks", auth=key, timeout=5)
    still_waiting = create.is_alive()
    go_on.set()
    create.join()

    assert meanwhile.status_code == 200
    assert still_waiting
    assert scale.callbacks.last.succeeded


def test_waits_of_calls_that_come_at_once_overlap(scale, scale_server, key):
    scale.faults.add(latency=timedelta(seconds=10), times=4)
    began = scale.clock.now()
    url = f"{scale_server.url}/v1/tasks"
    calls = [
        threading.Thread(target=lambda: requests.get(url, auth=key, timeout=10)) for _ in range(4)
    ]

    for thread in calls:
        thread.start()
    for thread in calls:
        thread.join()

    assert 10 <= (scale.clock.now() - began).total_seconds() < 40


def test_a_callable_of_the_test_may_run_a_loop_of_its_own(scale, scale_server, key):
    async def response():
        return {"annotations": {}}

    scale.respond("categorization", lambda _task, _random: asyncio.run(response()))
    scale.callbacks.before_reply()
    url = f"{scale_server.url}/v1/task"

    task = requests.post(f"{url}/categorization", json=TASK, auth=key, timeout=10).json()
    answered = requests.get(f"{url}/{task['task_id']}", auth=key, timeout=10).json()

    assert answered["response"] == {"annotations": {}}


def test_calls_under_way_are_answered_when_the_server_ends(scale, key):
    called, go_on = threading.Event(), threading.Event()
    answers = []

    def handler(_):
        called.set()
        go_on.wait(10)

    scale.callbacks.deliver_to(handler)
    scale.callbacks.before_reply()
    with scale.serve() as server:
        url = f"{server.url}/v1/task/categorization"
        create = threading.Thread(
            target=lambda: answers.append(requests.post(url, json=TASK, auth=key, timeout=10))
        )
        create.start()
        called.wait(10)
        threading.Timer(0.1, go_on.set).start()
    create.join()

    assert [answer.status_code for answer in answers] == [200]
