"""What Scale remembers of one task: its wire document as bytes, and what lists filter by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .._http.wire import encode, ms_of

if TYPE_CHECKING:
    from collections.abc import Mapping

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


class Facts(NamedTuple):
    """What lists filter by, as a task's document says it."""

    status: str
    project: str | None
    batch: str | None
    unique_id: str | None
    tags: tuple[str, ...]
    review: str | None
    work_started: bool
    updated_ms: int
    completed_ms: int | None


def facts_of(document: Mapping[str, Any]) -> Facts:
    """The facts that a task's document states: nobody else says them."""
    completed_at = document.get("completed_at")
    return Facts(
        document["status"],
        document.get("project"),
        document.get("batch"),
        document.get("unique_id"),
        tuple(document.get("tags") or ()),
        document.get("customer_review_status"),
        document.get("work_started", False),
        # The order is what `TaskRecord.take` unpacks.
        # Tasks of 2019 and before had no `updated_at` (recorded).
        ms_of(document.get("updated_at") or completed_at or document["created_at"]),
        None if completed_at is None else ms_of(completed_at),
    )


class Audits:
    """A task's document in parts, so that one more audit costs what is added and a copy of bytes.

    Attributes:
        rest: the document without its audits and comments.
        comments: each entry of ``customer_review_comments``, encoded.
        entries: each entry of ``audits``, encoded.
    """

    __slots__ = ("comments", "entries", "rest")

    def __init__(self, document: dict[str, Any]) -> None:
        self.comments = [
            encode(comment) for comment in document.pop("customer_review_comments", ())
        ]
        self.entries = [encode(audit) for audit in document.pop("audits", ())]
        self.rest = document

    def join(self) -> bytes:
        """The whole document."""
        parts = (
            # Without its closing brace: the lists follow as the last keys.
            encode(self.rest)[:-1],
            # The key is there with an empty list as well (assumed).
            b',"customer_review_comments":[',
            b",".join(self.comments),
            b'],"audits":[',
            b",".join(self.entries),
            b"]}",
        )
        return b"".join(parts)


class TaskRecord:
    """One task.

    ``wire`` is the whole document as Scale sends it. What lists filter by is derived from it
    (``Facts``), and ``TaskTable.write`` alone replaces both; the other attributes are what the
    documents do not hold. ``with_links`` is the document as listings with links to the attachments
    send it, where one did lately; ``audits`` is it in parts, after an audit.

    Args:
        document: the task as Scale sends it.
        account: whose it is.
        request_n: the number of the call that made it; 0 when it was loaded.
    """

    # There may be very many records, of which a dict each would take more than what it holds.
    __slots__ = (
        "account",
        "attempt",
        "audits",
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

    status: str
    project: str | None
    batch: str | None
    unique_id: str | None
    tags: tuple[str, ...]
    review: str | None
    work_started: bool
    updated_ms: int
    completed_ms: int | None

    def __init__(self, document: Mapping[str, Any], *, account: Account, request_n: int) -> None:
        # Kept beside the bytes, for order and links: the document is not decoded to sort by it.
        self.id: str = document["task_id"]
        self.account = account
        # Its place is given by the table that takes it in.
        self.seq = -1
        self.type: str = document["type"]
        self.take(facts_of(document))
        created_at = document["created_at"]
        is_new = created_at == document.get("updated_at")  # then it is read already
        self.created_ms = self.updated_ms if is_new else ms_of(created_at)
        self.request_n = request_n
        # Bytes and not objects: a page of a listing is a join of them, and nobody changes them by
        # accident.
        self.wire = encode(document)
        self.plan: Plan | None = None
        self.polls_left: int | None = None
        # The next completion draws other answers: work that was recalled is done again.
        self.attempt = 0
        self.cause: tuple[int, str] | None = None
        self.history: tuple[tuple[int, str], ...] = ()
        self.with_links: bytes | None = None
        self.audits: Audits | None = None

    def take(self, facts: Facts) -> None:
        # Spelled out, as it runs on every write.
        """Repeat what the document says."""
        (
            self.status,
            self.project,
            self.batch,
            self.unique_id,
            self.tags,
            self.review,
            self.work_started,
            self.updated_ms,
            self.completed_ms,
        ) = facts

    def document(self) -> dict[str, Any]:
        """A fresh copy of the wire document, which the caller may change."""
        # Decoded anew: a caller may change it, and what is stored only changes by a write.
        document: dict[str, Any] = json.loads(self.wire)
        return document

    def save(self) -> tuple[Any, ...]:
        """The attributes that ``SAVED`` names, in its order."""
        values: tuple[Any, ...] = _SAVE(self)
        return values

    @classmethod
    def restored(cls, account: Account | None, values: tuple[Any, ...]) -> TaskRecord:
        """A record from what ``save`` gave; without account for looking at only."""
        record = cls.__new__(cls)
        # Left out otherwise: a look at a file that nobody loads needs no account.
        if account is not None:
            record.account = account
        record.put_back(values)
        return record

    def put_back(self, values: tuple[Any, ...]) -> None:
        """Take over what ``save`` gave."""
        for name, value in zip(SAVED, values, strict=True):
            setattr(self, name, value)
        # Both speak of the document as it was.
        self.with_links = None
        self.audits = None

    def __repr__(self) -> str:
        return f"<TaskRecord {self.id} {self.type} {self.status}>"


MADE_ANEW: Final = frozenset({"account", "audits", "with_links"})
SAVED: Final = tuple(name for name in TaskRecord.__slots__ if name not in MADE_ANEW)
"""What ``save`` gives: everything but the account, and but what is made anew when it is needed."""

# One call for all attributes: snapshots save every record.
_SAVE: Final = attrgetter(*SAVED)
