"""Which tasks changed last, for whoever listens: the newest few thousand changes."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .._state.task import TaskRecord

KEPT: Final = 5000


class Changes:
    """The tasks that changed, newest last; no part of the state.

    Attributes:
        heard_by: how many listen; while nobody does nothing is noted.
        number: how many changes were noted.
    """

    __slots__ = ("_newest", "heard_by", "number")

    def __init__(self) -> None:
        self.heard_by = 0
        self.number = 0
        self._newest: deque[TaskRecord] = deque(maxlen=KEPT)

    def note(self, record: TaskRecord) -> None:
        """A task was made or changed."""
        self.number += 1
        self._newest.append(record)

    def since(self, number: int) -> list[dict[str, str]]:
        """The tasks that changed since ``number`` was so, each once, as they are now."""
        # A counter rather than a length: the queue drops the oldest, and a listener has to see how
        # many it missed.
        new = min(self.number - number, len(self._newest))
        if new <= 0:
            return []
        # A copy, for other threads may append meanwhile.
        records = list(self._newest)[-new:]
        return [
            {"task_id": record.id, "status": record.status, "type": record.type}
            for record in dict.fromkeys(records)
        ]
