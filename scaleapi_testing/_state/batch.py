"""What Scale remembers of one batch (docs/scale/batches.md 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

STAGING: Final = "staging"
IN_PROGRESS: Final = "in_progress"
COMPLETED: Final = "completed"
PAUSED: Final = "paused"
CANCELLED: Final = "cancelled"
STATUSES: Final = (STAGING, IN_PROGRESS, COMPLETED)
"""What v1 documents; v2 adds two."""

ALL_STATUSES: Final = (*STATUSES, PAUSED, CANCELLED)

IDLE: Final = (STAGING, PAUSED)
"""Where nobody begins to work on a task."""


@dataclass(slots=True)
class BatchRecord:
    """One batch. Values are replaced, never changed in place.

    Attributes:
        finalize_closes: true for Rapid and Studio: finalizing ends the adding of tasks.
        studio: true when its project is a Studio project.
        place: its place in the Studio priority order when that was set, else ``None``.
        groups: names of Studio groups and e-mail addresses.
    """

    id: str
    name: str
    project: str
    status: str
    callback: str | None
    created_ms: int
    metadata: Any
    calibration_batch: bool
    self_label_batch: bool
    finalize_closes: bool
    studio: bool
    request_n: int
    seq: int
    completed_ms: int | None = None
    # Kept here: else a listing by it would look at the audits of every task.
    last_audited_ms: int | None = None
    archived: bool = False
    priority: Any = None
    place: int | None = None
    groups: tuple[str, ...] = ()
