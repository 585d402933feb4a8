"""Batches: create, retrieve, list, status, finalize, metadata, priority (docs/scale/batches.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..._errors import ApiError
from ..._http.addresses import EXPECTED, why_no_address
from ..._http.routing import endpoint
from ..._http.wire import encode, timestamp
from ..._provenance import assumed, client, documented
from ..._state.batch import IN_PROGRESS, STAGING, STATUSES, BatchRecord
from ..._state.query import BatchQuery, inside
from ..._world.world import World
from .._listing import bounds, page_limit, page_offset
from .fields import absent, flag_in, metadata_body, metadata_of, project_named, text_in
from .inheritance import check_open

if TYPE_CHECKING:
    from ..._state.account import Account
    from ..._state.project import ProjectRecord
    from .._call import Call

OVERVIEW: Final = documented("https://docs.scale.com/reference/batch-overview")
NOT_FOUND: Final = "Batch not found."
"""Assumed text (docs/scale/errors.md 4)."""

FILTERS: Final = (
    "project",
    "status",
    "start_time",
    "end_time",
    "completed_after",
    "completed_before",
    "audited_after",
    "audited_before",
    "exclude_archived",
    "detailed",
    "limit",
    "offset",
)


def batch_document(
    account: Account, batch: BatchRecord, *, detailed: bool = False
) -> dict[str, Any]:
    """A batch as Scale sends it (docs/scale/batches.md 1)."""
    document: dict[str, Any] = {
        "id": batch.id,
        "project": batch.project,
        "name": batch.name,
        "callback": batch.callback or "",
        "status": batch.status,
        "created_at": timestamp(batch.created_ms),
        "metadata": batch.metadata,
        "calibration_batch": batch.calibration_batch,
        "self_label_batch": batch.self_label_batch,
    }
    if batch.completed_ms is not None:
        document["completed_at"] = timestamp(batch.completed_ms)
    if batch.last_audited_ms is not None:
        document["last_audited_at"] = timestamp(batch.last_audited_ms)
    if batch.priority is not None:
        document["priority"] = batch.priority
    if detailed:
        document |= World.batch_counts(account, batch.name)
    return document


def batch_of_path(call: Call) -> BatchRecord:
    """The batch that the path names.

    Raises:
        ApiError: 404 when the account has no such batch.
    """
    name = call.path["batch_name"]
    batch = call.account.batches.get(name)
    if batch is None:
        raise ApiError(404, NOT_FOUND, *absent(call, "batch", name))
    return batch


def callback_in(body: dict[str, Any]) -> str | None:
    """Where a new batch reports that it is completed.

    Raises:
        ApiError: 400 when it is no text, or nobody can be reached there.
    """
    callback = body.get("callback")
    if not isinstance(callback, str | None):
        raise ApiError(400, "Invalid callback - expected string.")
    why = why_no_address(callback) if callback else None
    if why is not None:
        raise ApiError(400, "Invalid callback.", f"{callback!r:.60} is none, for {why}: {EXPECTED}")
    return callback


def refuse_taken(call: Call, name: str) -> None:
    """See that a new batch may have a name: it is its own over the whole account.

    Raises:
        ApiError: 409 when another batch has it.
    """
    # Over all projects: tasks name their batch without its project.
    if name in call.account.batches:
        raise ApiError(
            409,
            f'A batch with name "{name}" already exists.',
            f"it belongs to project {call.account.batches[name].project!r}; names of batches are "
            "unique over all projects of an account",
        )


def added_batch(
    call: Call, name: str, project: ProjectRecord, *, staging: bool, **further: Any
) -> BatchRecord:
    """A new batch of the calling account, in one of its projects.

    Args:
        call: who makes it, and when.
        name: one that ``refuse_taken`` has let pass.
        project: where it is.
        staging: whether it waits for being finalized before its tasks are worked on.
        further: what else the record holds.
    """
    batch = BatchRecord(
        id=call.world.new_id(),
        name=name,
        project=project.name,
        status=STAGING if staging else IN_PROGRESS,
        created_ms=call.world.clock.ms,
        studio=project.studio,
        request_n=call.request_n,
        seq=len(call.account.batches),
        **further,
    )
    call.account.batches[name] = batch
    return batch


@endpoint("POST", "/v1/batches", source=OVERVIEW)
def create_batch(call: Call) -> bytes:
    """Create a batch in a project; its name is unique over the whole account."""
    body = call.object()
    project_name, name = text_in(body, "project"), text_in(body, "name")
    calibration = flag_in(body, "calibration_batch")
    self_label = flag_in(body, "self_label_batch")
    callback = callback_in(body)
    metadata = metadata_of(body.get("metadata"))
    if calibration and self_label:
        raise ApiError(400, "A batch cannot be both a calibration and a self label batch.")
    project = project_named(call, project_name)
    refuse_taken(call, name)
    # After the checks: of what is refused no unread parameter is told.
    call.report_unread(body, _CREATE_KEYS)
    # Others have no staging: labeling begins with the first task (docs/scale/batches.md 6).
    staged = project.rapid or project.studio
    batch = added_batch(
        call,
        name,
        project,
        staging=staged,
        callback=callback,
        metadata=metadata,
        finalize_closes=staged,
        calibration_batch=calibration,
        self_label_batch=self_label,
    )
    return encode(batch_document(call.account, batch))


_CREATE_KEYS: Final = frozenset(
    {"project", "name", "callback", "calibration_batch", "self_label_batch", "metadata"}
)


@endpoint("GET", "/v1/batches", source=OVERVIEW, query=FILTERS)
def list_batches(call: Call) -> bytes:
    """List batches, newest first, by offset."""
    query = BatchQuery(
        project=call.one("project"),
        status=call.one("status"),
        created=bounds(call, "start_time", "end_time"),
        completed=bounds(call, "completed_after", "completed_before"),
        audited=bounds(call, "audited_after", "audited_before"),
        exclude_archived=call.flag("exclude_archived"),
        offset=page_offset(call),
        limit=page_limit(call),
    )
    if query.status is not None and query.status not in STATUSES:
        raise ApiError(400, f"Invalid status - please choose one of these: {' '.join(STATUSES)}")
    matches = [batch for batch in call.account.batches.values() if _matches(batch, query)]
    # By number: several may be of one millisecond.
    matches.sort(key=lambda batch: batch.seq, reverse=True)
    page = matches[query.offset : query.offset + query.limit]
    detailed = call.flag("detailed")
    return encode(
        {
            "docs": [batch_document(call.account, batch, detailed=detailed) for batch in page],
            "totalDocs": len(matches),
            "total": len(matches),
            "limit": query.limit,
            "offset": query.offset,
            "has_more": query.offset + query.limit < len(matches),
        }
    )


def _matches(batch: BatchRecord, query: BatchQuery) -> bool:
    return (
        (query.project is None or batch.project == query.project)
        and (query.status is None or batch.status == query.status)
        and inside(query.created, batch.created_ms)
        and inside(query.completed, batch.completed_ms)
        and inside(query.audited, batch.last_audited_ms)
        and not (query.exclude_archived and batch.archived)
    )


@endpoint("GET", "/v1/batches/{batch_name}", source=OVERVIEW)
def get_batch(call: Call) -> bytes:
    """Retrieve a batch by its name."""
    return encode(batch_document(call.account, batch_of_path(call)))


@endpoint("GET", "/v1/batches/{batch_name}/status", source=OVERVIEW)
def get_batch_status(call: Call) -> bytes:
    """The status of a batch and its task counts by status; zeros are left out (assumed)."""
    batch = batch_of_path(call)
    return encode({"status": batch.status, **call.world.batch_counts(call.account, batch.name)})


@endpoint("POST", "/v1/batches/{batch_name}/finalize", source=OVERVIEW)
def finalize_batch(call: Call) -> bytes:
    """Begin the labeling of a Rapid or Studio batch, once; of others nothing happens."""
    batch = batch_of_path(call)
    check_open(batch)
    call.world.finalize(call.act, call.account, batch)
    return encode(batch_document(call.account, batch))


@endpoint(
    "POST",
    "/v1/batches/{batch_name}/setMetadata",
    source=client("official Python client 2.18.4 and its live tests"),
)
def set_batch_metadata(call: Call) -> bytes:
    """Replace a batch's metadata; the body is the new object itself."""
    batch = batch_of_path(call)
    batch.metadata = metadata_body(call)
    return encode(batch_document(call.account, batch))


@endpoint(
    "POST",
    "/v1/batches/{batch_name}/prioritize",
    source=assumed("seen in third-party clients only"),
)
def prioritize_batch(call: Call) -> bytes:
    """Set a batch's priority, meant for before it is finalized."""
    batch = batch_of_path(call)
    body = call.object()
    priority = body.get("priority")
    if priority is None:
        raise ApiError(400, "Please include a priority parameter.")
    if isinstance(priority, bool) or not isinstance(priority, int | float):
        raise ApiError(400, "Invalid priority - expected number.")
    call.report_unread(body, ("priority",))
    batch.priority = priority
    return encode(batch_document(call.account, batch))
