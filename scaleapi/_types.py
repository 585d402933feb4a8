"""The JSON and argument aliases that signatures of the client share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeAlias

JSON: TypeAlias = Any
"""A decoded JSON value: dict, list, str, int, float, bool or None."""

JSONObject: TypeAlias = dict[str, Any]
"""A decoded JSON object."""

DateLike: TypeAlias = date | str
"""A point in time: a ``datetime`` (naive means UTC), a ``date`` (its midnight UTC), or an
ISO 8601 string as Scale reads them, e.g. ``"2021-04-25"`` or ``"2021-04-25T03:14:15-07:00"``."""

OneOrMore: TypeAlias = str | Sequence[str]
"""One string, or several of which any may match."""

Timeout: TypeAlias = float | tuple[float | None, float | None] | None
"""Seconds to wait for connecting and for each read, together or as a pair; ``None`` = for ever."""
