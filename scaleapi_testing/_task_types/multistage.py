"""``multistage``: several stages of work on one scene or a sequence of frames.

Scale documents it as a 3D type and publishes no answer; tests give their own. Where they do not,
the answer is that of ``sensorfusion`` for a scene, and ``lidarannotation``'s array of
``{"cuboids": [...]}`` for frames; ``truth`` has the same form (assumed; docs/scale/scenes.md 7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._base import Params, TaskType, Violation
from ._language.published import publish
from ._language.sentences import check_booleans, check_tags, missing
from ._scenes.cuboids import draw_cuboids, finished
from ._scenes.frames import read_scene
from ._scenes.given_cuboids import find_cuboids
from ._scenes.rules import ONE_SCENE, check_scene_format, check_scene_urls
from ._scenes.sensor_scene import labels_of, scene_answer, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._base import Job, Surroundings

FORMATS: Final = ("sensor_fusion", "split_base64")


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """``project``, C1 to C3, ``scene_format``, T1 and C11; a batch brings its project.

    T1: docs/scale/images.md 7.5; the C: docs/scale/video.md 1.4.
    """
    del surroundings
    if params.get("project") is None and params.get("batch") is None:
        yield missing("project", "the name of a multistage project")
    yield from check_scene_urls(params)
    scenes = params.get("attachments")
    is_scene = params.get("scene_format") == FORMATS[0]
    if is_scene and isinstance(scenes, list) and len(scenes) > 1:
        yield Violation(
            "attachments",
            ONE_SCENE,
            "an array of one scene, or scene_format split_base64 for one JSON per frame",
        )
    yield from check_scene_format(params, FORMATS)
    yield from check_tags(params)
    yield from check_booleans(params, ("clear_unique_id_on_error",))


def respond(job: Job) -> dict[str, Any]:
    """A link to the annotations of the scene or of the frames."""
    params = job.params
    labels = labels_of(params)
    if params["scene_format"] == FORMATS[0]:
        content: Any = scene_answer(job, labels, steps_of(job))
        return {"annotations": publish(job, content)}
    # Multistage calls scene_format what other lidar types call attachment_type.
    scene = read_scene(job, {**params, "attachment_type": FORMATS[1]})
    if job.truth is not None:
        tracks = find_cuboids(job.truth, job, len(scene.frames), labels, ())
    else:
        tracks = draw_cuboids(job, scene, labels, ())
    return {"annotations": publish(job, finished(job, scene, tracks, ()))}


TASK_TYPE: Final = TaskType(
    name="multistage",
    source=documented("https://scale.com/docs/api-reference/create-multi-stage-task"),
    keys=frozenset({"project", "attachments", "scene_format", "tags", "clear_unique_id_on_error"}),
    check=check,
    respond=respond,
)
