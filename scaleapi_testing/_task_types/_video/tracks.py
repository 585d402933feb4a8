"""How one object moves through the frames of a video: smoothly, inside the picture, as itself.

Invariants: docs/scale/video.md 2.4. A track keeps its uuid, geometry and label; it spans a run of
consecutive frames; its centre moves by less than 5 % of the picture's diagonal per frame and its
sides change by less than 10 %.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, hypot, pi, sqrt
from typing import TYPE_CHECKING, Any, Final

from ..._random import draw_uuid
from .._attributes.values import fill_linked
from .._language.values import number
from .._shapes.annotator import edges_of
from .._shapes.drawing import draw_shape, solid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._shapes.annotator import Annotator
    from .._shapes.rules import GeometryRule

MOST_TRACKS: Final = 3
"""A drawn answer has this many tracks at most, unless there are more geometries or links."""

_LONGEST: Final = 60
"""Annotated frames that a drawn track spans at most (assumed): objects come and go."""

_KEY_FRAME_EVERY: Final = 5
_STEP: Final = 0.018
"""Of the picture's diagonal: the mean motion per frame and axis; eased, it stays below 5 %."""

_FASTEST: Final = 0.05 / sqrt(2)
"""Of the diagonal, per frame and axis: both axes together stay below the promised 5 %."""

_ROUNDED_PX: Final = 0.02
"""What rounding may add to a step on one axis: a hundredth each for the place and the growth."""

# Of a side per frame: far below the 10 % that are promised, as things do not swell visibly.
_GROWTH: Final = 0.01
_SMALLEST_DIAGONAL: Final = 200
"""Pixels; in smaller pictures one whole pixel would be a jump."""


@dataclass(slots=True)
class Track:
    """One object over its frames.

    Attributes:
        uuid: its identity.
        geometry: of all its shapes.
        label: of all its shapes, ``None`` when the task asks for none.
        shapes: the geometry's own keys, by frame key, in order of time.
        values: its attributes, by frame key.
        drawn_at: the keys of frames drawn by hand; the others are interpolated.
    """

    uuid: str
    geometry: str
    label: str | None
    shapes: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    values: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    drawn_at: frozenset[int] = frozenset()

    def as_object(self) -> dict[str, Any]:
        """The track as `fill_linked` and `draw_links` want it; ``attributes`` are its first."""
        written: dict[str, Any] = {} if self.label is None else {"label": self.label}
        written["uuid"] = self.uuid
        written["attributes"] = next(iter(self.values.values()), {})
        return written


def draw_tracks(annotator: Annotator, keys: Sequence[int]) -> list[Track]:
    """One to three tracks, at least one of each geometry, their linked attributes filled in.

    Geometries without labels are drawn only when no geometry has labels.

    Args:
        annotator: of the task.
        keys: of the annotated frames, in order.
    """
    random = annotator.job.random
    # A geometry without labels cannot tell its objects apart where others can.
    rules = [rule for rule in annotator.rules if rule.labels] or list(annotator.rules)
    each = max(MOST_TRACKS // len(rules), 1)
    tracks = [
        draw_video_track(annotator, rule, keys)
        for rule in rules
        # At least one of each: a geometry that was asked for and never drawn looks forgotten.
        for _ in range(1 + int(random.random() * each))
    ]
    link_tracks(annotator, tracks, keys)
    return tracks


def draw_video_track(
    annotator: Annotator, rule: GeometryRule, keys: Sequence[int], label: str | None = None
) -> Track:
    """A new track of ``rule`` over a run of frames; linked attributes are left to `link_tracks`.

    Args:
        annotator: of the task.
        rule: its geometry.
        keys: of the annotated frames, in order.
        label: drawn when it is ``None``.
    """
    random = annotator.job.random
    if label is None and rule.labels:
        label = rule.labels[int(random.random() * len(rule.labels))]
    track = Track(draw_uuid(random), rule.geometry, label)
    span = _span(random.random(), random.random(), len(keys))
    run = [keys[position] for position in span]
    base = draw_shape(rule, annotator.region, random)
    # From its first frame on: the shape is drawn once, and only moves afterwards.
    for key, shape in zip(run, _moving(annotator, rule, base, len(run)), strict=True):
        track.shapes[key] = shape
    _fill_values(annotator, track, run)
    return track


def _span(begin: float, end: float, count: int) -> range:
    """A run of up to sixty frames; in a short clip, most of it."""
    # Up to a third is left out on either side, so that objects are seen to come and go.
    if count <= _LONGEST:
        # Drawn apart for both ends; together they leave out two thirds at most, so a frame remains.
        return range(int(begin * count / 3), count - int(end * count / 3))
    first = int(begin * (count - _LONGEST + 1))
    return range(first, first + _LONGEST - int(end * _LONGEST / 3))


def _moving(
    annotator: Annotator, rule: GeometryRule, base: dict[str, Any], count: int
) -> list[dict[str, Any]]:
    """``base`` and where it is in the frames that follow, ``count`` shapes."""
    if count == 1:
        return [base]
    random, region = annotator.job.random, annotator.region
    diagonal = hypot(*annotator.size)
    left, top, right, bottom = _extent(base)
    # A turned box would have to keep its corners in step, one on whole pixels would grow by jumps.
    grows = rule.geometry == "box" and not rule.can_rotate and not rule.integer_pixels
    growth = min(_GROWTH * (count - 1), 0.2) * random.random() if grows else 0.0
    # It grows about its centre: from a corner, a box as large as a padded picture's padding would
    # carry its centre along, farther than a small picture allows.
    wider, higher = (right - left) * growth / 2, (bottom - top) * growth / 2
    # Half of the growth on either side; what would leave the picture does not grow at all.
    if not (
        region.left <= (left - wider) * 100 <= (right + wider) * 100 <= region.right
        and region.top <= (top - higher) * 100 <= (bottom + higher) * 100 <= region.bottom
    ):
        wider = higher = 0.0
    left, top, right, bottom = left - wider, top - higher, right + wider, bottom + higher
    # In hundredths of a pixel: whole numbers, so that adding them up does not drift.
    reach = _pace(diagonal) * (count - 1) * 100
    across = _way(random.random(), left, right, region.left, region.right, reach)
    down = _way(random.random(), top, bottom, region.top, region.bottom, reach)
    # Hundredths of a pixel that one move is a multiple of; 0 holds the shape still, for in a small
    # picture a whole pixel is more than 5 % of the diagonal.
    unit = 1.0
    if rule.integer_pixels:
        unit = 100.0 if diagonal >= _SMALLEST_DIAGONAL else 0.0
    shapes: list[dict[str, Any]] = []
    for position in range(count):
        # Eased, as things move that start and stop: slow at both ends, fastest half-way.
        part = (1 - cos(pi * position / (count - 1))) / 2
        # Towards zero: rounding up could carry the last step over the edge.
        dx = int(across * part / unit) * unit / 100 if unit else 0
        dy = int(down * part / unit) * unit / 100 if unit else 0
        shapes.append(moved(rule, base, dx, dy, wider * part, higher * part))
    return shapes


def _pace(diagonal: float) -> float:
    """Mean motion per frame and axis in pixels.

    In pictures of a few pixels it is less than `_STEP` of the diagonal: there the hundredths that
    coordinates are rounded to are a part of the 5 % themselves.
    """
    # Half a turn of the cosine is fastest in its middle, by pi / 2 times its mean.
    return min(_STEP * diagonal, max(_FASTEST * diagonal - _ROUNDED_PX, 0) / (pi / 2))


def _extent(shape: dict[str, Any]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a shape in pixels; of a turned box, before and after."""
    xs: list[float] = []
    ys: list[float] = []
    if "left" in shape:
        xs += [shape["left"], shape["left"] + shape["width"]]
        # A turned box has both its frame and its corners, and all of them must stay inside.
        ys += [shape["top"], shape["top"] + shape["height"]]
    for point in shape.get("vertices", [] if xs else [shape]):
        xs.append(point["x"])
        ys.append(point["y"])
    return min(xs), min(ys), max(xs), max(ys)


def _way(share: float, low: float, high: float, first: int, last: int, reach: float) -> int:
    """How far a shape goes along one axis, in hundredths of a pixel, staying inside."""
    # A hundredth is kept free on both sides: the shape's own numbers are rounded already.
    back = min(reach, max(int(low * 100 - first) - 1, 0))
    ahead = min(reach, max(int(last - high * 100) - 1, 0))
    return int(share * (back + ahead) - back)


def moved(
    rule: GeometryRule,
    shape: dict[str, Any],
    dx: float,
    dy: float,
    wider: float = 0,
    higher: float = 0,
) -> dict[str, Any]:
    """``shape`` shifted by ``dx``, ``dy`` pixels; a box grown on each side by the others."""
    # Its vertices hang together: moved one by one, rounding would bend its edges.
    if rule.geometry == "cuboid":
        ends = shape["vertices"]
        left, right, far = (round(ends[corner]["x"] + dx, 2) for corner in (0, 2, 4))
        top, bottom, far_top, far_bottom = (
            round(ends[corner]["y"] + dy, 2) for corner in (0, 1, 4, 5)
        )
        face = ((left, top), (left, bottom), (right, top), (right, bottom))
        return solid((*face, (far, far_top), (far, far_bottom)), rule.camera)
    placed = dict(shape)
    # Whole hundredths on each side, so that the centre stays where it is.
    wider, higher = int(wider * 100) / 100, int(higher * 100) / 100
    for name, by in (("left", dx - wider), ("x", dx), ("top", dy - higher), ("y", dy)):
        # Only what the geometry has: each names its place in its own way.
        if name in placed:
            placed[name] = _shifted(placed[name], by)
    if wider:
        placed["width"] = round(placed["width"] + 2 * wider, 2)
    if higher:
        placed["height"] = round(placed["height"] + 2 * higher, 2)
    if "vertices" in placed:
        placed["vertices"] = [
            {"x": _shifted(vertex["x"], dx), "y": _shifted(vertex["y"], dy)}
            for vertex in placed["vertices"]
        ]
    return placed


def _shifted(value: float, by: float) -> float:
    # Six decimals, because the vertices of crowded outlines have as many.
    moved_to = round(value + by, 6)
    return int(moved_to) if isinstance(value, int) and moved_to == int(moved_to) else moved_to


def _fill_values(annotator: Annotator, track: Track, run: Sequence[int]) -> None:
    """Attributes of a new track: constant ones stay, others may change once on the way."""
    own = annotator.attributes.own
    values = annotator.values(track.label, track.shapes[run[0]])
    # The last one too: what lies between two of them is interpolated.
    drawn_at = set(run[::_KEY_FRAME_EVERY]) | {run[-1]}
    change = len(run)
    # A constant or linked attribute that depends on changing ones would have to come and go.
    steady = not own or any(
        attribute.type == "linked"
        or (attribute.constant and any(condition.any_of for condition in attribute.conditions))
        for attribute in own
    )
    random = annotator.job.random
    if not steady and len(run) > 2 and random.random() < 0.5:
        # Never at the first frame, where it would be no change.
        change = 1 + int(random.random() * (len(run) - 1))
        drawn_at.add(run[change])
    for position, key in enumerate(run):
        if position == change:
            kept = {
                attribute.key: values[attribute.key]
                for attribute in own
                if attribute.constant and attribute.key in values
                # What stays from before the change: a constant attribute keeps its value for good.
            }
            values = annotator.values(track.label, track.shapes[key], kept)
        track.values[key] = values
    track.drawn_at = frozenset(drawn_at)


def complete_values(annotator: Annotator, track: Track, *, may_change: bool) -> None:
    """Fill in the attributes that the frames of a given track lack, the same in all of them.

    Args:
        annotator: of the task.
        track: each frame's given attributes are in ``values``; frames without any are missing.
        may_change: whether attributes that were given may be added to.
    """
    earlier_values: dict[str, Any] = {}
    for key, shape in track.shapes.items():
        sent = track.values.get(key)
        if sent is not None and not may_change:
            # Remembered all the same: frames that lack it take it from the frames before.
            earlier_values |= sent
            continue
        # What was read off another frame may lie outside of this one's shape.
        fitting = _fitting(annotator, earlier_values, edges_of(shape))
        values = annotator.values(track.label, shape, {**fitting, **(sent or {})})
        earlier_values |= values
        track.values[key] = values


def _fitting(
    annotator: Annotator, known: dict[str, Any], size: tuple[float, float] | None
) -> dict[str, Any]:
    """``known`` without the offsets that may lie outside a shape of ``size``."""
    kinds = {attribute.key: attribute.type for attribute in annotator.attributes.own}
    limits = {"x_line": 0.0, "y_line": 0.0}
    if size is not None:
        limits = {"x_line": size[0], "y_line": size[1]}
    return {
        key: value
        for key, value in known.items()
        if kinds.get(key) not in limits or (number(value) or 0) <= limits[kinds[key]]
    }


def link_tracks(
    annotator: Annotator,
    tracks: list[Track],
    keys: Sequence[int],
    *,
    may_add: bool = True,
    fixed: frozenset[str] = frozenset(),
) -> None:
    """Fill in linked attributes, the same in each frame; missing targets become new tracks.

    Args:
        annotator: of the task.
        tracks: of the answer; new ones are appended.
        keys: of the annotated frames, in order.
        may_add: whether new tracks are allowed.
        fixed: uuids of tracks whose attributes must stay as they are.
    """
    # Only these: the others have been filled in with the track.
    linked = [attribute for attribute in annotator.attributes.own if attribute.type == "linked"]
    if not linked:
        return
    by_label: dict[str, GeometryRule] = {}
    for rule in annotator.rules:
        for label in rule.labels:
            # The first rule that has a label makes the objects of it.
            by_label.setdefault(label, rule)

    def make(label: str) -> dict[str, Any]:
        track = draw_video_track(annotator, by_label[label], keys, label)
        tracks.append(track)
        return track.as_object()

    objects = [track.as_object() for track in tracks]
    fill_linked(
        objects,
        annotator.attributes.own,
        annotator.job.random,
        make=make if may_add else None,
        fixed=fixed,
    )
    for track in tracks:
        first = next(iter(track.values.values()), {})
        for values in track.values.values():
            for attribute in linked:
                if (
                    # Filled from its first frame, so that a link is the same in each.
                    values is not first
                    and track.uuid not in fixed
                    and attribute.key in first
                    and attribute.key not in values
                    and attribute.applies(track.label, values)
                ):
                    values[attribute.key] = first[attribute.key]
