"""Batches of v2: read, listed, created, finalized, paused, resumed, canceled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from ._base import V2Group, all_of
from ._operation import Moment, Operation, RequestOptions, body_of, query_of, sent
from .models import (
    Batch,
    BatchOperationRequest,
    CancelBatch200Response,
    CreateBatchRequest,
    GetBatchesResponse,
    PauseBatch200Response,
    ResumeBatch200Response,
    SetBatchMetadataRequest,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ResultT = TypeVar("ResultT")


class BatchMethods(V2Group):
    """Everything about batches."""

    def get_batch(
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
        query = query_of(batch_id=batch_id, batch_name=batch_name, expand=expand)
        return self._run(Operation("GET", "v2/batch", Batch, query), options)

    def get_batches(
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
        query = query_of(
            project_id=project_id,
            project_name=project_name,
            status=status,
            created_after=created_after,
            created_before=created_before,
            completed_after=completed_after,
            completed_before=completed_before,
            limit=limit,
            next_token=next_token,
            expand=expand,
        )
        return self._run(Operation("GET", "v2/batches", GetBatchesResponse, query), options)

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
    ) -> Iterator[Batch]:
        """All batches that :meth:`get_batches` lists, fetched ``limit`` at a time."""

        def fetch(next_token: str | None) -> GetBatchesResponse:
            return self.get_batches(
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
            )

        return all_of(fetch, lambda page: page.batches)

    def create_batch(
        self,
        create_batch_request: CreateBatchRequest | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> Batch:
        """Create a batch.

        Args:
            create_batch_request: a :class:`CreateBatchRequest`, or a dict of its fields.
            options: see :class:`RequestOptions`.
        """
        request = body_of(CreateBatchRequest, create_batch_request, "create_batch_request")
        return self._run(Operation("POST", "v2/batch", Batch, body=sent(request)), options)

    def finalize_batch(
        self,
        batch_operation_request: BatchOperationRequest | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> Batch:
        """Let work on a staging batch begin.

        Args:
            batch_operation_request: a :class:`BatchOperationRequest`, or a dict of its fields.
            options: see :class:`RequestOptions`.
        """
        return self._run(_batch_operation("finalize", Batch, batch_operation_request), options)

    def pause_batch(
        self,
        batch_operation_request: BatchOperationRequest | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> PauseBatch200Response:
        """Hold the tasks of a batch that nobody has started; an empty batch stays as it is.

        Args:
            batch_operation_request: a :class:`BatchOperationRequest`, or a dict of its fields.
            options: see :class:`RequestOptions`.
        """
        operation = _batch_operation("pause", PauseBatch200Response, batch_operation_request)
        return self._run(operation, options)

    def resume_batch(
        self,
        batch_operation_request: BatchOperationRequest | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> ResumeBatch200Response:
        """Let work on a paused batch go on.

        Args:
            batch_operation_request: a :class:`BatchOperationRequest`, or a dict of its fields.
            options: see :class:`RequestOptions`.
        """
        operation = _batch_operation("resume", ResumeBatch200Response, batch_operation_request)
        return self._run(operation, options)

    def cancel_batch(
        self,
        batch_operation_request: BatchOperationRequest | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> CancelBatch200Response:
        """End a batch for good; its open tasks are canceled.

        Args:
            batch_operation_request: a :class:`BatchOperationRequest`, or a dict of its fields.
            options: see :class:`RequestOptions`.
        """
        operation = _batch_operation("cancel", CancelBatch200Response, batch_operation_request)
        return self._run(operation, options)

    def set_batch_metadata(
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
        argument = "set_batch_metadata_request"
        request = body_of(SetBatchMetadataRequest, set_batch_metadata_request, argument)
        return self._run(Operation("POST", "v2/batch/metadata", Batch, body=sent(request)), options)


def _batch_operation(
    verb: str, reads: type[ResultT], request: BatchOperationRequest | Mapping[str, Any]
) -> Operation[ResultT]:
    checked = body_of(BatchOperationRequest, request, "batch_operation_request")
    return Operation("POST", f"v2/batch/{verb}", reads, body=sent(checked))
