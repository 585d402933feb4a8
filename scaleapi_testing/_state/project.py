"""What Scale remembers of one project (docs/scale/projects.md 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ParamVersion:
    # Counted, for tasks keep the number of the version that they were made under.
    """One entry of a project's history: never edited."""

    version: int
    created_ms: int
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TaskTemplate:
    """A task template, published in the dashboard."""

    id: str
    version: int
    created_ms: int
    updated_ms: int
    template_variables: Any
    response_schema: Any = None


@dataclass(frozen=True, slots=True)
class ProjectGroup:
    """A Studio group of a project: members by e-mail address."""

    id: str
    name: str
    emails: tuple[str, ...]
    is_singleton: bool = False


@dataclass(slots=True)
class ProjectRecord:
    """One project. Values are replaced, never changed in place."""

    id: str
    name: str
    type: str
    created_ms: int
    seq: int
    request_n: int
    history: tuple[ParamVersion, ...] = ()
    rapid: bool = False
    studio: bool = False
    archived: bool = False
    genai_types: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    pipeline: str | None = None
    consensus_attempts: int | None = None
    dataset_id: str | None = None
    template: TaskTemplate | None = None
    ontologies: tuple[Any, ...] = ()
    groups: tuple[ProjectGroup, ...] = ()

    def params(self, version: int | None = None) -> ParamVersion | None:
        """The params of ``version``, or the newest; ``None`` when there are none."""
        if version is None:
            return self.history[-1] if self.history else None
        return next((entry for entry in self.history if entry.version == version), None)
