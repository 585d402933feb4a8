"""What a fake has many of, as tables: columns by name, and rows that msgspec reads in one go.

A table states its columns, so that another version finds what it knows: a column that is not known
here is left out, and one that is missing has its default.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.msgpack import Decoder, Encoder

from .._callbacks.delivery import Attempt, Delivery
from .._http.kept_bodies import CutBody
from .._state.task import SAVED, Plan
from .packed import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Values = tuple[Any, ...]

MOST_ROWS: Final = 500
"""How many rows are written together: about a millisecond's work."""

_encode: Final = Encoder().encode
_decode_plainly: Final = Decoder().decode
_REQUIRED: Final = object()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the type of its values, and what it holds where it is missing."""

    type: Any
    default: Any = _REQUIRED


@dataclass(frozen=True)
class Table:
    """How many things of one kind are written.

    Attributes:
        columns: by name, in order.
        out: the values of a thing, in that order.
        back: the thing from its values.
    """

    columns: dict[str, Column]
    out: Callable[[Any], Values]
    back: Callable[[Values], Any]

    def pack(self, things: Sequence[Any], place: str) -> Iterator[bytes]:
        """Some bytes for every few rows."""
        names = list(self.columns)
        for begin in range(0, len(things), MOST_ROWS):
            rows = [self.out(thing) for thing in things[begin : begin + MOST_ROWS]]
            try:
                packed = _encode(rows)
                quick = True
            except (UnicodeEncodeError, OverflowError, TypeError):
                # Texts that are no Unicode and very large numbers, which few tasks have.
                packed, quick = pack(rows, place), False
            yield _encode((names, quick, packed))

    def unpack(self, packed: bytes) -> list[Any]:
        """The things of what ``pack`` gave."""
        names, quick, rows = _decode_plainly(packed)
        own_names = list(self.columns)
        if not quick:
            values: list[Values] = unpack(rows)
        elif names == own_names:
            values = self._quick(rows)
        else:
            values = self._decoder(tuple(names))(rows)
        if names != own_names:
            values = [self._arranged(dict(zip(names, row, strict=True))) for row in values]
        back = self.back
        return [back(row) for row in values]

    @cached_property
    def _quick(self) -> Callable[[bytes], list[Values]]:
        return self._decoder(tuple(self.columns))

    def _decoder(self, names: tuple[str, ...]) -> Callable[[bytes], list[Values]]:
        types = tuple(self.columns[n].type if n in self.columns else Any for n in names)
        return Decoder(list[tuple[types]]).decode  # type: ignore[valid-type]

    def _arranged(self, row: dict[str, Any]) -> Values:
        lacking = [
            name
            for name, column in self.columns.items()
            if column.default is _REQUIRED and name not in row
        ]
        if lacking:
            raise KeyError(lacking[0])
        return tuple(row.get(name, column.default) for name, column in self.columns.items())


def _same(values: Values) -> Values:
    return values


_TASK_COLUMNS: Final = {
    "attempt": Column(int, 0),
    "batch": Column(str | None),
    "cause": Column(tuple[int, str] | None, None),
    "completed_ms": Column(int | None),
    "created_ms": Column(int),
    "history": Column(tuple[tuple[int, str], ...], ()),
    "id": Column(str),
    "plan": Column(Plan | None, None),
    "polls_left": Column(int | None, None),
    "project": Column(str | None),
    "request_n": Column(int),
    "review": Column(str | None),
    "seq": Column(int),
    "status": Column(str),
    "tags": Column(tuple[str, ...]),
    "type": Column(str),
    "unique_id": Column(str | None),
    "updated_ms": Column(int),
    "wire": Column(bytes),
    "work_started": Column(bool),
}

TASKS: Final = Table({name: _TASK_COLUMNS[name] for name in SAVED}, _same, _same)
"""What ``TaskRecord.save`` gives."""

REMEMBERED: Final = Table(
    {
        "key": Column(str),
        "at_ms": Column(int),
        "request": Column(bytes),
        "status": Column(int),
        # Of most the document of the task that was made: its place among all tasks.
        "body": Column(bytes | int),
    },
    _same,
    _same,
)
"""Keys of ``Idempotency-Key`` with what they stand for."""

PLANNED: Final = Table(
    {
        "when_ms": Column(int),
        "order": Column(int),
        "kind": Column(str),
        "payload": Column(tuple[Any, ...]),
    },
    _same,
    _same,
)
"""What is still to happen."""

_DELIVERY: Final = attrgetter(
    "event", "task_id", "batch", "url", "body", "headers", "answer", "number", "account_key", "cut"
)


def _delivery_out(delivery: Delivery) -> Values:
    attempts = [(attempt.at, attempt.status) for attempt in delivery.attempts]
    return (*_DELIVERY(delivery), attempts)


def _delivery_back(values: Values) -> Delivery:
    event, task_id, batch, url, body, headers, answer, number, account_key, cut, attempts = values
    kept_attempts = [Attempt(at, status) for at, status in attempts]
    return Delivery(
        event, task_id, batch, url, body, headers, kept_attempts, answer, number, account_key, cut
    )


DELIVERIES: Final = Table(
    {
        "event": Column(str),
        "task_id": Column(str | None),
        "batch": Column(str | None),
        "url": Column(str),
        "body": Column(bytes),
        "headers": Column(dict[str, str]),
        "answer": Column(bytes, b""),
        "number": Column(int),
        "account_key": Column(str),
        "cut": Column(CutBody | None, None),
        "attempts": Column(tuple[tuple[datetime, int | None], ...]),
    },
    _delivery_out,
    _delivery_back,
)
"""Callbacks with all attempts at them."""

CALLS: Final = Table(
    {
        "n": Column(int),
        "method": Column(str),
        "path": Column(str),
        "raw_query": Column(str),
        "headers": Column(dict[str, str]),
        "body": Column(bytes | CutBody),
        "key": Column(str | None),
        "at_ms": Column(int),
        "base": Column(str),
        "route": Column(str | None),
        "status": Column(int | None),
        # Of a page the places of its documents, and the rest.
        "answer": Column(bytes | CutBody | tuple[tuple[int, ...], bytes]),
        "fault": Column(int | None, None),
        "broken": Column(str, ""),
        "notices": Column(list[str], ()),
        "unread": Column(list[tuple[str, str]], ()),
    },
    _same,
    _same,
)
"""The calls that the journal keeps."""

TABLES: Final = {  # a table of names, never the state of a fake
    "tasks": TASKS,
    "remembered": REMEMBERED,
    "planned": PLANNED,
    "deliveries": DELIVERIES,
    "calls": CALLS,
}

Damaged: Final = (ValueError, TypeError, LookupError, AttributeError, msgspec.MsgspecError)
"""What reading something that was never written so may raise."""
