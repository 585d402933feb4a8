"""How an exception of a callback target reaches the test through a client's call."""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from threading import current_thread
from typing import TYPE_CHECKING, Final

from .._time.clock import raise_first

if TYPE_CHECKING:
    from collections.abc import Generator

    from .._http.values import Request
    from .fake_protocol import ActiveFake

MARK: Final = "scale_callback_target"
"""The attribute that tells doors apart from errors of the call itself."""

MANY_CREATES: Final = "scaleapi-create"
"""How the threads, or the asynchronous tasks, are named on which our client makes many tasks."""

HTTP_LIBRARIES: Final = frozenset({"requests", "urllib3", "httpx"})


def raise_from_targets(fake: ActiveFake, call: Request, raised: list[BaseException]) -> None:
    """Raise what the targets of callbacks raised during a call; nothing when none did.

    The first is raised unwrapped, with its own traceback and the others as notes. Its attribute
    ``scale_callback_target`` is true, so that no door takes it for a failure of the call. Where the
    client would keep it from the test, it waits for the next control instead.
    """
    __tracebackhide__ = True
    if not raised:
        return
    if _client_would_keep(call, raised[0]):
        fake.app.keep(raised)
        return
    mark(raised[0])
    raise_first(raised)


def _client_would_keep(call: Request, error: BaseException) -> bool:
    """Whether the client would take the error for its own instead of passing it on.

    The clients named scaleapi wrap what a connection raises, and ours makes of any error in one of
    many creates the result of that one, though the task was made.
    """
    if not call.headers.get("user-agent", "").startswith("scaleapi/"):
        return False
    if current_thread().name.startswith(MANY_CREATES) or _in_one_of_many_creates():
        return True
    kinds = type(error).__mro__
    return isinstance(error, OSError) or any(
        kind.__module__.partition(".")[0] in HTTP_LIBRARIES for kind in kinds
    )


def _in_one_of_many_creates() -> bool:
    if "sniffio" not in sys.modules:
        return False
    from sniffio import AsyncLibraryNotFoundError, current_async_library

    try:
        if current_async_library() == "trio":
            from trio.lowlevel import current_task

            return current_task().name == MANY_CREATES
    except AsyncLibraryNotFoundError:
        return False
    from asyncio import current_task as running_task

    task = running_task()
    return task is not None and task.get_name() == MANY_CREATES


def mark(error: BaseException) -> None:
    """Say of an exception that a callback target raised it, where it takes an attribute."""
    with suppress(AttributeError, TypeError):
        setattr(error, MARK, True)


def is_from_target(error: BaseException) -> bool:
    """Whether a callback target raised it."""
    return getattr(error, MARK, False) is True


@contextmanager
def marking(fake: ActiveFake | None = None, call: Request | None = None) -> Generator[None]:
    """While time passes only targets of callbacks raise: mark what comes out.

    Of a call that waits, what its client would keep from the test waits for the next control.
    """
    __tracebackhide__ = True
    try:
        yield
    except Exception as error:
        if fake is not None and call is not None and _client_would_keep(call, error):
            fake.app.keep([error])
            return
        mark(error)
        raise
