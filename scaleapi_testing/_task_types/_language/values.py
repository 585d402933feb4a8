"""How a single JSON value is read as an integer, a number or a boolean, form bodies included."""

from __future__ import annotations

import re
from math import isfinite
from typing import Any, Final

LARGEST_INTEGER: Final = 2**53 - 1
"""Beyond it a JSON number is not exact for a JavaScript server, and no integer here (assumed)."""

_DIGITS: Final = re.compile(r"[+-]?[0-9]{1,16}", re.ASCII)


def integer(value: Any) -> int | None:
    """``value`` as an integer, or ``None``: ``30``, ``30.0`` and ``"30"`` are one, ``true`` is not.

    Source: integer strings are sent by the official client's live tests (task-types-image 3.1).
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


def number(value: Any) -> int | float | None:
    """``value`` if it is a finite JSON number, else ``None``; strings and booleans are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return value if isfinite(value) else None
    except OverflowError:  # an integer that no JSON number of a JavaScript server can hold
        return None


def boolean(value: Any) -> bool | None:
    """``value`` as a boolean, or ``None``; a form body's ``"true"`` and ``"false"`` count."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def is_true(value: Any, *, default: bool = False) -> bool:
    """``value`` as a boolean where a check has passed; ``default`` where it is no boolean."""
    found = boolean(value)
    return default if found is None else found


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
