"""Which datacollection tasks Scale takes, and which fields come back.

Truth: the response, ``{"fields": {"hiring_page": "https://jobs.example.org"}}``. Each text is
right with the labelers' accuracy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._base import Job, Params, Surroundings, TaskType, Violation
from ._language import sentences
from ._language.values import sent
from ._text import attachments
from ._text.field_texts import TEST_RESPONSE, field_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEDIA: Final = ("text", "image", "website")
"""The docs' list; the error recorded in 2016 lacks ``image``."""


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules K1 to K4 of docs/scale/text.md 7: here the type comes first (recorded 2016)."""
    del surroundings
    yield from attachments.check_type(params, _MEDIA)
    yield from attachments.check_present(params)
    yield from attachments.check_address_form(params, _MEDIA)
    if not sent(params, "fields"):
        yield sentences.missing("fields", "an object with a description for each answer")
    yield from sentences.check_descriptions(params, "fields")


def respond(job: Job) -> dict[str, Any]:
    """``{"fields": {...}}``, a string for each key.

    Raises:
        ValueError: the job's truth does not fit the task.
    """
    return {"fields": field_texts(job, "fields")}


def mock(job: Job) -> dict[str, Any]:
    """``test response`` in every field (recorded 2016 and 2019)."""
    return {"fields": dict.fromkeys(job.params["fields"], TEST_RESPONSE)}


TASK_TYPE: Final = TaskType(
    "datacollection",
    source=documented("Scale's documentation of 2016-2018, datacollection (public copy)"),
    keys=frozenset({"attachment", "attachment_type", "fields"}),
    check=check,
    respond=respond,
    mock=mock,
)
