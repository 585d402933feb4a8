"""Any value of the state as bytes, and back: msgpack, with what it does not know as extensions.

Records (dataclasses) stand as their name and fields by name. Of a record that was written by
another version a field that is not known here is left out, and one that is missing has its
default; so a field that is added to a record needs a default.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from functools import partial
from types import MethodType
from typing import TYPE_CHECKING, Any, Final

from msgspec.msgpack import Decoder, Encoder, Ext

from .._callbacks.delivery import Expected, Mail
from .._http.kept_bodies import CutBody
from .._http.unread import Unread
from .._log.command import StateError
from .._state.batch import BatchRecord
from .._state.dataset import DatasetDeliveryRecord, DatasetRecord, DatasetTaskRecord
from .._state.delivery import DeliveryRecord, SchemaRecord
from .._state.file import FileRecord
from .._state.project import ParamVersion, ProjectGroup, ProjectRecord, TaskTemplate
from .._state.quality_task import QualityTaskRecord
from .._state.task import Plan
from .._state.teammate import TeammateRecord
from .._task_types._images.masks import Mask
from .._world.labelers import Labelers
from ..policies import AfterPolls, Never, Outcome, Rule

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDS: Final = {  # a table of names, never the state of a fake
    kind.__name__: kind
    for kind in (
        AfterPolls,
        BatchRecord,
        CutBody,
        DatasetDeliveryRecord,
        DatasetRecord,
        DatasetTaskRecord,
        DeliveryRecord,
        Expected,
        FileRecord,
        Labelers,
        Mail,
        Mask,
        Never,
        Outcome,
        ParamVersion,
        Plan,
        ProjectGroup,
        ProjectRecord,
        QualityTaskRecord,
        Rule,
        SchemaRecord,
        TaskTemplate,
        TeammateRecord,
    )
}

# Numbers of extensions: part of the format, never given a second meaning.
TUPLE: Final = 1
SET: Final = 2
FROZENSET: Final = 3
TIMEDELTA: Final = 4
DATETIME: Final = 5
RECORD: Final = 6
PAIRS: Final = 7
LARGE_INT: Final = 8
ODD_TEXT: Final = 9
UNREAD: Final = 10
PICTURE: Final = 11

_INT64: Final = range(-(2**63), 2**64)
_encode: Final = Encoder().encode


def pack(value: Any, place: str) -> bytes:
    """A value as bytes.

    Args:
        value: plain values, containers, and the records that are known.
        place: what it is, for the message.

    Raises:
        StateError: it holds code, which no bytes can.
        TypeError: it holds something that this file does not know.
    """
    return _encode(_out(value, place))


def unpack(packed: bytes | memoryview) -> Any:
    """The value that ``pack`` was given.

    Raises:
        ValueError, TypeError, KeyError, msgspec.MsgspecError: these are not its bytes.
    """
    return _decode(packed)


def _out(value: Any, place: str) -> Any:
    if value is None or isinstance(value, bool | bytes):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return int(value) if value in _INT64 else Ext(LARGE_INT, str(int(value)).encode())
    if isinstance(value, float):
        return float(value)
    if isinstance(value, list):
        return [_out(item, place) for item in value]
    if isinstance(value, dict):
        if all(type(key) is str and key.isascii() for key in value):
            return {key: _out(item, place) for key, item in value.items()}
        return _ext(PAIRS, [[_out(k, place), _out(v, place)] for k, v in value.items()])
    if isinstance(value, tuple):
        return _ext(TUPLE, [_out(item, place) for item in value])
    if isinstance(value, set | frozenset):
        # Sorted, for a set has another order in each process.
        items = [_out(item, place) for item in sorted(value)]
        return _ext(SET if isinstance(value, set) else FROZENSET, items)
    if isinstance(value, timedelta):
        return _ext(TIMEDELTA, [value.days, value.seconds, value.microseconds])
    if isinstance(value, datetime):
        return Ext(DATETIME, value.isoformat().encode())
    return _record(value, place)


def _record(value: Any, place: str) -> Any:
    if RECORDS.get(type(value).__name__) is type(value):
        fields = {
            entry.name: _out(getattr(value, entry.name), place)
            for entry in dataclasses.fields(value)
        }
        return _ext(RECORD, [type(value).__name__, fields])
    picture, arguments = (value.func, value.args) if isinstance(value, partial) else (value, ())
    if isinstance(picture, MethodType) and isinstance(picture.__self__, Mask):
        picture_parts = [
            picture.__name__,
            _out(picture.__self__, place),
            _out(list(arguments), place),
        ]
        return _ext(PICTURE, picture_parts)
    if callable(value):
        name = getattr(value, "__qualname__", type(value).__name__)
        raise StateError(
            f"the state cannot be saved: {place} is the callable {name}, and code is no state; "
            "give a value in its place, or save without it"
        )
    raise TypeError(f"cannot save {type(value).__name__} {value!r:.60} of {place}")


def _text(value: str) -> Any:
    if isinstance(value, Unread):
        return _ext(UNREAD, [_text(value.name), _text(value.nearest)])
    if value.isascii():
        return str(value)
    try:
        value.encode()
    except UnicodeEncodeError:
        return Ext(ODD_TEXT, value.encode("utf-8", "surrogatepass"))
    return str(value)


def _ext(code: int, content: Any) -> Ext:
    return Ext(code, _encode(content))


def _in(code: int, data: memoryview) -> Any:
    if code == LARGE_INT:
        return int(bytes(data))
    if code == ODD_TEXT:
        return bytes(data).decode("utf-8", "surrogatepass")
    if code == DATETIME:
        return datetime.fromisoformat(bytes(data).decode())
    content = _decode(data)
    if code in _MAKE:
        return _MAKE[code](content)
    if code == RECORD:
        name, fields = content
        return record_of(RECORDS[name], fields)
    if code == TIMEDELTA:
        days, seconds, microseconds = content
        return timedelta(days, seconds, microseconds)
    if code == UNREAD:
        return Unread(*content)
    if code == PICTURE:
        method, mask, arguments = content
        draw = {"colored": mask.colored, "indexed": mask.indexed}.get(method, mask.extended_indexed)
        return partial(draw, *arguments) if arguments else draw
    raise ValueError(f"extension {code} is unknown")


def record_of(kind: Any, fields: dict[str, Any]) -> Any:
    """A record from its fields by name: unknown ones left out, missing ones with their default."""
    field_names = {entry.name for entry in dataclasses.fields(kind)}
    return kind(**{name: value for name, value in fields.items() if name in field_names})


_MAKE: Final[dict[int, Callable[[Any], Any]]] = {
    TUPLE: tuple,
    SET: set,
    FROZENSET: frozenset,
    PAIRS: dict,
}
_decode: Final = Decoder(ext_hook=_in).decode
