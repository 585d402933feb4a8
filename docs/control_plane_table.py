# ruff: noqa: INP001 - a script beside the page it writes
"""Writes `docs/control_plane.md` from the table: `python docs/control_plane_table.py`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from scaleapi_testing._control_plane.table import controls

if TYPE_CHECKING:
    from scaleapi_testing._control_plane.operation import Argument, ControlOperation

PAGE: Final = Path(__file__).with_name("control_plane.md")

HEAD: Final = """\
# Operations of the control plane

Below `/_fake`, at the root of a [server](server.md) and in each world. A GET takes its arguments
in the query, a POST in a JSON object. Those in **bold** must be given. Lists with filters take the
names of the wire besides. This page is written from the table that routes the calls
(`python docs/control_plane_table.py`).
"""


def page() -> str:
    """The whole page."""
    lines = [HEAD, "| operation | what it does | arguments |", "|---|---|---|"]
    lines += [_row(operation) for operation in controls().values()]
    lines += [
        "",
        "Besides, and no controls: `GET /health`, `GET /metrics`, `GET /openapi.json`,",
        "`GET /scale-openapi.json`, `GET /events`, `POST /login`.",
    ]
    return "\n".join(lines) + "\n"


def _row(operation: ControlOperation) -> str:
    arguments = "<br>".join(_argument(argument) for argument in operation.arguments)
    filters = "filters" if operation.filters else ""
    told = "<br>".join(filter(None, (arguments, filters))) or "none"
    summary = operation.summary.replace("``", "`").replace("|", r"\|")
    return f"| `{operation.method} {operation.path}` | {summary} | {told} |"


def _argument(argument: Argument) -> str:
    name = f"**`{argument.name}`**" if argument.required else f"`{argument.name}`"
    return f"{name} ({argument.kind.name}): {argument.help}".replace("|", r"\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
