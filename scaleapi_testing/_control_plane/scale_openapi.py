"""The OpenAPI 3.1 document of the fake's own v1 and v2, made from what routes their calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._endpoints import endpoints
from .._endpoints.v2.openapi import document
from .._task_types import names
from .._version import __version__

if TYPE_CHECKING:
    from .._http.routing import Endpoint

ERROR: Final = {
    "type": "object",
    "required": ["status_code", "error"],
    "properties": {"status_code": {"type": "integer"}, "error": {"type": "string"}},
}
"""Of v1, and of whatever no operation answers; v2 has its own (``Error``)."""

OF_FILES: Final = ("/results/", "/attachments/", "/_files/")
"""Where bytes of any type lie, and no JSON."""

FORMS: Final = {"/v1/files/upload": "multipart/form-data"}
"""Whose body is no JSON."""


def scale() -> dict[str, Any]:
    """The document."""
    every = endpoints()
    of_v2 = document(every)
    paths: dict[str, dict[str, Any]] = {}
    for operation in every:
        method = operation.method.lower()
        if operation.path.startswith("/v2/"):
            described = dict(of_v2["paths"][operation.path][method])
            described["responses"] = {**described["responses"], **_refused()}
        else:
            described = _described(operation)
        paths.setdefault(operation.path, {})[method] = described
    components = of_v2["components"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Scale, faked",
            "version": __version__,
            "description": "What the fake answers in place of api.scale.com.",
        },
        "servers": [{"url": "/"}],
        "security": of_v2["security"],
        "paths": paths,
        "components": {
            **components,
            "schemas": {**components["schemas"], "Refusal": ERROR},
        },
    }


def _described(operation: Endpoint) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"{operation.method.lower()} {operation.path}",
        "summary": operation.summary,
        "description": f"Source: {operation.source}",
        "responses": {"200": _done(operation), **_refused()},
    }
    parameters = [
        {"name": part[1:-1], "in": "path", "required": True, "schema": _of_path(operation, part)}
        for part in operation.segments
        if part.startswith("{")
    ]
    parameters += [
        {
            "name": name,
            "in": "query",
            "required": False,
            "schema": {"type": "array", "items": {"type": "string"}},
            "style": "form",
            "explode": True,
        }
        for name in operation.query or ()
    ]
    if parameters:
        described["parameters"] = parameters
    if operation.method in {"POST", "PUT"}:
        kind = FORMS.get(operation.path, "application/json")
        described["requestBody"] = {
            "required": False,
            "content": {kind: {"schema": {"type": "object"}}},
        }
    if operation.public:
        described["security"] = []
    return described


def _of_path(operation: Endpoint, part: str) -> dict[str, Any]:
    if part == "{type}" and operation.path.startswith("/v1/task/"):
        return {"type": "string", "examples": list(names())}
    return {"type": "string", "minLength": 1}


def _done(operation: Endpoint) -> dict[str, Any]:
    if operation.path.startswith(OF_FILES):
        return {"description": operation.summary, "content": {"*/*": {"schema": {}}}}
    return {"description": operation.summary, "content": {"application/json": {"schema": {}}}}


def _refused() -> dict[str, Any]:
    content = {
        "application/json": {
            "schema": {
                "anyOf": [
                    {"$ref": "#/components/schemas/Refusal"},
                    {"$ref": "#/components/schemas/Error"},
                ]
            }
        }
    }
    return {"4XX": {"description": "Refused, in Scale's words.", "content": content}}
