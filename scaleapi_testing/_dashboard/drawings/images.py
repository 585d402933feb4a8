"""Pictures: the geometries of the image types on the image (docs/scale/images.md 7 and 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .markup import element
from .parts import annotation_list, canvas, figure, global_attributes, label_chip, legend, said_of
from .shapes import draw_shapes, kind_of
from .subject import as_dict, dicts, id_of, label_of, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from .subject import Subject


def draw_image(subject: Subject) -> Markup:
    """The image with every shape of the response."""
    annotations = dicts(subject.part("annotations"))
    url = subject.params.get("attachment")
    url = url if isinstance(url, str) else None
    size = size_of(subject, url)
    return figure(
        "image",
        canvas(
            subject,
            url,
            size,
            draw_shapes(annotations, size, subject.marks),
            what=told(annotations),
        ),
        said_of(subject, url, size),
        legend(label_of(entry) for entry in annotations),
        global_attributes(subject.answer),
        _links(subject, annotations),
        annotation_list(annotations, SHAPE_COLUMNS, subject.marks),
    )


def size_of(subject: Subject, url: str | None) -> tuple[int, int]:
    """Width and height of the picture at ``url`` in pixels, as far as it is known."""
    media = subject.media(url or "")
    return media.width, media.height


def told(annotations: Sequence[Mapping[str, Any]]) -> str:
    """A drawing in words, for those who cannot see it."""
    counts: dict[str, int] = {}
    for entry in annotations:
        name = label_of(entry) or kind_of(entry) or "annotation"
        counts[name] = counts.get(name, 0) + 1
    label_counts = ", ".join(f"{count} × {name}" for name, count in list(counts.items())[:20])
    return f"Drawing: {label_counts}" if label_counts else "Drawing: nothing was annotated"


def placed(annotation: Mapping[str, Any]) -> str:
    """Where a shape is, in few words."""
    sides = [number(annotation.get(key)) for key in ("left", "top", "width", "height")]
    if None not in sides:
        left, top, width, height = sides
        return f"{left:g}, {top:g} · {width:g} × {height:g}"
    x, y = number(annotation.get("x")), number(annotation.get("y"))
    if x is not None and y is not None:
        return f"{x:g}, {y:g}"
    return f"{len(dicts(annotation.get('vertices')))} vertices"


SHAPE_COLUMNS: Mapping[str, Any] = {"Geometry": kind_of, "Place": placed}


def _links(subject: Subject, annotations: Sequence[Mapping[str, Any]]) -> Markup | None:
    links = dicts(subject.answer.get("links"))
    if not links:
        return None
    names = {id_of(entry): label_of(entry) for entry in annotations}
    rows = [
        element(
            "li",
            label_chip(names.get(str(link.get("from")), "?")),
            f" {link.get('label', '')} {'↔' if link.get('is_bidirectional') is True else '→'} ",
            label_chip(names.get(str(link.get("to")), "?")),
        )
        for link in links[:50]
    ]
    return element("ul", *rows, class_="links", attributes={"aria-label": "Links"})


def frame_shapes(frame: Any) -> list[dict[str, Any]]:
    """The shapes of one frame of a video answer."""
    return dicts(as_dict(frame).get("annotations"))
