"""The state as the text of a dump: one line for each record, and a seal at the end.

What there are thousands of is written by a function of its own, and documents stand as they are
kept: nothing of them is encoded again.
"""

from __future__ import annotations

import base64
import dataclasses
from datetime import datetime, timedelta
from hashlib import sha256
from json import JSONEncoder
from typing import TYPE_CHECKING, Any, Final

from .._callbacks.delivery import Delivery
from .._journal.journal import RecordedRequest
from .._state.account import digest_of
from .._state.idempotency import IdempotencyKeys
from .._state.task import SAVED
from .._state.task_table import TableState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .._state.idempotency import Remembered

DEEPEST: Final = 5
"""So many objects inside each other have their keys on lines of their own."""

CHUNK: Final = 1024 * 1024
"""About how many characters are written at once."""

SEAL: Final = b' "sha256": "'
"""How the last line but one begins: a digest of all that stands before it."""

_SEAL_BYTES: Final = len(SEAL) + sha256().digest_size * 2 + len(b'"\n}\n')

_dumps: Final = JSONEncoder(check_circular=False).encode


def sealed_text(chunks: Iterable[str]) -> Iterator[bytes]:
    """The bytes of the file; the text ends before the bracket that closes it."""
    digest = sha256()
    for chunk in chunks:
        part = chunk.encode()
        digest.update(part)
        yield part
    yield SEAL + digest.hexdigest().encode() + b'"\n}\n'


def is_sealed(content: bytes) -> bool:
    """Whether nobody changed the file since it was written."""
    text, seal = content[:-_SEAL_BYTES], content[-_SEAL_BYTES:]
    return seal == SEAL + sha256(text).hexdigest().encode() + b'"\n}\n'


def in_lines(document: dict[str, Any]) -> Iterator[str]:
    """The text of an object, in chunks that end with a line, without its closing bracket."""
    waiting = ["{\n"]
    size = 0
    for name, value in document.items():
        waiting.append(f" {_dumps(name)}: ")
        for piece in _pieces(value, 1):
            waiting.append(piece)
            size += len(piece)
            if size > CHUNK and piece.endswith("\n"):
                yield "".join(waiting)
                waiting, size = [], 0
        waiting.append(",\n")
    yield "".join(waiting)


def _pieces(value: Any, depth: int) -> Iterator[str]:
    """A value's text; between two pieces that end a line it may be cut."""
    if isinstance(value, TableState):
        yield from _listed('{"$tasks": [', map(_task, value.records), "]}", depth)
    elif isinstance(value, IdempotencyKeys):
        entries = (
            f"[{_dumps(key)}, {_remembered(remembered)}]" for key, remembered in value.items()
        )
        yield from _listed('{"$IdempotencyKeys": [', entries, "]}", depth)
    elif isinstance(value, list) and value:
        yield from _listed("[", map(_line, value), "]", depth)
    elif isinstance(value, tuple) and value and depth < DEEPEST:
        yield '{"$tuple": [\n'
        yield from _several(("", item) for item in value)
        yield " " * depth + "]}"
    elif isinstance(value, dict) and value and depth < DEEPEST and _is_plain(value):
        yield "{\n"
        yield from _several(
            ((f"{_dumps(name)}: ", item) for name, item in value.items()), depth + 1
        )
        yield " " * depth + "}"
    else:
        yield _line(value)


def _several(entries: Iterable[tuple[str, Any]], depth: int = DEEPEST) -> Iterator[str]:
    end = ""
    for head, item in entries:
        yield f"{end}{' ' * depth}{head}"
        yield from _pieces(item, depth)
        end = ",\n"
    yield "\n"


def _listed(begin: str, lines: Iterable[str], end: str, depth: int) -> Iterator[str]:
    last = None
    for line in lines:
        yield f"{begin}\n" if last is None else f"{last},\n"
        last = f"{' ' * depth} {line}"
    yield f"{begin}{end}" if last is None else f"{last}\n{' ' * depth}{end}"


def _is_plain(value: dict[Any, Any]) -> bool:
    return all(isinstance(key, str) and not key.startswith("$") for key in value)


def _line(value: Any) -> str:
    if isinstance(value, Delivery):
        return _delivery(value)
    if isinstance(value, RecordedRequest):
        key = value.api_key
        return _dumps({**value.to_state(), "key": digest_of(key) if key else key})
    return _dumps(_out(value))


def _task(values: tuple[Any, ...]) -> str:
    facts = dict(zip(SAVED, values, strict=True))
    document = facts.pop("wire").decode()
    facts["tags"] = {"$tuple": facts["tags"]}
    facts["history"] = {"$tuple": [{"$tuple": entry} for entry in facts["history"]]}
    if facts["cause"] is not None:
        facts["cause"] = {"$tuple": facts["cause"]}
    if facts["plan"] is not None:
        facts["plan"] = _out(facts["plan"])
    return f'{_dumps(facts)[:-1]}, "document": {document}}}'


def _remembered(remembered: Remembered) -> str:
    fields = {
        "at_ms": remembered.at_ms,
        "request": _bytes(remembered.request),
        "status": remembered.status,
        "body": _bytes(remembered.body),
    }
    return _dumps({"$Remembered": fields})


def _delivery(delivery: Delivery) -> str:
    fields = {
        "event": delivery.event,
        "task_id": delivery.task_id,
        "batch": delivery.batch,
        "url": delivery.url,
        "body": _bytes(delivery.body),
        "headers": delivery.headers,
        "attempts": [
            {"$Attempt": {"at": {"$time": attempt.at.isoformat()}, "status": attempt.status}}
            for attempt in delivery.attempts
        ],
        "answer": _bytes(delivery.answer),
        "number": delivery.number,
        "account_key": delivery.account_key,
        "cut": _out(delivery.cut),
    }
    return _dumps({"$Delivery": fields})


def _bytes(value: bytes) -> dict[str, str]:
    if value.isascii():
        return {"$text": value.decode("ascii")}
    return {"$bytes": base64.b64encode(value).decode()}


def _out(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes):
        try:
            return {"$text": value.decode("ascii")}
        except UnicodeDecodeError:
            return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, timedelta):
        return {"$seconds": value.total_seconds()}
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, tuple):
        return {"$tuple": [_out(item) for item in value]}
    if isinstance(value, frozenset | set):
        return {"$set" if isinstance(value, set) else "$frozenset": sorted(value)}
    if isinstance(value, list):
        return [_out(item) for item in value]
    if isinstance(value, dict):
        plain = all(isinstance(key, str) and not key.startswith("$") for key in value)
        if plain:
            return {key: _out(item) for key, item in value.items()}
        return {"$dict": [[_out(key), _out(item)] for key, item in value.items()]}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            entry.name: _out(getattr(value, entry.name)) for entry in dataclasses.fields(value)
        }
        return {f"${type(value).__name__}": fields}
    if callable(value):
        return {"$callable": getattr(value, "__qualname__", type(value).__name__)}
    raise TypeError(f"cannot dump {type(value).__name__} {value!r:.60}")
