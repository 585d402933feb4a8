"""The answer of a control as JSON, written a little at a time where it is long."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from .._time.turns import in_turns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._messages import JSON

TOGETHER: Final = 500
"""So many items of a list are written at a stretch; a shorter one is written with what holds it."""


def encoded(answer: JSON | bytes) -> bytes:
    """What ``json.dumps`` gives, as bytes; what is bytes already is JSON."""
    if isinstance(answer, bytes):
        return answer
    if isinstance(answer, dict) and any(map(_is_long, answer.values())):
        return "".join(_of_dict(answer)).encode()
    if isinstance(answer, list) and _is_long(answer):
        return "".join(_of_list(answer)).encode()
    return json.dumps(answer).encode()


def _is_long(value: JSON) -> bool:
    return isinstance(value, list) and len(value) > TOGETHER


def _of_dict(answer: dict[str, JSON]) -> Iterator[str]:
    before = "{"
    for name, value in answer.items():
        yield f"{before}{json.dumps(name)}: "
        if isinstance(value, list) and _is_long(value):
            yield from _of_list(value)
        else:
            yield json.dumps(value)
        before = ", "
    yield "}"


def _of_list(items: list[JSON]) -> Iterator[str]:
    before = "["
    for begin in in_turns(range(0, len(items), TOGETHER)):
        yield before + json.dumps(items[begin : begin + TOGETHER])[1:-1]
        before = ", "
    yield "]"
