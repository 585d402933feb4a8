"""The shapes of v2's objects, as JSON Schema, for the OpenAPI document.

Source: the models of the official client 2.18 (docs/scale/v2-tasks.md 2 and 3, docs/scale/v2.md 4
and 5).
"""

from __future__ import annotations

from typing import Any, Final

from ..._genai.rendering import DELETED
from ..._state.batch import ALL_STATUSES
from ..._state.lifecycle import STATUSES

Schema = dict[str, Any]

TEXT: Final = "string"
WHOLE: Final = "integer"
NUMBER: Final = "number"
FLAG: Final = "boolean"
FREE: Final = "object"
MOMENT: Final = "date-time"


def ref(name: str) -> Schema:
    """A reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def schema_of(kind: Any) -> Schema:
    """A field's schema.

    A word stands for a plain type, ``[x]`` for a list, ``Name`` for a component, ``(a, b)`` for
    either.
    """
    if isinstance(kind, list):
        return {"type": "array", "items": schema_of(kind[0])}
    if isinstance(kind, tuple):
        return {"anyOf": [schema_of(member) for member in kind]}
    if isinstance(kind, dict):
        return kind
    if kind == MOMENT:
        return {"type": "string", "format": "date-time"}
    if kind in {TEXT, WHOLE, NUMBER, FLAG, FREE, "null"}:
        return {"type": kind}
    return ref(kind)


def _object(needed: dict[str, Any], optional: dict[str, Any] | None = None) -> Schema:
    fields = {**needed, **(optional or {})}
    schema: Schema = {
        "type": "object",
        "properties": {name: schema_of(kind) for name, kind in fields.items()},
    }
    if needed:
        schema["required"] = list(needed)
    return schema


def _words(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


_KINDS: Final = {
    "integer": WHOLE,
    "boolean": FLAG,
    "text": TEXT,
    "category": TEXT,
    "category_multiple": [TEXT],
    "file": ("File", ["File"]),
    "labeled_text": ["LabeledText"],
    "ranked_choices": [TEXT],
    "ranked_groups": [[TEXT]],
    "rubric_criteria": FREE,
    "rubric_rating": FREE,
    "workspace_container": FREE,
}
"""What an annotation of each ``type`` holds as its value."""

_POSSIBLE: Final = {"integer": WHOLE, "boolean": FLAG, "category": TEXT, "category_multiple": TEXT}


def _annotation(kind: str) -> Schema:
    optional: dict[str, Any] = {
        "title": TEXT,
        "description": TEXT,
        "labels": [TEXT],
        "not_applicable": FLAG,
        "cannot_assess": FLAG,
        "metadata": FREE,
        "justification": TEXT,
        "value": _KINDS[kind],
    }
    if kind in _POSSIBLE:
        optional["possible_values"] = [_POSSIBLE[kind]]
    return _object({"id": TEXT, "key": TEXT, "type": {"const": kind}}, optional)


def _name_of(kind: str) -> str:
    return f"Annotation{''.join(part.capitalize() for part in kind.split('_'))}"


def components() -> dict[str, Schema]:
    """Every object by its name."""
    annotations = {_name_of(kind): _annotation(kind) for kind in _KINDS}
    return {
        "Error": _object({"status_code": WHOLE, "error": TEXT}),
        "Project": _object(
            {"id": TEXT, "name": TEXT, "created_at": MOMENT}, {"types": [TEXT], "models": [TEXT]}
        ),
        "Batch": _object(
            {
                "id": TEXT,
                "name": TEXT,
                "project": (TEXT, "Project"),
                "created_at": MOMENT,
                "status": _words(*ALL_STATUSES),
                "metadata": FREE,
            },
            {"completed_at": MOMENT, "callback": TEXT},
        ),
        "BatchAndMessage": _object({}, {"batch": "Batch", "message": TEXT}),
        "Task": _object(
            {
                "task_id": TEXT,
                "project": (TEXT, "Project"),
                "status": _words(*STATUSES, DELETED),
                "created_at": MOMENT,
            },
            {
                "batch": (TEXT, "Batch"),
                "completed_at": MOMENT,
                "metadata": FREE,
                "threads": ["Thread"],
                "errors": ["ErrorDetail"],
                "sensitive_content_reports": ["SensitiveContentReport"],
            },
        ),
        "ErrorDetail": _object({}, {"type": TEXT, "message": TEXT}),
        "SensitiveContentReport": _object({}, {"type": TEXT, "message": TEXT}),
        "Thread": _object(
            {"id": TEXT, "turns": ["Turn"], "annotations": ["Annotation"]},
            {"submissions": [_object({}, {"submitted_at": MOMENT, "contributor_id": TEXT})]},
        ),
        "Turn": _object(
            {"id": TEXT, "messages": ["Message"], "annotations": ["Annotation"]},
            {"rubrics": [FREE]},
        ),
        "Message": _object(
            {
                "role": _words("system", "user", "assistant", "function"),
                "content": "MessageContent",
                "source_id": TEXT,
                "annotations": ["Annotation"],
            },
            {"model_parameters": "ModelParameters", "rubric_evaluations": [FREE]},
        ),
        "MessageContent": _object(
            {},
            {
                "text": TEXT,
                "reference_texts": [_object({}, {"content": TEXT, "category": TEXT, "url": TEXT})],
                "attachments": ["File"],
                "chunks": [_object({"type": TEXT, "text": TEXT, "annotations": ["Annotation"]})],
                "reasoning": [_object({}, {"content": TEXT})],
            },
        ),
        "ModelParameters": _object(
            {},
            {
                "model": TEXT,
                "temperature": NUMBER,
                "max_completion_tokens": WHOLE,
                "top_p": NUMBER,
                "top_k": WHOLE,
            },
        ),
        "File": _object(
            {},
            {
                "content": TEXT,
                "mime_type": TEXT,
                "scale_url": TEXT,
                "url": TEXT,
                "name": TEXT,
                "file_size_in_bytes": WHOLE,
                "duration": NUMBER,
                "transcript": TEXT,
                "transcript_url": TEXT,
                "transcript_start": NUMBER,
                "transcript_end": NUMBER,
            },
        ),
        "LabeledText": _object({}, {"label": TEXT, "text": TEXT}),
        **annotations,
        "Annotation": {
            "oneOf": [ref(name) for name in annotations],
            "discriminator": {
                "propertyName": "type",
                "mapping": {kind: ref(_name_of(kind))["$ref"] for kind in _KINDS},
            },
        },
        "Delivery": _object(
            {
                "id": TEXT,
                "name": TEXT,
                "task_count": WHOLE,
                "delivered_at": MOMENT,
                "project": (TEXT, "Project"),
            }
        ),
        "DeliveredTask": _object(
            {"task_id": TEXT},
            {
                "created_at": MOMENT,
                "delivery_id": (TEXT, "null"),
                "delivered_at": (TEXT, "null"),
                "response_schema_id": (TEXT, "null"),
                "response": (FREE, "null"),
            },
        ),
        "Schema": _object(
            {"id": TEXT, "json": TEXT},
            {
                "name": TEXT,
                "createdBy": TEXT,
                "createdAt": MOMENT,
                "updatedBy": TEXT,
                "updatedAt": MOMENT,
            },
        ),
        "Dataset": _object({"id": TEXT, "name": TEXT}),
        "DatasetDelivery": _object(
            {
                "id": TEXT,
                "name": TEXT,
                "delivered_at": MOMENT,
                "metadata": _object({}, {"task_count": WHOLE, "turn_count": WHOLE}),
            },
            {"dataset": (TEXT, "Dataset")},
        ),
        "DatasetTask": _object(
            {
                "task_id": TEXT,
                "dataset": (TEXT, "Dataset"),
                "delivery": (TEXT, "DatasetDelivery"),
                "response": FREE,
            }
        ),
    }


def _page(name: str, kind: str, **more: Any) -> Schema:
    return _object({name: [kind]}, {**more, "next_token": TEXT})


REPLIES: Final[dict[tuple[str, str], Any]] = {
    ("GET", "/v2/task"): "Task",
    ("POST", "/v2/task"): "Task",
    ("POST", "/v2/task/chat"): "Task",
    ("POST", "/v2/task/metadata"): "Task",
    ("GET", "/v2/tasks"): _page("tasks", "Task"),
    ("GET", "/v2/batch"): "Batch",
    ("POST", "/v2/batch"): "Batch",
    ("GET", "/v2/batches"): _page("batches", "Batch"),
    ("POST", "/v2/batch/finalize"): "Batch",
    ("POST", "/v2/batch/pause"): "BatchAndMessage",
    ("POST", "/v2/batch/resume"): "BatchAndMessage",
    ("POST", "/v2/batch/cancel"): "BatchAndMessage",
    ("POST", "/v2/batch/metadata"): "Batch",
    ("GET", "/v2/project"): "Project",
    ("GET", "/v2/projects"): _object({"projects": ["Project"]}),
    ("GET", "/v2/deliveries"): _object({"deliveries": ["Delivery"]}),
    ("GET", "/v2/delivery"): _page("tasks", "Task", delivery=(TEXT, "Delivery")),
    ("GET", "/v2/delivery/tasks"): _object(
        {"docs": ["DeliveredTask"], "total": WHOLE}, {"next_token": TEXT}
    ),
    ("GET", "/v2/schema"): _object({"schema": "Schema"}),
    ("GET", "/v2/annotation"): "Annotation",
    ("GET", "/v2/datasets"): _object({"datasets": ["Dataset"]}),
    ("GET", "/v2/datasets/deliveries"): _object({"deliveries": ["DatasetDelivery"]}),
    ("GET", "/v2/datasets/delivery"): _page("tasks", "DatasetTask", delivery="DatasetDelivery"),
    ("GET", "/v2/datasets/task"): "DatasetTask",
    ("GET", "/v2/datasets/tasks"): _page("tasks", "DatasetTask"),
    ("GET", "/v2/openapi"): FREE,
}
"""What a 200 of each operation holds."""

_PLACE: Final = {"project_id": TEXT, "project_name": TEXT}
_BATCH: Final = {"batch_id": TEXT, "batch_name": TEXT}
_CHAT: Final = _object(
    {},
    {
        **_PLACE,
        **_BATCH,
        "template_variables": FREE,
        "metadata": FREE,
        "callback_url": TEXT,
        "unique_id": TEXT,
    },
)

BODIES: Final[dict[str, Schema]] = {
    "/v2/task": _CHAT,
    "/v2/task/chat": _CHAT,
    "/v2/task/metadata": _object({"task_id": TEXT, "metadata": FREE}, {"merge": FLAG}),
    "/v2/batch": _object(
        {"name": TEXT},
        {**_PLACE, "project": TEXT, "callback": TEXT, "staging_batch": FLAG, "metadata": FREE},
    ),
    "/v2/batch/finalize": _object({}, _BATCH),
    "/v2/batch/pause": _object({}, _BATCH),
    "/v2/batch/resume": _object({}, _BATCH),
    "/v2/batch/cancel": _object({}, _BATCH),
    "/v2/batch/metadata": _object({"metadata": FREE}, {**_BATCH, "merge": FLAG}),
}
"""What each POST takes."""
