"""``lidarsegmentation``: a label for each point of a lidar scene.

``truth`` has the form of the published file: ``{"objects": [{"label", "index", "instance"?}],
"point_objects": [[index of each point] for each frame]}``. With labelers, an instance is missed as
a whole (its points become 0), and each point has another index with ``1 - accuracy``. A
``ValueError`` names what does not fit the task.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._attributes.rules import check_attribute_list, unread_attributes
from ._base import Params, TaskType, Violation
from ._language.addresses import check_addresses, is_missing, missing_attachment
from ._language.labels import LABELS_EXPECTED, check_labels, leaves
from ._language.published import publish
from ._language.sentences import check_choice, check_positive, check_tags, missing
from ._scenes import rules as lidar
from ._scenes.dependents import check_dependents
from ._scenes.frames import read_scene, unreadable_frames
from ._scenes.root_answer import read_root
from ._scenes.segments import find_segments, segment
from ._shapes.links import unread_links
from ._shapes.prelabels import check_flags, check_links_and_prelabels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._base import Job, Surroundings

LISTS: Final = ("labels", "segmentation_labels")


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules LS1 to LS6, C4, C10, D1 to D5, C7, C9 and C11, in this order.

    Sources: docs/scale/scenes.md 3 and 6; the C: docs/scale/video.md 1.4.
    """
    task_id, frames = params.get("lidar_task"), params.get("attachments")
    has_task, has_frames = not is_missing(task_id), not is_missing(frames)
    if not has_task and not has_frames:
        expected = f"an array, each entry {lidar.FRAME_URL}, or a lidar_task"
        yield missing_attachment("attachments", expected)
    if has_frames:
        yield from check_addresses(frames, lidar.FRAME_URL)
    if has_task and has_frames:
        yield _both()
    # Both are refused above, and still looked at: every violation is told, the first one answers.
    root = None
    if has_task:
        yield from lidar.check_lidar_task(task_id, surroundings)
        parent = lidar.find_root(task_id, surroundings)
        root = None if parent is None else lidar.root_of(parent.params)
    yield from lidar.check_frame_choice(params, root, has_task=has_task)
    yield from _check_labels(params)
    yield from _check_rest(params, surroundings, is_root=True)


def check_with_root(
    params: Params, root: lidar.Root, surroundings: Surroundings
) -> Iterator[Violation]:
    """The rules for a definition in ``dependents``, whose ``lidar_task`` will be ``root``."""
    if not is_missing(params.get("attachments")):
        yield _both()
    yield from lidar.check_frame_choice(params, root, has_task=True)
    yield from _check_labels(params)
    yield from _check_rest(params, surroundings, is_root=False)


def _both() -> Violation:
    return Violation(
        "attachments",
        "Please include either attachments or lidar_task, not both.",
        "attachments alone, or lidar_task alone, which brings its frames",
    )


def _check_labels(params: Params) -> Iterator[Violation]:
    """Rule LS6."""
    if all(params.get(field) is None or params[field] == [] for field in LISTS):
        yield missing("labels", f"labels or segmentation_labels, {LABELS_EXPECTED}")
    for field in LISTS:
        if params.get(field) is not None:
            yield from check_labels(params[field], field)


def _check_rest(
    params: Params, surroundings: Surroundings, *, is_root: bool
) -> Iterator[Violation]:
    yield from check_choice(params, "attachment_type", lidar.ATTACHMENT_TYPES)
    yield from check_positive(params, lidar.FACTORS)
    if is_root:
        yield from check_dependents(params, surroundings)
    labels = dict.fromkeys(label for field in LISTS for label in leaves(params.get(field)))
    yield from check_attribute_list(params, labels)
    yield from check_links_and_prelabels(params, {"cuboid": tuple(labels)})
    yield from check_tags(params)
    yield from check_flags(params)


def written_back(params: Params) -> Params:
    """``attachment_type`` and ``meters_per_unit`` for frames of its own (assumed)."""
    # With a lidar_task the frames are its root's, and so are their type and unit.
    if is_missing(params.get("lidar_task")):
        params.setdefault("attachment_type", "json")
        params.setdefault("meters_per_unit", 1)
    return params


def respond(job: Job) -> dict[str, Any]:
    """A link to the points' objects; with ``lidar_task`` also one to its cuboids."""
    root = read_root(job)
    scene = read_scene(job, job.params) if root is None else root.scene
    cuboids = [] if root is None else [frame["cuboids"] for frame in root.frames]
    lists = [job.params.get(field) for field in LISTS]
    if job.truth is not None:
        content = find_segments(job, scene, lists)
    else:
        content = segment(job, scene, lists, cuboids)
    response: dict[str, Any] = {"point_segmentations": publish(job, content)}
    if root is not None:
        response["annotations"] = publish(job, list(root.frames))
    return response


def unread(params: Params) -> Iterator[str]:
    """Keys inside attributes and links that nothing reads."""
    yield from unread_attributes(params.get("annotation_attributes"))
    yield from unread_links(params.get("links"))


TASK_TYPE: Final = TaskType(
    name="lidarsegmentation",
    source=documented("https://docs.scale.com/reference/lidar-segmentation-response"),
    keys=lidar.KEYS | {"segmentation_labels", "lidar_task", "lidar_task_frames"},
    check=check,
    respond=respond,
    check_with_root=check_with_root,
    written_back=written_back,
    unread=unread,
    unusable=unreadable_frames,
)
