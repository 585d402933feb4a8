"""What every list endpoint reads from the query: limit, offset and time bounds."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from .._errors import ApiError
from .._http.wire import EPOCH, to_ms

if TYPE_CHECKING:
    from .._state.query import Bounds
    from ._call import Call

MAX_LIMIT: Final = 100
_WHOLE: Final = re.compile(r"[0-9]{1,9}")
_MS: Final = timedelta(milliseconds=1)


def page_limit(call: Call) -> int:
    """The page size, 1 to 100, by default 100 (documented).

    Raises:
        ApiError: 400 for anything else (assumed).
    """
    text = call.one("limit")
    if text is None:
        return MAX_LIMIT
    limit = int(text) if _WHOLE.fullmatch(text) else 0
    if not 1 <= limit <= MAX_LIMIT:
        raise ApiError(
            400,
            "Invalid limit - must be an integer between 1 and 100.",
            f"limit={text[:40]!r}: larger results are read page by page",
        )
    return limit


def page_offset(call: Call) -> int:
    """How many matches to pass over, by default 0.

    Raises:
        ApiError: 400 when it is no whole number (assumed).
    """
    text = call.one("offset")
    if text is None:
        return 0
    if not _WHOLE.fullmatch(text):
        raise ApiError(400, "Invalid offset - must be an integer of at least 0.")
    return int(text)


def bounds(call: Call, least: str, greatest: str) -> Bounds:
    """Two query parameters as inclusive bounds in whole milliseconds.

    Raises:
        ApiError: 400 for a value that is no date.
    """
    first, last = call.moment(least), call.moment(greatest)
    return (
        None if first is None else -((EPOCH - first) // _MS),
        None if last is None else to_ms(last),
    )
