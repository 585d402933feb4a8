"""What cuboids a pre-label, a truth or another task's answer describes, and how labelers see them.

The form is that of the answer: an array with ``{"cuboids": [...]}`` for each frame. Of a cuboid,
``label``, ``position`` and ``dimensions`` are needed; the rest is filled in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..._random import draw_uuid
from .._attributes.truth import AttributeTruth, drop_lost_links
from .._language.noise import Noise
from .._language.truth import few_of, refusal
from .._language.values import number
from .cameras import vector
from .cuboids import CuboidTrack
from .frames import to_ten_digits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from .._attributes.values import Attribute
    from .._base import Job

_NOT_OWN: Final = frozenset({"uuid", "label", "attributes"})
_DERIVED: Final = ("camera_used", "numberOfPoints", "distance_to_device")
_EXPECTED: Final = 'an array with {"cuboids": [...]} for each frame'


def read_cuboids(content: Any, job: Job, count: int, where: str) -> list[CuboidTrack]:
    """The tracks that ``content`` describes.

    Args:
        content: an array with ``{"cuboids": [...]}`` for each frame.
        job: gives uuids to cuboids without one.
        count: number of frames of the scene.
        where: the place of ``content``, for errors.

    Raises:
        ValueError: it is no such array, is longer than the scene, or a part of it is wrong.
    """
    if not isinstance(content, list):
        raise refusal(where, content, _EXPECTED)
    if len(content) > count:
        raise refusal(f"the number of frames in {where}", len(content), f"at most {count}")
    tracks: dict[str, CuboidTrack] = {}
    for index, frame in enumerate(content):
        cuboids = frame.get("cuboids") if isinstance(frame, dict) else None
        if not isinstance(cuboids, list):
            raise refusal(f"{where}[{index}]", frame, 'an object {"cuboids": [...]}')
        for position, cuboid in enumerate(cuboids):
            _add(tracks, cuboid, index, job.random, f"{where}[{index}].cuboids[{position}]")
    return list(tracks.values())


def _add(
    tracks: dict[str, CuboidTrack], entry: Any, index: int, random: Random, where: str
) -> None:
    if not isinstance(entry, dict):
        raise refusal(where, entry, "a cuboid, which is an object")
    label = entry.get("label")
    if not isinstance(label, str) or not label:
        raise refusal(f"{where}.label", label, "a non-empty string")
    size = vector(entry.get("dimensions"))
    if vector(entry.get("position")) is None:
        raise refusal(f"{where}.position", entry.get("position"), "an object with x, y and z")
    if size is None or min(size) <= 0:
        raise refusal(f"{where}.dimensions", entry.get("dimensions"), "x, y and z above 0")
    for angle in ("yaw", "pitch", "roll"):
        if number(entry.get(angle, 0)) is None:
            raise refusal(f"{where}.{angle}", entry[angle], "a number of radians")
    values = entry.get("attributes")
    if values is not None and not isinstance(values, dict):
        raise refusal(f"{where}.attributes", values, "an object of values by key")
    uuid = entry.get("uuid")
    if not isinstance(uuid, str) or not uuid:
        uuid = draw_uuid(random)
    track = tracks.setdefault(uuid, CuboidTrack(uuid, label))
    if index in track.frames:
        raise refusal(f"{where}.uuid", uuid, "a uuid that no other cuboid of the frame has")
    cuboid = {key: part for key, part in entry.items() if key not in _NOT_OWN}
    track.frames[index] = {"yaw": 0, **cuboid}
    if values is not None:
        track.values[index] = dict(values)


def find_cuboids(
    truth: Any, job: Job, count: int, labels: Sequence[str], own: Sequence[Attribute]
) -> list[CuboidTrack]:
    """What the job's labelers find of the true cuboids.

    Whole tracks are missed with ``miss_rate``; the label and each category of a track are wrong
    with ``1 - accuracy``; centres are off by ``jitter_px`` in the frames' units, once for an object
    that stands still, in each frame for one that moves.

    Args:
        truth: as in the answer, or an object with it as ``annotations``.
        job: of the task.
        count: number of frames.
        labels: that the task knows.
        own: its attributes.

    Raises:
        ValueError: the truth has another form, or a part of it does not fit the task.
    """
    if isinstance(truth, dict):
        truth = truth.get("annotations")
    noise = Noise(job)
    attribute_truth = AttributeTruth(own)
    label_set = frozenset(labels)
    seen: list[CuboidTrack] = []
    for track in read_cuboids(truth, job, count, "truth"):
        if track.label not in label_set:
            raise refusal(
                f"the label of {track.uuid} in truth",
                track.label,
                f"one of the task's labels: {few_of(labels)}",
            )
        for index, values in track.values.items():
            attribute_truth.checked(values, f"truth: {track.uuid} at frame {index}: attributes")
        # Checked in full before it is left out: a wrong truth must not hang on chance.
        if noise.misses():
            continue
        track.label = noise.name(track.label, labels)
        # One for all frames: who takes a car for a van does so throughout.
        mistakes: dict[tuple[str, str], str] = {}
        for index, values in track.values.items():
            track.values[index] = attribute_truth.seen(values, noise, mistakes=mistakes)
        if noise.jitters:
            _blur(track, noise)
        seen.append(track)
    drop_lost_links(own, ((track.uuid, track.label, track.values.values()) for track in seen))
    return seen


def _blur(track: CuboidTrack, noise: Noise) -> None:
    # An object that stands still must do so after the noise, too: one offset for all its frames.
    stands = len({str((frame["position"], frame["yaw"])) for frame in track.frames.values()}) == 1
    offset = [noise.shift() for _ in range(3)]
    for cuboid in track.frames.values():
        if not stands:
            offset = [noise.shift() for _ in range(3)]
        cuboid["position"] = {
            axis: to_ten_digits(cuboid["position"][axis] + by)
            for axis, by in zip("xyz", offset, strict=True)
        }
        # They were true of the place it had; `finished` works them out anew.
        for key in _DERIVED:
            cuboid.pop(key, None)


def cuboids_by_frame(content: Any, job: Job, places: Sequence[int]) -> list[dict[str, Any]]:
    """The frames of another task's answer, in the order of ``places``; empty where unreadable."""
    frames: list[Any] = content if isinstance(content, list) else []
    chosen: list[dict[str, Any]] = []
    for place in places:
        frame: Any = frames[place] if place < len(frames) else {}
        try:
            # Each frame alone: one that cannot be read must not empty the others.
            read_cuboids([frame], job, 1, "")
        except ValueError:  # an answer that a test made up may be anything
            frame = {}
        chosen.append({"cuboids": list(_cuboids_of(frame))})
    return chosen


def _cuboids_of(frame: Mapping[str, Any]) -> list[dict[str, Any]]:
    cuboids: list[dict[str, Any]] = frame.get("cuboids", [])
    return cuboids
