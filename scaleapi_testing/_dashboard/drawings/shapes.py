"""How a geometry on a picture is drawn: boxes, polygons, lines, points, ellipses, cuboids.

Each comes as the group ``g.shape`` with the label in ``data-label`` and what is known of it as its
``title``. The forms of the geometries: documented, docs/scale/images.md 3.2 and 8.2.
"""

from __future__ import annotations

from itertools import pairwise
from math import atan2, degrees, hypot
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from .colours import colour_of
from .markup import element, joined, text
from .room import Room
from .subject import as_dict, dicts, id_of, label_of, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Point = tuple[float, float]

MOST_TAGS: Final = 40
"""Above so many shapes their names are told on hover alone: tags would hide the picture."""

MOST_FINE: Final = 150
"""Above so many shapes the light edge around each is left out, so that zooming stays smooth."""

MARKS: Final = {"added": "+", "removed": "−", "changed": "~"}
_MARK_COLOURS: Final = {"added": "#15803d", "removed": "#b91c1c", "changed": "#b45309"}
_CUBOID_FACE: Final = ("face-topleft", "face-topright", "face-bottomright", "face-bottomleft")


def kind_of(annotation: Mapping[str, Any]) -> str:
    """The geometry, as told or as its keys show; empty when it has none."""
    kind = annotation.get("type") or annotation.get("geometry")
    if isinstance(kind, str) and kind in {"box", "polygon", "line", "point", "ellipse", "cuboid"}:
        return kind
    if number(annotation.get("left")) is not None:
        return "box"
    if isinstance(annotation.get("edges"), list):
        return "cuboid"
    vertices = dicts(annotation.get("vertices"))
    if vertices:
        return "cuboid" if "description" in vertices[0] else "polygon"
    return "point" if number(annotation.get("x")) is not None else ""


def draw_shapes(
    annotations: Iterable[Mapping[str, Any]],
    size: Point,
    marks: Mapping[str, str],
) -> Markup:
    """All shapes of a picture, then their tags, which no outline crosses.

    Args:
        annotations: as responses hold them; those without a geometry are left out.
        size: width and height of the picture.
        marks: as `Subject.marks`.
    """
    drawable = [(entry, outline(entry)) for entry in annotations]
    drawn = [(entry, points) for entry, points in drawable if points]
    tagger = Tagger(size)
    shapes: list[Markup] = []
    tags: list[Markup] = []
    for entry, points in drawn:
        mark = marks.get(id_of(entry), "")
        shapes.append(_shape(entry, points, size, mark, is_plain=len(drawn) > MOST_FINE))
        if len(drawn) <= MOST_TAGS or mark:
            tags.append(tagger.tag(label_of(entry), points, mark))
    return joined([*shapes, *tags])


def outline(annotation: Mapping[str, Any]) -> list[Point]:
    """The points that a shape goes through; empty when it cannot be drawn."""
    kind = kind_of(annotation)
    if kind == "box":
        return _box(annotation)
    if kind == "point":
        x, y = number(annotation.get("x")), number(annotation.get("y"))
        return [] if x is None or y is None else [(x, y)]
    return points_of(annotation.get("vertices"))


def points_of(vertices: Any) -> list[Point]:
    """``[{"x", "y"}, ...]`` as points; entries that are none are left out."""
    pairs = ((number(vertex.get("x")), number(vertex.get("y"))) for vertex in dicts(vertices))
    return [(x, y) for x, y in pairs if x is not None and y is not None]


def written(points: Iterable[Point]) -> str:
    """``points`` as an attribute of SVG."""
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)


def described(annotation: Mapping[str, Any]) -> str:
    """What is told of a shape on hover: label, geometry, attributes, id; a line each."""
    lines = [label_of(annotation) or "no label", kind_of(annotation)]
    lines += [f"{key}: {value}" for key, value in as_dict(annotation.get("attributes")).items()]
    lines.append(id_of(annotation))
    return "\n".join(line for line in lines if line)


class Tagger:
    """Writes the names of shapes where none hides another, as far as there is room."""

    def __init__(self, size: Point) -> None:
        self._room = Room(*size)
        self.unit = max(size) / 800
        """What one pixel of the screen is in the picture's own, roughly."""

    def tag(self, label: str, points: Sequence[Point], mark: str = "") -> Markup:
        """The name ``label`` beside ``points``; nothing when it is empty."""
        shown = f"{MARKS[mark]} {label}" if mark else label
        if not shown.strip():
            return Markup()
        # Longer names would cover what they name.
        shown = shown if len(shown) <= 28 else shown[:27] + "…"
        tall = 18 * self.unit
        wide = (sum(_width(character) for character in shown) + 10) * self.unit
        xs, ys = [x for x, _ in points], [y for _, y in points]
        left, top = self._room.take((min(xs), min(ys), max(xs), max(ys)), wide, tall)
        colour = _MARK_COLOURS[mark] if mark else colour_of(label)
        return element(
            "g",
            element("rect", x=left, y=top, width=wide, height=tall, rx=3 * self.unit, fill=colour),
            element(
                "text",
                shown,
                x=left + wide / 2,
                y=top + tall * 0.72,
                fill="#fff",
                font_size=12.5 * self.unit,
                text_anchor="middle",
                # The width is a guess, as no font is known here: the browser fits the text into it.
                textLength=wide - 10 * self.unit,
                lengthAdjust="spacingAndGlyphs",
            ),
            class_="tag",
            attributes={"data-label": label},
        )


def _width(character: str) -> float:
    # From Hangul on most letters are as wide as the line is high.
    if ord(character) > 0x1100:
        return 12.5
    return 3.9 if character in "iljtfr.,:;'|! I()[]" else 9.5 if character in "mwMW@" else 7.0


def _shape(
    annotation: Mapping[str, Any],
    points: Sequence[Point],
    size: Point,
    mark: str,
    *,
    is_plain: bool,
) -> Markup:
    colour = colour_of(label_of(annotation))
    pen: dict[str, Any] = {
        "stroke": colour,
        "stroke_width": 2.5,
        "fill": colour,
        "fill_opacity": 0.16,
    }
    halo: dict[str, Any] = {
        "stroke": "#fff",
        "stroke_width": 5,
        "stroke_opacity": 0.75,
        "fill": "none",
    }
    if mark:
        halo = {
            "stroke": _MARK_COLOURS[mark],
            "stroke_width": 9,
            "stroke_opacity": 0.55,
            "fill": "none",
        }
    kind = kind_of(annotation)
    return element(
        "g",
        element("title", described(annotation)),
        _body(kind, annotation, points, size, halo) if mark or not is_plain else None,
        _body(kind, annotation, points, size, pen),
        class_=f"shape mark-{mark}" if mark else "shape",
        attributes={"data-label": label_of(annotation), "data-id": id_of(annotation)},
    )


def _body(
    kind: str,
    annotation: Mapping[str, Any],
    points: Sequence[Point],
    size: Point,
    pen: Mapping[str, Any],
) -> Markup:
    strokes = _with(pen, vector_effect="non-scaling-stroke", stroke_linejoin="round")
    if kind == "point" or len(points) == 1:
        x, y = points[0]
        dot = _with(strokes, fill_opacity=0.9 if pen["fill"] != "none" else 0)
        return element("circle", cx=x, cy=y, r=max(size) / 140, **dot)
    if kind == "line":
        return element("polyline", points=written(points), **_with(strokes, fill="none"))
    if kind == "ellipse" and len(points) == 4:
        return _ellipse(points, strokes)
    if kind == "cuboid":
        return _cuboid(annotation, strokes)
    return element("polygon", points=written(points), **strokes)


def _with(pen: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {**pen, **changes}


def _box(annotation: Mapping[str, Any]) -> list[Point]:
    corners = points_of(annotation.get("vertices"))
    if len(corners) == 4:  # a box that was turned
        return corners
    left, top, width, height = (
        number(annotation.get(key)) for key in ("left", "top", "width", "height")
    )
    if left is None or top is None or width is None or height is None:
        return []
    return [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]


def _ellipse(points: Sequence[Point], strokes: Mapping[str, Any]) -> Markup:
    """An ellipse from the four ends of its axes: top, right, bottom, left before rotation."""
    top, right, bottom, left = points
    x, y = (left[0] + right[0]) / 2, (left[1] + right[1]) / 2
    turn = degrees(atan2(right[1] - left[1], right[0] - left[0]))
    return element(
        "ellipse",
        cx=x,
        cy=y,
        rx=hypot(right[0] - left[0], right[1] - left[1]) / 2,
        ry=hypot(bottom[0] - top[0], bottom[1] - top[1]) / 2,
        transform=f"rotate({turn:.2f} {x:.2f} {y:.2f})",
        **strokes,
    )


def _cuboid(annotation: Mapping[str, Any], strokes: Mapping[str, Any]) -> Markup:
    """The front face, and the side that joins its nearer edge."""
    corners: dict[str, Point] = {}
    for vertex in dicts(annotation.get("vertices")):
        x, y = number(vertex.get("x")), number(vertex.get("y"))
        if x is not None and y is not None:
            corners[str(vertex.get("description"))] = (x, y)
    face = [corners[name] for name in _CUBOID_FACE if name in corners]
    if len(face) < 4:
        return _edges(annotation, strokes)
    far = [corners[name] for name in ("side-topcorner", "side-bottomcorner") if name in corners]
    parts = [element("polygon", points=written(face), **strokes)]
    if len(far) == 2:
        topleft, topright, bottomright, bottomleft = face
        is_right = far[0][0] > (topleft[0] + topright[0]) / 2
        near = (topright, bottomright) if is_right else (topleft, bottomleft)
        side = [near[0], far[0], far[1], near[1]]
        fainter = _with(strokes, fill_opacity=0.3 if strokes["fill"] != "none" else 0)
        parts.append(element("polygon", points=written(side), **fainter))
    return joined(parts)


def _edges(annotation: Mapping[str, Any], strokes: Mapping[str, Any]) -> Markup:
    lines: list[Markup] = []
    for edge in dicts(annotation.get("edges")):
        ends = {key: number(edge.get(key)) for key in ("x1", "y1", "x2", "y2")}
        if None not in ends.values():
            lines.append(element("line", attributes=dict(ends), **strokes))
    if not lines:
        points = points_of(annotation.get("vertices"))
        lines = [element("polyline", points=written(pair), **strokes) for pair in pairwise(points)]
    return joined(lines)


def note(content: object) -> Markup:
    """A remark beside a drawing."""
    return element("p", text(content), class_="note")
