"""What a task type needs around it, without a fake: media facts, other tasks, published files."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scaleapi_testing._attachments import Media
from scaleapi_testing._random import seeded
from scaleapi_testing._task_types import task_type
from scaleapi_testing._task_types._base import Job, LabelerModel, ParentTask, TaskType, Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass
class FakeSurroundings:
    """Surroundings that a test fills in; what it publishes stands in ``published``."""

    media_by_url: dict[str, Media] = field(default_factory=dict)
    default_media: Media = field(default_factory=Media)
    tasks: dict[str, ParentTask] = field(default_factory=dict)
    published: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    base_url: str = "https://api.scale.com"

    def media(self, url: str, metadata: Mapping[str, Any]) -> Media:
        return self.media_by_url.get(url, self.default_media)

    def task(self, task_id: str) -> ParentTask | None:
        return self.tasks.get(task_id)

    def publish(self, content: bytes | Callable[[], bytes], mime_type: str, uuid: str) -> str:
        address = f"{self.base_url}/results/{uuid}"
        self.published[address] = (mime_type, content() if callable(content) else content)
        return address


@dataclass(frozen=True)
class Labelers:
    """A labeler model with the values a test chooses."""

    accuracy: float = 1.0
    jitter_px: float = 0.0
    miss_rate: float = 0.0


class Factory:
    """Drives one task type as the engine does: check, write defaults back, answer."""

    surroundings_type = FakeSurroundings
    labelers_type = Labelers

    def type(self, name: str) -> TaskType:
        found = task_type(name)
        assert found is not None, f"there is no task type {name}"
        return found

    def violations(
        self, name: str, params: Any, surroundings: FakeSurroundings | None = None
    ) -> list[Violation]:
        return list(self.type(name).check(params, surroundings or FakeSurroundings()))

    def errors(self, name: str, params: Any) -> list[str]:
        return [violation.message for violation in self.violations(name, params)]

    def written_back(self, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
        kept = {key: value for key, value in params.items() if key != "tags"}
        return self.type(name).written_back(kept)

    def __call__(
        self,
        name: str,
        params: Mapping[str, Any],
        *,
        seed: int = 0,
        common: Mapping[str, Any] | None = None,
        truth: Any = None,
        labelers: LabelerModel | None = None,
        surroundings: FakeSurroundings | None = None,
    ) -> Job:
        """The job of a task of type ``name`` created with ``params``."""
        return Job(
            params=self.written_back(name, params),
            common={"metadata": {}} if common is None else common,
            random=seeded(seed, "answer", name),
            surroundings=surroundings or FakeSurroundings(),
            words=lambda: _words(seed),
            truth=truth,
            labelers=labelers,
        )

    def respond(self, name: str, params: Mapping[str, Any], **job: Any) -> Any:
        return self.type(name).respond(self(name, params, **job))

    def mock(self, name: str, params: Mapping[str, Any], **job: Any) -> Any:
        kind = self.type(name)
        return (kind.mock or kind.respond)(self(name, params, **job))


def _words(seed: int) -> Any:
    from faker import Faker

    faker = Faker("en_US", use_weighting=False)
    faker.seed_instance(seed)
    return faker


@pytest.fixture(scope="session")
def image_checker() -> Any:
    """The module ``image_checker.py`` beside this file: independent rules for image responses."""
    return _beside("image_checker")


def _beside(name: str) -> Any:
    # Tests are no package (pytest's importlib mode), so modules beside them are loaded by path.
    spec = spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def job() -> Factory:
    """Makes jobs: ``job(name, params, ...)``; ``job.respond``, ``job.errors`` and so on."""
    return Factory()
