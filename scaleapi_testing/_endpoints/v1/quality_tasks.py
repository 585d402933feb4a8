"""Training and evaluation tasks of Rapid projects (docs/scale/quality-tasks.md).

They are no tasks: they stand in no list, nobody labels them and nothing is called back (assumed).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ..._errors import ApiError
from ..._http.routing import endpoint
from ..._http.unread import Unread
from ..._http.wire import encode
from ..._provenance import client
from ..._state.quality_task import QualityTaskRecord
from ..._task_types import task_type
from .create_task import check, no_such_type, split
from .inheritance import inherited, places
from .products import require_product, require_task_type
from .repeats import once

if TYPE_CHECKING:
    from ..._state.project import ProjectRecord
    from ..._task_types._base import TaskType
    from ..._task_types._quality import Kind
    from .._call import Answer, Call

SDK: Final = client("official Python client 2.18.4")
RESPONSES: Final = ("expected_response", "initial_response")


@endpoint("POST", "/v1/training_tasks/{type}", source=SDK)
def create_training_task(call: Call) -> Answer:
    """Create a task that new labelers learn from, with the response that is expected."""
    return _create(call, "training")


@endpoint("POST", "/v1/evaluation_tasks/{type}", source=SDK)
def create_evaluation_task(call: Call) -> Answer:
    """Create a task that labelers are measured by; an initial response makes it a review."""
    return _create(call, "evaluation")


def _create(call: Call, purpose: Kind) -> Answer:
    """Check in the order of a task's create, the responses right after the type's params."""
    # Here, because the rules of text types are slow to load.
    from ..._task_types._quality import QUALITY_TYPES

    name = call.path["type"]
    kind = task_type(name) if name in QUALITY_TYPES else None
    if kind is None:
        raise no_such_type(name, QUALITY_TYPES)
    require_product(call, "rapid")
    require_task_type(call, kind.name)
    body = call.object()
    return once(call, partial(_make, call, kind, purpose, body))


def _make(call: Call, kind: TaskType, purpose: Kind, body: dict[str, Any]) -> bytes:
    from ..._task_types._quality import check_quality

    responses = {name: body[name] for name in RESPONSES if body.get(name) is not None}
    fields = {name: value for name, value in body.items() if name not in RESPONSES}
    project, batch = places(call, kind.name, fields)
    if project is None:
        raise ApiError(400, "Please include a project parameter.")
    _check_rapid(project)
    params_sent, _ = inherited(project, fields)
    common, params = split({k: v for k, v in params_sent.items() if k not in RESPONSES})
    violations = check_quality(kind.name, {**params, **responses}, kind=purpose, strict=call.strict)
    check(call, kind, common, params, batch=batch, more=violations)
    if purpose == "training" and "initial_response" in responses:
        call.unread.append(Unread("initial_response"))
    document: dict[str, Any] = {
        "id": call.world.new_id(),
        "type": kind.name,
        "project": project.name,
        "params": kind.written_back(dict(params)),
        **responses,
        "created_at": call.world.clock.stamp(),
        "status": "active",
    }
    instruction = common.get("instruction") or kind.instruction
    optional = {
        "instruction": instruction,
        "metadata": common.get("metadata"),
        "unique_id": common.get("unique_id"),
    }
    document |= {name: value for name, value in optional.items() if value is not None}
    record = QualityTaskRecord(
        id=document["id"],
        purpose=purpose,
        type=kind.name,
        project=project.name,
        created_ms=call.world.clock.ms,
        unique_id=common.get("unique_id"),
        request_n=call.request_n,
        wire=encode(document),
    )
    call.account.quality_tasks[record.id] = record
    if record.unique_id is not None:
        call.account.quality_unique_ids[record.unique_id] = record.id
    return record.wire


def _check_rapid(project: ProjectRecord) -> None:
    if not project.rapid:
        raise ApiError(
            400,
            f"Project {project.name} is not a Rapid project.",
            f"training and evaluation tasks need a project that was created with rapid=true; "
            f"{project.name!r} was not",
        )
