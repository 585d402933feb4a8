"""Batches, and what creates and moves them."""

from __future__ import annotations

from typing import Annotated, Any

from ._model import Expandable, Model, Moment, word_of
from .enums import BatchStatus
from .projects import ExpandableProject

AnyBatchStatus = Annotated[BatchStatus | str, word_of(BatchStatus)]


class Batch(Model):
    """A batch; its metadata is ``{}`` where none was set."""

    id: str
    name: str
    project: ExpandableProject
    created_at: Moment
    status: AnyBatchStatus
    metadata: dict[str, Any] | None = None
    completed_at: Moment | None = None
    callback: str | None = None

    @property
    def project_id(self) -> str:
        """The project's id, expanded or not."""
        return self.project.id


class ExpandableBatch(Expandable[Batch]):
    """A batch, or its id."""


class GetBatchesResponse(Model):
    """A page of batches; ``next_token`` is there when more follow."""

    batches: list[Batch]
    next_token: str | None = None


class PauseBatch200Response(Model):
    """A batch that was told to pause, and what was said to it."""

    batch: Batch | None = None
    message: str | None = None


class ResumeBatch200Response(Model):
    """A batch that was told to go on, and what was said to it."""

    batch: Batch | None = None
    message: str | None = None


class CancelBatch200Response(Model):
    """A batch that was told to stop, and what was said to it."""

    batch: Batch | None = None
    message: str | None = None


class CreateBatchRequestProject(Model):
    """A project by id or by name."""

    project_id: str | None = None
    project_name: str | None = None


class CreateBatchRequest(Model):
    """A batch to create, in the project of ``project_id`` or ``project_name``.

    ``callback`` is a URL or an e-mail address; a ``staging_batch`` waits to be finalized.
    """

    name: str
    project_id: str | None = None
    project_name: str | None = None
    callback: str | None = None
    staging_batch: bool | None = False
    metadata: dict[str, Any] | None = None


class BatchOperationRequest(Model):
    """A batch to finalize, pause, resume or cancel: by id or by name."""

    batch_id: str | None = None
    batch_name: str | None = None


class FinalizeBatchRequest(BatchOperationRequest):
    """A batch to finalize: by id or by name."""


class SetBatchMetadataRequest(Model):
    """Metadata for a batch; ``merge`` adds to what is there, deeply."""

    metadata: dict[str, Any]
    batch_id: str | None = None
    batch_name: str | None = None
    merge: bool | None = False
