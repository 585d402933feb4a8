"""What is in a lidar frame: points, cameras and the device's place, read or by default.

The frame file: documented, https://docs.scale.com/reference/data-types-and-the-frame-objects;
frames that cannot be read get 100 points, one camera, and a device that drives 1 m a frame along y
(assumed; docs/scale/video.md 1.3 and docs/scale/scenes.md 1). Only JSON is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..._errors import ApiError
from ..._http.wire import decode
from .._language.values import is_true, positive
from .cameras import Camera, Vector, read_camera, vector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .._base import Job, Params, Surroundings

DEFAULT_POINTS: Final = 100
"""Points of a frame nothing is known of (assumed)."""

_SMALLEST_UNIT: Final = 1e-100
"""So that neither a coordinate in such units nor its square is infinite."""

_DOWNLOAD_FAILED_STATUS: Final = 200


@dataclass(frozen=True, slots=True)
class LidarFrame:
    """One frame, as far as it is known.

    Attributes:
        device: where the sensor is, in the frame's units, world coordinates.
        points: x, y, z of each point in the order of the file; ``None`` when unknown.
        ground: of each point, whether it is marked as ground; empty when unknown.
        cameras: by index; ``None`` for one that cannot be projected into.
        image_urls: of each camera; ``None`` where unknown.
    """

    device: Vector
    points: Sequence[Vector] | None = None
    ground: Sequence[bool] = ()
    cameras: Sequence[Camera | None] = (None,)
    image_urls: Sequence[str | None] = (None,)

    @property
    def count(self) -> int:
        """Number of points."""
        return DEFAULT_POINTS if self.points is None else len(self.points)


@dataclass(frozen=True, slots=True)
class Scene:
    """The frames of a lidar task.

    Attributes:
        frames: in order of time.
        unit: metres in one unit of their coordinates.
        limit: metres from the device within which cuboids lie, ``None`` for no limit.
        pictures: width and height of each frame's pictures in pixels.
        is_tilted: whether cuboids have ``pitch`` and ``roll``.
    """

    frames: Sequence[LidarFrame]
    unit: float
    limit: float | None
    pictures: Sequence[Sequence[tuple[int, int]]]
    is_tilted: bool = False


def unit_of(params: Mapping[str, Any]) -> float:
    """``meters_per_unit``: metres in one unit of the frames' coordinates, 1 by default."""
    # Any positive number may be sent; the unit is both multiplied and divided by.
    return min(max(positive(params, "meters_per_unit") or 1.0, _SMALLEST_UNIT), 1 / _SMALLEST_UNIT)


def to_ten_digits(value: float) -> float:
    """``value`` to ten digits: units may be anything from micrometres to light years."""
    return float(f"{value:.10g}")


def read_frames(
    urls: Sequence[str],
    params: Mapping[str, Any],
    metadata: Mapping[str, Any],
    surroundings: Surroundings,
) -> list[LidarFrame]:
    """The frames at ``urls``, in order, defaults where they cannot be read.

    Args:
        urls: ``attachments`` of the task.
        params: of the task that has them, for ``attachment_type`` and ``meters_per_unit``.
        metadata: of the task, for picture sizes.
        surroundings: what is known of the files.
    """
    unit = unit_of(params)
    is_json = params.get("attachment_type", "json") == "json"
    frames: list[LidarFrame] = []
    for index, url in enumerate(urls):
        content = surroundings.media(url, metadata).content if is_json else None
        frame = None if content is None else _read_frame(_json(content))
        if not isinstance(frame, LidarFrame):
            frame = LidarFrame(device=(0.0, to_ten_digits(index / unit), 0.0))
        frames.append(frame)
    return frames


def read_scene(job: Job, params: Mapping[str, Any], places: Sequence[int] | None = None) -> Scene:
    """The scene of a lidar task.

    Args:
        job: gives the surroundings and the metadata (picture sizes).
        params: of the task whose frames they are: the job's own, or its ``lidar_task``'s.
        places: which of its frames, in this order; ``None`` for all.
    """
    sent = job.common.get("metadata")
    metadata = sent if isinstance(sent, dict) else {}
    urls: list[str] = params.get("attachments") or []
    frames = read_frames(urls, params, metadata, job.surroundings)
    if places is not None:
        frames = [frames[place] for place in places]
    pictures: list[list[tuple[int, int]]] = []
    for frame in frames:
        sizes: list[tuple[int, int]] = []
        for url in frame.image_urls:
            media = job.surroundings.media(url or "", metadata)
            sizes.append((media.width, media.height))
        pictures.append(sizes)
    return Scene(
        frames,
        unit_of(params),
        positive(params, "max_distance_meters"),
        pictures,
        is_true(params.get("pitch_and_roll_enabled")),
    )


def unreadable_frames(params: Params, surroundings: Surroundings) -> list[dict[str, Any]]:
    """What makes a task of lidar frames end in ``error``: ``response.frames``, ``[]`` for nothing.

    Frames that the fake has, and that are no JSON or lack ``points`` or ``device_position``.

    Returns:
        ``{"frame": index, "message": text, "attachment": {"statusCode", "url"}}`` each; documented,
        https://docs.scale.com/reference/errors (docs/scale/errors.md 5).
    """
    urls = params.get("attachments")
    if not isinstance(urls, list) or params.get("attachment_type", "json") != "json":
        return []
    broken: list[dict[str, Any]] = []
    for index, url in enumerate(urls):
        content = surroundings.media(url, {}).content if isinstance(url, str) else None
        read = None if content is None else _read_frame(_json(content))
        if isinstance(read, str):
            attachment = {"statusCode": _DOWNLOAD_FAILED_STATUS, "url": url}
            broken.append({"frame": index, "message": read, "attachment": attachment})
    return broken


def _json(content: bytes) -> Any:
    """The JSON in ``content``, or the parser's words as `_Broken`."""
    try:
        return decode(content)
    except ApiError as error:
        # A text of its own kind, for JSON itself may be a text.
        return _Broken(f"Invalid JSON Format: {'; '.join(error.notices) or error}")


class _Broken(str):
    __slots__ = ()


def _read_frame(content: Any) -> LidarFrame | str:
    """The frame in ``content``, or why it is none."""
    if isinstance(content, _Broken):
        return str(content)
    if not isinstance(content, dict):
        return "Invalid JSON Format: expected object."
    device = vector(content.get("device_position"))
    if device is None:
        return "Invalid frame: device_position is missing or no vector."
    raw = content.get("points")
    if not isinstance(raw, list):
        return "Invalid frame: points are missing or no array."
    points = list(_vectors(raw))
    # Vectors end at the first that is none: their number is its place.
    if len(points) != len(raw):
        return f"Invalid frame: point {len(points)} has no x, y and z."
    images = content.get("images")
    images = images if isinstance(images, list) else []
    return LidarFrame(
        device,
        points,
        [entry.get("is_ground") is True for entry in raw],
        [read_camera(image) for image in images],
        [_image_url(image) for image in images],
    )


def _vectors(entries: Iterable[Any]) -> Iterator[Vector]:
    for entry in entries:
        place = vector(entry)
        if place is None:
            return
        yield place


def _image_url(image: Any) -> str | None:
    url = image.get("image_url") if isinstance(image, dict) else None
    return url if isinstance(url, str) and url else None


def as_vector(place: Vector) -> dict[str, float]:
    """A place as it stands in JSON."""
    return {
        "x": to_ten_digits(place[0]),
        "y": to_ten_digits(place[1]),
        "z": to_ten_digits(place[2]),
    }
