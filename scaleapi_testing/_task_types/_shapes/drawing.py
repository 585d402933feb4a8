"""How shapes are made: inside the image, not below the minima, with the vertex counts asked for.

Every maker gives the geometry's own keys alone (docs/scale/images.md 3.2); ``uuid``, ``type``,
``label`` and ``attributes`` are the caller's. Coordinates are pixels with at most two decimals.
A minimum larger than the image wins over staying inside it (assumed).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import ceil, cos, floor, hypot, isnan, pi, sin
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

    from .rules import GeometryRule

MOST_VERTICES: Final = 10_000
"""No shape gets more, whatever ``min_vertices`` says: a response has to end somewhere (assumed)."""

# Any number may be sent, and a hundred times 1e308 is infinite, which no integer is.
_LARGEST_PADDING: Final = 1_000_000
_MOST_RANDOM_VERTICES: Final = 40

CUBOID_VERTICES: Final = (
    "face-topleft",
    "face-bottomleft",
    "face-topright",
    "face-bottomright",
    "side-topcorner",
    "side-bottomcorner",
)
CUBOID_EDGES: Final = (
    "face-top", "face-right", "face-bottom", "face-left", "side-bottom", "side-top",
)  # fmt: skip
"""Descriptions in Scale's order (documented and recorded; docs/scale/images.md 3.2)."""


@dataclass(frozen=True, slots=True)
class Region:
    """Where shapes may lie, in whole hundredths of a pixel, borders included.

    Attributes:
        left: smallest x; negative with padding.
        top: smallest y.
        right: largest x.
        bottom: largest y.
    """

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def of_image(cls, width: float, height: float, pad_x: float = 0, pad_y: float = 0) -> Region:
        """The image of ``width`` x ``height`` pixels with padding on all sides, in pixels."""
        # Nearly every task has no padding, and each answer comes by here.
        if not pad_x and not pad_y:
            return cls(0, 0, floor(width * 100), floor(height * 100))
        # Rounded inwards on all sides: what lies outside by a fraction lies outside.
        x = min(pad_x, _LARGEST_PADDING)
        y = min(pad_y, _LARGEST_PADDING)
        return cls(
            ceil(-x * 100), ceil(-y * 100), floor((width + x) * 100), floor((height + y) * 100)
        )

    @property
    def width(self) -> int:
        """Hundredths of a pixel."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Hundredths of a pixel."""
        return self.bottom - self.top


def drawer(rule: GeometryRule, region: Region, random: Random) -> Callable[[], dict[str, Any]]:
    """What draws one random shape of ``rule`` in ``region`` at each call.

    Most answers are a few plain boxes: their limits are worked out once.
    """
    if rule.geometry != "box" or rule.can_rotate or rule.integer_pixels:
        return partial(draw_shape, rule, region, random)
    x, y = region.left, region.top
    room_w, narrowest, more_w = _limits(region.width, 100 * (rule.min_width or 1))
    room_h, lowest, more_h = _limits(region.height, 100 * (rule.min_height or 1))
    roll = random.random

    def draw() -> dict[str, Any]:
        # The rolls of `draw_box` in its order: which of the two draws is not to be seen.
        w = narrowest + int(roll() * more_w)
        left = x + int(roll() * (room_w - w))
        h = lowest + int(roll() * more_h)
        top = y + int(roll() * (room_h - h))
        return {"left": left / 100, "top": top / 100, "height": h / 100, "width": w / 100}

    return draw


def draw_shape(rule: GeometryRule, region: Region, random: Random) -> dict[str, Any]:
    """A random shape that obeys ``rule`` and lies in ``region``."""
    geometry = rule.geometry
    if geometry == "box":
        return draw_box(
            random,
            region,
            rule.min_width,
            rule.min_height,
            can_rotate=rule.can_rotate,
            integer_pixels=rule.integer_pixels,
        )
    if geometry == "cuboid":
        return draw_cuboid(
            random,
            region,
            min_width=rule.min_width,
            min_height=rule.min_height,
            camera=rule.camera,
        )
    if geometry == "point":
        return draw_point(random, region)
    if geometry == "ellipse":
        return draw_ellipse(random, region)
    count = vertex_count(rule, 3 + int(random.random() * 5))
    draw = draw_polygon if geometry == "polygon" else draw_line
    return {"vertices": draw(random, region, count)}


def vertex_count(rule: GeometryRule, count: int) -> int:
    """``count`` within the rule's limits: a polygon has at least 3, a line 2, unless max is less.

    Source: assumed (docs/scale/images.md 3.2); never more than `MOST_VERTICES`.
    """
    fewest = max(3 if rule.geometry == "polygon" else 2, rule.min_vertices)
    most = MOST_VERTICES if rule.max_vertices is None else rule.max_vertices
    return min(max(count, fewest), most, MOST_VERTICES)


def _limits(room: int, least: int, share: float = 0.4) -> tuple[int, int, int]:
    """Of an interval of at least ``least``: the room it has, its least length, how many more."""
    if least >= room:
        return least, least, 0
    shortest = max(room // 25, least)  # smaller objects are legal, but nobody would draw them
    return room, shortest, max(int(room * share) - shortest + 1, 0)


def _span(random: Random, low: int, high: int, least: int, share: float = 0.4) -> tuple[int, int]:
    """A random interval in ``low``...``high`` of at least ``least``: its start and its length."""
    room, shortest, more = _limits(high - low, least, share)
    length = shortest + int(random.random() * more)
    return low + int(random.random() * (room - length)), length


def draw_box(
    random: Random,
    region: Region,
    min_width: int = 0,
    min_height: int = 0,
    *,
    can_rotate: bool = False,
    integer_pixels: bool = False,
) -> dict[str, Any]:
    """``{"left", "top", "height", "width"}`` in pixels, at least 1 x 1.

    With ``can_rotate`` also ``rotation`` (clockwise radians) and four ``vertices``; some boxes
    stay unturned, with ``rotation: 0`` (assumed). ``integer_pixels`` makes the four numbers
    integers, whether or not the box is turned.
    """
    min_width, min_height = min_width or 1, min_height or 1
    if integer_pixels:
        # Rounded inwards: padding need not be whole pixels.
        left, width = _span(random, -(-region.left // 100), region.right // 100, min_width)
        top, height = _span(random, -(-region.top // 100), region.bottom // 100, min_height)
        box: dict[str, Any] = {"left": left, "top": top, "height": height, "width": width}
    else:
        x, w = _span(random, region.left, region.right, 100 * min_width)
        y, h = _span(random, region.top, region.bottom, 100 * min_height)
        box = {"left": x / 100, "top": y / 100, "height": h / 100, "width": w / 100}
    if can_rotate:
        # 31415 ten-thousandths stay below pi: half a turn brings a box back onto itself.
        is_turned = random.random() < 0.8
        box |= turned(box, int(random.random() * 31415) / 10000 if is_turned else 0, region)
    return box


def turned(box: Mapping[str, Any], rotation: float, region: Region) -> dict[str, Any]:
    """``rotation`` and ``vertices`` of ``box``, turned clockwise about its centre if that fits.

    Vertices run clockwise from the unturned top-left corner. A box whose corners would leave
    ``region`` is returned unturned (``rotation: 0``).
    """
    vertices = box_corners(box, rotation)
    if rotation and not all(_inside(corner, region) for corner in vertices):
        rotation = 0
        vertices = box_corners(box, 0)
    return {"rotation": rotation, "vertices": vertices}


def box_corners(box: Mapping[str, Any], rotation: float) -> list[dict[str, float]]:
    """The four corners of ``box`` turned by ``rotation`` radians, clockwise from its top-left."""
    half_w, half_h = box["width"] / 2, box["height"] / 2
    x, y = box["left"] + half_w, box["top"] + half_h
    c, s = cos(rotation), sin(rotation)
    return [
        {"x": round(x + dx * c - dy * s, 2), "y": round(y + dx * s + dy * c, 2)}
        for dx, dy in ((-half_w, -half_h), (half_w, -half_h), (half_w, half_h), (-half_w, half_h))
    ]


def _inside(vertex: Mapping[str, float], region: Region) -> bool:
    return (
        region.left <= vertex["x"] * 100 <= region.right
        and region.top <= vertex["y"] * 100 <= region.bottom
    )


def draw_point(random: Random, region: Region) -> dict[str, Any]:
    """``{"x", "y"}`` in pixels."""
    return {
        "x": (region.left + int(random.random() * region.width)) / 100,
        "y": (region.top + int(random.random() * region.height)) / 100,
    }


def draw_polygon(random: Random, region: Region, count: int) -> list[dict[str, float]]:
    """``count`` vertices of a simple polygon; one or two vertices are just that (assumed).

    Up to forty vertices stand around a centre at random distances; more are spread over the
    edges of a rectangle, where they cannot cross.
    """
    x, w = _span(random, region.left, region.right, min(4000, max(region.width // 2, 1)), 0.5)
    y, h = _span(random, region.top, region.bottom, min(4000, max(region.height // 2, 1)), 0.5)
    # In too small a place hundredths of a pixel would bring corners out of their order, too.
    if count > _MOST_RANDOM_VERTICES or w * h < count * count * 400:
        corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
        decimals = 2 if min(w, h) > count else 6  # so many that they need finer numbers
        return [
            {"x": round(vx / 100, decimals), "y": round(vy / 100, decimals)}
            for vx, vy in spread(corners, count, closed=True)
        ]
    mid_x, mid_y, radius_x, radius_y = x + w // 2, y + h // 2, w // 2, h // 2
    start = random.random() * 2 * pi
    vertices: list[dict[str, float]] = []
    for position in range(count):
        # Gaps stay between 0.6 and 1.4 of the mean, so that the corners keep their order around
        # the centre and the outline cannot cross itself.
        angle = start + 2 * pi * (position + 0.4 * random.random()) / count
        reach = 0.55 + 0.45 * random.random()
        vertices.append(
            {
                "x": (mid_x + round(radius_x * reach * cos(angle))) / 100,
                "y": (mid_y + round(radius_y * reach * sin(angle))) / 100,
            }
        )
    return vertices


def draw_line(random: Random, region: Region, count: int) -> list[dict[str, float]]:
    """``count`` vertices of an open line that runs from left to right."""
    x, w = _span(random, region.left, region.right, min(4000, region.width), 0.8)
    y, h = _span(random, region.top, region.bottom, min(4000, region.height), 0.8)
    # A max_vertices of 1 asks for a line of a single point, which has no steps.
    step = w / max(count - 1, 1)
    return [
        {"x": (x + int(step * position)) / 100, "y": (y + int(random.random() * h)) / 100}
        for position in range(count)
    ]


def spread(
    corners: Sequence[tuple[float, float]], count: int, *, closed: bool
) -> list[tuple[float, float]]:
    """``count`` points: the corners, and the rest at equal distances on the edges between them.

    With fewer than ``len(corners)`` points, the first ``count`` corners.
    """
    if count <= len(corners):
        return list(corners[:count])
    edges = len(corners) if closed else len(corners) - 1
    extra = count - len(corners)
    points: list[tuple[float, float]] = []
    for edge in range(edges):
        (x, y), (to_x, to_y) = corners[edge], corners[(edge + 1) % len(corners)]
        # What does not divide evenly goes to the first edges: exactly `count` points come out.
        between = extra // edges + (edge < extra % edges) + 1
        points += [
            (x + (to_x - x) * part / between, y + (to_y - y) * part / between)
            for part in range(between)
        ]
    # A closed outline does not repeat its first vertex (documented): edges give their start alone.
    return points if closed else [*points, corners[-1]]


def draw_ellipse(random: Random, region: Region) -> dict[str, Any]:
    """``{"vertices"}``: the ends of the axes, top, right, bottom, left before rotation (assumed).

    The axes are whole multiples of one vector and its normal: exactly perpendicular, although the
    coordinates have two decimals.
    """
    across, along = 1 + int(random.random() * 4), 1 + int(random.random() * 4)
    # The shorter side bounds both axes: turned either way, the ellipse has to stay inside.
    longest = max(min(region.width, region.height) // 2, 1)
    reach = longest // max(across, along)
    unit_x = max(int(reach * (0.2 + 0.5 * random.random())), 1)
    unit_y = int(reach * (random.random() - 0.5) * 0.8) if random.random() < 0.5 else 0
    # The extent of a turned ellipse is the root of its axes' squares, per side.
    half_w = ceil(hypot(across * unit_x, along * unit_y))
    half_h = ceil(hypot(across * unit_y, along * unit_x))
    x = region.left + half_w + int(random.random() * max(region.width - 2 * half_w, 0))
    y = region.top + half_h + int(random.random() * max(region.height - 2 * half_h, 0))
    return {
        "vertices": [
            {"x": vx / 100, "y": vy / 100}
            for vx, vy in (
                (x + along * unit_y, y - along * unit_x),
                (x + across * unit_x, y + across * unit_y),
                (x - along * unit_y, y + along * unit_x),
                (x - across * unit_x, y - across * unit_y),
            )
        ]
    }


def draw_cuboid(
    random: Random,
    region: Region,
    *,
    min_width: int = 0,
    min_height: int = 0,
    camera: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """``{"vertices", "edges"}``, with ``camera`` also ``points_2d`` and ``points_3d``.

    The front face is a rectangle of at least the minima, both side corners stand on one side of
    it. A face as wide as the region is seen face on: its side has no width. A face that is wider
    leaves the region anyway, and so does its side.
    """
    x, w = _span(random, region.left, region.right, 100 * max(min_width, 1))
    y, h = _span(random, region.top, region.bottom, 100 * max(min_height, 1))
    space_left, space_right = x - region.left, region.right - (x + w)
    on_right = space_right >= space_left
    space = max(space_right if on_right else space_left, 0)
    side = max(100, int(w * (0.2 + 0.4 * random.random())))
    # A face that is wider than the region leaves it anyway, and so may its side.
    if w <= region.width:
        side = min(space, side)
    # At most a fifth: with both insets the side still keeps a height of its own.
    inset = int(h * 0.2 * random.random())
    return cuboid(
        x / 100, y / 100, w / 100, h / 100,
        side=(side if on_right else -side) / 100,
        inset_top=inset / 100,
        inset_bottom=int(inset * random.random()) / 100,
        camera=camera,
    )  # fmt: skip


def cuboid(
    left: float,
    top: float,
    width: float,
    height: float,
    *,
    side: float,
    inset_top: float,
    inset_bottom: float,
    camera: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """A cuboid from its front face and its side, all in pixels.

    Args:
        left: of the face.
        top: of the face.
        width: of the face.
        height: of the face.
        side: distance of the side corners from the face, positive to its right, negative to its
            left.
        inset_top: how far the side's top corner lies below the face's top edge.
        inset_bottom: how far its bottom corner lies above the face's bottom edge.
        camera: ``fx fy cx cy skew scale``, for 3D points.
    """
    right, bottom = round(left + width, 2), round(top + height, 2)
    near = right if side >= 0 else left
    far = round(near + side, 2)
    corners = (
        (left, top),
        (left, bottom),
        (right, top),
        (right, bottom),
        (far, round(top + inset_top, 2)),
        (far, round(bottom - inset_bottom, 2)),
    )
    return solid(corners, camera)


def solid(
    corners: Sequence[tuple[float, float]], camera: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """A cuboid from its six corners in Scale's order; see `cuboid`."""
    shape: dict[str, Any] = {
        "vertices": [
            {"type": "vertex", "description": description, "x": x, "y": y}
            for description, (x, y) in zip(CUBOID_VERTICES, corners, strict=True)
        ],
        "edges": cuboid_edges(corners),
    }
    return shape if camera is None else shape | _in_space(corners, camera)


def cuboid_edges(corners: Sequence[tuple[float, float]]) -> list[dict[str, Any]]:
    """The six edges between the six corners, both in Scale's order.

    The side edges join a side corner with the nearer face corner of the same height (assumed).
    """
    top_left, bottom_left, top_right, bottom_right, side_top, side_bottom = corners
    on_right = abs(side_top[0] - top_right[0]) <= abs(side_top[0] - top_left[0])
    ends = (
        (top_left, top_right),
        (top_right, bottom_right),
        (bottom_right, bottom_left),
        (bottom_left, top_left),
        (bottom_right if on_right else bottom_left, side_bottom),
        (top_right if on_right else top_left, side_top),
    )
    return [
        {"type": "edge", "description": name, "x1": x1, "y1": y1, "x2": x2, "y2": y2}
        for name, ((x1, y1), (x2, y2)) in zip(CUBOID_EDGES, ends, strict=True)
    ]


def _in_space(
    corners: Sequence[tuple[float, float]], camera: Mapping[str, float]
) -> dict[str, Any]:
    """Eight corners in the image and in metres from the camera; key names are assumed.

    The front face stands 10 m away; the back face is the same size in space, so that its size in
    the image tells its distance.
    """
    (left, top), (_, bottom), (right, _), _, (side_x, side_top), (_, side_bottom) = corners
    # Equal sizes in space: the ratio of heights is that of distances. 0.05: no face at infinity.
    shrunk = max((side_bottom - side_top) / (bottom - top), 0.05)
    back_w = (right - left) * shrunk
    # The one corner known of the back is its outer one: the other lies behind the front face.
    back_left = side_x - back_w if side_x >= right else side_x
    front = ((left, top), (left, bottom), (right, top), (right, bottom))
    back = tuple(
        (round(back_left + dx, 2), y) for dx in (0, back_w) for y in (side_top, side_bottom)
    )
    points = [(x, y, 10.0) for x, y in front] + [(x, y, 10.0 / shrunk) for x, y in back]
    # Zeros are numbers, and so legal to send; they are divided by here.
    fx, fy = camera["fx"] or 1.0, camera["fy"] or 1.0
    scale = camera["scale"] or 1.0

    def placed(x: float, y: float, z: float) -> dict[str, float]:
        up = (y / scale - camera["cy"]) / fy
        across = (x / scale - camera["cx"] - camera["skew"] * up) / fx
        return {"x": _metres(across * z), "y": _metres(up * z), "z": _metres(z)}

    return {
        "points_2d": [{"x": x, "y": y} for x, y, _ in points],
        "points_3d": [placed(x, y, z) for x, y, z in points],
    }


def _metres(value: float) -> float:
    """``value`` to a tenth of a millimetre; absurd cameras must not make JSON of infinities."""
    return round(max(min(value, 1e9), -1e9), 4) if not isnan(value) else 0.0
