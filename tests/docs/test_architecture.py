"""The map of the rooms names nothing that is gone and leaves no folder out."""

import re
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
MAP = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGES = ("scaleapi", "scaleapi_testing")
LONGEST_LINES = 120
"""One printed page, tables included."""


def named():
    """Every path that the map gives, with or without its package."""
    code = re.findall(r"`([\w./]+(?:/|\.py))`", MAP)
    return sorted({*code, *re.findall(r"(?<![\w/`<])(_[\w/]+(?:\.py|/))(?![\w<])", MAP)})


def test_every_file_and_folder_that_the_map_names_is_there():
    missing = [
        name
        for name in named()
        if not any((CHECKOUT / home / name).exists() for home in ("", *PACKAGES))
    ]

    assert len(named()) > 20
    assert missing == [], f"docs/architecture.md names what is not there: {', '.join(missing)}"


def test_every_folder_of_the_packages_is_on_the_map():
    folders = sorted(
        {
            f"{path.parent.relative_to(CHECKOUT).as_posix()}/"
            for package in PACKAGES
            for path in (CHECKOUT / package).rglob("*.py")
        }
        - {f"{package}/" for package in PACKAGES}
    )
    left_out = [folder for folder in folders if f"`{folder}`" not in MAP]

    assert left_out == [], f"docs/architecture.md leaves out: {', '.join(left_out)}"


def test_the_map_is_one_page():
    assert len(MAP.splitlines()) <= LONGEST_LINES
