"""Which projects and batches a call and its answer name as being there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from .._task_types import by_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .exchange import Exchange
    from .foreknown import Foreknown

_CREATE: Final = re.compile(r"/v1/task/(?P<type>[^/]+)/?")
_TAKEN: Final = re.compile(r'A batch with name "(?P<name>.*)" already exists\.?', re.DOTALL)
_FINALIZE: Final = re.compile(r"/v1/batches/(?P<name>[^/]+)/finalize/?")
_NAMED: Final = re.compile(r"/v1/(?:studio/)?(?P<kind>projects|batches)/(?P<name>[^/]+)")
_ACCEPTS: Final = re.compile(r"Project (?P<name>.+) only accepts tasks of type (?P<type>\w+)\.?")


class Place(NamedTuple):
    """A project, and perhaps a batch in it; what is not known is ``None``."""

    project: str | None
    batch: str | None = None
    type: str | None = None


def places_of(exchange: Exchange, foreknown: Foreknown) -> Iterator[Place]:
    """What must be there for the call to be answered as it was."""
    reply: dict[str, Any] = exchange.json if isinstance(exchange.json, dict) else {}
    sent: dict[str, Any] = exchange.sent if isinstance(exchange.sent, dict) else {}
    accepts = _ACCEPTS.fullmatch(str(reply.get("error")))
    if accepts is not None:
        yield Place(accepts["name"], type=accepts["type"])
    finalized = _FINALIZE.fullmatch(exchange.path)
    if exchange.status == 400 and finalized is not None:
        name = unquote(finalized["name"])
        yield Place(_text(foreknown.batches.get(name, {}).get("project")), name)
    name_taken = _TAKEN.fullmatch(str(reply.get("error")))
    if name_taken is not None and exchange.path.rstrip("/") == "/v1/batches":
        yield Place(_text(sent.get("project")), name_taken["name"])
    in_path = _NAMED.match(exchange.path)
    if exchange.status == 404 and str(reply.get("error")).startswith("Task template") and in_path:
        yield Place(unquote(in_path["name"]), type="textcollection")
    # A refused create tells nothing else of its places, unless it was refused for its unique_id.
    if exchange.status >= 400 and (exchange.status != 409 or "/task/" not in exchange.path):
        return
    create = _CREATE.fullmatch(exchange.path)
    if exchange.method == "POST" and sent:
        kind = by_path(unquote(create["type"])) if create else None
        batch = _text(sent.get("batch")) if create else None
        project = _text(sent.get("project")) or _text(reply.get("project"))
        yield Place(project, batch, kind.name if kind else None)
    for names in (reply.get("project_names"), sent.get("projects")):  # of a file, of Studio
        for name in names if isinstance(names, list) else ():
            yield Place(_text(name))
    if in_path is None:
        return
    name = unquote(in_path["name"])
    if in_path["kind"] == "projects":
        yield Place(name, type=_text(reply.get("type")))
        return
    batch_before = foreknown.batches.get(name, {})
    project = _text(reply.get("project")) or _text(batch_before.get("project"))
    if project is None and exchange.path.rstrip("/").endswith("/status"):
        # Counts of a batch whose project nothing shows: any one will do.
        project = next(iter(foreknown.projects), f"project of {name}")
    yield Place(project, name)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
