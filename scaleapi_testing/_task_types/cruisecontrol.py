"""That cruisecontrol takes any body and answers no annotations.

The name stood in the official client for two months of 2026, then became
``federal2dvideoannotation``. Truth: the response, ``{"annotations": [...]}``, or the list of
annotations alone; each is missed with the labelers' miss rate, otherwise it comes back as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import assumed
from ._base import Job, Params, Surroundings, TaskType, Violation
from ._language.noise import Noise
from ._language.truth import listed

if TYPE_CHECKING:
    from collections.abc import Iterable


def check(params: Params, surroundings: Surroundings) -> Iterable[Violation]:
    """Nothing is known that would be refused."""
    del params, surroundings
    return ()


def respond(job: Job) -> dict[str, Any]:
    """``{"annotations": []}``, or those of the truth.

    Raises:
        ValueError: the job's truth is no list of objects.
    """
    if job.truth is None:
        return {"annotations": []}
    noise = Noise(job)
    true = listed(job, job.truth, "annotations")
    return {"annotations": [annotation for annotation in true if not noise.misses()]}


TASK_TYPE: Final = TaskType(
    "cruisecontrol",
    source=assumed("only the name is public, from two months of the official client"),
    keys=frozenset(),
    check=check,
    respond=respond,
)
