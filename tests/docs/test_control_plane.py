"""The page of the control plane says what the table of controls says."""

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_what_the_table_gives():
    spec = importlib.util.spec_from_file_location("table", DOCS / "control_plane_table.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)

    written = (DOCS / "control_plane.md").read_text(encoding="utf-8")

    assert written == script.page(), "out of date: run `python docs/control_plane_table.py`"
