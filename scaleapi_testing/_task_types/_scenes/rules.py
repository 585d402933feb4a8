"""What the lidar task types ask of their parameters: rules LS3 to LS5, and what they share.

Texts: docs/scale/scenes.md 2 to 5; the rules on ``lidar_task`` are documented, the texts assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .._base import Violation
from .._language.addresses import check_addresses, is_missing, missing_attachment
from .._language.labels import leaves
from .._language.sentences import check_choice, missing, wrong
from .._language.values import wording
from .._shapes.prelabels import SHARED_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .._base import Params, ParentTask, Surroundings

FRAME_URL: Final = "the URL of one lidar frame, e.g. https://example.com/frame0.json"
SCENE_URL: Final = "the URL of one sensor fusion scene, e.g. https://example.com/drive.sfs"
ONE_SCENE: Final = "Sensor fusion tasks accept exactly one attachment."
ATTACHMENT_TYPES: Final = ("json", "protobuf", "split_base64", "sensor_fusion")
FACTORS: Final = ("meters_per_unit", "max_distance_meters")
ROOT_TYPE: Final = "lidarannotation"

KEYS: Final = SHARED_KEYS - {"attachment"} | {
    "labels", *FACTORS, "dependents", "scene_format", "task_id",
}  # fmt: skip
"""Parameters of the lidar types; ``task_id`` is null in what Scale's toolkit sends."""


@dataclass(frozen=True, slots=True)
class Root:
    """The lidarannotation task that a task builds on.

    Attributes:
        labels: its cuboids' labels, in order.
        count: its frames.
    """

    labels: Mapping[str, None]
    count: int


def root_of(params: Params) -> Root:
    """The root that a lidarannotation task with ``params``, checked or not, is."""
    frames = params.get("attachments")
    return Root(
        dict.fromkeys(leaves(params.get("labels"))), len(frames) if isinstance(frames, list) else 0
    )


def check_frames(params: Params) -> Iterator[Violation]:
    """Rules C1 to C3 (docs/scale/video.md 1.4) for ``attachments``."""
    frames = params.get("attachments")
    if is_missing(frames):
        yield missing_attachment("attachments", f"an array, each entry {FRAME_URL}")
    else:
        yield from check_addresses(frames, FRAME_URL)


def check_lidar_task(task_id: Any, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules LS3 and LS4 for a ``lidar_task`` that was sent."""
    expected = "the id of a completed lidarannotation task of the same key"
    root = surroundings.task(task_id) if isinstance(task_id, str) else None
    if root is None:
        yield Violation("lidar_task", "Task with that ID not found.", expected)
        return
    shown = wording(task_id)
    if root.type != ROOT_TYPE:
        message = f"Task {shown} is not a {ROOT_TYPE} task."
        yield Violation("lidar_task", message, f"{expected}, not one of type {root.type}")
    if root.status != "completed":
        message = f"Task {shown} must be completed."
        yield Violation("lidar_task", message, f"{expected}; this one is {root.status}")


def find_root(task_id: Any, surroundings: Surroundings) -> ParentTask | None:
    """The task that ``lidar_task`` names, ``None`` when it cannot be one to build on."""
    root = surroundings.task(task_id) if isinstance(task_id, str) else None
    return root if root is not None and root.type == ROOT_TYPE else None


def check_frame_choice(params: Params, root: Root | None, *, has_task: bool) -> Iterator[Violation]:
    """Rule LS5.

    Args:
        params: of the task.
        root: the task whose frames are chosen, ``None`` when it is unknown.
        has_task: whether the task names one at all.
    """
    if "lidar_task_frames" not in params:
        return
    chosen = params["lidar_task_frames"]
    count = None if root is None else root.count
    # Booleans are integers in Python, and True would be frame 1.
    if (
        not has_task
        or not isinstance(chosen, list)
        or not all(isinstance(place, int) and not isinstance(place, bool) for place in chosen)
        or len(set(chosen)) != len(chosen)
        or any(place < 0 or (count is not None and place >= count) for place in chosen)
    ):
        upper = "the number of its frames" if count is None else str(count)
        expected = f"an array of different integers from 0 up to, not including, {upper}"
        if not has_task:
            expected += "; only beside lidar_task"
        yield wrong("lidar_task_frames", "frame indexes of the lidar task", expected)


def frames_used(params: Params, count: int) -> list[int]:
    """The frames of the lidar task that a checked task uses: those chosen, else all ``count``."""
    chosen = params.get("lidar_task_frames")
    return [place for place in chosen if place < count] if chosen else list(range(count))


def check_scene_urls(params: Params) -> Iterator[Violation]:
    """Rules C1 to C3 for the scenes."""
    scenes = params.get("attachments")
    if is_missing(scenes):
        yield missing_attachment("attachments", f"an array of one, {SCENE_URL}")
    else:
        yield from check_addresses(scenes, SCENE_URL)


def check_scene_format(params: Params, formats: tuple[str, ...]) -> Iterator[Violation]:
    """Rule SF3."""
    if is_missing(params.get("scene_format")):
        yield missing("scene_format", "one of " + ", ".join(formats))
    else:
        yield from check_choice(params, "scene_format", formats)
