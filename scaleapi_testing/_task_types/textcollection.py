"""Which textcollection tasks Scale takes, and which annotations come back.

Truth: the response with plain values, ``{"annotations": {"dish": "Lentil soup", "price": 11.5}}``,
or the object of annotations alone. What it does not name is made up where the field is required
and absent elsewhere. Each choice, number and text is right with the labelers' accuracy, fields
that are not required are left out with their miss rate; each worker errs alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._base import Job, Params, Surroundings, TaskType, Violation, unread_keys
from ._language import schema
from ._language.addresses import is_address
from ._language.noise import Noise
from ._language.truth import part, untrue
from ._language.values import is_integer, is_one_of, wording
from ._text import fields
from ._text.field_answers import Worker
from ._text.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEDIA: Final = ("pdf", "image", "text", "video", "website", "audio")
_ATTACHMENT_KEYS: Final = ("type", "content", "forms")
_MOST_WORKERS: Final = 100

_KINDS: Final = {
    "title": schema.STRING,
    "description": schema.STRING,
    "clear_unique_id_on_error": schema.BOOLEAN,
    "hypothesis": schema.OBJECT,
    "force_stacked": schema.BOOLEAN,
}


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules X1 to X15 of docs/scale/collection.md 1.3, in this order."""
    del surroundings
    yield from schema.check_list(
        params, "attachments", "", 1, "a non-empty array of {type, content} objects"
    )
    field_list = params.get("fields")
    field_list = field_list if isinstance(field_list, list) else None
    everything = [] if field_list is None else fields.placed_fields(field_list)
    if isinstance(params.get("attachments"), list):
        forms = None if field_list is None else fields.form_ids(everything)
        form_names = frozenset(forms or ())
        for index, attachment in enumerate(params["attachments"]):
            yield from _check_attachment(attachment, f"attachments[{index}]", forms, form_names)
    yield from schema.check_list(params, "fields", "", 1, "a non-empty array of fields")
    if field_list is not None:
        yield from fields.check_fields(field_list, everything)
    workers = params.get("responses_required", 1)
    if not is_integer(workers):
        yield schema.must_be("responses_required", schema.INTEGER)
    elif workers < 1:
        yield schema.too_small("responses_required", 1)
    elif workers > _MOST_WORKERS:
        yield schema.too_large("responses_required", _MOST_WORKERS)
    yield from fields.check_conditions(everything)
    yield from schema.check_types(params, _KINDS)
    yield from fields.check_field_types(everything)


def _check_attachment(
    attachment: Any, path: str, forms: list[str] | None, known: frozenset[str]
) -> Iterator[Violation]:
    if not isinstance(attachment, dict):
        yield schema.must_be(path, schema.OBJECT, "an object with type and content")
        return
    kind = attachment.get("type")
    if "type" not in attachment:
        yield schema.required(f"{path}.type", f"one of {', '.join(_MEDIA)}")
    elif not isinstance(kind, str) or kind not in _MEDIA:
        yield schema.not_one_of(f"{path}.type", _MEDIA)
    yield from schema.check_text(attachment, "content", path, "the text, or a URL")
    content = attachment.get("content")
    is_link = isinstance(kind, str) and kind in _MEDIA and kind != "text"
    if is_link and isinstance(content, str) and content and not is_address(content):
        yield schema.no_uri(f"{path}.content")
    if "forms" in attachment:
        form_names = attachment["forms"]
        if not isinstance(form_names, list):
            yield schema.must_be(f"{path}.forms", schema.ARRAY, "an array of form field ids")
        # Without a list of fields nobody can say which forms there are: that is refused by itself.
        elif forms is not None and not all(is_one_of(name, known) for name in form_names):
            yield schema.not_one_of(f"{path}.forms", forms)


def respond(job: Job) -> dict[str, Any]:
    """``{"annotations": {field id: answer}}``; of several workers ``{"responses": [...]}``.

    There each worker's answers are one object, field id to answer, as HELM quotes them from real
    data; chosen values stand in it as strings (docs/scale/collection.md 1.5: S1 and S3;
    S4 comes only as a given response).

    Raises:
        ValueError: the job's truth does not fit the fields.
    """
    field_list = job.params["fields"]
    truth = _truth(job, field_list)
    worker = Worker(job, Writer(job), Noise(job))
    workers = int(job.params.get("responses_required", 1))
    # A single answer and several come in different shapes: S1 and S3 of the page.
    if workers == 1:
        return {"annotations": worker.answers(field_list, truth)}
    choosers = {
        field["field_id"] for field in field_list if fields.kind_of(field) in fields.CHOOSERS
    }
    return {
        "responses": [
            {
                name: _as_strings(answer) if name in choosers else answer
                for name, answer in worker.answers(field_list, truth).items()
            }
            for _ in range(workers)
        ]
    }


def _as_strings(answer: list[Any]) -> list[Any]:
    """Chosen values as strings, also where each of several answers is a list of its own."""
    return [_as_strings(value) if isinstance(value, list) else wording(value) for value in answer]


def _truth(job: Job, field_list: list[dict[str, Any]]) -> dict[str, Any] | None:
    truth = job.truth
    if truth is None:
        return None
    if not isinstance(truth, dict):
        raise untrue(job, "", truth, "an object of answers by field id")
    # A field may itself be called "annotations"; then the truth is read as the plain object.
    wrapped = set(truth) == {"annotations"}
    if wrapped and all(field["field_id"] != "annotations" for field in field_list):
        return part(job, truth, "annotations")
    return truth


def unread(params: Params) -> Iterator[str]:
    """Keys of attachments, fields and choices that nothing reads."""
    attachments: Any = params.get("attachments")
    listed: list[Any] = attachments if isinstance(attachments, list) else []
    for index, attachment in enumerate(listed):
        yield from unread_keys(f"attachments[{index}]", attachment, _ATTACHMENT_KEYS)
    if isinstance(params.get("fields"), list):
        yield from fields.unread(params["fields"])


TASK_TYPE: Final = TaskType(
    "textcollection",
    source=documented("https://docs.scale.com/reference/text-collection"),
    keys=frozenset(
        {
            "attachments",
            "fields",
            "title",
            "description",
            "instruction",
            "responses_required",
            "response_required",  # a misspelling that a public program sends: no effect
            "priority",
            "clear_unique_id_on_error",
            "hypothesis",
            "force_stacked",
            "pages",
        }
    ),
    check=check,
    respond=respond,
    unread=unread,
)
