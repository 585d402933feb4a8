"""Which documentmodel tasks are taken, and which annotations come back: those of a transcription.

Truth: as for documenttranscription.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import assumed
from ._base import Job, Params, Surroundings, TaskType, Violation
from ._documents import features
from ._documents.answers import answer

if TYPE_CHECKING:
    from collections.abc import Iterator

_LABELS: Final = (("date", "date"), ("total", "money"), ("vendor", "line"))
"""What is found when the task names no features, with the flag that says how it reads."""


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules F1 and F2 (docs/scale/collection.md 3); features as for documenttranscription."""
    del surroundings
    yield from features.check_pages(params)
    yield from features.check_features(params, optional=True)
    yield from features.check_kinds(params)


def respond(job: Job) -> dict[str, Any]:
    """As for documenttranscription, with boxes.

    Raises:
        ValueError: the job's truth does not fit the features or the pages.
    """
    default = [{"type": "text", "label": label, "flags": [flag]} for label, flag in _LABELS]
    return answer(job, job.params.get("features", default), "box")


TASK_TYPE: Final = TaskType(
    "documentmodel",
    source=assumed(
        "the name is in the official client, document_pages in the docs; the rest follows "
        "documenttranscription"
    ),
    keys=frozenset({"attachment", "attachments", "features", "lang"}),
    check=check,
    respond=respond,
    unread=features.unread_keys,
)
