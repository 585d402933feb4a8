"""Sequences: one drawing a frame, of which one is seen, and the tracks through all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .colours import colour_of
from .markup import element, joined
from .parts import short_address
from .subject import as_dict, dicts, id_of, label_of, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from markupsafe import Markup

    from .subject import Subject

MOST_FRAMES: Final = 120
"""Frames of a sequence that are drawn; of longer ones as many, evenly spread."""

MOST_TRACKS: Final = 60

_WIDE: Final = 600
_AXIS: Final = 120
_LONG: Final = _WIDE - _AXIS - 6
"""Of the bars of tracks: the whole width, where they begin, how long they are at most."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One moment of a sequence.

    Attributes:
        key: its number in the sequence.
        annotations: what was found there.
        seconds: since the beginning, ``None`` when unknown.
    """

    key: int
    annotations: Sequence[Mapping[str, Any]]
    seconds: float | None = None

    @property
    def name(self) -> str:
        """What the player calls it."""
        if self.seconds is None:
            return f"frame {self.key}"
        return f"frame {self.key} · {self.seconds:g} s"


def thinned(frames: Sequence[Frame]) -> list[Frame]:
    """At most `MOST_FRAMES` of ``frames``, evenly spread, the first and the last among them."""
    if len(frames) <= MOST_FRAMES:
        return list(frames)
    step = (len(frames) - 1) / (MOST_FRAMES - 1)
    return [frames[round(place * step)] for place in range(MOST_FRAMES)]


def first_shown(subject: Subject, frames: Sequence[Frame]) -> int:
    """The place of the frame that stands first: the wished one, or the first with something."""
    if 0 < subject.frame < len(frames):
        return subject.frame
    if subject.frame == 0:
        return next((place for place, frame in enumerate(frames) if frame.annotations), 0)
    return 0


def layered(frames: Sequence[Frame], shown: int, draw: Callable[[int, Frame], Markup]) -> Markup:
    """Each frame as a group of SVG, all but one hidden."""
    return joined(
        element(
            "g",
            draw(place, frame),
            class_="frame",
            display=None if place == shown else "none",
            attributes={"data-frame": place},
        )
        for place, frame in enumerate(frames)
    )


def player(subject: Subject, frames: Sequence[Frame], shown: int, total: int) -> Markup | None:
    """Slider and buttons; ``None`` for a single frame.

    Without scripts the slider moves nothing: the names of frames beneath are links.
    """
    if len(frames) < 2:
        return None
    name = f"{subject.prefix}-frame"
    thin = f" ({len(frames)} of {total:,} frames)" if total > len(frames) else ""
    return element(
        "div",
        element(
            "button",
            "▶",
            type="button",
            class_="play",
            attributes={"aria-label": "Play", "data-play": True},
        ),
        element("label", "Frame", for_=name),
        element(
            "input",
            id=name,
            type="range",
            min=0,
            max=len(frames) - 1,
            value=shown,
            step=1,
            attributes={
                "data-seek": True,
                "aria-valuetext": frames[shown].name,
                "data-names": "|".join(frame.name for frame in frames),
            },
        ),
        element("output", frames[shown].name, for_=name, attributes={"data-frame-name": True}),
        element("span", thin, class_="soft") if thin else None,
        class_="player",
    )


def tracks(frames: Sequence[Frame], events: Sequence[Mapping[str, Any]] = ()) -> Markup | None:
    """Of each object in which frames it is, as bars one under the other; events beneath."""
    spans: dict[str, tuple[str, list[int]]] = {}
    for place, frame in enumerate(frames):
        for annotation in frame.annotations:
            spans.setdefault(id_of(annotation), (label_of(annotation), []))[1].append(place)
    if not spans and not events:
        return None
    count = max(len(frames), 1)
    rows = [
        _row(row, label, _runs(places), count)
        for row, (label, places) in enumerate(list(spans.values())[:MOST_TRACKS])
    ]
    keys = [frame.key for frame in frames] or [0]
    for event in events[:20]:
        start = _place(keys, event.get("start"))
        end = _place(keys, event.get("end", event.get("start")))
        name = f"event: {event.get('label', '')}"
        rows.append(_row(len(rows), str(event.get("label", "")), [(start, end)], count, name))
    height = len(rows) * 22 + 6
    return element(
        "div",
        element(
            "svg",
            *rows,
            element(
                "line",
                x1=_AXIS,
                x2=_AXIS,
                y1=0,
                y2=height,
                stroke="currentColor",
                stroke_width=1.5,
                attributes={
                    "data-playhead": True,
                    "data-count": count,
                    "data-axis": _AXIS,
                    "data-long": _LONG,
                },
            ),
            class_="tracks",
            viewBox=f"0 0 {_WIDE} {height}",
            role="img",
            attributes={"aria-label": f"{len(spans)} tracks over {count} frames"},
        ),
        class_="scroll",
    )


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and place <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs


def _place(keys: Sequence[int], value: Any) -> int:
    key = number(value) or 0
    # Frames may be thinned out: the last one before the event stands for its moment.
    return max((place for place, own in enumerate(keys) if own <= key), default=0)


def _row(
    row: int, label: str, runs: Sequence[tuple[int, int]], count: int, name: str | None = None
) -> Markup:
    top = row * 22 + 4
    shown = name or label or "no label"
    step = _LONG / count
    return element(
        "g",
        element("title", f"{shown}: " + ", ".join(f"{first}–{last}" for first, last in runs[:20])),
        element(
            "text",
            shown if len(shown) < 19 else shown[:18] + "…",
            x=_AXIS - 8,
            y=top + 13,
            text_anchor="end",
            font_size=11.5,
            fill="currentColor",
        ),
        element(
            "rect",
            x=_AXIS,
            y=top + 5,
            width=_LONG,
            height=6,
            rx=3,
            fill="currentColor",
            fill_opacity=0.1,
        ),
        *(
            element(
                "rect",
                x=_AXIS + first * step,
                y=top + 2,
                # A track of one frame among thousands is still to be seen.
                width=max((last - first + 1) * step, 3),
                height=12,
                rx=3,
                fill=colour_of(label),
            )
            for first, last in runs[:500]
        ),
        class_="track",
        attributes={"data-label": label},
    )


def listed(value: Any) -> list[dict[str, Any]]:
    """Events, delivered as a list or under ``events``."""
    return dicts(as_dict(value).get("events")) if isinstance(value, dict) else dicts(value)


def frame_caption(url: str | None) -> str:
    """The name of a frame's picture."""
    return "" if url is None else short_address(url)
