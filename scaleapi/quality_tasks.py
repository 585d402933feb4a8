"""Training and evaluation tasks of Rapid projects: the records and the client's methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ._base import BaseClient, Resource
from ._transport import path_of
from .tasks import task_type_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._types import JSON, JSONObject
    from .tasks import TaskType


class QualityTask(Resource[object]):
    """A task whose right answer is known. It is in no listing of tasks.

    Source: official client; the keys besides ``id`` and the responses are assumed.
    """

    _needed = ("id", "expected_response")

    id: str
    type: str
    project: str
    params: JSONObject
    expected_response: JSON
    created_at: str
    status: str

    @property
    def initial_response(self) -> JSON:
        """What the labeler starts from, ``None`` when they start from nothing."""
        return self.param_dict.get("initial_response")

    def __eq__(self, other: object) -> bool:
        return self.id == other.id if isinstance(other, QualityTask) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.id)


class TrainingTask(QualityTask):
    """A task that new labelers learn from."""


class EvaluationTask(QualityTask):
    """A task that measures labelers; with an initial response it is one of the review phase."""


QualityTaskT = TypeVar("QualityTaskT", bound=QualityTask)


class QualityTaskMethods(BaseClient):
    """What the client does with training and evaluation tasks."""

    def create_training_task(
        self,
        task_type: TaskType | str,
        *,
        expected_response: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> TrainingTask:
        """Create a task that new labelers of a Rapid project learn from.

        Args:
            task_type: documenttranscription, segmentannotation, videoplaybackannotation,
                imageannotation, textcollection or namedentityrecognition.
            expected_response: the right answer, shaped as a response of the type.
            idempotency_key: sent instead of a generated one.
            params: the parameters of a task of the type, ``project`` among them.

        Raises:
            ScaleInvalidRequest: no expected response, or the project is not a Rapid one.
            ScaleResourceNotFound: the type has no training tasks.

        Source: official client.
        """
        if expected_response is not None:
            params["expected_response"] = expected_response
        return self._create(TrainingTask, "training_tasks", task_type, params, idempotency_key)

    def create_evaluation_task(
        self,
        task_type: TaskType | str,
        *,
        expected_response: Mapping[str, Any] | None = None,
        initial_response: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> EvaluationTask:
        """Create a task that measures the labelers of a Rapid project.

        Args:
            task_type: as for :meth:`create_training_task`.
            expected_response: the right answer, shaped as a response of the type.
            initial_response: what the labeler starts from; makes it a task of the review phase.
            idempotency_key: sent instead of a generated one.
            params: the parameters of a task of the type, ``project`` among them.

        Raises:
            ScaleInvalidRequest: no expected response, or the project is not a Rapid one.
            ScaleResourceNotFound: the type has no evaluation tasks.

        Source: official client.
        """
        if expected_response is not None:
            params["expected_response"] = expected_response
        if initial_response is not None:
            params["initial_response"] = initial_response
        return self._create(EvaluationTask, "evaluation_tasks", task_type, params, idempotency_key)

    def _create(
        self,
        kind: type[QualityTaskT],
        folder: str,
        task_type: TaskType | str,
        params: Mapping[str, Any],
        idempotency_key: str | None,
    ) -> QualityTaskT:
        # With a key of its own a call whose reply was lost can be sent again.
        key = idempotency_key or self._transport.new_idempotency_key()
        path = path_of(folder, task_type_name(task_type))
        return kind(self._transport.send("POST", path, body=params, idempotency_key=key), self)
