"""Where each file of the checkout stands in the site, and how links between them are written."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CHECKOUT: Final = Path(__file__).parents[1]

FENCE: Final = re.compile(r"^(?P<fence>```+).*?^(?P=fence)$", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"(?P<text>\[[^\]\n]*(?:\n[^\]\n]*)?\])\((?P<target>[^()\s]+)\)")
_CODE: Final = re.compile(r"(?<![`\[\w.])`(?P<name>[A-Za-z_][\w.]*)(?:\(\))?`(?![`\]\w])")


class NoSuchPage(LookupError):
    """A link of a page leads to a file that the site does not show, or that is not there."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page before it is rendered.

    Attributes:
        path: where it stands in the site, ``situations/polling.md``.
        text: its Markdown; links are relative to ``source``.
        source: the file of the checkout whose text it is, by its path there.
    """

    path: str
    text: str
    source: str


def outside_of_code(text: str, change: Callable[[str], str]) -> str:
    """The text with ``change`` made to everything that is not in a fenced block."""
    parts: list[str] = []
    position = 0
    for fence in FENCE.finditer(text):
        parts += [change(text[position : fence.start()]), fence[0]]
        position = fence.end()
    return "".join([*parts, change(text[position:])])


def moved_links(page: Page, places: Mapping[str, str]) -> str:
    """The page's text, its relative links leading to where their files stand in the site.

    Args:
        page: the page.
        places: by the path of a file in the checkout, its path in the site.

    Raises:
        NoSuchPage: a link leads to a file that has no place there.
    """

    def moved(link: re.Match[str]) -> str:
        target, hash_, anchor = link["target"].partition("#")
        if not target or re.match(r"[a-z]+:", target):
            return link[0]
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(page.source), target))
        place = places.get(wanted)
        if place is None:
            if not (CHECKOUT / wanted).is_dir():
                raise NoSuchPage(f"{page.source} links to {target}, which the site does not show")
            # A folder of the checkout can only be named.
            return f"`{wanted}/`"
        start = posixpath.dirname(page.path) or "."
        return f"{link['text']}({posixpath.relpath(place, start)}{hash_}{anchor})"

    return outside_of_code(page.text, lambda text: _LINK.sub(moved, text))


def bars_in_code(text: str) -> str:
    r"""The text with ``\|`` in the code of a table written as a bar, as the renderer wants it."""
    in_row = re.compile(r"^\|.*$", re.MULTILINE)
    code = re.compile(r"`[^`\n]+`")
    return outside_of_code(
        text,
        lambda part: in_row.sub(
            lambda row: code.sub(lambda found: found[0].replace(r"\|", "|"), row[0]), part
        ),
    )


def linked_names(text: str, targets: Mapping[str, str]) -> str:
    """The text with each public name that stands in it as code made a link to the reference.

    Args:
        text: Markdown.
        targets: by name, as code writes it, the object's path in the reference.
    """

    def linked(code: re.Match[str]) -> str:
        target = targets.get(code["name"])
        return code[0] if target is None else f"[{code[0]}][{target}]"

    def in_line(line: str) -> str:
        # A heading's anchor follows from its text; a link inside of a link is none.
        return line if line.startswith("#") else _outside_of_links(line)

    def _outside_of_links(line: str) -> str:
        parts = re.split(r"(\[[^\]]*\]\([^)]*\)|\[[^\]]*\]\[[^\]]*\])", line)
        return "".join(
            part if place % 2 else _CODE.sub(linked, part) for place, part in enumerate(parts)
        )

    return outside_of_code(text, lambda part: "\n".join(map(in_line, part.split("\n"))))
