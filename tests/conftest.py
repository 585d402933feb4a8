"""Fixtures that many tests speak through: a raw HTTP caller, and quick ways to make tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

pytest_plugins = ["pytester"]

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass
class Answer:
    """What came back, ready for assertions."""

    status: int
    json: Any
    text: str
    headers: Any

    @property
    def error(self) -> str:
        return str(self.json["error"])


class Api:
    """Calls the fake as any HTTP client would."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.session = requests.Session()

    def __call__(self, method: str, path: str, json: Any = None, **kwargs: Any) -> Answer:
        kwargs.setdefault("auth", (self.key, ""))
        response = self.session.request(
            method, f"https://api.scale.com{path}", json=json, timeout=10, **kwargs
        )
        try:
            decoded = response.json()
        except ValueError:
            decoded = None
        return Answer(response.status_code, decoded, response.text, response.headers)

    def under(self, key: str) -> Api:
        return Api(key)


@pytest.fixture
def api(scale):
    """Raw calls with the live key ``live_fake``; ``api.under("test_k")`` for another key."""
    return Api("live_fake")


CATEGORIZATION = {
    "attachment_type": "text",
    "attachment": "The cat sat on the mat.",
    "categories": ["cat", "dog"],
}


@pytest.fixture
def categorization():
    """The params of a valid categorization task."""
    return dict(CATEGORIZATION)


@pytest.fixture
def make_task(api):
    """Create a categorization task by a raw call and give its id; keywords are body fields."""

    def make(key: str = "live_fake", **fields: Any) -> str:
        answer = api.under(key)("POST", "/v1/task/categorization", CATEGORIZATION | fields)
        assert answer.status == 200, answer.text
        return str(answer.json["task_id"])

    return make


@pytest.fixture
def noon():
    return NOON
