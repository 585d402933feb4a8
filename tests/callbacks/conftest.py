"""A started fake, a client of it, and tasks that are called back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scaleapi_testing import FakeScale

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
URL = "https://hooks.example.com/scale?team=a"
PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}


@pytest.fixture
def fake():
    with FakeScale(start_time=NOON) as fake:
        yield fake


@pytest.fixture
def client(fake):
    return fake.client()


@pytest.fixture
def deliver(fake, client):
    """Complete a task that is called back at the target; the delivery, with what came of it."""

    def deliver(target, url=URL):
        fake.callbacks.deliver_to(target)
        fake.complete(create(client, callback_url=url))
        return fake.callbacks.last

    return deliver


def create(client, **fields):
    """A new task whose callbacks go to `URL`, unless the fields say otherwise."""
    return client.create_task("categorization", **PARAMS, **{"callback_url": URL, **fields})
