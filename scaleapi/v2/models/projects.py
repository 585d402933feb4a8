"""Projects, and the schema that a delivery's responses follow."""

from __future__ import annotations

import json
from typing import Any

from pydantic import Field

from ._model import Expandable, Model, Moment


class Project(Model):
    """A project; ``types`` and ``models`` are left out where Scale has none."""

    id: str
    name: str
    created_at: Moment
    types: list[str] | None = None
    models: list[str] | None = None


class ExpandableProject(Expandable[Project]):
    """A project, or its id."""


class GetProjectsResponse(Model):
    """All projects."""

    projects: list[Project]


class GetSchemaResponseSchema(Model):
    """A JSON Schema and who made it; the wire's ``json`` is ``var_json`` here.

    ``createdBy``, ``createdAt``, ``updatedBy`` and ``updatedAt`` keep the wire's spelling.
    """

    id: str | None = None
    var_json: str | None = Field(default=None, alias="json")
    name: str | None = None
    createdBy: str | None = None  # noqa: N815 - the wire's name
    createdAt: str | None = None  # noqa: N815 - the wire's name
    updatedBy: str | None = None  # noqa: N815 - the wire's name
    updatedAt: str | None = None  # noqa: N815 - the wire's name

    @property
    def document(self) -> Any:
        """The JSON Schema itself, decoded; ``None`` without one."""
        return None if self.var_json is None else json.loads(self.var_json)


class GetSchemaResponse(Model):
    """A schema; the wire's ``schema`` is ``var_schema`` here."""

    var_schema: GetSchemaResponseSchema = Field(alias="schema")
