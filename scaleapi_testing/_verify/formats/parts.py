"""Refuses a recorded exchange that lacks a part, or has it in another form, and says which."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ..exchange import BadRecording

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHOWN: Final = 40

Kind = type | tuple[type, ...]

_KINDS: Final[dict[Any, str]] = {
    dict: "an object",
    list: "a list",
    str: "a text",
    int: "a whole number",
    (dict, list): "an object",
}


def check_parts(place: str, entry: Any, parts: Mapping[str, Kind], whose: str) -> None:
    """Refuse an exchange in which a part is missing or of another kind.

    Args:
        place: of the exchange: ``orders.yaml, exchange 3``.
        entry: the exchange, as its file says it.
        parts: what each part must be, e.g. ``{"request": dict, "request.method": str}``; the
            parts of a part stand after it. ``int`` also takes a text of digits, and ``object``
            anything.
        whose: which program writes such exchanges, and how.

    Raises:
        BadRecording: one line with the place, the part and what was expected.
    """
    if not isinstance(entry, dict):
        raise BadRecording(f"{place} is {_short(entry)}, not an object; expected {whose}")
    for path, kind in parts.items():
        value: Any = entry
        for name in path.split("."):
            if name not in value:
                raise BadRecording(f"{place} has no {path}; expected {whose}")
            value = value[name]
        if not _is_of(value, kind):
            wanted = _KINDS[kind]
            raise BadRecording(
                f"{place} has {path} {_short(value)}, not {wanted}; expected {whose}"
            )


def _is_of(value: Any, kind: Kind) -> bool:
    if kind is not int:
        return isinstance(value, kind)
    # Some programs write "200"; int() takes much else besides.
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit()
    return is_digits or (isinstance(value, int) and not isinstance(value, bool))


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
