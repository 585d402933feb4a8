"""What a listing asks for, as values: filters, position and limit."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from .task import TaskRecord

Bounds = tuple[int | None, int | None]
"""Least and greatest milliseconds since 1970, both inclusive; ``None`` is open."""

OPEN: Bounds = (None, None)

How = Literal["equal", "any", "shares", "between"]


class TaskFilter(NamedTuple):
    """One filter of tasks: how a listing asks for it, and what of a task it looks at.

    Attributes:
        how: ``equal``: the value asked for; ``any``: one of several; ``shares``: the task has
            several too, one of which is asked for; ``between``: within bounds.
        of: what a task has there.
        parameters: its names in the query of ``GET /v1/tasks``; of bounds the least, then the
            greatest.
    """

    how: How
    of: Callable[[TaskRecord], Any]
    parameters: tuple[str, ...]

    def rule(self, value: Any) -> Callable[[TaskRecord], bool]:
        """What tells of one task whether it is asked for."""
        of = self.of
        if self.how == "equal":
            return lambda record: of(record) == value
        if self.how == "between":
            return lambda record: inside(value, of(record))
        # Made once per listing, not for each of its tasks.
        several = frozenset(value)
        if self.how == "any":
            return lambda record: of(record) in several
        return lambda record: not several.isdisjoint(of(record))


def _review(record: TaskRecord) -> str | None:
    """The review status that a filter sees; ``pending`` is completed and not audited (assumed)."""
    if record.review is None and record.status == "completed":
        return "pending"
    return record.review


def _equal(name: str) -> dict[str, TaskFilter]:
    """One value, which a task and the query call alike."""
    return {"filter": TaskFilter("equal", attrgetter(name), (name,))}


def _among(how: How, of: Callable[[TaskRecord], Any], parameter: str) -> dict[str, TaskFilter]:
    return {"filter": TaskFilter(how, of, (parameter,))}


def _between(name: str, least: str, greatest: str) -> dict[str, TaskFilter]:
    return {"filter": TaskFilter("between", attrgetter(name), (least, greatest))}


@dataclass(frozen=True, slots=True)
class TaskQuery:
    """Which tasks of an account, newest first.

    Every filter of tasks stands here once: the listing reads from it which parameters there are,
    and the table which rule each one is.

    Attributes:
        created, completed, updated: bounds on these times.
        status, type, project, batch: equality; ``None`` asks for nothing.
        unique_ids, tags, reviews: any of these; ``None`` asks for nothing.
        before: only tasks strictly older than this ``(created ms, task id)``.
        offset: how many of the matches to pass over.
        limit: how many to give at the most.
    """

    created: Bounds = field(default=OPEN, metadata=_between("created_ms", "start_time", "end_time"))
    completed: Bounds = field(
        default=OPEN, metadata=_between("completed_ms", "completed_after", "completed_before")
    )
    updated: Bounds = field(
        default=OPEN, metadata=_between("updated_ms", "updated_after", "updated_before")
    )
    status: str | None = field(default=None, metadata=_equal("status"))
    type: str | None = field(default=None, metadata=_equal("type"))
    project: str | None = field(default=None, metadata=_equal("project"))
    batch: str | None = field(default=None, metadata=_equal("batch"))
    unique_ids: tuple[str, ...] | None = field(
        default=None, metadata=_among("any", attrgetter("unique_id"), "unique_id")
    )
    tags: tuple[str, ...] | None = field(
        default=None, metadata=_among("shares", attrgetter("tags"), "tags")
    )
    reviews: tuple[str, ...] | None = field(
        default=None, metadata=_among("any", _review, "customer_review_status")
    )
    before: tuple[int, str] | None = None
    offset: int = 0
    limit: int = 100


# Derived from the fields, so that a filter that is added there is known everywhere.
TASK_FILTERS: Final = MappingProxyType(
    {
        entry.name: entry.metadata["filter"]
        for entry in fields(TaskQuery)
        if "filter" in entry.metadata
    }
)
"""Every filter, by its name in ``TaskQuery``."""

EQUALITIES: Final = tuple(name for name, filter_ in TASK_FILTERS.items() if filter_.how == "equal")
"""The filters that ask for one value: each has an index of its own."""

TASK_PARAMETERS: Final = tuple(
    parameter for filter_ in TASK_FILTERS.values() for parameter in filter_.parameters
)
"""What selects tasks in the query of a listing."""


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
