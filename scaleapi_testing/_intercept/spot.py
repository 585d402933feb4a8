"""How an attribute of somebody else's class or module is replaced, and put back exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MARK: Final = "_scaleapi_replaces"
"""On a replacement: itself, what it replaces, and whether that was inherited.

Itself, because ``functools.wraps`` copies attributes on to what others wrap around it.
"""


def replace(owner: Any, name: str, make: Callable[[Any], Any]) -> Callable[[], None]:
    """Put ``make(original)`` at ``owner.name``; returns what puts the original back.

    Where somebody else replaced ours in turn, theirs is left alone on the way back. When they put
    ours back later, it must pass everything through; the next `replace` finds what lies below it.

    Args:
        owner: a class or a module.
        name: its attribute.
        make: takes the original and returns a replacement that can have attributes.
    """
    inherited = name not in vars(owner)
    original = getattr(owner, name) if inherited else vars(owner)[name]
    while is_ours(original):
        _, original, inherited = getattr(original, MARK)
    replacement = make(original)
    setattr(replacement, MARK, (replacement, original, inherited))
    setattr(owner, name, replacement)

    def put_back() -> None:
        if vars(owner).get(name) is not replacement:
            return
        if inherited:
            delattr(owner, name)
        else:
            setattr(owner, name, original)

    return put_back


def is_ours(value: object) -> bool:
    """Whether a value is a replacement of ours, open or left over."""
    mark = getattr(value, MARK, None)
    return mark is not None and mark[0] is value
