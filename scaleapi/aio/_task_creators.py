"""The creators of the 1.0 client: a method per task type, the instruction first."""

# Written by `make generate` from scaleapi/_task_creators.py: change it there.
from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from ._task_creation import AsyncTaskCreationMethods

if TYPE_CHECKING:
    from ..task_params import (
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
    from .tasks import AsyncTask


class AsyncTaskCreatorMethods(AsyncTaskCreationMethods):
    """``create_<type>_task`` for every type; each is :meth:`create_task` for that type.

    The first positional argument is the instruction.
    """

    async def create_annotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[AnnotationParams],
    ) -> AsyncTask:
        """Create an ``annotation`` task: boxes on an image, the legacy way."""
        return await self._create_task("annotation", instruction_text, {**params}, idempotency_key)

    async def create_audiotranscription_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[AudioTranscriptionParams],
    ) -> AsyncTask:
        """Create an ``audiotranscription`` task: what is said in a recording."""
        return await self._create_task(
            "audiotranscription", instruction_text, {**params}, idempotency_key
        )

    async def create_categorization_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[CategorizationParams],
    ) -> AsyncTask:
        """Create a ``categorization`` task: which categories fit."""
        return await self._create_task(
            "categorization", instruction_text, {**params}, idempotency_key
        )

    async def create_chat_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[ChatParams],
    ) -> AsyncTask:
        """Create a ``chat`` task: a conversation."""
        return await self._create_task("chat", instruction_text, {**params}, idempotency_key)

    async def create_chatexperimental_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[ChatParams],
    ) -> AsyncTask:
        """Create a ``chatexperimental`` task: a conversation in an experimental project."""
        return await self._create_task(
            "chatexperimental", instruction_text, {**params}, idempotency_key
        )

    async def create_chatlite_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[ChatParams],
    ) -> AsyncTask:
        """Create a ``chatlite`` task: a conversation in a light project."""
        return await self._create_task("chatlite", instruction_text, {**params}, idempotency_key)

    async def create_comparison_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[ComparisonParams],
    ) -> AsyncTask:
        """Create a ``comparison`` task: which attachment is better."""
        return await self._create_task("comparison", instruction_text, {**params}, idempotency_key)

    async def create_cruisecontrol_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[CruiseControlParams],
    ) -> AsyncTask:
        """Create a ``cruisecontrol`` task: the earlier name of a federal video type."""
        return await self._create_task(
            "cruisecontrol", instruction_text, {**params}, idempotency_key
        )

    async def create_cuboidannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[CuboidAnnotationParams],
    ) -> AsyncTask:
        """Create a ``cuboidannotation`` task: cuboids on an image, the legacy way."""
        return await self._create_task(
            "cuboidannotation", instruction_text, {**params}, idempotency_key
        )

    async def create_datacollection_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[DataCollectionParams],
    ) -> AsyncTask:
        """Create a ``datacollection`` task: facts found in an attachment."""
        return await self._create_task(
            "datacollection", instruction_text, {**params}, idempotency_key
        )

    async def create_documentmodel_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[DocumentModelParams],
    ) -> AsyncTask:
        """Create a ``documentmodel`` task: fields of a document, found by a model."""
        return await self._create_task(
            "documentmodel", instruction_text, {**params}, idempotency_key
        )

    async def create_documenttranscription_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[DocumentTranscriptionParams],
    ) -> AsyncTask:
        """Create a ``documenttranscription`` task: fields of a document."""
        return await self._create_task(
            "documenttranscription", instruction_text, {**params}, idempotency_key
        )

    async def create_federal2dvideoannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[Federal2dVideoAnnotationParams],
    ) -> AsyncTask:
        """Create a ``federal2dvideoannotation`` task: tracks in a federal video."""
        return await self._create_task(
            "federal2dvideoannotation", instruction_text, {**params}, idempotency_key
        )

    async def create_imageannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[ImageAnnotationParams],
    ) -> AsyncTask:
        """Create an ``imageannotation`` task: shapes of any geometry on an image."""
        return await self._create_task(
            "imageannotation", instruction_text, {**params}, idempotency_key
        )

    async def create_laneannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LaneAnnotationParams],
    ) -> AsyncTask:
        """Create a ``laneannotation`` task: lanes on an image."""
        return await self._create_task(
            "laneannotation", instruction_text, {**params}, idempotency_key
        )

    async def create_lidarannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LidarAnnotationParams],
    ) -> AsyncTask:
        """Create a ``lidarannotation`` task: cuboids in frames of points."""
        return await self._create_task(
            "lidarannotation", instruction_text, {**params}, idempotency_key
        )

    async def create_lidarlinking_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LidarLinkingParams],
    ) -> AsyncTask:
        """Create a ``lidarlinking`` task: camera shapes linked to cuboids."""
        return await self._create_task(
            "lidarlinking", instruction_text, {**params}, idempotency_key
        )

    async def create_lidarsegmentation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LidarSegmentationParams],
    ) -> AsyncTask:
        """Create a ``lidarsegmentation`` task: a label for each point."""
        return await self._create_task(
            "lidarsegmentation", instruction_text, {**params}, idempotency_key
        )

    async def create_lidartopdown_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LidarTopdownParams],
    ) -> AsyncTask:
        """Create a ``lidartopdown`` task: shapes seen from above."""
        return await self._create_task(
            "lidartopdown", instruction_text, {**params}, idempotency_key
        )

    async def create_lineannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LineAnnotationParams],
    ) -> AsyncTask:
        """Create a ``lineannotation`` task: lines on an image, the legacy way."""
        return await self._create_task(
            "lineannotation", instruction_text, {**params}, idempotency_key
        )

    async def create_multichat_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[ChatParams],
    ) -> AsyncTask:
        """Create a ``multichat`` task: a conversation with several models."""
        return await self._create_task("multichat", instruction_text, {**params}, idempotency_key)

    async def create_multistage_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[MultiStageParams],
    ) -> AsyncTask:
        """Create a ``multistage`` task: several stages of work on a scene."""
        return await self._create_task("multistage", instruction_text, {**params}, idempotency_key)

    async def create_namedentityrecognition_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[NamedEntityRecognitionParams],
    ) -> AsyncTask:
        """Create a ``namedentityrecognition`` task: entities in a text."""
        return await self._create_task(
            "namedentityrecognition", instruction_text, {**params}, idempotency_key
        )

    async def create_phonecall_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[PhoneCallParams],
    ) -> AsyncTask:
        """Create a ``phonecall`` task: a phone call, no longer offered by Scale."""
        return await self._create_task("phonecall", instruction_text, {**params}, idempotency_key)

    async def create_pointannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[PointAnnotationParams],
    ) -> AsyncTask:
        """Create a ``pointannotation`` task: points on an image, the legacy way."""
        return await self._create_task(
            "pointannotation", instruction_text, {**params}, idempotency_key
        )

    async def create_polygonannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[PolygonAnnotationParams],
    ) -> AsyncTask:
        """Create a ``polygonannotation`` task: polygons on an image, the legacy way."""
        return await self._create_task(
            "polygonannotation", instruction_text, {**params}, idempotency_key
        )

    async def create_segmentannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[SegmentAnnotationParams],
    ) -> AsyncTask:
        """Create a ``segmentannotation`` task: a label for each pixel."""
        return await self._create_task(
            "segmentannotation", instruction_text, {**params}, idempotency_key
        )

    async def create_sensorfusion_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[SensorFusionParams],
    ) -> AsyncTask:
        """Create a ``sensorfusion`` task: annotations of a sensor fusion scene."""
        return await self._create_task(
            "sensorfusion", instruction_text, {**params}, idempotency_key
        )

    async def create_textcollection_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[TextCollectionParams],
    ) -> AsyncTask:
        """Create a ``textcollection`` task: answers to a form."""
        return await self._create_task(
            "textcollection", instruction_text, {**params}, idempotency_key
        )

    async def create_transcription_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[TranscriptionParams],
    ) -> AsyncTask:
        """Create a ``transcription`` task: fields written in an attachment."""
        return await self._create_task(
            "transcription", instruction_text, {**params}, idempotency_key
        )

    async def create_videoannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[VideoAnnotationParams],
    ) -> AsyncTask:
        """Create a ``videoannotation`` task: shapes in each frame."""
        return await self._create_task(
            "videoannotation", instruction_text, {**params}, idempotency_key
        )

    async def create_videoboxannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[VideoBoxAnnotationParams],
    ) -> AsyncTask:
        """Create a ``videoboxannotation`` task: boxes in each frame."""
        return await self._create_task(
            "videoboxannotation", instruction_text, {**params}, idempotency_key
        )

    async def create_videocuboidannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[VideoCuboidAnnotationParams],
    ) -> AsyncTask:
        """Create a ``videocuboidannotation`` task: cuboids in each frame."""
        return await self._create_task(
            "videocuboidannotation", instruction_text, {**params}, idempotency_key
        )

    async def create_videoplaybackannotation_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[VideoPlaybackAnnotationParams],
    ) -> AsyncTask:
        """Create a ``videoplaybackannotation`` task: tracks in a video."""
        return await self._create_task(
            "videoplaybackannotation", instruction_text, {**params}, idempotency_key
        )
