"""Which comparison tasks Scale takes, and which choice and fields come back.

Truth: the response, ``{"choice": "left", "fields": {"why": "Sharper edges."}}``, each key
optional. The choice and each field are right with the labelers' accuracy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._base import Job, Params, Surroundings, TaskType, Violation
from ._language import sentences
from ._language.values import sent
from ._text import attachments
from ._text.attachments import MEDIA
from ._text.field_texts import (
    choice_and_fields,
    mock_choice_and_fields,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules M1 to M6 of docs/scale/text.md 3, in this order."""
    del surroundings
    compared = params.get("attachments")
    if not isinstance(compared, list) or not compared:
        yield Violation(
            "attachments",
            attachments.NOTHING_TO_COMPARE,
            "a non-empty array of URLs, or of texts with attachment_type text",
        )
        compared = []
    yield from attachments.check_type(params, MEDIA)
    for index, attachment in enumerate(compared):
        path = f"attachments[{index}]"
        if isinstance(attachment, str):
            yield from attachments.check_one(attachment, params.get("attachment_type"), MEDIA, path)
        else:
            yield Violation(path, attachments.NO_URL, "a string")
    if not sent(params, "choices") and not sent(params, "fields"):
        yield Violation(
            "fields",
            attachments.NEITHER_FIELDS_NOR_CHOICES,
            "fields with a description for each answer, a list of choices, or both",
        )
    yield from sentences.check_different_strings(params, "choices")
    yield from sentences.check_descriptions(params, "fields")


def respond(job: Job) -> dict[str, Any]:
    """``{"choice": ..., "fields": {...}}``, each as far as it was asked for.

    Raises:
        ValueError: the job's truth does not fit the task.
    """
    return choice_and_fields(job)


def mock(job: Job) -> dict[str, Any]:
    """The first choice (recorded 2019); the fields' text is that of the other mocks (assumed)."""
    return mock_choice_and_fields(job, 0)


TASK_TYPE: Final = TaskType(
    "comparison",
    source=documented("Scale's documentation of 2016-2018, comparison (public copy)"),
    keys=frozenset({"attachments", "attachment_type", "choices", "fields"}),
    check=check,
    respond=respond,
    mock=mock,
)
