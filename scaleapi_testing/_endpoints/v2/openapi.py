"""The OpenAPI 3.1 document of v2, made from the operations that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..._http.routing import Endpoint, endpoint
from ..._http.wire import encode
from ..._provenance import client
from ..._state.batch import ALL_STATUSES
from .schemas import BODIES, MOMENT, REPLIES, TEXT, components, ref, schema_of
from .tasks import TASK_STATUSES

if TYPE_CHECKING:
    from .._call import Call

TITLE: Final = "GenAI API Spec"
VERSION: Final = "0.0.1"

ALWAYS_NEEDED: Final = frozenset({"task_id", "annotation_id", "schema_id"})
"""Query parameters that no other one can stand in for; so is the delivery of a dataset."""

ERRORS: Final = {
    "400": "A parameter is missing or wrong, or the state does not allow it.",
    "401": "The API key is missing or belongs to nobody.",
    "404": "What is named does not exist.",
    "409": "What is created exists already.",
    "500": "Scale failed.",
}


@endpoint(
    "GET",
    "/v2/openapi",
    source=client("2.18.4: its generator names the address, title and version"),
    public=True,
)
def get_openapi(call: Call) -> bytes:
    """The OpenAPI 3.1 document of v2; no key needed (assumed)."""
    del call
    from .. import endpoints  # which lists this module too

    return encode(document(endpoints()))


def document(operations: tuple[Endpoint, ...]) -> dict[str, Any]:
    """The document of those operations that are of v2."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        if operation.path.startswith("/v2/"):
            paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION},
        "servers": [{"url": "https://api.scale.com"}],
        "security": [{"bearerAuth": []}, {"basicAuth": []}],
        "paths": paths,
        "components": {
            "schemas": components(),
            "securitySchemes": {
                "bearerAuth": {"type": "http", "scheme": "bearer"},
                "basicAuth": {"type": "http", "scheme": "basic"},
            },
        },
    }


def _operation(operation: Endpoint) -> dict[str, Any]:
    words = operation.path.removeprefix("/v2/").replace("{", "").replace("}", "").split("/")
    described: dict[str, Any] = {
        "operationId": f"{operation.method.lower()}_{'_'.join(words)}",
        "summary": operation.summary,
        "responses": _responses(operation),
    }
    parameters = [
        {"name": part[1:-1], "in": "path", "required": True, "schema": schema_of(TEXT)}
        for part in operation.segments
        if part.startswith("{")
    ]
    # `expand[]` is another spelling of `expand`: a generator would make two arguments of them.
    parameters += [
        _parameter(operation, name) for name in operation.query or () if not name.endswith("[]")
    ]
    if parameters:
        described["parameters"] = parameters
    body = BODIES.get(operation.path) if operation.method == "POST" else None
    if body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": body}},
        }
    # An empty list lifts the document's own security; leaving the key out would keep it.
    if operation.public:
        described["security"] = []
    return described


def _parameter(operation: Endpoint, name: str) -> dict[str, Any]:
    only_one = operation.path == "/v2/datasets/delivery" and name == "delivery_id"
    parameter: dict[str, Any] = {
        "name": name,
        "in": "query",
        "required": name in ALWAYS_NEEDED or only_one,
        "schema": _query_schema(operation, name),
    }
    if name in {"expand", "opts"}:
        parameter |= {"style": "form", "explode": True}
    return parameter


def _query_schema(operation: Endpoint, name: str) -> dict[str, Any]:
    if name in {"expand", "opts"}:
        return schema_of([TEXT])
    if name == "limit":
        return {"type": "integer", "minimum": 1, "maximum": 100, "default": 100}
    if name == "status":
        of_batches = operation.path == "/v2/batches"
        return {"type": "string", "enum": list(ALL_STATUSES if of_batches else TASK_STATUSES)}
    if name.endswith(("_after", "_before")):
        return schema_of(MOMENT)
    return schema_of(TEXT)


def _responses(operation: Endpoint) -> dict[str, Any]:
    kind = REPLIES.get((operation.method, operation.path))
    if kind is None:
        success: dict[str, Any] = {
            "302": {
                "description": "Where the file lies, for a short time.",
                "headers": {"Location": {"schema": schema_of(TEXT)}},
            }
        }
    else:
        content = {"application/json": {"schema": schema_of(kind)}}
        success = {"200": {"description": operation.summary, "content": content}}
    refusal = {"application/json": {"schema": ref("Error")}}
    return success | {
        status: {"description": text, "content": refusal} for status, text in ERRORS.items()
    }
