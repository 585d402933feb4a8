"""Which colour a label has: the same in every drawing, of every task, in every world."""

from __future__ import annotations

import colorsys
from functools import cache
from hashlib import blake2b
from typing import Final

HUES: Final = 24
TONES: Final = (0.17, 0.1)
"""Relative luminances: white text is readable on either (contrast 4.7 and 7)."""

COUNT: Final = HUES * len(TONES)

_SPREAD: Final = b"s1719"
"""Chosen by trial: with it labels that often stand together (car, person, road ...) lie apart."""


def place_of(label: str) -> int:
    """The number of the label's colour, 0 to `COUNT` - 1.

    From the label's own characters, so that no drawing needs to know of another.
    """
    digest = blake2b(label.encode("utf-8", "surrogatepass"), digest_size=8, person=_SPREAD).digest()
    return int.from_bytes(digest) % COUNT


@cache  # a table of constants
def palette() -> tuple[str, ...]:
    """Every colour as ``#rrggbb``, by number."""
    return tuple(_colour(place % HUES / HUES, TONES[place // HUES]) for place in range(COUNT))


def colour_of(label: str) -> str:
    """The label's colour, ``#rrggbb``."""
    return palette()[place_of(label)]


def class_of(label: str) -> str:
    """The class that gives an HTML element this colour as ``--label``; see `stylesheet`."""
    return f"label-{place_of(label)}"


def stylesheet() -> str:
    """A rule for each class: where style attributes are refused HTML has no other colour."""
    return "".join(
        f".label-{place}{{--label:{colour}}}\n" for place, colour in enumerate(palette())
    )


def _colour(hue: float, luminance: float) -> str:
    low, high = 0.0, 1.0
    # Twenty halvings are finer than the 256 steps that a colour has.
    for _ in range(20):
        lightness = (low + high) / 2
        if _luminance(colorsys.hls_to_rgb(hue, lightness, 0.72)) < luminance:
            low = lightness
        else:
            high = lightness
    return "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, low, 0.72))


def _luminance(colour: tuple[float, float, float]) -> float:
    red, green, blue = (
        # WCAG's relative luminance, by which contrast with white is judged.
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
