"""Which project and batch a new task is in, and which params it inherits.

Source: docs/scale/projects.md 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..._errors import ApiError
from ..._state.batch import STAGING
from .fields import absent

if TYPE_CHECKING:
    from ..._state.batch import BatchRecord
    from ..._state.project import ProjectRecord
    from .._call import Call


def places(
    call: Call, type_name: str, body: dict[str, Any]
) -> tuple[ProjectRecord | None, BatchRecord | None]:
    """The project and the batch of a new task; a batch brings its project (assumed).

    Raises:
        ApiError: 400 when they do not exist, do not belong together, or do not take such a task.
    """
    if "project" not in body and "batch" not in body:
        return None, None
    for field in ("project", "batch"):
        value = body.get(field)
        if value is not None and not isinstance(value, str):
            raise ApiError(400, f"Invalid {field} - expected string.")
    project_name, batch_name = body.get("project") or None, body.get("batch") or None
    account = call.account
    project = None
    if project_name is not None:
        project = account.project(project_name)
        if project is None:
            raise ApiError(
                400,
                f"Project {project_name} does not exist.",
                *absent(call, "project", project_name),
            )
    batch = None
    if batch_name is not None:
        batch = account.batches.get(batch_name)
        if batch is None:
            raise ApiError(
                400,
                f"Batch {batch_name} does not exist.",
                *absent(call, "batch", batch_name),
            )
        if project is not None and batch.project != project.name:
            raise ApiError(
                400,
                f"Batch {batch.name} does not belong to project {project.name}.",
                f"batch {batch.name!r} belongs to project {batch.project!r}",
            )
        # A batch without project= brings its own (assumed).
        project = project or account.projects[batch.project]
    if project is not None and project.type != type_name:
        raise ApiError(400, f"Project {project.name} only accepts tasks of type {project.type}.")
    return project, batch


def check_open(batch: BatchRecord | None) -> None:
    """Refuse a Rapid or Studio batch that was finalized, for a task or for another finalizing.

    That it takes no more tasks is documented, that finalizing again fails is what both generations
    of Scale's own command line client expect; the text is assumed.

    Raises:
        ApiError: 400.
    """
    if batch is not None and batch.finalize_closes and batch.status != STAGING:
        raise ApiError(
            400,
            f"Batch {batch.name} has already been finalized.",
            f"batch {batch.name!r}, of a Rapid or Studio project, took tasks until it was "
            "finalized, which happens once; make another batch",
        )


def inherited(project: ProjectRecord | None, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The request on top of the project's params, and the version used; -1 for none.

    Raises:
        ApiError: 400 when the request asks for a version that is none or does not exist.
    """
    version = body.get("project_version")
    if version is None:
        version = body.get("project_param_version")
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise ApiError(400, "Invalid project_version - expected integer.")
    # -1 inherits nothing, though there is a project.
    if project is None or version == -1:
        return body, -1
    entry = project.params(version)
    if entry is None:
        if version is None:
            return body, -1
        versions = ", ".join(str(entry.version) for entry in project.history) or "none"
        raise ApiError(
            400,
            f"Project {project.name} has no version {version}.",
            f"its versions: {versions}; -1 inherits nothing",
        )
    # What the task says goes before what the project says.
    merged = {**entry.params, **body}
    general, own = entry.params.get("instruction"), body.get("instruction")
    if own is None or own == "":
        if general is not None:
            merged["instruction"] = general
    # Task text first, then the project's (docs/scale/projects.md 6).
    elif isinstance(general, str) and general and isinstance(own, str):
        merged["instruction"] = f"{own}\n\n{general}"
    return merged, entry.version
