"""How a task is created: one method for all types and one per type, with typed parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

from ._transport import Call, path_of
from .exceptions import ScaleDuplicateResource, ScaleException
from .tasks import Task, TaskMethods, TaskType, task_type_name

if TYPE_CHECKING:
    from ._types import JSONObject
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


class TaskCreationMethods(TaskMethods):
    """What the client does to have tasks made.

    A create is safe to be sent again: each carries an ``Idempotency-Key``, the same on each of
    its tries. When an earlier try may have worked although its reply was lost (5xx or a broken
    connection), and a later one is told that the ``unique_id`` is taken, the task that has it is
    fetched and returned.
    """

    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.Annotation],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[AnnotationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.AudioTranscription],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[AudioTranscriptionParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.Categorization],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[CategorizationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[
            TaskType.Chat, TaskType.ChatExperimental, TaskType.ChatLite, TaskType.MultiChat
        ],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[ChatParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.Comparison],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[ComparisonParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.CruiseControl],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[CruiseControlParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.CuboidAnnotation],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[CuboidAnnotationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.DataCollection],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[DataCollectionParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.DocumentModel],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[DocumentModelParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.DocumentTranscription],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[DocumentTranscriptionParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.Federal2dVideoAnnotation],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[Federal2dVideoAnnotationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.ImageAnnotation],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[ImageAnnotationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.LaneAnnotation],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LaneAnnotationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.LidarAnnotation],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LidarAnnotationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.LidarLinking],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LidarLinkingParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.LidarSegmentation],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LidarSegmentationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.LidarTopdown],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LidarTopdownParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.LineAnnotation],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[LineAnnotationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.MultiStage],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[MultiStageParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.NamedEntityRecognition],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[NamedEntityRecognitionParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.PhoneCall],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[PhoneCallParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.PointAnnotation],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[PointAnnotationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.PolygonAnnotation],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[PolygonAnnotationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.SegmentAnnotation],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[SegmentAnnotationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.SensorFusion],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[SensorFusionParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.TextCollection],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[TextCollectionParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.Transcription],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[TranscriptionParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.VideoAnnotation],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[VideoAnnotationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.VideoBoxAnnotation],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[VideoBoxAnnotationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.VideoCuboidAnnotation],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[VideoCuboidAnnotationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self,
        task_type: Literal[TaskType.VideoPlaybackAnnotation],
        *,
        idempotency_key: str | None = None,
        **params: Unpack[VideoPlaybackAnnotationParams],
    ) -> Task: ...
    @overload
    def create_task(
        self, task_type: str, *, idempotency_key: str | None = None, **params: Any
    ) -> Task: ...
    def create_task(
        self,
        task_type: TaskType | str,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Task:
        """Create a task.

        Type checkers know the parameters of each member of :class:`TaskType`. For a type that is
        only known at run time pass its name (``task_type.value``); then any parameters pass.

        Args:
            task_type: what kind of work it is.
            idempotency_key: sent as ``Idempotency-Key`` instead of a generated one. Scale answers
                a repeated create with the same key by the task it made first.
            params: the type's own parameters (:mod:`scaleapi.task_params`) and the common ones:
                ``project``, ``batch``, ``instruction``, ``callback_url``, ``unique_id``,
                ``metadata``, ``tags``, ``priority``.

        Returns:
            The task; with a live key ``pending``, with a test key ``completed`` at once.

        Raises:
            ScaleInvalidRequest: a parameter is missing or wrong; the message names it.
            ScaleNotEnabled: the account may not use this type.
            ScaleDuplicateResource: the ``unique_id`` is taken by another task.
            ScaleConnectionError: no answer arrived, also after the retries.

        Source: documented (https://scale.com/docs/api-reference/tasks).
        """
        return self._create_task(task_type_name(task_type), None, params, idempotency_key)

    def _create_task(
        self,
        type_name: str,
        instruction: str | None,
        params: JSONObject,
        idempotency_key: str | None = None,
    ) -> Task:
        if instruction is not None:
            params = {"instruction": instruction, **params}
        key = idempotency_key or self._transport.new_idempotency_key()
        call = Call("POST")
        try:
            json = self._transport.send(
                "POST", path_of("task", type_name), body=params, idempotency_key=key, call=call
            )
        except ScaleDuplicateResource as taken:
            unique_id = params.get("unique_id")
            if unique_id is None or not call.earlier_try_may_have_worked:
                raise
            return self._task_made_before(unique_id, taken)
        return Task(json, self)

    def _task_made_before(self, unique_id: str, taken: ScaleDuplicateResource) -> Task:
        """The task that has ``unique_id``; ``taken`` is raised when there is none."""
        try:
            found = self.tasks(unique_id=unique_id)
        except ScaleException as error:
            taken.add_note(f"looking the task up by its unique_id failed as well: {error}")
            raise taken from error
        if not found:
            raise taken
        return found[0]
