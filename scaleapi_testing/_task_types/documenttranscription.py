"""Which documenttranscription tasks Scale takes, and which annotations come back.

Truth: the response, ``{"annotations": [{"label": "total", "text": "$18.20", "page": 0,
"location": {...}}, ...]}``, or the list alone; only the label is needed, what is left out is made
up. Each text is right with the labelers' accuracy, each annotation missed with their miss rate,
each coordinate off by their jitter in pixels (boxes side by side, polygons as a whole).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._base import Job, Params, Surroundings, TaskType, Violation
from ._documents import features
from ._documents.answers import answer
from ._language import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

_GEOMETRIES: Final = ("box", "polygon")


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules F1 to F5 of docs/scale/collection.md 3, in this order."""
    del surroundings
    yield from features.check_pages(params)
    yield from features.check_features(params)
    geometry = params.get("geometry", "box")
    if not isinstance(geometry, str) or geometry not in _GEOMETRIES:
        yield schema.not_one_of("geometry", _GEOMETRIES)
    yield from features.check_kinds(params)


def respond(job: Job) -> dict[str, Any]:
    """``{"annotations": [{uuid, page, label, text, location, refs, ...}]}``.

    ``job.extra`` gets ``document_pages``, one ``{width, height, url}`` in pixels for each page.

    Raises:
        ValueError: the job's truth does not fit the features or the pages.
    """
    return answer(job, job.params["features"], job.params.get("geometry", "box"))


TASK_TYPE: Final = TaskType(
    "documenttranscription",
    source=documented("https://docs.scale.com/reference/content-flag"),
    keys=frozenset(
        {
            "attachment",
            "attachments",
            "features",
            "lang",
            "geometry",
            "hypothesis",
            "attachment_type",
        }
    ),
    check=check,
    respond=respond,
    unread=features.unread_keys,
)
