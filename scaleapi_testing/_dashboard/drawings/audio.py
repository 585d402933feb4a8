"""Audio: the words on a time line, fainter where the labeler was unsure (docs/scale/text.md 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .markup import element, joined
from .parts import figure, short_address, words_of
from .subject import dicts, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from .subject import Subject

MOST_WORDS: Final = 600
MOST_LINES: Final = 30
_WIDE: Final = 640
_LINE: Final = 62


def draw_audio(subject: Subject) -> Markup:
    """The transcript, and when each of its words is said."""
    answer = subject.answer
    words = [word for word in dicts(answer.get("alignment")) if _times(word) is not None]
    words = words[:MOST_WORDS]
    ends = [end for _, end in filter(None, map(_times, words))]
    duration = number(answer.get("duration")) or max(ends, default=0.0)
    url = subject.params.get("attachment")
    address = subject.address(url) if isinstance(url, str) else None
    transcript, error = answer.get("transcript"), answer.get("error")
    return figure(
        "audio",
        element("audio", src=address, controls=True)
        # An address that is a picture's own data would give a player that plays nothing.
        if address is not None and "image" not in address[:12]
        else None,
        element("blockquote", str(transcript), class_="transcript", dir="auto")
        if transcript is not None
        else None,
        element("p", element("b", "Error: "), str(error), class_="note note-missing")
        if error is not None
        else None,
        _timeline(words, duration) if words else None,
        element(
            "p",
            f"{short_address(url)} · " if isinstance(url, str) else "",
            f"{duration:g} s · {len(words)} words",
            "" if address is not None else " · the sound is not on this server",
            class_="note",
            attributes={"data-missing": True} if address is None else None,
        ),
        element(
            "p",
            element("span", class_="swatch swatch-sure"),
            " sure ",
            element("span", class_="swatch swatch-unsure"),
            " unsure",
            class_="note",
        )
        if words
        else None,
    )


def _times(word: Mapping[str, Any]) -> tuple[float, float] | None:
    start, end = number(word.get("start")), number(word.get("end"))
    return None if start is None or end is None or end < start else (start, end)


def _timeline(words: Sequence[Mapping[str, Any]], duration: float) -> Markup:
    """Lines of as many seconds as let words be read, at most `MOST_LINES`."""
    per_word = duration / max(len(words), 1)
    # Eight words fill a line readably; 0.1 s, since a line without length has no scale.
    seconds = max(min(per_word * 8, duration), duration / MOST_LINES, 0.1)
    count = max(1, min(MOST_LINES, -(-int(duration * 1000) // max(int(seconds * 1000), 1))))
    scale = (_WIDE - 20) / seconds
    lines: list[Markup] = []
    for line in range(count):
        begin = line * seconds
        top = line * _LINE
        lines.append(_axis(begin, seconds, top, scale))
        for word in words:
            start, end = _times(word) or (0.0, 0.0)
            if begin <= start < begin + seconds:
                lines.append(
                    _word(word, 10 + (start - begin) * scale, max((end - start) * scale, 2), top)
                )
    return element(
        "svg",
        *lines,
        class_="timeline",
        viewBox=f"0 0 {_WIDE} {count * _LINE}",
        role="img",
        attributes={"aria-label": f"{len(words)} words over {duration:g} seconds"},
    )


def _axis(begin: float, seconds: float, top: float, scale: float) -> Markup:
    step = next(
        (unit for unit in (0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800) if unit * scale > 70),
        3600,
    )
    marks: list[Markup] = []
    tick = -(-begin // step) * step
    # 1e-9 makes up for sums of tenths; 40 ends it where the scale is absurd.
    while tick <= begin + seconds + 1e-9 and len(marks) < 40:
        x = 10 + (tick - begin) * scale
        marks.append(
            element(
                "line",
                x1=x,
                x2=x,
                y1=top + 36,
                y2=top + 41,
                stroke="currentColor",
                stroke_opacity=0.5,
            )
        )
        marks.append(
            element(
                "text",
                f"{tick:g} s",
                x=x,
                y=top + 54,
                font_size=11,
                text_anchor="middle" if x > 20 else "start",
                fill="currentColor",
                fill_opacity=0.8,
            )
        )
        tick = round(tick + step, 6)
    return joined(
        [
            element(
                "line",
                x1=10,
                x2=_WIDE - 10,
                y1=top + 36,
                y2=top + 36,
                stroke="currentColor",
                stroke_opacity=0.35,
            ),
            *marks,
        ]
    )


def _word(word: Mapping[str, Any], x: float, wide: float, top: float) -> Markup:
    confidence = number(word.get("confidence"))
    is_sure = confidence is None or confidence >= 0.5
    shown = str(word.get("word", ""))
    return element(
        "g",
        element(
            "title",
            f"{shown}\n{word.get('start')} – {word.get('end')} s\nsure: {words_of(confidence)}",
        ),
        element(
            "rect",
            x=x,
            y=top + 6,
            width=wide,
            height=26,
            rx=4,
            fill="#2456a6" if is_sure else "#9a5b13",
            fill_opacity=0.16,
            stroke="#2456a6" if is_sure else "#9a5b13",
        ),
        element(
            "text",
            shown if len(shown) * 7 < wide + 12 else shown[: max(int(wide / 7), 1)] + "…",
            x=x + wide / 2,
            y=top + 23,
            font_size=12.5,
            text_anchor="middle",
            fill="currentColor",
        ),
        class_="word",
    )
