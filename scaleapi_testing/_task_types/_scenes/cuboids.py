"""How cuboids stand and move in a lidar scene: one size and label each, smoothly, as cars do.

Units: positions and dimensions are in the frames' units, angles in radians with yaw 0 along +y and
counter-clockwise, ``distance_to_device`` in metres. Sources: documented,
https://docs.scale.com/reference/lidar-callback-format, and Scale's PandaSet; invariants:
docs/scale/scenes.md 2.4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, hypot, pi, sin, sqrt
from typing import TYPE_CHECKING, Any, Final

from ..._random import draw_uuid
from .._attributes.values import draw_values, fill_linked
from .cameras import vector
from .frames import as_vector

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from .._attributes.values import Attribute
    from .._base import Job
    from .cameras import Vector
    from .frames import LidarFrame, Scene

MOST_TRACKS: Final = 3
"""A drawn scene has this many cuboids at most, unless links ask for more (assumed)."""

_SIGHT_M: Final = 80.0
_REACH_M: Final = 40.0
_FASTEST_M: Final = 2.5
_SENSOR_HEIGHT_M: Final = 1.6
_CLEARANCE_M: Final = 0.05
_MOST_TILT: Final = 0.05
_TRIES: Final = 8
_MOST_UNKNOWN_POINTS: Final = 500

_SIZES: Final = (
    (("pedestrian", "person", "people", "human"), (0.6, 0.6, 1.75)),
    (("truck", "bus", "trailer", "tram"), (2.6, 9.0, 3.2)),
    (("bicycle", "motorcycle", "cyclist", "bike"), (0.8, 1.9, 1.5)),
    (("cone", "barrier", "sign", "pole"), (0.5, 0.5, 1.0)),
)
_CAR: Final = (1.9, 4.5, 1.6)
"""Width, length and height in metres, by what a label says; anything else is a car (assumed)."""


@dataclass(slots=True)
class CuboidTrack:
    """One object of the scene.

    Attributes:
        uuid: its identity.
        label: in all frames.
        frames: by frame index, the cuboid's own keys: ``position``, ``dimensions``, ``yaw`` and,
            where they are known already, the derived ones.
        values: its attributes, by frame index; missing ones are drawn by `finished`.
    """

    uuid: str
    label: str
    frames: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    values: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])


def draw_cuboids(
    job: Job, scene: Scene, labels: Sequence[str], own: Sequence[Attribute]
) -> list[CuboidTrack]:
    """One to three objects, and those that required links ask for; attributes included."""
    random = job.random
    tracks = [
        draw_cuboid_track(job, scene, labels[int(random.random() * len(labels))], own)
        for _ in range(1 + int(random.random() * MOST_TRACKS))
    ]
    # Links last: they need the others to be there as targets.
    link_cuboids(job, scene, tracks, own)
    return tracks


def link_cuboids(
    job: Job,
    scene: Scene,
    tracks: list[CuboidTrack],
    own: Sequence[Attribute],
    *,
    may_add: bool = True,
    fixed: frozenset[str] = frozenset(),
) -> None:
    """Fill in linked attributes; a required link without a target makes one (assumed)."""
    if not any(attribute.type == "linked" for attribute in own):
        return

    # Of the first frame: links are alike in all of them.
    def as_object(track: CuboidTrack) -> dict[str, Any]:
        values = next(iter(track.values.values()), {})
        return {"uuid": track.uuid, "label": track.label, "attributes": values}

    def make(label: str) -> dict[str, Any]:
        track = draw_cuboid_track(job, scene, label, own)
        tracks.append(track)
        return as_object(track)

    objects = [as_object(track) for track in tracks]
    fill_linked(objects, own, job.random, make=make if may_add else None, fixed=fixed)


def draw_cuboid_track(job: Job, scene: Scene, label: str, own: Sequence[Attribute]) -> CuboidTrack:
    """A new object that stands still or drives, in the frames in which it is near enough."""
    random = job.random
    track = CuboidTrack(draw_uuid(random), label)
    # Where it is sure to be in sight; it drives away from there in both directions.
    anchor = int(random.random() * len(scene.frames))
    size = _size(label, random)
    place = _place(scene, scene.frames[anchor], size[2], random)
    # Around zero, as angles in an answer are.
    yaw = (random.random() * 2 - 1) * pi
    is_moving = random.random() < 0.5
    # Slow ones are not drawn: they would look like standing ones that tremble.
    speed = _FASTEST_M * (0.15 + 0.85 * random.random()) if is_moving else 0.0
    turn = (random.random() - 0.5) * 0.1 if is_moving else 0.0
    tilt = [(random.random() * 2 - 1) * _MOST_TILT for _ in range(2)] if scene.is_tilted else []
    # In the frames' units from here on; all that was drawn is in metres.
    dimensions = as_vector(_scaled(size, 1 / scene.unit))
    for index, (where, heading) in _path(scene, anchor, place, yaw, speed, turn).items():
        track.frames[index] = {
            "position": as_vector(_scaled(where, 1 / scene.unit)),
            "dimensions": dimensions,
            "yaw": _angle(heading),
            **dict(zip(("pitch", "roll"), (_angle(angle) for angle in tilt), strict=False)),
        }
    # One and the same object for all frames: it is written out for each, and never changed.
    values = draw_values(own, label, random, job.faker)
    track.values = dict.fromkeys(track.frames, values)
    return track


def _size(label: str, random: Random) -> Vector:
    lower = label.lower()
    width, length, height = next(
        # By a part of the label: labels are people's own words, such as `parked_car`.
        (size for words, size in _SIZES if any(word in lower for word in words)),
        _CAR,
    )
    # A tenth either way, as no two are the same.
    factor = 0.9 + 0.2 * random.random()
    return round(width * factor, 2), round(length * factor, 2), round(height * factor, 2)


def _place(scene: Scene, frame: LidarFrame, height: float, random: Random) -> Vector:
    """A centre in metres: over a point of the frame if that can be, else near the device."""
    device = _scaled(frame.device, scene.unit)
    reach = _REACH_M if scene.limit is None else min(scene.limit * 0.9, _REACH_M)
    if frame.points:
        # The lowest point: sensors see the ground nearly everywhere.
        ground = min(point[2] for point in frame.points) * scene.unit
        # A few tries instead of a list of all points in reach: a frame has hundreds of thousands.
        for _ in range(_TRIES):
            at = int(random.random() * len(frame.points))
            x, y, _z = _scaled(frame.points[at], scene.unit)
            # A little above, so that points of the ground do not count as its own.
            centre = (x, y, ground + height / 2 + _CLEARANCE_M)
            if not frame.ground[at] and _distance(centre, device) <= reach:
                return centre
    # On the ground the sensor stands above, but never so steep that the limit leaves no way around.
    rise = max(min(height / 2 - _SENSOR_HEIGHT_M, reach * 0.3), -reach * 0.3)
    flat = sqrt(reach * reach - rise * rise)
    away = flat * (0.3 + 0.7 * random.random())
    angle = random.random() * 2 * pi
    return device[0] + away * cos(angle), device[1] + away * sin(angle), device[2] + rise


def _path(
    scene: Scene, anchor: int, place: Vector, yaw: float, speed: float, turn: float
) -> dict[int, tuple[Vector, float]]:
    """Centre in metres and yaw by frame, for the run of frames around ``anchor`` within sight."""
    # From the anchor forwards and then backwards: there the object is near enough for certain, and
    # the frames around it in which it still is form one run.
    path = {anchor: (_to_millimetres(scene, place), yaw)}
    for step in (1, -1):
        (x, y, z), heading = place, yaw
        index = anchor + step
        while 0 <= index < len(scene.frames):
            # An object at index i heads to where it is at i + 1.
            along = heading if step == 1 else heading - turn
            # Yaw 0 looks along +y and turns counter-clockwise: ahead is (-sin, cos).
            x -= step * speed * sin(along)
            y += step * speed * cos(along)
            heading += step * turn
            if not _is_in_sight(scene, index, (x, y, z)):
                break
            path[index] = (_to_millimetres(scene, (x, y, z)), heading)
            index += step
    return dict(sorted(path.items()))


def _to_millimetres(scene: Scene, place: Vector) -> Vector:
    """``place`` as anybody would write it down; exact where a limit is smaller than a room."""
    if scene.limit is not None and scene.limit < _REACH_M / 10:
        return place
    return round(place[0], 3), round(place[1], 3), round(place[2], 3)


def _is_in_sight(scene: Scene, index: int, place: Vector) -> bool:
    device = _scaled(scene.frames[index].device, scene.unit)
    # A thousandth less than the limit, so that rounding to millimetres cannot carry it beyond.
    limit = _SIGHT_M if scene.limit is None else scene.limit * 0.999
    return _distance(place, device) <= limit


def _scaled(place: Vector, factor: float) -> Vector:
    return place[0] * factor, place[1] * factor, place[2] * factor


def _distance(start: Vector, end: Vector) -> float:
    return hypot(start[0] - end[0], start[1] - end[1], start[2] - end[2])


def _angle(value: float) -> float:
    """``value`` in (-pi, pi], to four decimals, cut so that it cannot leave that range."""
    # Cut towards zero: rounding 3.14159 up would leave the range.
    turned = value - 2 * pi * round(value / (2 * pi))
    return int(turned * 10_000) / 10_000


def finished(
    job: Job, scene: Scene, tracks: Sequence[CuboidTrack], own: Sequence[Attribute]
) -> list[dict[str, Any]]:
    """The frames of the published file: ``{"cuboids": [...]}`` each, derived keys filled in.

    Args:
        job: of the task.
        scene: its frames.
        tracks: its objects; keys that they have already stay as they are.
        own: the attributes the task asks for.
    """
    frames: list[dict[str, Any]] = [{"cuboids": []} for _ in scene.frames]
    for track in tracks:
        poses = [_pose(cuboid) for cuboid in track.frames.values()]
        # Compared and not asked: a truth or a pre-label does not say whether something moves.
        stands = all(pose == poses[0] for pose in poses)
        seen: dict[str, Any] = {}
        for index, cuboid in track.frames.items():
            if index not in track.values:
                # What other frames tell is taken over: constant attributes must not change.
                track.values[index] = draw_values(
                    own, track.label, job.random, job.faker, preset=seen
                )
            seen |= track.values[index]
            frames[index]["cuboids"].append(
                {
                    "uuid": track.uuid,
                    "label": track.label,
                    **_derived(job, scene, index, cuboid, stands=stands),
                    "attributes": track.values[index],
                }
            )
    return frames


def _pose(cuboid: Mapping[str, Any]) -> tuple[Any, ...]:
    return cuboid["position"], cuboid["yaw"], cuboid.get("pitch"), cuboid.get("roll")


def _derived(
    job: Job, scene: Scene, index: int, cuboid: dict[str, Any], *, stands: bool
) -> dict[str, Any]:
    completed = dict(cuboid)
    for angle in ("pitch", "roll"):
        if scene.is_tilted:
            # Zero, as the reader of a tilted scene expects both keys.
            completed.setdefault(angle, 0)
        else:
            # Away, as others have never seen them.
            completed.pop(angle, None)
    completed.setdefault("stationary", stands)
    frame = scene.frames[index]
    centre = vector(cuboid["position"]) or (0.0, 0.0, 0.0)
    if "camera_used" not in completed:
        completed["camera_used"] = _camera(frame, scene.pictures[index], centre)
    if "numberOfPoints" not in completed:
        if frame.points is None:
            completed["numberOfPoints"] = 1 + int(job.random.random() * _MOST_UNKNOWN_POINTS)
        # Unknown points cannot be counted; none would look like an object that nobody saw.
        else:
            completed["numberOfPoints"] = len(points_inside(frame.points, cuboid))
    metres = _distance(centre, frame.device) * scene.unit
    # Cut, not rounded: an object at the limit must not be told to lie beyond it.
    completed.setdefault("distance_to_device", int(metres * 1000) / 1000)
    return completed


def _camera(frame: LidarFrame, pictures: Sequence[tuple[int, int]], centre: Vector) -> int:
    """The first camera that shows ``centre``, -1 for none; an unknown frame's one camera does."""
    for index, (camera, (width, height)) in enumerate(zip(frame.cameras, pictures, strict=True)):
        if camera is None:
            if frame.points is None:
                return index
            continue
        pixel = camera.project(centre)
        if pixel is not None and 0 <= pixel[0] <= width and 0 <= pixel[1] <= height:
            return index
    return -1


def axes(cuboid: Mapping[str, Any]) -> tuple[Vector, Vector, Vector]:
    """The directions of a cuboid's width, length and height in the world.

    Roll turns about the length, then pitch about the width, then yaw about z (the order is
    assumed).
    """
    yaw, pitch, roll = (float(cuboid.get(name) or 0) for name in ("yaw", "pitch", "roll"))
    cz, sz, cx, sx, cy, sy = cos(yaw), sin(yaw), cos(pitch), sin(pitch), cos(roll), sin(roll)
    return (
        (cz * cy - sz * sx * sy, sz * cy + cz * sx * sy, -cx * sy),
        (-sz * cx, cz * cx, sx),
        (cz * sy + sz * sx * cy, sz * sy - cz * sx * cy, cx * cy),
    )


def points_inside(points: Sequence[Vector], cuboid: Mapping[str, Any]) -> list[int]:
    """Which of ``points`` lie in ``cuboid``, borders included."""
    x, y, z = vector(cuboid["position"]) or (0.0, 0.0, 0.0)
    size = vector(cuboid["dimensions"]) or (0.0, 0.0, 0.0)
    halves = tuple(zip(axes(cuboid), (part / 2 for part in size), strict=True))
    # The half diagonal holds the cuboid however it is turned.
    radius = hypot(*size) / 2
    # The sphere around it first: nearly all points of a frame are left out by three comparisons.
    return [
        position
        for position, (px, py, pz) in enumerate(points)
        if abs(px - x) <= radius
        and abs(py - y) <= radius
        and abs(pz - z) <= radius
        and all(
            abs((px - x) * axis[0] + (py - y) * axis[1] + (pz - z) * axis[2]) <= half
            for axis, half in halves
        )
    ]


def corners(cuboid: Mapping[str, Any]) -> list[Vector]:
    """The eight corners of ``cuboid`` in the world."""
    centre = vector(cuboid["position"]) or (0.0, 0.0, 0.0)
    size = vector(cuboid["dimensions"]) or (0.0, 0.0, 0.0)
    across, along, up = (
        _scaled(axis, part / 2) for axis, part in zip(axes(cuboid), size, strict=True)
    )
    return [
        (
            centre[0] + a * across[0] + b * along[0] + c * up[0],
            centre[1] + a * across[1] + b * along[1] + c * up[1],
            centre[2] + a * across[2] + b * along[2] + c * up[2],
        )
        for a in (-1, 1)
        for b in (-1, 1)
        for c in (-1, 1)
    ]
