"""The table of task types: one file each, named as in ``POST /v1/task/<name>``, imported on use."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from .._messages import described, did_you_mean

if TYPE_CHECKING:
    from ._base import TaskType


@cache  # describes the files on disk, never the state of a fake
def names() -> tuple[str, ...]:
    """Every task type the fake knows, in alphabetical order."""
    folder = Path(__file__).parent
    return tuple(sorted(p.stem for p in folder.glob("*.py") if not p.stem.startswith("_")))


@cache  # a task type is a frozen value of its module
def task_type(name: str) -> TaskType | None:
    """The task type called ``name``, or ``None`` when there is no such file."""
    if name not in names():
        return None
    kind: TaskType = import_module(f".{name}", __name__).TASK_TYPE
    return kind


def checked_name(name: object) -> str:
    """``name``, when there is such a task type.

    Raises:
        LookupError: there is none; names the nearest.
        TypeError: it is no text.
    """
    if not isinstance(name, str):
        raise TypeError(f"a task type is named by a text or a TaskType, not {described(name)}")
    if name not in names():
        near = ", ".join(did_you_mean(name, names()))
        known = f"nearest: {near}" if near else f"known: {', '.join(names())}"
        raise LookupError(f"there is no task type {name[:60]!r}; {known}")
    return name


@cache  # the same
def _aliases() -> dict[str, str]:
    kinds = (task_type(name) for name in names())
    return {alias: kind.name for kind in kinds if kind is not None for alias in kind.aliases}


def by_path(name: str) -> TaskType | None:
    """The task type that ``POST /v1/task/<name>`` means, early verbs included."""
    return task_type(name) or task_type(_aliases().get(name, ""))
