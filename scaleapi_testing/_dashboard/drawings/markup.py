"""How elements are written: whatever was sent by users is text, in HTML and in SVG."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LONGEST: Final = 20_000
_VOID: Final = frozenset({"br", "hr", "img", "input"})
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def text(value: object, most: int = _LONGEST) -> Markup:
    """``value`` as text, cut after ``most`` characters.

    Half a surrogate pair, which JSON may hold, and control characters become U+FFFD: neither can
    be sent as HTML.
    """
    content = str(value)
    cut = content[:most] + "…" if len(content) > most else content
    return escape(_UNPRINTABLE.sub("\ufffd", cut))


def element(
    name: str, *children: object, attributes: Mapping[str, object] | None = None, **more: Any
) -> Markup:
    """``<name …>children</name>``: children that are no `Markup` are escaped.

    Args:
        name: of the element.
        children: what is inside, in order.
        attributes: those whose names are no Python names, e.g. ``data-label``.
        more: the others; ``class_`` is ``class``, ``_`` elsewhere ``-``; ``None`` and ``False`` are
            left out, ``True`` has no value, floats get at most two decimals.
    """
    written = [name]
    for key, value in more.items():
        _write(written, key.rstrip("_").replace("_", "-"), value)
    for key, value in (attributes or {}).items():
        _write(written, key, value)
    # Every part of it is escaped by now; joining plain text is several times as fast as `Markup`.
    end = "" if name in _VOID else f"</{name}>"
    return Markup(f"<{' '.join(written)}>{joined(children)}{end}")  # noqa: S704


def joined(children: Iterable[object]) -> Markup:
    """``children`` one after the other; those that are no `Markup` are escaped."""
    parts = [
        str(child if isinstance(child, Markup) else text(child))
        for child in children
        if child is not None
    ]
    return Markup("".join(parts))  # noqa: S704


def _write(written: list[str], name: str, value: object) -> None:
    if value is True:
        written.append(name)
    elif value is not None and value is not False:
        written.append(f'{name}="{_value(value)}"')


def _value(value: object) -> str:
    if isinstance(value, float):
        # Integers above 2**53 and infinities are nothing that a picture can show.
        return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) < 1e9 else "0"
    return str(text(value, 4_000_000))
