"""Fixtures that many tests speak through: a raw HTTP caller, and quick ways to make tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from scaleapi_testing import FakeScale

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


@pytest.fixture
def section(scale):
    """What the section of a failed test says of ``scale``, as other programs ask for it."""

    def section() -> str:
        answer = requests.get(f"{server.url}/_fake/report", timeout=10)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["text"])

    with scale.serve() as server:
        yield section


# -- the same tests in this process and on a server ---------------------------------------------

BOTH = ("controls/",)
"""Folders and files whose tests run twice, their fixture ``scale`` once a world of a server."""

BOTH_AT_LENGTH = ("clock/test_clock.py", "faults/test_faults.py", "journal/test_journal.py", "v2/")
"""Likewise, the second time among the slow tests."""

TESTS = Path(__file__).parent


def pytest_generate_tests(metafunc):
    """Let a test of the testing API run over both kinds of fake."""
    if "scale" not in metafunc.fixturenames:
        return
    place = metafunc.definition.path.relative_to(TESTS).as_posix()
    if place.startswith((*BOTH, *BOTH_AT_LENGTH)):
        marks = [pytest.mark.slow] if place.startswith(BOTH_AT_LENGTH) else []
        kinds = ["here", pytest.param("on a server", marks=marks)]
        metafunc.parametrize("_where", kinds, indirect=True)


@pytest.fixture(scope="session")
def shared_server():
    """One server for the worlds of all tests."""
    with FakeScale().serve() as server:
        yield server


@pytest.fixture(autouse=True)
def _where(request):
    """Where the fixture ``scale`` is: in this process, or what ``--scale-server`` names."""
    if getattr(request, "param", "here") == "here":
        yield
        return
    option = request.config.option
    before, option.scale_server = option.scale_server, request.getfixturevalue("shared_server").url
    yield
    option.scale_server = before
