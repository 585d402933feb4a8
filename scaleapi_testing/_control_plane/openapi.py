"""The OpenAPI 3.1 document of the control plane, made from the operations that route its calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._version import __version__
from .table import controls

if TYPE_CHECKING:
    from .operation import Argument, ControlOperation

ERRORS: Final = {
    "401": "The admin token is missing or wrong.",
    "403": "The call names an unexpected host, or comes from another site.",
    "404": "What is named does not exist.",
    "409": "The move is illegal from here.",
    "413": "The body is too large.",
    "415": "The body is not said to be JSON.",
    "422": "An argument is missing or means nothing.",
}

ERROR: Final = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["kind", "message", "hint"],
            "additionalProperties": False,
            "properties": {
                "kind": {"type": "string", "description": "the exception in Python"},
                "message": {"type": "string", "description": "its words"},
                "hint": {"type": "string", "description": "what to do next"},
            },
        },
        "details": {"type": "object", "description": "what else the exception holds"},
    },
}


def control_plane() -> dict[str, Any]:
    """The document; its paths are below ``/_fake``, of the root and of each world."""
    paths: dict[str, dict[str, Any]] = {
        "/health": {"get": _own("health", "Whether the server is there, and its version.")},
        "/metrics": {"get": _metrics()},
    }
    for operation in controls().values():
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Control plane of a fake Scale",
            "version": __version__,
            "description": "What FakeScale offers in Python, over HTTP.",
        },
        "servers": [
            {"url": "/_fake", "description": "the world at the root"},
            {
                "url": "/w/{world}/_fake",
                "description": "another world",
                "variables": {"world": {"default": "w1"}},
            },
        ],
        "security": [{}, {"adminToken": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": {"Error": ERROR},
            "securitySchemes": {
                "adminToken": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "scale_fake_session"},
            },
        },
    }


def _own(name: str, summary: str) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["status", "version"],
        "properties": {"status": {"const": "ok"}, "version": {"type": "string"}},
    }
    return {
        "operationId": name,
        "summary": summary,
        "security": [],
        "responses": {
            "200": {"description": summary, "content": {"application/json": {"schema": schema}}}
        },
    }


def _metrics() -> dict[str, Any]:
    text = {"text/plain": {"schema": {"type": "string"}}}
    return {
        "operationId": "metrics",
        "summary": "Calls, latency, tasks and the lag of the log, as Prometheus reads them.",
        "responses": {"200": {"description": "Text.", "content": text}, **_errors("401", "403")},
    }


def _operation(operation: ControlOperation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "responses": {
            "200": {
                "description": operation.summary,
                "content": {"application/json": {"schema": dict(operation.gives)}},
            },
            **_errors(*ERRORS),
        },
    }
    in_path = operation.placeholders
    parameters = [
        {
            "name": argument.name,
            "in": "path",
            "required": True,
            "description": argument.help,
            "schema": dict(argument.kind.schema),
        }
        for argument in operation.arguments
        if argument.name in in_path
    ]
    elsewhere = [argument for argument in operation.arguments if argument.name not in in_path]
    # Proxies may drop the body of a GET or DELETE: there arguments go in the query.
    if operation.method == "POST":
        described["requestBody"] = _body(operation, elsewhere)
    else:
        parameters += [_in_query(argument) for argument in elsewhere]
        parameters += [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": "only records that have this; repeated: any of these",
                "schema": {
                    "type": "string",
                    **(
                        {"enum": list(operation.choices[name])} if name in operation.choices else {}
                    ),
                },
            }
            for name in operation.filters
        ]
    if parameters:
        described["parameters"] = parameters
    return described


def _in_query(argument: Argument) -> dict[str, Any]:
    return {
        "name": argument.name,
        "in": "query",
        "required": argument.required,
        "description": argument.help,
        "schema": dict(argument.kind.schema),
    }


def _body(operation: ControlOperation, arguments: list[Argument]) -> dict[str, Any]:
    properties = {
        argument.name: {
            "description": argument.help,
            **(
                dict(argument.kind.schema)
                if argument.required or not argument.kind.schema
                else {"anyOf": [dict(argument.kind.schema), {"type": "null"}]}
            ),
        }
        for argument in arguments
    }
    properties |= {
        name: {"description": "only records that have this"} for name in operation.filters
    }
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }
    required = [argument.name for argument in arguments if argument.required]
    if required:
        schema["required"] = required
    return {
        "required": True,
        "content": {"application/json": {"schema": {**schema, **operation.rules}}},
    }


def _errors(*statuses: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {status: {"description": ERRORS[status], "content": content} for status in statuses}
