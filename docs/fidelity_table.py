# ruff: noqa: INP001 - a script beside the page it writes
"""Writes `docs/fidelity.md` from what the code says: `python docs/fidelity_table.py`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scaleapi_testing import operations, task_types

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaleapi_testing._provenance import Source

PAGE: Final = Path(__file__).with_name("fidelity.md")

HEAD: Final = """\
# Where each fact comes from

The fake has not been compared with the live service. What it knows of Scale is marked where it is
defined, and this page is written from those marks (`python docs/fidelity_table.py`); a test fails
when it is out of date.

- **documented**: it stands in Scale's own documentation, at the page named or in an old edition
  that is no longer online.
- **client**: it follows from what the official Python client sends, reads, or tests live.
- **assumed**: nothing public says so; it is the likeliest guess, with the reason for it. Do not let
  your code depend on it.

The mark is that of the operation or type as a whole. Single facts that are only assumed are marked
`assumed` beside them in the code. Of the wording of errors the few that are known carry their
source; every other one is assumed, in the style of those.
"""


def page() -> str:
    """The whole page."""
    types = task_types()
    calls = operations()
    parts = [HEAD]
    parts += ["## Operations\n", _counted([one.source for one in calls])]
    rows = [(f"`{one.method} {one.path}`", _plain(one.summary), one.source) for one in calls]
    parts.append(_table(("operation", "what it does", "source"), rows))
    parts += ["## Task types\n", _counted(types.values())]
    named = [(f"`{name}`", source) for name, source in types.items()]
    parts.append(_table(("type", "source"), named))
    return "\n".join(parts)


def _counted(sources: Iterable[Source]) -> str:
    counts = Counter(source.kind for source in sources)
    told = ", ".join(f"{counts[kind]} {kind}" for kind in ("documented", "client", "assumed"))
    return f"{counts.total()}: {told}.\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    return str(value).replace("|", r"\|")


def _plain(summary: str) -> str:
    """Markdown has one backtick where docstrings have two."""
    return summary.replace("``", "`")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
