"""Puts all pages into a folder, has Zensical render them strictly, and files them by version."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import tomli_w

from scaleapi_testing import __version__

from . import api, reference
from .place import CHECKOUT, NoSuchPage, Page, bars_in_code, linked_names, moved_links
from .situations import situations

if TYPE_CHECKING:
    from pathlib import Path

DOCS: Final = CHECKOUT / "docs"
CONFIGURATION: Final = CHECKOUT / "website" / "zensical.toml"
STYLE: Final = CHECKOUT / "website" / "site.css"

ELSEWHERE: Final = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "README.md": "README.md",
    "changelog.d/README.md": "contributing.md",
    "scaleapi_testing/README.md": "start/fake.md",
}
"""Files outside of ``docs/`` by where links to them lead; the first two are pages as they are."""

PICTURES: Final = frozenset({".gif", ".jpg", ".png", ".svg", ".webp"})

_COLOUR: Final = re.compile(r"\x1b\[[\d;]*m")
_VERSION: Final = re.compile(r"\d+(\.\d+)+\w*")


class NotRendered(Exception):
    """Zensical found something wrong; its own words."""


def build(into: Path, work: Path) -> Path:
    """Build the site of this version beside those of others.

    Args:
        into: the folder with one folder per version; those that are there stay.
        work: a folder for what lies in between; what is in it is removed.

    Returns:
        The folder of this version.

    Raises:
        NoSuchPage: a page, or the navigation, leads to what is not there.
        NotRendered: a page could not be rendered, or has a broken link.
    """
    shutil.rmtree(work, ignore_errors=True)
    written = pages()
    for page in written:
        path = work / "pages" / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.text, encoding="utf-8")
    for picture in pictures():
        path = work / "pages" / picture.relative_to(DOCS)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, path)
    (work / "pages" / "assets").mkdir()
    shutil.copy(STYLE, work / "pages" / "assets")
    (work / "zensical.toml").write_text(tomli_w.dumps(configuration(written)), encoding="utf-8")
    _render(work)
    place = into / __version__
    shutil.rmtree(place, ignore_errors=True)
    into.mkdir(parents=True, exist_ok=True)
    shutil.move(work / "built", place)
    _list_versions(into)
    return place


def _render(work: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--clean", "--strict"],
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    if done.returncode:
        told = _COLOUR.sub("", done.stdout + done.stderr)
        raise NotRendered(told.partition("Traceback (most recent call last)")[0].strip() or told)


def pictures() -> list[Path]:
    """The pictures that pages show."""
    return sorted(path for path in DOCS.rglob("*") if path.suffix in PICTURES)


def pages() -> list[Page]:
    """Every page, its links leading to where the pages stand."""
    examples = situations()
    by_group = reference.groups()
    generated = [
        reference.index(by_group),
        *(page for pages in by_group.values() for page in pages),
    ]
    written = [
        Page(path.relative_to(DOCS).as_posix(), path.read_text(encoding="utf-8"), source)
        for path in sorted(DOCS.rglob("*.md"))
        for source in [path.relative_to(CHECKOUT).as_posix()]
    ]
    written += [
        Page(place, (CHECKOUT / source).read_text(encoding="utf-8"), source)
        for source, place in ELSEWHERE.items()
        if place not in {page.path for page in written}
    ]
    places = {page.source: page.path for page in written} | ELSEWHERE
    places |= {
        path.relative_to(CHECKOUT).as_posix(): path.relative_to(DOCS).as_posix()
        for path in pictures()
    }
    places |= {file: page.path for file, page in examples.items()}
    names = api.shown()
    placed = [replace(page, text=moved_links(page, places)) for page in written]
    return [
        replace(page, text=linked_names(bars_in_code(page.text), names))
        for page in [*placed, *examples.values(), *generated]
    ]


def configuration(written: list[Page]) -> dict[str, Any]:
    """What Zensical is told: the file with its places filled in.

    Raises:
        NoSuchPage: a page that the navigation names is not there.
    """
    settings = tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))
    project = settings["project"]
    by_group = {
        "@situations": _under(written, "situations/"),
        "@scale": _first("scale/README.md", _under(written, "scale/")),
        "@task-types": _first(
            "reference/task-types/README.md", _under(written, "reference/task-types/")
        ),
        "@operations": _under(written, "reference/operations-"),
        "@client": [page.path for page in api.API if page.group == "client"],
        "@testing": [
            "reference/pytest.md",
            *(page.path for page in api.API if page.group == "testing"),
            "reference/command.md",
        ],
    }
    named = {path for paths in by_group.values() for path in paths} | set(_named(project["nav"]))
    there = {page.path for page in written}
    by_group["@more"] = sorted(there - named)
    project["nav"] = _filled(project["nav"], by_group)
    absent = sorted(set(_named(project["nav"])) - there)
    if absent:
        raise NoSuchPage(
            f"the navigation in website/zensical.toml names pages that are not there: {absent}"
        )
    handler = project["plugins"]["mkdocstrings"]["handlers"]["python"]
    handler["paths"] = [str(CHECKOUT)]
    return settings


def _under(written: list[Page], start: str) -> list[str]:
    return [page.path for page in written if page.path.startswith(start)]


def _first(path: str, paths: list[str]) -> list[str]:
    return [path, *(other for other in paths if other != path)]


def _filled(entry: Any, by_group: dict[str, list[str]]) -> Any:
    """The navigation with pages in place of the names of groups; those without any are left out."""
    if isinstance(entry, list):
        parts = [_filled(part, by_group) for part in entry]
        return [part for part in parts if part not in ({}, [])]
    if isinstance(entry, dict):
        filled = {title: _filled(part, by_group) for title, part in entry.items()}
        return {title: part for title, part in filled.items() if part}
    return by_group.get(entry, entry)


def _named(entry: Any) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    parts = entry.values() if isinstance(entry, dict) else entry
    return [path for part in parts for path in _named(part)]


def _list_versions(into: Path) -> None:
    """Writes which versions there are, newest first, and leads from the top to the newest."""
    versions = sorted(
        (folder.name for folder in into.iterdir() if _VERSION.fullmatch(folder.name)),
        key=lambda version: [int(number) for number in re.findall(r"\d+", version)],
        reverse=True,
    )
    listed = [
        {
            "version": version,
            "title": version,
            "aliases": ["latest"] if version == versions[0] else [],
        }
        for version in versions
    ]
    (into / "versions.json").write_text(json.dumps(listed, indent=2) + "\n", encoding="utf-8")
    (into / "index.html").write_text(
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>scaleapi</title>\n'
        f'<meta http-equiv="refresh" content="0; url={versions[0]}/">\n'
        f'<a href="{versions[0]}/">The documentation of {versions[0]}</a>\n</html>\n',
        encoding="utf-8",
    )
