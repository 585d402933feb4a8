"""Which shapes labelers draw in the cameras of a lidar scene: outlines of cuboids, and a few more.

Source: documented, https://docs.scale.com/reference/lidarlinking-callback-format; invariants:
docs/scale/scenes.md 4. A shape is the projection of its cuboid where the camera can be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, Any, Final

from ..._random import draw_uuid
from .._attributes.truth import AttributeTruth
from .._attributes.values import draw_values, fill_linked, read_attributes
from .._language.labels import leaves
from .._language.noise import Noise
from .._language.truth import refusal, some_of
from .._shapes.annotator import edges_of
from .._shapes.drawing import Region, box_corners, cuboid, draw_box, spread, vertex_count
from .._shapes.rules import GeometryRule, read_geometries
from .._shapes.truth import found_shape
from .cuboids import corners

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._attributes.values import Attribute
    from .._base import Job
    from .root_answer import RootAnswer

ANNOTATION_TYPES: Final = (
    "annotation", "imageannotation", "polygonannotation", "cuboidannotation",
)  # fmt: skip
_GEOMETRY: Final = {"polygonannotation": "polygon", "cuboidannotation": "cuboid"}
_OFFSETS: Final = ("x_line", "y_line")

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One object in one camera of one frame.

    Attributes:
        frame: its place among the frames used.
        camera: its index among the frame's images.
        uuid: of the object.
        label: of the object.
        geometry: of the shape.
        shape: the geometry's own keys.
        given: attributes that a truth tells.
    """

    frame: int
    camera: int
    uuid: str
    label: str
    geometry: str
    shape: dict[str, Any]
    given: Mapping[str, Any] | None = None


def geometry_rules(
    params: Mapping[str, Any], root_labels: tuple[str, ...]
) -> tuple[GeometryRule, ...]:
    """What a checked task asks for: its geometries, else boxes; without labels, the root's."""
    if params.get("geometries") is not None:
        rules = read_geometries(params["geometries"])
    else:
        geometry = _GEOMETRY.get(params.get("annotation_type", ""), "box")
        rules = (GeometryRule(geometry, leaves(params.get("objects_to_annotate"))),)
    for rule in rules:
        rule.labels = rule.labels or root_labels
    return rules


def draw_cameras(job: Job, root: RootAnswer, rules: Sequence[GeometryRule]) -> list[dict[str, Any]]:
    """The frames of the published file.

    Args:
        job: of the task.
        root: frames and cuboids of its ``lidar_task``.
        rules: what it asks for.
    """
    random = job.random
    own = read_attributes(job.params.get("annotation_attributes")).own
    sightings = _of_cuboids(job, root, rules)
    if random.random() < 0.5:
        rule = rules[int(random.random() * len(rules))]
        label = rule.labels[int(random.random() * len(rule.labels))]
        sightings += _of_stranger(job, root, rule, label)
    # Reversed, so that of two geometries with the same label the first sent one wins.
    by_label = {label: rule for rule in reversed(rules) for label in rule.labels}
    objects: dict[str, dict[str, Any]] = {
        sighting.uuid: {
            "uuid": sighting.uuid,
            "label": sighting.label,
            "attributes": draw_values(own, sighting.label, random, job.faker),
        }
        for sighting in sightings
    }

    def make(label: str) -> dict[str, Any]:
        added = _of_stranger(job, root, by_label[label], label)
        sightings.extend(added)
        uuid = added[0].uuid if added else draw_uuid(random)
        values = draw_values(own, label, random, job.faker)
        return {"uuid": uuid, "label": label, "attributes": values}

    linked = list(objects.values())
    fill_linked(linked, own, random, make=make if _has_camera(root) else None)
    return _published(
        job, root, sightings, own, {sighting["uuid"]: sighting["attributes"] for sighting in linked}
    )


def _has_camera(root: RootAnswer) -> bool:
    return any(frame.cameras for frame in root.scene.frames)


def _of_cuboids(job: Job, root: RootAnswer, rules: Sequence[GeometryRule]) -> list[Sighting]:
    by_label = {label: rule for rule in reversed(rules) for label in rule.labels}
    # By object and camera: it moves through the frames of one camera, and is elsewhere in the next.
    imagined: dict[tuple[str, int], tuple[Box, Box]] = {}
    sightings: list[Sighting] = []
    # At least 1: a single frame has no way to go.
    last = max(len(root.frames) - 1, 1)
    for index, (answer, frame) in enumerate(zip(root.frames, root.scene.frames, strict=True)):
        for seen in answer["cuboids"]:
            uuid, label = seen.get("uuid"), seen["label"]
            rule = by_label.get(label)
            # What a test made up may lack uuids; without one an object's shapes cannot be joined.
            if rule is None or not isinstance(uuid, str) or not uuid:
                continue
            for camera, model in enumerate(frame.cameras):
                width, height = root.scene.pictures[index][camera]
                box: Box | None = None
                if model is not None:
                    pixels = [model.project(corner) for corner in corners(seen)]
                    box = _clipped([pixel for pixel in pixels if pixel is not None], width, height)
                    # Half behind the camera, the rest would be projected upside down.
                    box = box if None not in pixels else None
                # Only where nothing is known: a frame whose points are known does not invent its
                # cameras.
                elif frame.points is None:
                    way = imagined.get((uuid, camera))
                    if way is None:
                        way = _imagined(job, rule, width, height)
                        imagined[uuid, camera] = way
                    box = _between(*way, index / last)
                shape = None if box is None else fitted(rule, box)
                if shape is not None:
                    sightings.append(Sighting(index, camera, uuid, label, rule.geometry, shape))
    return sightings


def _clipped(pixels: Sequence[tuple[float, float]], width: int, height: int) -> Box | None:
    if not pixels:
        return None
    xs, ys = [x for x, _ in pixels], [y for _, y in pixels]
    left, right = max(min(xs), 0), min(max(xs), width)
    top, bottom = max(min(ys), 0), min(max(ys), height)
    # Less than a pixel is below every minimum: nobody could draw it.
    return (left, top, right, bottom) if right - left >= 1 and bottom - top >= 1 else None


def _imagined(job: Job, rule: GeometryRule, width: int, height: int) -> tuple[Box, Box]:
    """Where an object is in the first and in the last frame of an unknown camera."""
    region = Region.of_image(width, height)
    ends: list[Box] = []
    for _ in range(2):
        box = draw_box(
            # Twice the minima, so that what is left after clipping can still be drawn.
            job.random,
            region,
            min_width=2 * rule.min_width,
            min_height=2 * rule.min_height,
        )
        ends.append(
            (box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"])
        )
    return ends[0], ends[1]


def _between(start: Box, end: Box, share: float) -> Box:
    left, top, right, bottom = (a + (b - a) * share for a, b in zip(start, end, strict=True))
    return left, top, right, bottom


def _of_stranger(job: Job, root: RootAnswer, rule: GeometryRule, label: str) -> list[Sighting]:
    """An object that has no cuboid, in the first camera of each frame."""
    uuid = draw_uuid(job.random)
    way: tuple[Box, Box] | None = None
    sightings: list[Sighting] = []
    last = max(len(root.frames) - 1, 1)
    for index, sizes in enumerate(root.scene.pictures):
        if not sizes:
            continue
        width, height = sizes[0]
        if way is None:
            way = _imagined(job, rule, width, height)
        left, top, right, bottom = _between(*way, index / last)
        inside = _clipped([(left, top), (right, bottom)], width, height)
        shape = None if inside is None else fitted(rule, inside)
        if shape is not None:
            sightings.append(Sighting(index, 0, uuid, label, rule.geometry, shape))
    return sightings


def fitted(rule: GeometryRule, box: Box) -> dict[str, Any] | None:
    """The shape of ``rule`` that fills ``box``; ``None`` when that is below the minima."""
    left, top, right, bottom = (round(side, 2) for side in box)
    if rule.integer_pixels:
        # Inwards, so that the shape stays inside its box.
        left, top, right, bottom = ceil(left), ceil(top), floor(right), floor(bottom)
    width, height = round(right - left, 2), round(bottom - top, 2)
    if rule.geometry == "box":
        if width < max(rule.min_width, 1) or height < max(rule.min_height, 1):
            return None
        shape: dict[str, Any] = {"left": left, "top": top, "width": width, "height": height}
        if rule.can_rotate:
            shape |= {"rotation": 0, "vertices": box_corners(shape, 0)}
        return shape
    middle = (round((left + right) / 2, 2), round((top + bottom) / 2, 2))
    if rule.geometry == "point":
        return {"x": middle[0], "y": middle[1]}
    if rule.geometry == "cuboid":
        face = round(width * 0.75, 2)
        if face < max(rule.min_width, 1) or height < max(rule.min_height, 1):
            return None
        # Cut, not rounded: face and side together must not be wider than the box.
        side = floor((width - face) * 100) / 100
        inset = round(height * 0.1, 2)
        return cuboid(
            left, top, face, height,
            side=side, inset_top=inset, inset_bottom=round(inset / 2, 2), camera=rule.camera,
        )  # fmt: skip
    if rule.geometry == "ellipse":
        # Cut to hundredths, so that opposite ends keep the same middle and stay inside.
        half_w, half_h = floor(width * 50) / 100, floor(height * 50) / 100
        x, y = left + half_w, top + half_h
        ends = [(x, y - half_h), (x + half_w, y), (x, y + half_h), (x - half_w, y)]
        return {"vertices": _as_vertices(ends)}
    is_closed = rule.geometry == "polygon"
    ends = [(left, top), (right, top), (right, bottom), (left, bottom)]
    if not is_closed:
        ends = [(left, top), (right, bottom)]
    return {"vertices": _as_vertices(spread(ends, vertex_count(rule, len(ends)), closed=is_closed))}


def _as_vertices(points: Sequence[tuple[float, float]]) -> list[dict[str, float]]:
    # Many vertices on a short edge need finer numbers to stay apart.
    decimals = 2 if len(points) <= 8 else 6
    return [{"x": round(x, decimals), "y": round(y, decimals)} for x, y in points]


def _published(
    job: Job,
    root: RootAnswer,
    sightings: Sequence[Sighting],
    own: Sequence[Attribute],
    values: Mapping[str, Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Every camera of every frame, in order, with what was seen there."""
    frames: list[dict[str, Any]] = [
        {
            "camera_responses": [
                {"camera_used": camera, "annotations": []} for camera in range(len(frame.cameras))
            ]
        }
        for frame in root.scene.frames
    ]
    # Offsets belong to one shape; the other attributes to the object in all cameras.
    offsets = {sighting.key for sighting in own if sighting.type in _OFFSETS}
    uuids_by_frame = [
        {sighting.get("uuid") for sighting in frame["cuboids"]} for frame in root.frames
    ]
    for sighting in sightings:
        kept = {k: v for k, v in values.get(sighting.uuid, {}).items() if k not in offsets}
        attributes = draw_values(
            own,
            sighting.label,
            job.random,
            job.faker,
            size=edges_of(sighting.shape),
            preset={**kept, **(sighting.given or {})},
        )
        frames[sighting.frame]["camera_responses"][sighting.camera]["annotations"].append(
            {
                "cuboid_uuid": sighting.uuid,
                "label": sighting.label,
                "type": sighting.geometry,
                **sighting.shape,
                "not_in_lidar": sighting.uuid not in uuids_by_frame[sighting.frame],
                "attributes": attributes,
            }
        )
    return frames


def find_cameras(job: Job, root: RootAnswer, rules: Sequence[GeometryRule]) -> list[dict[str, Any]]:
    """What the job's labelers find of ``job.truth``: objects missed and mislabeled, shapes blurred.

    Raises:
        ValueError: the truth has another form, or a part of it does not fit the task.
    """
    truth, noise = job.truth, Noise(job)
    own = read_attributes(job.params.get("annotation_attributes")).own
    if isinstance(truth, dict):
        truth = truth.get("annotations")
    count = len(root.scene.frames)
    if not isinstance(truth, list) or len(truth) > count:
        raise refusal("truth", truth, f'at most {count} frames {{"camera_responses": [...]}}')
    attribute_truth = AttributeTruth(own)
    by_geometry = {rule.geometry: rule for rule in reversed(rules)}
    labels = {rule.geometry: frozenset(rule.labels) for rule in rules}
    # By object, not by shape: one that is missed is missed in every camera and frame.
    fate: dict[str, str | None] = {}
    mistakes: dict[str, dict[tuple[str, str], str]] = {}
    sightings: list[Sighting] = []
    for index, frame in enumerate(truth):
        for camera, item, where in _items(frame, root, index):
            rule = _rule(item, by_geometry, labels, where)
            label = item["label"]
            values = attribute_truth.checked(item.get("attributes"), f"{where}.attributes")
            region = Region.of_image(*root.scene.pictures[index][camera])
            shape = found_shape(item, rule, region, noise, where)
            uuid = item.get("cuboid_uuid") or draw_uuid(job.random)
            if uuid not in fate:
                fate[uuid] = None if noise.misses() else noise.name(label, rule.labels)
            seen = fate[uuid]
            if seen is not None:
                read = attribute_truth.seen(values, noise, shape, mistakes.setdefault(uuid, {}))
                sightings.append(Sighting(index, camera, uuid, seen, rule.geometry, shape, read))
    return _published(job, root, sightings, own, {})


def _items(frame: Any, root: RootAnswer, index: int) -> list[tuple[int, dict[str, Any], str]]:
    where = f"truth[{index}]"
    responses = frame.get("camera_responses") if isinstance(frame, dict) else None
    if not isinstance(responses, list):
        raise refusal(where, frame, 'an object {"camera_responses": [...]}')
    cameras = len(root.scene.frames[index].cameras)
    items: list[tuple[int, dict[str, Any], str]] = []
    for place, response in enumerate(responses):
        at = f"{where}.camera_responses[{place}]"
        camera = response.get("camera_used") if isinstance(response, dict) else None
        if isinstance(camera, bool) or not isinstance(camera, int) or not 0 <= camera < cameras:
            raise refusal(f"{at}.camera_used", camera, f"an index below {cameras}")
        annotations = response.get("annotations")
        if not isinstance(annotations, list):
            raise refusal(f"{at}.annotations", annotations, "an array of shapes")
        for position, item in enumerate(annotations):
            inside = f"{at}.annotations[{position}]"
            if not isinstance(item, dict):
                raise refusal(inside, item, "a shape, which is an object")
            if not isinstance(item.get("cuboid_uuid", ""), str):
                raise refusal(f"{inside}.cuboid_uuid", item["cuboid_uuid"], "a string")
            items.append((camera, item, inside))
    return items


def _rule(
    item: dict[str, Any],
    rules: Mapping[str, GeometryRule],
    labels: Mapping[str, frozenset[str]],
    where: str,
) -> GeometryRule:
    geometry = item.get("type", next(iter(rules)) if len(rules) == 1 else None)
    rule = rules.get(geometry) if isinstance(geometry, str) else None
    if rule is None:
        geometries = ", ".join(rules)
        raise refusal(f"{where}.type", geometry, f"a geometry the task asks for: {geometries}")
    label = item.get("label")
    if not isinstance(label, str) or label not in labels[rule.geometry]:
        raise refusal(f"{where}.label", label, some_of(rule.labels))
    return rule
