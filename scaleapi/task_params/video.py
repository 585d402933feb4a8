"""Parameters of the video and 3D task types."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from .._types import JSONObject  # noqa: TC001  # TypedDicts are resolved at run time
from ._mark import task_type
from .common import (
    AnnotationAttribute,
    BaseAnnotationFlags,
    BaseAnnotationParams,
    CameraIntrinsics,
    CommonParams,
    ContextAttachment,
    Geometries,
    Labels,
    Link,
    PaddingParams,
    Quaternion,
)


class _FramesParams(CommonParams, BaseAnnotationParams, PaddingParams, total=False):
    attachment: str  # URL of a video
    attachments: list[str]  # URLs of frames, in time order
    frame_rate: float  # frames to annotate per second of video
    video_frame_rate: float  # frames per second of the video itself
    start_time: float  # seconds
    duration_time: float  # seconds
    annotation_attributes: dict[str, AnnotationAttribute]
    events_to_annotate: list[str]
    links: dict[str, list[Link]] | dict[str, Link]
    layers: JSONObject


@task_type("videoannotation", "VideoAnnotation", "shapes in each frame")
class VideoAnnotationParams(_FramesParams, total=False):
    """Parameters of ``videoannotation``: frames as ``attachments``, or a video as ``attachment``.

    Source: documented in Scale's own API definition.
    """

    geometries: Geometries  # required


@task_type("videoplaybackannotation", "VideoPlaybackAnnotation", "tracks in a video")
class VideoPlaybackAnnotationParams(_FramesParams, total=False):
    """Parameters of ``videoplaybackannotation``.

    Source: documented (https://docs.scale.com/reference/video-playback).
    """

    geometries: Geometries  # required
    annotation_frame_rate: float  # newer name of frame_rate
    with_labels: bool
    convert_to_constant_frame_rate_video: bool
    constant_frame_rate: float


@task_type("federal2dvideoannotation", "Federal2dVideoAnnotation", "tracks in a federal video")
class Federal2dVideoAnnotationParams(VideoPlaybackAnnotationParams, total=False):
    """Parameters of ``federal2dvideoannotation``; assumed to be those of playback."""


@task_type("videoboxannotation", "VideoBoxAnnotation", "boxes in each frame")
class VideoBoxAnnotationParams(_FramesParams, total=False):
    """Parameters of ``videoboxannotation``; assumed. Lengths in pixels."""

    geometries: Geometries
    objects_to_annotate: Labels
    with_labels: bool
    min_width: int | str
    min_height: int | str


@task_type("videocuboidannotation", "VideoCuboidAnnotation", "cuboids in each frame")
class VideoCuboidAnnotationParams(VideoBoxAnnotationParams, total=False):
    """Parameters of ``videocuboidannotation``; assumed. ``camera_height`` in metres."""

    camera_intrinsics: CameraIntrinsics | None
    camera_rotation_quaternion: Quaternion | None
    camera_height: float | None


class Dependents(TypedDict, total=False):
    """Tasks that are made when this one is done."""

    defs: list[JSONObject]  # required: ``type`` and the parameters, without ``lidar_task``
    require_audit: bool


class _LidarParams(CommonParams, BaseAnnotationParams, total=False):
    attachments: list[str]  # required: frame files, in time order
    labels: Labels  # required
    max_distance_meters: float
    meters_per_unit: float
    annotation_attributes: dict[str, AnnotationAttribute]
    links: dict[str, list[Link]] | dict[str, Link]
    scene_format: str
    dependents: Dependents


@task_type("lidarannotation", "LidarAnnotation", "cuboids in frames of points")
class LidarAnnotationParams(_LidarParams, total=False):
    """Parameters of ``lidarannotation``: cuboids in frames of points.

    Source: documented (https://scale.com/docs/api-reference/sensor-fusion-lidar-tasks).
    """

    pitch_and_roll_enabled: bool


@task_type("lidarsegmentation", "LidarSegmentation", "a label for each point")
class LidarSegmentationParams(_LidarParams, total=False):
    """Parameters of ``lidarsegmentation``: frames as ``attachments``, or from ``lidar_task``."""

    segmentation_labels: Labels
    lidar_task: str  # id of a completed lidarannotation task
    lidar_task_frames: list[int]


@task_type("lidarlinking", "LidarLinking", "camera shapes linked to cuboids")
class LidarLinkingParams(CommonParams, BaseAnnotationFlags, total=False):
    """Parameters of ``lidarlinking``."""

    lidar_task: str  # required: id of a completed lidarannotation task
    lidar_task_frames: list[int]
    annotation_type: Literal[
        "imageannotation", "annotation", "polygonannotation", "cuboidannotation"
    ]
    geometries: Geometries
    objects_to_annotate: Labels
    annotation_attributes: dict[str, AnnotationAttribute]


@task_type("lidartopdown", "LidarTopdown", "shapes seen from above")
class LidarTopdownParams(CommonParams, BaseAnnotationParams, total=False):
    """Parameters of ``lidartopdown``: frames as ``attachments``, or a picture as ``attachment``."""

    attachment: str
    attachments: list[str]
    context_attachments: list[ContextAttachment]
    geometries: Geometries
    labels: Labels
    annotation_attributes: dict[str, AnnotationAttribute]
    links: dict[str, list[Link]] | dict[str, Link]
    meters_per_unit: float
    max_distance_meters: float


@task_type("sensorfusion", "SensorFusion", "annotations of a sensor fusion scene")
class SensorFusionParams(CommonParams, total=False):
    """Parameters of ``sensorfusion``.

    Source: documented (https://scale.com/docs/api-reference/sensor-fusion-tasks).
    """

    attachments: list[str]  # required: exactly one Sensor Fusion Scene
    scene_format: Literal["sensor_fusion"]  # required
    annotation_definition: list[dict[str, Any]]  # required
    is_frameless: bool  # required


@task_type("multistage", "MultiStage", "several stages of work on a scene")
class MultiStageParams(CommonParams, total=False):
    """Parameters of ``multistage``.

    Source: documented (https://scale.com/docs/api-reference/create-multi-stage-task).
    """

    attachments: list[str]  # required: one scene, or one file per frame
    scene_format: Literal["sensor_fusion", "split_base64"]  # required
