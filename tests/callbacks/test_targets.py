"""What `deliver_to` accepts, and what comes back from it."""

from __future__ import annotations

import asyncio
import functools
import http
import inspect
import threading
from unittest import mock

import pytest

from scaleapi_testing import CallbackRequest

BODY = b'{"task_id":"66f0a1c29d3b4e0007a1b2c3","status":"completed","response":{},"task":{}}'
URL = "https://hooks.example.net/scale%20hooks/in?team=3&x=%2F"
HEADERS = {"Content-Type": "application/json", "scale-callback-auth": "live_callback_secret"}


@pytest.fixture
def request_():
    return CallbackRequest.of(URL, HEADERS, BODY)


def test_a_callback_request_has_path_and_query_of_its_url_apart(request_):
    assert request_.url == URL
    assert (request_.path, request_.query) == ("/scale%20hooks/in", "team=3&x=%2F")


def test_a_url_without_a_path_has_the_path_slash():
    assert CallbackRequest.of("https://hooks.example.net", {}, b"").path == "/"
    assert CallbackRequest.of("https://hooks.example.net?a=1", {}, b"").path == "/"


def test_the_headers_of_a_callback_request_ignore_case(request_):
    assert request_.headers["Scale-Callback-Auth"] == "live_callback_secret"


def test_headers_given_as_a_plain_dict_ignore_case_too():
    assert CallbackRequest("http://h/", "/", {"A-b": "1"}, b"").headers["a-B"] == "1"


def test_the_json_of_a_callback_request_is_its_decoded_body(request_):
    assert request_.json["task_id"] == "66f0a1c29d3b4e0007a1b2c3"


def test_changing_the_json_of_a_callback_request_changes_nothing(request_):
    request_.json.clear()

    assert request_.json["status"] == "completed"


def test_a_body_that_is_no_json_has_the_json_none():
    assert CallbackRequest("http://h/", "/", {}, b"<html>").json is None


def test_the_repr_of_a_callback_request_names_task_and_status_but_no_secret(request_):
    assert repr(request_) == (
        "<CallbackRequest completed of 66f0a1c29d3b4e0007a1b2c3 to "
        "https://hooks.example.net/scale%20hooks/in?team=3&x=%2F>"
    )
    assert "secret" not in repr(request_.headers)


def test_the_repr_of_a_batch_callback_names_the_batch():
    request = CallbackRequest.of("http://h/b", {}, b'{"batch":"w10","status":"completed"}')

    assert repr(request) == "<CallbackRequest completed of w10 to http://h/b>"


def test_a_callback_request_says_that_it_comes_from_the_package():
    assert CallbackRequest.__module__ == "scaleapi_testing"


# -- callables --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returned", "status"),
    [(None, 200), (204, 204), (http.HTTPStatus.CONFLICT, 409), (503, 503)],
    ids=["none", "int", "http_status", "error"],
)
def test_a_callable_answers_with_the_status_it_returns(deliver, returned, status):
    (attempt,) = deliver(lambda request: returned).attempts

    assert attempt.status == status


@pytest.mark.parametrize("returned", [True, "200", (200, "ok"), 99, 600, 200.0])
def test_a_callable_that_returns_no_status_raises_a_type_error_into_the_test(
    fake, deliver, returned
):
    with pytest.raises(TypeError, match="expected an HTTP status as an int, or None for 200"):
        deliver(lambda request: returned)

    assert [attempt.status for attempt in fake.callbacks.last.attempts] == [None]


def test_the_append_of_a_list_receives_callbacks(deliver):
    received = []

    sent = deliver(received.append)

    assert [attempt.status for attempt in sent.attempts] == [200]
    assert received == [CallbackRequest.of(sent.url, sent.headers, sent.body)]


def test_a_builtin_without_a_signature_is_taken_for_a_callable(deliver):
    with pytest.raises(ValueError, match="no signature"):
        inspect.signature(min)

    with pytest.raises(TypeError, match="'CallbackRequest' object is not iterable"):
        deliver(min)


def test_a_method_a_partial_a_mock_and_an_object_with_call_receive_callbacks(deliver):
    class Handler:
        def handle(self, request, *, strict=False):
            return 201

        def __call__(self, request, log=None):
            return 202

    targets = [
        Handler().handle,
        functools.partial(lambda status, request: status, 203),
        mock.Mock(return_value=204),
        Handler(),
        lambda *args: 205,
    ]

    sent = [deliver(target) for target in targets]

    assert [delivery.attempts[0].status for delivery in sent] == [201, 203, 204, 202, 205]


def test_a_decorated_handler_that_keeps_its_signature_receives_callbacks(deliver):
    def logged(handler):
        @functools.wraps(handler)
        def inner(*args, **kwargs):
            return handler(*args, **kwargs)

        return inner

    @logged
    def handler(request):
        return 207

    assert deliver(handler).attempts[0].status == 207


def test_an_exception_of_a_callable_comes_out_of_the_control_with_its_traceback(fake, deliver):
    def handler(request):
        raise KeyError("response")

    with pytest.raises(KeyError, match="response") as caught:
        deliver(handler)

    assert caught.traceback[-1].name == "handler"
    assert [attempt.status for attempt in fake.callbacks.last.attempts] == [None]


def test_a_pytest_failure_inside_a_callable_is_an_attempt_and_fails_the_test(fake, deliver):
    with pytest.raises(pytest.fail.Exception, match="not this one"):
        deliver(lambda request: pytest.fail("not this one"))

    assert [attempt.status for attempt in fake.callbacks.last.attempts] == [None]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_inside_a_callable_is_no_attempt(fake, deliver, error):
    def handler(request):
        raise error

    with pytest.raises(error):
        deliver(handler)

    assert fake.callbacks.last.attempts == []


# -- async callables --------------------------------------------------------------------------


async def async_handler(request):
    await asyncio.sleep(0)
    return 202


class AsyncHandler:
    async def __call__(self, request):
        return 203


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (async_handler, 202),
        (AsyncHandler(), 203),
        (lambda request: async_handler(request), 202),  # noqa: PLW0108 - a sync one on purpose
        (mock.AsyncMock(return_value=204), 204),
    ],
    ids=["function", "object", "lambda", "mock"],
)
def test_an_async_callable_answers_with_the_status_it_returns(deliver, target, status):
    assert deliver(target).attempts[0].status == status


def test_an_async_callable_runs_in_the_callers_thread_when_no_loop_is_running(deliver):
    seen = []

    async def handler(request):
        seen.append(threading.current_thread())

    deliver(handler)

    assert seen == [threading.current_thread()]


def test_an_async_callable_runs_in_a_fresh_thread_when_a_loop_is_running(deliver):
    seen = []

    async def handler(request):
        seen.append(threading.current_thread())

    async def test():
        return deliver(handler)

    sent = asyncio.run(test())

    assert sent.attempts[0].status == 200
    assert seen[0] is not threading.current_thread()
    assert not seen[0].is_alive()


def test_an_exception_in_a_fresh_thread_comes_out_of_the_control(deliver):
    async def handler(request):
        raise LookupError("gone")

    async def test():
        deliver(handler)

    with pytest.raises(LookupError, match="gone"):
        asyncio.run(test())


def test_delivering_to_an_async_callable_leaves_the_current_event_loop_alone(deliver):
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    deliver(async_handler)

    assert asyncio.get_event_loop_policy().get_event_loop() is loop
    asyncio.set_event_loop(None)
    loop.close()


# -- what is no target ------------------------------------------------------------------------


class NotATarget:
    def __repr__(self):
        return "<NotATarget>"


class NamedAtLength:
    def __init__(self, length):
        self.length = length

    def __repr__(self):
        return "x" * self.length


@pytest.mark.parametrize(("length", "shown"), [(100, "x" * 100), (101, "x" * 99 + "…")])
def test_a_long_name_of_what_is_no_target_is_cut_at_a_hundred_characters(fake, length, shown):
    with pytest.raises(TypeError) as caught:
        fake.callbacks.deliver_to(NamedAtLength(length))

    assert str(caught.value).split(" cannot receive")[0] == shown


@pytest.mark.parametrize(
    "given",
    [NotATarget(), 7, None, NotATarget, lambda: 200, lambda a, b, c, d: 200],
    ids=["object", "number", "none", "class", "no_parameter", "four_parameters"],
)
def test_what_cannot_receive_callbacks_is_refused_at_once(fake, given):
    with pytest.raises(TypeError, match=r"cannot receive callbacks.* expected a callable"):
        fake.callbacks.deliver_to(given)
