"""Cause and effect: what happened to a task and why, and the text of ``scale.explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ._state.lifecycle import legal_moves
from ._wire import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._callbacks import Delivery
    from ._state.task import TaskRecord

KEPT: Final = 50
"""How many entries a task's history keeps; the oldest leave first."""


def note(record: TaskRecord, ms: int, text: str) -> None:
    """Add a line to a task's history."""
    record.history = (*record.history[-(KEPT - 1) :], (ms, text))


def explain(
    record: TaskRecord,
    *,
    created_by: str,
    deliveries: Iterable[Delivery],
    upcoming: Iterable[tuple[int, str]],
) -> str:
    """Each thing that happened to a task and why, in order, and what is still to come."""
    lines = [
        f"task {record.id}: {record.type}, {record.status}"
        + (f", project {record.project!r}" if record.project else "")
        + (f", batch {record.batch!r}" if record.batch else "")
        + f", account {record.account.shown}"
    ]
    events: list[tuple[int, int, str]] = [(record.created_ms, 0, f"created by {created_by}")]
    events += [(ms, 1, text) for ms, text in record.history]
    for delivery in deliveries:
        for number, attempt in enumerate(delivery.attempts, 1):
            ms = round(attempt.at.timestamp() * 1000)
            answer = "no answer" if attempt.status is None else str(attempt.status)
            events.append(
                (ms, 2, f"callback {delivery.event} to {delivery.url}: attempt {number}, {answer}")
            )
    events.sort(key=lambda event: event[:2])
    lines += [f"  {timestamp(ms)}  {text}" for ms, _, text in events]
    plan = record.plan
    if plan is not None:
        lines.append(f"policy: {plan.origin}")
    else:
        lines.append("policy: none (no turnaround was set when it was created)")
    still = [f"  {timestamp(ms)}  {what}" for ms, what in upcoming]
    if still:
        lines += ["still to come:", *still]
    elif record.status == "pending":
        lines.append("nothing is planned: complete it with scale.complete(), or set a turnaround")
    if record.polls_left:
        lines.append(f"it is completed by read number {record.polls_left} from now on")
    lines.append(f"from {record.status} these moves are legal: {_moves(record.status)}")
    return "\n".join(lines)


def _moves(status: str) -> str:
    return ", ".join(legal_moves(status)) or "none"
