"""Where the name of a shape stands, so that none hides another as far as there is room."""

from __future__ import annotations


class Room:
    """The room for names on a picture.

    Args:
        width: of the picture, in units of its own, as all lengths here.
        height: of the picture.
    """

    def __init__(self, width: float, height: float) -> None:
        self._width = width
        self._height = height
        self._taken: list[tuple[float, float, float, float]] = []

    def take(
        self, around: tuple[float, float, float, float], wide: float, tall: float
    ) -> tuple[float, float]:
        """Take room for a name, and give its left and upper edge.

        Args:
            around: the left, upper, right and lower edge of the shape that it names.
            wide: the name's width.
            tall: the name's height.
        """
        left, top, right, low = around
        places = (
            (left, top - tall),
            (left, low),
            (right - wide, top - tall),
            (left, top),
            (right - wide, low - tall),
        )
        # At least 0: a name may be wider than a small picture.
        most_x, most_y = max(0.0, self._width - wide), max(0.0, self._height - tall)
        inside = [(min(max(x, 0.0), most_x), min(max(y, 0.0), most_y)) for x, y in places]
        free = [(x, y) for x, y in inside if not self._is_taken(x, y, wide, tall)]
        # Where all are taken, names lie over each other.
        x, y = (free or inside)[0]
        self._taken.append((x, y, x + wide, y + tall))
        return x, y

    def _is_taken(self, x: float, y: float, wide: float, tall: float) -> bool:
        return any(
            x < right and left < x + wide and y < low and top < y + tall
            for left, top, right, low in self._taken
        )
