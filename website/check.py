"""What must hold of the built site: every link leads somewhere, every public name is in it."""

from __future__ import annotations

import json
import zlib
from html.parser import HTMLParser
from importlib import import_module
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import scaleapi
import scaleapi.callbacks
import scaleapi.task_params
import scaleapi_testing

from .api import API
from .docstrings import as_markdown
from .place import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import griffe

_FETCHES: Final = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
_HARMLESS: Final = {"canonical", "next", "prev", "alternate"}
"""Kinds of ``<link>`` that no browser fetches."""
_OF_UNITTEST: Final = {"id", "addCleanup"}
"""Methods of ``TestCase`` that ours continue."""


class _Reader(HTMLParser):
    """Takes down what a page links to, what it fetches, and its anchors."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if "id" in attributes:
            self.anchors.add(attributes["id"])
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        source = _FETCHES.get(tag)
        if source in attributes and attributes.get("rel") not in _HARMLESS:
            self.fetched.append(attributes[source])


def faults(site: Path) -> list[str]:
    """Everything that is wrong with a built site, a sentence each.

    Args:
        site: the folder of one version.
    """
    return [*faults_of_pages(site), *_missing_names(site), *undocumented()]


def faults_of_pages(site: Path) -> list[str]:
    """The same of the pages alone: broken links, and what is fetched from other hosts."""
    pages = {
        path.relative_to(site).as_posix(): _read(path) for path in sorted(site.rglob("*.html"))
    }
    return [
        *(fault for path, page in pages.items() for fault in _broken(site, path, page, pages)),
        *(
            f"{path} fetches {address} from elsewhere"
            for path, page in pages.items()
            for address in page.fetched
            if urlsplit(address).netloc
        ),
    ]


def _read(path: Path) -> _Reader:
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader


def _broken(site: Path, path: str, page: _Reader, pages: dict[str, _Reader]) -> Iterator[str]:
    if path == "404.html":
        return  # shown in place of any page, so its links are from the top of the host
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = path
        if parts.path:
            wanted = (site / path).parent / unquote(parts.path)
            wanted = wanted / "index.html" if parts.path.endswith(("/", ".")) else wanted
            resolved = wanted.resolve()
            if not resolved.is_relative_to(site.resolve()) or not resolved.is_file():
                yield f"{path} links to {link}, which is not there"
                continue
            target = resolved.relative_to(site.resolve()).as_posix()
        anchor = unquote(parts.fragment)
        if anchor and target in pages and anchor not in pages[target].anchors:
            yield f"{path} links to {link}, where that anchor is not"


def public_names() -> list[str]:
    """Every public class, function and value, by the path that users import it by."""
    modules = (scaleapi, scaleapi_testing, scaleapi.task_params)
    return [
        *(
            f"{module.__name__}.{name}"
            for module in modules
            for name in module.__all__
            if not name.startswith("__") and name != "policies"
        ),
        *(f"scaleapi_testing.policies.{name}" for name in ("after_polls", "completed", "error")),
        *(f"scaleapi.callbacks.{name}" for name in ("parse_callback", "CallbackForged")),
    ]


def unplaced() -> list[str]:
    """Every public name that no page of ``website/api.py`` shows, under any of its paths."""
    shown = [_value(entry.partition("|")[0].strip()) for page in API for entry in page.objects]
    return [name for name in public_names() if not any(_value(name) is value for value in shown)]


def _value(path: str) -> object:
    package, _, name = path.rpartition(".")
    if not package:
        return import_module(path)
    try:
        return getattr(import_module(package), name)
    except ModuleNotFoundError:
        return import_module(path)


def _missing_names(site: Path) -> Iterator[str]:
    shown = inventory(site)
    for name in public_names():
        if name not in shown:
            yield f"{name} is public, and the reference does not show it: website/api.py"


def inventory(site: Path) -> frozenset[str]:
    """Every object that the reference shows, by its path."""
    lines = (site / "objects.inv").read_bytes().split(b"\n", 4)
    text = zlib.decompress(lines[4]).decode()
    return frozenset(line.split(" ", 1)[0] for line in text.splitlines())


def undocumented() -> list[str]:
    """Every public class, function, method and property without a docstring."""
    import griffe  # slow to import, and no other check needs it

    loader = griffe.GriffeLoader(search_paths=[CHECKOUT])
    for package in ("scaleapi", "scaleapi_testing"):
        loader.load(package)
    loader.resolve_aliases(implicit=False, external=False)
    bare: list[str] = []
    for package in ("scaleapi", "scaleapi_testing"):
        module = loader.modules_collection[package]
        for name in map(str, module.exports or ()):
            if name.startswith("__"):
                continue
            value = module.members[name]
            value = value.final_target if value.is_alias else value
            bare += [f"{path} has no docstring" for path in _bare(f"{package}.{name}", value)]
    return sorted(set(bare))


def _bare(path: str, value: griffe.Object | griffe.Alias) -> Iterator[str]:
    if value.docstring is None or not as_markdown(value.docstring.value).strip():
        yield path
    if value.is_class:
        for name, member in value.members.items():
            if name.startswith("_") or member.is_alias or name in _OF_UNITTEST:
                continue
            # Attributes are told of in the docstring of their class.
            if member.is_function or "property" in member.labels:
                yield from _bare(f"{path}.{name}", member)


def search_index(site: Path) -> str:
    """All the text that the search looks through, as one."""
    found = json.loads((site / "search.json").read_text(encoding="utf-8"))
    return "\n".join(f"{item.get('title', '')}\n{item.get('text', '')}" for item in found["items"])
