"""What the drawings of every medium share: the canvas, the legend, the list of annotations."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from .colours import class_of
from .markup import element, joined
from .subject import as_dict, id_of, label_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from markupsafe import Markup

    from .subject import Subject

MOST_ROWS: Final = 200
"""Rows of a list of annotations; it says how many there are."""


def figure(kind: str, *parts: Markup | None) -> Markup:
    """A whole drawing of one kind, e.g. ``image``."""
    return element(
        "figure", *parts, class_=f"drawing drawing-{kind}", attributes={"data-drawing": kind}
    )


def stacked_bar(
    parts: Iterable[tuple[float, str, Mapping[str, Any]]],
    size: tuple[int, int],
    ground: Mapping[str, Any],
    *,
    what: str,
    class_: str,
) -> Markup:
    """One bar whose parts lie end to end.

    Args:
        parts: of each its share of the whole (0 to 1), its title, and how it looks, as `element`
            takes attributes.
        size: of the bar, in units of its own: it is stretched to where it stands.
        ground: how that looks of which no part has a share.
        what: told to those who cannot see it.
        class_: of the whole.
    """
    wide, high = size
    left = 0.0
    drawn: list[Markup] = []
    for share, title, look in parts:
        width = share * wide
        drawn.append(
            element("rect", element("title", title), x=left, y=0, width=width, height=high, **look)
        )
        left += width
    return element(
        "svg",
        element("rect", width=wide, height=high, **ground),
        *drawn,
        class_=class_,
        viewBox=f"0 0 {wide} {high}",
        preserveAspectRatio="none",
        role="img",
        attributes={"aria-label": what},
    )


def canvas(
    subject: Subject, url: str | None, size: tuple[float, float], *content: Markup, what: str
) -> Markup:
    """A picture with ``content`` drawn on it; neutral where the picture cannot be shown.

    Args:
        subject: of which it is part.
        url: the picture's address, as the task names it.
        size: its width and height in pixels.
        content: SVG, in its pixels.
        what: told to those who cannot see it.
    """
    width, height = size
    address = None if url is None else subject.address(url)
    if address is not None:
        ground = element(
            "image", href=address, width=width, height=height, preserveAspectRatio="none"
        )
    else:
        ground = _blank(width, height, f"{subject.prefix}-grid")
    return element(
        "svg",
        ground,
        *content,
        class_="canvas",
        role="img",
        viewBox=f"0 0 {width:g} {height:g}",
        preserveAspectRatio="xMidYMid meet",
        attributes={"aria-label": what, "data-zoom": True},
    )


def said_of(subject: Subject, url: str | None, size: tuple[float, float]) -> Markup:
    """The caption of a picture: its address, its size, and whether it is shown."""
    sides = f"{size[0]:g} × {size[1]:g}"
    if url is None:
        return element("p", f"No picture; an empty canvas, {sides} pixels.", class_="note")
    if subject.address(url) is not None:
        return element("p", f"{short_address(url)} · {sides} pixels", class_="note")
    return element(
        "p",
        element("b", "The picture is not on this server"),
        f" ({short_address(url)}). This is an empty canvas of the size described, {sides} pixels.",
        class_="note note-missing",
        attributes={"data-missing": url},
    )


def short_address(url: str) -> str:
    """An address as a person names it: host and file name; a ``data:`` URL by its kind."""
    if url.startswith("data:"):
        return f"a picture in the task itself ({url[5:].partition(';')[0].partition(',')[0][:40]})"
    try:
        split = urlsplit(url)
    # A bracket alone makes a host that Python refuses; a task may hold any text as address.
    except ValueError:
        return url[:80]
    name = split.path.rpartition("/")[2]
    return f"{split.netloc}/{'…/' if split.path.count('/') > 1 else ''}{name}"[:120]


def legend(labels: Iterable[str], counted: str = "") -> Markup | None:
    """Every label with its colour and how often it is there; ``None`` when there is none.

    Args:
        labels: of all that is drawn, once for each thing.
        counted: said behind the number, e.g. ``" px"``.
    """
    return legend_of(Counter(labels), counted)


def legend_of(counts: Mapping[str, int], counted: str = "") -> Markup | None:
    """As `legend`, the numbers known."""
    labelled = {label: count for label, count in counts.items() if label}
    if not labelled:
        return None
    entries = [
        element(
            "li",
            element(
                "button",
                element("span", class_="swatch"),
                element("bdi", label),
                element("span", f"{count:,}{counted}", class_="count"),
                class_=f"legend-entry {class_of(label)}",
                type="button",
                attributes={"aria-pressed": "true", "data-toggle-label": label},
            ),
        )
        for label, count in sorted(labelled.items(), key=lambda entry: (-entry[1], entry[0]))
    ]
    return element("ul", *entries, class_="legend", attributes={"aria-label": "Labels"})


def annotation_list(
    annotations: Sequence[Mapping[str, Any]],
    columns: Mapping[str, Any],
    marks: Mapping[str, str] | None = None,
    what: str = "annotation",
) -> Markup | None:
    """The annotations as a table that can be opened; ``None`` when there are none.

    Args:
        annotations: as responses hold them.
        columns: of each heading what gives the cell of an annotation.
        marks: as `Subject.marks`.
        what: one of them, in words.
    """
    if not annotations:
        return None
    marks = marks or {}
    rows = [
        element(
            "tr",
            element("td", label_chip(label_of(entry)) if label_of(entry) else "–"),
            *(element("td", cell(entry)) for cell in columns.values()),
            element("td", pairs_of(as_dict(entry.get("attributes")))),
            element("td", element("code", id_of(entry)[:8]), title=id_of(entry)),
            class_=f"mark-{marks[id_of(entry)]}" if id_of(entry) in marks else None,
        )
        for entry in annotations[:MOST_ROWS]
    ]
    heads = ("Label", *columns, "Attributes", "Id")
    more = len(annotations) - MOST_ROWS
    count = len(annotations)
    return element(
        "details",
        element("summary", f"{count:,} {what}{'' if count == 1 else 's'}"),
        element(
            "div",
            element(
                "table",
                element(
                    "thead", element("tr", *(element("th", head, scope="col") for head in heads))
                ),
                element("tbody", *rows),
            ),
            class_="scroll",
            tabindex=0,
            role="region",
            attributes={"aria-label": f"List of {what}s"},
        ),
        element("p", f"and {more:,} more", class_="note") if more > 0 else None,
        class_="annotations",
    )


def pairs_of(values: Mapping[str, Any]) -> Markup:
    """Names and values on a line; a dash when there are none."""
    if not values:
        return element("span", "–", class_="soft")
    return element(
        "span",
        joined(
            element(
                "span", element("span", key, class_="soft"), " ", words_of(value), class_="pair"
            )
            for key, value in values.items()
        ),
        class_="pairs",
    )


def label_chip(label: str) -> Markup:
    """A label's name with its colour."""
    return element(
        "span",
        element("span", class_="swatch"),
        element("bdi", label),
        class_=f"chip {class_of(label)}",
    )


def words_of(value: Any) -> str:
    """A value of an answer in words: lists with commas, yes and no, a dash for nothing."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(words_of(entry) for entry in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {words_of(entry)}" for key, entry in value.items())
    return str(value)


def global_attributes(answer: Mapping[str, Any]) -> Markup | None:
    """The attributes of a whole picture; ``None`` where there are none."""
    values = as_dict(answer.get("global_attributes"))
    if not values:
        return None
    return element("p", element("b", "Whole picture: "), pairs_of(values), class_="note")


def _blank(width: float, height: float, name: str) -> Markup:
    step = max(width, height) / 16
    return joined(
        [
            element(
                "defs",
                element(
                    "pattern",
                    element(
                        "path",
                        d=f"M {step:g} 0 H 0 V {step:g}",
                        fill="none",
                        stroke="#d5dae1",
                        stroke_width=max(width, height) / 800,
                    ),
                    id=name,
                    width=step,
                    height=step,
                    patternUnits="userSpaceOnUse",
                ),
            ),
            element("rect", width=width, height=height, fill="#eef1f5", class_="blank"),
            element("rect", width=width, height=height, fill=f"url(#{name})"),
        ]
    )
