"""Each task type's parameters with types and meaning, from the source of the client's classes."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from codegen.task_types import PARAMS, marked_types

if TYPE_CHECKING:
    from collections.abc import Iterable

_COMMENT: Final = re.compile(r"#\s*(?!noqa)(?P<words>.+)$")
COMMON: Final = "CommonParams"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One key: its type as annotated, and what the comment beside it says."""

    name: str
    type: str
    words: str


@cache  # describes the files on disk
def _classes() -> dict[str, tuple[tuple[str, ...], tuple[Parameter, ...]]]:
    """By the name of a class, its bases and its own parameters."""
    classes: dict[str, tuple[tuple[str, ...], tuple[Parameter, ...]]] = {}
    for path in sorted(PARAMS.glob("[!_]*.py")):
        source = path.read_text(encoding="utf-8")
        lines = source.splitlines()
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef):
                bases = tuple(base.id for base in node.bases if isinstance(base, ast.Name))
                own = tuple(
                    _parameter(field, lines[field.lineno - 1])
                    for field in node.body
                    if isinstance(field, ast.AnnAssign)
                )
                classes[node.name] = (bases, own)
            elif (made := _made_by_call(node, lines)) is not None:
                classes[made[0]] = ((), made[1])
    return classes


def _made_by_call(node: ast.stmt, lines: list[str]) -> tuple[str, tuple[Parameter, ...]] | None:
    """The keys of ``Name = TypedDict("Name", {...})``."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(func=ast.Name(id="TypedDict"), args=[_, ast.Dict() as keys]),
        ):
            return name, tuple(
                _parameter_of(ast.literal_eval(key), ast.unparse(value), lines[key.lineno - 1])
                for key, value in zip(keys.keys, keys.values, strict=True)
                if key is not None
            )
    return None


def _parameter(field: ast.AnnAssign, line: str) -> Parameter:
    return _parameter_of(ast.unparse(field.target), ast.unparse(field.annotation), line)


def _parameter_of(name: str, annotation: str, line: str) -> Parameter:
    comment = _COMMENT.search(line)
    return Parameter(name, annotation, "" if comment is None else comment["words"].strip())


def parameters_of(name: str) -> tuple[Parameter, ...]:
    """The parameters of a class and its bases, those of every type left out.

    Args:
        name: of a class in ``scaleapi.task_params``.
    """
    bases, own = _classes()[name]
    inherited = [
        parameter
        for base in bases
        if base in _classes() and base != COMMON
        for parameter in parameters_of(base)
    ]
    by_name = {parameter.name: parameter for parameter in [*inherited, *own]}
    # What the type itself adds is what its readers look for.
    return tuple(sorted(by_name.values(), key=lambda parameter: parameter not in own))


def own_parameters(name: str) -> tuple[Parameter, ...]:
    """The keys of a class itself."""
    return _classes()[name][1]


def direct_parts(parameter: Parameter) -> list[str]:
    """The classes that a parameter's type names."""
    words = dict.fromkeys(re.findall(r"\w+", parameter.type))
    return [name for name in words if name in _classes()]


def parts_of(parameters: Iterable[Parameter]) -> list[str]:
    """The classes that these parameters' types name, and those that they name in turn."""
    names: list[str] = []
    for parameter in parameters:
        for name in direct_parts(parameter):
            if name not in names:
                names.append(name)
                names += [part for part in parts_of(own_parameters(name)) if part not in names]
    return names


def common_parameters() -> tuple[Parameter, ...]:
    """What every task type takes."""
    return _classes()[COMMON][1]


def class_of(type_name: str) -> str | None:
    """The class of a task type's parameters, where the client has one."""
    return next((marked.params for marked in marked_types() if marked.name == type_name), None)
