"""Cause and effect: what happened to a task and why, and the text of ``scale.explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .._http.wire import timestamp
from .._messages import shortened
from .._state.lifecycle import OF_WORK, in_words, legal_moves

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._callbacks.delivery import Delivery
    from .._state.task import TaskRecord

KEPT: Final = 100
"""How many entries a task's history keeps; the oldest leave first."""


def note(record: TaskRecord, ms: int, text: str) -> None:
    """Add a line to a task's history."""
    # A new tuple each time: a snapshot keeps the old one without copying it.
    record.history = (*record.history[-(KEPT - 1) :], (ms, text))


def made_by(record: TaskRecord) -> str:
    """Where a task comes from: ``created by request 7``."""
    if record.request_n:
        return f"created by request {record.request_n}"
    return "created by a call that this fake did not see"


def note_attempt(record: TaskRecord, ms: int, delivery: Delivery) -> None:
    """Add the newest attempt at a callback to its task's history."""
    status = delivery.attempts[-1].status
    answer = "no answer" if status is None else str(status)
    number = len(delivery.attempts)
    url = shortened(delivery.url, 100)
    note(record, ms, f"callback {delivery.event} to {url}: attempt {number}, {answer}")


def explain(
    record: TaskRecord,
    *,
    created_by: str,
    upcoming: Iterable[tuple[int, str]],
    in_staging: bool,
    ends: bool,
) -> str:
    """Each thing that happened to a task and why, in order, and what is still to come.

    Args:
        record: the task.
        created_by: where it comes from, in words.
        upcoming: what is planned: virtual milliseconds and words, next first.
        in_staging: whether its batch is in staging.
        ends: whether its end is among what is planned.
    """
    lines = [
        f"task {record.id}: {record.type}, {record.status}"
        + (f", project {record.project!r}" if record.project else "")
        + (f", batch {record.batch!r}" if record.batch else "")
        + f", account {record.account.shown}"
    ]
    events = [(record.created_ms, created_by), *record.history]
    if len(record.history) == KEPT:
        events.insert(1, (record.history[0][0], f"the newest {KEPT} of what followed:"))
    lines += [f"  {timestamp(ms)}  {text}" for ms, text in events]
    plan = record.plan
    if plan is not None:
        lines.append(f"policy: {plan.origin}")
    elif record.account.is_test:
        lines.append("policy: none (turnarounds do not apply to a test key)")
    else:
        lines.append("policy: none (no turnaround was set when it was created)")
    still = [f"  {timestamp(ms)}  {what}" for ms, what in upcoming]
    if still:
        lines += ["still to come:", *still]
    moves = legal_moves(record.status)
    if in_staging and record.status == "pending":
        lines.append(
            "nobody works on it while its batch is in staging; finalize it: "
            f"client.finalize_batch({record.batch!r})"
        )
        moves = tuple(move for move in moves if move not in OF_WORK)
    elif record.polls_left:
        lines.append(f"it is completed by read number {record.polls_left} from now on")
    elif record.status == "pending" and not ends:
        lines.append(
            "nothing is planned to end it: complete it with scale.complete() "
            "(a turnaround counts for tasks that are created after it)"
        )
    lines.append(f"from {record.status} these moves are legal: {in_words(moves)}")
    return "\n".join(lines)
