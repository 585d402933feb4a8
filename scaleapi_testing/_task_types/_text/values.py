"""What a JSON value counts as: a number, a boolean, a list of strings, an attachment's address."""

from __future__ import annotations

import math
from typing import Any, Final, TypeGuard

from .._language.values import LARGEST_INTEGER

MEDIA: Final = ("text", "image", "video", "audio", "website", "pdf")
"""The media types, in the documented order of the older pages (task-types-text 1.2, 2)."""

_SCHEMES: Final = ("http", "https", "s3", "gs", "scaledata")
"""Assumed list (task-types-text 1.2)."""

_LARGEST_NUMBER: Final = 10**308


def is_url(value: object) -> TypeGuard[str]:
    """Whether ``value`` is an address that Scale takes for an attachment."""
    if not isinstance(value, str):
        return False
    scheme, mark, rest = value.partition("://")
    return bool(mark) and bool(rest.strip()) and scheme.lower() in _SCHEMES


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether ``value`` is a finite JSON number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER


def is_integer(value: object) -> TypeGuard[int | float]:
    """Whether ``value`` is a whole JSON number; ``2.0`` is one, as in JavaScript."""
    if not is_number(value) or (isinstance(value, float) and not value.is_integer()):
        return False
    return -LARGEST_INTEGER <= value <= LARGEST_INTEGER


def is_boolean(value: object) -> bool:
    """Whether ``value`` is a boolean, or the word for one that a form body carries."""
    return isinstance(value, bool) or (isinstance(value, str) and value in ("true", "false"))


def truthy(value: object) -> bool:
    """What a boolean parameter says; ``"true"`` of a form body counts as true."""
    return value is True or value == "true"


def are_strings(value: object) -> TypeGuard[list[str]]:
    """Whether ``value`` is an array of strings, possibly empty."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def has_duplicates(strings: list[str]) -> bool:
    """Whether a string occurs twice."""
    return len(set(strings)) < len(strings)


def sent(params: dict[str, Any], key: str) -> bool:
    """Whether ``params`` has ``key`` with anything but ``null``."""
    return params.get(key) is not None


def identity(value: object) -> tuple[str, object]:
    """A key under which two JSON scalars are equal only when their types are: 5, "5", true."""
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, int | float):
        return ("number", value)
    if isinstance(value, str):
        return ("string", value)
    return ("other", repr(type(value)) if value is not None else None)
