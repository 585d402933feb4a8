"""``lidarlinking``: shapes in the cameras of a lidar scene, tied to its cuboids.

``truth`` (what labelers should find) has the form of the published file: for each frame
``{"camera_responses": [{"camera_used": 0, "annotations": [...]}]}``. Of an annotation, ``label``
and the shape's own keys are needed; ``type`` where the task asks for several geometries.
``cuboid_uuid`` and ``attributes`` are filled in, ``not_in_lidar`` follows from the cuboids. A
``ValueError`` names what does not fit the task.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._attributes.rules import check_attribute_list, unread_attributes
from ._base import Params, TaskType, Violation
from ._language.addresses import is_missing
from ._language.labels import check_labels, leaves
from ._language.published import publish
from ._language.sentences import check_choice, check_tags, missing
from ._scenes import rules as lidar
from ._scenes.camera_shapes import ANNOTATION_TYPES, draw_cameras, find_cameras, geometry_rules
from ._scenes.root_answer import read_root
from ._shapes.prelabels import SHARED_BOOLEANS, check_flags
from ._shapes.rules import all_leaves, check_geometries, unread_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._base import Job, Surroundings


KEYS: Final = frozenset(
    {
        "lidar_task", "lidar_task_frames", "annotation_type", "geometries", "priority", "tags",
        "objects_to_annotate", "annotation_attributes", *SHARED_BOOLEANS,
    }
)  # fmt: skip


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """``lidar_task``, rules LS3 to LS5, then the rest in the order of docs/scale/scenes.md 4."""
    task_id = params.get("lidar_task")
    root = None
    has_task = not is_missing(task_id)
    if not has_task:
        yield missing("lidar_task", "the id of a completed lidarannotation task")
    else:
        yield from lidar.check_lidar_task(task_id, surroundings)
        parent = lidar.find_root(task_id, surroundings)
        root = None if parent is None else lidar.root_of(parent.params)
    yield from _check_body(params, root, has_task=has_task)


def check_with_root(
    params: Params, root: lidar.Root, surroundings: Surroundings
) -> Iterator[Violation]:
    """The rules for a definition in ``dependents``, whose ``lidar_task`` will be ``root``."""
    del surroundings
    yield from _check_body(params, root, has_task=True)


def _check_body(params: Params, root: lidar.Root | None, *, has_task: bool) -> Iterator[Violation]:
    yield from check_choice(params, "annotation_type", ANNOTATION_TYPES)
    geometries = params.get("geometries")
    if geometries is not None:
        attributes = params.get("annotation_attributes")
        yield from check_geometries(geometries, attributes=attributes)
    objects = params.get("objects_to_annotate")
    if objects is not None:
        yield from check_labels(objects, "objects_to_annotate")
    own = dict.fromkeys((*all_leaves(geometries), *leaves(objects)))
    # Without labels of its own the task has those of its root, which may be unknown by now.
    labels = own or (None if root is None else root.labels)
    if labels is not None:
        yield from check_attribute_list(params, labels)
    yield from lidar.check_frame_choice(params, root, has_task=has_task)
    yield from check_tags(params)
    yield from check_flags(params)


def respond(job: Job) -> dict[str, Any]:
    """A link to the shapes of each frame and camera."""
    root = read_root(job)
    if root is None:
        return {"annotations": publish(job, [])}
    rules = geometry_rules(job.params, root.labels)
    make = draw_cameras if job.truth is None else find_cameras
    return {"annotations": publish(job, make(job, root, rules))}


def unread(params: Params) -> Iterator[str]:
    """Keys inside geometries and attributes that nothing reads."""
    yield from unread_options(params.get("geometries"))
    yield from unread_attributes(params.get("annotation_attributes"))


TASK_TYPE: Final = TaskType(
    name="lidarlinking",
    source=documented("https://docs.scale.com/reference/lidarlinking-callback-format"),
    keys=KEYS,
    check=check,
    respond=respond,
    check_with_root=check_with_root,
    unread=unread,
)
