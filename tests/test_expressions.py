"""No regular expression of either package can be kept busy by a text made for it."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]  # how Python itself reads them
from typing import Any

import pytest

CHECKOUT = Path(__file__).parents[1]
FILES = sorted(
    path
    for package in ("scaleapi", "scaleapi_testing")
    for path in (CHECKOUT / package).rglob("*.py")
    if re.search(r"^import re$", path.read_text(encoding="utf-8"), re.MULTILINE)
)
REPEATS = {_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT}
FUNCTIONS = {"compile", "match", "fullmatch", "search", "split", "sub", "subn", "findall",
             "finditer"}  # fmt: skip


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)


def compiled(path: Path) -> dict[str, str | bytes]:
    """The expressions that a module holds, by their names."""
    module = name_of(path)
    return {
        f"{module}.{name}": value.pattern
        for name, value in vars(import_module(module.removesuffix(".__init__"))).items()
        if isinstance(value, re.Pattern)
    }


def calls(path: Path) -> dict[str, ast.expr]:
    """What stands as expression in each call of ``re``, wherever in the module, by its line."""
    return {
        f"{name_of(path)}:{node.lineno}": node.args[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in FUNCTIONS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
    }


def written(path: Path) -> dict[str, str | bytes]:
    """Those of them that are text, or the name of one in the module."""
    module = vars(import_module(name_of(path).removesuffix(".__init__")))
    texts = {
        place: part.value if isinstance(part, ast.Constant) else module.get(ast.unparse(part))
        for place, part in calls(path).items()
    }
    return {place: text for place, text in texts.items() if isinstance(text, str | bytes)}


HELD = {name: pattern for path in FILES for name, pattern in compiled(path).items()}
WRITTEN = {name: pattern for path in FILES for name, pattern in written(path).items()}
PATTERNS = HELD | {
    name: pattern for name, pattern in WRITTEN.items() if pattern not in HELD.values()
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
    assert {
        "scaleapi_testing._task_types._language.values._DIGITS",
        "scaleapi_testing._http.wire._STRING",
        "scaleapi.v2.models.__init__._WORD",
    } <= {name.replace("api_client.v2", "v2") for name in PATTERNS}


def test_no_other_expression_is_put_together_while_a_function_runs():
    # The one of a dump is made of keys, escaped, and of what keys look like, and that of a notice
    # of one key, escaped; the others are made once, of another expression and of names, escaped,
    # and are among those that are looked at.
    made = {
        place.partition(":")[0]
        for path in FILES
        for place, part in calls(path).items()
        if isinstance(part, ast.JoinedStr) and place not in WRITTEN
    }

    assert made == {
        "scaleapi_testing._journal.recorded_request",
        "scaleapi_testing._saved.dump",
        "scaleapi_testing._verify.chance",
        "scaleapi_testing._verify.masking",
    }
    assert {
        "scaleapi_testing._verify.chance._IDS_INSIDE",
        "scaleapi_testing._verify.masking._SIGNED",
    } <= set(HELD)
