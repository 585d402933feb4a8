"""Markdown tables and examples of JSON, as the generated pages show them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_ITEMS: Final = 2
"""How many items of a list an example shows."""

WIDTH: Final = 84
"""Characters of a line of JSON."""

LONGEST: Final = 60
"""Characters of a value in a table."""


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """A table; a bar in a cell stays one."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def facts(pairs: Iterable[tuple[str, object]]) -> str:
    """What is known of one thing, a line each."""
    return "".join(f"- {name}: {value}\n" for name, value in pairs)


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", r"\|")


def json_block(value: Any, *, whole: bool = False) -> str:
    """A value as a block of JSON: what fits on a line stands on one.

    Args:
        value: any JSON.
        whole: show every item of a list, not the first ones.
    """
    text = _written(value if whole else _shortened(value), 0)
    return f"```json\n{text}\n```\n"


def _written(value: Any, depth: int) -> str:
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(flat) + 2 * depth <= WIDTH:
        return flat
    inner = "  " * (depth + 1)
    if isinstance(value, dict):
        parts = [
            f"{inner}{json.dumps(key, ensure_ascii=False)}: {_written(item, depth + 1)}"
            for key, item in value.items()
        ]
    else:
        parts = [f"{inner}{_written(item, depth + 1)}" for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n" + ",\n".join(parts) + f"\n{'  ' * depth}{closing}"


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shortened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shortened(item) for item in value[:MOST_ITEMS]]
    return value


def shape(value: Any) -> str:
    """Each place of a JSON value with its type and an example: ``annotations[].left``, number."""
    places: dict[str, tuple[set[str], Any]] = {}
    for path, kind, example in _walk(value, ""):
        kinds, first = places.setdefault(path, (set(), example))
        kinds.add(kind)
        if first is None:
            places[path] = (kinds, example)
    rows = [
        (f"`{path}`", " or ".join(sorted(kinds)), "" if example is None else f"`{example}`")
        for path, (kinds, example) in places.items()
    ]
    return table(("where", "type", "for example"), rows)


def _walk(value: Any, path: str) -> Iterator[tuple[str, str, str | None]]:
    if isinstance(value, dict):
        if path:
            yield path, "object", None
        for key, item in value.items():
            yield from _walk(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        yield path or "[]", "list", None
        for item in value:
            yield from _walk(item, f"{path}[]")
    else:
        yield path, _kind(value), _example(value)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "string"


def _example(value: object) -> str | None:
    if value is None:
        return None
    text = json.dumps(value, ensure_ascii=False)
    return (text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…").replace("`", "'")
