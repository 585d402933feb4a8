"""The page on provenance says what the code says, and everything has a source."""

import importlib.util
from pathlib import Path

import pytest

from scaleapi_testing import operations, task_types

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def table():
    """The script that writes the page."""
    spec = importlib.util.spec_from_file_location("fidelity_table", DOCS / "fidelity_table.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def test_the_page_is_what_the_code_gives(table):
    written = (DOCS / "fidelity.md").read_text(encoding="utf-8")

    assert written == table.page(), "out of date: run `python docs/fidelity_table.py`"


def test_the_page_has_a_row_for_every_operation_and_every_task_type(table):
    rows = [line for line in table.page().splitlines() if line.startswith("| `")]

    assert len(operations()) > 40
    assert len(task_types()) > 30
    assert len(rows) == len(operations()) + len(task_types())


@pytest.mark.parametrize(
    ("name", "source"),
    [
        *((f"{one.method} {one.path}", one.source) for one in operations()),
        *task_types().items(),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_everything_has_a_source(name, source):
    assert source.kind in {"documented", "client", "assumed"}
    assert source.where.strip() == source.where != "", f"{name} does not say where from"


@pytest.mark.parametrize("operation", operations(), ids=lambda one: f"{one.method} {one.path}")
def test_every_operation_says_what_it_does(operation):
    assert operation.summary.endswith(".")


@pytest.mark.parametrize("name", task_types())
def test_the_page_on_labelers_says_what_a_truth_of_each_type_looks_like(name):
    page = (DOCS / "labelers.md").read_text(encoding="utf-8")

    assert f"`{name}`" in page.partition("## What a truth looks like")[2]
