"""Studio: who labels what, groups of a project, and the order of batches.

Source: docs/scale/teams.md 2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ..._errors import ApiError
from ..._http.routing import endpoint
from ..._http.wire import encode
from ..._messages import did_you_mean, listed
from ..._provenance import documented
from ..._state import studio
from ..._state.batch import COMPLETED as BATCH_COMPLETED
from ..._state.lifecycle import COMPLETED
from ..._state.project import ProjectGroup
from .batches import batch_of_path
from .fields import absent, project_named, text_in, texts_in
from .products import require_product
from .projects import project_of_path
from .teams import who_is_not_there

if TYPE_CHECKING:
    from ..._state.account import Account
    from ..._state.batch import BatchRecord
    from ..._state.project import ProjectRecord
    from .._call import Call

DEFINITION: Final = documented("API definition of the generated TypeScript client")

GROUP_NOT_FOUND: Final = "Group not found."
NOT_ALL: Final = "You must include all pending batches."
"""Assumed texts; that every pending batch must be named is documented."""


# -- assignments ------------------------------------------------------------------------------


@endpoint("GET", "/v1/studio/assignments", source=DEFINITION)
def list_assignments(call: Call) -> bytes:
    """The projects that each person labels, by e-mail address; disabled people are left out."""
    require_product(call, "studio")
    return _assignments(call)


@endpoint("POST", "/v1/studio/assignments/add", source=DEFINITION)
def add_assignments(call: Call) -> bytes:
    """Assign every one of these people to every one of these projects."""
    emails, projects = _people_and_projects(call)
    active = studio.active_team(call.account, call.world.clock.ms)
    for email in emails:
        if email not in active:
            raise ApiError(
                400,
                f"Teammate {email} is disabled.",
                f"{email} was disabled; give a role first: POST /v1/teams/set_role",
            )
    for project in projects:
        if not project.studio:
            call.notice(
                f"project {project.name!r} is no Studio project: nobody labels it in Studio; "
                "create it with studio=true"
            )
    for email in emails:
        before = call.account.assignments.get(email, ())
        added = [project.name for project in projects if project.name not in before]
        call.account.assignments[email] = (*before, *added)
    return _assignments(call)


@endpoint("POST", "/v1/studio/assignments/remove", source=DEFINITION)
def remove_assignments(call: Call) -> bytes:
    """Take these people off these projects and out of their groups (the latter is assumed)."""
    emails, projects = _people_and_projects(call)
    for email in emails:
        for project in projects:
            studio.unassign(call.account, email, project)
    return _assignments(call)


def _people_and_projects(call: Call) -> tuple[list[str], list[ProjectRecord]]:
    require_product(call, "studio")
    body = call.object()
    emails, names = texts_in(body, "emails"), texts_in(body, "projects")
    for field, values in (("emails", emails), ("projects", names)):
        if not values:
            article = "an" if field == "emails" else "a"
            raise ApiError(400, f"Please include {article} {field} parameter.")
    _check_team(call, emails)
    projects = [project_named(call, name) for name in names]
    call.report_unread(body, ("emails", "projects"))
    return emails, projects


def _check_team(call: Call, emails: list[str]) -> None:
    team = call.account.team(call.world.clock.ms)
    for email in emails:
        if email not in team:
            raise ApiError(
                400, f"Teammate {email} does not exist.", who_is_not_there(call.account, email)
            )


def _assignments(call: Call) -> bytes:
    return encode(studio.assignments(call.account, call.world.clock.ms))


# -- groups -----------------------------------------------------------------------------------


def group_document(account: Account, group: ProjectGroup, now_ms: int) -> dict[str, Any]:
    """A group as Scale sends it; disabled members do not count (assumed)."""
    workers = studio.members(account, group, now_ms)
    return {
        "id": group.id,
        "name": group.name,
        "numWorkers": len(workers),
        "isSingleton": group.is_singleton,
        "workers": [{"id": worker.id, "email": worker.email} for worker in workers],
    }


@endpoint("GET", "/v1/studio/projects/{project_name}/groups", source=DEFINITION)
def list_groups(call: Call) -> bytes:
    """List the groups of a Studio project, oldest first (the order is assumed)."""
    project = _studio_project(call)
    now = call.world.clock.ms
    return encode([group_document(call.account, group, now) for group in project.groups])


@endpoint("POST", "/v1/studio/projects/{project_name}/groups", source=DEFINITION)
def create_group(call: Call) -> bytes:
    """Create a group of people who are assigned to the project."""
    project = _studio_project(call)
    body = call.object()
    name, emails = text_in(body, "name"), texts_in(body, "emails")
    _check_assigned(call, project, emails)
    if any(group.name == name for group in project.groups):
        raise ApiError(409, f'A group with name "{name}" already exists.')
    call.report_unread(body, ("name", "emails"))
    group = ProjectGroup(call.world.new_id(), name, tuple(emails))
    project.groups = (*project.groups, group)
    return encode(group_document(call.account, group, call.world.clock.ms))


@endpoint("PUT", "/v1/studio/projects/{project_name}/groups/{group_name}", source=DEFINITION)
def update_group(call: Call) -> bytes:
    """Remove people from a group and add others, in this order (assumed)."""
    project = _studio_project(call)
    name = call.path["group_name"]
    group = next((candidate for candidate in project.groups if candidate.name == name), None)
    if group is None:
        raise ApiError(404, GROUP_NOT_FOUND, _no_group(project, name))
    body = call.object()
    changes = {
        field: texts_in(body, field) if body.get(field) is not None else []
        for field in ("add_emails", "remove_emails")
    }
    added, removed = changes["add_emails"], changes["remove_emails"]
    if group.is_singleton and (added or removed):
        raise ApiError(
            400,
            f"Group {name} stands for one teammate and cannot be changed.",
            "it was made because a batch was given to this address; create a group of your own",
        )
    _check_assigned(call, project, added)
    call.report_unread(body, ("add_emails", "remove_emails"))
    stay = [email for email in group.emails if email not in removed]
    changed = replace(group, emails=tuple(dict.fromkeys([*stay, *added])))
    project.groups = tuple(
        changed if candidate is group else candidate for candidate in project.groups
    )
    return encode(group_document(call.account, changed, call.world.clock.ms))


def _studio_project(call: Call) -> ProjectRecord:
    require_product(call, "studio")
    project = project_of_path(call)
    if not project.studio:
        raise ApiError(
            400,
            f"Project {project.name} is not a Studio project.",
            f"project {project.name!r} has no groups; create it with studio=true",
        )
    return project


def _no_group(project: ProjectRecord, name: str) -> str:
    known = [group.name for group in project.groups]
    near = did_you_mean(name, known)
    hint = f"nearest: {listed(near)}" if near else f"its groups: {listed(known) or 'none'}"
    return f"no group {name[:60]!r} in project {project.name!r}; {hint}"


def _check_assigned(call: Call, project: ProjectRecord, emails: list[str]) -> None:
    _check_team(call, emails)
    assigned = studio.assignments(call.account, call.world.clock.ms)
    for email in emails:
        if project.name not in assigned.get(email, ()):
            raise ApiError(
                400,
                f"{email} is not assigned to project {project.name}.",
                "assign first: POST /v1/studio/assignments/add",
            )


# -- batches ----------------------------------------------------------------------------------


def studio_batch_document(
    account: Account, batch: BatchRecord, place: int | None
) -> dict[str, Any]:
    """A Studio batch as Scale sends it; ``place`` counts from 1 and is absent when not pending."""
    document: dict[str, Any] = {
        "id": batch.id,
        "name": batch.name,
        "projectId": account.projects[batch.project].id,
        "projectName": batch.project,
        "batchType": "Calibration" if batch.calibration_batch else "Production",
    }
    if place is not None:
        document["studioPriority"] = place
    document["total"] = account.tasks.count(batch=batch.name)
    document["completed"] = account.tasks.count(batch=batch.name, status=COMPLETED)
    document["groups"] = list(batch.groups)
    return document


@endpoint("GET", "/v1/studio/batches", source=DEFINITION)
def list_studio_batches(call: Call) -> bytes:
    """List every pending Studio batch in the order of work."""
    require_product(call, "studio")
    return _queue(call)


@endpoint("PUT", "/v1/studio/batches/{batch_name}", source=DEFINITION)
def set_groups(call: Call) -> bytes:
    """Set (not add) the groups that work on a batch; an address is a group of one."""
    require_product(call, "studio")
    batch = batch_of_path(call)
    if not batch.studio:
        raise ApiError(
            400,
            f"Batch {batch.name} is not a Studio batch.",
            f"its project {batch.project!r} is no Studio project; create that with studio=true",
        )
    body = call.object()
    names = texts_in(body, "groups")
    project = call.account.projects[batch.project]
    known = [group.name for group in project.groups]
    people = [name for name in names if name not in known]
    for person in people:
        if "@" not in person:
            raise ApiError(400, f"Group {person} does not exist.", _no_group(project, person))
    _check_assigned(call, project, people)
    call.report_unread(body, ("groups",))
    singletons = [
        ProjectGroup(call.world.new_id(), email, (email,), is_singleton=True) for email in people
    ]
    project.groups = (*project.groups, *singletons)
    batch.groups = tuple(names)
    places = {batch.name: place for place, batch in enumerate(studio.queue(call.account), 1)}
    return encode(studio_batch_document(call.account, batch, places.get(batch.name)))


@endpoint("POST", "/v1/studio/batches/set_priorities", source=DEFINITION)
def set_priorities(call: Call) -> bytes:
    """Put the pending batches in order; every one of them must be named."""
    require_product(call, "studio")
    body = call.object()
    names = _batch_names(body)
    pending = {batch.name: batch for batch in studio.queue(call.account)}
    for name in names:
        if name not in pending:
            raise _not_pending(call, name, list(pending))
    missing = [name for name in pending if name not in names]
    if missing:
        raise ApiError(400, NOT_ALL, f"not named: {listed(missing)}")
    call.report_unread(body, ("batches",))
    studio.put_in_order(call.account, [pending[name] for name in names])
    return _queue(call)


@endpoint("POST", "/v1/studio/batches/reset_priorities", source=DEFINITION)
def reset_priorities(call: Call) -> bytes:
    """Go back to the default order: calibration batches first, then the oldest first."""
    require_product(call, "studio")
    studio.put_in_order(call.account, [])
    return _queue(call)


def _batch_names(body: dict[str, Any]) -> list[str]:
    entries = body.get("batches")
    if entries is None:
        raise ApiError(400, "Please include a batches parameter.")
    wrong = ApiError(
        400,
        "Invalid batches - expected array of objects with a name.",
        'batches is a list of objects: [{"name": "first"}, {"name": "second"}]',
    )
    if not isinstance(entries, list):
        raise wrong
    names: dict[str, None] = {}
    for entry in entries:
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not name:
            raise wrong
        if name in names:
            raise ApiError(400, f"Batch {name} is included more than once.")
        names[name] = None
    return list(names)


def _not_pending(call: Call, name: str, pending: list[str]) -> ApiError:
    batch = call.account.batches.get(name)
    if batch is None:
        return ApiError(400, f"Batch {name} does not exist.", *absent(call, "batch", name))
    why = "completed" if batch.status == BATCH_COMPLETED else "not of a Studio project"
    return ApiError(
        400,
        f"Batch {name} is not a pending Studio batch.",
        f"batch {name!r} is {why}; pending are: {listed(pending) or 'none'}",
    )


def _queue(call: Call) -> bytes:
    account = call.account
    return encode(
        [
            studio_batch_document(account, batch, place)
            for place, batch in enumerate(studio.queue(account), 1)
        ]
    )
