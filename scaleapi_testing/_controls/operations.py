"""The operations and task types of the fake as public values, each with its provenance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._endpoints import endpoints
from .._errors import PUBLIC
from .._task_types import names, task_type

if TYPE_CHECKING:
    from .._provenance import Source


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API.

    Attributes:
        method: upper-case verb.
        path: pattern, e.g. ``/v1/task/{task_id}/cancel``.
        summary: what it does, in a sentence.
        source: where its facts come from.
    """

    method: str
    path: str
    summary: str
    source: Source


Operation.__module__ = PUBLIC


def operations() -> tuple[Operation, ...]:
    """Every operation that the fake answers, with where its facts come from."""
    return tuple(
        Operation(operation.method, operation.path, operation.summary, operation.source)
        for operation in endpoints()
    )


def task_types() -> dict[str, Source]:
    """Every task type that the fake knows, by name, with where its facts come from."""
    kinds = (task_type(name) for name in names())
    return {kind.name: kind.source for kind in kinds if kind is not None}
