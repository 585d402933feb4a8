"""Creating a task: the checks in their order, inheritance from the project, the new document."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from ..._callbacks import is_email
from ..._errors import ApiError
from ..._messages import did_you_mean
from ..._provenance import documented
from ..._routing import endpoint
from ..._state.batch import STAGING
from ..._state.idempotency import Remembered
from ..._state.task import TaskRecord
from ..._task_types import by_path, names
from ..._wire import encode
from .fields import metadata_of, named
from .tasks import check_unique_id, duplicate_unique_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..._http import Reply
    from ..._state.batch import BatchRecord
    from ..._state.project import ProjectRecord
    from ..._task_types._base import TaskType, Violation
    from .._call import Call

NOT_ENABLED: Final = (
    "You have not been authorized to use this API endpoint, please contact sales at "
    "sales@scale.ai to be enabled."
)

COMMON: Final = (
    "project",
    "batch",
    "callback_url",
    "instruction",
    "metadata",
    "unique_id",
    "tags",
    "priority",
    "urgency",
    "project_version",
    "project_param_version",
)
"""Fields of the task itself (v1-resources 5.2); every other one is a param of its type."""

WITHOUT_EFFECT: Final = frozenset({"clear_unique_id", "force", "clear_unique_id_on_error"})
"""Keys of params that v1-resources 5.2 names, or that the engine itself reads."""

SHOWN_TO_CHECKS: Final = ("project", "batch", "tags")
"""Common fields that some task types have rules of their own for."""


@endpoint(
    "POST",
    "/v1/task/{type}",
    source=documented("https://scale.com/docs/api-reference/tasks"),
)
def create_task(call: Call) -> TaskRecord | Reply:
    """Create a task of a type.

    Order of checks (assumed): type, JSON, Idempotency-Key, project and batch, inheritance, the
    type's params, common fields, unique_id.
    """
    from ..._http import JSON_TYPE, Reply

    kind = by_path(call.path["type"])
    if kind is None:
        near = ", ".join(did_you_mean(call.path["type"], names()))
        raise ApiError(
            404,
            f"Task type {call.path['type']} not found.",
            f"no task type {call.path['type'][:60]!r}; nearest: {near or 'none'}",
        )
    if kind.name in call.account.disabled_task_types:
        raise ApiError(402, NOT_ENABLED, f"{kind.name} is in account.disabled_task_types")
    body = call.object()
    key = call.request.headers.get("idempotency-key")
    if not key:
        return _create(call, kind, body)
    keys = call.account.idempotency
    now = call.world.clock.ms
    request = _digest(call)
    known = keys.get(key, now)
    if known is not None:
        if known.request != request:
            raise ApiError(
                409,
                f'The idempotency key ("{key}") is already used for a different request.',
                "an Idempotency-Key stands for one body; draw a new one for another task",
            )
        call.notices.append("answered from the Idempotency-Key: no second task was made")
        return Reply(known.status, known.body, [("Content-Type", JSON_TYPE)])
    try:
        record = _create(call, kind, body)
    except ApiError as error:
        if error.status < 500:
            refusal = encode({"status_code": error.status, "error": error.message})
            keys.keep(key, Remembered(now, request, error.status, refusal))
        raise
    call.remember = lambda: keys.keep(key, Remembered(now, request, 200, record.wire))
    return record


def _digest(call: Call) -> bytes:
    digest = blake2b(call.path["type"].encode("utf-8", "replace"), digest_size=16)
    digest.update(b"\x00")
    digest.update(call.request.body)
    return digest.digest()


def _create(call: Call, kind: TaskType, body: dict[str, Any]) -> TaskRecord:
    project, batch = _places(call, kind, body)
    sent, version = _inherited(project, body)
    common = {name: sent[name] for name in COMMON if name in sent}
    params = {name: value for name, value in sent.items() if name not in COMMON}
    around = call.world.surroundings(call.account)
    shown = {name: common[name] for name in SHOWN_TO_CHECKS if common.get(name) is not None}
    if batch is not None:
        shown.setdefault("batch", batch.name)
    violations = list(kind.check({**params, **shown} if shown else params, around))
    if violations:
        raise _refused(violations)
    _check_common(common)
    unique_id = common.get("unique_id")
    if unique_id is not None:
        check_unique_id(unique_id)
        owner = call.account.tasks.by_unique_id.get(unique_id)
        if owner is not None:
            raise ApiError(409, duplicate_unique_id(unique_id, owner.id), _owner(owner))
    _report_unread(call, kind, params)
    project_name = project.name if project is not None else None
    document = _document(call, kind, common, kind.written_back(dict(params)))
    if project is not None:
        document["project"] = project.name
        document["projectId"] = project.id
        document["project_param_version"] = version
    if batch is not None:
        document["batch"] = batch.name
    for name in ("unique_id", "tags"):
        if name in document:
            document[name] = document.pop(name)
    document["work_started"] = False
    record = TaskRecord(
        id=document["task_id"],
        account=call.account,
        type=kind.name,
        created_ms=call.world.clock.ms,
        project=project_name,
        batch=batch.name if batch is not None else None,
        unique_id=unique_id,
        tags=tuple(document.get("tags", ())),
        request_n=call.request_n,
        wire=encode(document),
    )
    call.world.add_task(record)
    return record


def _refused(violations: list[Violation]) -> ApiError:
    notices = [
        f"{found.path}: {found.message}" + (f" ({found.expected})" if found.expected else "")
        for found in violations
    ]
    return ApiError(violations[0].status, violations[0].message, *notices)


def _owner(owner: TaskRecord) -> str:
    return f"it was created by request {owner.request_n} and is {owner.status}"


def _places(
    call: Call, kind: TaskType, body: dict[str, Any]
) -> tuple[ProjectRecord | None, BatchRecord | None]:
    """The project and the batch of the new task; a batch brings its project (assumed)."""
    for field in ("project", "batch"):
        value = body.get(field)
        if value is not None and not isinstance(value, str):
            raise ApiError(400, f"Invalid {field} - expected string.")
    project_name, batch_name = body.get("project") or None, body.get("batch") or None
    projects, batches = call.account.projects, call.account.batches
    project = None
    if project_name is not None:
        project = projects.get(project_name)
        if project is None:
            raise ApiError(
                400,
                f"Project {project_name} does not exist.",
                named("project", project_name, projects),
                *_elsewhere(call, "projects", project_name),
            )
    batch = None
    if batch_name is not None:
        batch = batches.get(batch_name)
        if batch is None:
            raise ApiError(
                400,
                f"Batch {batch_name} does not exist.",
                named("batch", batch_name, batches),
                *_elsewhere(call, "batches", batch_name),
            )
        if project is not None and batch.project != project.name:
            raise ApiError(
                400,
                f"Batch {batch.name} does not belong to project {project.name}.",
                f"batch {batch.name!r} belongs to project {batch.project!r}",
            )
        project = project or projects[batch.project]
        if batch.finalize_closes and batch.status != STAGING:
            raise ApiError(400, f"Batch {batch.name} has already been finalized.")
    if project is not None and project.type != kind.name:
        raise ApiError(400, f"Project {project.name} only accepts tasks of type {project.type}.")
    return project, batch


def _elsewhere(call: Call, kind: str, name: str) -> list[str]:
    """For the test report: the same name under another key."""
    return [
        f"{kind[:-1] if kind == 'projects' else 'batch'} {name!r} exists under another key "
        f"({account.shown}); test and live keys, and every key, are separate accounts"
        for account in call.world.store.everyone()
        if account is not call.account and name in getattr(account, kind)
    ][:1]


def _inherited(project: ProjectRecord | None, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The request on top of the project's params, and the version used (v1-resources 7.6)."""
    wanted = body.get("project_version", body.get("project_param_version"))
    if wanted is not None and (isinstance(wanted, bool) or not isinstance(wanted, int)):
        raise ApiError(400, "Invalid project_version - expected integer.")
    if project is None or wanted == -1:
        return body, -1
    entry = project.params(wanted)
    if entry is None:
        if wanted is None:
            return body, -1
        versions = ", ".join(str(one.version) for one in project.history) or "none"
        raise ApiError(
            400,
            f"Project {project.name} has no version {wanted}.",
            f"its versions: {versions}; -1 inherits nothing",
        )
    merged = {**entry.params, **body}
    inherited, own = entry.params.get("instruction"), body.get("instruction")
    if isinstance(inherited, str) and inherited and isinstance(own, str) and own:
        merged["instruction"] = f"{own}\n\n{inherited}"
    elif own is None and inherited is not None:
        merged["instruction"] = inherited
    return merged, entry.version


def _check_common(common: dict[str, Any]) -> None:
    """The common fields' rules; texts assumed (v1-resources 2.4)."""
    for found in _common_violations(common):
        raise found


def _common_violations(common: dict[str, Any]) -> Iterator[ApiError]:
    url = common.get("callback_url")
    if url is not None and not _is_callback_url(url):
        yield ApiError(
            400,
            "Invalid callback_url.",
            f"callback_url={str(url)[:60]!r}: give an http:// or https:// URL or an e-mail address",
        )
    if not isinstance(common.get("instruction"), str | None):
        yield ApiError(400, "Invalid instruction - expected string.")
    metadata = common.get("metadata")
    if metadata is not None:
        if not isinstance(metadata, dict):
            yield ApiError(400, "Invalid metadata - expected object.")
        else:
            metadata_of(metadata)
    tags = common.get("tags")
    if tags is not None and not isinstance(tags, str):
        wrong = not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags)
        if wrong:
            yield ApiError(400, "Invalid tags - expected array of strings.")
    priority = common.get("priority")
    if priority is not None and not _is_number(priority):
        yield ApiError(400, "Invalid priority - expected number.")


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().lstrip("-").isdecimal()
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_callback_url(url: Any) -> bool:
    if not isinstance(url, str):
        return False
    # An empty one is what clients send for none.
    return not url or is_email(url) or url.startswith(("http://", "https://"))


def _document(
    call: Call, kind: TaskType, common: dict[str, Any], params: dict[str, Any]
) -> dict[str, Any]:
    """A new task as Scale sends it; keys that do not apply are absent (v1-resources 5.1)."""
    stamp = call.world.clock.stamp()
    document: dict[str, Any] = {
        "task_id": call.world.new_id(),
        "created_at": stamp,
        "updated_at": stamp,
    }
    if common.get("callback_url"):
        document["callback_url"] = common["callback_url"]
    document["type"] = kind.name
    document["status"] = "pending"
    instruction = common.get("instruction") or kind.instruction
    if instruction:
        document["instruction"] = instruction
    document["params"] = params
    document["is_test"] = call.account.is_test
    document["urgency"] = common.get("urgency") or "standard"
    document["metadata"] = common.get("metadata") or {}
    document["processed_attachments"] = []
    document["customerId"] = call.account.customer_id
    priority = common.get("priority")
    document["priority"] = 0 if priority is None else priority
    tags = common.get("tags")
    if tags is not None:
        document["tags"] = [tags] if isinstance(tags, str) else list(dict.fromkeys(tags))
    if common.get("unique_id") is not None:
        document["unique_id"] = common["unique_id"]
    return document


def _report_unread(call: Call, kind: TaskType, params: dict[str, Any]) -> None:
    known = kind.keys | WITHOUT_EFFECT
    if not known.issuperset(params):
        call.report_unread(
            [name for name in params if name not in known], sorted({*kind.keys, *COMMON})
        )
    if kind.unread is not None:
        call.unread.extend(kind.unread(params))
        if call.strict and call.unread:
            what = f"parameter {call.unread[0]} is read by nothing"
            raise ApiError(400, f"strict: {what}", what)
