"""``sensorfusion``: annotations on one sensor fusion scene.

``truth`` (what labelers should find) has the form of the published file,
``{"annotations": [{"id", "type", "label", ...}]}``, or is its array; it comes back as it is, with
labelers some missed, some mislabeled, and paths off by ``jitter_px`` units. A ``ValueError`` names
what has another form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._base import Params, TaskType, Violation
from ._language.published import publish
from ._language.sentences import check_booleans, check_tags, missing
from ._scenes.rules import ONE_SCENE, SCENE_URL, check_scene_format, check_scene_urls
from ._scenes.sensor_scene import labels_of, scene_answer, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._base import Job, Surroundings


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules SF1 to SF5 (docs/scale/scenes.md 7), then T1 (docs/scale/images.md 7.5)."""
    del surroundings
    yield from check_scene_urls(params)
    scenes = params.get("attachments")
    if isinstance(scenes, list) and len(scenes) > 1:
        yield Violation("attachments", ONE_SCENE, f"an array of one, {SCENE_URL}")
    yield from check_scene_format(params, ("sensor_fusion",))
    definitions = params.get("annotation_definition")
    is_array = isinstance(definitions, list) and bool(definitions)
    if not is_array or not all(isinstance(definition, dict) for definition in definitions or ()):
        yield missing("annotation_definition", "a non-empty array of objects")
    yield from check_booleans(params, ("is_frameless",))
    yield from check_tags(params)
    yield from check_booleans(params, ("clear_unique_id_on_error",))


def respond(job: Job) -> dict[str, Any]:
    """A link to the scene's annotations; a scene nothing is known of has five steps."""
    labels = labels_of(job.params["annotation_definition"])
    content = scene_answer(job, labels, steps_of(job))
    return {"annotations": publish(job, content)}


TASK_TYPE: Final = TaskType(
    name="sensorfusion",
    source=documented("https://scale.com/docs/api-reference/sensor-fusion-tasks"),
    keys=frozenset(
        {
            "attachments", "scene_format", "annotation_definition", "is_frameless", "project",
            "clear_unique_id_on_error", "tags",
        }
    ),
    check=check,
    respond=respond,
)  # fmt: skip
