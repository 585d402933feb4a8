"""What Scale remembers of one task: its wire document as bytes, and what lists filter by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from .._wire import encode

if TYPE_CHECKING:
    from .account import Account


@dataclass(frozen=True, slots=True)
class Plan:
    """What a policy decided for a task when it was created.

    Attributes:
        origin: which policy it came from, in words, e.g. ``"turnaround of project cows"``.
        after_ms: how long labelers take; ``None`` when they wait for something else.
        polls: how many reads complete it; ``None`` when reads do not matter.
        outcome: ``completed``, ``error`` or ``canceled``.
        response: what the labelers answer, ``None`` for a generated answer.
        message: the text of an error outcome.
    """

    origin: str
    after_ms: int | None = None
    polls: int | None = None
    outcome: str = "completed"
    response: Any = None
    message: str | None = None


class TaskRecord:
    """One task.

    ``wire`` is the whole document as Scale sends it; the other attributes repeat what lists filter
    by and what the documents do not hold. Only ``TaskTable.change`` writes either. ``with_links``
    is the document as listings with links to the attachments send it, where one did lately.
    """

    __slots__ = (
        "account",
        "attempt",
        "batch",
        "cause",
        "completed_ms",
        "created_ms",
        "history",
        "id",
        "plan",
        "polls_left",
        "project",
        "request_n",
        "review",
        "seq",
        "status",
        "tags",
        "type",
        "unique_id",
        "updated_ms",
        "wire",
        "with_links",
        "work_started",
    )

    def __init__(
        self,
        *,
        id: str,
        account: Account,
        type: str,
        created_ms: int,
        project: str | None,
        batch: str | None,
        unique_id: str | None,
        tags: tuple[str, ...],
        request_n: int,
        wire: bytes,
    ) -> None:
        self.id = id
        self.account = account
        self.seq = -1
        self.type = type
        self.status = "pending"
        self.created_ms = created_ms
        self.updated_ms = created_ms
        self.completed_ms: int | None = None
        self.project = project
        self.batch = batch
        self.unique_id = unique_id
        self.tags = tags
        self.review: str | None = None
        self.work_started = False
        self.request_n = request_n
        self.wire = wire
        self.plan: Plan | None = None
        self.polls_left: int | None = None
        self.attempt = 0
        self.cause: tuple[int, str] | None = None
        self.history: tuple[tuple[int, str], ...] = ()
        self.with_links: bytes | None = None

    def document(self) -> dict[str, Any]:
        """A fresh copy of the wire document, which the caller may change."""
        found: dict[str, Any] = json.loads(self.wire)
        return found

    def write(self, document: dict[str, Any]) -> None:
        """Take over a changed document."""
        self.wire = encode(document)
        self.with_links = None

    def save(self) -> tuple[Any, ...]:
        """The attributes that ``SAVED`` names, in its order."""
        values: tuple[Any, ...] = _SAVE(self)
        return values

    @classmethod
    def restored(cls, account: Account | None, values: tuple[Any, ...]) -> TaskRecord:
        """A record from what ``save`` gave; without account for looking at only."""
        record = cls.__new__(cls)
        if account is not None:
            record.account = account
        record.put_back(values)
        return record

    def put_back(self, values: tuple[Any, ...]) -> None:
        """Take over what ``save`` gave."""
        for name, value in zip(SAVED, values, strict=True):
            setattr(self, name, value)
        self.with_links = None

    def __repr__(self) -> str:
        return f"<TaskRecord {self.id} {self.type} {self.status}>"


SAVED: Final = tuple(name for name in TaskRecord.__slots__ if name not in {"account", "with_links"})
"""What ``save`` gives: everything but the account, and but what is made anew when it is needed."""

_SAVE: Final = attrgetter(*SAVED)
