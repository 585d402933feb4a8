"""Every generated page of the reference, and the page that leads to them."""

from __future__ import annotations

from typing import Final

from . import operations, task_types, testing
from .api import API
from .place import Page

INDEX: Final = "reference/README.md"
_GROUPS: Final = {
    "testing": ("Tests", "what a test is given, and what the fake can do"),
    "client": ("Client", "`scaleapi`, its objects, errors, and v2"),
    "operations": ("Operations", "what the fake answers, and how each is known"),
}


def groups() -> dict[str, list[Page]]:
    """The pages by their place in the navigation."""
    plugin, command = testing.pages()
    return {
        "testing": [plugin, *(page.page() for page in API if page.group == "testing"), command],
        "client": [page.page() for page in API if page.group == "client"],
        "task-types": task_types.pages(),
        "operations": operations.pages(),
    }


def index(by_group: dict[str, list[Page]]) -> Page:
    """The list of all of them."""
    parts = [
        "# Reference",
        (
            "Made from the code on every build: nothing here is written by hand, nothing is out of "
            "date. Each public name is found by the search."
        ),
    ]
    for group, (title, words) in _GROUPS.items():
        parts.append(f"## {title}\n\n{words[0].upper()}{words[1:]}.")
        parts.append(
            "\n".join(
                f"- [{title_of(page)}]({page.path.partition('/')[2]})" for page in by_group[group]
            )
        )
    parts.append(
        "## Task types\n\nParameters and answers of each: [all of them](task-types/README.md)."
    )
    return Page(INDEX, "\n\n".join(parts) + "\n", "website/reference.py")


def title_of(page: Page) -> str:
    """The text of its first heading."""
    return page.text.partition("\n")[0].lstrip("# ")
