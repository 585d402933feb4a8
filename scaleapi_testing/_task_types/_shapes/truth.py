"""How one true shape looks as a labeler draws it: jittered, inside the image, above the minima."""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING, Any, Final

from .._language.truth import refusal
from .._language.values import number
from .drawing import CUBOID_VERTICES, cuboid, cuboid_edges, turned, vertex_count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._language.noise import Noise
    from .drawing import Region
    from .rules import GeometryRule

_MOST_CHECKED_VERTICES: Final = 100
"""Longer outlines are moved as a whole instead of testing every pair of edges."""

Points = list[tuple[float, float]]


def found_shape(
    item: Mapping[str, Any], rule: GeometryRule, region: Region, noise: Noise, where: str
) -> dict[str, Any]:
    """The shape of ``item`` as it is drawn.

    Args:
        item: a true annotation; keys as in the response.
        rule: the geometry it belongs to.
        region: where shapes may lie.
        noise: of the job's labelers.
        where: the place of ``item``, for errors.

    Raises:
        ValueError: a coordinate is missing or no number, there are more or fewer vertices than the
            task allows, or the shape lies outside the image.
    """
    return _FINDERS[rule.geometry](item, rule, region, noise, where)


def _number(item: Mapping[str, Any], key: str, where: str) -> float:
    value = number(item.get(key))
    if value is None:
        raise refusal(f"{where}.{key}", item.get(key), "a finite number of pixels")
    return value


def _vertices(item: Mapping[str, Any], where: str, count: int | None = None) -> Points:
    vertices = item.get("vertices")
    expected = "vertices" if count is None else f"{count} vertices"
    if (
        not isinstance(vertices, list)
        or not vertices
        or (count is not None and len(vertices) != count)
        or not all(isinstance(vertex, dict) for vertex in vertices)
    ):
        raise refusal(f"{where}.vertices", vertices, f'an array of {expected} {{"x", "y"}}')
    return [
        (
            _number(vertex, "x", f"{where}.vertices[{position}]"),
            _number(vertex, "y", f"{where}.vertices[{position}]"),
        )
        for position, vertex in enumerate(vertices)
    ]


def _refuse_outside(points: Points, region: Region, where: str) -> None:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    if (
        max(xs) * 100 < region.left
        or min(xs) * 100 > region.right
        or max(ys) * 100 < region.top
        or min(ys) * 100 > region.bottom
    ):
        raise refusal(
            where,
            points,
            f"a shape that touches the image, x {region.left / 100:g} to {region.right / 100:g}, "
            f"y {region.top / 100:g} to {region.bottom / 100:g}",
        )


def _inside(points: Points, region: Region) -> bool:
    return all(
        region.left <= x * 100 <= region.right and region.top <= y * 100 <= region.bottom
        for x, y in points
    )


def _between(low: float, high: float, first: int, last: int, least: float) -> tuple[float, float]:
    """``low``...``high`` cut to ``first``...``last`` (hundredths) and grown to ``least``."""
    bottom, top = first / 100, last / 100
    low, high = min(low, high), max(low, high)
    # Given back as it came: rounding would change a truth of more than two decimals.
    if bottom <= low and high <= top and high - low >= least:
        return low, high
    low, high = min(max(low, bottom), top), min(max(high, bottom), top)
    if high - low < least:
        # Grown about its middle, then pushed inside; `bottom` is last, so a minimum too large wins.
        low = max(min((low + high - least) / 2, top - least), bottom)
        high = low + least
    return round(low, 2), round(high, 2)


def _box(
    item: Mapping[str, Any], rule: GeometryRule, region: Region, noise: Noise, where: str
) -> dict[str, Any]:
    left, top, width, height = (
        _number(item, key, where) for key in ("left", "top", "width", "height")
    )
    if width < 0 or height < 0:
        raise refusal(where, (width, height), "a width and a height of 0 pixels or more")
    right, bottom = left + width, top + height
    # Looked at before the noise: whether a truth is refused must not hang on chance.
    _refuse_outside([(left, top), (right, bottom)], region, where)
    rotation = number(item.get("rotation")) or 0
    new_left, new_right = _between(
        noise.blur(left), noise.blur(right), region.left, region.right, max(rule.min_width, 1)
    )
    new_top, new_bottom = _between(
        noise.blur(top), noise.blur(bottom), region.top, region.bottom, max(rule.min_height, 1)
    )
    box: dict[str, Any] = {
        "left": new_left,
        "top": new_top,
        # An untouched box keeps its numbers: left + width - left is not always width.
        "height": height
        if (new_top, new_bottom) == (top, bottom)
        else round(new_bottom - new_top, 2),
        "width": width
        if (new_left, new_right) == (left, right)
        else round(new_right - new_left, 2),
    }
    # integer_pixels has no effect on turned boxes (documented).
    if rule.integer_pixels and not (rule.can_rotate and rotation):
        box |= _whole_pixels(box, rule, region)
    return box | turned(box, rotation, region) if rule.can_rotate else box


def _whole_pixels(box: dict[str, Any], rule: GeometryRule, region: Region) -> dict[str, int]:
    whole: dict[str, int] = {}
    for start, length, least, first, last in (
        ("left", "width", rule.min_width, region.left, region.right),
        ("top", "height", rule.min_height, region.top, region.bottom),
    ):
        low, high = -(-first // 100), last // 100
        # Ends are rounded, not the length: both edges stay where they were seen.
        begin = max(round(box[start]), low)
        end = min(round(box[start] + box[length]), high)
        # Two ends in the same pixel would leave a box of no width, which no labeler can draw.
        size = max(end - begin, least, 1)
        whole[start] = max(min(begin, high - size), low)
        whole[length] = size
    return whole


def _point(
    item: Mapping[str, Any],
    rule: GeometryRule,  # noqa: ARG001  (one form for all)
    region: Region,
    noise: Noise,
    where: str,
) -> dict[str, Any]:
    x, y = _number(item, "x", where), _number(item, "y", where)
    _refuse_outside([(x, y)], region, where)
    return {
        "x": min(max(noise.blur(x), region.left / 100), region.right / 100),
        "y": min(max(noise.blur(y), region.top / 100), region.bottom / 100),
    }


def _outline(
    item: Mapping[str, Any], rule: GeometryRule, region: Region, noise: Noise, where: str
) -> dict[str, Any]:
    points = _vertices(item, where)
    if len(points) != vertex_count(rule, len(points)):
        raise refusal(
            f"the number of {where}.vertices",
            len(points),
            f"{vertex_count(rule, len(points))}, by min_vertices and max_vertices",
        )
    _refuse_outside(points, region, where)
    points = _squeezed(_jittered(points, rule, noise), region)
    return {"vertices": [{"x": x, "y": y} for x, y in points]}


def _jittered(points: Points, rule: GeometryRule, noise: Noise) -> Points:
    """The outline drawn by hand; a polygon that would cross itself is moved as a whole instead."""
    drawn = [(noise.blur(x), noise.blur(y)) for x, y in points]
    if rule.geometry != "polygon" or not noise.jitters or len(points) < 3:
        return drawn
    if len(points) <= _MOST_CHECKED_VERTICES and is_simple(drawn):
        return drawn
    # Jitter of every corner would have to be drawn again and again until nothing crosses.
    dx, dy = noise.blur(0), noise.blur(0)
    return [(round(x + dx, 2), round(y + dy, 2)) for x, y in points]


def _squeezed(points: Points, region: Region) -> Points:
    """``points`` mapped into ``region`` per axis, which keeps their order and crosses nothing."""
    fit_x = _mapping([x for x, _ in points], region.left, region.right)
    fit_y = _mapping([y for _, y in points], region.top, region.bottom)
    return [(fit_x(x), fit_y(y)) for x, y in points]


def _mapping(values: list[float], first: int, last: int) -> Callable[[float], float]:
    low, high = min(values), max(values)
    new_low, new_high = max(low, first / 100), min(high, last / 100)
    if (new_low, new_high) == (low, high):
        return lambda value: value
    if new_high - new_low < 1:  # what is left inside is too thin to stay a shape
        new_low = max(min(new_low, last / 100 - min(high - low, 1)), first / 100)
        new_high = min(new_low + min(high - low, 1), last / 100)
    # A level or upright line has no extent to scale: all of it goes to one place.
    scale = (new_high - new_low) / (high - low) if high > low else 0
    # Cut again, for scaling may pass the border by a rounding error.
    return lambda value: round(
        min(max(new_low + (value - low) * scale, first / 100), last / 100), 2
    )


def is_simple(points: Points) -> bool:
    """Whether a closed outline has an area and no two of its edges cross or touch."""
    count = len(points)
    edges = [(points[position], points[(position + 1) % count]) for position in range(count)]
    area = sum(ax * by - bx * ay for (ax, ay), (bx, by) in edges)
    # Neighbours share a corner and are left out; the last and the first edge are neighbours, too.
    return abs(area) > 1e-6 and not any(
        _meet(edges[edge], edges[other_edge])
        for edge in range(count)
        for other_edge in range(edge + 2, count)
        if (other_edge + 1) % count != edge
    )


def _meet(
    first: tuple[tuple[float, float], tuple[float, float]],
    second: tuple[tuple[float, float], tuple[float, float]],
) -> bool:
    (a, b), (c, d) = first, second
    # Ends on different sides of each other's line; on one line they meet where their extents do.
    return (
        _side(a, b, c) * _side(a, b, d) <= 0
        and _side(c, d, a) * _side(c, d, b) <= 0
        and max(a[0], b[0]) >= min(c[0], d[0])
        and max(c[0], d[0]) >= min(a[0], b[0])
        and max(a[1], b[1]) >= min(c[1], d[1])
        and max(c[1], d[1]) >= min(a[1], b[1])
    )


def _side(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _ellipse(
    item: Mapping[str, Any],
    rule: GeometryRule,  # noqa: ARG001  (one form for all)
    region: Region,
    noise: Noise,
    where: str,
) -> dict[str, Any]:
    points = _vertices(item, where, 4)
    _refuse_outside(points, region, where)
    top, right, bottom, left = points
    # Axes computed anew would not give back the very numbers of the truth.
    if _inside(points, region) and not noise.jitters:
        return {"vertices": [{"x": x, "y": y} for x, y in points]}
    # Both axes keep their directions and their middle: centre and lengths carry the noise.
    x, y = noise.blur((top[0] + bottom[0]) / 2), noise.blur((top[1] + bottom[1]) / 2)
    half_axes = [((b[0] - a[0]) / 2, (b[1] - a[1]) / 2) for a, b in ((bottom, top), (left, right))]
    longer: Points = []
    for dx, dy in half_axes:
        # An axis of no length has no direction, and none to divide by.
        length = hypot(dx, dy) or 1.0
        factor = max(noise.blur(length), 0.5) / length
        longer.append((dx * factor, dy * factor))
    reach_x = max(abs(dx) for dx, _ in longer)
    reach_y = max(abs(dy) for _, dy in longer)
    # Half axes, hundredths: hence 200. One factor for x and y, which keeps right angles.
    shrink = min(1.0, region.width / 200 / reach_x, region.height / 200 / reach_y)
    (ux, uy), (vx, vy) = ((round(dx * shrink, 3), round(dy * shrink, 3)) for dx, dy in longer)
    reach_x, reach_y = max(abs(ux), abs(vx)), max(abs(uy), abs(vy))
    x = min(max(x, region.left / 100 + reach_x), region.right / 100 - reach_x)
    y = min(max(y, region.top / 100 + reach_y), region.bottom / 100 - reach_y)
    ends = ((x + ux, y + uy), (x + vx, y + vy), (x - ux, y - uy), (x - vx, y - vy))
    # Three decimals: with two, opposite ends would no longer have the same middle.
    return {"vertices": [{"x": round(ex, 3), "y": round(ey, 3)} for ex, ey in ends]}


def _cuboid(
    item: Mapping[str, Any], rule: GeometryRule, region: Region, noise: Noise, where: str
) -> dict[str, Any]:
    points = _vertices(item, where, 6)
    _refuse_outside(points, region, where)
    (left, top), (_, bottom), (right, _), _, (side_x, side_top), (_, side_bottom) = points
    if left >= right or top >= bottom:
        raise refusal(
            f"{where}.vertices",
            points,
            "a front face and a side, in the order " + ", ".join(CUBOID_VERTICES),
        )
    large = right - left >= max(rule.min_width, 1) and bottom - top >= max(rule.min_height, 1)
    if _inside(points, region) and large and not noise.jitters:
        shape: dict[str, Any] = {
            "vertices": [
                {"type": "vertex", "description": name, "x": x, "y": y}
                for name, (x, y) in zip(CUBOID_VERTICES, points, strict=True)
            ],
            "edges": cuboid_edges(points),
        }
        return shape
    # Decided by the truth: after the noise a narrow side could change over to the other side.
    on_right = side_x >= right
    left, right = _between(
        noise.blur(left), noise.blur(right), region.left, region.right, max(rule.min_width, 1)
    )
    top, bottom = _between(
        noise.blur(top), noise.blur(bottom), region.top, region.bottom, max(rule.min_height, 1)
    )
    far = min(max(noise.blur(side_x), region.left / 100), region.right / 100)
    # A third each at most: the side's corners must not pass each other.
    room = (bottom - top) / 3
    return cuboid(
        left,
        top,
        right - left,
        bottom - top,
        side=max(far - right, 0) if on_right else min(far - left, 0),
        inset_top=min(max(noise.blur(side_top) - top, 0), room),
        inset_bottom=min(max(bottom - noise.blur(side_bottom), 0), room),
        camera=rule.camera,
    )


_FINDERS: Final[
    Mapping[
        str,
        Callable[[Mapping[str, Any], GeometryRule, Region, Noise, str], dict[str, Any]],
    ]
] = {
    "box": _box,
    "polygon": _outline,
    "line": _outline,
    "point": _point,
    "ellipse": _ellipse,
    "cuboid": _cuboid,
}
