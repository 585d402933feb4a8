"""The page on speed tells of every goal that is measured."""

import re
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def test_each_goal_that_is_measured_stands_in_the_table_of_the_page():
    files = (CHECKOUT / "benchmarks" / "goals").glob("[!_]*.py")
    measured = {re.sub("^G0", "G", file.stem.partition("_")[0].upper()) for file in files}

    page = (CHECKOUT / "docs" / "speed.md").read_text()

    assert set(re.findall(r"^\| ([A-Z]+\d*) \|", page, re.MULTILINE)) == measured
