"""What the fake was asked and what it answered, and how a test asserts on it."""

from __future__ import annotations

import base64
import json as jsonlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, overload
from urllib.parse import parse_qsl

from ._headers import Headers
from ._messages import (
    JSON,
    counted,
    cut_lines,
    did_you_mean,
    differences,
    listed,
    mask_key,
    shortened,
    shown,
)
from ._patterns import RequestPattern
from ._routing import split_path

if TYPE_CHECKING:
    from ._faults import Fault

Query: TypeAlias = dict[str, str | list[str]]
"""Decoded query parameters: a string, or the list of strings of a repeated name."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NEAREST: Final = 3
_DIFFERENCES: Final = 5


class RecordedRequest:
    """One call that reached the fake, with what came back.

    The bytes are kept as they came; ``json``, ``query``, ``response_json`` and ``headers`` are
    read from them anew each time they are asked for, so changing what they give changes nothing.

    Attributes:
        n: number of the call, counted from 1 since the fake was made.
        method: upper-case verb.
        path: as sent, still percent-encoded, e.g. ``/v1/task/imageannotation``.
        raw_query: the query string as sent, without ``?``.
        body: the raw body, ``b""`` when there was none.
        api_key: the real key the caller gave, ``None`` when it gave none. No repr or message
            shows more than its first characters.
        at_ms: virtual time of arrival, milliseconds since 1970.
        base: the origin it was sent to, e.g. ``https://api.scale.com``.
        route: the pattern of the route that answered, e.g. ``/v1/task/{task_id}``, ``None`` when
            no route did.
        status: status of the answer; ``None`` while the call runs and when no answer came back.
        response_body: the answer's bytes as they were sent, ``b""`` when none were.
        fault: the ``Fault`` that struck this call, or ``None``.
        broken: how the exchange failed: ``""``, ``"disconnect"``, ``"read_timeout"``,
            ``"connect_timeout"`` or ``"truncate"``.
        notices: what the fake noticed and Scale would let pass, one sentence each.
        unread: parameters that were accepted and read by nothing, each as ``name`` or
            ``name (nearest: known_name)``.
    """

    __slots__ = (
        "_headers",
        "api_key",
        "at_ms",
        "base",
        "body",
        "broken",
        "fault",
        "method",
        "n",
        "notices",
        "path",
        "raw_query",
        "response_body",
        "route",
        "status",
        "unread",
    )

    def __init__(
        self,
        n: int,
        method: str,
        path: str,
        raw_query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        api_key: str | None = None,
        at: int | datetime = 0,
        base: str = "",
    ) -> None:
        self.n = n
        self.method = method
        self.path = path
        self.raw_query = raw_query
        self._headers: Mapping[str, str] = {} if headers is None else headers
        self.body = body
        self.api_key = api_key
        self.at_ms = at if isinstance(at, int) else (at - _EPOCH) // timedelta(milliseconds=1)
        self.base = base
        self.route: str | None = None
        self.status: int | None = None
        self.response_body = b""
        self.fault: Fault | None = None
        self.broken = ""
        self.notices: list[str] = []
        self.unread: list[str] = []

    def finish(
        self,
        status: int | None,
        response_body: bytes = b"",
        fault: Fault | None = None,
        broken: str = "",
    ) -> None:
        """Record how the call ended; a status of 0 means that no answer came back."""
        self.status = status or None
        self.response_body = response_body
        self.fault = fault
        self.broken = broken

    @property
    def at(self) -> datetime:
        """Virtual time of arrival, aware, in UTC."""
        return _EPOCH + timedelta(milliseconds=self.at_ms)

    @property
    def headers(self) -> Headers:
        """The headers that were sent; names ignore case."""
        return Headers(self._headers)

    @property
    def segments(self) -> tuple[str, ...]:
        """The decoded path segments; a slash inside a name (``%2F``) stays inside its segment."""
        return split_path(self.path)

    @property
    def query(self) -> Query:
        """The query parameters, decoded: a string each, a list where a name is repeated."""
        found: Query = {}
        for name, value in parse_qsl(self.raw_query, keep_blank_values=True):
            before = found.get(name)
            if before is None:
                found[name] = value
            elif isinstance(before, list):
                before.append(value)
            else:
                found[name] = [before, value]
        return found

    @property
    def json(self) -> JSON:
        """The decoded JSON body; ``None`` when there is none or it is not JSON."""
        return _decoded(self.body)

    @property
    def response_json(self) -> JSON:
        """The decoded JSON of the answer; ``None`` when there is none or it is not JSON."""
        return _decoded(self.response_body)

    @property
    def outcome(self) -> str:
        """How the call ended, in a word: ``200``, ``disconnect``, ``running``."""
        if self.broken:
            return self.broken.replace("_", " ")
        return "running" if self.status is None else str(self.status)

    def __repr__(self) -> str:
        return f"<RecordedRequest {self.n} {self._line()} key {mask_key(self.api_key)}>"

    def __str__(self) -> str:
        """``request 7 POST /v1/task/imageannotation 409: The unique_id ...``."""
        told = f"request {self.n} {self._line()}"
        answer = self.response_json if self.status is not None and self.status >= 400 else None
        if isinstance(answer, dict) and isinstance(answer.get("error"), str):
            told += f": {shortened(answer['error'], 100)}"
        return told + (f" ({self.fault!r})" if self.fault is not None else "")

    def _line(self) -> str:
        return f"{self.method} {shortened(self.path, 120)} {self.outcome}"

    def to_state(self) -> dict[str, JSON]:
        """The record as JSON-able data, without the key and the headers that hold secrets.

        The fault is not part of it; bodies that are not UTF-8 stand as base64.
        """
        hidden = ("authorization", "cookie", "proxy-authorization")
        return {
            "n": self.n,
            "method": self.method,
            "path": self.path,
            "query": self.raw_query,
            "headers": {k: v for k, v in self._headers.items() if k.lower() not in hidden},
            "body": _text_or_base64(self.body),
            "at_ms": self.at_ms,
            "base": self.base,
            "route": self.route,
            "status": self.status,
            "response_body": _text_or_base64(self.response_body),
            "broken": self.broken,
            "notices": list(self.notices),
            "unread": list(self.unread),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, JSON], api_key: str | None = None) -> RecordedRequest:
        """The record that :meth:`to_state` described.

        Raises:
            KeyError, TypeError, ValueError: ``state`` is no such description.
        """
        record = cls(
            n=state["n"],
            method=state["method"],
            path=state["path"],
            raw_query=state["query"],
            headers=dict(state["headers"]),
            body=_bytes_of(state["body"]),
            api_key=api_key,
            at=state["at_ms"],
            base=state["base"],
        )
        record.finish(state["status"], _bytes_of(state["response_body"]), None, state["broken"])
        record.route = state["route"]
        record.notices = list(state["notices"])
        record.unread = list(state["unread"])
        return record


RecordedRequest.__module__ = "scaleapi_testing"


def _decoded(body: bytes) -> JSON:
    if not body:
        return None
    try:
        return jsonlib.loads(body)
    except (ValueError, RecursionError):
        return None


def _text_or_base64(data: bytes) -> JSON:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def _bytes_of(state: JSON) -> bytes:
    if isinstance(state, str):
        return state.encode()
    return base64.b64decode(state["base64"], validate=True)


@dataclass(frozen=True, slots=True)
class UnreadParameter:
    """A parameter that a call gave, that was accepted, and that nothing read.

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

    def __str__(self) -> str:
        hint = f" (nearest: {self.nearest})" if self.nearest else ""
        return f"request {self.n} {self.method} {shortened(self.path, 120)}: {self.name}{hint}"


@dataclass(frozen=True, slots=True)
class JournalState:
    """What a journal holds at one moment; the records in it are not changed any more."""

    next_n: int
    records: tuple[RecordedRequest, ...]


class Journal(Sequence[RecordedRequest]):
    """The calls that reached one fake, oldest first; the oldest leave when it is full.

    Safe to read and to write from any thread: iterating, slicing and searching see the journal
    as it was when they began.

    Args:
        max_entries: how many calls are kept at most, at least 1.
        now: the virtual time, for messages: aware ``datetime`` or milliseconds since 1970.

    Raises:
        ValueError: ``max_entries`` is below 1.
    """

    def __init__(
        self, max_entries: int = 10_000, now: Callable[[], int | datetime] | None = None
    ) -> None:
        _check_max_entries(max_entries)
        self._records: deque[RecordedRequest] = deque(maxlen=max_entries)
        self._max_entries = max_entries
        self._now = now
        self._lock = Lock()
        self._next_n = 1

    def next_n(self) -> int:
        """The number for the next call; each is given once."""
        with self._lock:
            n = self._next_n
            self._next_n = n + 1
            return n

    def add(self, record: RecordedRequest) -> None:
        """Append ``record``; when the journal is full the oldest leaves."""
        with self._lock:
            self._records.append(record)

    def reset(self) -> None:
        """Forget every call and count from 1 again."""
        with self._lock:
            self._records.clear()
            self._next_n = 1

    def snapshot(self) -> JournalState:
        """What the journal holds now, as a value."""
        with self._lock:
            return JournalState(self._next_n, tuple(self._records))

    def restore(self, state: JournalState) -> None:
        """Hold again what ``state`` holds, the newest of it when the journal is smaller."""
        with self._lock:
            self._records = deque(state.records, maxlen=self._max_entries)
            self._next_n = state.next_n

    @overload
    def __getitem__(self, index: int) -> RecordedRequest: ...

    @overload
    def __getitem__(self, index: slice) -> list[RecordedRequest]: ...

    def __getitem__(self, index: int | slice) -> RecordedRequest | list[RecordedRequest]:
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
        return len(self._records)

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
            return list(self._records)

    @property
    def last(self) -> RecordedRequest:
        """The newest call.

        Raises:
            LookupError: no call has reached the fake.
        """
        with self._lock:
            if self._records:
                return self._records[-1]
        raise LookupError(_EMPTY)

    @property
    def unread(self) -> list[UnreadParameter]:
        """Parameters that were accepted and read by nothing, in the order of the calls.

        Most of them are typing errors in optional parameters, which Scale lets pass without a
        word.
        """
        return [
            UnreadParameter(record.n, record.method, record.path, *_name_and_nearest(entry))
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
        return [record for record in self._copy() if _meant(pattern, record)]

    def expect(
        self,
        method: str | None,
        path_pattern: str | None = None,
        times: int | None = None,
        *,
        json: JSON = ...,
        query: Mapping[str, object] | EllipsisType = ...,
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

        Raises:
            AssertionError: the number of matching calls is another; the message shows the
                nearest calls and where they differ.
            ValueError: method, pattern or ``times`` cannot be meant.
        """
        __tracebackhide__ = True
        if times is not None and (isinstance(times, bool) or times < 0):
            raise ValueError(
                f"times is {times!r}: expected a whole number from 0 on, or None for at least one"
            )
        wanted = _Expectation(RequestPattern.parse(method, path_pattern), json, query)
        records = self._copy()
        matches = [record for record in records if not wanted.misses(record)]
        if len(matches) == times or (times is None and matches):
            return matches
        raise AssertionError(self._unmet(wanted, times, matches, records))

    def nearest(self, pattern: RequestPattern, n: int = _NEAREST) -> list[RecordedRequest]:
        """The ``n`` recorded calls that come nearest to ``pattern``, nearest first."""
        return _Expectation(pattern, ..., ...).nearest(self._copy(), n)

    def _unmet(
        self,
        wanted: _Expectation,
        times: int | None,
        matches: list[RecordedRequest],
        records: list[RecordedRequest],
    ) -> str:
        amount = "at least one call" if times is None else counted(times, "call")
        lines = [
            f"expected {amount} {wanted}, found {len(matches) or 'none'}{self._among(records)}"
        ]
        if matches:
            lines.append("these match:")
            lines += cut_lines([f"  {record}" for record in matches], "request")
        if not records:
            lines.append(_EMPTY)
        elif times is None or len(matches) < times:
            others = [record for record in records if record not in matches]
            if others:
                lines.append("nearest:" if not matches else "nearest of the others:")
            for record in wanted.nearest(others, _NEAREST):
                lines.append(f"  {record}")
                reasons = cut_lines(wanted.misses(record), "difference", _DIFFERENCES)
                lines += [f"    {reason}" for reason in reasons]
        return "\n".join(lines)

    def _among(self, records: list[RecordedRequest]) -> str:
        if not records:
            return "."
        among = f" among {counted(len(records), 'recorded request')}"
        gone = self._next_n - 1 - len(records)
        if gone > 0 and len(records) == self._max_entries:
            left = counted(gone, "older one has", "older ones have")
            among += f" ({left} left: journal_max_entries={self._max_entries})"
        if self._now is not None:
            among += f"; the clock stands at {_clock_text(self._now())}"
        return among + "."


_EMPTY: Final = (
    "no request has reached this fake: see that it is started and that the code under test calls "
    "the address it answers for"
)


def _check_max_entries(given: object) -> None:
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise ValueError(f"journal_max_entries is {given!r}: expected a whole number from 1 on")


def _clock_text(now: int | datetime) -> str:
    at = _EPOCH + timedelta(milliseconds=now) if isinstance(now, int) else now
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _name_and_nearest(entry: str) -> tuple[str, str]:
    name, found, nearest = entry.rpartition(" (nearest: ")
    return (name, nearest.removesuffix(")")) if found else (entry, "")


def _meant(pattern: RequestPattern, record: RecordedRequest) -> bool:
    return pattern.matches(record.method, record.segments)


@dataclass(frozen=True, slots=True)
class _Expectation:
    """What ``expect`` was asked for; gives the verdict and the reasons in one."""

    pattern: RequestPattern
    json: JSON
    query: Mapping[str, object] | EllipsisType

    def misses(self, record: RecordedRequest) -> list[str]:
        """Why ``record`` is not meant, one reason each; empty when it is."""
        reasons: list[str] = []
        if self.pattern.method not in {None, record.method}:
            reasons.append(f"method: expected {self.pattern.method}, got {record.method}")
        if not self.pattern.matches_path(record.segments):
            reasons.append(f"path: expected {self.pattern.path}, got {shortened(record.path, 120)}")
        if not isinstance(self.query, EllipsisType):
            reasons += _query_misses(self.query, record.query)
        if not isinstance(self.json, EllipsisType):
            reasons += _json_misses(self.json, record)
        return reasons

    def nearest(self, records: list[RecordedRequest], n: int) -> list[RecordedRequest]:
        """The nearest ``n``: by method and path first, by differences next, newest at last."""
        ranked = sorted(
            records,
            key=lambda record: (
                -self.pattern.nearness(record.method, record.segments),
                len(self.misses(record)),
                -record.n,
            ),
        )
        return ranked[:n]

    def __str__(self) -> str:
        told = str(self.pattern).replace("any call", "of any kind")
        if not isinstance(self.query, EllipsisType):
            told += f" with query {shown(dict(self.query), 200)}"
        if not isinstance(self.json, EllipsisType):
            both = "and" if "with query" in told else "with"
            told += f" {both} json {shown(self.json, 200)}"
        return told


def _query_misses(expected: Mapping[str, object], got: Query) -> list[str]:
    reasons: list[str] = []
    for name, value in expected.items():
        if value is None:
            if name in got:
                reasons.append(f"query.{name}: expected it to be absent, got {shown(got[name])}")
        elif name not in got:
            near = did_you_mean(name, got, 1)
            there = f"nearest: {near[0]}" if near else f"given: {listed(got) or 'no parameter'}"
            reasons.append(f"query.{name}: expected {_query_text(value)}, got nothing ({there})")
        elif value is not ... and not _query_equal(value, got[name]):
            reasons.append(f"query.{name}: expected {_query_text(value)}, got {shown(got[name])}")
    return reasons


def _query_equal(expected: object, got: str | list[str]) -> bool:
    if isinstance(expected, (list, tuple)):
        items: Sequence[Any] = expected
        return isinstance(got, list) and [_query_string(item) for item in items] == got
    if isinstance(expected, bool):
        return isinstance(got, str) and got.lower() == _query_string(expected).lower()
    return _query_string(expected) == got


def _query_string(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _query_text(value: object) -> str:
    if isinstance(value, EllipsisType):
        return "any value"
    if isinstance(value, (list, tuple)):
        items: Sequence[Any] = value
        return shown([_query_string(item) for item in items])
    return shown(_query_string(value))


def _json_misses(expected: JSON, record: RecordedRequest) -> list[str]:
    got = record.json
    if got is None and expected is not None:
        if not record.body:
            return [f"json: expected {shown(expected)}, got a call without a body"]
        if record.body.strip() != b"null":
            start = shortened(record.body[:80].decode(errors="replace"), 60)
            return [f"json: expected {shown(expected)}, got a body that is not JSON: {start!r}"]
    return [str(difference) for difference in differences(expected, got)]
