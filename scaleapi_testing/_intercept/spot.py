"""How an attribute of somebody else's class or module is replaced, and put back exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

MARK: Final = "_scaleapi_replaces"
"""On a replacement: its ``id``, what it replaces, and whether that was inherited.

The ``id``, because ``functools.wraps`` copies attributes on to what others wrap around it.
"""


Spot: TypeAlias = tuple[Any, str, "Callable[[Any], Any]"]
"""A class or module, the name of its attribute, and what makes a replacement of an original."""


def replace(*spots: Spot) -> Callable[[], None]:
    """Put a replacement at each spot; returns what puts the originals back.

    Where somebody else replaced ours in turn, theirs is left alone on the way back. When they put
    ours back later, it must pass everything through; the next `replace` finds what lies below it.
    Where one replacement fails, none stays.
    """
    put_in: list[tuple[Any, str, Any, Any, bool]] = []

    def put_back() -> None:
        for owner, name, replacement, original, inherited in put_in:
            if owner.__dict__.get(name) is not replacement:
                continue
            if inherited:
                delattr(owner, name)
            else:
                setattr(owner, name, original)

    try:
        for owner, name, make in spots:
            original = owner.__dict__.get(name, MARK)
            inherited = original is MARK
            if inherited:
                original = getattr(owner, name)
            while (mark := getattr(original, MARK, None)) is not None and mark[0] == id(original):
                _, original, inherited = mark
            replacement = make(original)
            setattr(replacement, MARK, (id(replacement), original, inherited))
            setattr(owner, name, replacement)
            put_in.append((owner, name, replacement, original, inherited))
    except BaseException:
        put_back()
        raise
    return put_back


def is_ours(value: object) -> bool:
    """Whether a value is a replacement of ours, open or left over."""
    mark = getattr(value, MARK, None)
    return mark is not None and mark[0] == id(value)
