"""How times are written on pages: virtual time, UTC, and how far away they are."""

from __future__ import annotations

from typing import Final

from .._http.wire import from_ms, timestamp

_STEPS: Final = ((86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1000, "second"))


def moment(ms: int | None) -> str:
    """A moment in words: ``2 Mar 2026, 09:15:04``; a dash for none."""
    if ms is None:
        return "–"
    at = from_ms(ms)
    return f"{at.day} {at:%b %Y, %H:%M:%S}"


def iso(ms: int) -> str:
    """A moment for machines."""
    return timestamp(ms)


def short(ms: int) -> str:
    """A length of time from now, for a narrow place: ``1 h 20 min``, ``2 d 4 h``, ``now``."""
    # Rounded first: each unit by itself would make 60 minutes of 59.6.
    days, minutes_of_day = divmod(round(ms / 60_000), 24 * 60)
    hours, minutes = divmod(minutes_of_day, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    shown = [f"{count:,} {unit}" for count, unit in parts if count][:2]
    if shown:
        return " ".join(shown)
    return f"{ms / 1000:g} s" if ms else "now"


def distance(ms: int) -> str:
    """A length of time in words: ``in 2 hours``, ``5 minutes ago``, ``now``."""
    size = abs(ms)
    for length, name in _STEPS:
        if size >= length:
            count = round(size / length)
            words = f"{count:,} {name}{'' if count == 1 else 's'}"
            return f"in {words}" if ms > 0 else f"{words} ago"
    return "now"
