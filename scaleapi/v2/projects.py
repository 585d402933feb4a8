"""Projects and schemas of v2."""

from __future__ import annotations

from typing import Unpack

from ._base import V2Group, needed
from ._operation import Moment, Operation, RequestOptions, query_of
from .models import (
    GetProjectsResponse,
    GetSchemaResponse,
    Project,
)


class ProjectMethods(V2Group):
    """Everything about projects and schemas."""

    def get_project(
        self,
        project_id: str | None = None,
        project_name: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Project:
        """A project, by its id or its name."""
        query = query_of(project_id=project_id, project_name=project_name)
        return self._run(Operation("GET", "v2/project", Project, query), options)

    def get_projects(
        self,
        created_after: Moment | None = None,
        created_before: Moment | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetProjectsResponse:
        """All projects, or those created within a time."""
        query = query_of(created_after=created_after, created_before=created_before)
        return self._run(Operation("GET", "v2/projects", GetProjectsResponse, query), options)

    def get_schema(self, schema_id: str, **options: Unpack[RequestOptions]) -> GetSchemaResponse:
        """A schema by the ``response_schema_id`` of a delivered task; ``.var_schema.document``."""
        query = query_of(schema_id=needed(schema_id, "schema_id"))
        return self._run(Operation("GET", "v2/schema", GetSchemaResponse, query), options)
