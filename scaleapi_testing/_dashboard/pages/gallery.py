"""The gallery: one drawing of each task type."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ..layout import page

if TYPE_CHECKING:
    from ..gallery.made import Piece
    from ..visit import Answer, Visit


def gallery(visit: Visit) -> Answer:
    """The page."""
    make: Any = type(visit.fake)
    return page(visit, "gallery.html", title="Gallery", pieces=_pieces(make))


@cache  # the same whenever it is made: of constants and a seed of its own
def _pieces(make: Any) -> tuple[Piece, ...]:
    from ..gallery.made import pieces

    return tuple(pieces(make))
