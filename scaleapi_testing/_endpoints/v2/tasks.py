"""Tasks of v2: retrieve, list, create for a chat, set metadata; and annotations by their id."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from ..._errors import ApiError
from ..._genai.rendering import DELETED, EVERYTHING, Renderer
from ..._genai.threads import CHAT_TYPES, annotations_in, owner_of
from ..._http.routing import Endpoint, endpoint
from ..._http.wire import encode
from ..._provenance import assumed
from ..._state import batch as batches
from ..._state.lifecycle import COMPLETED, STATUSES
from ..._state.query import TaskQuery
from ..._task_types import by_path
from .._listing import page_limit
from ..v1.create_task import make
from ..v1.inheritance import inherited
from ..v1.repeats import once
from .asking import (
    LISTS,
    PAGING,
    batch_of,
    free_object,
    merged_metadata,
    needed,
    one_among,
    one_of_needed,
    page_of,
    project_of,
    query_texts,
    renderer,
    sent_text,
    skip_of,
    strictly_between,
    task_of,
    token_after,
    wish_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..._state.account import Account
    from ..._state.task import TaskRecord
    from ..._world.world import World
    from .._call import Answer, Call

TASK_STATUSES: Final = (*STATUSES, DELETED)

PLACES: Final = ("project_id", "project_name", "batch_id", "batch_name")

CREATE_KEYS: Final = frozenset(
    {*PLACES, "template_variables", "metadata", "callback_url", "unique_id"}
)


def _is_polled(world: World, account: Account, _: Mapping[str, str], query: str) -> bool:
    """Whether reading this task brings its end nearer."""
    values = parse_qsl(query, errors="replace", max_num_fields=None)
    return any(
        account.waits_for_reads(world.store.tasks.get(value), value)
        for name, value in values
        if name == "task_id"
    )


@endpoint("GET", "/v2/task", source=page_of("task"), query=("task_id", *LISTS), touches=_is_polled)
def get_task(call: Call) -> bytes:
    """Retrieve a task by its id."""
    wanted_id = needed(query_texts(call), "task_id")
    wish = wish_of(call, "project", "batch", opts=True)
    record = task_of(call, wanted_id)
    call.world.read(call.act, record)
    return encode(renderer(call, wish).task(record))


@endpoint(
    "GET",
    "/v2/tasks",
    source=page_of("tasks"),
    query=(*PLACES, "status", "completed_after", "completed_before", *PAGING, *LISTS),
)
def list_tasks(call: Call) -> bytes:
    """List the tasks of a project or a batch, newest first (order assumed)."""
    one_of_needed(query_texts(call), *PLACES)
    wish = wish_of(call, "project", "batch", opts=True)
    skip, limit, query = skip_of(call), page_limit(call), filters_of(call)
    tasks, more = matching(call, query, skip, limit)
    page: dict[str, Any] = {"tasks": [renderer(call, wish).task(record) for record in tasks]}
    if more:
        page["next_token"] = token_after(skip + limit)
    return encode(page)


def filters_of(call: Call) -> TaskQuery:
    """The places, the status and the bounds that a listing of tasks asks for.

    Raises:
        ApiError: 400 for a word or a date that is none, 404 for a place that does not exist.
    """
    status = one_among(call, "status", TASK_STATUSES)
    completed = strictly_between(call, "completed")
    values = query_texts(call)
    project, batch = project_of(call, values), batch_of(call, values)
    return TaskQuery(
        status=status,
        completed=completed,
        project=None if project is None else project.name,
        batch=None if batch is None else batch.name,
    )


def matching(call: Call, query: TaskQuery, skip: int, limit: int) -> tuple[list[TaskRecord], bool]:
    """The tasks of one page, newest first, and whether more follow."""
    from dataclasses import replace

    deleted = call.account.deleted_tasks
    if not deleted and query.status != DELETED:
        page = call.account.tasks.find(replace(query, offset=skip, limit=limit))
        return page.tasks, page.has_more
    # Which tasks are deleted no index knows: few tests have any.
    open_query = replace(query, status=None, limit=len(call.account.tasks.records) or 1)
    every = [
        record
        for record in call.account.tasks.find(open_query).tasks
        if query.status is None or _status(record, deleted) == query.status
    ]
    return every[skip : skip + limit], skip + limit < len(every)


def _status(record: TaskRecord, deleted: set[str]) -> str:
    return DELETED if record.id in deleted else record.status


def _create_chat_task(call: Call) -> Answer:
    """Create a chat task in a project; it is pending, or with a test key completed at once."""
    body = call.object()
    one_of_needed(body, "project_id", "project_name")
    # All parameters (400) before what they name is looked up (404).
    for name in ("batch_id", "batch_name", "callback_url", "unique_id"):
        sent_text(body, name)
    for name in ("template_variables", "metadata"):
        free_object(body, name)
    return once(call, partial(_accept, call, body))


def _accept(call: Call, body: dict[str, Any]) -> bytes:
    project, batch = project_of(call, body), batch_of(call, body)
    assert project is not None  # one_of_needed has seen a name
    if batch is not None and batch.project != project.name:
        raise ApiError(
            400,
            f"Batch {batch.name} does not belong to project {project.name}.",
            f"it belongs to project {batch.project!r}",
        )
    if batch is not None and batch.status in {batches.COMPLETED, batches.CANCELLED}:
        raise ApiError(
            400,
            f"Batch {batch.name} is {batch.status} and takes no more tasks.",
            "create another batch",
        )
    if project.type not in CHAT_TYPES:
        call.notice(
            f"project {project.name!r} is for tasks of type {project.type}: its chat task becomes "
            "one of type chat"
        )
    kind = by_path(project.type if project.type in CHAT_TYPES else "chat")
    assert kind is not None  # both are names of files
    call.report_unread(body, CREATE_KEYS)
    known = {"template_variables", "metadata", "callback_url", "unique_id"}
    own: dict[str, Any] = {
        name: value for name, value in body.items() if name in known and value is not None
    }
    # v1 names objects by name, v2 by id: what is stored is v1's, one task for both.
    own["project"] = project.name
    if batch is not None:
        own["batch"] = batch.name
    fields, version = inherited(project, own)
    record, _ = make(call, kind, fields, project=project, batch=batch, version=version)
    document = renderer(call).task(record)
    if call.account.is_test and call.world.test_key_tasks == "complete_on_read":
        # Such a task is completed after its acceptance, which is what the reply tells.
        document |= {"status": "pending", "threads": []}
        document.pop("completed_at", None)
    return encode(document)


create_chat_task = Endpoint("POST", "/v2/task/chat", page_of("task-chat-create"), _create_chat_task)
create_task = Endpoint(
    "POST",
    "/v2/task",
    assumed("the official README names this path for what is POST /v2/task/chat"),
    _create_chat_task,
)


@endpoint("POST", "/v2/task/metadata", source=page_of("task-set-metadata"))
def set_task_metadata(call: Call) -> bytes:
    """Replace the metadata of a task, or with ``merge`` add to it; in any status (assumed)."""
    body = call.object()
    wanted_id = needed(body, "task_id")
    # Checked against nothing first: a wrong parameter (400) comes before a missing task (404).
    merged_metadata(body, {})
    record = task_of(call, wanted_id)
    call.report_unread(body, ("task_id", "metadata", "merge"))
    document = record.document()
    document["metadata"] = merged_metadata(body, document.get("metadata"))
    call.world.change_fields(call.act, record, document)
    return encode(renderer(call).task(record))


@endpoint("GET", "/v2/annotation", source=page_of("annotation"), query=("annotation_id",))
def get_annotation(call: Call) -> bytes:
    """Retrieve an annotation by its id, at whatever level it stands, with every detail."""
    wanted_id = needed(query_texts(call), "annotation_id")
    write = renderer(call, EVERYTHING)
    for record in _holders(call, wanted_id):
        for annotation in annotations_in(_threads(write, record)):
            if annotation.get("id") == wanted_id:
                return encode(annotation)
    raise ApiError(
        404, f"No annotation with id {wanted_id}", "no completed task of this account has it"
    )


def _threads(write: Renderer, record: TaskRecord) -> list[dict[str, Any]]:
    response = record.document().get("response")
    return write.threads(record, response if isinstance(response, dict) else {}, record.status)


def _holders(call: Call, annotation_id: str) -> Iterator[TaskRecord]:
    """The tasks that may hold an annotation: its id tells, or it stands in a given response."""
    owner = owner_of(annotation_id)
    tasks = call.account.tasks.of(status=COMPLETED)
    spelled = encode(annotation_id)
    mark = annotation_id.removeprefix("rubric_")[:16].encode()
    for record in tasks:
        if record.id[8:] == owner or spelled in record.wire or record.id[8:].encode() == mark:
            yield record
