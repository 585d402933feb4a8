"""The parameters of each task type, for type checkers and editors.

``create_task(TaskType.ImageAnnotation, ...)`` takes an :class:`ImageAnnotationParams`, and so on.
"""

# Written by `make generate` from the marks in scaleapi/task_params.

from __future__ import annotations

from .common import CommonParams
from .image import (
    AnnotationParams,
    CuboidAnnotationParams,
    ImageAnnotationParams,
    LaneAnnotationParams,
    LineAnnotationParams,
    PointAnnotationParams,
    PolygonAnnotationParams,
    SegmentAnnotationParams,
)
from .text import (
    AudioTranscriptionParams,
    CategorizationParams,
    ChatParams,
    ComparisonParams,
    CruiseControlParams,
    DataCollectionParams,
    DocumentModelParams,
    DocumentTranscriptionParams,
    NamedEntityRecognitionParams,
    PhoneCallParams,
    TextCollectionParams,
    TranscriptionParams,
)
from .video import (
    Federal2dVideoAnnotationParams,
    LidarAnnotationParams,
    LidarLinkingParams,
    LidarSegmentationParams,
    LidarTopdownParams,
    MultiStageParams,
    SensorFusionParams,
    VideoAnnotationParams,
    VideoBoxAnnotationParams,
    VideoCuboidAnnotationParams,
    VideoPlaybackAnnotationParams,
)

__all__ = [
    "AnnotationParams",
    "AudioTranscriptionParams",
    "CategorizationParams",
    "ChatParams",
    "CommonParams",
    "ComparisonParams",
    "CruiseControlParams",
    "CuboidAnnotationParams",
    "DataCollectionParams",
    "DocumentModelParams",
    "DocumentTranscriptionParams",
    "Federal2dVideoAnnotationParams",
    "ImageAnnotationParams",
    "LaneAnnotationParams",
    "LidarAnnotationParams",
    "LidarLinkingParams",
    "LidarSegmentationParams",
    "LidarTopdownParams",
    "LineAnnotationParams",
    "MultiStageParams",
    "NamedEntityRecognitionParams",
    "PhoneCallParams",
    "PointAnnotationParams",
    "PolygonAnnotationParams",
    "SegmentAnnotationParams",
    "SensorFusionParams",
    "TextCollectionParams",
    "TranscriptionParams",
    "VideoAnnotationParams",
    "VideoBoxAnnotationParams",
    "VideoCuboidAnnotationParams",
    "VideoPlaybackAnnotationParams",
]
