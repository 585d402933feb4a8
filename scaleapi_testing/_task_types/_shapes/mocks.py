"""The fixed shapes of a test key's answer, adapted to the image and to the task's rules.

Source: recorded replies of 2019 for the one-geometry types (docs/scale/images.md 8.4); the others
are assumed (7.4 there).
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Any, Final

from .drawing import Region, box_corners, cuboid, spread, vertex_count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .rules import GeometryRule


def mock_shape(
    rule: GeometryRule, width: float, height: float, region: Region | None = None
) -> dict[str, Any]:
    """The shape in a test key's answer, adapted to the image and to the rule.

    Boxes are 0, 0, 100, 100; polygons and lines (10,10), (110,110), (10,110); grown to the minima,
    shrunk into the image, with vertices added up to ``min_vertices``. A minimum larger than the
    image reaches into its padding.

    Args:
        rule: the geometry.
        width: of the image in pixels.
        height: of the image in pixels.
        region: the image and its padding; absent means none.
    """
    return _MOCKS[rule.geometry](rule, width, height, region or Region.of_image(width, height))


def _mock_box(rule: GeometryRule, width: float, height: float, region: Region) -> dict[str, Any]:
    w = max(rule.min_width, 1, _plain(min(100, width)))
    h = max(rule.min_height, 1, _plain(min(100, height)))
    unit = 100 if rule.integer_pixels else 1
    box: dict[str, Any] = {
        "left": _plain(_start(w, region.left, region.right, unit)),
        "top": _plain(_start(h, region.top, region.bottom, unit)),
        "height": h,
        "width": w,
    }
    return box | {"rotation": 0, "vertices": box_corners(box, 0)} if rule.can_rotate else box


def _start(length: float, first: int, last: int, unit: int) -> float:
    """0, or less where ``length`` needs the padding: pixels, whole multiples of ``unit`` / 100."""
    # Rounded inwards: padding need not be whole pixels, integer_pixels must be.
    first, last = -(-first // unit) * unit, last // unit * unit
    return min(max(last - round(100 * length), first), 0) / 100


def _mock_vertices(
    rule: GeometryRule,
    width: float,
    height: float,
    region: Region,  # noqa: ARG001  (one form for all)
) -> dict[str, Any]:
    fit = min(1, width / 110, height / 110)
    corners = [(10 * fit, 10 * fit), (110 * fit, 110 * fit), (10 * fit, 110 * fit)]
    closed = rule.geometry == "polygon"
    points = spread(corners, vertex_count(rule, 3), closed=closed)
    # Many vertices on a short edge need finer numbers to stay apart.
    decimals = 2 if len(points) < 1000 * fit else 6
    return {
        "vertices": [
            {"x": _plain(round(x, decimals)), "y": _plain(round(y, decimals))} for x, y in points
        ]
    }


def _mock_point(
    rule: GeometryRule,  # noqa: ARG001  (one form for all)
    width: float,
    height: float,
    region: Region,  # noqa: ARG001  (one form for all)
) -> dict[str, Any]:
    return {"x": _plain(min(10, width)), "y": _plain(min(10, height))}


def _mock_ellipse(
    rule: GeometryRule,  # noqa: ARG001  (one form for all)
    width: float,
    height: float,
    region: Region,  # noqa: ARG001  (one form for all)
) -> dict[str, Any]:
    # Cut to hundredths from the middle outwards, so that the axes stay perpendicular and equal.
    fit = min(1, width / 110, height / 110)
    ends = ((60, 10), (110, 60), (60, 110), (10, 60))
    middle, half = floor(60 * fit * 100) / 100, floor(50 * fit * 100) / 100
    return {
        "vertices": [
            {
                "x": _plain(round(middle + half * (x - 60) / 50, 2)),
                "y": _plain(round(middle + half * (y - 60) / 50, 2)),
            }
            for x, y in ends
        ]
    }


def _mock_cuboid(rule: GeometryRule, width: float, height: float, region: Region) -> dict[str, Any]:
    # 441 x 296 is where the recorded cuboid ends; smaller images shrink it as a whole.
    fit = min(1, width / 441, height / 296)
    face_w = max(rule.min_width, 1, floor(220 * fit * 100) / 100)
    face_h = max(rule.min_height, 1, floor(226 * fit * 100) / 100)
    # In a tiny image the side would round to nothing, and its corners fall onto the face's.
    side = max(floor(121 * fit * 100) / 100, 0.01)
    x, x_end = (0, width) if face_w <= width else (region.left / 100, region.right / 100)
    y, y_end = (0, height) if face_h <= height else (region.top / 100, region.bottom / 100)
    left = max(min(floor(100 * fit * 100) / 100, x_end - face_w - side), x)
    top = max(min(floor(70 * fit * 100) / 100, y_end - face_h), y)
    if 100 * face_w <= region.width:  # a wider face leaves the region, and so does its side
        side = max(min(side, x_end - left - face_w), 0)
    return cuboid(
        _plain(round(left, 2)), _plain(round(top, 2)), _plain(face_w), _plain(face_h),
        side=_plain(round(side, 2)),
        inset_top=_plain(floor(12 * fit * 100) / 100),
        inset_bottom=_plain(floor(98 * fit * 100) / 100),
        camera=rule.camera,
    )  # fmt: skip


def _plain(value: float) -> float:
    """``value`` as an integer where it is one, as in the recorded replies."""
    return int(value) if value == int(value) else value


_MOCKS: Final[Mapping[str, Callable[[GeometryRule, float, float, Region], dict[str, Any]]]] = {
    "box": _mock_box,
    "polygon": _mock_vertices,
    "line": _mock_vertices,
    "point": _mock_point,
    "ellipse": _mock_ellipse,
    "cuboid": _mock_cuboid,
}
