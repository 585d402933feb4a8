"""A fake with a project for conversations, and our client of it."""

from datetime import UTC, datetime

import pytest

from scaleapi_testing import FakeScale

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def scale():
    with FakeScale(seed=7, start_time=START) as fake:
        fake.add_projects([("Kitchen", "chat"), ("Garden", "chat")])
        yield fake


@pytest.fixture
def client(scale):
    return scale.client()


@pytest.fixture
def v2(client):
    return client.v2


@pytest.fixture
def ask(v2):
    """Create a chat task in the project Kitchen."""

    def create(**fields):
        return v2.create_chat_task(
            {"project_name": "Kitchen", "template_variables": {"prompt": "Plan a menu."}, **fields}
        )

    return create
