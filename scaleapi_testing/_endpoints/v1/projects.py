"""Projects: create, retrieve, list, param versions, ontology, task template.

Source: docs/scale/projects.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..._errors import ApiError
from ..._http.routing import endpoint
from ..._http.wire import encode, parse_bool, timestamp
from ..._messages import did_you_mean
from ..._provenance import client, documented
from ..._state.project import ParamVersion, ProjectRecord
from ..._task_types import checked_name, names
from .fields import absent, flag_in, text_in
from .products import require_product

if TYPE_CHECKING:
    from ..._state.account import Account
    from ..._world.world import World
    from .._call import Call

OVERVIEW: Final = documented("https://docs.scale.com/reference/project-overview")
VERSIONING: Final = documented("https://docs.scale.com/reference/using-project-versioning")
NOT_FOUND: Final = "Project not found."
"""Assumed text (docs/scale/errors.md 4)."""

PIPELINES: Final = ("standard_task", "consensus_task")
NO_TEMPLATES: Final = "This project's task type does not support task templates."
"""Assumed text (docs/scale/projects.md 8)."""

TEMPLATE_TYPES: Final = ("textcollection", "chat", "chatexperimental", "chatlite", "multichat")

_CREATE_KEYS: Final = (
    "type",
    "name",
    "params",
    "rapid",
    "studio",
    "pipeline",
    "consensus_attempts",
    "datasetId",
)


def project_document(project: ProjectRecord) -> dict[str, Any]:
    """A project as Scale sends it (docs/scale/projects.md 1)."""
    document: dict[str, Any] = {
        "id": project.id,
        "type": project.type,
        "name": project.name,
        "param_history": [_flattened(entry) for entry in project.history],
        "created_at": timestamp(project.created_ms),
        "rapid": project.rapid,
        "studio": project.studio,
        "archived": project.archived,
    }
    optional = {
        "pipeline": project.pipeline,
        "consensus_attempts": project.consensus_attempts,
        "datasetId": project.dataset_id,
    }
    document |= {key: value for key, value in optional.items() if value is not None}
    if project.ontologies:
        document["ontology_history"] = list(project.ontologies)
    return document


def _flattened(entry: ParamVersion) -> dict[str, Any]:
    """One version of the params; params of these two names do not hide the version's own."""
    own = {"version": entry.version, "created_at": timestamp(entry.created_ms)}
    return own | entry.params | own


def add_project(
    world: World, account: Account, name: str, type_name: str, *, is_copy: bool = False
) -> ProjectRecord:
    """Make a plain project without params, as a test's set-up does.

    Args:
        world: the fake's.
        account: whose it is.
        name: its name.
        type_name: its task type.
        is_copy: whether it is there because every key has it.

    Raises:
        LookupError: no such task type, or the name is taken.
    """
    type_name = checked_name(type_name)
    if name in account.projects:
        raise LookupError(f"account {account.shown} has a project {name!r} already")
    project = ProjectRecord(
        id=world.new_id(),
        name=name,
        type=type_name,
        created_ms=world.clock.ms,
        seq=len(account.projects),
        request_n=0,
    )
    account.projects[name] = project
    account.untouched[name] = is_copy
    return project


def prepare_project(
    world: World, default: Account, only: Account | None, name: str, type_name: str
) -> None:
    """Make a project of one account, or of every key's: others get theirs with their first call.

    Raises:
        LookupError: no such task type, or the name is taken.
    """
    if only is not None:
        add_project(world, only, name, type_name)
        return
    add_project(world, default, name, type_name)
    world.seeds[name] = type_name
    for account in world.store.everyone():
        if name not in account.projects:
            add_project(world, account, name, type_name, is_copy=True)


def welcome(world: World, account: Account) -> None:
    """Give a new account its copies of the projects that every key has."""
    for name, type_name in world.seeds.items():
        add_project(world, account, name, type_name, is_copy=True)


def project_of_path(call: Call) -> ProjectRecord:
    """The project that the path names.

    Raises:
        ApiError: 404 when the account has no such project.
    """
    name = call.path["project_name"]
    project = call.account.project(name)
    if project is None:
        raise ApiError(404, NOT_FOUND, *absent(call, "project", name))
    return project


@endpoint("POST", "/v1/projects", source=OVERVIEW)
def create_project(call: Call) -> bytes:
    """Create a project; its name is unique, its type is fixed for ever."""
    body = call.object()
    type_name, name = text_in(body, "type"), text_in(body, "name")
    if type_name not in names():
        near = ", ".join(did_you_mean(type_name, names()))
        raise ApiError(
            400,
            f"Task type {type_name} not found.",
            f"type {type_name[:60]!r} is no task type; "
            + (f"nearest: {near}" if near else f"known: {', '.join(names())}"),
        )
    params = body.get("params")
    if not isinstance(params, dict | None):
        raise ApiError(400, "Invalid params - expected object.")
    rapid, studio = flag_in(body, "rapid"), flag_in(body, "studio")
    if rapid and studio:
        raise ApiError(400, "A project cannot be both a Rapid and a Studio project.")
    pipeline = body.get("pipeline")
    if pipeline is not None and pipeline not in PIPELINES:
        raise ApiError(400, f"Invalid pipeline - please choose one of these: {' '.join(PIPELINES)}")
    attempts = body.get("consensus_attempts")
    if attempts is not None and (isinstance(attempts, bool) or not isinstance(attempts, int)):
        raise ApiError(400, "Invalid consensus_attempts - expected integer.")
    if attempts is not None and attempts < 1:
        raise ApiError(400, "Invalid consensus_attempts - must be at least 1.")
    dataset_id = body.get("datasetId")
    if not isinstance(dataset_id, str | None):
        raise ApiError(400, "Invalid datasetId - expected string.")
    if rapid:
        require_product(call, "rapid")
    if studio:
        require_product(call, "studio")
    if name in call.account.projects:
        raise ApiError(409, f'A project with name "{name}" already exists.')
    call.report_unread(body, _CREATE_KEYS)
    _report_without_effect(call, pipeline, attempts, studio=studio)
    project = ProjectRecord(
        id=call.world.new_id(),
        name=name,
        type=type_name,
        created_ms=call.world.clock.ms,
        seq=len(call.account.projects),
        request_n=call.request_n,
        pipeline=pipeline,
        consensus_attempts=attempts,
        dataset_id=dataset_id,
        rapid=rapid,
        studio=studio,
    )
    if params:
        project.history = (ParamVersion(0, call.world.clock.ms, params),)
    call.account.projects[project.name] = project
    return encode(project_document(project))


def _report_without_effect(
    call: Call, pipeline: str | None, attempts: int | None, *, studio: bool
) -> None:
    """Note options that only some projects have (documented); others keep them (assumed)."""
    if pipeline is not None and not studio:
        call.notice("pipeline is read in Studio projects only, and studio is not true")
    if attempts is not None and pipeline != "consensus_task":
        call.notice("consensus_attempts is read with pipeline=consensus_task only")


@endpoint("GET", "/v1/projects", source=OVERVIEW, query=("archived",))
def list_projects(call: Call) -> bytes:
    """List every project as a bare array, newest first (the order is assumed)."""
    text = call.one("archived")
    archived = parse_bool(text)
    if text is not None and archived is None:
        raise ApiError(400, "Invalid archived - expected boolean.")
    matches = [
        project
        for project in reversed(call.account.projects.values())
        if archived is None or project.archived is archived
    ]
    return encode([project_document(project) for project in matches])


@endpoint("GET", "/v1/projects/{project_name}", source=OVERVIEW)
def get_project(call: Call) -> bytes:
    """Retrieve a project by its name."""
    return encode(project_document(project_of_path(call)))


@endpoint("POST", "/v1/projects/{project_name}/setParams", source=VERSIONING)
def set_params(call: Call) -> bytes:
    """Add a version of a project's params: what was sent, with ``patch`` on top of the last."""
    project = project_of_path(call)
    body = dict(call.object())
    patch = body.pop("patch", False)
    flag = parse_bool(patch) if patch else False
    if flag is None:
        raise ApiError(400, "Invalid patch - expected boolean.")
    last = project.params()
    params = {**last.params, **body} if flag and last is not None else body
    version = 0 if last is None else last.version + 1
    entry = ParamVersion(version, call.world.clock.ms, params)
    project.history = (*project.history, entry)
    return encode(project_document(project))


@endpoint(
    "POST",
    "/v1/projects/{project_name}/setOntology",
    source=documented("API definition of the generated TypeScript client"),
)
def set_ontology(call: Call) -> bytes:
    """Set a project's ontology (legacy); choices are unique in the whole of it."""
    project = project_of_path(call)
    body = call.object()
    ontology, name = body.get("ontology"), body.get("name")
    if ontology is None:
        raise ApiError(400, "Please include an ontology parameter.")
    if not isinstance(name, str | None):
        raise ApiError(400, "Invalid name - expected string.")
    if not isinstance(ontology, list):
        raise ApiError(400, "Invalid ontology - expected array.")
    seen: set[str] = set()
    for choice in _choices(ontology, 0):
        if choice in seen:
            raise ApiError(400, f"Invalid ontology - {choice} is not unique.")
        seen.add(choice)
    call.report_unread(body, ("ontology", "name"))
    entry = {
        "version": len(project.ontologies),
        "created_at": call.world.clock.stamp(),
        "ontology": ontology,
    }
    if name is not None:
        entry["name"] = name
    project.ontologies = (*project.ontologies, entry)
    return encode(project_document(project))


def _choices(ontology: list[Any], depth: int) -> list[str]:
    wrong = ApiError(400, "Invalid ontology - expected array of strings or choice objects.")
    if depth > 50:
        raise wrong
    choices: list[str] = []
    for entry in ontology:
        if isinstance(entry, str) and entry:
            choices.append(entry)
        elif isinstance(entry, dict) and isinstance(entry.get("choice"), str) and entry["choice"]:
            choices.append(entry["choice"])
            children = entry.get("subchoices") or []
            if not isinstance(children, list):
                raise wrong
            choices += _choices(children, depth + 1)
        else:
            raise wrong
    return choices


@endpoint(
    "GET",
    "/v1/projects/{project_name}/taskTemplates",
    source=client("official Python client 2.18.4"),
)
def get_task_template(call: Call) -> bytes:
    """The task template of a TextCollection or Chat project, published in the dashboard."""
    project = project_of_path(call)
    if project.type not in TEMPLATE_TYPES:
        raise ApiError(400, NO_TEMPLATES)
    template = project.template
    if template is None:
        raise ApiError(
            404,
            "Task template not found.",
            f"publish one first: scale.publish_template({project.name!r}, ...)",
        )
    document: dict[str, Any] = {
        "id": template.id,
        "version": template.version,
        "created_at": timestamp(template.created_ms),
        "updated_at": timestamp(template.updated_ms),
        "template_variables": template.template_variables,
    }
    if template.response_schema is not None:
        document["response_schema"] = template.response_schema
        document["auto_onboard_enabled"] = False
    return encode(document)
