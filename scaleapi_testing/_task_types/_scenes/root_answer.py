"""What a lidar task takes over from its ``lidar_task``: frames and cuboids.

Source: documented, https://docs.scale.com/reference/lidarlinking-callback-format and
/lidar-segmentation-response (docs/scale/scenes.md 3 and 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._language.labels import leaves
from .._language.published import linked
from .frames import Scene, read_scene
from .given_cuboids import cuboids_by_frame
from .rules import find_root, frames_used, root_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._base import Job


@dataclass(frozen=True, slots=True)
class RootAnswer:
    """The chosen frames of a lidarannotation task and what was found in them.

    Attributes:
        scene: the chosen frames.
        frames: ``{"cuboids": [...]}`` for each of them.
        labels: the root task's.
    """

    scene: Scene
    frames: Sequence[dict[str, Any]]
    labels: tuple[str, ...]


def read_root(job: Job) -> RootAnswer | None:
    """What the job's ``lidar_task`` brings; ``None`` without one.

    Cuboids come from the published file, or stand in the response itself when a test answered so;
    frames of an answer that cannot be read have none.
    """
    root = find_root(job.params.get("lidar_task"), job.surroundings)
    if root is None:
        return None
    places = frames_used(job.params, root_of(root.params).count)
    scene = read_scene(job, root.params, places)
    content = root.response.get("annotations") if isinstance(root.response, dict) else None
    frames = cuboids_by_frame(linked(content, job.surroundings), job, places)
    return RootAnswer(scene, frames, leaves(root.params.get("labels")))
