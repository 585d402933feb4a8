"""How values look on the wire: JSON bytes, timestamps, booleans and dates of a query."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from .._errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Naive arithmetic is quicker, and the timestamps have no zone but UTC.
_EPOCH_IN_UTC: Final = EPOCH.replace(tzinfo=None)
_MS: Final = timedelta(milliseconds=1)
_OFFSET_LOST_ITS_PLUS: Final = re.compile(r"([T ]\S+) (\d\d:?\d\d)$")
_LOOKS_LIKE_A_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$")

LONGEST_TIME: Final = 100
"""No date or time is written with so many characters."""

FIRST_MS: Final = -62_135_596_800_000
"""The beginning of the year 1, the first that a ``datetime`` can hold."""

LAST_MS: Final = 253_402_300_799_999
"""The end of the year 9999, the last that a ``datetime`` can hold."""

LONGEST: Final = timedelta(days=365_000)
"""The longest length of time that anything is told to last: about a thousand years.

A clock that goes beyond the year 9999 is no ``datetime`` any more.
"""

DEEPEST: Final = 100
# Python's own recursion limit lies near 1,000, and each level costs it several frames.
"""How deep a body may be nested (assumed), so that whatever reads it later can follow it."""

_STRING: Final = re.compile(rb'"[^"]*"')
# What is taken out before counting: all but the brackets.
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_STEPS: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}

INVALID_JSON: Final = "Invalid JSON in request body."
"""Assumed text (docs/scale/errors.md 4)."""


def _no_json(value: object) -> Any:
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _encoder() -> Callable[[Any], str]:
    """What writes compact JSON, in ASCII.

    A value that holds itself is a RecursionError either way, here or in the search for infinities.
    """
    # What `JSONEncoder.encode` makes anew for each value; interpreters but CPython have none.
    c_make_encoder: Any = getattr(json.encoder, "c_make_encoder", None)
    if c_make_encoder is None:
        # Circles are found by the recursion limit; looking for them would cost a dict for each
        # value.
        return json.JSONEncoder(check_circular=False, separators=(",", ":"), allow_nan=False).encode
    quoted: Any = json.encoder.encode_basestring_ascii
    pieces = c_make_encoder(None, _no_json, quoted, None, ":", ",", False, False, False)
    return lambda value: "".join(pieces(value, 0))


_encode: Final = _encoder()


def _without_infinities(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _without_infinities(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_infinities(item) for item in value]
    return value


def encode(value: Any) -> bytes:
    """``value`` as compact JSON, in ASCII.

    A number too large for a double, which Python reads as infinite, becomes ``null``, as it would
    in the JavaScript that Scale runs on.

    Raises:
        TypeError: the value holds something that JSON cannot.
    """
    # Infinities are rare: they are looked for only after the encoder has refused one.
    try:
        return _encode(value).encode()
    except ValueError:
        return _encode(_without_infinities(value)).encode()


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


# NaN and Infinity are read by Python and by no other JSON reader.
_decoder: Final[Any] = json.JSONDecoder(parse_constant=_refuse_constant)
# The scanner itself: `decode` would first search for white space around the document.
_read: Final[Callable[[str, int], tuple[Any, int]]] = _decoder.scan_once


def decode(body: bytes) -> Any:
    """The JSON value in ``body``.

    Raises:
        ApiError: 400 when it is no JSON, not UTF-8, or nested deeper than ``DEEPEST``.
    """
    value: Any = None
    try:
        text = body.decode()
        value, end = _read(text, 0)
        is_bare = end == len(text)
    except (StopIteration, ValueError, RecursionError):
        is_bare = False
    if not is_bare:
        value = _decoded_with_care(body)
    # Counted first: most bodies have fewer brackets than levels are allowed.
    if body.count(b"[") + body.count(b"{") > DEEPEST and depth(body) > DEEPEST:
        raise too_deep()
    return value


def decoded_if_any(content: bytes | None) -> Any:
    """The JSON value in ``content``; ``None`` where there is none, or what `decode` refuses."""
    if content is None:
        return None
    try:
        return decode(content)
    except ApiError:
        return None


def _decoded_with_care(body: bytes) -> Any:
    """The value of a body that is no bare document: white space is around it, or it is refused."""
    try:
        # A byte order mark, which some programs on Windows send.
        return _decoder.decode(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ApiError(400, INVALID_JSON, f"the body is not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise ApiError(400, INVALID_JSON, f"the body is no JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise too_deep() from None
    except ValueError as error:
        raise ApiError(400, INVALID_JSON, f"the body is no JSON: {error}") from None


def depth(document: bytes) -> int:
    """How deep the arrays and objects of an encoded JSON document lie inside each other."""
    # Backslashes stand in strings alone; without the pairs, then without the escaped quotes, each
    # quote that is left begins or ends a string.
    plain = _STRING.sub(b"", document.replace(b"\\\\", b"").replace(b'\\"', b""))
    return max(accumulate(map(_STEPS.__getitem__, plain.translate(None, _NO_BRACKETS))), default=0)


def too_deep() -> ApiError:
    """The refusal of what is nested deeper than ``DEEPEST`` (assumed to be a 400)."""
    return ApiError(400, INVALID_JSON, f"the body is nested too deeply: at most {DEEPEST} deep")


def timestamp(ms: int) -> str:
    """Milliseconds since 1970 as Scale writes them: ``2026-03-02T09:15:04.120Z``."""
    # Whole seconds first: a float of milliseconds would round.
    seconds, milliseconds = divmod(ms, 1000)
    moment = _EPOCH_IN_UTC + timedelta(seconds=seconds)
    return f"{moment.isoformat()}.{milliseconds:03d}Z"


@lru_cache(maxsize=16)  # the clock mostly stands still
def ms_of(text: str) -> int:
    """What ``timestamp`` wrote, in milliseconds since 1970; without an offset it is UTC.

    Raises:
        ValueError: it is no timestamp.
    """
    moment = datetime.fromisoformat(text)
    return (moment - (EPOCH if moment.tzinfo is not None else _EPOCH_IN_UTC)) // _MS


def to_ms(moment: datetime) -> int:
    """An aware datetime in whole milliseconds since 1970, rounded down."""
    # Down, so that no moment lies after its own timestamp.
    return (moment - EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    """Milliseconds since 1970 as an aware datetime in UTC."""
    return EPOCH + timedelta(milliseconds=ms)


def span_ms(length: timedelta) -> int:
    """A length of time in milliseconds, rounded to the nearest."""
    # Nearest: lengths are computed with floats by those who give them.
    return round(length / _MS)


def parse_time(text: str) -> datetime | None:
    """A date or time of a query as an aware datetime; ``None`` when it is none.

    ISO 8601: date only (midnight UTC), with ``T`` or a blank, with an offset or without (UTC).
    A ``+`` that was not percent-encoded arrives as a blank and is taken for what was meant.
    """
    if len(text) > LONGEST_TIME:
        return None
    # Before the check below, which would refuse the blank.
    text = _OFFSET_LOST_ITS_PLUS.sub(r"\1+\2", text.strip())
    if not _LOOKS_LIKE_A_DATE.match(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    # An offset can push a date near the ends out of what a datetime holds.
    except (ValueError, OverflowError):
        return None


def parse_bool(value: object) -> bool | None:
    """``true``/``false`` in any case, or a JSON boolean; ``None`` when it is neither."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        # Clients write True, true and 1 alike.
        return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower())
    return None
