"""Which page stands at which address below the mount, e.g. below ``/_fake``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .files import asset, result, upload
from .layout import page
from .pages.callbacks import callbacks, inbox
from .pages.copy import copy
from .pages.export import export
from .pages.faults import faults
from .pages.gallery import gallery
from .pages.overview import overview
from .pages.requests import request, requests
from .pages.settings import settings
from .pages.task import task
from .pages.tasks import tasks
from .pages.time import time
from .visit import Answer, NoSuchPage, Visit

if TYPE_CHECKING:
    from collections.abc import Callable

ROUTES: Final[tuple[tuple[str, Callable[..., Answer]], ...]] = (
    ("/", overview),
    ("/ui/tasks", tasks),
    ("/ui/tasks/{task_id}", task),
    ("/ui/export", export),
    ("/ui/copy", copy),
    ("/ui/time", time),
    ("/ui/callbacks", callbacks),
    ("/ui/inbox/{name}", inbox),
    ("/inbox/{name}", inbox),
    ("/ui/faults", faults),
    ("/ui/requests", requests),
    ("/ui/requests/{n}", request),
    ("/ui/settings", settings),
    ("/gallery", gallery),
    ("/assets/{name}", asset),
    ("/ui/results/{uuid}", result),
    ("/ui/files/{owner}/{file_id}", upload),
)
"""Path and page; a placeholder is one part of the path, given to the page by name."""

_PATTERNS: Final = tuple(
    (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), show) for path, show in ROUTES
)


def is_page(path: str) -> bool:
    """Whether the dashboard answers for a path below the mount; controls have all others."""
    return path.startswith("/ui/") or any(pattern.fullmatch(path) for pattern, _ in _PATTERNS)


def answer(visit: Visit) -> Answer | None:
    """The page that a visit asks for; ``None`` where the dashboard has nothing at its path."""
    for pattern, show in _PATTERNS:
        match = pattern.fullmatch(visit.path)
        if match is not None:
            try:
                return show(visit, **match.groupdict())
            except NoSuchPage as error:
                return _missing(visit, str(error))
    if visit.path.startswith("/ui/"):
        return _missing(visit, f"The dashboard has no page {visit.path[:100]}.")
    return None


def _missing(visit: Visit, message: str) -> Answer:
    return page(visit, "missing.html", title="Not found", status=404, message=message)


def broken(visit: Visit, error: Exception, *, is_logged: bool) -> Answer:
    """What is shown in place of a page that this package cannot make; a fault of its own.

    Args:
        visit: which asked for it.
        error: what was raised.
        is_logged: whether the server's log says where that was.
    """
    # Cut: what broke a page may be a text without an end.
    what = f"This page could not be made ({type(error).__name__}: {error})."[:500]
    where = (
        "The log of the server has a line that says where; please report it with that."
        if is_logged
        else "Please report it."
    )
    return page(visit, "missing.html", title="Fault", status=500, message=f"{what} {where}")
