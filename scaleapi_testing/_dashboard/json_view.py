"""JSON with colours: Pygments names the parts, the stylesheet colours them."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from .drawings.markup import element, text

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_CHARACTERS: Final = 24_000
"""Of a longer document the beginning is shown; it is said how long it is."""


def json_view(value: Any) -> Markup:
    """A JSON value, indented and coloured."""
    return coloured(indented(value))


def body_view(body: bytes) -> Markup:
    """A body of HTTP: coloured where it is JSON, as text where it is not."""
    try:
        return json_view(json.loads(body))
    # What is no JSON, or nested too deep for Python, is still worth seeing as text.
    except (ValueError, RecursionError):
        shown = body.decode("utf-8", "replace")
        return element("pre", text(shown, MOST_CHARACTERS), class_="code", tabindex=0)


def indented(value: Any) -> str:
    """A JSON value over many lines; where it is large `json` itself would take seconds."""
    import msgspec

    compact = json.dumps(value, ensure_ascii=False)
    try:
        return msgspec.json.format(compact, indent=2)
    except (ValueError, UnicodeEncodeError):  # half a surrogate pair, a number that is none
        return json.dumps(value, ensure_ascii=False, indent=2)


def coloured(source: str) -> Markup:
    """A JSON text, coloured."""
    more = len(source) - MOST_CHARACTERS
    # The lexer takes quadratic time for some broken texts; this is what `json` wrote.
    marked = _highlighter()(str(text(source, MOST_CHARACTERS).unescape()))
    note = element("p", f"and {more:,} more characters", class_="note") if more > 0 else Markup()
    return element("pre", element("code", marked), class_="code", tabindex=0) + note


@cache  # a function of constants
def _highlighter() -> Callable[[str], Markup]:
    # Here, for it is of the extra `server`.
    from pygments import lex
    from pygments.lexers.data import JsonLexer
    from pygments.token import STANDARD_TYPES

    lexer = JsonLexer(stripnl=False, ensurenl=False)

    def highlight(source: str) -> Markup:
        parts: list[str] = []
        for kind, value in lex(source, lexer):
            name = STANDARD_TYPES.get(kind, "")
            shown = str(escape(value))
            parts.append(
                f'<span class="j-{name}">{shown}</span>' if name and name != "p" else shown
            )
        # Names are those of Pygments, and what was sent is escaped.
        return Markup("".join(parts))  # noqa: S704

    return highlight
