"""The pages of operations, one for each version: what each does, and how that is known."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Final

from scaleapi_testing._endpoints import endpoints

from .docstrings import as_markdown
from .place import Page
from .tables import facts

if TYPE_CHECKING:
    from scaleapi_testing._http.routing import Endpoint

_RESULTS: Final = "results"


def pages() -> list[Page]:
    """The pages of v1 and of v2."""
    by_version: dict[str, list[Endpoint]] = {"v1": [], "v2": []}
    for operation in endpoints():
        # Files that answers point at are no operation of a version; they are told of with v1.
        version = "v2" if operation.segments[0] == "v2" else "v1"
        by_version[version].append(operation)
    return [_page(version, operations) for version, operations in by_version.items()]


def _page(version: str, operations: list[Endpoint]) -> Page:
    kinds = [operation.source.kind for operation in operations]
    counted = ", ".join(
        f"{kinds.count(kind)} {kind}" for kind in ("documented", "client", "assumed")
    )
    parts = [
        f"# Operations of {version}",
        (
            f"Every operation that the fake answers: {len(operations)}, of which {counted}. What "
            "these marks mean: [where each fact comes from](../fidelity.md). What is known of "
            "each resource, with the shapes of requests and replies: [Scale's "
            "API](../scale/README.md)."
        ),
    ]
    resource = None
    for operation in operations:
        if operation.handler.__module__ != resource:
            resource = operation.handler.__module__
            name = resource.rpartition(".")[2].replace("_", " ")
            parts.append(f"## {name[0].upper()}{name[1:]}")
        parts += [f"### `{operation.name}`", *_told(operation)]
    text = "\n\n".join(part for part in parts if part)
    return Page(f"reference/operations-{version}.md", f"{text}\n", "website/operations.py")


def _told(operation: Endpoint) -> list[str]:
    docstring = as_markdown(inspect.cleandoc(operation.handler.__doc__ or ""))
    prose = docstring.partition("\nRaises:")[0].partition("\nReturns:")[0].strip()
    source = re.sub(r"https?://[^\s;,]+", lambda url: f"<{url[0]}>", str(operation.source))
    rows = [("known from", source)]
    if operation.query:
        rows.append(("query", ", ".join(f"`{name}`" for name in operation.query)))
    if operation.public:
        rows.append(("key", "none is needed"))
    return [prose, facts(rows)]
