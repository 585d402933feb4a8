"""A parameter that nothing reads, with the name that it may have been meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from .._messages import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_HINTS: Final = 100
"""For so many parameters of one call the nearest name is looked up: nobody reads more hints, and
the search costs more than all else that a parameter does.
"""


# A str, as tests compare it with the name and reports print it; its parts are not read back from
# it.
class Unread(str):
    """A name that was sent and that nothing reads; as text it is what a report says of it.

    Attributes:
        name: the parameter's name, or its dotted place.
        nearest: the known name that it may have been meant to be, ``""`` when none is near.
    """

    __slots__ = ("name", "nearest")

    name: str
    nearest: str

    def __new__(cls, name: str, nearest: str = "") -> Self:
        """Keep both, and put them in words."""
        unread = super().__new__(cls, f"{name} (nearest: {nearest})" if nearest else name)
        unread.name = name
        unread.nearest = nearest
        return unread

    @classmethod
    def among(cls, name: str, known: Iterable[str], prefix: str = "") -> Self:
        """A name that is none of ``known``, at a place that ``prefix`` names."""
        near = did_you_mean(name, known, 1)
        return cls(prefix + name, near[0] if near else "")
