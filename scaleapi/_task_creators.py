"""The creators of the 1.0 client: a method per task type, the instruction first."""

# Written by `make generate` from the marks in scaleapi/task_params.

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from ._task_creation import TaskCreationMethods

if TYPE_CHECKING:
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
    from .tasks import Task


class TaskCreatorMethods(TaskCreationMethods):
    """``create_<type>_task`` for every type; each is :meth:`create_task` for that type.

    The first positional argument is the instruction.
    """

    def create_annotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[AnnotationParams],
    ) -> Task:
        """Create an ``annotation`` task: boxes on an image, the legacy way."""
        return self._create_task("annotation", instruction_text, {**params}, idempotency_key)

    def create_audiotranscription_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[AudioTranscriptionParams],
    ) -> Task:
        """Create an ``audiotranscription`` task: what is said in a recording."""
        return self._create_task(
            "audiotranscription", instruction_text, {**params}, idempotency_key
        )

    def create_categorization_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[CategorizationParams],
    ) -> Task:
        """Create a ``categorization`` task: which categories fit."""
        return self._create_task("categorization", instruction_text, {**params}, idempotency_key)

    def create_chat_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[ChatParams],
    ) -> Task:
        """Create a ``chat`` task: a conversation."""
        return self._create_task("chat", instruction_text, {**params}, idempotency_key)

    def create_chatexperimental_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[ChatParams],
    ) -> Task:
        """Create a ``chatexperimental`` task: a conversation in an experimental project."""
        return self._create_task("chatexperimental", instruction_text, {**params}, idempotency_key)

    def create_chatlite_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[ChatParams],
    ) -> Task:
        """Create a ``chatlite`` task: a conversation in a light project."""
        return self._create_task("chatlite", instruction_text, {**params}, idempotency_key)

    def create_comparison_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[ComparisonParams],
    ) -> Task:
        """Create a ``comparison`` task: which attachment is better."""
        return self._create_task("comparison", instruction_text, {**params}, idempotency_key)

    def create_cruisecontrol_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[CruiseControlParams],
    ) -> Task:
        """Create a ``cruisecontrol`` task: the earlier name of a federal video type."""
        return self._create_task("cruisecontrol", instruction_text, {**params}, idempotency_key)

    def create_cuboidannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[CuboidAnnotationParams],
    ) -> Task:
        """Create a ``cuboidannotation`` task: cuboids on an image, the legacy way."""
        return self._create_task("cuboidannotation", instruction_text, {**params}, idempotency_key)

    def create_datacollection_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[DataCollectionParams],
    ) -> Task:
        """Create a ``datacollection`` task: facts found in an attachment."""
        return self._create_task("datacollection", instruction_text, {**params}, idempotency_key)

    def create_documentmodel_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[DocumentModelParams],
    ) -> Task:
        """Create a ``documentmodel`` task: fields of a document, found by a model."""
        return self._create_task("documentmodel", instruction_text, {**params}, idempotency_key)

    def create_documenttranscription_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[DocumentTranscriptionParams],
    ) -> Task:
        """Create a ``documenttranscription`` task: fields of a document."""
        return self._create_task(
            "documenttranscription", instruction_text, {**params}, idempotency_key
        )

    def create_federal2dvideoannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[Federal2dVideoAnnotationParams],
    ) -> Task:
        """Create a ``federal2dvideoannotation`` task: tracks in a federal video."""
        return self._create_task(
            "federal2dvideoannotation", instruction_text, {**params}, idempotency_key
        )

    def create_imageannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[ImageAnnotationParams],
    ) -> Task:
        """Create an ``imageannotation`` task: shapes of any geometry on an image."""
        return self._create_task("imageannotation", instruction_text, {**params}, idempotency_key)

    def create_laneannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LaneAnnotationParams],
    ) -> Task:
        """Create a ``laneannotation`` task: lanes on an image."""
        return self._create_task("laneannotation", instruction_text, {**params}, idempotency_key)

    def create_lidarannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LidarAnnotationParams],
    ) -> Task:
        """Create a ``lidarannotation`` task: cuboids in frames of points."""
        return self._create_task("lidarannotation", instruction_text, {**params}, idempotency_key)

    def create_lidarlinking_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LidarLinkingParams],
    ) -> Task:
        """Create a ``lidarlinking`` task: camera shapes linked to cuboids."""
        return self._create_task("lidarlinking", instruction_text, {**params}, idempotency_key)

    def create_lidarsegmentation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LidarSegmentationParams],
    ) -> Task:
        """Create a ``lidarsegmentation`` task: a label for each point."""
        return self._create_task("lidarsegmentation", instruction_text, {**params}, idempotency_key)

    def create_lidartopdown_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LidarTopdownParams],
    ) -> Task:
        """Create a ``lidartopdown`` task: shapes seen from above."""
        return self._create_task("lidartopdown", instruction_text, {**params}, idempotency_key)

    def create_lineannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LineAnnotationParams],
    ) -> Task:
        """Create a ``lineannotation`` task: lines on an image, the legacy way."""
        return self._create_task("lineannotation", instruction_text, {**params}, idempotency_key)

    def create_multichat_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[ChatParams],
    ) -> Task:
        """Create a ``multichat`` task: a conversation with several models."""
        return self._create_task("multichat", instruction_text, {**params}, idempotency_key)

    def create_multistage_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[MultiStageParams],
    ) -> Task:
        """Create a ``multistage`` task: several stages of work on a scene."""
        return self._create_task("multistage", instruction_text, {**params}, idempotency_key)

    def create_namedentityrecognition_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[NamedEntityRecognitionParams],
    ) -> Task:
        """Create a ``namedentityrecognition`` task: entities in a text."""
        return self._create_task(
            "namedentityrecognition", instruction_text, {**params}, idempotency_key
        )

    def create_phonecall_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[PhoneCallParams],
    ) -> Task:
        """Create a ``phonecall`` task: a phone call, no longer offered by Scale."""
        return self._create_task("phonecall", instruction_text, {**params}, idempotency_key)

    def create_pointannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[PointAnnotationParams],
    ) -> Task:
        """Create a ``pointannotation`` task: points on an image, the legacy way."""
        return self._create_task("pointannotation", instruction_text, {**params}, idempotency_key)

    def create_polygonannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[PolygonAnnotationParams],
    ) -> Task:
        """Create a ``polygonannotation`` task: polygons on an image, the legacy way."""
        return self._create_task("polygonannotation", instruction_text, {**params}, idempotency_key)

    def create_segmentannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[SegmentAnnotationParams],
    ) -> Task:
        """Create a ``segmentannotation`` task: a label for each pixel."""
        return self._create_task("segmentannotation", instruction_text, {**params}, idempotency_key)

    def create_sensorfusion_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[SensorFusionParams],
    ) -> Task:
        """Create a ``sensorfusion`` task: annotations of a sensor fusion scene."""
        return self._create_task("sensorfusion", instruction_text, {**params}, idempotency_key)

    def create_textcollection_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[TextCollectionParams],
    ) -> Task:
        """Create a ``textcollection`` task: answers to a form."""
        return self._create_task("textcollection", instruction_text, {**params}, idempotency_key)

    def create_transcription_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[TranscriptionParams],
    ) -> Task:
        """Create a ``transcription`` task: fields written in an attachment."""
        return self._create_task("transcription", instruction_text, {**params}, idempotency_key)

    def create_videoannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[VideoAnnotationParams],
    ) -> Task:
        """Create a ``videoannotation`` task: shapes in each frame."""
        return self._create_task("videoannotation", instruction_text, {**params}, idempotency_key)

    def create_videoboxannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[VideoBoxAnnotationParams],
    ) -> Task:
        """Create a ``videoboxannotation`` task: boxes in each frame."""
        return self._create_task(
            "videoboxannotation", instruction_text, {**params}, idempotency_key
        )

    def create_videocuboidannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[VideoCuboidAnnotationParams],
    ) -> Task:
        """Create a ``videocuboidannotation`` task: cuboids in each frame."""
        return self._create_task(
            "videocuboidannotation", instruction_text, {**params}, idempotency_key
        )

    def create_videoplaybackannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[VideoPlaybackAnnotationParams],
    ) -> Task:
        """Create a ``videoplaybackannotation`` task: tracks in a video."""
        return self._create_task(
            "videoplaybackannotation", instruction_text, {**params}, idempotency_key
        )
