"""How labelers answer a sensor fusion scene: cuboids along paths in time.

The answer is unpublished; it is taken to use the scene types of Scale's own package (assumed;
docs/scale/scenes.md 7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._language.noise import Noise
from .._language.truth import refusal
from .._language.values import number
from .cameras import vector
from .cuboids import CuboidTrack, draw_cuboids
from .frames import LidarFrame, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .._base import Job

DEFAULT_STEPS: Final = 5
MOST_STEPS: Final = 10_000
STEP_US: Final = 100_000
DEFAULT_LABEL: Final = "object"
TYPES: Final = (
    "cuboid", "point", "polygon", "polyline", "polygon_topdown", "point_topdown", "box_2d",
    "point_2d", "polygon_2d", "polyline_2d", "point_segmentation", "event", "link",
)  # fmt: skip

_MOST_LABELS: Final = 1000


def labels_of(definitions: Any) -> tuple[str, ...]:
    """Every string under ``label``, ``labels`` or ``choice``, in order; else ``("object",)``.

    The shape of a definition is unpublished; any nesting is searched (assumed).
    """
    labels: dict[str, None] = {}
    waiting: list[Iterator[tuple[str, Any]]] = [_entries("", definitions)]
    while waiting and len(labels) < _MOST_LABELS:
        for key, value in waiting[-1]:
            if isinstance(value, str):
                if value and key in {"label", "labels", "choice"}:
                    labels[value] = None
            elif isinstance(value, dict | list):
                waiting.append(_entries(key, value))
                break
        else:
            waiting.pop()
    return tuple(labels) or (DEFAULT_LABEL,)


def _entries(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The entries of an object, or those of an array under the array's own key."""
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        for entry in value:
            yield key, entry


def steps_of(job: Job) -> int:
    """How many time steps the job's scene has: those told of it, else five."""
    frames = job.surroundings.media(job.params["attachments"][0], {}).frames
    return min(int(frames or DEFAULT_STEPS), MOST_STEPS)


def scene_answer(job: Job, labels: Sequence[str], steps: int) -> dict[str, Any]:
    """The published file: ``{"version", "time_unit", "annotations"}``, times in microseconds.

    Args:
        job: of the task; its truth, if any, is such a file or its ``annotations``.
        labels: that the task knows.
        steps: number of time steps, 0.1 s apart.

    Raises:
        ValueError: the truth has another form.
    """
    if job.truth is not None:
        annotations = _found(job, labels)
    else:
        frames = [LidarFrame((0.0, float(index), 0.0)) for index in range(steps)]
        scene = Scene(frames, 1.0, None, [[(0, 0)]] * steps)
        annotations = [_as_path(track) for track in draw_cuboids(job, scene, labels, ())]
    return {"version": "1.0", "time_unit": "microseconds", "annotations": annotations}


def _as_path(track: CuboidTrack) -> dict[str, Any]:
    values: list[list[float]] = []
    for cuboid in track.frames.values():
        size = vector(cuboid["dimensions"]) or (0.0, 0.0, 0.0)
        place = vector(cuboid["position"]) or (0.0, 0.0, 0.0)
        values.append([*size, *place, 0, 0, cuboid["yaw"]])
    return {
        "id": track.uuid,
        "type": "cuboid",
        "label": track.label,
        "stationary": all(value == values[0] for value in values),
        "path": {"timestamps": [index * STEP_US for index in track.frames], "values": values},
    }


def _found(job: Job, labels: Sequence[str]) -> list[dict[str, Any]]:
    """The true annotations as labelers find them: missed, mislabeled, paths blurred."""
    truth, noise = job.truth, Noise(job)
    label_set = frozenset(labels)
    items = truth.get("annotations") if isinstance(truth, dict) else truth
    if not isinstance(items, list):
        raise refusal("truth", truth, 'an object {"annotations": [...]} as in the published file')
    annotations: list[dict[str, Any]] = []
    for position, item in enumerate(items):
        where = f"truth.annotations[{position}]"
        if not isinstance(item, dict) or item.get("type") not in TYPES:
            raise refusal(where, item, "an annotation with a type of " + ", ".join(TYPES))
        if noise.misses():
            continue
        seen = dict(item)
        # Definitions are free form: a label that none of them names stays as it is.
        if isinstance(item.get("label"), str) and item["label"] in label_set:
            seen["label"] = noise.name(item["label"], labels)
        if noise.jitters and "path" in item:
            path = item["path"]
            values = path.get("values") if isinstance(path, dict) else None
            if not isinstance(values, list):
                raise refusal(f"{where}.path", path, 'an object {"timestamps", "values"}')
            # A cuboid's values begin with its dimensions, which are no place and stay.
            at = 3 if item["type"] == "cuboid" else 0
            still = item.get("stationary") is True
            offsets = [noise.shift() for _ in range(3)]
            moved: list[Any] = []
            for place, value in enumerate(values):
                if not still:
                    offsets = [noise.shift() for _ in range(3)]
                moved.append(_shifted(value, at, offsets, f"{where}.path.values[{place}]"))
            seen["path"] = {**path, "values": moved}
        annotations.append(seen)
    return annotations


def _shifted(value: Any, start: int, offsets: Sequence[float], where: str) -> list[float]:
    """``value`` with ``offsets`` added to its coordinates from ``start`` on, three at a time."""
    numbers = [number(coordinate) for coordinate in value] if isinstance(value, list) else [None]
    if any(coordinate is None for coordinate in numbers):
        raise refusal(where, value, "an array of numbers")
    # After a cuboid's place come its angles, which jitter in metres does not concern.
    end = start + 3 if start else len(numbers)
    return [
        round((coordinate or 0) + offsets[(place - start) % 3], 6)
        if start <= place < end
        else coordinate or 0
        for place, coordinate in enumerate(numbers)
    ]
