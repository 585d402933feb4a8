"""Whether a document can stand in a fake as a task, and what is odd about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._endpoints.v1.create_task import READ_ELSEWHERE, SHOWN_TO_CHECKS
from .._errors import BadExport
from .._http.wire import DEEPEST, depth, encode, ms_of, timestamp
from .._messages import counted, did_you_mean, listed, shown
from .._state.lifecycle import STATUSES
from .._task_types import names, task_type

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._task_types._base import Surroundings, TaskType
    from .exports import Found

_TEXTS: Final = ("task_id", "type", "status", "created_at")
_MAYBE_TEXTS: Final = (
    "project", "batch", "unique_id", "updated_at", "completed_at", "customer_review_status",
    "callback_url",
)  # fmt: skip
TIMES: Final = ("created_at", "updated_at", "completed_at")
_TIME: Final = "a time such as 2026-03-02T09:15:04.120Z"


def check(found: Found) -> None:
    """Refuse a document that no list could show and no call could change.

    Raises:
        BadExport: naming its place, and what was expected.
    """
    document: dict[str, Any] = found.document
    for name in _TEXTS:
        value = document.get(name)
        if not isinstance(value, str) or not value:
            what = f"has no {name}" if name not in document else f"has {name} {shown(value, 60)}"
            expected = _TIME if name in TIMES else "a text that is not empty"
            raise BadExport(f"{found.place} is no task: it {what}; expected {expected}")
    for name in _MAYBE_TEXTS:
        if not isinstance(document.get(name), str | None):
            raise _odd(found, name, "a text")
    for name in ("project", "batch"):
        if document.get(name) == "":
            raise _odd(found, name, "a text that is not empty, or none")
    if document["status"] not in STATUSES:
        raise _odd(found, "status", f"one of {', '.join(STATUSES)}")
    for name in TIMES:
        if document.get(name) is not None and _ms(document[name]) is None:
            raise _odd(found, name, _TIME)
    if not isinstance(document.get("params", {}), dict):
        raise _odd(found, "params", "an object")
    tags = document.get("tags")
    if tags is not None and not (
        isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)
    ):
        raise _odd(found, "tags", "a list of texts")
    for name in ("audits", "prior_responses", "customer_review_comments"):
        if not isinstance(document.get(name), list | None):
            raise _odd(found, name, "a list")
    try:
        wire = encode(document)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadExport(f"{found.place} cannot be written as JSON: {error}") from None
    if len(wire) > DEEPEST and depth(wire) > 2 * DEEPEST:
        raise BadExport(
            f"{found.place} is nested {depth(wire)} deep; a fake takes at most {2 * DEEPEST}"
        )


def _odd(found: Found, name: str, expected: str) -> BadExport:
    return BadExport(
        f"{found.place} (task {shown(found.document['task_id'], 60)}) has {name} "
        f"{shown(found.document[name], 60)}; expected {expected}"
    )


def _ms(text: str) -> int | None:
    """What the time is in milliseconds since 1970; ``None`` where it is none."""
    try:
        ms = ms_of(text)
        timestamp(ms)
    except (ValueError, OverflowError):
        return None
    return ms


class Oddities:
    """Counts what is said of many tasks, with the first of each."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._count: dict[str, int] = {}

    def note(self, what: str, task_id: str) -> None:
        """It is so of this task."""
        self._first.setdefault(what, task_id)
        self._count[what] = self._count.get(what, 0) + 1

    def sentences(self) -> list[str]:
        """One for each oddity, in the order of their first tasks."""
        return [
            f"{counted(self._count[what], 'task')}: {what} "
            + (f"({task_id})" if self._count[what] == 1 else f"(the first is {task_id})")
            for what, task_id in self._first.items()
        ]


def look_at(
    document: dict[str, Any], kind: TaskType | None, surroundings: Surroundings
) -> Iterable[str]:
    """What Scale would not have taken, or the fake does not know, of a task's type and params."""
    if kind is None:
        near = did_you_mean(document["type"], names())
        hint = f"; nearest: {', '.join(near)}" if near else ""
        yield (
            f"type {shown(document['type'], 60)} is none that the fake knows{hint}. It is kept, "
            "and completed by scale.complete(task, response) alone"
        )
        return
    params = document["params"]
    seen = {name: document[name] for name in SHOWN_TO_CHECKS if document.get(name) is not None}
    violations = list(kind.check({**params, **seen} if seen else params, surroundings))
    if violations:
        first = violations[0]
        more = f", and {len(violations) - 1} more" if len(violations) > 1 else ""
        yield (
            f"params of {kind.name} that a create would refuse: {first.path}: {first.message}{more}"
        )
    unknown = sorted(set(params) - kind.keys - READ_ELSEWHERE)
    if unknown:
        yield f"params that {kind.name} does not name: {listed(unknown)}"


def kind_of(document: dict[str, Any]) -> TaskType | None:
    """The type that a document names."""
    return task_type(document["type"])
