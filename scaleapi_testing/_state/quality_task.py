"""What Scale remembers of one training or evaluation task (docs/scale/quality-tasks.md)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class QualityTaskRecord:
    """One training or evaluation task; it is no task and stands in no list of tasks.

    Attributes:
        purpose: ``training`` or ``evaluation``.
        wire: the document as Scale sends it, as JSON.
    """

    id: str
    purpose: str
    type: str
    project: str
    created_ms: int
    unique_id: str | None
    request_n: int
    wire: bytes
