"""Checking and reading a callback that was received."""

from __future__ import annotations

import json

import pytest

import scaleapi
from scaleapi.callbacks import (
    BatchCallback,
    CallbackForged,
    TaskCallback,
    is_authentic,
    parse_callback,
)

KEY = "callback-secret"
HEADERS = {"Content-Type": "application/json", "scale-callback-auth": KEY}
TASK_BODY = {
    "task_id": "t1",
    "status": "completed",
    "response": {"category": "spam"},
    "task": {"task_id": "t1", "type": "categorization", "status": "completed"},
}
BATCH_BODY = {"batch": "b", "status": "completed", "stats": {"completed": 20, "error": 1}}


@pytest.mark.parametrize("body", [TASK_BODY, json.dumps(TASK_BODY), json.dumps(TASK_BODY).encode()])
def test_a_task_callback_is_read(body):
    callback = parse_callback(body, HEADERS, KEY)

    assert isinstance(callback, TaskCallback)
    assert (callback.task_id, callback.status) == ("t1", "completed")
    assert callback.response == {"category": "spam"}
    assert callback.task.type == "categorization"
    assert callback.json == TASK_BODY
    assert repr(callback) == "<TaskCallback t1 completed>"


def test_a_status_that_is_only_in_the_task_is_read_from_there():
    callback = parse_callback({"task_id": "t1", "task": TASK_BODY["task"]}, HEADERS, KEY)

    assert isinstance(callback, TaskCallback)
    assert (callback.status, callback.response) == ("completed", None)


def test_a_batch_callback_is_read():
    callback = parse_callback(BATCH_BODY, HEADERS, KEY)

    assert isinstance(callback, BatchCallback)
    assert (callback.batch, callback.status) == ("b", "completed")
    assert callback.stats == {"completed": 20, "error": 1}
    assert repr(callback) == "<BatchCallback 'b' completed>"


def test_the_headers_name_may_be_in_any_case():
    assert is_authentic({"Scale-Callback-Auth": KEY}, KEY)


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({}, KEY),
        ({"scale-callback-auth": "other"}, KEY),
        ({"scale-callback-auth": ""}, KEY),
        ({"scale-callback-auth": ""}, ""),
        ({"scale-callback-auth": "ünïcode"}, KEY),
    ],
)
def test_a_callback_without_the_key_is_forged(headers, key):
    with pytest.raises(CallbackForged) as caught:
        parse_callback(TASK_BODY, headers, key)

    assert str(caught.value) == (
        "the header scale-callback-auth is missing or is not your callback key"
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{", "the callback's body is not JSON"),
        (b"\xff\xfe", "the callback's body is not JSON"),
        ("[1]", r"the callback's body is not a JSON object: \[1\]"),
        ({"x": 1}, "a callback names a task_id or a batch; this one has x"),
    ],
)
def test_a_body_that_is_no_callback_is_refused(body, text):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match=text):
        parse_callback(body, HEADERS, KEY)


def test_the_task_of_a_callback_is_connected_to_the_client(server, client, answer):
    server.answers(answer({"task_id": "t1", "status": "pending"}))
    callback = parse_callback(TASK_BODY, HEADERS, KEY, client)

    callback.task.refresh()

    assert callback.task.status == "pending"


def test_the_headers_of_flask_will_do():
    from werkzeug.datastructures import Headers

    assert is_authentic(Headers(HEADERS), KEY)


def test_a_batch_callback_that_is_read_as_a_tasks_says_how_to_tell_them_apart():
    callback = parse_callback(BATCH_BODY, HEADERS, KEY)

    with pytest.raises(AttributeError) as caught:
        callback.task_id  # noqa: B018
    assert str(caught.value) == (
        "the callback of a batch has no 'task_id', that of a task has; tell them apart with"
        " isinstance(callback, TaskCallback)"
    )
    assert not hasattr(callback, "herd")
