"""A Django view whose database is down for six hours: no label is lost, and no old one wins.

Scale tries a callback up to 20 times in 24 hours. Here those hours pass in milliseconds.
"""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

import scaleapi
from scaleapi.callbacks import CallbackForged, parse_callback

# -- the application ----------------------------------------------------------------------------


class Labels:
    """What would be a model with a table."""

    def __init__(self):
        self.rows = {}
        self.updated = {}
        self.is_locked = False

    def save(self, task):
        if self.is_locked:
            raise OperationalError("database is locked")
        if task.updated_at >= self.updated.get(task.id, ""):  # callbacks may overtake each other
            self.rows[task.id] = task.response
            self.updated[task.id] = task.updated_at


@csrf_exempt
@require_POST
def receive(request):
    try:
        callback = parse_callback(request.body, request.headers, auth_key=settings.SCALE_KEY)
    except CallbackForged:
        return HttpResponse(status=401)
    settings.LABELS.save(callback.task)
    return HttpResponse(status=204)


urlpatterns = [path("hooks/scale", receive)]


def ask_again_for_missed_labels(client):
    """What a nightly job does about callbacks that Scale gave up on."""
    for task in client.tasks(status="completed"):
        if not task.callback_succeeded:
            task.send_callback()


# -- its tests ----------------------------------------------------------------------------------


if not settings.configured:  # a project has DJANGO_SETTINGS_MODULE instead
    settings.configure()


@pytest.fixture
def labels(scale):
    labels = Labels()
    with override_settings(
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["my.example"],
        LABELS=labels,
        SCALE_KEY=scale.callback_auth_key,
    ):
        scale.callbacks.deliver_to(get_wsgi_application())
        yield labels


@pytest.fixture
def task(scale_client):
    return scale_client.create_task(
        scaleapi.TaskType.Categorization,
        attachment_type="text",
        attachment="Moo.",
        categories=["cow", "sheep"],
        callback_url="https://my.example/hooks/scale",
    )


def test_labels_are_saved_when_they_arrive(scale, labels, task):
    scale.complete(task, {"category": "cow"})

    assert labels.rows == {task.id: {"category": "cow"}}


def test_labels_that_came_while_the_database_was_down_are_saved_afterwards(scale, labels, task):
    labels.is_locked = True
    scale.complete(task, {"category": "cow"})
    scale.clock.advance(hours=6)
    assert labels.rows == {}

    labels.is_locked = False
    scale.clock.advance(hours=2)

    assert labels.rows == {task.id: {"category": "cow"}}
    (delivery,) = scale.callbacks
    assert {attempt.status for attempt in delivery.attempts[:-1]} == {500}
    assert delivery.attempts[-1].status == 204


def test_after_a_day_scale_gives_up_and_the_task_says_so(scale, scale_client, labels, task):
    labels.is_locked = True
    scale.complete(task)
    scale.clock.advance(days=2)

    assert len(scale.callbacks.last.attempts) == 20
    assert not scale_client.get_task(task.id).callback_succeeded


def test_labels_that_scale_gave_up_on_can_be_sent_again(scale, scale_client, labels, task):
    labels.is_locked = True
    scale.complete(task, {"category": "cow"})
    scale.clock.advance(days=2)
    labels.is_locked = False

    ask_again_for_missed_labels(scale_client)

    assert labels.rows == {task.id: {"category": "cow"}}


def test_callbacks_in_the_wrong_order_leave_the_latest_labels(scale, labels, task):
    scale.callbacks.delay(timedelta(minutes=5), times=1)
    scale.complete(task, {"category": "sheep"})
    scale.clock.advance(minutes=1)
    scale.fix(task, {"category": "cow"})
    assert labels.rows == {task.id: {"category": "cow"}}

    scale.clock.advance(minutes=5)

    assert labels.rows == {task.id: {"category": "cow"}}
