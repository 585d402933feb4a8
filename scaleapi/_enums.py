"""How an enumeration answers for a member that it does not have: with the nearest one."""

from __future__ import annotations

from enum import Enum, EnumMeta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class NearestMember(EnumMeta):
    """The class of enumerations that name the member which was nearly meant."""

    # Hidden from type checkers, which find a misspelt member by themselves.
    if not TYPE_CHECKING:

        def __getattr__(cls, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            raise AttributeError(no_member(cls, name, cls.__members__))

        def __getitem__(cls, name: str) -> Any:
            try:
                return super().__getitem__(name)
            except KeyError:
                raise KeyError(no_member(cls, name, cls.__members__)) from None


def no_member(kind: type[Enum], name: str, known: Iterable[str]) -> str:
    """The sentence that says so: ``TaskType has no 'Imageanotation' (nearest: ...)``."""
    from difflib import get_close_matches  # only a misspelt name needs it

    # Letter case is the likeliest slip, and difflib would count each letter of it.
    by_lower = {right.lower(): right for right in known}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    hint = f" (nearest: {by_lower[near[0]]})" if near else ""
    return f"{kind.__name__} has no {name!r}{hint}"
