"""Training and evaluation tasks of Rapid projects: the records and the client's methods."""

# Written by `make generate` from scaleapi/quality_tasks.py: change it there.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._transport import path_of
from ..quality_tasks import EvaluationTask, QualityTaskT, TrainingTask
from ..tasks import TaskType, task_type_name
from ._base import AsyncBaseClient

if TYPE_CHECKING:
    from collections.abc import Mapping


class AsyncQualityTaskMethods(AsyncBaseClient):
    """What the client does with training and evaluation tasks."""

    async def create_training_task(
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
        return await self._create(
            TrainingTask, "training_tasks", task_type, params, idempotency_key
        )

    async def create_evaluation_task(
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
        return await self._create(
            EvaluationTask, "evaluation_tasks", task_type, params, idempotency_key
        )

    async def _create(
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
        return kind(
            await self._transport.send("POST", path, body=params, idempotency_key=key), self
        )
