"""Creating a task: the checks in their order, and the new document."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ..._attachments import attachment_urls, oversized
from ..._errors import ApiError
from ..._http.addresses import EXPECTED, why_no_address
from ..._http.routing import endpoint
from ..._http.unread import Unread
from ..._messages import did_you_mean
from ..._provenance import documented
from ..._state.lifecycle import COMPLETED, ERROR, PENDING
from ..._state.task import TaskRecord
from ..._task_types import by_path, names
from ..._task_types._base import Violation
from ..._world.history import made_by
from .fields import metadata_of
from .inheritance import check_open, inherited, places
from .products import require_task_type
from .repeats import once
from .tasks import check_unique_id, duplicate_unique_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..._state.account import Account
    from ..._state.batch import BatchRecord
    from ..._state.project import ProjectRecord
    from ..._task_types._base import TaskType
    from .._call import Answer, Call

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
"""Fields of the task itself (docs/scale/tasks.md 2); every other one is a param of its type."""

_ARE_COMMON: Final = frozenset(COMMON)

READ_ELSEWHERE: Final = frozenset({"clear_unique_id", "force", "clear_unique_id_on_error"})
"""Keys that are no typing errors among the params of any type: docs/scale/tasks.md 2 names them, or
the engine itself reads them.
"""

SHOWN_TO_CHECKS: Final = ("project", "batch", "tags")
"""Common fields that some task types have rules of their own for."""


@endpoint(
    "POST",
    "/v1/task/{type}",
    source=documented("https://scale.com/docs/api-reference/tasks"),
)
def create_task(call: Call) -> Answer:
    """Create a task of a type.

    Order of checks (assumed): type, JSON, Idempotency-Key, project and batch, inheritance, the
    type's params, common fields, unique_id, whether the batch still takes tasks. A program that
    meets its own unique_id in a finalized batch relies on the 409 to find the task.
    """
    kind = by_path(call.path["type"])
    if kind is None:
        raise no_such_type(call.path["type"], names())
    # Before the body: an account without a product is told so whatever it sends (402).
    require_task_type(call, kind.name)
    body = call.object()
    # The body is read before the key is looked up: what is no JSON has no repeat
    # (docs/scale/tasks.md 2).
    return once(call, partial(_accept, call, kind, body))


def _accept(call: Call, kind: TaskType, body: dict[str, Any]) -> TaskRecord | bytes:
    """The new task, or the document as it was accepted where that is what the reply tells."""
    record, accepted = create(call, kind, body)
    if record.status == ERROR or (
        record.status == COMPLETED
        and call.account.is_test
        and call.world.test_key_tasks == "complete_on_read"
    ):
        # Attachments are looked at after the acceptance, which is what the reply tells; tasks of
        # test keys were completed after it until 2019.
        return accepted
    return record


def no_such_type(name: str, known: Iterable[str]) -> ApiError:
    """The 404 for a task type in the path that is not among ``known`` (assumed text)."""
    known = list(known)
    near = ", ".join(did_you_mean(name, known))
    hint = f"nearest: {near}" if near else f"known: {', '.join(known) or 'none'}"
    what = f"no task type {name[:60]!r} here; {hint}"
    return ApiError(404, f"Task type {name} not found.", what)


def create(call: Call, kind: TaskType, body: dict[str, Any]) -> tuple[TaskRecord, bytes]:
    """Make the task that a create's body describes; with its document as it was accepted.

    Raises:
        ApiError: 400 or 409, in the order of ``create_task``.
    """
    project, batch = places(call, kind.name, body)
    fields, version = inherited(project, body)
    return make(call, kind, fields, project=project, batch=batch, version=version)


def make(
    call: Call,
    kind: TaskType,
    fields: dict[str, Any],
    *,
    project: ProjectRecord | None,
    batch: BatchRecord | None,
    version: int,
) -> tuple[TaskRecord, bytes]:
    """Make a task of what was sent and inherited; with its document as it was accepted.

    Args:
        call: whose account it belongs to.
        kind: its type.
        fields: the fields of the request on top of those of the project.
        project: its project.
        batch: its batch.
        version: of the project's params, -1 when nothing was inherited.

    Raises:
        ApiError: 400 or 409.
    """
    common, params = split(fields)
    check(call, kind, common, params, batch=batch)
    # After the unique_id (docs/scale/tasks.md 2): the 409 leads a program to its task.
    check_open(batch)
    # A copy: what the type writes back into params must not show in what the project inherits.
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
    record = TaskRecord(document, account=call.account, request_n=call.request_n)
    # Taken here: adding it may complete it at once.
    accepted = record.wire
    call.world.add_task(call.act, record)
    return record, accepted


def split(fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The common fields and the params of the type."""
    common: dict[str, Any] = {name: fields[name] for name in COMMON if name in fields}
    params = {name: value for name, value in fields.items() if name not in _ARE_COMMON}
    return common, params


def check(
    call: Call,
    kind: TaskType,
    common: dict[str, Any],
    params: dict[str, Any],
    *,
    batch: BatchRecord | None,
    more: Iterable[Violation] = (),
) -> None:
    """Check everything but the places of a new task, or training or evaluation task.

    Args:
        call: the create.
        kind: the type.
        common: the common fields.
        params: the type's own.
        batch: the batch, which a type may have rules about.
        more: violations of rules that come right after the type's.

    Raises:
        ApiError: 400 or 409 of the first broken rule; its notices name the others.
    """
    shown = {name: common[name] for name in SHOWN_TO_CHECKS if common.get(name) is not None}
    if batch is not None:
        shown.setdefault("batch", batch.name)
    around = call.world.surroundings(call.account)
    # A reply names the first broken rule: the type's own before those that all types share. Whether
    # a unique_id is free is asked of a create that is right otherwise (assumed).
    # All of them, though only the first is answered: the others go into the test's report.
    violations = [
        *kind.check({**params, **shown} if shown else params, around),
        *more,
        *_common_violations(common),
    ]
    if violations:
        raise _refused(violations)
    unique_id = common.get("unique_id")
    if unique_id is not None:
        holder = call.account.holder_of(unique_id)
        if holder is not None:
            holder_text = _who_holds(call.account, unique_id, holder)
            raise ApiError(409, duplicate_unique_id(unique_id, holder), holder_text)
    # Last: of a create that is refused for another reason no unread parameter is told.
    _report_unread(call, kind, params)
    for url in attachment_urls(params):
        # Only of files that the fake has is anything measured.
        if url.startswith(("data:", "scaledata://")):
            text = oversized(around.media(url, {}))
            if text is not None:
                call.notices.append(f"the attachment {url[:40]!r} {text}")


def _refused(violations: list[Violation]) -> ApiError:
    notices = [
        f"{violation.path}: {violation.message}"
        + (f" ({violation.expected})" if violation.expected else "")
        for violation in violations
    ]
    return ApiError(violations[0].status, violations[0].message, *notices)


def _who_holds(account: Account, unique_id: str, holder: str) -> str:
    owner = account.tasks.by_unique_id.get(unique_id)
    if owner is not None:
        free = "" if owner.status == PENDING else ". task.clear_unique_id() frees it"
        return f"task {owner.id} has it, {made_by(owner)}; it is {owner.status}{free}"
    quality_task = account.quality_tasks[holder]
    return (
        f"the {quality_task.purpose} task {holder}, created by request {quality_task.request_n}, "
        "has it"
    )


def _common_violations(common: dict[str, Any]) -> Iterator[Violation]:
    """The common fields' rules; texts assumed (docs/scale/errors.md 4)."""
    url = common.get("callback_url")
    if url:  # an empty one is what clients send for none
        why = why_no_address(url) if isinstance(url, str) else "it is no text"
        if why is not None:
            expected = f"{url!r:.60} is none, for {why}: {EXPECTED}"
            yield Violation("callback_url", "Invalid callback_url.", expected)
    elif url is not None and url != "":
        yield Violation("callback_url", "Invalid callback_url.", EXPECTED)
    if not isinstance(common.get("instruction"), str | None):
        yield Violation("instruction", "Invalid instruction - expected string.")
    if "metadata" in common:
        yield from _broken("metadata", metadata_of, common)
    tags = common.get("tags")
    # A single text is one tag (assumed).
    if tags is not None and not isinstance(tags, str):
        wrong = not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags)
        if wrong:
            yield Violation("tags", "Invalid tags - expected array of strings.")
    priority = common.get("priority")
    if priority is not None and not _is_number(priority):
        yield Violation("priority", "Invalid priority - expected number.")
    if "unique_id" in common:
        yield from _broken("unique_id", check_unique_id, common)


def _broken(
    name: str, rule: Callable[[Any], object], common: dict[str, Any]
) -> Iterator[Violation]:
    """What a rule of a single field says of it, where it was sent."""
    if common.get(name) is not None:
        try:
            rule(common[name])
        except ApiError as error:
            yield Violation(name, error.message, "; ".join(error.notices))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _document(
    call: Call, kind: TaskType, common: dict[str, Any], params: dict[str, Any]
) -> dict[str, Any]:
    """A new task as Scale sends it; keys that do not apply are absent (docs/scale/tasks.md 1)."""
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
    # Absent metadata is an empty object (docs/scale/tasks.md 1).
    document["customerId"] = call.account.customer_id
    priority = common.get("priority")
    document["priority"] = 0 if priority is None else priority
    tags = common.get("tags")
    if tags is not None:
        # Each tag once, in the order in which they were sent.
        document["tags"] = [tags] if isinstance(tags, str) else list(dict.fromkeys(tags))
    if common.get("unique_id") is not None:
        document["unique_id"] = common["unique_id"]
    return document


def _report_unread(call: Call, kind: TaskType, params: dict[str, Any]) -> None:
    # One comparison of sets: nearly every create sends nothing unknown.
    if not kind.keys.issuperset(params):
        known = kind.keys | READ_ELSEWHERE
        call.report_unread(
            [name for name in params if name not in known], sorted({*kind.keys, *COMMON})
        )
    if kind.unread is not None:
        call.unread.extend(
            entry if isinstance(entry, Unread) else Unread(entry) for entry in kind.unread(params)
        )
        call.refuse_unread()
