"""How an exception of a callback target reaches the test through a client's call."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from .._time.clock import raise_first

if TYPE_CHECKING:
    from collections.abc import Generator

MARK: Final = "scale_callback_target"
"""The attribute that tells clients and doors apart from errors of the call itself."""


def raise_from_targets(raised: list[BaseException]) -> None:
    """Raise what the targets of callbacks raised during a call; nothing when none did.

    The first is raised unwrapped, with its own traceback and the others as notes. Its attribute
    ``scale_callback_target`` is true, so that no client takes it for a failure of the call.
    """
    __tracebackhide__ = True
    if raised:
        mark(raised[0])
        raise_first(raised)


def mark(error: BaseException) -> None:
    """Say of an exception that a callback target raised it, where it takes an attribute."""
    with suppress(AttributeError, TypeError):
        setattr(error, MARK, True)


def is_from_target(error: BaseException) -> bool:
    """Whether a callback target raised it."""
    return getattr(error, MARK, False) is True


@contextmanager
def marking() -> Generator[None]:
    """While time passes only targets of callbacks raise: mark what comes out."""
    __tracebackhide__ = True
    try:
        yield
    except Exception as error:
        mark(error)
        raise
