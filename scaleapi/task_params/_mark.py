"""The mark that makes a class of parameters those of a task type: the one table of all types."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

ParamsT = TypeVar("ParamsT")


def task_type(name: str, member: str, makes: str) -> Callable[[type[ParamsT]], type[ParamsT]]:  # noqa: ARG001  # read from the source text by codegen
    """Say that the class below holds the parameters of a task type. It is left as it is.

    ``make generate`` reads the marks and writes :class:`scaleapi.TaskType`, the
    ``create_<name>_task`` methods and the names of :mod:`scaleapi.task_params` from them.

    Args:
        name: the type's name in ``POST /v1/task/<name>``.
        member: its name in :class:`scaleapi.TaskType`.
        makes: what a task of it is about, e.g. ``"boxes on an image"``, without a full stop.
    """
    return lambda params: params
