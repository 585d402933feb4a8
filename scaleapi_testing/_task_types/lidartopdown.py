"""``lidartopdown``: polygons, lines and points on a lidar scene or an aerial image, from above.

The answer is unpublished; it is taken for that of an image with world coordinates where the task
has lidar frames (assumed; docs/scale/scenes.md 5).

``truth`` (what labelers should find) has the form of the published file,
``{"annotations": [...], "links": [...]}``, or is its array of annotations; ``uuid`` and
``attributes`` are filled in where absent. A ``ValueError`` names what does not fit the task.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._attributes.rules import check_attribute_list, unread_attributes
from ._base import Params, TaskType, Violation
from ._images.rules import check_context_attachments
from ._language.addresses import check_address, check_addresses, is_missing, missing_attachment
from ._language.labels import check_labels, leaves
from ._language.published import publish
from ._language.sentences import check_choice, check_positive, check_tags
from ._scenes import rules as lidar
from ._scenes.frames import unreadable_frames
from ._scenes.topdown import topdown_answer
from ._shapes.links import unread_links
from ._shapes.margins import check_padding
from ._shapes.prelabels import SHARED_KEYS, check_flags, check_links_and_prelabels
from ._shapes.rules import (
    GeometryRule,
    check_geometries,
    labels_by_geometry,
    read_geometries,
    unread_options,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._base import Job, Surroundings

GEOMETRIES: Final = ("polygon", "line", "point")
AERIAL_URL: Final = "the URL of one aerial image, e.g. https://example.com/block.png"
_ELSEWHERE: Final = "Invalid context_attachments"


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules LT1 to LT3, V5, C5, C7, C9, C10 and C11, in this order.

    V5: docs/scale/images.md 7.5; the C: docs/scale/video.md 1.4.
    """
    del surroundings
    image, frames = params.get("attachment"), params.get("attachments")
    has_image, has_frames = not is_missing(image), not is_missing(frames)
    if not has_image and not has_frames:
        yield missing_attachment("attachments", f"{lidar.FRAME_URL}, or an attachment")
    if has_image and has_frames:
        yield Violation(
            "attachments",
            "Please include either attachment or attachments, not both.",
            "attachments for lidar frames, attachment for an aerial image",
        )
    if has_frames:
        yield from check_addresses(frames, lidar.FRAME_URL)
    # The documentation's table calls it an array, its prose and example one URL.
    if isinstance(image, list) and has_image:
        yield from check_addresses(image, AERIAL_URL, "attachment")
    elif has_image:
        yield from check_address(image, AERIAL_URL)
    yield from check_choice(params, "attachment_type", ("json", "image"))
    # Beside lidar frames there is no attachment that a context one could repeat: V5 alone.
    for violation in check_context_attachments(params):
        if violation.message.startswith(_ELSEWHERE):
            yield violation
    yield from _check_shapes(params)
    labels = _labels(params)
    every = dict.fromkeys(label for names in labels.values() for label in names)
    yield from check_attribute_list(params, every)
    yield from check_links_and_prelabels(params, labels)
    yield from check_padding(params)
    yield from check_tags(params)
    yield from check_positive(params, lidar.FACTORS)
    yield from check_flags(params)


def _check_shapes(params: Params) -> Iterator[Violation]:
    """Rule C5; without ``geometries``, ``labels`` stand for polygons (assumed)."""
    geometries, labels = params.get("geometries"), params.get("labels")
    if geometries is None and labels:
        yield from check_labels(labels, "labels")
        return
    yield from check_geometries(
        geometries, attributes=params.get("annotation_attributes"), allowed=GEOMETRIES
    )


def _labels(params: Params) -> dict[str, tuple[str, ...]]:
    geometries = params.get("geometries")
    if geometries is None:
        return {"polygon": leaves(params.get("labels"))}
    return labels_by_geometry(geometries)


def respond(job: Job) -> dict[str, Any]:
    """A link to the shapes: world coordinates for lidar frames, pixels for an aerial image."""
    params = job.params
    if params.get("geometries") is not None:
        rules = read_geometries(params["geometries"])
    else:
        rules = (GeometryRule("polygon", leaves(params.get("labels"))),)
    return {"annotations": publish(job, topdown_answer(job, rules))}


def unread(params: Params) -> Iterator[str]:
    """Keys inside geometries, attributes and links that nothing reads."""
    yield from unread_options(params.get("geometries"))
    yield from unread_attributes(params.get("annotation_attributes"))
    yield from unread_links(params.get("links"))


TASK_TYPE: Final = TaskType(
    name="lidartopdown",
    source=documented("https://docs.scale.com/reference/example-request-1"),
    keys=SHARED_KEYS
    | {"context_attachments", "geometries", "labels", *lidar.FACTORS, "project", "task_id"},
    check=check,
    respond=respond,
    unread=unread,
    unusable=unreadable_frames,
)
