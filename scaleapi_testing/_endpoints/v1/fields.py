"""The rules of fields that several v1 operations share, and hints for names that do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..._errors import ApiError
from ..._messages import did_you_mean
from ..._wire import encode

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_METADATA: Final = 10 * 1024
"""Bytes of JSON; the size is documented, the text of the refusal assumed."""


def metadata_of(value: Any) -> dict[str, Any]:
    """A metadata object; ``None`` is an empty one.

    Raises:
        ApiError: 400 when it is no object or larger than 10 KB.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ApiError(400, "Invalid metadata - expected object.")
    size = len(encode(value))
    if size > MAX_METADATA:
        raise ApiError(
            400,
            "Invalid metadata - must not exceed 10 KB.",
            f"metadata has {size} bytes of JSON; keep it at {MAX_METADATA} or less",
        )
    return value


def named(kind: str, name: str, known: Iterable[str]) -> str:
    """For the test report: a name that does not exist, and the nearest that do."""
    names = list(known)
    near = ", ".join(repr(one) for one in did_you_mean(name, names))
    if near:
        return f"no {kind} {name[:60]!r} in this account; nearest: {near}"
    if names:
        return f"no {kind} {name[:60]!r} in this account; it has {len(names)} others"
    return f"no {kind} {name[:60]!r}: this account has none yet; create it first"
