"""Small charts as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .._http.wire import FIRST_MS, from_ms
from .drawings.markup import element
from .drawings.parts import stacked_bar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

_WIDE: Final = 720
_HIGH: Final = 150
_LOW: Final = 126


def bar_of_statuses(counts: Mapping[str, int]) -> Markup:
    """How many are in each status, as one bar; the statuses' colours are the stylesheet's."""
    # A project may have no tasks yet.
    total = max(sum(counts.values()), 1)
    parts = [
        (count / total, f"{count:,} {status}", {"class_": f"of-{status}"})
        for status, count in counts.items()
    ]
    words = (
        ", ".join(f"{count:,} {status}" for status, count in counts.items() if count) or "no tasks"
    )
    return stacked_bar(parts, (100, 8), {"class_": "of-none"}, what=words, class_="bar")


def throughput(hours: Sequence[tuple[int, int]], now_ms: int) -> Markup:
    """Tasks created and completed in each of the last hours, the current one last."""
    most = max((max(pair) for pair in hours), default=0)
    # 14 pixels stay free for the scale's upper number; without tasks there is nothing to divide by.
    scale = (_LOW - 14) / max(most, 1)
    step = (_WIDE - 40) / max(len(hours), 1)
    created_in_all = sum(created for created, _ in hours)
    completed_in_all = sum(completed for _, completed in hours)
    bars: list[Markup] = []
    for place, (created, completed) in enumerate(hours):
        left = 40 + place * step
        # On the first day of the year 1 there are no hours before.
        hour = from_ms(max(now_ms - (len(hours) - 1 - place) * 3_600_000, FIRST_MS))
        bars.append(
            element(
                "g",
                element(
                    "title", f"{hour:%d %b, %H}:00 – {created:,} created, {completed:,} completed"
                ),
                # Unseen, so that the title appears over the whole hour and not on the bar alone.
                element("rect", x=left, y=0, width=step, height=_LOW, fill="transparent"),
                _bar(left + step * 0.12, step * 0.34, created * scale, "of-pending"),
                _bar(left + step * 0.5, step * 0.34, completed * scale, "of-completed"),
            )
        )
        # Each fourth hour: more labels would run into each other.
        if place % 4 == len(hours) % 4:
            bars.append(
                element(
                    "text",
                    f"{hour:%H}:00",
                    x=left + step / 2,
                    y=_HIGH - 6,
                    font_size=11,
                    text_anchor="middle",
                    class_="axis",
                )
            )
    return element(
        "svg",
        element(
            "line", x1=40, x2=_WIDE, y1=_LOW, y2=_LOW, stroke="currentColor", stroke_opacity=0.3
        ),
        element("text", f"{most:,}", x=34, y=18, font_size=11, text_anchor="end", class_="axis"),
        element("text", "0", x=34, y=_LOW, font_size=11, text_anchor="end", class_="axis"),
        *bars,
        class_="chart",
        viewBox=f"0 0 {_WIDE} {_HIGH}",
        role="img",
        attributes={
            "aria-label": f"In the last {len(hours)} hours {created_in_all:,} tasks were created "
            f"and {completed_in_all:,} completed"
        },
    )


def _bar(left: float, wide: float, high: float, name: str) -> Markup:
    # One task among thousands is still to be seen.
    shown = max(high, 1.5) if high else 0.0
    return element("rect", x=left, y=_LOW - shown, width=wide, height=shown, rx=1.5, class_=name)
