"""Every method of :class:`scaleapi.V2Api` under its name, awaited or iterated."""

# Written by `make generate` from scaleapi/v2/: change it there.
from __future__ import annotations

from typing import TYPE_CHECKING

from ._v2_base import AsyncV2Base

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from typing import Any, Unpack

    from ..v2._operation import Moment, RequestOptions
    from ..v2.models import (
        Annotation,
        Batch,
        BatchOperationRequest,
        CancelBatch200Response,
        CreateBatchRequest,
        CreateChatTaskRequest,
        DatasetTask,
        GetBatchesResponse,
        GetDatasetDeliveriesResponse,
        GetDatasetDeliveryResponse,
        GetDatasetsResponse,
        GetDatasetTasksResponse,
        GetDeliveredTasksResponse,
        GetDeliveriesResponse,
        GetDeliveryTasksResponse,
        GetDeliveryTasksResponseDocsInner,
        GetProjectsResponse,
        GetSchemaResponse,
        GetTasksResponse,
        PauseBatch200Response,
        Project,
        ResumeBatch200Response,
        SetBatchMetadataRequest,
        SetTaskMetadataRequest,
        Task,
    )


class AsyncV2Api(AsyncV2Base):
    """The methods of :class:`scaleapi.V2Api`, for programs on an event loop."""

    async def get_task(
        self,
        task_id: str,
        expand: Sequence[str] | None = None,
        opts: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> Task:
        """A task.

        Args:
            task_id: its id.
            expand: ``project``, ``batch``: sent whole in place of their ids.
            opts: ``annotation_details``, ``attachment_details``, ``model_parameters``,
                ``submissions``: what to send besides.
            options: see :class:`RequestOptions`.
        """
        return await self._called(self._api.get_task, task_id, expand, opts, **options)

    async def get_tasks(
        self,
        project_id: str | None = None,
        project_name: str | None = None,
        batch_id: str | None = None,
        batch_name: str | None = None,
        status: str | None = None,
        completed_after: Moment | None = None,
        completed_before: Moment | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        expand: Sequence[str] | None = None,
        opts: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetTasksResponse:
        """A page of tasks of a project, or of a batch: one of the first four is needed.

        Args:
            project_id: of the project; or
            project_name: its name.
            batch_id: of the batch; or
            batch_name: its name.
            status: a :class:`TaskStatus`.
            completed_after: only what was completed later.
            completed_before: only what was completed earlier.
            limit: 1 to 100 tasks on a page; 100 by default.
            next_token: of the page before.
            expand: as for :meth:`get_task`.
            opts: as for :meth:`get_task`.
            options: see :class:`RequestOptions`.
        """
        return await self._called(
            self._api.get_tasks,
            project_id,
            project_name,
            batch_id,
            batch_name,
            status,
            completed_after,
            completed_before,
            limit,
            next_token,
            expand,
            opts,
            **options,
        )

    def iter_tasks(
        self,
        project_id: str | None = None,
        project_name: str | None = None,
        batch_id: str | None = None,
        batch_name: str | None = None,
        status: str | None = None,
        completed_after: Moment | None = None,
        completed_before: Moment | None = None,
        limit: int | None = None,
        expand: Sequence[str] | None = None,
        opts: Sequence[str] | None = None,
    ) -> AsyncGenerator[Task, None]:
        """All tasks that :meth:`get_tasks` lists, fetched ``limit`` at a time."""
        return self._each(
            self._api.iter_tasks,
            project_id,
            project_name,
            batch_id,
            batch_name,
            status,
            completed_after,
            completed_before,
            limit,
            expand,
            opts,
        )

    async def create_chat_task(
        self,
        create_chat_task_request: CreateChatTaskRequest | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> Task:
        """Create a chat task.

        Without a ``unique_id`` it gets a drawn one, so that a call whose reply was lost can be
        sent again and makes no second task: v2 knows a repetition by it alone (documented).

        Args:
            create_chat_task_request: a :class:`CreateChatTaskRequest`, or a dict of its fields.
            options: see :class:`RequestOptions`.
        """
        return await self._called(self._api.create_chat_task, create_chat_task_request, **options)

    async def set_task_metadata(
        self,
        set_task_metadata_request: SetTaskMetadataRequest | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> Task:
        """Replace a task's metadata, or with ``merge`` add to it.

        Args:
            set_task_metadata_request: a :class:`SetTaskMetadataRequest`, or a dict of its fields.
            options: see :class:`RequestOptions`.
        """
        return await self._called(self._api.set_task_metadata, set_task_metadata_request, **options)

    async def get_annotation(
        self, annotation_id: str, **options: Unpack[RequestOptions]
    ) -> Annotation:
        """An annotation by its id, wherever it stands; tell its kind by ``isinstance``."""
        return await self._called(self._api.get_annotation, annotation_id, **options)

    async def get_batch(
        self,
        batch_id: str | None = None,
        batch_name: str | None = None,
        expand: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> Batch:
        """A batch, by its id or its name.

        Args:
            batch_id: its id; or
            batch_name: its name.
            expand: ``project``: sent whole in place of its id.
            options: see :class:`RequestOptions`.
        """
        return await self._called(self._api.get_batch, batch_id, batch_name, expand, **options)

    async def get_batches(
        self,
        project_id: str | None = None,
        project_name: str | None = None,
        status: str | None = None,
        created_after: Moment | None = None,
        created_before: Moment | None = None,
        completed_after: Moment | None = None,
        completed_before: Moment | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        expand: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetBatchesResponse:
        """A page of batches, of a project or of all.

        Args:
            project_id: of the project; or
            project_name: its name.
            status: a :class:`BatchStatus`.
            created_after: only what was created later.
            created_before: only what was created earlier.
            completed_after: only what was completed later.
            completed_before: only what was completed earlier.
            limit: 1 to 100 batches on a page; 100 by default.
            next_token: of the page before.
            expand: ``project``: sent whole in place of its id.
            options: see :class:`RequestOptions`.
        """
        return await self._called(
            self._api.get_batches,
            project_id,
            project_name,
            status,
            created_after,
            created_before,
            completed_after,
            completed_before,
            limit,
            next_token,
            expand,
            **options,
        )

    def iter_batches(
        self,
        project_id: str | None = None,
        project_name: str | None = None,
        status: str | None = None,
        created_after: Moment | None = None,
        created_before: Moment | None = None,
        completed_after: Moment | None = None,
        completed_before: Moment | None = None,
        limit: int | None = None,
        expand: Sequence[str] | None = None,
    ) -> AsyncGenerator[Batch, None]:
        """All batches that :meth:`get_batches` lists, fetched ``limit`` at a time."""
        return self._each(
            self._api.iter_batches,
            project_id,
            project_name,
            status,
            created_after,
            created_before,
            completed_after,
            completed_before,
            limit,
            expand,
        )

    async def create_batch(
        self,
        create_batch_request: CreateBatchRequest | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> Batch:
        """Create a batch.

        Args:
            create_batch_request: a :class:`CreateBatchRequest`, or a dict of its fields.
            options: see :class:`RequestOptions`.
        """
        return await self._called(self._api.create_batch, create_batch_request, **options)

    async def finalize_batch(
        self,
        batch_operation_request: BatchOperationRequest | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> Batch:
        """Let work on a staging batch begin.

        Args:
            batch_operation_request: a :class:`BatchOperationRequest`, or a dict of its fields.
            options: see :class:`RequestOptions`.
        """
        return await self._called(self._api.finalize_batch, batch_operation_request, **options)

    async def pause_batch(
        self,
        batch_operation_request: BatchOperationRequest | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> PauseBatch200Response:
        """Hold the tasks of a batch that nobody has started; an empty batch stays as it is.

        Args:
            batch_operation_request: a :class:`BatchOperationRequest`, or a dict of its fields.
            options: see :class:`RequestOptions`.
        """
        return await self._called(self._api.pause_batch, batch_operation_request, **options)

    async def resume_batch(
        self,
        batch_operation_request: BatchOperationRequest | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> ResumeBatch200Response:
        """Let work on a paused batch go on.

        Args:
            batch_operation_request: a :class:`BatchOperationRequest`, or a dict of its fields.
            options: see :class:`RequestOptions`.
        """
        return await self._called(self._api.resume_batch, batch_operation_request, **options)

    async def cancel_batch(
        self,
        batch_operation_request: BatchOperationRequest | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> CancelBatch200Response:
        """End a batch for good; its open tasks are canceled.

        Args:
            batch_operation_request: a :class:`BatchOperationRequest`, or a dict of its fields.
            options: see :class:`RequestOptions`.
        """
        return await self._called(self._api.cancel_batch, batch_operation_request, **options)

    async def set_batch_metadata(
        self,
        set_batch_metadata_request: SetBatchMetadataRequest | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> Batch:
        """Replace a batch's metadata, or with ``merge`` add to it.

        Args:
            set_batch_metadata_request: a :class:`SetBatchMetadataRequest`, or a dict of its
                fields.
            options: see :class:`RequestOptions`.
        """
        return await self._called(
            self._api.set_batch_metadata, set_batch_metadata_request, **options
        )

    async def get_project(
        self,
        project_id: str | None = None,
        project_name: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Project:
        """A project, by its id or its name."""
        return await self._called(self._api.get_project, project_id, project_name, **options)

    async def get_projects(
        self,
        created_after: Moment | None = None,
        created_before: Moment | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetProjectsResponse:
        """All projects, or those created within a time."""
        return await self._called(self._api.get_projects, created_after, created_before, **options)

    async def get_schema(
        self, schema_id: str, **options: Unpack[RequestOptions]
    ) -> GetSchemaResponse:
        """A schema by the ``response_schema_id`` of a delivered task; ``.var_schema.document``."""
        return await self._called(self._api.get_schema, schema_id, **options)

    async def get_deliveries(
        self,
        project_id: str | None = None,
        project_name: str | None = None,
        delivered_after: Moment | None = None,
        delivered_before: Moment | None = None,
        expand: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetDeliveriesResponse:
        """All deliveries of a project, by its id or its name.

        Args:
            project_id: of the project; or
            project_name: its name.
            delivered_after: only what was delivered later.
            delivered_before: only what was delivered earlier.
            expand: ``project``: sent whole in place of its id.
            options: see :class:`RequestOptions`.
        """
        return await self._called(
            self._api.get_deliveries,
            project_id,
            project_name,
            delivered_after,
            delivered_before,
            expand,
            **options,
        )

    async def get_delivery(
        self,
        delivery_id: str | None = None,
        delivery_name: str | None = None,
        project_id: str | None = None,
        project_name: str | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        expand: Sequence[str] | None = None,
        opts: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetDeliveredTasksResponse:
        """A delivery and a page of its tasks.

        Args:
            delivery_id: its id; or
            delivery_name: its name, together with the project.
            project_id: of the project; or
            project_name: its name.
            limit: 1 to 100 tasks on a page; 100 by default.
            next_token: of the page before.
            expand: ``project``, ``batch``, ``delivery``: sent whole in place of their ids.
            opts: as for :meth:`get_task`.
            options: see :class:`RequestOptions`.
        """
        return await self._called(
            self._api.get_delivery,
            delivery_id,
            delivery_name,
            project_id,
            project_name,
            limit,
            next_token,
            expand,
            opts,
            **options,
        )

    def iter_delivery(
        self,
        delivery_id: str | None = None,
        delivery_name: str | None = None,
        project_id: str | None = None,
        project_name: str | None = None,
        limit: int | None = None,
        expand: Sequence[str] | None = None,
        opts: Sequence[str] | None = None,
    ) -> AsyncGenerator[Task, None]:
        """All tasks of a delivery, fetched ``limit`` at a time."""
        return self._each(
            self._api.iter_delivery,
            delivery_id,
            delivery_name,
            project_id,
            project_name,
            limit,
            expand,
            opts,
        )

    async def get_delivery_tasks(
        self,
        delivery_id: str | None = None,
        project_id: str | None = None,
        project_name: str | None = None,
        status: str | None = None,
        completed_after: Moment | None = None,
        completed_before: Moment | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetDeliveryTasksResponse:
        """A page of tasks with the responses that were delivered.

        Args:
            delivery_id: only those of one delivery.
            project_id: of the project; or
            project_name: its name.
            status: a :class:`TaskStatus`.
            completed_after: only what was completed later.
            completed_before: only what was completed earlier.
            limit: 1 to 100 tasks on a page; 100 by default.
            next_token: of the page before.
            options: see :class:`RequestOptions`.
        """
        return await self._called(
            self._api.get_delivery_tasks,
            delivery_id,
            project_id,
            project_name,
            status,
            completed_after,
            completed_before,
            limit,
            next_token,
            **options,
        )

    def iter_delivery_tasks(
        self,
        delivery_id: str | None = None,
        project_id: str | None = None,
        project_name: str | None = None,
        status: str | None = None,
        completed_after: Moment | None = None,
        completed_before: Moment | None = None,
        limit: int | None = None,
    ) -> AsyncGenerator[GetDeliveryTasksResponseDocsInner, None]:
        """All that :meth:`get_delivery_tasks` lists, fetched ``limit`` at a time."""
        return self._each(
            self._api.iter_delivery_tasks,
            delivery_id,
            project_id,
            project_name,
            status,
            completed_after,
            completed_before,
            limit,
        )

    async def get_datasets(self, **options: Unpack[RequestOptions]) -> GetDatasetsResponse:
        """All datasets."""
        return await self._called(self._api.get_datasets, **options)

    async def get_dataset_deliveries(
        self,
        dataset_id: str | None = None,
        delivered_after: Moment | None = None,
        delivered_before: Moment | None = None,
        expand: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetDatasetDeliveriesResponse:
        """All deliveries of a dataset, or of all.

        Args:
            dataset_id: of the dataset.
            delivered_after: only what was delivered later.
            delivered_before: only what was delivered earlier.
            expand: ``dataset``: sent whole in place of its id.
            options: see :class:`RequestOptions`.
        """
        return await self._called(
            self._api.get_dataset_deliveries,
            dataset_id,
            delivered_after,
            delivered_before,
            expand,
            **options,
        )

    async def get_dataset_delivery(
        self,
        delivery_id: str,
        limit: int | None = None,
        next_token: str | None = None,
        expand: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetDatasetDeliveryResponse:
        """A delivery of a dataset and a page of its tasks.

        Args:
            delivery_id: its id.
            limit: 1 to 100 tasks on a page; 100 by default.
            next_token: of the page before.
            expand: ``dataset``, ``delivery``: sent whole in place of their ids.
            options: see :class:`RequestOptions`.
        """
        return await self._called(
            self._api.get_dataset_delivery, delivery_id, limit, next_token, expand, **options
        )

    def iter_dataset_delivery(
        self, delivery_id: str, limit: int | None = None, expand: Sequence[str] | None = None
    ) -> AsyncGenerator[DatasetTask, None]:
        """All tasks of a dataset's delivery, fetched ``limit`` at a time."""
        return self._each(self._api.iter_dataset_delivery, delivery_id, limit, expand)

    async def get_dataset_task(
        self, task_id: str, expand: Sequence[str] | None = None, **options: Unpack[RequestOptions]
    ) -> DatasetTask:
        """A task of a dataset.

        Args:
            task_id: its id.
            expand: ``dataset``, ``delivery``: sent whole in place of their ids.
            options: see :class:`RequestOptions`.
        """
        return await self._called(self._api.get_dataset_task, task_id, expand, **options)

    async def get_dataset_tasks(
        self,
        dataset_id: str | None = None,
        delivery_id: str | None = None,
        delivered_after: Moment | None = None,
        delivered_before: Moment | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        expand: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetDatasetTasksResponse:
        """A page of the tasks of a dataset, or of one of its deliveries: one of the two is needed.

        Args:
            dataset_id: of the dataset; or
            delivery_id: of the delivery.
            delivered_after: only what was delivered later.
            delivered_before: only what was delivered earlier.
            limit: 1 to 100 tasks on a page; 100 by default.
            next_token: of the page before.
            expand: ``dataset``, ``delivery``: sent whole in place of their ids.
            options: see :class:`RequestOptions`.
        """
        return await self._called(
            self._api.get_dataset_tasks,
            dataset_id,
            delivery_id,
            delivered_after,
            delivered_before,
            limit,
            next_token,
            expand,
            **options,
        )

    def iter_dataset_tasks(
        self,
        dataset_id: str | None = None,
        delivery_id: str | None = None,
        delivered_after: Moment | None = None,
        delivered_before: Moment | None = None,
        limit: int | None = None,
        expand: Sequence[str] | None = None,
    ) -> AsyncGenerator[DatasetTask, None]:
        """All tasks that :meth:`get_dataset_tasks` lists, fetched ``limit`` at a time."""
        return self._each(
            self._api.iter_dataset_tasks,
            dataset_id,
            delivery_id,
            delivered_after,
            delivered_before,
            limit,
            expand,
        )

    async def get_dataset_task_response_url(
        self, task_id: str, attachment_id: str, **options: Unpack[RequestOptions]
    ) -> str:
        """The address of a file that a dataset task's response holds, for a short time.

        The official client follows it and gives nothing; see
        :meth:`download_dataset_task_response` for the bytes.

        Args:
            task_id: of the dataset task.
            attachment_id: as its response names it.
            options: see :class:`RequestOptions`.
        """
        return await self._called(
            self._api.get_dataset_task_response_url, task_id, attachment_id, **options
        )

    async def download_dataset_task_response(
        self, task_id: str, attachment_id: str, **options: Unpack[RequestOptions]
    ) -> bytes:
        """The bytes of a file that a dataset task's response holds.

        The API key is not sent to where the file lies.

        Args:
            task_id: of the dataset task.
            attachment_id: as its response names it.
            options: see :class:`RequestOptions`.
        """
        return await self._called(
            self._api.download_dataset_task_response, task_id, attachment_id, **options
        )
