"""``lidarannotation``: cuboids around the objects of a lidar scene.

``truth`` (what labelers should find) has the form of the published file, an array with
``{"cuboids": [...]}`` for each frame, or is an object with that array as ``annotations``. Of a
cuboid, ``label``, ``position`` and ``dimensions`` (in the frames' units) are needed; ``yaw`` is 0
where absent, and the rest is filled in. A ``ValueError`` names what does not fit the task.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._attributes.rules import check_attribute_list, unread_attributes
from ._attributes.values import read_attributes
from ._base import Params, TaskType
from ._language.labels import check_label_list, leaves
from ._language.published import prelabel_content, publish
from ._language.sentences import check_booleans, check_choice, check_positive, check_tags
from ._language.values import is_true
from ._scenes import rules as lidar
from ._scenes.cuboids import CuboidTrack, draw_cuboid_track, draw_cuboids, finished, link_cuboids
from ._scenes.dependents import check_dependents
from ._scenes.frames import read_scene, unreadable_frames
from ._scenes.given_cuboids import find_cuboids, read_cuboids
from ._shapes.links import unread_links
from ._shapes.prelabels import FLAGS, check_flags, check_links_and_prelabels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ._attributes.values import Attribute
    from ._base import Job, Surroundings, Violation
    from ._scenes.frames import Scene


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules LA1 to LA6 (docs/scale/scenes.md 2.2), C7, C9 and C11 (docs/scale/video.md 1.4)."""
    yield from lidar.check_frames(params)
    yield from check_choice(params, "attachment_type", lidar.ATTACHMENT_TYPES)
    yield from check_label_list(params)
    yield from check_positive(params, lidar.FACTORS)
    yield from check_booleans(params, ("pitch_and_roll_enabled",))
    yield from check_dependents(params, surroundings)
    labels = leaves(params.get("labels"))
    yield from check_attribute_list(params, labels)
    yield from check_links_and_prelabels(params, {"cuboid": labels})
    yield from check_tags(params)
    yield from check_flags(params)


def written_back(params: Params) -> Params:
    """``attachment_type`` and ``meters_per_unit`` (assumed)."""
    params.setdefault("attachment_type", "json")
    params.setdefault("meters_per_unit", 1)
    return params


def respond(job: Job) -> dict[str, Any]:
    """A link to the cuboids of each frame."""
    scene = read_scene(job, job.params)
    own = read_attributes(job.params.get("annotation_attributes")).own
    tracks = _tracks(job, scene, own)
    return {"annotations": publish(job, finished(job, scene, tracks, own))}


def _tracks(job: Job, scene: Scene, own: Sequence[Attribute]) -> list[CuboidTrack]:
    labels = leaves(job.params["labels"])
    count = len(scene.frames)
    if job.truth is not None:
        return find_cuboids(job.truth, job, count, labels, own)
    for field in ("base_annotations", "hypothesis"):
        content = prelabel_content(job, field)
        is_base = field == "base_annotations"
        can_add, can_edit = (
            is_base and is_true(job.params.get(flag), default=True) for flag in FLAGS[:2]
        )
        try:
            tracks = [] if content is None else read_cuboids(content, job, count, field)
        except ValueError:  # nothing that labelers could start from
            continue
        # An empty one says nothing, unless nothing may be added to it: then it is the answer.
        if tracks or (is_base and content is not None and not can_add):
            fixed = frozenset[str]() if can_edit else frozenset(track.uuid for track in tracks)
            # Without a given cuboid an answer would be empty: then one is always added.
            if can_add and (not tracks or job.random.random() < 0.5):
                tracks.append(draw_cuboid_track(job, scene, labels[0], own))
            link_cuboids(job, scene, tracks, own, may_add=can_add, fixed=fixed)
            return tracks
    return draw_cuboids(job, scene, labels, own)


def unread(params: Params) -> Iterator[str]:
    """Keys inside attributes and links that nothing reads."""
    yield from unread_attributes(params.get("annotation_attributes"))
    yield from unread_links(params.get("links"))


TASK_TYPE: Final = TaskType(
    name="lidarannotation",
    source=documented("https://docs.scale.com/reference/lidar-callback-format"),
    keys=lidar.KEYS | {"pitch_and_roll_enabled"},
    check=check,
    respond=respond,
    written_back=written_back,
    unread=unread,
    unusable=unreadable_frames,
)
