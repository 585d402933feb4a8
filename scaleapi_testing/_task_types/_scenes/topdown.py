"""Which shapes labelers draw on a scene seen from above, and in which coordinates.

On lidar frames shapes are drawn in centimetres over the ground and written in the frames' units;
on an aerial image they are pixels (assumed; docs/scale/scenes.md 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, Any, Final

from ..._random import draw_uuid
from .._attributes.values import read_attributes
from .._language.addresses import is_missing
from .._shapes import found as truths
from .._shapes.annotator import Annotator
from .._shapes.drawing import Region, draw_shape
from .._shapes.links import draw_links
from .._shapes.prelabels import read_prelabel
from .frames import read_scene, to_ten_digits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .._base import Job
    from .._shapes.rules import GeometryRule
    from .frames import Scene

_HALF_WIDTH_CM: Final = 5_000
"""Scenes nothing is known of reach 50 m around the origin."""

_SMALLEST_CM: Final = 100
_FARTHEST_CM: Final = 10**15
"""Whole centimetres up to here are exact as floats."""


@dataclass(slots=True)
class TopDown(Annotator):
    """Draws in centimetres of the world and writes in the frames' units.

    Attributes:
        unit: metres in one unit.
        ground: height of the shapes, in units.
    """

    unit: float = 1.0
    ground: float = 0.0

    def drawer(self, rule: GeometryRule) -> Callable[[], dict[str, Any]]:
        """What gives a new shape of ``rule`` on the ground at each call."""

        def draw() -> dict[str, Any]:
            shape = draw_shape(rule, self.region, self.job.random)
            if "vertices" in shape:
                return {"vertices": [self._placed(vertex) for vertex in shape["vertices"]]}
            return self._placed(shape)

        return draw

    def _placed(self, point: dict[str, float]) -> dict[str, float]:
        return {
            "x": to_ten_digits(point["x"] / self.unit),
            "y": to_ten_digits(point["y"] / self.unit),
            "z": self.ground,
        }


def topdown_answer(job: Job, rules: Sequence[GeometryRule]) -> dict[str, Any]:
    """The published file: ``{"annotations": [...], "links": [...]}``.

    Raises:
        ValueError: the job's truth has another form, or does not fit the task.
    """
    params = job.params
    attributes = read_attributes(params.get("annotation_attributes"))
    if not is_missing(params.get("attachments")):
        scene = read_scene(job, params)
        region = _extent(scene)
        annotator: Annotator = TopDown(
            job, rules, attributes, region, (0, 0), "type", True,
            unit=scene.unit, ground=_ground(scene),
        )  # fmt: skip
    else:
        image = params["attachment"]
        metadata = job.common.get("metadata")
        url = image[0] if isinstance(image, list) else image
        media = job.surroundings.media(url, metadata if isinstance(metadata, dict) else {})
        size = (media.width, media.height)
        annotator = Annotator(
            job, rules, attributes, Region.of_image(*size), size, "type", with_attributes=True
        )
    return _answer(annotator)


def _answer(annotator: Annotator) -> dict[str, Any]:
    job = annotator.job
    links: Any = None
    prelabel = read_prelabel(job.params, job.random)
    if job.truth is not None:
        annotations, links = _find(job.truth, annotator)
    elif prelabel is not None:
        annotations = annotator.continue_from(prelabel)
        fixed = frozenset[str]()
        if not prelabel.can_edit:
            fixed = frozenset(annotation["uuid"] for annotation in prelabel.annotations)
        annotator.link(annotations, may_add=prelabel.can_add, fixed=fixed)
        links = prelabel.content.get("links")
    else:
        annotations = annotator.draw()
        annotator.link(annotations)
    if not isinstance(links, list):
        links = draw_links(job.params.get("links"), annotations, job.random)
    return {"annotations": annotations, "links": links}


def _find(truth: Any, annotator: Annotator) -> tuple[list[dict[str, Any]], list[Any]]:
    """What labelers find; on lidar frames the heights of the truth are kept."""
    if not isinstance(annotator, TopDown):
        annotations, _, links = truths.find(truth, annotator)
        return annotations, links
    # Noise and limits are those of an image whose pixels are the frames' units.
    content: dict[str, Any] = truth if isinstance(truth, dict) else {"annotations": truth}
    items = content.get("annotations")
    if isinstance(items, list):
        with_uuids = [
            # Heights are found again by uuid, since some annotations are missed on the way.
            {"uuid": draw_uuid(annotator.job.random), **item} if isinstance(item, dict) else item
            for item in items
        ]
        content = {**content, "annotations": with_uuids}
    flat = Annotator(
        annotator.job,
        annotator.rules,
        annotator.attributes,
        Region(-_FARTHEST_CM, -_FARTHEST_CM, _FARTHEST_CM, _FARTHEST_CM),
        annotator.size,
        "type",
        with_attributes=True,
    )
    annotations, _, links = truths.find(content, flat)
    heights = _heights(content.get("annotations"))
    for annotation in annotations:
        places = annotation.get("vertices") or [annotation]
        for position, place in enumerate(places):
            known_height = heights.get((annotation["uuid"], position))
            place["z"] = annotator.ground if known_height is None else known_height
    return annotations, links


def _heights(items: Any) -> dict[tuple[str, int], float]:
    heights: dict[tuple[str, int], float] = {}
    for item in items if isinstance(items, list) else ():
        for position, place in enumerate(item.get("vertices") or [item]):
            if "uuid" in item and "z" in place:
                heights[item["uuid"], position] = place["z"]
    return heights


def _extent(scene: Scene) -> Region:
    """Where the points are, in centimetres; at least a metre wide."""
    points = [point for frame in scene.frames for point in frame.points or ()]
    if not points:
        return Region(-_HALF_WIDTH_CM, -_HALF_WIDTH_CM, _HALF_WIDTH_CM, _HALF_WIDTH_CM)
    sides: list[tuple[int, int]] = []
    for axis in (0, 1):
        centimetres = [
            max(min(point[axis] * scene.unit * 100, _FARTHEST_CM), -_FARTHEST_CM)
            for point in points
        ]
        low, high = ceil(min(centimetres)), floor(max(centimetres))
        grow = max(_SMALLEST_CM - (high - low), 0)
        # Grown by the rest above: halves of an odd number would lose a centimetre.
        sides.append((low - grow // 2, high + grow - grow // 2))
    return Region(sides[0][0], sides[1][0], sides[0][1], sides[1][1])


def _ground(scene: Scene) -> float:
    """The height of the ground in units: the lowest point's, or 0."""
    heights = [point[2] for frame in scene.frames for point in frame.points or ()]
    return to_ten_digits(min(heights)) if heights else 0.0
