"""What no other drawing fits: the answer as an outline of names and values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .markup import element
from .parts import figure, words_of
from .subject import as_dict

if TYPE_CHECKING:
    from markupsafe import Markup

    from .subject import Subject

_DEEPEST: Final = 6
_MOST: Final = 100


def draw_plain(subject: Subject) -> Markup:
    """Any response at all."""
    return figure("plain", *_said(subject), outline(subject.response))


def outline(value: Any, depth: int = 0) -> Markup:
    """``value`` as nested lists, cut where it is too deep or too long."""
    if depth >= _DEEPEST or not isinstance(value, dict | list) or not value:
        return element(
            "span", "(empty)" if value in ({}, []) else words_of(value)[:2000], dir="auto"
        )
    if isinstance(value, list):
        parts = [element("li", outline(entry, depth + 1)) for entry in value[:_MOST]]
        return element("ol", *parts, _more(len(value)), class_="outline")
    rows = [
        element("li", element("b", f"{key}: "), outline(entry, depth + 1))
        for key, entry in list(value.items())[:_MOST]
    ]
    return element("ul", *rows, _more(len(value)), class_="outline")


def _more(count: int) -> Markup | None:
    return element("li", f"and {count - _MOST:,} more", class_="soft") if count > _MOST else None


def _said(subject: Subject) -> list[Markup]:
    """Why a task ended in ``error``."""
    error = as_dict(subject.response).get("error")
    if error is None or subject.document.get("status") != "error":
        return []
    return [element("p", element("b", "Error: "), str(error), class_="note note-missing")]
