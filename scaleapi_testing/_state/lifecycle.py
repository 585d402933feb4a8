"""Which moves between statuses are legal: the table, and its words.

Source: docs/scale/tasks.md 3 (documented life cycle, audits) and 6; marked rows are assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

PENDING: Final = "pending"
COMPLETED: Final = "completed"
CANCELED: Final = "canceled"
ERROR: Final = "error"
STATUSES: Final = (PENDING, COMPLETED, CANCELED, ERROR)


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table.

    Attributes:
        name: the control or call that makes it.
        verb: what is done to a task, in the words of a message: ``comment on``.
        done: its past participle, for messages: ``commented on``.
        origin: the statuses it may start from.
        target: where it leads; ``None`` when the status stays.
    """

    name: str
    verb: str
    done: str
    origin: tuple[str, ...]
    # None, not the same status: `accept` leaves a completed task completed, but is no way to get
    # there.
    target: str | None

    def leads(self, origin: str, target: str) -> bool:
        """Whether it brings a task from one status to another."""
        return origin in self.origin and target == self.target


MOVES: Final = (
    Move("start_work", "start work on", "worked on", (PENDING,), None),
    Move("complete", "complete", "completed", (PENDING,), COMPLETED),
    Move("fail", "fail", "failed", (PENDING,), ERROR),
    # Canceling twice answers the task again (documented); it changes nothing.
    Move("cancel", "cancel", "canceled", (PENDING, CANCELED), CANCELED),
    Move("recall", "recall", "recalled", (COMPLETED,), PENDING),
    Move("accept", "accept", "accepted", (COMPLETED,), None),
    Move("reject", "reject", "rejected", (COMPLETED,), None),
    Move("fix", "fix", "fixed", (COMPLETED,), None),
    # Assumed: a comment is made in the same place as a verdict.
    Move("comment", "comment on", "commented on", (COMPLETED,), None),
)

OF_WORK: Final = ("start_work", "complete")
"""The moves of labelers, which nobody makes while the task's batch is in staging."""

_THROUGH_THE_API: Final = {
    "cancel": "client.cancel_task()",
    "accept": "client.audit_task()",
    "reject": "client.audit_task()",
}
"""The moves that are no controls of a fake, since customers make them by calls."""

_BY_NAME: Final = {move.name: move for move in MOVES}


def move(name: str) -> Move:
    """The row called ``name``."""
    return _BY_NAME[name]


def is_legal(name: str, status: str) -> bool:
    """Whether ``name`` may start from ``status``."""
    return status in _BY_NAME[name].origin


def legal_moves(status: str) -> tuple[str, ...]:
    """The moves that may start from ``status``, ``cancel`` of a canceled task left out."""
    # Legal, yet no way on: nobody who asks what to do next is helped by canceling again.
    return tuple(m.name for m in MOVES if status in m.origin and m.target != status)


def in_words(moves: Iterable[str]) -> str:
    """What a test writes to make these moves: ``scale.recall(), client.audit_task()``."""
    names = (_THROUGH_THE_API.get(name, f"scale.{name}()") for name in moves)
    # Accept and reject are one call of the client, and are named once.
    return ", ".join(dict.fromkeys(names)) or "none"
