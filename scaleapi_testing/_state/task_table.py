"""All tasks of one account, with the indexes that answer every list from the right end.

Position in the table is order of creation, so each index is a sorted list of positions: a page is a
slice of it, a count is its length, and a page token or a time bound is a bisection.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import deque
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from .._http.wire import encode
from .._time.turns import in_turns
from .query import EQUALITIES, OPEN, TASK_FILTERS, TaskPage, TaskQuery
from .task import SAVED, Audits, Facts, TaskRecord, facts_of
from .task_view import MOST_VIEWS, TIMES, TaskView, key_of, times_of

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from .account import Account

Index: TypeAlias = "array[int]"
"""Places in order, in half the memory that a list of them takes."""

Key = tuple[str, ...]


# Making it means to decode the document; keeping it takes about as many bytes again.
KEPT_WITH_LINKS: Final = 10_000
"""Of how many tasks the document with links is kept beside the one without."""

FEW: Final = 256
"""So many tasks are looked at one by one, rather than that more is kept of them."""

# The id's place, so that a restore compares it without naming every value.
_ID: Final = SAVED.index("id")

_CHECKED: Final = MappingProxyType(
    # Creation is order in the table: its bounds are bisections, never rules.
    {name: task_filter for name, task_filter in TASK_FILTERS.items() if name != "created"}
)
"""The filters that are checked on each task when no index serves them."""


def _created(record: TaskRecord) -> int:
    return record.created_ms


def _head(head: tuple[int, int, Sequence[int]]) -> int:
    return head[0]


def _place(record: TaskRecord) -> tuple[int, str]:
    return record.created_ms, record.id


@dataclass(frozen=True, slots=True)
class TableState:
    """A table as a value: what each record saved, oldest first.

    Attributes:
        records: what each record saved, oldest first.
        indexes: the indexes; ``None`` where they are to be made anew.
    """

    records: list[tuple[Any, ...]]
    indexes: dict[Key, Index] | None = None


class TaskTable:
    """The tasks of one account."""

    def __init__(self) -> None:
        self._records: list[TaskRecord] = []
        # Records, not places, since places change when a task is put in before others.
        self._by_unique_id: dict[str, TaskRecord] = {}
        self._indexes: dict[Key, Index] = {}
        # In the order of keeping: the one that was kept longest goes first.
        self._with_links: deque[TaskRecord] = deque()
        # What listings by several filters, or by bounds of times, asked for lately.
        self._views: dict[tuple[tuple[str, Any], ...], TaskView] = {}
        # The task that is being written: whoever finds one here finds a write that Ctrl-C or a
        # time limit broke off, and makes it whole first.
        self._writing: TaskRecord | None = None

    @property
    def records(self) -> list[TaskRecord]:
        """Every task, oldest first."""
        if self._writing is not None:
            self._mend(self._writing)
        return self._records

    @property
    def by_unique_id(self) -> dict[str, TaskRecord]:
        """The tasks that have a unique_id, by it."""
        if self._writing is not None:
            self._mend(self._writing)
        return self._by_unique_id

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[TaskRecord]:
        return iter(self.records)

    def add(self, record: TaskRecord) -> None:
        """Take in a new task; only of the same millisecond may there be one of a greater id."""
        records = self.records
        # Otherwise it comes last: ids of one fake grow with the time and the counter.
        if records and record.created_ms == records[-1].created_ms and record.id < records[-1].id:
            self._insert(record)  # beside one that was loaded, whose id was given elsewhere
            return
        record.seq = len(records)
        if records and record.tags == records[-1].tags:
            record.tags = records[-1].tags  # one object: mostly tasks that follow have the same
        # Set before the first change and cleared after the last: it costs two assignments and no
        # lock.
        self._writing = record
        records.append(record)  # from here on it is there, whatever breaks the rest off
        indexes = self._indexes
        for key in _keys(record):
            index = indexes.get(key)
            # No setdefault: it would make an array for nothing on every create.
            if index is None:
                index = indexes[key] = array("I")
            index.append(record.seq)
        if record.unique_id is not None:
            self._by_unique_id[record.unique_id] = record
        # After the indexes: a view only asks the record itself.
        for view in self._views.values():
            view.added(record)
        self._writing = None

    def _insert(self, record: TaskRecord) -> None:
        """Take in a new task before some that are there; costs in proportion to these."""
        records = self._records
        place = record.seq = bisect_left(records, _place(record), key=_place)
        self._writing = record
        # Places behind it move, so all that views keep is void; they are made anew when asked for.
        self._views.clear()
        records.insert(place, record)  # from here on it is there
        later = records[place + 1 :]
        # Each key once, in order: several of the later tasks share most of them.
        for key in {key: None for after in later for key in _keys(after)}:
            index = self._indexes[key]
            first = bisect_left(index, place)
            index[first:] = array("I", [seq + 1 for seq in index[first:]])
        for after in later:
            after.seq += 1
        for key in _keys(record):
            insort(self._indexes.setdefault(key, array("I")), place)
        if record.unique_id is not None:
            self._by_unique_id[record.unique_id] = record
        self._writing = None

    def merge(self, records: Iterable[TaskRecord], gone: Container[str] = ()) -> None:
        """Take in tasks of any age, and let those go whose ids are in ``gone``."""
        remaining = [record for record in self.records if record.id not in gone]
        together = sorted([*remaining, *records], key=_place)
        if together:
            # Any one of them will do as the mark: mending goes over the whole table.
            self._writing = together[-1]
        self._views.clear()
        # One assignment, so that either all are here or none.
        self._records = together  # from here on they are there, whatever breaks the rest off
        if together:
            self._mend(together[-1])

    def write(self, record: TaskRecord, document: dict[str, Any]) -> None:
        """Replace a task's document; what lists filter by follows from it."""
        self._replace(record, encode(document), facts_of(document))

    def audit(
        self,
        record: TaskRecord,
        changes: Mapping[str, Any],
        entry: dict[str, Any],
        comment: dict[str, Any] | None,
    ) -> None:
        """Add an audit to a task's document.

        Args:
            record: the task.
            changes: what else changes in its document.
            entry: the audit.
            comment: what joins its comments.
        """
        # Kept between audits: an audited task is mostly audited again, and decoding it costs most.
        parts = record.audits or Audits(record.document())
        # Taken away meanwhile: if this breaks off, the parts may be ahead of the document.
        record.audits = None
        parts.rest.update(changes)
        parts.entries.append(encode(entry))
        if comment is not None:
            parts.comments.append(encode(comment))
        # The rest alone holds all that lists filter by.
        self._replace(record, parts.join(), facts_of(parts.rest))
        record.audits = parts

    def _replace(self, record: TaskRecord, wire: bytes, facts: Facts) -> None:
        assert self.records[record.seq] is record  # a task is added once, then written
        before, old_unique_id = _keys(record), record.unique_id
        # Before the change, for a view can tell only from the record as it is whether it held it.
        views = [
            (view, times_of(record) if view.holds(record) else None)
            for view in self._views.values()
        ]
        self._writing = record
        record.wire = wire  # from here on the write has happened, whatever breaks the rest off
        record.with_links = record.audits = None
        record.take(facts)
        after = _keys(record)
        if before != after:
            for key in before:
                # Only what differs is touched: an index may hold all tasks, and inserting shifts
                # its end.
                if key not in after:
                    self._leave(key, record.seq)
            for key in after:
                if key not in before:
                    insort(self._indexes.setdefault(key, array("I")), record.seq)
        if record.unique_id != old_unique_id:
            if old_unique_id is not None:
                del self._by_unique_id[old_unique_id]
            if record.unique_id is not None:
                self._by_unique_id[record.unique_id] = record
        for view, times in views:
            view.changed(record, times)
        self._writing = None

    def _leave(self, key: Key, seq: int) -> None:
        index = self._indexes[key]
        del index[bisect_left(index, seq)]
        if not index:
            del self._indexes[key]  # else every tag that ever was would stay

    def _mend(self, half: TaskRecord) -> None:
        """Make a write whole that was broken off: what the document says holds."""
        # The document is written first, so it is what tells how far the write had come.
        half.take(facts_of(half.document()))
        half.with_links = half.audits = None
        # Everything anew, since nobody knows how far it had come; it happens once in a long while.
        for seq, record in enumerate(self._records):
            record.seq = seq
        self._indexes = self._indexed()
        self._views.clear()
        self._by_unique_id = {
            record.unique_id: record for record in self._records if record.unique_id is not None
        }
        self._writing = None

    def keep_with_links(self, record: TaskRecord, document: bytes) -> None:
        """Keep what a listing with links sends of a task; of the longest kept one it is let go."""
        record.with_links = document
        # A task that is kept twice goes early once, which only costs making it again.
        self._with_links.append(record)
        if len(self._with_links) > KEPT_WITH_LINKS:
            self._with_links.popleft().with_links = None

    def count(self, **key: str) -> int:
        """How many tasks have exactly these facts; ``status`` with ``project`` or ``batch``."""
        return len(self._index(*key.items()))

    def of(self, **key: str) -> list[TaskRecord]:
        """The tasks that have exactly these facts, oldest first."""
        records = self.records
        return [records[seq] for seq in self._index(*key.items())]

    def find(self, query: TaskQuery) -> TaskPage:
        """Answer a listing.

        Cost: independent of the number of tasks. What no index serves (two tags, several filters
        at once, bounds of ``completed`` and ``updated``) is looked for among all tasks the first
        time, and kept up to date from then on; bounds of both of these times at once are looked for
        each time, among those that the other filters leave.
        """
        records = self.records  # asked for once: each time it looks for a broken write
        index, rules = self._narrowest(query)
        least, greatest = query.created
        low = 0 if least is None else bisect_left(records, least, key=_created)
        high = len(records)
        if greatest is not None:
            high = bisect_right(records, greatest, key=_created)
        end = high
        # A token names a task and not a place: newer tasks do not shift the page
        # (docs/scale/tasks.md 5).
        if query.before is not None:
            end = min(high, bisect_left(records, query.before, key=_place))
        # The least work first: without further rules the page is a slice.
        if rules:
            runs = self._runs(query, index, (low, high))
            if runs is not None:
                return self._merged(query, runs, (low, end, high))
            return self._filtered(query, index, rules, (low, end, high))
        # Without bounds of creation nothing is searched for.
        if low or high < len(records):
            first, last = bisect_left(index, low), bisect_left(index, high)
        else:
            first, last = 0, len(index)
        # The offset counts from the newest match, as the page does.
        stop = last if end == high else min(last, bisect_left(index, end))
        stop -= query.offset
        start = max(first, stop - query.limit)
        page = index[start : max(stop, start)]
        tasks = [records[seq] for seq in reversed(page)]
        # An offset beyond the end gives an empty page, after which nothing follows.
        return TaskPage(tasks, max(last - first, 0), start > first and bool(tasks))

    def _runs(
        self, query: TaskQuery, index: Sequence[int], bounds: tuple[int, int]
    ) -> list[Sequence[int]] | None:
        """The places that the query leaves, as runs in order; ``None`` to look at each of few."""
        low, high = bounds
        times = [name for name in TIMES if getattr(query, name) != OPEN]
        # Two times at once would need an index over both; of few tasks looking is quicker than
        # keeping.
        if len(times) > 1 or min(len(index), high - low) <= FEW:
            return None
        facets = {
            name: value
            for name in _CHECKED
            if name not in TIMES and (value := getattr(query, name)) is not None
        }
        key = key_of(facets)
        # Popped and put back: the dict's order is that of use.
        view = self._views.pop(key, None)
        if view is None:
            view = TaskView([TASK_FILTERS[name].rule(value) for name, value in facets.items()])
            # Bounded, for each view is brought up to date on every write.
            if len(self._views) == MOST_VIEWS:
                del self._views[next(iter(self._views))]
        self._views[key] = view  # the latest
        records = self._records
        # A generator: only a new view looks at it.
        among = (records[seq] for seq in index)
        if not times:
            return [view.seqs(among)]
        return view.by_time(times[0], among).runs(getattr(query, times[0]))

    def _merged(
        self, query: TaskQuery, runs: list[Sequence[int]], bounds: tuple[int, int, int]
    ) -> TaskPage:
        low, end, high = bounds
        total = 0
        # Of each run: its greatest place before the end that is not taken yet, and where that is.
        heads: list[tuple[int, int, Sequence[int]]] = []
        # Nothing has to be searched for in any run, which is the first page of most listings.
        whole = low == 0 and high == end == len(self._records)
        for run in runs:
            first, last, stop = 0, len(run), len(run)
            if not whole:
                first, last = bisect_left(run, low), bisect_left(run, high)
                stop = last if end == high else bisect_left(run, end, first, last)
            total += last - first
            if stop > first:
                heads.append((run[stop - 1], stop, run))
        heads.sort(key=_head)
        page_end = query.offset + query.limit
        seqs: list[int] = []
        # One more than wanted: it tells whether more follow.
        while heads and len(seqs) <= page_end:
            _, stop, run = heads.pop()
            # All of this run that is greater than what any other one has.
            first = bisect_left(run, max(low, heads[-1][0] if heads else low), 0, stop)
            # Never more than is missing, however long the run.
            first = max(first, stop - (page_end + 1 - len(seqs)))
            seqs.extend(reversed(run[first:stop]))
            if first and run[first - 1] >= low:
                # Few runs, and sorted: the next greatest is found at its end.
                insort(heads, (run[first - 1], first, run), key=_head)
        records = self._records
        tasks = [records[seq] for seq in seqs[query.offset : page_end]]
        return TaskPage(tasks, total, len(seqs) > page_end and bool(tasks))

    def _filtered(
        self,
        query: TaskQuery,
        index: Sequence[int],
        rules: list[Callable[[TaskRecord], bool]],
        bounds: tuple[int, int, int],
    ) -> TaskPage:
        low, end, high = bounds
        records = self.records
        # The total counts every match, so all of them are looked at, not only those of the page.
        matches = [
            seq
            for seq in in_turns(index[bisect_left(index, low) : bisect_left(index, high)])
            if all(rule(records[seq]) for rule in rules)
        ]
        stop = bisect_left(matches, end) - query.offset
        start = max(0, stop - query.limit)
        tasks = [records[seq] for seq in reversed(matches[start : max(stop, 0)])]
        return TaskPage(tasks, len(matches), start > 0 and bool(tasks))

    def _narrowest(
        self, query: TaskQuery
    ) -> tuple[Sequence[int], list[Callable[[TaskRecord], bool]]]:
        """The smallest index that serves the query, and the rules it leaves to check."""
        candidates: list[tuple[Sequence[int], set[str]]] = []
        # Combined for these alone: they are what programs poll by.
        for names in (("project", "status"), ("batch", "status")):
            values = [getattr(query, name) for name in names]
            if None not in values:
                candidates.append((self._index(*zip(names, values, strict=True)), set(names)))
        for name in EQUALITIES:
            value = getattr(query, name)
            if value is not None:
                candidates.append((self._index((name, value)), {name}))
        # Of two tags a task may have both: their indexes would have to be merged.
        if query.tags is not None and len(set(query.tags)) == 1:
            candidates.append((self._index(("tag", query.tags[0])), {"tags"}))
        if query.unique_ids is not None:
            # A set, for a query may name one twice; a name that nobody has leaves nothing.
            seqs = {self.by_unique_id[u].seq for u in query.unique_ids if u in self.by_unique_id}
            candidates.append((sorted(seqs), {"unique_ids"}))
        index: Sequence[int] = range(len(self.records))
        served: set[str] = set()
        for candidate, names_served in candidates:
            smaller = len(candidate) < len(index)
            # Of equally small ones the one that leaves fewer rules to check.
            if not served or smaller or (len(candidate) == len(index) and names_served > served):
                index, served = candidate, names_served
        return index, _rules(query, served)

    def _index(self, *items: tuple[str, str]) -> Index:
        if self._writing is not None:
            self._mend(self._writing)
        # Sorted, so that the order of keywords does not matter; a fresh empty one, as callers may
        # keep it.
        return self._indexes.get(tuple(part for item in sorted(items) for part in item), array("I"))

    def save(self) -> TableState:
        """The table as a value."""
        return TableState(
            list(map(TaskRecord.save, in_turns(self.records))),
            {key: index[:] for key, index in self._indexes.items()},
        )

    def restore(self, account: Account, state: TableState) -> None:
        """Take over what ``save`` gave; tasks that are in both stay the same objects."""
        # Before anything is emptied: it mends a broken write, which a restore must not keep.
        before = self.records
        self._writing = None
        self._views.clear()
        self._records = []
        self._by_unique_id = {}
        before_by_id: dict[str, TaskRecord] | None = None
        for seq, values in enumerate(in_turns(state.records)):
            # Mostly each task stands where it stood, and most of them have not changed since.
            record = before[seq] if seq < len(before) else None
            if record is None or record.id != values[_ID]:
                if before_by_id is None:
                    # Only when places differ, since it costs a pass over all.
                    before_by_id = {task.id: task for task in before}
                record = before_by_id.get(values[_ID])
            if record is None:
                record = TaskRecord.restored(account, values)
            # Compared first: putting back drops what was made from the document, and most have not
            # changed.
            elif record.save() != values:
                record.put_back(values)
            self._records.append(record)
        self._by_unique_id = {
            record.unique_id: record for record in self._records if record.unique_id is not None
        }
        if state.indexes is None:
            self._indexes = self._indexed()
        else:
            # Copied: the same snapshot may be restored again.
            self._indexes = {key: index[:] for key, index in state.indexes.items()}

    def _indexed(self) -> dict[Key, Index]:
        """The indexes that the records ask for."""
        indexes: dict[Key, Index] = {}
        for seq, record in enumerate(in_turns(self._records)):
            for key in _keys(record):
                indexes.setdefault(key, array("I")).append(seq)
        return indexes


def _keys(record: TaskRecord) -> dict[Key, None]:
    """Under what a task stands in the indexes: in order, each once, quick to look up."""
    # A dict and not a set: the order of indexes has to be the same in every process.
    keys: dict[Key, None] = {("status", record.status): None, ("type", record.type): None}
    if record.project is not None:
        keys["project", record.project] = None
        # Counts by both are asked on every end of a task in a batch, and by status filters.
        keys["project", record.project, "status", record.status] = None
    if record.batch is not None:
        keys["batch", record.batch] = None
        keys["batch", record.batch, "status", record.status] = None
    for tag in record.tags:
        keys["tag", tag] = None
    return keys


def _rules(query: TaskQuery, served: set[str]) -> list[Callable[[TaskRecord], bool]]:
    return [
        task_filter.rule(value)
        for name, task_filter in _CHECKED.items()
        if (value := getattr(query, name)) is not None and value != OPEN and name not in served
    ]
