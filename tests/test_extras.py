"""What is said where an extra is missing: one wording, wherever it is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scaleapi_testing._extras import lack_of_extra

CHECKOUT = Path(__file__).parent.parent
SAID = re.compile(r"(?<!`)pip install 'scaleapi")
"""The command in a message; in a docstring it stands between backticks."""


@pytest.mark.parametrize("package", ["scaleapi", "scaleapi_testing"])
def test_one_place_of_a_distribution_says_how_to_get_an_extra(package):
    saying = [
        file.relative_to(CHECKOUT).as_posix()
        for file in (CHECKOUT / package).rglob("*.py")
        if SAID.search(file.read_text(encoding="utf-8"))
    ]

    assert saying == [f"{package}/_extras.py"]


def test_packages_are_named_as_they_are_installed():
    lack = lack_of_extra("it", "verify", "vcr", "yaml.reader")

    assert lack == "it needs the packages vcrpy, pyyaml: pip install 'scaleapi-testing[verify]'"
