"""What a listing asks for, as values: filters, position and limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .task import TaskRecord

Bounds = tuple[int | None, int | None]
"""Least and greatest milliseconds since 1970, both inclusive; ``None`` is open."""

OPEN: Bounds = (None, None)


@dataclass(frozen=True, slots=True)
class TaskQuery:
    """Which tasks of an account, newest first.

    Attributes:
        created, completed, updated: bounds on these times.
        status, type, project, batch: equality; ``None`` asks for nothing.
        unique_ids, tags, reviews: any of these; ``None`` asks for nothing.
        before: only tasks strictly older than this ``(created ms, task id)``.
        offset: how many of the matches to pass over.
        limit: how many to give at the most.
    """

    created: Bounds = OPEN
    completed: Bounds = OPEN
    updated: Bounds = OPEN
    status: str | None = None
    type: str | None = None
    project: str | None = None
    batch: str | None = None
    unique_ids: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    reviews: tuple[str, ...] | None = None
    before: tuple[int, str] | None = None
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True)
class TaskPage:
    """The answer: the tasks of this page, the count of all matches, and whether more follow."""

    tasks: list[TaskRecord]
    total: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class BatchQuery:
    """Which batches of an account, newest first; attributes as in ``TaskQuery``."""

    project: str | None = None
    status: str | None = None
    created: Bounds = OPEN
    completed: Bounds = OPEN
    audited: Bounds = OPEN
    exclude_archived: bool = False
    offset: int = 0
    limit: int = 100


def inside(bounds: Bounds, ms: int | None) -> bool:
    """Whether ``ms`` lies within; a time that is not there lies within open bounds only."""
    least, greatest = bounds
    if ms is None:
        return least is None and greatest is None
    return (least is None or ms >= least) and (greatest is None or ms <= greatest)
