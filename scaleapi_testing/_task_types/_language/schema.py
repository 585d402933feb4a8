"""Which errors of a schema validator the newer text types answer with.

One instance is public (the textcollection task without attachments); the other phrases are
assumed (docs/scale/text.md 1.1, N1 to N10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._base import Violation
from .values import boolean, is_integer, is_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

STRING: Final = "a string"
ARRAY: Final = "an array"
OBJECT: Final = "an object"
NUMBER: Final = "a number"
BOOLEAN: Final = "a boolean"
INTEGER: Final = "an integer"

NAMES_SHOWN: Final = 100
"""So that a thousand refusals do not each carry a list of a thousand names."""


def nested(
    entries: Any, path: str, below: Callable[[dict[str, Any]], str]
) -> Iterator[tuple[str, Any]]:
    """Every entry of an array and of the arrays within, outer before inner, and where it stands.

    Args:
        entries: the array; anything else has no entries.
        path: where it stands.
        below: says under which key an entry holds the array within it, ``""`` for none.
    """
    if not isinstance(entries, list):
        return
    stack = [(path, enumerate(entries))]
    while stack:  # a loop, not recursion: nesting is the sender's choice
        base, rest = stack[-1]
        step = next(rest, None)
        if step is None:
            stack.pop()
            continue
        where, entry = f"{base}[{step[0]}]", step[1]
        # Handed out before it is opened, so that outer entries are refused before inner ones.
        yield where, entry
        key = below(entry) if isinstance(entry, dict) else ""
        if key and isinstance(entry.get(key), list):
            stack.append((f"{where}.{key}", enumerate(entry[key])))


def refused(path: str, phrase: str, expected: str) -> Violation:
    """The refusal of what stands at ``path``, in the validator's words."""
    return Violation(path, f'Parameter is invalid, reason: "{path}" {phrase}', expected)


def required(path: str, expected: str) -> Violation:
    """N1: not there."""
    return refused(path, "is required", expected)


def must_be(path: str, kind: str, expected: str = "") -> Violation:
    """N2: of another type than ``kind``."""
    return refused(path, f"must be {kind}", expected or kind)


def empty(path: str, expected: str) -> Violation:
    """N3: an empty string."""
    return refused(path, "is not allowed to be empty", expected)


def too_few(path: str, least: int, expected: str) -> Violation:
    """N4: an array with less than ``least`` items."""
    return refused(path, f"must contain at least {least} items", expected)


def too_many(path: str, most: int, expected: str) -> Violation:
    """N5: an array with more than ``most`` items."""
    return refused(path, f"must contain less than or equal to {most} items", expected)


def not_one_of(path: str, names: Sequence[str]) -> Violation:
    """N6: none of ``names``."""
    listed = ", ".join(names[:NAMES_SHOWN])
    return refused(path, f"must be one of [{listed}]", f"one of {listed or '(none exist)'}")


def too_small(path: str, least: float, expected: str = "") -> Violation:
    """N7: less than ``least``."""
    bound = _shown(least)
    return refused(path, f"must be larger than or equal to {bound}", expected or f"{bound} or more")


def too_large(path: str, most: float, expected: str = "") -> Violation:
    """N7: more than ``most``."""
    bound = _shown(most)
    return refused(path, f"must be less than or equal to {bound}", expected or f"{bound} or less")


def _shown(value: float) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def duplicate(path: str, expected: str) -> Violation:
    """N8: the same value again."""
    return refused(path, "contains a duplicate value", expected)


def check_unique(
    entries: Iterable[tuple[str, Mapping[str, Any]]], key: str, expected: str
) -> Iterator[Violation]:
    """N8 for each entry whose text at ``key`` an earlier one has, too; each comes with its path."""
    seen: set[str] = set()
    for path, entry in entries:
        value = entry.get(key)
        if isinstance(value, str):
            if value in seen:
                yield duplicate(f"{path}.{key}", expected)
            seen.add(value)


def not_allowed(path: str, expected: str) -> Violation:
    """N9: a key that is not known there."""
    return refused(path, "is not allowed", expected)


def no_uri(path: str) -> Violation:
    """N10: no address."""
    return refused(
        path, "must be a valid uri", "a URL whose scheme is http, https, s3, gs or scaledata"
    )


def is_a(value: object, kind: str) -> bool:
    """Whether ``value`` is of ``kind``, one of the constants of this module."""
    if kind == STRING:
        return isinstance(value, str)
    if kind == ARRAY:
        return isinstance(value, list)
    if kind == OBJECT:
        return isinstance(value, dict)
    if kind == NUMBER:
        return is_number(value)
    if kind == BOOLEAN:
        return boolean(value) is not None
    return is_integer(value)


def check_types(
    holder: Mapping[str, Any], kinds: Mapping[str, str], path: str = ""
) -> Iterator[Violation]:
    """N2 for each key of ``holder`` that is not of its kind; ``path`` is where the holder is."""
    for key, kind in kinds.items():
        if key in holder and not is_a(holder[key], kind):
            yield must_be(f"{path}.{key}" if path else key, kind)


def check_text(
    holder: Mapping[str, Any], key: str, path: str, expected: str
) -> Iterator[Violation]:
    """N1, N2, N3: ``key`` must be there and be a string that is not empty."""
    where = f"{path}.{key}" if path else key
    if key not in holder:
        yield required(where, expected)
    elif not isinstance(holder[key], str):
        yield must_be(where, STRING, expected)
    elif not holder[key]:
        yield empty(where, expected)


def check_list(
    holder: Mapping[str, Any], key: str, path: str, least: int, expected: str
) -> Iterator[Violation]:
    """N1, N2, N4: ``key`` must be there and be an array of at least ``least`` items."""
    where = f"{path}.{key}" if path else key
    if key not in holder:
        yield required(where, expected)
    elif not isinstance(holder[key], list):
        yield must_be(where, ARRAY, expected)
    elif len(holder[key]) < least:
        yield too_few(where, least, expected)
