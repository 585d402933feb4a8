"""What several filters of a listing leave of a table, kept from the first such listing on.

Most programs list by one or two filters or not at all. What they do list by is kept up to date with
every task that is made or changed; what nobody lists by costs nothing.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Any, Final

from .._time.turns import in_turns
from .query import TASK_FILTERS
from .time_index import TimeIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .task import TaskRecord

MOST_VIEWS: Final = 16
"""So many are kept of a table; the one that was not asked for longest is let go."""

TIMES: Final = tuple(
    name for name, filter_ in TASK_FILTERS.items() if filter_.how == "between" and name != "created"
)
"""The filters that bound a time by which a table is not in order."""

_TIME_OF: Final = {name: TASK_FILTERS[name].of for name in TIMES}

Times = tuple[int | None, ...]


class TaskView:
    """The tasks that pass some filters, bounds of times apart.

    Args:
        rules: what tells of a task whether it passes each.
    """

    __slots__ = ("_by_time", "_rules", "_seqs")

    def __init__(self, rules: list[Callable[[TaskRecord], bool]]) -> None:
        self._rules = rules
        self._seqs: array[int] | None = None
        self._by_time: dict[str, TimeIndex] = {}

    def seqs(self, among: Iterable[TaskRecord]) -> array[int]:
        """The places of the tasks, in order.

        Args:
            among: every task that may pass, in order; looked at the first time only.
        """
        if self._seqs is None:
            self._seqs = array(
                "I", [record.seq for record in in_turns(among) if self.holds(record)]
            )
        return self._seqs

    def by_time(self, name: str, among: Iterable[TaskRecord]) -> TimeIndex:
        """The tasks by one of ``TIMES``; ``among`` as for ``seqs``."""
        index = self._by_time.get(name)
        # Those without the time cannot lie within bounds of it.
        if index is None:
            time_of = _TIME_OF[name]
            index = self._by_time[name] = TimeIndex(
                (ms, record.seq)
                for record in in_turns(among)
                if (ms := time_of(record)) is not None and self.holds(record)
            )
        return index

    def holds(self, record: TaskRecord) -> bool:
        """Whether a task passes."""
        return all(rule(record) for rule in self._rules)

    def added(self, record: TaskRecord) -> None:
        """A task was made, the newest of all."""
        # Not `holds`: this runs on every create for every view.
        for rule in self._rules:
            if not rule(record):
                return
        if self._seqs is not None:
            self._seqs.append(record.seq)
        for name, index in self._by_time.items():
            ms = _TIME_OF[name](record)
            if ms is not None:
                index.add(ms, record.seq)

    def changed(self, record: TaskRecord, before: Times | None) -> None:
        """A task was changed.

        Args:
            record: as it is now.
            before: its ``TIMES`` before; ``None`` where it was not in the view.
        """
        after = times_of(record) if self.holds(record) else None
        seqs = self._seqs
        # In the view before and after: its place stays, for it stands by creation.
        if seqs is not None and (before is None) != (after is None):
            if after is None:
                del seqs[bisect_left(seqs, record.seq)]
            else:
                insort(seqs, record.seq)
        for name, index in self._by_time.items():
            # The times before are a tuple in the order of TIMES.
            number = TIMES.index(name)
            old = None if before is None else before[number]
            new = None if after is None else after[number]
            if old == new:
                continue
            if old is not None:
                index.remove(old, record.seq)
            if new is not None:
                index.add(new, record.seq)


def times_of(record: TaskRecord) -> Times:
    """A task's ``TIMES``, in order."""
    return tuple([time_of(record) for time_of in _TIME_OF.values()])


def key_of(facets: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    """What tells views apart: the filters and what each asks for."""
    # "a or b" and "b or a" ask for the same tasks.
    return tuple(
        (name, frozenset(value) if isinstance(value, tuple) else value)
        for name, value in facets.items()
    )
