"""Drawings and pages as a browser would read them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from scaleapi_testing._attachments import Media
from scaleapi_testing._dashboard.drawings.subject import Subject
from scaleapi_testing._dashboard.drawings.table import draw

VOID = {"meta", "link", "img", "input", "br", "hr"}
ON_A_PAGE = {"script", "style", "iframe", "object", "embed", "foreignobject", "base", "form"}


class Element:
    """An element that was read: its name, attributes, and the text inside."""

    def __init__(self, name: str, attributes: dict[str, str | None]) -> None:
        self.name = name
        self.attributes = attributes
        self.texts: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self.texts)


class Reader(HTMLParser):
    """The elements of a page, in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.texts.append(data)

    def named(self, name: str, **attributes: str) -> list[Element]:
        """The elements of this name that have these attributes (``class_`` one of its classes)."""
        return [
            element
            for element in self.elements
            if element.name == name
            and all(
                value in (element.attributes.get(key.rstrip("_").replace("_", "-")) or "").split()
                if key == "class_"
                else element.attributes.get(key.replace("_", "-")) == value
                for key, value in attributes.items()
            )
        ]

    @property
    def active(self) -> list[str]:
        """Whatever could run or load something: elements, handlers, styles, addresses."""
        return [
            f"<{element.name} {name}={value!r:.80}>"
            for element in self.elements
            for name, value in [("", ""), *element.attributes.items()]
            if element.name in ON_A_PAGE
            or name.startswith("on")
            or name == "style"
            or (name in {"href", "src"} and not (value or "").startswith(("data:image/", "/", "#")))
        ]


@pytest.fixture(scope="session")
def read() -> type[Reader]:
    """Reads HTML: ``read(html).named("rect")``; unbalanced elements are an assertion."""
    return Reader


@pytest.fixture(scope="session")
def drawing():
    """Draws a response: ``drawing("imageannotation", response, params={...})`` gives a reader."""

    def drawn(task_type: str, response: Any, params: Any = None, **more: Any) -> Reader:
        document = {"type": task_type, "status": "completed", "params": params or {}}
        media = more.pop("media", None) or Media(width=200, height=100)
        document |= more.pop("document", {})
        subject = Subject(document=document, response=response, media=lambda _: media, **more)
        return Reader(str(draw(subject)))

    return drawn
