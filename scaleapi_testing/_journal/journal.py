"""What the fake was asked and what it answered, and how a test asserts on it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from operator import is_
from threading import Lock
from typing import TYPE_CHECKING, overload

from .._configuration import MAX_BYTES
from .._http.kept_bodies import KeptBodies
from .._http.patterns import RequestPattern
from .._http.wire import from_ms
from .._messages import JSON, counted, keywords_checked, shortened
from .._uncopied import Uncopied
from .expectation import NEAREST, NOTHING_CAME, Expectation, meant
from .recorded_request import RecordedRequest

if TYPE_CHECKING:
    from types import EllipsisType

__all__ = ("Journal", "JournalState", "RecordedRequest", "UnreadParameter")


# Equality is by name alone; the generated one would compare all fields.
@dataclass(frozen=True, slots=True, eq=False)
class UnreadParameter:
    """A parameter that a call gave, that was accepted, and that nothing read.

    It equals its name, and every other one of the same name:
    ``"intsruction" in scale.requests.unread``.

    Attributes:
        n: number of the request.
        method: its verb.
        path: its path, as sent.
        name: the parameter's name.
        nearest: known names that it may have been meant to be, as text, ``""`` when none is near.
    """

    n: int
    method: str
    path: str
    name: str
    nearest: str = ""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, UnreadParameter):
            return self.name == other.name
        return self.name == other if isinstance(other, str) else NotImplemented

    # Equal ones hash alike, a plain text included.
    def __hash__(self) -> int:
        return hash(self.name)

    def __str__(self) -> str:
        hint = f" (nearest: {self.nearest})" if self.nearest else ""
        return f"request {self.n} {self.method} {shortened(self.path, 120)}: {self.name}{hint}"


@dataclass(frozen=True, slots=True)
class JournalState:
    """What a journal holds at one moment; the records in it are not changed any more."""

    next_n: int
    records: tuple[RecordedRequest, ...]


class Journal(Uncopied, Sequence[RecordedRequest]):
    """The calls that reached one fake, oldest first; the oldest leave when it is full.

    Safe to read and to write from any thread: iterating, slicing and searching see the journal
    as it was when they began.

    Args:
        max_entries: how many calls are kept at most, at least 1.
        now: the virtual time, for messages: milliseconds since 1970.
        max_bytes: how many bytes of bodies are kept at most. Beyond it bodies are kept as length
            and digest: the oldest large ones first, then the oldest of all. Pages of listings
            hold the documents that the store holds too, which count for next to nothing.

    Raises:
        TypeError: ``max_bytes`` is no whole number.
        ValueError: ``max_entries`` is below 1, or ``max_bytes`` below 0.
    """

    def __init__(
        self,
        max_entries: int = 10_000,
        # The default keeps the journal usable without a world.
        now: Callable[[], int] | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        _check_max_entries(max_entries)
        check_max_bytes(max_bytes)
        # Bounded by hand and not by maxlen: what leaves has to be forgotten by the bodies too.
        self._records: deque[RecordedRequest] = deque()
        self._bodies: KeptBodies[RecordedRequest] = KeptBodies(max_bytes, self._cut)
        self._max_entries = max_entries
        self._now = now
        # Of calls that no log holds: they are this process's own, and no part of the state.
        self._own: deque[RecordedRequest] = deque()
        self._own_bodies: KeptBodies[RecordedRequest] = KeptBodies(max_bytes, self._cut_own)
        # Calls are recorded by the threads that make them, while a test reads.
        # Its own lock, not the world's: a test reads it while a call holds that one.
        self._lock = Lock()
        self._next_n = 1

    def next_n(self) -> int:
        """The number for the next call; each is given once."""
        with self._lock:
            n = self._next_n
            self._next_n = n + 1
            return n

    def receive(self, record: RecordedRequest) -> None:
        """Append a call that came in just now, under the next number."""
        # Number and place under one lock, so that the journal is in order of its numbers.
        with self._lock:
            record.n = self._next_n
            self._next_n += 1
            self._append(record)

    def add(self, record: RecordedRequest) -> None:
        """Append ``record``; when the journal is full the oldest leaves."""
        with self._lock:
            self._append(record)

    def _append(self, record: RecordedRequest) -> None:
        if len(self._records) == self._max_entries:
            self._bodies.forget(self._records.popleft().n)
        self._records.append(record)

    def settle(self, record: RecordedRequest) -> None:
        """A call has ended: its bodies count from now on, and the oldest too many are cut."""
        with self._lock:
            self._bodies.keep(record.n, record, record.held)

    def add_own(self, record: RecordedRequest) -> None:
        """Append a call that has ended and that no log holds; snapshots leave it out."""
        with self._lock:
            # Under the number of the call before it: its place is kept without spending a number of
            # the log.
            record.n = self._next_n - 1
            newest = self._own[-1] if self._own else None
            follows = newest is not None and newest.n == record.n
            record.own = newest.own + 1 if follows and newest is not None else 1
            if len(self._own) == self._max_entries:
                # By identity: several of them stand under one number.
                self._own_bodies.forget(id(self._own.popleft()))
            self._own.append(record)
            self._own_bodies.keep(id(record), record, record.held)

    def _cut(self, record: RecordedRequest) -> None:
        _cut_among(self._records, record)

    def _cut_own(self, record: RecordedRequest) -> None:
        _cut_among(self._own, record)

    def reset(self) -> None:
        """Forget every call and count from 1 again."""
        with self._lock:
            self._records.clear()
            self._bodies.clear()
            self._own.clear()
            self._own_bodies.clear()
            self._next_n = 1

    def snapshot(self) -> JournalState:
        """What the journal holds now, as a value."""
        # The records are shared: they are not changed once their call has ended.
        with self._lock:
            return JournalState(self._next_n, tuple(self._records))

    def restore(self, state: JournalState) -> None:
        """Hold again what ``state`` holds, the newest of it when the journal is smaller."""
        # A state may come from a fake with a larger journal.
        records = state.records[-self._max_entries :]
        with self._lock:
            self._own.clear()
            self._own_bodies.clear()
            newer = len(self._records) - len(records)
            # Mostly a few calls came, and none left.
            # Compared by identity: a restore after a few calls costs those calls and not the
            # journal.
            if 0 <= newer <= len(records) and all(map(is_, records, self._records)):
                while len(self._records) > len(records):
                    self._bodies.forget(self._records.pop().n)
            else:
                self._records.clear()
                self._bodies.clear()
                for record in records:
                    self._append(record)
                    self._bodies.keep(record.n, record, record.held)
            self._next_n = state.next_n

    @overload
    def __getitem__(self, index: int) -> RecordedRequest: ...

    @overload
    def __getitem__(self, index: slice) -> list[RecordedRequest]: ...

    def __getitem__(self, index: int | slice) -> RecordedRequest | list[RecordedRequest]:
        # Copied first: an index must not move under whoever reads.
        records = self._copy()
        if isinstance(index, slice):
            return records[index]
        try:
            return records[index]
        except IndexError:
            raise IndexError(
                f"no entry {index} in the journal: it holds {counted(len(records), 'request')}"
                " (entries count from 0, request numbers n from 1)"
            ) from None

    def __len__(self) -> int:
        return len(self._records) + len(self._own)

    def __iter__(self) -> Iterator[RecordedRequest]:
        return iter(self._copy())

    def __reversed__(self) -> Iterator[RecordedRequest]:
        return reversed(self._copy())

    def __repr__(self) -> str:
        records = self._copy()
        if not records:
            return "<Journal empty>"
        return f"<Journal {counted(len(records), 'request')}, last: {records[-1]!r}>"

    def _copy(self) -> list[RecordedRequest]:
        with self._lock:
            if not self._own:
                return list(self._records)
            # Each of the own ones stands behind the call that the log held last when it came.
            return list(merge(self._records, self._own, key=_place))

    @property
    def last(self) -> RecordedRequest:
        """The newest call.

        Raises:
            LookupError: no call has reached the fake.
        """
        with self._lock:
            # At equal numbers the own one came later.
            if self._own and not (self._records and self._records[-1].n > self._own[-1].n):
                return self._own[-1]
            if self._records:
                return self._records[-1]
        raise LookupError(NOTHING_CAME)

    @property
    def unread(self) -> list[UnreadParameter]:
        """Parameters that were accepted and read by nothing, in the order of the calls.

        Most of them are typing errors in optional parameters, which Scale lets pass without a
        word.
        """
        return [
            UnreadParameter(record.n, record.method, record.path, entry.name, entry.nearest)
            for record in self._copy()
            for entry in record.unread
        ]

    def to(self, method: str | None, path_pattern: str | None = None) -> list[RecordedRequest]:
        """The calls with this method and path, oldest first.

        Args:
            method: a verb in any case; ``None`` or ``"*"`` for any.
            path_pattern: matched against the decoded path, with or without trailing slash; ``*``
                is one whole segment; ``None`` for any path.

        Raises:
            ValueError: the method is no HTTP verb, or the pattern can match no path.
        """
        pattern = RequestPattern.parse(method, path_pattern)
        return [record for record in self._copy() if meant(pattern, record)]

    @keywords_checked(
        body="json", data="json", params="query", path="path_pattern", count="times", n="times",
        status_code="status", code="status",
    )  # fmt: skip
    def expect(
        self,
        method: str | None,
        path_pattern: str | None = None,
        times: int | None = None,
        *,
        json: JSON = ...,
        query: Mapping[str, object] | EllipsisType = ...,
        status: int | EllipsisType | None = ...,
    ) -> list[RecordedRequest]:
        """Assert that such calls were made, and return them, oldest first.

        Args:
            method: as in :meth:`to`.
            path_pattern: as in :meth:`to`.
            times: exactly how many; ``None`` for at least one, ``0`` for none.
            json: what the JSON body must contain. Objects may hold more keys, on every level;
                lists must have this length; ``...`` stands for any value that is present;
                ``None`` for a call without a JSON body.
            query: parameters that must be there, their values compared as strings; a list for a
                repeated one, ``...`` for any value, ``None`` for a parameter that must be absent.
            status: what the answer's status must be; ``None`` for a call that got no answer.

        Raises:
            AssertionError: the number of matching calls is another; the message shows the
                nearest calls and where they differ.
            ValueError: method, pattern, ``times`` or ``status`` cannot be meant.
        """
        __tracebackhide__ = True
        _check_times(times)
        _check_status(status)
        expectation = Expectation(RequestPattern.parse(method, path_pattern), json, query, status)
        records = self._copy()
        matches = [record for record in records if not expectation.misses(record)]
        # Before anything is said: the nearest are slow to find, and most expectations are met.
        if len(matches) == times or (times is None and matches):
            return matches
        raise AssertionError(expectation.unmet(times, matches, records, self._among(records)))

    def nearest(self, pattern: RequestPattern, n: int = NEAREST) -> list[RecordedRequest]:
        """The ``n`` recorded calls that come nearest to ``pattern``, nearest first."""
        return Expectation(pattern, ..., ...).nearest(self._copy(), n)

    def _among(self, records: list[RecordedRequest]) -> str:
        if not records:
            return "."
        among = f" among {counted(len(records), 'recorded request')}"
        left_count = self._next_n - 1 - len(records)
        # Only when it is full: otherwise calls are missing because of a reset.
        if left_count > 0 and len(records) == self._max_entries:
            older_count = counted(left_count, "older one has", "older ones have")
            among += f" ({older_count} left: journal_max_entries={self._max_entries})"
        if self._now is not None:
            among += f"; the clock stands at {_clock_text(self._now())}"
        return among + "."


def _place(record: RecordedRequest) -> tuple[int, int]:
    return record.n, record.own


def _cut_among(records: deque[RecordedRequest], record: RecordedRequest) -> None:
    try:
        place = records.index(record)
    except ValueError:
        return  # it left meanwhile
    # A copy in its place: snapshots, and whoever holds the record, keep it whole.
    records[place] = record.without_bodies()


def check_max_bytes(max_bytes: object) -> None:
    """Refuse what is no number of bytes.

    Raises:
        TypeError: no whole number.
        ValueError: below 0.
    """
    if isinstance(max_bytes, bool) or not isinstance(max_bytes, int):
        raise TypeError(
            f"journal_max_bytes is {max_bytes!r:.60}: expected a whole number of bytes, such as "
            f"{MAX_BYTES}"
        )
    if max_bytes < 0:
        raise ValueError(f"journal_max_bytes is {max_bytes!r}: expected 0 or more bytes")


def _check_max_entries(max_entries: object) -> None:
    if isinstance(max_entries, bool) or not isinstance(max_entries, int) or max_entries < 1:
        raise ValueError(
            f"journal_max_entries is {max_entries!r}: expected a whole number from 1 on"
        )


def _check_times(times: object) -> None:
    if times is None:
        return
    if isinstance(times, bool) or not isinstance(times, int) or times < 0:
        raise ValueError(
            f"times is {times!r}: expected a whole number from 0 on, or None for at least one"
        )


def _check_status(status: object) -> None:
    if status is None or status is ...:
        return
    if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 599:
        raise ValueError(
            f"status is {status!r:.60}: expected an HTTP status such as 200 or 409, or None for a "
            "call that got no answer"
        )


def _clock_text(now_ms: int) -> str:
    return from_ms(now_ms).strftime("%Y-%m-%d %H:%M:%S UTC")
