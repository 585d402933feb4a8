"""Which transcription tasks Scale takes, and which fields and rows come back.

Truth: the response, ``{"fields": {"title": "Night Market"}, "rows": [{"price": "4.50"}]}``, each
key optional. Each text is right with the labelers' accuracy, each row missed with their miss rate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._base import Job, Params, Surroundings, TaskType, Violation
from ._language import sentences
from ._language.noise import Noise
from ._language.truth import entry, untrue
from ._language.values import sent
from ._text import attachments
from ._text.field_texts import TEST_RESPONSE, TEST_ROW_RESPONSE, field_texts, texts
from ._text.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEDIA: Final = ("image", "pdf", "website", "text")
"""Documented: image, pdf, later website; text assumed."""

_FIELD_OBJECTS: Final = ("fields", "repeatable_fields", "row_fields")
"""``row_fields``: the name of ``repeatable_fields`` before June 2017."""


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules T1 to T5 of docs/scale/text.md 4, in this order."""
    del surroundings
    yield from attachments.check_attachment(params, _MEDIA)
    if not any(sent(params, name) for name in _FIELD_OBJECTS):
        yield sentences.missing("fields", "fields, repeatable_fields or both, an object each")
    for name in _FIELD_OBJECTS:
        yield from sentences.check_descriptions(params, name)


def _row_fields(params: Params) -> dict[str, str] | None:
    # Of both names today's wins.
    for name in _FIELD_OBJECTS[1:]:
        if sent(params, name):
            descriptions: dict[str, str] = params[name]
            return descriptions
    return None


def respond(job: Job) -> dict[str, Any]:
    """``{"fields": {...}, "rows": [{...}, ...]}``, each as far as it was asked for.

    Raises:
        ValueError: the job's truth does not fit the task.
    """
    answer: dict[str, Any] = {}
    if sent(job.params, "fields"):
        answer["fields"] = field_texts(job, "fields")
    row_fields = _row_fields(job.params)
    if row_fields is not None:
        answer["rows"] = _rows(job, row_fields)
    return answer


def _rows(job: Job, descriptions: dict[str, str]) -> list[dict[str, str]]:
    writer = Writer(job)
    true = None if job.truth is None else entry(job, job.truth, "rows")
    if true is None:
        return [
            texts(job, writer, descriptions, None, "rows") for _ in range(job.random.randint(1, 3))
        ]
    if not isinstance(true, list):
        raise untrue(job, "rows", true, "a list of objects")
    noise = Noise(job)
    rows: list[dict[str, str]] = []
    for index, row in enumerate(true):
        if not isinstance(row, dict):
            raise untrue(job, f"rows[{index}]", row, "an object of strings")
        if not noise.misses():
            rows.append(texts(job, writer, descriptions, row, f"rows[{index}]"))
    return rows


def mock(job: Job) -> dict[str, Any]:
    """``test response`` in every field, two rows of ``test row response`` (recorded 2016)."""
    answer: dict[str, Any] = {}
    if sent(job.params, "fields"):
        answer["fields"] = dict.fromkeys(job.params["fields"], TEST_RESPONSE)
    row_fields = _row_fields(job.params)
    if row_fields is not None:
        answer["rows"] = [dict.fromkeys(row_fields, TEST_ROW_RESPONSE) for _ in range(2)]
    return answer


TASK_TYPE: Final = TaskType(
    "transcription",
    source=documented("Scale's documentation of 2016-2018, transcription (public copy)"),
    keys=frozenset({"attachment", "attachment_type", *_FIELD_OBJECTS}),
    check=check,
    respond=respond,
    mock=mock,
    aliases=("transcribe",),
)
