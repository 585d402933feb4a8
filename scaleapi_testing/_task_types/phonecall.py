"""Which phonecall tasks Scale took until 2017, and which outcome comes back.

Truth: the response, ``{"outcome": "success", "choice": "Open", "fields": {"hours": "9-17"}}``, each
key optional. The outcome, the choice and each text are right with the labelers' accuracy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._base import Job, Params, Surroundings, TaskType, Violation
from ._language import sentences
from ._language.noise import Noise
from ._language.truth import entry, place_of
from ._language.values import sent
from ._text import attachments
from ._text.attachments import MEDIA
from ._text.field_texts import (
    choice_and_fields,
    mock_choice_and_fields,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_OUTCOMES: Final = ("success", "no_pickup", "hung_up")


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules P1 to P3 of docs/scale/text.md 6, in this order."""
    del surroundings
    if params.get("phone_number") in (None, ""):
        yield sentences.missing("phone_number", "the number to call, a string")
    if params.get("entity_name") in (None, ""):
        yield Violation("entity_name", attachments.NO_ENTITY_NAME, "who is called, a string")
    yield from sentences.check_texts(params, ("phone_number", "entity_name", "script"))
    yield from sentences.check_descriptions(params, "fields")
    yield from sentences.check_different_strings(params, "choices")
    if sent(params, "attachment_type"):
        yield from attachments.check_type(params, MEDIA)
    yield from attachments.check_address_form(params, MEDIA)


def respond(job: Job) -> dict[str, Any]:
    """``{"outcome": ...}`` with ``choice`` and ``fields`` as far as they were asked for.

    Raises:
        ValueError: the job's truth does not fit the task.
    """
    true = None if job.truth is None else entry(job, job.truth, "outcome")
    if true is None:
        outcome = job.random.choice(_OUTCOMES)
    else:
        position = place_of(job, "outcome", true, _OUTCOMES)
        outcome = _OUTCOMES[Noise(job).position(position, len(_OUTCOMES))]
    return {"outcome": outcome, **choice_and_fields(job)}


def mock(job: Job) -> dict[str, Any]:
    """``hung_up``, the second choice, ``test response`` (recorded 2016)."""
    return {"outcome": "hung_up", **mock_choice_and_fields(job, 1)}


TASK_TYPE: Final = TaskType(
    "phonecall",
    source=documented("Scale's documentation of 2016-2018, phonecall (public copy)"),
    keys=frozenset(
        {
            "phone_number",
            "entity_name",
            "script",
            "fields",
            "choices",
            "attachment",
            "attachment_type",
        }
    ),
    check=check,
    respond=respond,
    mock=mock,
)
