"""A Flask webhook that stores labels as they come, and forgets those that Scale takes back."""

import pytest
from flask import Flask, request

import scaleapi
from scaleapi.callbacks import CallbackForged, parse_callback
from scaleapi_testing import certify_callback_handler

# -- the application ----------------------------------------------------------------------------


def create_app(auth_key, labels):
    """The webhook; `labels` is a mapping from task ids to responses, here a dict."""
    app = Flask(__name__)

    @app.post("/hooks/scale")
    def receive():
        try:
            callback = parse_callback(request.data, request.headers, auth_key=auth_key)
        except CallbackForged:
            return "", 401
        if callback.status == "completed":
            labels[callback.task_id] = callback.response
        else:
            labels.pop(callback.task_id, None)
        return "", 204

    return app


# -- its tests ----------------------------------------------------------------------------------


@pytest.fixture
def labels():
    return {}


@pytest.fixture
def app(scale, labels):
    app = create_app(scale.callback_auth_key, labels)
    scale.callbacks.deliver_to(app)
    return app


@pytest.fixture
def task(scale_client):
    return scale_client.create_task(
        scaleapi.TaskType.Categorization,
        attachment_type="text",
        attachment="Moo.",
        categories=["cow", "sheep"],
        callback_url="https://my.example/hooks/scale",
    )


def test_labels_are_stored_when_they_arrive(scale, app, labels, task):
    scale.complete(task, {"category": "cow"})

    assert labels == {task.id: {"category": "cow"}}
    task.refresh()
    assert task.callback_succeeded


def test_labels_that_scale_takes_back_are_forgotten(scale, app, labels, task):
    scale.complete(task)
    scale.recall(task)
    assert labels == {}

    scale.complete(task, {"category": "sheep"})
    assert labels == {task.id: {"category": "sheep"}}


def test_a_task_that_ends_in_an_error_stores_nothing(scale, app, labels, task):
    scale.fail(task, "the text is empty")

    assert labels == {}


def test_a_callback_with_another_key_is_refused(scale, app, labels, task):
    scale.account().callback_auth_key = "somebody else's"

    scale.complete(task)

    assert labels == {}
    assert scale.callbacks.last.attempts[0].status == 401


def test_the_same_callback_twice_changes_nothing(scale, app, labels, task):
    scale.complete(task, {"category": "cow"})
    scale.callbacks.duplicate(scale.callbacks.last)

    assert labels == {task.id: {"category": "cow"}}


def test_the_handler_stands_a_planned_series_of_callbacks(labels):
    report = certify_callback_handler(
        create_app("a key", labels), auth_key="a key", path="/hooks/scale"
    )

    assert report.ok, str(report)
