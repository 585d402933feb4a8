"""How a segmentation is kept as runs of pixels, and written as the PNG files of a response.

Source: documented, https://docs.scale.com/reference/segmentannotation-callback-format
(task-types-image 9.2). Pixels are the same on every machine; the compressed bytes of a PNG are
those of the machine's zlib.
"""

from __future__ import annotations

from colorsys import hsv_to_rgb
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, pairwise, repeat
from math import ceil
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

UNLABELED: Final = 0
"""The index of a pixel without a label (documented)."""

_LARGEST_BYTE: Final = 255

Runs: TypeAlias = tuple[tuple[int, int], ...]
"""One row of pixels from left to right: ``(count, index)`` each."""

Outline: TypeAlias = "Sequence[tuple[float, float]]"
"""The corners of an area in pixels, ``(x, y)`` each, closed by itself."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Which object each pixel of an image belongs to.

    Attributes:
        width: pixels.
        height: pixels.
        bands: from top to bottom, ``(number of equal rows, their runs)``.
    """

    width: int
    height: int
    bands: tuple[tuple[int, Runs], ...]

    def counts(self) -> dict[int, int]:
        """Pixels by index; indexes without pixels are absent."""
        found: dict[int, int] = {}
        for rows, runs in self.bands:
            for count, index in runs:
                found[index] = found.get(index, 0) + rows * count
        return found

    def renumbered(self, new: dict[int, int]) -> Mask:
        """The same mask with each index replaced."""
        return Mask(
            self.width,
            self.height,
            tuple(
                (rows, tuple((count, new[index]) for count, index in runs))
                for rows, runs in self.bands
            ),
        )

    def png(self, pixel: Callable[[int], bytes]) -> bytes:
        """A PNG file, ``pixel`` giving the bytes of each index: one is greyscale, four are RGBA."""
        # Imported where it is needed, as most tasks have no masks; it ships no types.
        from png import Writer

        pixels = {index: pixel(index) for _, runs in self.bands for _, index in runs}
        is_grey = all(len(one) == 1 for one in pixels.values())
        rows: Iterator[bytes] = chain.from_iterable(
            repeat(b"".join(pixels[index] * count for count, index in runs), times)
            for times, runs in self.bands
        )
        options: dict[str, Any] = {"greyscale": is_grey, "alpha": not is_grey, "compression": 1}
        file = BytesIO()
        Writer(self.width, self.height, bitdepth=8, **options).write_packed(file, rows)
        return file.getvalue()

    def indexed(self) -> bytes:
        """A greyscale PNG whose values are the indexes; beyond 255 they are not exact (assumed)."""
        return self.png(lambda index: bytes([min(index, _LARGEST_BYTE)]))

    def extended_indexed(self) -> bytes:
        """An RGBA PNG with index = R + 256 * G + 65536 * B."""
        return self.png(lambda index: index.to_bytes(3, "little") + b"\xff")

    def colored(self, colors: dict[int, str]) -> bytes:
        """An RGBA PNG in the colours of the indexes, transparent where an index has none."""
        return self.png(lambda index: _rgba(colors.get(index)))


def _rgba(color: str | None) -> bytes:
    return bytes(4) if color is None else bytes.fromhex(color[1:]) + b"\xff"


def spread_colors(count: int) -> list[str]:
    """``count`` colours of evenly spread hues, as ``#rrggbb``, beginning with red.

    Source: recorded replies of 2019 (task-types-image 9.4).
    """
    return [
        "#" + "".join(f"{round(255 * part):02x}" for part in hsv_to_rgb(place / count, 1, 1))
        for place in range(count)
    ]


def paint(
    width: int, height: int, areas: Iterable[tuple[int, Outline]], background: int = UNLABELED
) -> Mask:
    """A mask of areas, later ones over earlier ones, on ``background``.

    Args:
        width: of the image, in pixels.
        height: of the image, in pixels.
        areas: ``(index, corners)`` each; what lies outside the image is cut off. A pixel belongs
            to an area when its centre does.
        background: the index of all other pixels.
    """
    painted = [(index, _edges(outline), _is_upright(outline)) for index, outline in areas]
    breaks = {0, height}
    for _, edges, is_upright in painted:
        top = max(ceil(min(edge[1] for edge in edges) - 0.5), 0)
        bottom = min(ceil(max(edge[3] for edge in edges) - 0.5), height)
        if top < bottom:
            # All rows of an upright rectangle are alike; of other outlines each row differs.
            breaks.update((top, bottom) if is_upright else range(top, bottom + 1))
    bands: list[tuple[int, Runs]] = []
    for top, bottom in pairwise(sorted(breaks)):
        row = [(0, width, background)]
        for index, edges, _ in painted:
            for start, end in _spans(edges, top + 0.5, width):
                row = _over(row, start, end, index)
        runs = tuple((end - start, index) for start, end, index in row)
        if bands and bands[-1][1] == runs:
            bands[-1] = (bands[-1][0] + bottom - top, runs)
        else:
            bands.append((bottom - top, runs))
    return Mask(width, height, tuple(bands))


def _edges(outline: Outline) -> list[tuple[float, float, float, float]]:
    """The outline's edges as ``(x, y, to_x, to_y)``, each from its upper to its lower end."""
    ends = zip(outline, [*outline[1:], outline[0]], strict=True)
    return [(*one, *other) if one[1] <= other[1] else (*other, *one) for one, other in ends]


def _is_upright(outline: Outline) -> bool:
    return len(outline) == 4 and all(
        one[0] == other[0] or one[1] == other[1]
        for one, other in zip(outline, [*outline[1:], outline[0]], strict=True)
    )


def _spans(
    edges: Sequence[tuple[float, float, float, float]], y: float, width: int
) -> Iterator[tuple[int, int]]:
    """The pixels of the row with centre ``y`` inside the outline, by the even-odd rule."""
    crossings = sorted(
        x + (y - top) * (to_x - x) / (bottom - top)
        for x, top, to_x, bottom in edges
        if top <= y < bottom
    )
    for one, other in zip(crossings[::2], crossings[1::2], strict=True):
        start, end = max(ceil(one - 0.5), 0), min(ceil(other - 0.5), width)
        if start < end:
            yield start, end


def _over(
    row: list[tuple[int, int, int]], start: int, end: int, index: int
) -> list[tuple[int, int, int]]:
    """``row`` (``(start, end, index)`` each) with ``start``...``end`` painted over."""
    new: list[tuple[int, int, int]] = []
    for a, b, old in row:
        if a < start:
            new.append((a, min(b, start), old))
        if a <= start < b:
            new.append((start, end, index))
        if b > end:
            new.append((max(a, end), b, old))
    return new
