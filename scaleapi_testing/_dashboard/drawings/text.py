"""Named entities: spans in the text, also where they overlap (docs/scale/collection.md 2)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from .colours import class_of
from .markup import element, joined
from .parts import annotation_list, figure, label_chip, legend
from .subject import dicts, id_of, label_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from .subject import Subject

MOST_TEXT: Final = 60_000
"""Characters of a text that are shown."""

MOST_LANES: Final = 6
"""Lines beneath a text for spans that overlap; deeper ones share the last."""


def draw_entities(subject: Subject) -> Markup:
    """The text with a line in its label's colour beneath each span, overlapping ones one lower."""
    params = subject.params
    text = params.get("text") if isinstance(params.get("text"), str) else params.get("attachment")
    text = text if isinstance(text, str) else ""
    annotations = dicts(subject.part("annotations"))
    spans = [span for span in map(_span, annotations) if span is not None and span[1] <= len(text)]
    return figure(
        "text",
        element("div", _marked(text[:MOST_TEXT], spans), class_="marked-text", dir="auto"),
        element("p", f"The first {MOST_TEXT:,} of {len(text):,} characters.", class_="note")
        if len(text) > MOST_TEXT
        else None,
        legend(label_of(entry) for entry in annotations),
        _relationships(subject, annotations),
        annotation_list(
            annotations, {"Text": _text_of, "From – to": _place_of}, subject.marks, "span"
        ),
    )


def _span(annotation: Mapping[str, Any]) -> tuple[int, int, Mapping[str, Any]] | None:
    start, end = annotation.get("start"), annotation.get("end")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end:
        return None
    return start, end, annotation


def _marked(text: str, spans: Sequence[tuple[int, int, Mapping[str, Any]]]) -> Markup:
    """``text`` cut at the edges of all spans; a piece stands in a ``mark`` of each span.

    Lanes: a span keeps one lane from its start to its end, the highest that is free there.
    """
    # The longer first, so that it lies around the shorter that begins with it.
    ordered = sorted(spans, key=lambda span: (span[0], -span[1]))
    lanes: list[int] = []
    placed: list[tuple[int, int, int, Mapping[str, Any]]] = []
    for start, end, entry in ordered:
        lane = next((at for at, free in enumerate(lanes) if free <= start), len(lanes))
        lanes[lane:] = [end, *lanes[lane + 1 :]]
        # The style sheet has so many lanes; what is beyond shares the last one.
        placed.append((start, end, min(lane, MOST_LANES - 1), entry))
    edges = sorted(
        {
            0,
            len(text),
            *(edge for start, end, *_ in placed for edge in (start, min(end, len(text)))),
        }
    )
    pieces: list[Markup] = []
    for begin, stop in pairwise(edges):
        over = sorted(
            (span for span in placed if span[0] <= begin and span[1] >= stop),
            key=lambda span: span[2],
        )
        piece: Markup = element("span", text[begin:stop]) if over else joined([text[begin:stop]])
        for start, end, lane, entry in over:
            label = label_of(entry)
            name = element("b", element("bdi", label), class_="span-name") if stop == end else None
            piece = element(
                "mark",
                piece,
                name if stop == end else None,
                class_=f"span lane-{lane} {class_of(label)}{' starts' if start == begin else ''}",
                title=label,
                attributes={"data-label": label, "data-id": id_of(entry)},
            )
        pieces.append(piece)
    return joined(pieces)


def _text_of(entry: Mapping[str, Any]) -> Markup:
    return element("bdi", str(entry.get("text", ""))[:300])


def _place_of(entry: Mapping[str, Any]) -> str:
    return f"{entry.get('start')} – {entry.get('end')}"


def _relationships(subject: Subject, annotations: Sequence[Mapping[str, Any]]) -> Markup | None:
    relationships = dicts(subject.answer.get("relationships"))
    if not relationships:
        return None
    by_id = {id_of(entry): entry for entry in annotations}
    rows = [
        element(
            "li",
            _end(by_id.get(str(entry.get("source_ref")))),
            f" {entry.get('name') or '–'} → ",
            _end(by_id.get(str(entry.get("target_ref")))),
        )
        for entry in relationships[:100]
    ]
    return element("ul", *rows, class_="links", attributes={"aria-label": "Relationships"})


def _end(entry: Mapping[str, Any] | None) -> Markup:
    if entry is None:
        return element("span", "?", class_="soft")
    return joined(
        [
            label_chip(label_of(entry)),
            " ",
            element("q", element("bdi", str(entry.get("text", ""))[:80])),
        ]
    )
