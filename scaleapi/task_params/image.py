"""Parameters of the image task types."""

from __future__ import annotations

from typing import Any, TypedDict

from .._types import JSONObject  # noqa: TC001  # TypedDicts are resolved at run time
from ._mark import task_type
from .common import (
    AnnotationAttribute,
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


class Layers(TypedDict, total=False):
    """Shapes in the response's form that lie under the image, read only."""

    boxes: list[JSONObject]
    lines: list[JSONObject]
    cuboids: list[JSONObject]
    polygons: list[JSONObject]


class Example(TypedDict, total=False):
    """A picture of right or wrong work."""

    correct: bool  # required
    image: str  # required
    explanation: str


@task_type("imageannotation", "ImageAnnotation", "shapes of any geometry on an image")
class ImageAnnotationParams(CommonParams, BaseAnnotationParams, PaddingParams, total=False):
    """Parameters of ``imageannotation``.

    Source: documented (https://scale.com/docs/api-reference/image-and-video-reference).
    """

    attachment: str  # required: URL of one image
    context_attachments: list[ContextAttachment]
    geometries: Geometries  # required
    annotation_attributes: dict[str, AnnotationAttribute]
    links: dict[str, list[Link]] | dict[str, Link]
    layers: Layers
    with_labels: bool


class _VectorParams(CommonParams, total=False):
    attachment: str  # required: URL of one image
    objects_to_annotate: Labels  # required
    with_labels: bool
    layers: Layers


@task_type("polygonannotation", "PolygonAnnotation", "polygons on an image, the legacy way")
class PolygonAnnotationParams(_VectorParams, total=False):
    """Parameters of ``polygonannotation``."""

    examples: list[Example]
    annotation_attributes: dict[str, AnnotationAttribute]


@task_type("pointannotation", "PointAnnotation", "points on an image, the legacy way")
class PointAnnotationParams(PolygonAnnotationParams, total=False):
    """Parameters of ``pointannotation``."""


@task_type("annotation", "Annotation", "boxes on an image, the legacy way")
class AnnotationParams(PolygonAnnotationParams, total=False):
    """Parameters of ``annotation``, the legacy type for boxes; lengths in pixels."""

    min_width: int | str
    min_height: int | str


@task_type("lineannotation", "LineAnnotation", "lines on an image, the legacy way")
class LineAnnotationParams(PolygonAnnotationParams, total=False):
    """Parameters of ``lineannotation``."""

    splines: bool


@task_type("laneannotation", "LaneAnnotation", "lanes on an image")
class LaneAnnotationParams(LineAnnotationParams, total=False):
    """Parameters of ``laneannotation``; assumed to be those of ``lineannotation``."""


@task_type("cuboidannotation", "CuboidAnnotation", "cuboids on an image, the legacy way")
class CuboidAnnotationParams(_VectorParams, total=False):
    """Parameters of ``cuboidannotation``; lengths in pixels, ``camera_height`` in metres."""

    min_width: int | str
    min_height: int | str
    min_annotations: int
    max_annotations: int  # 0 = as many as there are
    camera_intrinsics: CameraIntrinsics | None
    camera_rotation_quaternion: Quaternion | None
    camera_height: float | None


@task_type("segmentannotation", "SegmentAnnotation", "a label for each pixel")
class SegmentAnnotationParams(CommonParams, total=False):
    """Parameters of ``segmentannotation``.

    Source: documented (https://docs.scale.com/reference/semantic-segmentation-annotation).
    """

    attachment: str  # required: URL of one image
    labels: Labels  # required
    instance_labels: list[str]
    allow_unlabeled: bool
    allow_parent_labels: bool
    annotation_attributes: dict[str, AnnotationAttribute]
    hypothesis: dict[str, Any]
