"""What is to come, as points on a line of virtual time."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from .drawings.markup import element
from .moments import distance, moment, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

_WIDE: Final = 960
_LEFT: Final = 14
_RIGHT: Final = 946
_LINE: Final = 46
_TICKS: Final = 6
_STEP_PX: Final = 8
"""Points that come nearer to each other than this are one, of that many events."""


def time_axis(now_ms: int, events: Sequence[tuple[int, str]]) -> Markup:
    """Events by their distance from now, the last one at the right end.

    Args:
        now_ms: where the clock stands.
        events: moment in milliseconds and what happens, in order; at least one.
    """
    # At least 1: all that is to come may be due now.
    length = max(events[-1][0] - now_ms, 1)
    wide = _RIGHT - _LEFT

    def place(ms: int) -> float:
        return _LEFT + max(ms - now_ms, 0) / length * wide

    points: Counter[int] = Counter(int(place(when) // _STEP_PX) for when, _ in events)
    first_of: dict[int, tuple[int, str]] = {}
    for when, what in events:
        first_of.setdefault(int(place(when) // _STEP_PX), (when, what))
    ticks = [now_ms + length * tick // _TICKS for tick in range(_TICKS + 1)]
    return element(
        "svg",
        element("line", x1=_LEFT, x2=_RIGHT, y1=_LINE, y2=_LINE, class_="axis-line"),
        *(_tick(place(ms), ms - now_ms, last=ms == ticks[-1]) for ms in ticks),
        *(
            _point(place(first_of[cell][0]), points[cell], *first_of[cell])
            for cell in sorted(points)
        ),
        class_="chart time-axis",
        viewBox=f"0 0 {_WIDE} 84",
        role="img",
        attributes={
            "aria-label": f"{len(events)} events from now until {moment(events[-1][0])}, the next "
            f"{distance(events[0][0] - now_ms)}"
        },
    )


def _tick(x: float, ms: int, *, last: bool) -> Markup:
    anchor = "start" if not ms else "end" if last else "middle"
    return element(
        "g",
        element("line", x1=x, x2=x, y1=_LINE - 5, y2=_LINE + 5, class_="axis-line"),
        element(
            "text",
            short(ms),
            x=x,
            y=_LINE + 24,
            font_size=12,
            text_anchor=anchor,
            class_="axis",
        ),
    )


def _point(x: float, count: int, when: int, what: str) -> Markup:
    tooltip = f"{moment(when)}: {what}" + (f", and {count - 1} more" if count > 1 else "")
    many = element(
        "text", f"{count}", x=x, y=_LINE - 18, font_size=12, text_anchor="middle", class_="axis"
    )
    return element(
        "g",
        element("title", tooltip),
        element("circle", cx=x, cy=_LINE, r=min(5 + count / 4, 11), class_="axis-point"),
        *([many] if count > 1 else []),
    )
