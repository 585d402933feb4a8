"""Reads exports of real tasks, whatever form they have, into single documents with their places.

A text is read as one JSON value after the other, so that a file with one value and a file with a
value a line (JSONL) are the same thing.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .._errors import BadExport
from .._http.wire import timestamp, to_ms
from .._messages import described

FORMS: Final = (
    "a page of GET /v1/tasks, its docs, a list of tasks, one task, or one of these on each line"
)
LISTS: Final = ("docs", "tasks")
"""Under which keys a document holds tasks."""

_DUMP: Final = re.compile(rb'"format"\s*:\s*"scaleapi_testing dump"')
_GZIP: Final = b"\x1f\x8b"
_LOOKED_AT: Final = 64 * 1024
_BLANK: Final = re.compile(r"[\s\x1e]*")
"""What stands between two values; U+001E is what RFC 7464 puts there."""


@dataclass(frozen=True, slots=True)
class Found:
    """A document that claims to be a task.

    Attributes:
        place: where it stands, in words: ``tasks.json: docs[3]``.
        document: what stands there.
    """

    place: str
    document: Any


@dataclass(frozen=True, slots=True)
class Export:
    """What was read.

    Attributes:
        found: the documents, in order.
        cut: pages with more to follow: their place, and how many tasks they say there are.
    """

    found: list[Found]
    cut: list[tuple[str, int]]

    @property
    def notices(self) -> list[str]:
        """What is to be said of it: pages that are not there."""
        return [
            f"{place} is a page with more to follow: {total} tasks in all, and "
            f"{len(self.found)} were given"
            for place, total in self.cut
            if total > len(self.found)
        ][:1]


def holds_tasks(path: str | os.PathLike[str]) -> bool:
    """Whether a file looks like an export of tasks, and not like a dump of a whole fake.

    False, too, where it cannot be read: whoever loads it says why.
    """
    try:
        with Path(path).open("rb") as file:
            # The head alone: an export may have gigabytes, and is read whole soon enough.
            head = file.read(_LOOKED_AT)
    except OSError:
        return False
    begins = head.lstrip(b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n")[:1]
    return begins in {b"{", b"["} and _DUMP.search(head) is None


def read(source: Any) -> Export:
    """The documents of a path, or of what a test has at hand.

    Args:
        source: a path; or a task, a page, or several of them, as JSON values or as objects with
            ``as_dict()``; or several paths.

    Raises:
        BadExport: a file is no whole JSON, or something in it is no task.
        OSError: a file cannot be read.
        TypeError: neither a path nor documents.
    """
    export = Export([], [])
    if _is_path(source):
        _read_file(source, export)
        return export
    if isinstance(source, Mapping) or hasattr(source, "as_dict"):
        _take(source, "the document", "", export)
        return export
    # Bytes are iterable, and each number in them would be refused as no task.
    if isinstance(source, bytes | bytearray) or not isinstance(source, Iterable):
        raise TypeError(f"load_tasks takes a path, or documents: {FORMS}; not {described(source)}")
    for number, item in enumerate(source):
        if _is_path(item):
            _read_file(item, export)
        else:
            _take(item, f"documents[{number}]", "", export)
    return export


def _is_path(value: Any) -> bool:
    # Taken for a path, it would be told as a file that is not there.
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
        raise BadExport(
            "load_tasks was given JSON as a text; give a path, or the value itself: "
            "scale.load_tasks(json.loads(text))"
        )
    return isinstance(value, str | os.PathLike)


def _unpacked(name: str, content: bytes) -> bytes:
    """Large exports are kept compressed by gzip."""
    if not content.startswith(_GZIP):
        return content
    import gzip  # slow to load, and seldom needed
    import zlib

    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise BadExport(f"{name} is no whole gzip file ({error}); expected {FORMS}") from None


def _read_file(path: str | os.PathLike[str], export: Export) -> None:
    name = os.fspath(path)
    content = _unpacked(name, Path(path).read_bytes())
    if _DUMP.search(content[:_LOOKED_AT]):
        raise BadExport(
            f"{name} is a dump of a whole fake, no export of tasks; load it with "
            "FakeScale.load(path)"
        )
    try:
        text = content.decode(json.detect_encoding(content))
    except UnicodeDecodeError as error:
        raise BadExport(
            f"{name} is no text: {error.reason} at byte {error.start}; expected JSON in UTF-8: "
            f"{FORMS}"
        ) from None
    values = list(_values(name, text.removeprefix("\ufeff")))
    if not values:
        raise BadExport(f"{name} is empty; expected {FORMS}")
    for line, value in values:
        where = name if len(values) == 1 else f"{name}, line {line}"
        _take(value, where, "", export, is_json=True)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_decoder: Final = json.JSONDecoder(parse_constant=_refuse_constant)


def _values(name: str, text: str) -> Iterable[tuple[int, Any]]:
    """Each JSON value of a text, with the line on which it begins."""
    at, line, counted = _end_of_blank(text, 0), 1, 0
    while at < len(text):
        line += text.count("\n", counted, at)
        counted = at
        try:
            value, at = _decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            # A file that was cut is another mistake than one that was edited.
            ends = not text[error.pos :].strip() or error.msg.startswith("Unterminated string")
            broken = "it ends in the middle of a value" if ends else error.msg
            raise BadExport(
                f"{name}, line {error.lineno} column {error.colno}: no whole JSON ({broken}); "
                f"expected {FORMS}"
            ) from None
        except (ValueError, RecursionError) as error:
            what = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise BadExport(
                f"{name}, line {line}: no JSON that can be read ({what}); expected {FORMS}"
            ) from None
        yield line, value
        at = _end_of_blank(text, at)


def _end_of_blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return at if match is None else match.end()


def _take(value: Any, name: str, path: str, export: Export, *, is_json: bool = False) -> None:
    """Add what one value holds: a list, a page, a callback's body or a task.

    Args:
        value: the value.
        name: of the file and line, or of the argument.
        path: where in it the value stands: ``docs[3]``.
        export: where its tasks are added.
        is_json: whether it was read from JSON, so that it is nobody else's, and plain already.
    """
    plain = value
    if not isinstance(value, dict | list) and hasattr(value, "as_dict"):
        plain = value.as_dict()
    place = f"{name}: {path}" if path else name
    if isinstance(plain, list | tuple):
        for number, item in enumerate(plain):
            _take(item, name, f"{path}[{number}]", export, is_json=is_json)
        return
    if not isinstance(plain, Mapping):
        raise BadExport(f"{place} is {described(plain)}, no task; expected {FORMS}")
    inside = f"{path}." if path else ""
    if "type" not in plain and isinstance(plain.get("task"), Mapping):
        # What a callback brings holds the whole task (documented).
        _take(plain["task"], name, f"{inside}task", export, is_json=is_json)
        return
    for key in LISTS:
        if "task_id" not in plain and isinstance(plain.get(key), list | tuple):
            _take(plain[key], name, f"{inside}{key}", export, is_json=is_json)
            _note_rest(plain, place, export)
            return
    if "task_id" not in plain:
        keys = ", ".join(repr(key) for key in list(plain)[:5]) or "none"
        raise BadExport(
            f"{place} is an object without task_id (its keys: {keys}), no task; expected {FORMS}"
        )
    if "type" not in plain and "otherVersion" in plain:
        raise BadExport(
            f"{place} is a task of a listing with limited_response, which tells neither type nor "
            "times; list again without limited_response"
        )
    export.found.append(Found(place, plain if is_json else _plain(plain)))


def _note_rest(page: Mapping[Any, Any], place: str, export: Export) -> None:
    total = page.get("total")
    if page.get("has_more") is True and isinstance(total, int):
        export.cut.append((place, total))


def _plain(value: Any) -> Any:
    """The same value without the clients' own types; times as Scale writes them."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "isoformat") and getattr(value, "tzinfo", None) is not None:
        return timestamp(to_ms(value))
    return value
