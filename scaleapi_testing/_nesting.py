"""How deep a test's own callables may lie inside each other, where they call the fake that asks."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, TypeVar

from ._errors import FakeScaleError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

MOST: Final = 16
"""Python's own limit is a few dozen such rounds away, and its error names nobody."""

_LEVEL: Final[ContextVar[int]] = ContextVar("scale_nesting", default=0)
# No mutable state of the module: the value belongs to the thread or asyncio task that set it.


def asked(ask: Callable[[], T], who: Callable[[], str], instead: str) -> T:
    """What a callable of the test's says; it may call the fake, which may ask it again.

    Args:
        ask: calls it.
        who: says what asks whom about what, for the message.
        instead: what to do that does not lead back.

    Raises:
        FakeScaleError: so many are under way inside each other that there is no end to it.
    """
    __tracebackhide__ = True
    level = _LEVEL.get()
    if level == MOST:
        raise FakeScaleError(
            f"{who()} calls itself: {MOST} such questions are under way inside each other, each "
            f"asked because of what the one before it did. {instead}"
        )
    before = _LEVEL.set(level + 1)
    try:
        return ask()
    finally:
        _LEVEL.reset(before)
