"""No regular expression of the task types can be kept busy by a text made for it."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]  # how Python itself reads them
from typing import Any

import pytest

import scaleapi_testing

FOLDER = Path(scaleapi_testing.__file__).parent / "_task_types"
MODULES = sorted(
    ".".join(path.relative_to(FOLDER.parent.parent).with_suffix("").parts)
    for path in FOLDER.rglob("*.py")
)
REPEATS = {_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT}
PATTERNS = {
    f"{module.rpartition('.')[2]}.{name}": value.pattern
    for module in MODULES
    for name, value in vars(import_module(module)).items()
    if isinstance(value, re.Pattern)
}


def nests(parsed: Any, within: bool = False) -> bool:
    """Whether something repeated without end stands within something repeated without end."""
    for operator, argument in parsed:
        endless = operator in REPEATS and argument[1] == _constants.MAXREPEAT
        if endless and within:
            return True
        parts = argument if isinstance(argument, (tuple, list)) else [argument]
        below = [part for part in parts if isinstance(part, _parser.SubPattern)]
        below += [one for part in parts if isinstance(part, list) for one in subpatterns(part)]
        if any(nests(part, within or endless) for part in below):
            return True
    return False


def subpatterns(parts: list[Any]) -> list[Any]:
    return [part for part in parts if isinstance(part, _parser.SubPattern)]


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_nothing_repeated_is_repeated_again(name):
    assert not nests(_parser.parse(PATTERNS[name]))


@pytest.mark.parametrize("pattern", ["(a+)+", "(a*b?)*", "((a|b)*c)+", "([^@]+@)*x"])
def test_what_this_looks_for_is_found(pattern):
    assert nests(_parser.parse(pattern))


def test_there_are_expressions_to_look_at():
    assert {"values._DIGITS", "writer._CHUNKS"} <= set(PATTERNS)
