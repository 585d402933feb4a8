"""Every operation of the control plane, by name: what routes, checks and documents it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .operation import ControlOperation


@cache  # one table of values for the whole process, which nothing changes
def controls() -> Mapping[str, ControlOperation]:
    """Every operation, by name."""
    from . import (
        accounts,
        answers,
        callbacks,
        clock,
        customers,
        faults,
        generative,
        records,
        report,
        requests,
        state,
        tasks,
        worlds,
    )
    from .operation import collect

    return collect(
        (
            records,
            tasks,
            customers,
            answers,
            clock,
            faults,
            requests,
            callbacks,
            accounts,
            generative,
            state,
            report,
            worlds,
        )
    )


def perform(subject: Any, name: str, arguments: Mapping[str, Any]) -> Any:
    """Do a control by its name, as a log holds it: ``{"name": ..., "arguments": ...}``.

    Args:
        subject: a ``FakeScale``; a ``Caller`` of ``_worlds`` where the operation is ``of_server``.
        name: of the operation.
        arguments: JSON values by name.

    Returns:
        The answer, as JSON.

    Raises:
        KeyError: there is no such operation.
        Exception: what the control raises.
    """
    return controls()[name].perform(subject, arguments)
