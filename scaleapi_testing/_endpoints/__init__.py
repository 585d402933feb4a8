"""Every operation of the API: an explicit list of modules, collected into a table."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from .._http.routing import Endpoint, Router, collect

MODULES: Final = (
    "v1.create_task",
    "v1.tasks",
    "v1.batches",
    "v1.projects",
    "v1.files",
    "v1.teams",
    "v1.studio",
    "v1.quality_tasks",
    "v1.dependents",
    "v2.tasks",
    "v2.batches",
    "v2.projects",
    "v2.deliveries",
    "v2.datasets",
    "v2.openapi",
    "results",
)


@cache  # describes the code, never the state of a fake
def endpoints() -> tuple[Endpoint, ...]:
    """Every operation, in the order of the modules."""
    return collect(import_module(f".{name}", __name__) for name in MODULES)


@cache  # the same
def router() -> Router:
    """Finds one of them by method and path."""
    return Router(endpoints())
