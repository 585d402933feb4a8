"""Projects of v2, which other ways make; and the schemas that delivered responses follow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ..._errors import ApiError
from ..._http.routing import endpoint
from ..._http.wire import encode
from ..._state.query import inside
from .asking import (
    by_id,
    needed,
    one_of_needed,
    page_of,
    project_of,
    query_texts,
    renderer,
    strictly_between,
)

if TYPE_CHECKING:
    from .._call import Call

SCHEMA_ID: Final = re.compile(r"[0-9a-fA-F]{24}")


@endpoint("GET", "/v2/project", source=page_of("project"), query=("project_id", "project_name"))
def get_project(call: Call) -> bytes:
    """Retrieve a project by its id or its name."""
    values = query_texts(call)
    one_of_needed(values, "project_id", "project_name")
    project = project_of(call, values)
    assert project is not None  # one_of_needed has seen a name
    return encode(renderer(call).project(project))


@endpoint(
    "GET", "/v2/projects", source=page_of("projects"), query=("created_after", "created_before")
)
def list_projects(call: Call) -> bytes:
    """List every project, newest first (order assumed); there are no pages."""
    created = strictly_between(call, "created")
    projects = sorted(call.account.projects.values(), key=lambda project: project.seq, reverse=True)
    write = renderer(call).project
    return encode(
        {
            "projects": [
                write(project) for project in projects if inside(created, project.created_ms)
            ]
        }
    )


@endpoint("GET", "/v2/schema", source=page_of("schema"), query=("schema_id",))
def get_schema(call: Call) -> bytes:
    """Retrieve a JSON Schema, as a text, by the id that a delivered task names."""
    schema_id = needed(query_texts(call), "schema_id")
    if SCHEMA_ID.fullmatch(schema_id) is None:
        # A form that no id has is a 400, an id that is not there a 404 (documented).
        raise ApiError(400, "schema_id must be a 24 character hex string")
    schema = by_id(call.account.schemas, "schema", schema_id.lower())
    return encode({"schema": renderer(call).schema(schema)})
