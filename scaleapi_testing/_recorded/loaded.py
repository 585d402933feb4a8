"""What came of loading tasks, as a value that reads well."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._errors import PUBLIC
from .._messages import counted, cut_lines, listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from .._controls.views import TaskView


@dataclass(frozen=True, slots=True)
class LoadedTasks:
    """What ``scale.load_tasks`` did; ``len()`` and iterating give the tasks, ``str()`` all of it.

    Attributes:
        tasks: those that were loaded, live, oldest first.
        types: how many of each task type, the most frequent first.
        statuses: how many of each status, likewise.
        account: the first characters of the API key whose account they are in.
        projects, batches: names of those that were made for them.
        skipped: ids of documents that were left out, for their id or unique_id was there already.
        replaced: ids of tasks that were there and are not any more.
        clock_before, clock_after: virtual time before and after; they differ where a task's times
            were later than the clock.
        notices: what is odd, a sentence each.
    """

    tasks: tuple[TaskView, ...]
    types: dict[str, int]
    statuses: dict[str, int]
    account: str
    projects: tuple[str, ...]
    batches: tuple[str, ...]
    skipped: tuple[str, ...]
    replaced: tuple[str, ...]
    clock_before: datetime
    clock_after: datetime
    notices: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many were loaded."""
        return len(self.tasks)

    def __len__(self) -> int:
        return len(self.tasks)

    def __iter__(self) -> Iterator[TaskView]:
        return iter(self.tasks)

    def __str__(self) -> str:
        lines = [f"{counted(self.count, 'task')} loaded into account {self.account}"]
        if self.types:
            lines[0] += f": {_counts(self.types)}; {_counts(self.statuses)}"
        for kind, plural, names in (
            ("project", "projects", self.projects),
            ("batch", "batches", self.batches),
        ):
            if names:
                lines.append(f"made the {kind if len(names) == 1 else plural} {listed(names)}")
        if self.skipped:
            lines.append(f"skipped, for they are there already: {listed(self.skipped)}")
        if self.replaced:
            lines.append(f"replaced: {listed(self.replaced)}")
        if self.clock_after != self.clock_before:
            lines.append(
                f"the clock moved from {self.clock_before.isoformat()} to "
                f"{self.clock_after.isoformat()}"
            )
        lines += [f"noticed: {notice}" for notice in cut_lines(self.notices, "notices", 20)]
        return "\n".join(lines)


def counts(values: list[str]) -> dict[str, int]:
    """How often each value stands there, the most frequent first."""
    return dict(Counter(values).most_common())


def _counts(numbers: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in numbers.items())


LoadedTasks.__module__ = PUBLIC
