"""Tasks: retrieve, list, cancel, audit, metadata, unique_id, tags, callback (docs/scale/tasks.md).

Creation, the longest of them, stands in ``create_task.py``.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

from ..._errors import ApiError
from ..._http.paging import read_token, write_token
from ..._http.routing import endpoint
from ..._http.values import JSON_TYPE, Page, Reply
from ..._http.wire import encode
from ..._provenance import assumed, client, documented
from ..._state.lifecycle import COMPLETED, ERROR, PENDING, STATUSES
from ..._state.query import TASK_FILTERS, TASK_PARAMETERS, TaskFilter, TaskQuery
from .._call import Call, Later
from .._listing import bounds, page_limit, page_offset
from .attachment_links import with_links
from .fields import absent, metadata_body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..._state.account import Account
    from ..._state.task import TaskRecord
    from ..._world.world import World

TASKS: Final = documented("https://scale.com/docs/api-reference/tasks")
SDK: Final = client("official Python client 2.18.4 and its live tests")
REVIEW: Final = "customer_review_status"
REVIEWS: Final = ("accepted", "fixed", "commented", "rejected", "pending")
LIMITED: Final = ("task_id", "status", "metadata", "project", "otherVersion")

FILTERS: Final = (
    *TASK_PARAMETERS,
    "limit",
    "next_token",
    "offset",
    "include_attachment_url",
    "limited_response",
)
"""What selects tasks, then how they are shown."""

ALREADY_STARTED: Final = "The task is already being worked on and cannot be canceled."
"""Assumed text (docs/scale/tasks.md 3)."""


def _is_polled(world: World, account: Account, path: Mapping[str, str], _: str) -> bool:
    """Whether reading this task brings its end nearer."""
    return account.waits_for_reads(world.store.tasks.get(path["task_id"]), path["task_id"])


@endpoint("GET", "/v1/task/{task_id}", source=TASKS, touches=_is_polled)
def get_task(call: Call) -> Later:
    """Retrieve a task by its id, with links to its attachments (assumed: always)."""
    record = call.task()
    call.world.read(call.act, record)
    return Later(partial(with_links, call, record))


@endpoint("GET", "/v1/tasks", source=TASKS, query=FILTERS)
def list_tasks(call: Call) -> Reply:
    """List tasks, newest first, page by page; all filters combine with AND."""
    query = _query(call)
    page = call.account.tasks.find(query)
    if call.flag("limited_response"):
        docs = [_limited(record) for record in page.tasks]
    elif call.flag("include_attachment_url"):
        docs = [record.with_links or with_links(call, record) for record in page.tasks]
    else:
        docs = [record.wire for record in page.tasks]
    listing: dict[str, Any] = {
        "total": page.total,
        "limit": query.limit,
        "offset": query.offset,
        "has_more": page.has_more,
    }
    if page.has_more:
        last = page.tasks[-1]
        listing["next_token"] = write_token(last.id, last.created_ms)
        call.world.tokens.issued(call.account, listing["next_token"], _signature(call))
    answer = Page(tuple(docs), encode(listing))
    return Reply(200, answer.join(), [("Content-Type", JSON_TYPE)], page=answer)


_PLACES: Final[tuple[tuple[Literal["project", "batch"], str], ...]] = (
    ("project", "projects"),
    ("batch", "batches"),
)


def _query(call: Call) -> TaskQuery:
    for kind, known in _PLACES:
        name = call.one(kind)
        if name is not None and name not in getattr(call.account, known):
            # Never refused: it is legitimate to look before anything is there.
            call.notices.append(f"{'. '.join(absent(call, kind, name))}. Nothing can match")
    status = call.one("status")
    if status is not None and status not in STATUSES:
        raise ApiError(
            400,
            f"Invalid status - please choose one of these: {' '.join(STATUSES)}",
            f"status={status[:40]!r}",
        )
    # Of several mistakes the one about a name that is none is told first, then that of a date.
    reviews = _reviews(call)
    position = _position(call)
    filters: dict[str, Any] = {
        name: _wanted(call, task_filter)
        for name, task_filter in TASK_FILTERS.items()
        if not call.query.keys().isdisjoint(task_filter.parameters)
    }
    filters["reviews"] = reviews  # several may stand in one parameter
    return TaskQuery(
        **filters,
        before=position,
        # The old paging by offset ends where tokens begin (recorded: it is 0 with them).
        offset=page_offset(call) if position is None else 0,
        limit=page_limit(call),
    )


def _wanted(call: Call, task_filter: TaskFilter) -> Any:
    """What a call asks for by one filter, as ``TaskQuery`` holds it."""
    if task_filter.how == "between":
        return bounds(call, *task_filter.parameters)
    (name,) = task_filter.parameters
    if task_filter.how == "equal":
        return call.one(name)
    values = call.query.get(name)
    return tuple(values) if values else None


def _reviews(call: Call) -> tuple[str, ...] | None:
    texts = call.query.get(REVIEW)
    if texts is None:
        return None
    reviews = [part.strip() for text in texts for part in text.split(",") if part.strip()]
    for review in reviews:
        if review not in REVIEWS:
            raise ApiError(
                400,
                f"Invalid {REVIEW} - please choose one of these: {' '.join(REVIEWS)}",
                f"{REVIEW}={review[:40]!r}",
            )
    return tuple(reviews) or None


def _position(call: Call) -> tuple[int, str] | None:
    token = call.one("next_token")
    if token is None:
        return None
    position = read_token(token, call.world.store.tasks)
    if position is None:
        raise ApiError(
            400,
            "Invalid next_token.",
            f"next_token={token[:60]!r} is none that a listing gave; send the next_token of the "
            "page before, percent-encoded and otherwise unchanged",
        )
    known = call.world.tokens.filters_of(call.account, token)
    if known and _signature(call) not in known:
        other = " or ".join(sorted(filters or "none" for filters in known))
        call.notice(
            f"this next_token came from a listing with other filters ({other}); Scale keeps no "
            "filters in it: repeat them on every page"
        )
    return position


def _signature(call: Call) -> str:
    """The filters of a listing in words, the same for the same ones."""
    return " ".join(
        f"{name}={','.join(sorted(call.query[name]))}"
        for name in TASK_PARAMETERS
        if name in call.query
    )


def _limited(record: TaskRecord) -> bytes:
    document = record.document()
    document["otherVersion"] = None
    return encode({name: document[name] for name in LIMITED if name in document})


@endpoint("POST", "/v1/task/{task_id}/cancel", source=TASKS, query=("clear_unique_id",))
def cancel_task(call: Call) -> TaskRecord:
    """Cancel a pending task; canceling twice answers the task again.

    The API's page says that any pending task can be canceled; the dashboard and the official
    client's README say that only a queued one can. The fake follows the page, and the others when
    it is strict.
    """
    record = call.task()
    if record.status == PENDING and record.work_started:
        if call.strict:
            raise ApiError(400, ALREADY_STARTED, f"work on task {record.id} has begun")
        call.notices.append(
            f"canceled task {record.id}, on which work had begun; the dashboard refuses this"
        )
    call.world.cancel(call.act, record, clear_unique_id=call.flag("clear_unique_id"))
    return record


@endpoint("POST", "/v1/task/{task_id}/setMetadata", source=TASKS)
def set_metadata(call: Call) -> TaskRecord:
    """Replace a task's metadata; the body is the new object itself."""
    record = call.task()
    document = record.document()
    document["metadata"] = metadata_body(call)
    call.world.change_fields(call.act, record, document)
    return record


@endpoint("POST", "/v1/task/{task_id}/unique_id", source=SDK)
def update_unique_id(call: Call) -> TaskRecord:
    """Set or change a task's unique_id."""
    record = call.task()
    body = call.object()
    unique_id = body.get("unique_id")
    if unique_id is None:
        raise ApiError(400, "Please include a unique_id parameter.")
    check_unique_id(unique_id)
    holder = call.account.holder_of(unique_id)
    if holder is not None and holder != record.id:
        raise ApiError(409, duplicate_unique_id(unique_id, holder))
    call.report_unread(body, ("unique_id",))
    if holder is None:
        document = record.document()
        document["unique_id"] = unique_id
        call.world.change_fields(call.act, record, document)
    return record


@endpoint("DELETE", "/v1/task/{task_id}/unique_id", source=SDK)
def clear_unique_id(call: Call) -> TaskRecord:
    """Take a task's unique_id away, so that it can be used again."""
    record = call.task()
    if record.unique_id is not None:
        document = record.document()
        del document["unique_id"]
        call.world.change_fields(call.act, record, document)
    return record


def check_unique_id(unique_id: Any) -> None:
    """Refuse what is no unique_id (assumed: a non-empty string).

    Raises:
        ApiError: 400.
    """
    if not isinstance(unique_id, str) or not unique_id:
        raise ApiError(400, "Invalid unique_id - expected string.")


def duplicate_unique_id(unique_id: str, task_id: str) -> str:
    """The documented text of the 409 (docs/scale/errors.md 3)."""
    return f'The unique_id ("{unique_id}") is already used for a different task ({task_id}).'


@endpoint("PUT", "/v1/task/{task_id}/tags", source=SDK)
def add_tags(call: Call) -> TaskRecord:
    """Add tags; those that are there stay where they are."""
    record = call.task()
    return _set_tags(call, record, [*record.tags, *_tags(call)])


@endpoint("POST", "/v1/task/{task_id}/tags", source=SDK)
def set_tags(call: Call) -> TaskRecord:
    """Replace a task's tags."""
    record = call.task()
    return _set_tags(call, record, _tags(call))


@endpoint("DELETE", "/v1/task/{task_id}/tags", source=SDK)
def delete_tags(call: Call) -> TaskRecord:
    """Remove tags; those that are not there are ignored."""
    record = call.task()
    removed = set(_tags(call))
    return _set_tags(call, record, [tag for tag in record.tags if tag not in removed])


def _tags(call: Call) -> list[str]:
    body = call.json()
    if body is None and not call.request.body:
        return []
    if not isinstance(body, list) or not all(isinstance(tag, str) for tag in body):
        raise ApiError(
            400,
            "Invalid tags - expected array of strings.",
            "the body is the bare JSON array of tags, not an object",
        )
    return body


def _set_tags(call: Call, record: TaskRecord, tags: list[str]) -> TaskRecord:
    unique = list(dict.fromkeys(tags))
    document = record.document()
    document["tags"] = unique
    call.world.change_fields(call.act, record, document)
    return record


@endpoint(
    "POST",
    "/v1/task/{task_id}/audit",
    source=client(
        "official Python client 2.18.4; page https://docs.scale.com/reference/audit-a-task"
    ),
)
def audit_task(call: Call) -> Reply:
    """Accept or reject a completed task; answers a plain ``OK`` (assumed)."""
    record = call.task()
    body = call.object()
    accepted = body.get("accepted")
    if not isinstance(accepted, bool):
        raise ApiError(
            400,
            "Please include an accepted parameter."
            if accepted is None
            else "Invalid accepted - expected boolean.",
        )
    comments = body.get("comments")
    if not isinstance(comments, str | None):
        raise ApiError(400, "Invalid comments - expected string.")
    call.report_unread(body, ("accepted", "comments"))
    call.world.audit(call.act, record, accepted=accepted, comments=comments)
    return Reply(200, b"OK", [("Content-Type", "text/plain; charset=utf-8")])


@endpoint(
    "POST",
    "/v1/task/{task_id}/send-callback",
    source=assumed("seen in third-party clients only"),
)
def send_callback(call: Call) -> TaskRecord:
    """Send the callback of a completed or errored task again."""
    record = call.task()
    if record.status not in {COMPLETED, ERROR}:
        raise ApiError(
            400,
            "Callbacks can only be sent for completed or errored tasks.",
            f"task {record.id} is {record.status}",
        )
    document = json.loads(record.wire)
    if not document.get("callback_url") and not record.account.default_callback_url:
        raise ApiError(
            400,
            "The task has no callback_url.",
            "give the task a callback_url, or set scale.account(key).default_callback_url",
        )
    call.world.callbacks.about_task(call.act, record, "resent")
    return record
