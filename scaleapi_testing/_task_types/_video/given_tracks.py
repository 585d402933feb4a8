"""What tracks a pre-label or a truth describes: frames of shapes, or tracks by uuid.

Both come in the form of their type's answer (docs/scale/video.md 1.2): an array of
``{"annotations": [shape]}``, one per annotated frame, or a dictionary of tracks by uuid, bare or in
one of its two wrappings. A flat array of shapes stands still from the first frame on (assumed).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..._random import draw_uuid
from .._language.published import prelabel_content
from .._language.truth import refusal
from .._language.values import is_true
from .._shapes.prelabels import FLAGS, tracks_of
from .tracks import Track

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._base import Job
    from .._shapes.rules import GeometryRule

TIMES: Final = ("timestamp", "timestamp_secs", "keyframeType", "isInferredKeyframe")
"""Keys of a playback frame that say when it is and how it came about."""

MOST_FRAMES_STOOD: Final = 60
"""Frames that a flat array of shapes stands in at most, from the first on: a thousand shapes and a
thousand frames must not become a million (assumed)."""

_NO_SHAPE: Final = frozenset({"uuid", "type", "geometry", "label", "attributes", "key"})


@dataclass(frozen=True, slots=True)
class GivenTracks:
    """The tracks a labeler starts from, and what may be done to them.

    Attributes:
        tracks: as given, each with a uuid.
        can_add: new tracks may join.
        can_edit: positions and attributes may change.
        can_edit_labels: labels may change.
    """

    tracks: list[Track]
    can_add: bool
    can_edit: bool
    can_edit_labels: bool


def given_tracks(
    job: Job, rules: Sequence[GeometryRule], keys: Sequence[int]
) -> GivenTracks | None:
    """The pre-label of a checked task; ``None`` when there is none, or it cannot be read.

    ``base_annotations`` wins over ``hypothesis``, which is left as it is (assumed).

    Args:
        job: of the task.
        rules: the geometries it asks for.
        keys: of the annotated frames, in order.
    """
    for field in ("base_annotations", "hypothesis"):
        content = prelabel_content(job, field)
        if content is None:
            continue
        is_base = field == "base_annotations"
        flags = [is_base and is_true(job.params.get(flag), default=True) for flag in FLAGS[:3]]
        try:
            tracks = read_tracks(content, job, rules, keys, field)
        except ValueError:  # nothing that labelers could start from
            continue
        if tracks or (is_base and not flags[0]):
            return GivenTracks(tracks, *flags)
    return None


def read_tracks(
    content: Any, job: Job, rules: Sequence[GeometryRule], keys: Sequence[int], where: str
) -> list[Track]:
    """The tracks that ``content`` describes.

    Args:
        content: frames of shapes, tracks by uuid, or a flat array of shapes.
        job: gives uuids to shapes without one.
        rules: the geometries of the task.
        keys: of the annotated frames, in order.
        where: the place of ``content``, for errors.

    Raises:
        ValueError: it is none of these, or a part of it is not what it should be.
    """
    # An answer without tracks is an empty object, and legal as a pre-label or a truth.
    tracks = {} if content == {} else tracks_of(content)
    if tracks is not None:
        read = [
            _from_track(uuid, track, rules, f"{where}.{uuid}") for uuid, track in tracks.items()
        ]
        # A track that is nowhere is none, and an answer could not show it.
        return [track for track in read if track.shapes]
    if not isinstance(content, list) or not all(isinstance(entry, dict) for entry in content):
        raise refusal(
            where,
            content,
            'an array with {"annotations": [shape]} for each annotated frame, '
            "or an object of tracks by uuid",
        )
    if content and all("annotations" not in entry for entry in content):
        standing = [{"uuid": draw_uuid(job.random), **shape} for shape in content]
        content = [{"annotations": standing}] * min(len(keys), MOST_FRAMES_STOOD)
    if len(content) > len(keys):
        raise refusal(f"the number of frames in {where}", len(content), f"at most {len(keys)}")
    by_uuid: dict[str, Track] = {}
    for key, frame in zip(keys, content, strict=False):
        at = f"{where}[{key}]"
        shapes = frame.get("annotations")
        if not isinstance(shapes, list) or not all(isinstance(shape, dict) for shape in shapes):
            raise refusal(f"{at}.annotations", shapes, "an array of shapes")
        for position, shape in enumerate(shapes):
            _add_shape(by_uuid, shape, key, rules, job, f"{at}.annotations[{position}]")
    return list(by_uuid.values())


def _add_shape(
    by_uuid: dict[str, Track],
    shape: dict[str, Any],
    key: int,
    rules: Sequence[GeometryRule],
    job: Job,
    where: str,
) -> None:
    uuid = shape.get("uuid")
    if not isinstance(uuid, str) or not uuid:
        uuid = draw_uuid(job.random)
    track = by_uuid.get(uuid)
    if track is None:
        track = Track(uuid, _geometry(shape, rules, where), _label(shape, where))
        by_uuid[uuid] = track
    elif key in track.shapes:
        raise refusal(f"{where}.uuid", uuid, "a uuid that no other shape of the frame has")
    _add_frame(track, key, shape, where)


def _add_frame(track: Track, key: int, shape: Mapping[str, Any], where: str) -> None:
    values = shape.get("attributes")
    if values is not None:
        if not isinstance(values, dict):
            raise refusal(f"{where}.attributes", values, "an object of values by key")
        track.values[key] = dict(values)
    track.shapes[key] = {name: part for name, part in shape.items() if name not in _NO_SHAPE}


def _geometry(shape: Mapping[str, Any], rules: Sequence[GeometryRule], where: str) -> str:
    geometry = shape.get("type", shape.get("geometry"))
    if geometry is None and len(rules) == 1:
        return rules[0].geometry
    geometries = [rule.geometry for rule in rules]
    if not isinstance(geometry, str) or geometry not in geometries:
        raise refusal(
            f"{where}.type", geometry, "a geometry the task asks for: " + ", ".join(geometries)
        )
    return geometry


def _label(shape: Mapping[str, Any], where: str) -> str | None:
    label = shape.get("label")
    if label is not None and not isinstance(label, str):
        raise refusal(f"{where}.label", label, "a string")
    return label


def _from_track(
    uuid: str, content: Mapping[str, Any], rules: Sequence[GeometryRule], where: str
) -> Track:
    track = Track(uuid, _geometry(content, rules, where), _label(content, where))
    frames: dict[int, Mapping[str, Any]] = {}
    for position, frame in enumerate(content["frames"]):
        at = f"{where}.frames[{position}]"
        key = frame.get("key") if isinstance(frame, dict) else None
        if not isinstance(key, int) or isinstance(key, bool) or key < 0 or key in frames:
            raise refusal(f"{at}.key", key, "a frame number, 0 or more, that no other frame has")
        frames[key] = frame
    # By key, whatever the order in the file: an answer's keys must increase.
    for key in sorted(frames):
        _add_frame(track, key, frames[key], f"{where}.frames with key {key}")
    return track
