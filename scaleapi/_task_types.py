"""Every task type, and for type checkers which parameters each takes."""

# Written by `make generate` from the marks in scaleapi/task_params.

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from ._enums import NearestMember, no_member

if TYPE_CHECKING:
    from typing import Protocol, Unpack

    from typing_extensions import ParamSpec

    from .task_params import (
        AnnotationParams,
        AudioTranscriptionParams,
        CategorizationParams,
        ChatParams,
        ComparisonParams,
        CruiseControlParams,
        CuboidAnnotationParams,
        DataCollectionParams,
        DocumentModelParams,
        DocumentTranscriptionParams,
        Federal2dVideoAnnotationParams,
        ImageAnnotationParams,
        LaneAnnotationParams,
        LidarAnnotationParams,
        LidarLinkingParams,
        LidarSegmentationParams,
        LidarTopdownParams,
        LineAnnotationParams,
        MultiStageParams,
        NamedEntityRecognitionParams,
        PhoneCallParams,
        PointAnnotationParams,
        PolygonAnnotationParams,
        SegmentAnnotationParams,
        SensorFusionParams,
        TextCollectionParams,
        TranscriptionParams,
        VideoAnnotationParams,
        VideoBoxAnnotationParams,
        VideoCuboidAnnotationParams,
        VideoPlaybackAnnotationParams,
    )

    ParamsP = ParamSpec("ParamsP", default=...)


class TaskType(Enum, metaclass=NearestMember):
    """Every task type, current and legacy, by its name in ``POST /v1/task/<name>``.

    A member equals, hashes and prints as its name: ``task.type == TaskType.ImageAnnotation``.
    Type checkers know the parameters of a member that is written down in a program. For a type
    that is only known at run time there is ``create_task_from``.
    """

    if TYPE_CHECKING:

        @property
        def value(self) -> str:
            """Its name in the path."""
            ...

        # A member's own class carries its parameters to `create_task`.
        Annotation: _Annotation
        AudioTranscription: _AudioTranscription
        Categorization: _Categorization
        Chat: _Chat
        ChatExperimental: _ChatExperimental
        ChatLite: _ChatLite
        Comparison: _Comparison
        CruiseControl: _CruiseControl
        CuboidAnnotation: _CuboidAnnotation
        DataCollection: _DataCollection
        DocumentModel: _DocumentModel
        DocumentTranscription: _DocumentTranscription
        Federal2dVideoAnnotation: _Federal2dVideoAnnotation
        ImageAnnotation: _ImageAnnotation
        LaneAnnotation: _LaneAnnotation
        LidarAnnotation: _LidarAnnotation
        LidarLinking: _LidarLinking
        LidarSegmentation: _LidarSegmentation
        LidarTopdown: _LidarTopdown
        LineAnnotation: _LineAnnotation
        MultiChat: _MultiChat
        MultiStage: _MultiStage
        NamedEntityRecognition: _NamedEntityRecognition
        PhoneCall: _PhoneCall
        PointAnnotation: _PointAnnotation
        PolygonAnnotation: _PolygonAnnotation
        SegmentAnnotation: _SegmentAnnotation
        SensorFusion: _SensorFusion
        TextCollection: _TextCollection
        Transcription: _Transcription
        VideoAnnotation: _VideoAnnotation
        VideoBoxAnnotation: _VideoBoxAnnotation
        VideoCuboidAnnotation: _VideoCuboidAnnotation
        VideoPlaybackAnnotation: _VideoPlaybackAnnotation
    else:
        Annotation = "annotation"
        AudioTranscription = "audiotranscription"
        Categorization = "categorization"
        Chat = "chat"
        ChatExperimental = "chatexperimental"
        ChatLite = "chatlite"
        Comparison = "comparison"
        CruiseControl = "cruisecontrol"
        CuboidAnnotation = "cuboidannotation"
        DataCollection = "datacollection"
        DocumentModel = "documentmodel"
        DocumentTranscription = "documenttranscription"
        Federal2dVideoAnnotation = "federal2dvideoannotation"
        ImageAnnotation = "imageannotation"
        LaneAnnotation = "laneannotation"
        LidarAnnotation = "lidarannotation"
        LidarLinking = "lidarlinking"
        LidarSegmentation = "lidarsegmentation"
        LidarTopdown = "lidartopdown"
        LineAnnotation = "lineannotation"
        MultiChat = "multichat"
        MultiStage = "multistage"
        NamedEntityRecognition = "namedentityrecognition"
        PhoneCall = "phonecall"
        PointAnnotation = "pointannotation"
        PolygonAnnotation = "polygonannotation"
        SegmentAnnotation = "segmentannotation"
        SensorFusion = "sensorfusion"
        TextCollection = "textcollection"
        Transcription = "transcription"
        VideoAnnotation = "videoannotation"
        VideoBoxAnnotation = "videoboxannotation"
        VideoCuboidAnnotation = "videocuboidannotation"
        VideoPlaybackAnnotation = "videoplaybackannotation"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return self.value == other
        return self is other

    def __hash__(self) -> int:
        return hash(self.value)

    def __str__(self) -> str:
        return self.value

    @classmethod
    def _missing_(cls, value: object) -> TaskType | None:
        if not isinstance(value, str):
            return None
        raise ValueError(no_member(cls, value, [member.value for member in cls]))


if TYPE_CHECKING:

    class KnownType(Protocol[ParamsP]):
        """A member whose parameters are known."""

        def _creates(self, *args: ParamsP.args, **params: ParamsP.kwargs) -> None: ...

    class _Annotation(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[AnnotationParams],
        ) -> None: ...

    class _AudioTranscription(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[AudioTranscriptionParams],
        ) -> None: ...

    class _Categorization(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[CategorizationParams],
        ) -> None: ...

    class _Chat(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[ChatParams],
        ) -> None: ...

    class _ChatExperimental(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[ChatParams],
        ) -> None: ...

    class _ChatLite(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[ChatParams],
        ) -> None: ...

    class _Comparison(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[ComparisonParams],
        ) -> None: ...

    class _CruiseControl(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[CruiseControlParams],
        ) -> None: ...

    class _CuboidAnnotation(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[CuboidAnnotationParams],
        ) -> None: ...

    class _DataCollection(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[DataCollectionParams],
        ) -> None: ...

    class _DocumentModel(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[DocumentModelParams],
        ) -> None: ...

    class _DocumentTranscription(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[DocumentTranscriptionParams],
        ) -> None: ...

    class _Federal2dVideoAnnotation(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[Federal2dVideoAnnotationParams],
        ) -> None: ...

    class _ImageAnnotation(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[ImageAnnotationParams],
        ) -> None: ...

    class _LaneAnnotation(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[LaneAnnotationParams],
        ) -> None: ...

    class _LidarAnnotation(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[LidarAnnotationParams],
        ) -> None: ...

    class _LidarLinking(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[LidarLinkingParams],
        ) -> None: ...

    class _LidarSegmentation(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[LidarSegmentationParams],
        ) -> None: ...

    class _LidarTopdown(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[LidarTopdownParams],
        ) -> None: ...

    class _LineAnnotation(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[LineAnnotationParams],
        ) -> None: ...

    class _MultiChat(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[ChatParams],
        ) -> None: ...

    class _MultiStage(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[MultiStageParams],
        ) -> None: ...

    class _NamedEntityRecognition(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[NamedEntityRecognitionParams],
        ) -> None: ...

    class _PhoneCall(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[PhoneCallParams],
        ) -> None: ...

    class _PointAnnotation(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[PointAnnotationParams],
        ) -> None: ...

    class _PolygonAnnotation(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[PolygonAnnotationParams],
        ) -> None: ...

    class _SegmentAnnotation(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[SegmentAnnotationParams],
        ) -> None: ...

    class _SensorFusion(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[SensorFusionParams],
        ) -> None: ...

    class _TextCollection(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[TextCollectionParams],
        ) -> None: ...

    class _Transcription(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[TranscriptionParams],
        ) -> None: ...

    class _VideoAnnotation(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[VideoAnnotationParams],
        ) -> None: ...

    class _VideoBoxAnnotation(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[VideoBoxAnnotationParams],
        ) -> None: ...

    class _VideoCuboidAnnotation(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[VideoCuboidAnnotationParams],
        ) -> None: ...

    class _VideoPlaybackAnnotation(TaskType):
        def _creates(
            self,
            *,
            idempotency_key: str | None = None,
            **params: Unpack[VideoPlaybackAnnotationParams],
        ) -> None: ...
