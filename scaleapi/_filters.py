"""Which filters a listing knows, and how their values are spelled in a query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from .exceptions import refused

if TYPE_CHECKING:
    from ._paging import Query

REPEATED: Final = frozenset({"unique_id", "tags"})
"""Filters with several values are sent as repeated keys; every other one is joined by commas."""

NO_OTHER_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


def filter_query(
    filters: Mapping[str, Any],
    known: tuple[str, ...],
    listing: str,
    other_names: Mapping[str, str] = NO_OTHER_NAMES,
) -> Query:
    """The query that says ``filters``. ``None`` counts as not given.

    Args:
        filters: name -> value: text, number, bool, date, enumeration member or several of them.
        known: the names that the listing knows.
        listing: what is listed, for error texts.
        other_names: what a neighbouring method calls a filter -> its name here, for error texts.

    Raises:
        ScaleInvalidRequest: a name is not known, or a list of values is empty (which would widen
            the listing to everything, the opposite of what it says).
    """
    unknown = [name for name in filters if name not in known]
    if unknown:
        raise refused(_unknown_text(unknown, known, listing, other_names))
    query: Query = []
    for name, value in filters.items():
        if value is None:
            continue
        values = query_values(value, name)
        if name in REPEATED:
            query.extend((name, item) for item in values)
        else:
            query.append((name, ",".join(values)))
    return query


def query_values(value: Any, name: str) -> list[str]:
    """The texts of one filter's value or values."""
    if isinstance(value, str | Enum | date) or not isinstance(value, Iterable):
        return [_query_text(value, name)]
    texts = [_query_text(item, name) for item in value]
    if not texts:
        raise refused(f"{name} is an empty list; leave it out, or name at least one value")
    return texts


def _query_text(value: Any, name: str) -> str:
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, str | int | float):
        try:
            return str(value)
        except ValueError as error:  # thousands of digits, which Python refuses to write
            raise refused(f"{name} cannot be sent: {error}") from error
    raise refused(f"{name} cannot be {value!r:.80}; it takes text, a number, a date or a list")


def _unknown_text(
    unknown: list[str], known: tuple[str, ...], listing: str, other_names: Mapping[str, str]
) -> str:
    from difflib import get_close_matches  # only a misspelt filter needs it

    parts: list[str] = []
    for name in unknown:
        other = other_names.get(name)
        near = [other] if other else get_close_matches(name, known, n=2, cutoff=0.6)
        hint = f" (nearest: {', '.join(near)})" if near else ""
        parts.append(f"{name}{hint}")
    many = "s" if len(unknown) > 1 else ""
    return f"unknown filter{many} for {listing}: {', '.join(parts)}. Known are: {', '.join(known)}"
