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
from ._images.rules import check_tags
from ._language import media_rules as rules
from ._scenes.sensor_scene import labels_of, scene_answer, steps_of
from ._shapes.rules import check_booleans
from ._video.answers import publish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._base import Job, Surroundings

SCENE_URL: Final = "the URL of one sensor fusion scene, e.g. https://example.com/drive.sfs"


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules SF1 to SF5 and T1, in this order."""
    del surroundings
    yield from check_scene_urls(params)
    scenes = params.get("attachments")
    if isinstance(scenes, list) and len(scenes) > 1:
        yield Violation(
            "attachments",
            "Sensor fusion tasks accept exactly one attachment.",
            f"an array of one, {SCENE_URL}",
        )
    yield from check_scene_format(params, ("sensor_fusion",))
    definitions = params.get("annotation_definition")
    is_array = isinstance(definitions, list) and bool(definitions)
    if not is_array or not all(isinstance(one, dict) for one in definitions or ()):
        yield Violation(
            "annotation_definition",
            "Please include an annotation_definition parameter.",
            "a non-empty array of objects",
        )
    yield from check_booleans(params, ("is_frameless",))
    yield from check_tags(params)
    yield from check_booleans(params, ("clear_unique_id_on_error",))


def check_scene_urls(params: Params) -> Iterator[Violation]:
    """Rules C1 to C3 for the scenes."""
    scenes = params.get("attachments")
    if rules.is_missing(scenes):
        yield rules.missing_attachment("attachments", f"an array of one, {SCENE_URL}")
    else:
        yield from rules.check_urls(scenes, SCENE_URL)


def check_scene_format(params: Params, formats: tuple[str, ...]) -> Iterator[Violation]:
    """Rule SF3."""
    if rules.is_missing(params.get("scene_format")):
        yield Violation(
            "scene_format",
            "Please include a scene_format parameter.",
            "one of " + ", ".join(formats),
        )
    else:
        yield from rules.check_choice(params, "scene_format", formats)


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
