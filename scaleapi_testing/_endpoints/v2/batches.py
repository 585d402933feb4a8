"""Batches of v2: create, retrieve, list, set metadata, and the moves of their life.

Source: docs.genai.scale.com (batch pages) for what is allowed from which status; that a move which
is not allowed answers 400 is assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..._errors import ApiError
from ..._http.routing import endpoint
from ..._http.wire import encode
from ..._state import batch as batches
from ..._state.query import inside
from ..v1.batches import added_batch, callback_in, refuse_taken
from ..v1.fields import flag_in, metadata_of, text_in
from .asking import (
    LISTS,
    PAGING,
    batch_needed,
    free_object,
    merged_metadata,
    one_among,
    one_of_needed,
    page_of,
    paged,
    project_of,
    query_texts,
    renderer,
    sent_text,
    strictly_between,
    wish_of,
)

if TYPE_CHECKING:
    from ..._state.batch import BatchRecord
    from .._call import Call

CREATE_KEYS: Final = frozenset(
    {"name", "project", "project_id", "project_name", "callback", "staging_batch", "metadata"}
)


@endpoint("GET", "/v2/batch", source=page_of("batch"), query=("batch_id", "batch_name", *LISTS))
def get_batch(call: Call) -> bytes:
    """Retrieve a batch by its id or its name."""
    wish = wish_of(call, "project")
    return encode(renderer(call, wish).batch(batch_needed(call, query_texts(call))))


@endpoint(
    "GET",
    "/v2/batches",
    source=page_of("batches"),
    query=(
        "project_id",
        "project_name",
        "status",
        "created_after",
        "created_before",
        "completed_after",
        "completed_before",
        *PAGING,
        *LISTS,
    ),
)
def list_batches(call: Call) -> bytes:
    """List batches, newest first (order assumed); without a project all of the account."""
    wish = wish_of(call, "project")
    status = one_among(call, "status", batches.ALL_STATUSES)
    created, completed = strictly_between(call, "created"), strictly_between(call, "completed")
    project = project_of(call, query_texts(call))
    matches = [
        batch
        for batch in call.account.batches.values()
        if (project is None or batch.project == project.name)
        and (status is None or batch.status == status)
        and inside(created, batch.created_ms)
        and inside(completed, batch.completed_ms)
    ]
    matches.sort(key=lambda batch: batch.seq, reverse=True)
    return encode(paged(call, "batches", matches, renderer(call, wish).batch))


@endpoint("POST", "/v2/batch", source=page_of("batch-create"))
def create_batch(call: Call) -> bytes:
    """Create a batch; its name is its own in the account (assumed, as in v1)."""
    body = call.object()
    name = text_in(body, "name")
    one_of_needed(body, "project_id", "project_name", "project")
    callback = callback_in(body)
    staging = flag_in(body, "staging_batch")
    metadata = metadata_of(free_object(body, "metadata"))
    project = project_of(call, _placed(call, body))
    assert project is not None  # one_of_needed has seen a name
    refuse_taken(call, name)
    call.report_unread(body, CREATE_KEYS)
    batch = added_batch(
        call,
        name,
        project,
        staging=staging,
        callback=callback,
        metadata=metadata,
        finalize_closes=False,
        calibration_batch=False,
        self_label_batch=False,
    )
    return encode(renderer(call).batch(batch))


def _placed(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """The project of a body; ``project`` is an id or a name, as docs and README have it."""
    either = sent_text(body, "project")
    # The pages send `project`, the official client's model the other two: all are read.
    if either is None or body.get("project_id") or body.get("project_name"):
        return body
    project_ids = {project.id for project in call.account.projects.values()}
    return {"project_id" if either in project_ids else "project_name": either}


@endpoint("POST", "/v2/batch/finalize", source=page_of("batch-finalize"))
def finalize_batch(call: Call) -> bytes:
    """Begin the work on a staging batch; answers the batch itself."""
    batch = _moved(call, "finalized", (batches.STAGING,))
    call.world.finalize(call.act, call.account, batch)
    return encode(renderer(call).batch(batch))


@endpoint("POST", "/v2/batch/pause", source=page_of("batch-pause"))
def pause_batch(call: Call) -> bytes:
    """Hold the tasks that nobody started; a batch without tasks stays as it is (seen)."""
    batch = _moved(call, "paused", (batches.IN_PROGRESS,))
    call.world.pause(call.account, batch)
    return _told(call, batch, "Pause initiated. Tasks that nobody started are on hold.")


@endpoint("POST", "/v2/batch/resume", source=page_of("batch-resume"))
def resume_batch(call: Call) -> bytes:
    """Let the work on a paused batch go on."""
    batch = _moved(call, "resumed", (batches.PAUSED,))
    call.world.resume(call.act, call.account, batch)
    return _told(call, batch, "Resume initiated. Tasks that were on hold go on.")


@endpoint("POST", "/v2/batch/cancel", source=page_of("batch-cancel"))
def cancel_batch(call: Call) -> bytes:
    """End a batch for good; its open tasks are canceled."""
    batch = _moved(call, "cancelled", (batches.STAGING, batches.IN_PROGRESS, batches.PAUSED))
    call.world.cancel_batch(call.act, call.account, batch)
    return _told(call, batch, "Cancel initiated. Tasks that were open are canceled.")


@endpoint("POST", "/v2/batch/metadata", source=page_of("batch-set-metadata"))
def set_batch_metadata(call: Call) -> bytes:
    """Replace the metadata of a batch, or with ``merge`` add to it; in any status (assumed)."""
    body = call.object()
    one_of_needed(body, "batch_id", "batch_name")
    # Checked against nothing first: a wrong parameter (400) comes before a missing batch (404).
    merged_metadata(body, {})
    batch = batch_needed(call, body)
    call.report_unread(body, ("batch_id", "batch_name", "metadata", "merge"))
    batch.metadata = merged_metadata(body, batch.metadata)
    return encode(renderer(call).batch(batch))


def _moved(call: Call, participle: str, allowed: tuple[str, ...]) -> BatchRecord:
    """The batch of an operation, found in a status that allows it.

    Raises:
        ApiError: 400 or 404.
    """
    body = call.object()
    batch = batch_needed(call, body)
    call.report_unread(body, ("batch_id", "batch_name"))
    if batch.status not in allowed:
        raise ApiError(
            400,
            f"Batch {batch.name} is {batch.status} and cannot be {participle}.",
            f"only a batch that is {' or '.join(allowed)} can be {participle}",
        )
    return batch


def _told(call: Call, batch: BatchRecord, message: str) -> bytes:
    # Only finalize answers the bare batch (documented); the other moves wrap it.
    return encode({"batch": renderer(call).batch(batch), "message": message})
