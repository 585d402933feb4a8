"""Which object each point of a lidar scene belongs to.

Source: documented, https://docs.scale.com/reference/lidar-segmentation-response, taking its
example where it and its prose differ; invariants: docs/scale/scenes.md 3.
"""

from __future__ import annotations

from math import atan2, pi
from typing import TYPE_CHECKING, Any, Final

from .._language.labels import instance_leaves, leaves
from .._language.noise import Noise
from .._language.truth import refusal
from .._language.values import integer, is_true
from .cuboids import points_inside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from .._base import Job
    from .frames import LidarFrame, Scene

_SECTORS: Final = 12
_MOST_POINTS_PER_CUBOID: Final = 5
_MOST_INSTANCES: Final = 2
UNSEGMENTED: Final = 0


def asked_labels(lists: Sequence[Any]) -> dict[str, bool]:
    """The labels of the task's label lists, each with whether it asks for one index per object."""
    is_single: dict[str, bool] = {}
    for labels in lists:
        single = frozenset(instance_leaves(labels))
        for label in leaves(labels):
            is_single[label] = is_single.get(label, False) or label in single
    return is_single


def segment(
    job: Job, scene: Scene, lists: Sequence[Any], cuboids: Sequence[Sequence[dict[str, Any]]]
) -> dict[str, Any]:
    """The published file: ``objects``, and for each frame the index of each point's object.

    Args:
        job: of the task.
        scene: its frames.
        lists: its label lists.
        cuboids: of each frame, when the task builds on another one; else ``[]``.
    """
    random = job.random
    labels_asked_for = asked_labels(lists)
    objects: list[dict[str, Any]] = []
    by_label: dict[str, int] = {}
    by_uuid: dict[str, int] = {}
    for label in [label for label, single in labels_asked_for.items() if not single]:
        objects.append({"label": label, "index": len(objects) + 1})
        by_label[label] = len(objects)
    plain = list(by_label.values())
    for cuboid in (cuboid for frame in cuboids for cuboid in frame):
        uuid, label = cuboid.get("uuid"), cuboid["label"]
        if labels_asked_for.get(label) and isinstance(uuid, str) and uuid not in by_uuid:
            objects.append({"label": label, "index": len(objects) + 1, "instance": True})
            by_uuid[uuid] = len(objects)
    seen = {entry["label"] for entry in objects}
    free: list[int] = []
    for label in [
        label for label, single in labels_asked_for.items() if single and label not in seen
    ]:
        most = 1 if cuboids else _MOST_INSTANCES
        for _ in range(1 + int(random.random() * most)):
            objects.append({"label": label, "index": len(objects) + 1, "instance": True})
            free.append(len(objects))
    # Instances that a cuboid stands for have no points outside of it, unless nothing else is there.
    around = plain + free if free and not cuboids else plain or free or list(by_uuid.values())
    table = [around[int(random.random() * len(around))] for _ in range(_SECTORS)]
    ground = plain[int(random.random() * len(plain))] if plain else UNSEGMENTED
    point_objects: list[list[int]] = []
    for position, frame in enumerate(scene.frames):
        inside = [
            (cuboid, by_uuid.get(cuboid.get("uuid", ""), by_label.get(cuboid["label"], 0)))
            for cuboid in (cuboids[position] if cuboids else ())
        ]
        point_objects.append(
            _segmented(frame, table, ground, inside, labels_asked_for, objects, random)
        )
    return {"objects": objects, "point_objects": point_objects}


def _segmented(
    frame: LidarFrame,
    table: Sequence[int],
    ground: int,
    cuboids: Sequence[tuple[dict[str, Any], int]],
    instance_labels: dict[str, bool],
    objects: Sequence[dict[str, Any]],
    random: Random,
) -> list[int]:
    """The index of each point of one frame, in the order of its file."""
    if frame.points is None:
        # Where the points are is unknown: neighbours in the file belong together.
        indexes = [table[point * _SECTORS // frame.count] for point in range(frame.count)]
        for cuboid, index in cuboids:
            if index:
                point_count = integer(cuboid.get("numberOfPoints"))
                count = _MOST_POINTS_PER_CUBOID if point_count is None else point_count
                start = int(random.random() * (frame.count - _MOST_POINTS_PER_CUBOID))
                for point in range(start, start + min(max(count, 0), _MOST_POINTS_PER_CUBOID)):
                    indexes[point] = index
        return indexes
    x, y, _ = frame.device
    indexes = [
        ground if is_ground else table[_sector(point[0] - x, point[1] - y)]
        for point, is_ground in zip(frame.points, frame.ground, strict=True)
    ]
    for cuboid, index in cuboids:
        if index:
            is_instance = instance_labels[objects[index - 1]["label"]]
            for point in points_inside(frame.points, cuboid):
                if not (is_instance and frame.ground[point]):
                    indexes[point] = index
    return indexes


def _sector(x: float, y: float) -> int:
    # atan2 gives pi itself straight behind, which would be one sector too many.
    return min(int((atan2(y, x) + pi) / (2 * pi) * _SECTORS), _SECTORS - 1)


def find_segments(job: Job, scene: Scene, lists: Sequence[Any]) -> dict[str, Any]:
    """What the job's labelers find of the true segmentation in ``job.truth``.

    Raises:
        ValueError: the truth has another form, or does not fit the task or its frames.
    """
    truth = job.truth
    labels_asked_for = asked_labels(lists)
    if not isinstance(truth, dict) or not isinstance(truth.get("objects"), list):
        raise refusal("truth", truth, 'an object {"objects": [...], "point_objects": [[...]]}')
    objects = [
        _true_object(entry, at, labels_asked_for) for at, entry in enumerate(truth["objects"])
    ]
    frames = truth.get("point_objects")
    if not isinstance(frames, list) or len(frames) != len(scene.frames):
        raise refusal(
            "truth.point_objects", frames, f"an array of {len(scene.frames)}, one for each frame"
        )
    for at, (indexes, frame) in enumerate(zip(frames, scene.frames, strict=True)):
        _check_indexes(indexes, frame, len(objects), f"truth.point_objects[{at}]")
    if job.labelers is None:
        return {"objects": objects, "point_objects": [list(frame) for frame in frames]}
    noise = Noise(job)
    renamed = {UNSEGMENTED: UNSEGMENTED}
    kept: list[dict[str, Any]] = []
    for entry in objects:
        # Only instances are objects that can be missed; a plain label is none.
        if entry.get("instance") and noise.misses():
            renamed[entry["index"]] = UNSEGMENTED
        else:
            kept.append({**entry, "index": len(kept) + 1})
            renamed[entry["index"]] = len(kept)
    return {
        "objects": kept,
        "point_objects": [
            [
                renamed[index]
                if not kept or noise.right()
                else _other(renamed[index], len(kept), job.random)
                for index in frame
            ]
            for frame in frames
        ],
    }


def _other(index: int, count: int, random: Random) -> int:
    """Another index from 1 to ``count`` than ``index``; itself when there is none."""
    if count == 1:
        return 1
    other = 1 + int(random.random() * (count - 1))
    # From the true one on shifted by one; 0 is no object, and leaves all of them.
    return other + 1 if 0 < index <= other else other


def _true_object(entry: Any, at: int, instance_labels: dict[str, bool]) -> dict[str, Any]:
    where = f"truth.objects[{at}]"
    if not isinstance(entry, dict) or entry.get("label") not in instance_labels:
        raise refusal(
            where, entry, "an object with one of the task's labels: " + ", ".join(instance_labels)
        )
    if entry.get("index", at + 1) != at + 1:
        raise refusal(f"{where}.index", entry["index"], f"its place, {at + 1}")
    read = {"label": entry["label"], "index": at + 1}
    return {**read, "instance": True} if is_true(entry.get("instance")) else read


def _check_indexes(indexes: Any, frame: LidarFrame, most: int, where: str) -> None:
    if not isinstance(indexes, list):
        raise refusal(where, indexes, "an array with one index for each point")
    if frame.points is not None and len(indexes) != frame.count:
        raise refusal(f"the number of points in {where}", len(indexes), f"{frame.count}")
    for point, index in enumerate(indexes):
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index <= most:
            raise refusal(f"{where}[{point}]", index, f"an index from 0 to {most}")
