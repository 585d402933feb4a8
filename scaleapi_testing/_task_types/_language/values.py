"""How a single JSON value is read: the readers that every check and generator uses.

A reader gives the value, or ``None`` when it is none of its kind; ``is_...`` asks the same of a
value that is then used as it is. Form bodies carry integers and booleans as texts: they count where
a page says so (docs/scale/images.md 3.1, docs/scale/text.md 1.2).
"""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

LARGEST_INTEGER: Final = 2**53 - 1
"""Beyond it a JSON number is not exact for a JavaScript server, and no integer here (assumed)."""

_DIGITS: Final = re.compile(r"[+-]?[0-9]{1,16}", re.ASCII)


def integer(value: Any) -> int | None:
    """``value`` as an integer, or ``None``: ``30``, ``30.0`` and ``"30"`` are one, ``true`` is not.

    Source: integer strings are sent by the official client's live tests (docs/scale/images.md 3.1).
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = int(value) if _DIGITS.fullmatch(value) else None
    elif isinstance(value, float):
        value = int(value) if value.is_integer() else None
    if isinstance(value, int) and abs(value) <= LARGEST_INTEGER:
        return value
    return None


def is_integer(value: object) -> TypeGuard[int | float]:
    """Whether ``value`` is a whole JSON number, as a schema has it: ``2.0`` is, ``"2"`` is not."""
    return not isinstance(value, str) and integer(value) is not None


def number(value: Any) -> int | float | None:
    """``value`` if it is a finite JSON number, else ``None``; strings and booleans are none."""
    # Booleans are integers in Python, and none in JSON.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return value if isfinite(value) else None
    except OverflowError:  # an integer that no JSON number of a JavaScript server can hold
        return None


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether ``value`` is a finite JSON number."""
    return number(value) is not None


def positive(params: Mapping[str, Any], field: str) -> float | None:
    """A checked rate, factor or duration; ``None`` when it was not sent."""
    value = number(params.get(field))
    return value if value is not None and value > 0 else None


def boolean(value: Any) -> bool | None:
    """``value`` as a boolean, or ``None``; a form body's ``"true"`` and ``"false"`` count."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def is_true(value: Any, *, default: bool = False) -> bool:
    """``value`` as a boolean where a check has passed; ``default`` where it is no boolean."""
    read = boolean(value)
    return default if read is None else read


def as_list(value: Any) -> list[Any] | None:
    """The entries of an array; a bare string is an array of one (a form body), else ``None``."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, str) else None


def strings(value: Any) -> list[str] | None:
    """A ``string[]`` parameter (a bare string is an array of one), or ``None`` if it is none."""
    entries = as_list(value)
    if entries is None or not all(isinstance(entry, str) and entry for entry in entries):
        return None
    return entries


def are_strings(value: object) -> TypeGuard[list[str]]:
    """Whether ``value`` is an array of strings, possibly empty ones."""
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def objects_in(value: Any) -> list[dict[str, Any]]:
    """The objects of an array; none where ``value`` is no array."""
    entries: list[Any] = value if isinstance(value, list) else []
    return [entry for entry in entries if isinstance(entry, dict)]


def is_one_of(value: object, names: Container[str]) -> TypeGuard[str]:
    """Whether ``value`` is a text that stands among ``names``, which may be a set."""
    return isinstance(value, str) and value in names


def has_duplicates(texts: Sequence[str]) -> bool:
    """Whether a text occurs twice."""
    return len(set(texts)) < len(texts)


def sent(params: Mapping[str, Any], key: str) -> bool:
    """Whether ``params`` has ``key`` with anything but ``null``."""
    return params.get(key) is not None


def identity(value: object) -> tuple[str, object]:
    """A key under which two JSON scalars are equal only when their types are: 5, "5", true."""
    # Booleans first: Python takes True for 1.
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, int | float):
        return ("number", value)
    if isinstance(value, str):
        return ("string", value)
    return ("other", repr(type(value)) if value is not None else None)


def wording(value: Any) -> str:
    """``value`` as it stands inside one of Scale's sentences (as JavaScript would print it)."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        # An int of thousands of digits has no decimal text in Python; nobody reads it anyway.
        return repr(value) if number(value) is not None else "Infinity"
    return "[object Array]" if isinstance(value, list) else "[object Object]"
