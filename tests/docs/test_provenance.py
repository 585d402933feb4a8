"""The page on provenance is generated from the code; run this file to write it anew."""

from __future__ import annotations

from pathlib import Path

from scaleapi_testing import operations, task_types

PAGE = Path(__file__).parents[2] / "docs" / "provenance.md"
COMMAND = "python tests/docs/test_provenance.py"

HEAD = """\
# Where each fact comes from

What the fake knows of each operation and task type is marked with its source:

- `documented`: Scale's own documentation says so, on the page named.
- `client`: it follows from what the official client sends and reads.
- `assumed`: nothing public was found; this is the best guess, and why.

A mark stands for the operation or type as a whole. Single facts in it may be weaker; the code says
so where they stand. This page is generated from the code: `{command}`.
"""


def page() -> str:
    """The page, as it follows from the code."""
    lines = [HEAD.format(command=COMMAND), "## Operations", ""]
    lines += ["| operation | what it does | source |", "|---|---|---|"]
    lines += [
        f"| `{one.method} {one.path}` | {one.summary.replace('``', '`')} | {one.source} |"
        for one in operations()
    ]
    lines += ["", "## Task types", "", "| type | source |", "|---|---|"]
    lines += [f"| `{name}` | {source} |" for name, source in task_types().items()]
    return "\n".join(lines) + "\n"


def test_the_page_says_what_the_code_says():
    written = PAGE.read_text(encoding="utf-8").splitlines()

    missing = [line for line in page().splitlines() if line not in written]
    outdated = [line for line in written if line not in page().splitlines()]

    assert (missing, outdated) == ([], []), f"docs/{PAGE.name} is out of date; run: {COMMAND}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
