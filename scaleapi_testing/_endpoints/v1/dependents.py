"""Tasks that follow a lidar task on their own: when they are made, and the two calls about them.

Source: what happens on completion and audit is documented, both calls are assumed, as only their
titles are public (docs/scale/scenes.md 6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..._errors import ApiError
from ..._http.routing import endpoint
from ..._http.values import Request
from ..._provenance import assumed
from ..._state.lifecycle import COMPLETED
from ..._task_types import task_type
from ..._world.act import Act
from ..._world.history import note
from .._call import Call
from .create_task import create, make, no_such_type
from .products import require_task_type

if TYPE_CHECKING:
    from ..._state.task import TaskRecord
    from ..._world.world import World

SOURCE: Final = assumed(
    "only the titles are public: https://docs.scale.com/reference/dependent-tasks"
)
ALREADY_CREATED: Final = "Dependent tasks have already been created."
PASSED: Final = ("accepted", "fixed")
"""Audits after which dependents that wait for one are made (documented: approved or fixed)."""

ROOTS: Final = ("lidarannotation", "lidarsegmentation")
"""Types whose ``dependents`` mean something; others keep such a key and do nothing with it."""


@endpoint("POST", "/v1/task/{task_id}/dependents", source=SOURCE)
def change_dependents(call: Call) -> TaskRecord:
    """Say whether a task's dependents wait for an audit; if not, a completed task's are made."""
    record = call.task()
    document = _with_dependents(record)
    body = call.object()
    require_audit = body.get("require_audit")
    if require_audit is None:
        raise ApiError(400, "Please include a require_audit parameter.")
    if not isinstance(require_audit, bool):
        raise ApiError(400, "Invalid require_audit - expected boolean.")
    if any(record.account.dependents.get(record.id, ())):
        raise ApiError(400, ALREADY_CREATED)
    call.report_unread(body, ("require_audit",))
    params = document["params"]
    params["dependents"] = {**params["dependents"], "require_audit": require_audit}
    call.world.change_fields(call.act, record, document)
    create_due(call.world, call.act, record)
    return record


@endpoint("POST", "/v1/task/{task_id}/dependents/force", source=SOURCE)
def force_dependents(call: Call) -> TaskRecord:
    """Make the dependents of a completed task that are missing, without an audit."""
    record = call.task()
    _with_dependents(record)
    if record.status != COMPLETED:
        raise ApiError(
            400, f"Task {record.id} must be completed.", f"task {record.id} is {record.status}"
        )
    refusals = create_missing(call.world, call.act, record)
    if refusals:
        raise refusals[0]
    return record


def create_due(world: World, act: Act, record: TaskRecord) -> None:
    """Make the dependents of a task that was just completed or audited, if their time has come.

    One that cannot be made (its unique_id is taken, say) is noted in the task's history.
    """
    if record.type not in ROOTS or record.status != COMPLETED:
        return
    # Here, because the rules of lidar tasks are slow to load and seldom needed.
    from ..._task_types._scenes.dependents import needs_audit

    if needs_audit(record.document()["params"]) and record.review not in PASSED:
        return
    create_missing(world, act, record)


def create_missing(world: World, act: Act, record: TaskRecord) -> list[ApiError]:
    """Make those dependents of a task that were not made yet; returns why others cannot be."""
    creates = _creates(record, record.document())
    dependent_ids = list(record.account.dependents.get(record.id) or [None] * len(creates))
    refusals: list[ApiError] = []
    before = list(dependent_ids)
    for place, request in enumerate(creates):
        if dependent_ids[place] is not None:
            continue
        try:
            child = _create(world, act, record, request["type"], request["body"])
        except ApiError as error:
            text = f"dependents.defs[{place}]: {error.message}"
            # Never a 409: official clients fail on one for a call that sends no body.
            refusals.append(ApiError(400, text, *error.notices))
            note(record, world.clock.ms, f"dependent task {place} could not be created: {text}")
        else:
            dependent_ids[place] = child.id
            note(record, world.clock.ms, f"dependent task {child.id} ({child.type}) was created")
    if dependent_ids != before:
        record.account.dependents[record.id] = tuple(dependent_ids)
        document = record.document()
        document["dependents"] = [task_id for task_id in dependent_ids if task_id is not None]
        world.change_fields(act, record, document)
    return refusals


def _create(
    world: World, act: Act, root: TaskRecord, name: str, body: dict[str, Any]
) -> TaskRecord:
    """A dependent, by the road of any create, HTTP left out."""
    kind = task_type(name)
    if kind is None:
        raise no_such_type(name, ())
    request = Request("POST", root.account.base_url or "", f"/v1/task/{name}", "", {}, b"")
    # By the same act, but noted as made by the call that made the root.
    own = Act(act.actor, root.request_n, act.outgoing, act.raised)
    call = Call(request, root.account, world, {"type": name}, own, strict=False)
    require_task_type(call, kind.name)
    project = root.account.projects.get(root.project or "")
    if project is None or project.type == kind.name or body.get("project") != project.name:
        return create(call, kind, body)[0]
    # Inherited from the root: a project of the root's type, whose params are not the dependent's.
    return make(call, kind, body, project=project, batch=None, version=-1)[0]


def _with_dependents(record: TaskRecord) -> dict[str, Any]:
    document = record.document()
    if not _creates(record, document):
        raise ApiError(
            400,
            f"Task {record.id} has no dependents.",
            'create the task with "dependents": {"defs": [...]}',
        )
    return document


def _creates(record: TaskRecord, document: dict[str, Any]) -> list[dict[str, Any]]:
    if record.type not in ROOTS:
        return []
    from ..._task_types._scenes.dependents import children

    return children(document["params"], record.id, document)
