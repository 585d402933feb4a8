"""Which tasks follow a lidarannotation task on their own: rules D1 to D5, and their bodies.

Source: documented, https://docs.scale.com/reference/dependent-tasks; what is inherited and that
definitions are checked when the root is created is assumed (docs/scale/scenes.md 6).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from .. import task_type
from .._base import Violation
from .._language.sentences import check_booleans, missing, not_among
from .._language.values import is_true
from .rules import root_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .._base import Params, Surroundings
    from .rules import Root

TYPES: Final = ("lidarlinking", "lidarsegmentation")
INHERITED: Final = ("project", "instruction")


def check_dependents(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules D1 to D5 for a root task that was sent with ``dependents``."""
    if "dependents" not in params:
        return
    dependents = params["dependents"]
    defs = dependents.get("defs") if isinstance(dependents, dict) else None
    if not isinstance(defs, list) or not defs:
        yield missing(
            "dependents.defs", 'an array of task bodies such as [{"type": "lidarlinking"}]'
        )
        defs = []
    known: dict[int, dict[str, Any]] = {}
    # Rule after rule over all definitions, for the first broken one in this order is the reply.
    for position, definition in enumerate(defs):
        kind = definition.get("type") if isinstance(definition, dict) else None
        if isinstance(kind, str) and kind in TYPES:
            known[position] = definition
        else:
            yield not_among("dependents.defs type", TYPES, f"dependents.defs[{position}].type")
    if isinstance(dependents, dict):
        yield from check_booleans(dependents, ("require_audit",), "dependents.")
    for position, definition in known.items():
        if "lidar_task" in definition:
            yield Violation(
                f"dependents.defs[{position}].lidar_task",
                "Please omit lidar_task in dependents.defs.",
                "no lidar_task; it is filled in when the task is created",
            )
    # Read once: thousands of definitions may build on thousands of labels.
    root = root_of(params)
    for position, definition in known.items():
        for violation in _check_def(definition, root, surroundings):
            yield replace(
                violation,
                path=f"dependents.defs[{position}].{violation.path}",
                message=f"dependents.defs[{position}]: {violation.message}",
            )


def _check_def(
    definition: dict[str, Any], root: Root, surroundings: Surroundings
) -> Iterable[Violation]:
    kind = task_type(definition["type"])
    if kind is None or kind.check_with_root is None:
        return ()
    body = {key: value for key, value in definition.items() if key not in {"type", "lidar_task"}}
    return kind.check_with_root(body, root, surroundings)


def needs_audit(root_params: Mapping[str, Any]) -> bool:
    """Whether a root's dependents wait for an audit that approves or fixes; false by default."""
    dependents = root_params.get("dependents")
    return isinstance(dependents, dict) and is_true(dependents.get("require_audit"))


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
    dependents = root_params.get("dependents")
    defs = dependents.get("defs") if isinstance(dependents, dict) else None
    creates: list[dict[str, Any]] = []
    for definition in defs if isinstance(defs, list) else []:
        body = {key: value for key, value in definition.items() if key != "type"}
        for field in INHERITED:
            if body.get(field) is None and root_common.get(field) is not None:
                body[field] = root_common[field]
        creates.append({"type": definition["type"], "body": {**body, "lidar_task": root_task_id}})
    return creates
