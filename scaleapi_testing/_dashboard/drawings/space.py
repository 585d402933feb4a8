"""A scene seen from above and from the side: from world coordinates to SVG.

World coordinates: x to the right, y up the page, z up; the yaw of a cuboid is 0 along +y and turns
counter-clockwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, isfinite, sin
from typing import TYPE_CHECKING, Any, Final

from .colours import colour_of
from .markup import element, joined
from .shapes import Tagger, described, written
from .subject import as_dict, id_of, label_of, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from markupsafe import Markup

    from .frames import Frame

Point = tuple[float, float]
Point3 = tuple[float, float, float]

WIDE: Final = 800.0
HIGH: Final = 560.0
SIDE_HIGH: Final = 170.0


@dataclass(frozen=True, slots=True)
class Cloud:
    """The points of a frame.

    Attributes:
        device: where the sensor is.
        points: those drawn; empty where the frame's file is not here.
        labels: of each point, empty where they have none.
        known: whether the frame's file is here.
    """

    device: Point3
    points: Sequence[Point3] = ()
    labels: Sequence[str] = ()
    known: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """From the world to the drawing: ``x0``, ``y0`` is its centre, ``scale`` pixels a unit."""

    x0: float
    y0: float
    scale: float
    height: float = HIGH

    def at(self, x: float, y: float) -> Point:
        """Where a place of the world is drawn."""
        return WIDE / 2 + (x - self.x0) * self.scale, self.height / 2 - (y - self.y0) * self.scale


def vector(value: Any) -> Point3 | None:
    x, y, z = (number(as_dict(value).get(axis)) for axis in "xyz")
    return None if x is None or y is None or z is None else (x, y, z)


def view_above(frames: Sequence[Frame], clouds: Sequence[Cloud]) -> View:
    """Round the objects and the sensor; round the points where there are no objects."""
    places = [
        corner for frame in frames for entry in frame.annotations for corner in _footprint(entry)
    ]
    if not places:
        # A tenth tells the extent, and there may be millions.
        places = [(x, y) for cloud in clouds[:10] for x, y, _ in cloud.points[::10]]
    return fitted([*places, *(cloud.device[:2] for cloud in clouds)], HIGH)


def middle_height(frames: Sequence[Frame], clouds: Sequence[Cloud]) -> float:
    heights = [
        place[2]
        for frame in frames
        for entry in frame.annotations
        if (place := vector(entry.get("position"))) is not None
    ]
    heights += [cloud.device[2] for cloud in clouds]
    return (min(heights) + max(heights)) / 2 if heights else 0.0


def fitted(places: Iterable[Point], height: float) -> View:
    # One infinite coordinate would shrink all others to a point.
    finite = [(x, y) for x, y in places if isfinite(x) and isfinite(y)] or [(0.0, 0.0)]
    left, right = min(x for x, _ in finite), max(x for x, _ in finite)
    low, top = min(y for _, y in finite), max(y for _, y in finite)
    # A single point has no extent to divide by.
    wide, tall = max(right - left, 1e-6), max(top - low, 1e-6)
    # The margins hold names at the edge; 60, or a single near object would fill the view.
    scale = min((WIDE - 90) / wide, (height - 80) / tall, 60.0)
    return View((left + right) / 2, (low + top) / 2, scale, height)


def _footprint(entry: Mapping[str, Any]) -> list[Point]:
    """The corners of a cuboid on the ground: front left first, clockwise."""
    place, sides = vector(entry.get("position")), vector(entry.get("dimensions"))
    if place is None or sides is None:
        return []
    yaw = number(entry.get("yaw")) or 0.0
    half_width, half_length = sides[0] / 2, sides[1] / 2
    along, across = (-sin(yaw), cos(yaw)), (cos(yaw), sin(yaw))
    return [
        (
            place[0] + across[0] * side * half_width + along[0] * end * half_length,
            place[1] + across[1] * side * half_width + along[1] * end * half_length,
        )
        for side, end in ((-1, 1), (1, 1), (1, -1), (-1, -1))
    ]


def draw_above(view: View, frame: Frame, cloud: Cloud, marks: Mapping[str, str]) -> Markup:
    tagger = Tagger((WIDE, HIGH))
    shapes: list[Markup] = []
    tags: list[Markup] = []
    for entry in frame.annotations:
        corners = [view.at(x, y) for x, y in _footprint(entry)]
        if not corners:
            continue
        front = ((corners[0][0] + corners[1][0]) / 2, (corners[0][1] + corners[1][1]) / 2)
        middle = (sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4)
        # Beyond the front, so that the heading is seen on small boxes too.
        ahead = (front[0] * 1.35 - middle[0] * 0.35, front[1] * 1.35 - middle[1] * 0.35)
        mark = marks.get(id_of(entry), "")
        shapes.append(
            element(
                "g",
                element("title", _described(entry)),
                element(
                    "polygon",
                    points=written(corners),
                    fill=colour_of(label_of(entry)),
                    fill_opacity=0.25,
                    stroke=colour_of(label_of(entry)),
                    stroke_width=2,
                    stroke_dasharray="5 4" if mark == "removed" else None,
                ),
                element(
                    "line",
                    x1=middle[0],
                    y1=middle[1],
                    x2=ahead[0],
                    y2=ahead[1],
                    stroke=colour_of(label_of(entry)),
                    stroke_width=2,
                ),
                class_="shape",
                attributes={"data-label": label_of(entry), "data-id": id_of(entry)},
            )
        )
        # More would cover the shapes that they name.
        if len(frame.annotations) <= 30:
            tags.append(tagger.tag(label_of(entry), corners, mark))
    device = view.at(*cloud.device[:2])
    return joined(
        [
            draw_points(view, [(x, y) for x, y, _ in cloud.points], cloud.labels),
            *shapes,
            _device(device),
            *tags,
        ]
    )


def draw_beside(view: View, frame: Frame, cloud: Cloud) -> Markup:
    """Heights over x: each cuboid as the rectangle that it covers."""
    ground = view.at(
        view.x0,
        cloud.device[2] if not cloud.known else min((z for _, _, z in cloud.points), default=0),
    )
    parts = [
        element(
            "line",
            x1=0,
            x2=WIDE,
            y1=ground[1],
            y2=ground[1],
            stroke="#9aa4b2",
            stroke_dasharray="4 4",
        ),
        draw_points(view, [(x, z) for x, _, z in cloud.points], cloud.labels),
    ]
    for entry in frame.annotations:
        corners = _footprint(entry)
        place, sides = vector(entry.get("position")), vector(entry.get("dimensions"))
        if not corners or place is None or sides is None:
            continue
        left, top = view.at(min(x for x, _ in corners), place[2] + sides[2] / 2)
        right, low = view.at(max(x for x, _ in corners), place[2] - sides[2] / 2)
        parts.append(
            element(
                "g",
                element("title", _described(entry)),
                element(
                    "rect",
                    x=left,
                    y=top,
                    width=right - left,
                    # A flat cuboid is still to be seen.
                    height=max(low - top, 2),
                    fill=colour_of(label_of(entry)),
                    fill_opacity=0.25,
                    stroke=colour_of(label_of(entry)),
                    stroke_width=2,
                ),
                class_="shape",
                attributes={"data-label": label_of(entry), "data-id": id_of(entry)},
            )
        )
    parts.append(_device(view.at(cloud.device[0], cloud.device[2])))
    return joined(parts)


def draw_flat(entry: Mapping[str, Any], points: Sequence[Point]) -> Markup:
    """A shape on the ground, seen from above."""
    colour = colour_of(label_of(entry))
    is_line = entry.get("type") == "line"
    pen: dict[str, Any] = {
        "stroke": colour,
        "stroke_width": 2.5,
        "fill": "none" if is_line else colour,
        "fill_opacity": 0.2,
    }
    if len(points) == 1:
        body = element("circle", cx=points[0][0], cy=points[0][1], r=6, **pen)
    elif is_line:
        body = element("polyline", points=written(points), **pen)
    else:
        body = element("polygon", points=written(points), **pen)
    return element(
        "g",
        element("title", described(entry)),
        body,
        class_="shape",
        attributes={"data-label": label_of(entry), "data-id": id_of(entry)},
    )


def draw_points(view: View, places: Sequence[Point], labels: Sequence[str]) -> Markup:
    """Points as one path for each label: thousands of elements would be slow."""
    paths: dict[str, list[str]] = {}
    for place, (x, y) in enumerate(places):
        left, top = view.at(x, y)
        label = labels[place] if place < len(labels) else ""
        # One path for each label: an element for each point would stop the browser.
        paths.setdefault(label, []).append(f"M{left:.1f} {top:.1f}h.01")
    return joined(
        element(
            "path",
            d="".join(steps),
            stroke=colour_of(label) if label else "#64748b",
            stroke_width=2.4,
            stroke_linecap="round",
            fill="none",
            attributes={"data-label": label} if label else None,
            class_="points",
        )
        for label, steps in paths.items()
    )


def draw_rings(view: View, device: Point3) -> Markup:
    step = next(
        (unit for unit in (5, 10, 20, 50, 100, 200, 500, 1000, 1e4, 1e6) if unit * view.scale > 60),
        1e9,
    )
    x, y = view.at(*device[:2])
    parts: list[Markup] = []
    for turn in range(1, 8):
        radius = step * turn * view.scale
        # Beyond the diagonal no ring meets the view any more.
        if radius > hypot(WIDE, HIGH):
            break
        parts.append(element("circle", cx=x, cy=y, r=radius, fill="none", stroke="#ccd3dd"))
        if y - radius > 12:
            parts.append(
                element(
                    "text",
                    f"{step * turn:g}",
                    x=x + 3,
                    y=y - radius - 3,
                    font_size=11,
                    fill="#5b6675",
                )
            )
    return joined(parts)


def _device(place: Point) -> Markup:
    x, y = place
    return element(
        "g",
        element("title", "the sensor"),
        element(
            "path",
            d=f"M{x:.1f} {y - 8:.1f}l6 13l-6 -3l-6 3z",
            fill="#111827",
            stroke="#fff",
            stroke_width=1.2,
        ),
    )


def view_of(height: float, what: str, *content: Markup) -> Markup:
    return element(
        "svg",
        element("rect", width=WIDE, height=height, fill="#f4f6f9"),
        *content,
        class_="canvas",
        role="img",
        viewBox=f"0 0 {WIDE:g} {height:g}",
        attributes={"aria-label": what, "data-zoom": True},
    )


def _described(entry: Mapping[str, Any]) -> str:
    lines = [described({**entry, "type": "cuboid"}), place_of(entry), size_of(entry)]
    if entry.get("stationary") is True:
        lines.append("stationary")
    return "\n".join(lines)


def place_of(entry: Mapping[str, Any]) -> str:
    place = vector(entry.get("position"))
    return "" if place is None else f"at {place[0]:.4g}, {place[1]:.4g}, {place[2]:.4g}"


def size_of(entry: Mapping[str, Any]) -> str:
    sides = vector(entry.get("dimensions"))
    return "" if sides is None else " × ".join(f"{side:.4g}" for side in sides)
