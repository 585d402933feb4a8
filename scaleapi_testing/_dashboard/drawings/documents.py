"""Documents: what was read, where it stands on each page (docs/scale/collection.md 3 and 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .images import told
from .markup import element
from .parts import annotation_list, canvas, figure, legend, said_of, words_of
from .shapes import Tagger, draw_shapes, outline
from .subject import as_dict, dicts, id_of, label_of, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from .subject import Subject

MOST_PAGES: Final = 20
_READ: Final = ("money", "date", "checked")


def draw_document(subject: Subject) -> Markup:
    """Each page with its fields, what was read written into them."""
    annotations = [_flat(entry) for entry in dicts(subject.part("annotations"))]
    pages = dicts(subject.document.get("document_pages")) or [{}]
    return figure(
        "document",
        *(
            element("div", _page(subject, place, page, annotations), class_="page")
            for place, page in enumerate(pages[:MOST_PAGES])
        ),
        element("p", f"The first {MOST_PAGES} of {len(pages)} pages.", class_="note")
        if len(pages) > MOST_PAGES
        else None,
        legend(label_of(entry) for entry in annotations),
        annotation_list(
            annotations,
            {
                "Text": _text_of,
                "Read as": _read,
                "Page": _page_of,
            },
            subject.marks,
            "field",
        ),
    )


def _flat(annotation: Mapping[str, Any]) -> dict[str, Any]:
    """An annotation with its location as the geometry that shapes have."""
    location = as_dict(annotation.get("location"))
    kept = {key: value for key, value in annotation.items() if key != "location"}
    return {**kept, **location}


def _page(
    subject: Subject, place: int, page: Mapping[str, Any], annotations: Sequence[Mapping[str, Any]]
) -> Markup:
    url = page.get("url") or (
        subject.attachments[place] if place < len(subject.attachments) else None
    )
    url = url if isinstance(url, str) else None
    media = subject.media(url or "")
    size = (number(page.get("width")) or media.width, number(page.get("height")) or media.height)
    own = [entry for entry in annotations if (number(entry.get("page")) or 0) == place]
    unit = Tagger(size).unit
    words = [
        element(
            "text",
            str(entry.get("text", ""))[:80],
            x=points[0][0] + 4 * unit,
            y=points[0][1] + min(points[-1][1] - points[0][1], 26 * unit) * 0.72,
            fill="#111827",
            font_size=min(max((points[-1][1] - points[0][1]) * 0.62, 6 * unit), 16 * unit),
            attributes={"data-label": label_of(entry)},
        )
        for entry in own
        # Over the page itself the words would stand twice.
        if (points := outline(entry)) and subject.address(url or "") is None
    ]
    return element(
        "div",
        canvas(
            subject,
            url,
            size,
            *words,
            draw_shapes(own, size, subject.marks),
            what=f"Page {place + 1}. {told(own)}",
        ),
        said_of(subject, url, size),
        attributes={
            "data-page": place,
            "data-fields": " ".join(id_of(entry)[:8] for entry in own[:50]),
        },
    )


def _text_of(entry: Mapping[str, Any]) -> Markup:
    return element("bdi", str(entry.get("text", ""))[:300])


def _read(entry: Mapping[str, Any]) -> str:
    values = [words_of(entry[key]) for key in _READ if key in entry]
    return " · ".join(values) or "–"


def _page_of(entry: Mapping[str, Any]) -> str:
    return f"{(number(entry.get('page')) or 0) + 1:g}"
