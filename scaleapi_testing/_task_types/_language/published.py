"""How an answer is kept as a file behind a link, and how such a file is read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..._http.wire import decoded_if_any, encode
from ..._random import draw_uuid

if TYPE_CHECKING:
    from .._base import Job, Surroundings

JSON: Final = "application/json"


def publish(job: Job, content: Any) -> dict[str, str]:
    """Keep ``content`` as a JSON file and return ``{"url": ...}``, as responses carry it."""
    return {"url": job.surroundings.publish(encode(content), JSON, draw_uuid(job.random))}


def linked(value: Any, surroundings: Surroundings) -> Any:
    """The content behind ``{"url": ...}``, ``None`` where it is unknown; anything else as it is."""
    if isinstance(value, dict) and isinstance(value.get("url"), str):
        return _json_at(surroundings, value["url"])
    return value


def prelabel_content(job: Job, field: str, part: str = "annotations") -> Any:
    """A part of a pre-label, read from its link where it is behind one.

    ``None`` when there is none or the link's content is unknown: nothing is fetched.
    """
    prelabel = job.params.get(field)
    return linked(prelabel.get(part) if isinstance(prelabel, dict) else None, job.surroundings)


def _json_at(surroundings: Surroundings, url: str) -> Any:
    """The JSON at ``url`` if the fake has it (published, uploaded or in the URL), else ``None``."""
    # Published results are a matter of the fake around this; a check without one knows none.
    result = getattr(surroundings, "result", None)
    content = result(url) if callable(result) else None
    if not isinstance(content, bytes):
        content = surroundings.media(url, {}).content
    return decoded_if_any(content)
