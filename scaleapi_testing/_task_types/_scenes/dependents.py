"""Which tasks follow a lidarannotation task on their own: rules D1 to D5, and their bodies.

Source: documented, https://docs.scale.com/reference/dependent-tasks; what is inherited and that
definitions are checked when the root is created is assumed (task-types-video-3d 10).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from .. import task_type
from .._base import Violation
from .._language.sentences import check_booleans, missing, not_among
from .._language.values import is_true

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .._base import Params, Surroundings

TYPES: Final = ("lidarlinking", "lidarsegmentation")
INHERITED: Final = ("project", "instruction")


def check_dependents(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules D1 to D5 for a root task that was sent with ``dependents``."""
    if "dependents" not in params:
        return
    given = params["dependents"]
    defs = given.get("defs") if isinstance(given, dict) else None
    if not isinstance(defs, list) or not defs:
        yield missing(
            "dependents.defs", 'an array of task bodies such as [{"type": "lidarlinking"}]'
        )
        defs = []
    known: dict[int, dict[str, Any]] = {}
    for position, one in enumerate(defs):
        kind = one.get("type") if isinstance(one, dict) else None
        if isinstance(kind, str) and kind in TYPES:
            known[position] = one
        else:
            yield not_among("dependents.defs type", TYPES, f"dependents.defs[{position}].type")
    if isinstance(given, dict):
        yield from check_booleans(given, ("require_audit",), "dependents.")
    for position, one in known.items():
        if "lidar_task" in one:
            yield Violation(
                f"dependents.defs[{position}].lidar_task",
                "Please omit lidar_task in dependents.defs.",
                "no lidar_task; it is filled in when the task is created",
            )
    for position, one in known.items():
        for found in _check_def(one, params, surroundings):
            yield replace(
                found,
                path=f"dependents.defs[{position}].{found.path}",
                message=f"dependents.defs[{position}]: {found.message}",
            )


def _check_def(
    one: dict[str, Any], root_params: Params, surroundings: Surroundings
) -> Iterable[Violation]:
    kind = task_type(one["type"])
    if kind is None or kind.check_with_root is None:
        return ()
    body = {key: value for key, value in one.items() if key not in {"type", "lidar_task"}}
    return kind.check_with_root(body, root_params, surroundings)


def needs_audit(root_params: Mapping[str, Any]) -> bool:
    """Whether a root's dependents wait for an audit that approves or fixes; false by default."""
    given = root_params.get("dependents")
    return isinstance(given, dict) and is_true(given.get("require_audit"))


def children(
    root_params: Mapping[str, Any], root_task_id: str, root_common: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The creates that a root's ``dependents`` stand for, in order; ``[]`` when it has none.

    Args:
        root_params: of the root, checked.
        root_task_id: the id that goes into each body as ``lidar_task``.
        root_common: the root's common fields; ``project`` and ``instruction`` are inherited where
            a definition has none of its own, ``batch`` is not (assumed).

    Returns:
        ``{"type": task type, "body": body of POST /v1/task/<type>}`` each.
    """
    given = root_params.get("dependents")
    defs = given.get("defs") if isinstance(given, dict) else None
    creates: list[dict[str, Any]] = []
    for one in defs if isinstance(defs, list) else []:
        body = {key: value for key, value in one.items() if key != "type"}
        for field in INHERITED:
            if body.get(field) is None and root_common.get(field) is not None:
                body[field] = root_common[field]
        creates.append({"type": one["type"], "body": {**body, "lidar_task": root_task_id}})
    return creates
