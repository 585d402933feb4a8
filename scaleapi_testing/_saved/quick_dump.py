"""What there are thousands of in a dump, read in one go; anything else is read as JSON.

That a file is as it was written tells that its documents are as they were kept: they are taken as
bytes and read when somebody asks for them. A file that somebody changed is read entry by entry.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from .._arguments import settle
from .._callbacks.delivery import Attempt, Delivery
from .._configuration import Configuration
from .._state.account import Account
from .._state.idempotency import IdempotencyKeys, Remembered
from .._state.task_table import TableState
from .._time.turns import in_turns
from .snapshot import take
from .text import is_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Value = Callable[[Any, str], Any]

T = TypeVar("T")


class _Tuple(Struct, Generic[T], gc=False):
    items: T = field(name="$tuple")


_Entry = _Tuple[tuple[int, str]]


class _Task(Struct, gc=False):
    """The columns of ``SAVED``, in its order, but for the document."""

    attempt: int
    batch: str | None
    cause: _Entry | None
    completed_ms: int | None
    created_ms: int
    history: _Tuple[tuple[_Entry, ...]]
    id: str
    plan: Raw
    polls_left: int | None
    project: str | None
    request_n: int
    review: str | None
    seq: int
    status: str
    tags: _Tuple[tuple[str, ...]]
    type: str
    unique_id: str | None
    updated_ms: int
    work_started: bool
    document: Raw


class _Tasks(Struct, gc=False):
    tasks: list[_Task] = field(name="$tasks")


class _Bytes(Struct, gc=False):
    text: str | UnsetType = field(name="$text", default=UNSET)
    base64: str | UnsetType = field(name="$bytes", default=UNSET)

    def value(self) -> bytes:
        if self.text is not UNSET:
            return self.text.encode("ascii")
        assert self.base64 is not UNSET
        return base64.b64decode(self.base64, validate=True)


class _Remembered(Struct, gc=False):
    at_ms: int
    request: _Bytes
    status: int
    body: _Bytes


class _MarkedRemembered(Struct, gc=False):
    fields: _Remembered = field(name="$Remembered")


class _Keys(Struct, gc=False):
    entries: list[tuple[str, _MarkedRemembered]] = field(name="$IdempotencyKeys")


class _Time(Struct, gc=False):
    text: str = field(name="$time")


class _Attempt(Struct, gc=False):
    at: _Time
    status: int | None


class _MarkedAttempt(Struct, gc=False):
    fields: _Attempt = field(name="$Attempt")


class _Delivery(Struct, gc=False):
    event: str
    task_id: str | None
    batch: str | None
    url: str
    body: _Bytes
    headers: dict[str, str]
    attempts: list[_MarkedAttempt]
    answer: _Bytes
    number: int
    account_key: str
    cut: Raw


class _MarkedDelivery(Struct, gc=False):
    fields: _Delivery = field(name="$Delivery")


_NULL: Final = b"null"


def parsed(content: bytes, value: Value) -> Any:
    """The JSON of a file; where nobody changed that, tasks, keys, callbacks and calls are ready.

    Args:
        content: the file.
        value: gives the value that JSON of the file stands for, told where it stands.

    Raises:
        ValueError, RecursionError: it is no JSON.
    """
    if is_sealed(content):
        try:
            return _Sealed(content, value).document
        except (msgspec.MsgspecError, ValueError, TypeError, LookupError):
            pass  # written by another version, or with texts that are no Unicode
    return json.loads(content)


class _Sealed:
    """A file that is as it was written."""

    def __init__(self, content: bytes, value: Value) -> None:
        self._value = value
        self._known: dict[bytes, Any] = {_NULL: None}
        file = _decoder()(content)
        state = file.state
        callbacks, journal = state.callbacks, state.journal
        self.document: dict[str, Any] = {
            **_loaded(file),
            "state": {
                **_loaded(state),
                "accounts": {
                    key: self._account(account) for key, account in state.accounts.items()
                },
                "callbacks": {
                    **_loaded(callbacks),
                    "deliveries": self._deliveries(callbacks.deliveries),
                    "lost": self._deliveries(callbacks.lost),
                },
                "journal": {**_loaded(journal), "records": tuple(journal.records)},
            },
        }

    def _account(self, account: Any) -> dict[str, Any]:
        keys = IdempotencyKeys()
        for key, marked in in_turns(account.idempotency.entries):
            kept = marked.fields
            keys.keep(
                key,
                Remembered(kept.at_ms, kept.request.value(), kept.status, kept.body.value()),
            )
        records = [
            _task(task, self._seldom(task.plan, "plan")) for task in in_turns(account.tasks.tasks)
        ]
        return {**_loaded(account), "tasks": TableState(records), "idempotency": keys}

    def _seldom(self, raw: Raw, place: str) -> Any:
        """A value that most have not, or have in common."""
        text = bytes(raw)
        if text not in self._known:
            self._known[text] = self._value(json.loads(text), place)
        return self._known[text]

    def _deliveries(self, deliveries: list[_MarkedDelivery]) -> tuple[Delivery, ...]:
        return tuple(
            _delivery(marked.fields, self._seldom(marked.fields.cut, "cut"))
            for marked in in_turns(deliveries)
        )


def _decoder() -> Callable[[bytes], Any]:
    """Reads a file in one go: the parts that are made ready, and each other one as it stands."""
    from .._fake import FakeScale

    fresh = take(FakeScale._made_of(settle(Configuration()))).parts
    account = Account("", number=0, callback_auth_key="", customer_id="")
    file = {
        **dict.fromkeys(("format", "version", "clock", "configuration"), Raw),
        "state": _shape(
            fresh,
            accounts=dict[str, _shape(vars(account), tasks=_Tasks, idempotency=_Keys)],  # type: ignore[misc]
            callbacks=_shape(
                fresh["callbacks"], deliveries=list[_MarkedDelivery], lost=list[_MarkedDelivery]
            ),
            journal=_shape({"next_n": 0}, records=list[dict[str, Any]]),
        ),
    }
    return msgspec.json.Decoder(msgspec.defstruct("File", list(file.items()))).decode


def _shape(names: Iterable[str], **ready: Any) -> type[Struct]:
    """An object with these names, of which some are made ready."""
    fields = {**dict.fromkeys(names, Raw), **ready}
    return msgspec.defstruct("Part", list(fields.items()))


def _loaded(parts: Struct) -> dict[str, Any]:
    """The parts that are not made ready.

    By the library that reads whole files: numbers of any size, texts that are no Unicode.
    """
    values = {name: getattr(parts, name) for name in parts.__struct_fields__}
    return {name: json.loads(bytes(raw)) for name, raw in values.items() if isinstance(raw, Raw)}


def _task(task: _Task, plan: Any) -> tuple[Any, ...]:
    cause = task.cause
    return (
        task.attempt,
        task.batch,
        None if cause is None else cause.items,
        task.completed_ms,
        task.created_ms,
        tuple([entry.items for entry in task.history.items]),
        task.id,
        plan,
        task.polls_left,
        task.project,
        task.request_n,
        task.review,
        task.seq,
        task.status,
        task.tags.items,
        task.type,
        task.unique_id,
        task.updated_ms,
        bytes(task.document),
        task.work_started,
    )


def _delivery(fields: _Delivery, cut: Any) -> Delivery:
    return Delivery(
        fields.event,
        fields.task_id,
        fields.batch,
        fields.url,
        fields.body.value(),
        fields.headers,
        [
            Attempt(datetime.fromisoformat(attempt.fields.at.text), attempt.fields.status)
            for attempt in fields.attempts
        ],
        fields.answer.value(),
        fields.number,
        fields.account_key,
        cut,
    )
