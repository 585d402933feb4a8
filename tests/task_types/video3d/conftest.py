"""Jobs for the video and 3D types, and what their answers published, without a fake around them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from scaleapi_testing._attachments import Media
from scaleapi_testing._random import seeded
from scaleapi_testing._task_types import task_type
from scaleapi_testing._task_types._base import Job, ParentTask


@dataclass
class Surroundings:
    """Media facts and other tasks that a test puts in; published files can be read again."""

    facts: dict[str, Media] = field(default_factory=dict)
    tasks: dict[str, ParentTask] = field(default_factory=dict)
    published: dict[str, bytes] = field(default_factory=dict)
    answer_forms: dict[str, str] = field(default_factory=dict)

    def media(self, url, metadata):
        if url in self.facts:
            return self.facts[url]
        width, height = metadata.get("width", 640), metadata.get("height", 480)
        return Media(width=width, height=height, duration=metadata.get("duration"))

    def task(self, task_id):
        return self.tasks.get(task_id)

    def result(self, url):
        return self.published.get(url)

    def publish(self, content, mime_type, uuid):
        assert mime_type == "application/json"
        url = f"https://api.scale.com/results/{uuid}"
        assert url not in self.published
        self.published[url] = content
        return url

    def with_frames(self, *frames):
        """Lidar frames that can be read, and their addresses."""
        urls = [f"https://frames.example.com/{index}.json" for index in range(len(frames))]
        for url, frame in zip(urls, frames, strict=True):
            self.facts[url] = Media(content=json.dumps(frame).encode())
        return urls


@dataclass(frozen=True)
class Labelers:
    accuracy: float = 1.0
    jitter_px: float = 0.0
    miss_rate: float = 0.0


@dataclass
class Answer:
    """A response, the files behind its links, and the task fields that came with it."""

    response: Any
    files: dict[str, Any]
    params: dict[str, Any]
    extra: dict[str, Any]
    bytes: dict[str, bytes]


class Desk:
    """Takes a task as the engine does: check, write defaults back, answer."""

    Surroundings = Surroundings
    Labelers = Labelers

    def violations(self, name, params, around=None):
        return list(task_type(name).check(params, around or Surroundings()))

    def texts(self, name, params, around=None):
        return [found.message for found in self.violations(name, params, around)]

    def written_back(self, name, params):
        return task_type(name).written_back(
            {key: value for key, value in params.items() if key not in {"tags", "project"}}
        )

    def answer(
        self, name, params, around=None, *, seed=0, truth=None, labelers=None, metadata=None
    ):
        around = around or Surroundings()
        returned = self.written_back(name, params)
        job = Job(
            params=returned,
            common={"metadata": metadata or {}, "task_id": "t0", "type": name},
            random=seeded(seed, "answer", name),
            surroundings=around,
            words=_words,
            truth=truth,
            labelers=labelers,
        )
        response = task_type(name).respond(job)
        json.dumps(response, allow_nan=False)
        links = {
            part: value["url"]
            for part, value in response.items()
            if isinstance(value, dict) and isinstance(value.get("url"), str)
        }
        raw = {part: around.published[url] for part, url in links.items()}
        files = {part: json.loads(content) for part, content in raw.items()}
        return Answer(response, files, returned, job.extra, raw)

    def complete(self, name, params, around, task_id="root", **job):
        """A completed task that others can build on."""
        answer = self.answer(name, params, around, **job)
        around.tasks[task_id] = ParentTask(
            task_id, name, "completed", answer.params, answer.response
        )
        return answer


def _words():
    from faker import Faker

    faker = Faker("en_US", use_weighting=False)
    faker.seed_instance(7)
    return faker


@pytest.fixture(scope="session")
def desk():
    return Desk()


@pytest.fixture
def around():
    return Surroundings()
