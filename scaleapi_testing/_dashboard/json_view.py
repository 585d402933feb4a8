"""JSON with colours: Pygments names the parts, the stylesheet colours them."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from .drawings.markup import element, text

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_CHARACTERS: Final = 60_000
"""Of a longer document the beginning is shown; it is said how long it is."""


def json_view(value: Any) -> Markup:
    """A JSON value, indented and coloured."""
    return coloured(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=False))


def body_view(body: bytes) -> Markup:
    """A body of HTTP: coloured where it is JSON, as text where it is not."""
    try:
        return json_view(json.loads(body))
    except (ValueError, RecursionError):
        shown = body.decode("utf-8", "replace")
        return element("pre", text(shown, MOST_CHARACTERS), class_="code")


def coloured(source: str) -> Markup:
    """A JSON text, coloured."""
    more = len(source) - MOST_CHARACTERS
    # The lexer takes quadratic time for some broken texts; this is what `json` wrote.
    marked = _highlighter()(str(text(source, MOST_CHARACTERS).unescape()))
    note = element("p", f"and {more:,} more characters", class_="note") if more > 0 else Markup()
    return element("pre", element("code", marked), class_="code") + note


@cache  # a function of constants
def _highlighter() -> Callable[[str], Markup]:
    from pygments import lex
    from pygments.lexers.data import JsonLexer
    from pygments.token import STANDARD_TYPES

    lexer = JsonLexer(stripnl=False, ensurenl=False)

    def highlight(source: str) -> Markup:
        parts: list[Markup] = []
        for kind, value in lex(source, lexer):
            name = STANDARD_TYPES.get(kind, "")
            if name and value.strip():
                parts.append(element("span", text(value, MOST_CHARACTERS), class_=f"j-{name}"))
            else:
                parts.append(text(value, MOST_CHARACTERS))
        return Markup().join(parts)

    return highlight
