"""How a cow, a calf, a tree and a barn are drawn; each picture is cut to what is visible of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

Colour: TypeAlias = tuple[int, int, int]

COATS: Final[dict[str, tuple[Colour, Colour]]] = {
    "black": ((250, 248, 242), (44, 42, 46)),
    "brown": ((150, 92, 56), (112, 64, 38)),
    "cream": ((240, 222, 186), (214, 176, 122)),
}
"""Each coat's ground and its patches."""

FINE: Final = 3
"""Drawn this many times larger, then reduced: Pillow draws without smoothing."""

_PINK: Final[Colour] = (236, 178, 168)
_HORN: Final[Colour] = (226, 214, 188)
_HOOF: Final[Colour] = (70, 58, 50)
_TRUNK: Final[Colour] = (116, 82, 54)
_LEAVES: Final[tuple[Colour, ...]] = ((66, 122, 58), (84, 142, 66), (98, 150, 84), (150, 128, 56))
_BARN: Final[Colour] = (172, 58, 46)
_ROOF: Final[Colour] = (96, 78, 74)
_TRIM: Final[Colour] = (246, 240, 228)


def draw(label: str, coat: str | None, random: Random) -> Image.Image:
    """The object facing right, RGBA, ``FINE`` times as large as at the front of a scene.

    Args:
        label: ``big cow``, ``baby cow``, ``tree`` or ``barn``.
        coat: a key of ``COATS`` for the animals, else ``None``.
        random: what the details are drawn from.
    """
    painters: dict[str, tuple[int, int, Callable[[ImageDraw.ImageDraw, Image.Image], None]]] = {
        "big cow": (300, 200, lambda pen, on: _cow(pen, on, coat or "black", random)),
        "baby cow": (190, 150, lambda pen, on: _calf(pen, on, coat or "black", random)),
        "tree": (240, 320, lambda pen, _: _tree(pen, random)),
        "barn": (340, 280, lambda pen, _: _barn(pen)),
    }
    width, height, paint = painters[label]
    canvas = Image.new("RGBA", (width * FINE, height * FINE))
    paint(ImageDraw.Draw(canvas), canvas)
    return canvas.crop(canvas.getbbox())


def reduced_to(size: tuple[int, int], picture: Image.Image) -> Image.Image:
    """A drawn object at its size in the scene, cut to what is visible of it."""
    reduced = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    # Faint edges left by the reduction are not what a person would put a box around.
    visible = reduced.getchannel("A").point([0] * 61 + [255] * 195)
    return reduced.crop(visible.getbbox())


def _x(*values: float) -> tuple[float, ...]:
    return tuple(value * FINE for value in values)


def _darker(colour: Colour, by: float = 0.82) -> Colour:
    return (round(colour[0] * by), round(colour[1] * by), round(colour[2] * by))


def _leg(pen: ImageDraw.ImageDraw, x: float, top: float, low: float, colour: Colour) -> None:
    pen.rounded_rectangle(_x(x, top, x + 14, low), radius=5 * FINE, fill=colour)
    pen.rounded_rectangle(_x(x - 1, low - 8, x + 15, low), radius=3 * FINE, fill=_HOOF)


def _patches(
    on: Image.Image, body: Image.Image, colour: Colour, random: Random, count: int
) -> None:
    left, top, right, low = body.getbbox() or (0, 0, 1, 1)
    marks = Image.new("L", on.size)
    pen = ImageDraw.Draw(marks)
    for step in range(count):
        x = left + (right - left) * (step + random.uniform(0.25, 0.75)) / count
        y = random.uniform(top, low)
        wide = (right - left) / count * random.uniform(0.35, 0.55)
        tall = (low - top) * random.uniform(0.28, 0.45)
        pen.ellipse((x - wide, y - tall, x + wide, y + tall), fill=255)
    both = Image.composite(marks, Image.new("L", on.size), body)
    on.paste(colour, mask=both)


def _cow(pen: ImageDraw.ImageDraw, on: Image.Image, coat: str, random: Random) -> None:
    ground, patch = COATS[coat]
    for x in (66, 196):
        _leg(pen, x, 110, 186, _darker(ground, 0.7))
    pen.line(_x(44, 66, 30, 84, 28, 128), fill=_darker(ground), width=5 * FINE, joint="curve")
    pen.ellipse(_x(21, 120, 36, 148), fill=patch)
    pen.ellipse(_x(88, 128, 124, 152), fill=_PINK)
    for x in (50, 180):
        _leg(pen, x, 110, 190, ground)
    body = Image.new("L", on.size)
    shape = ImageDraw.Draw(body)
    shape.rounded_rectangle(_x(40, 56, 220, 140), radius=36 * FINE, fill=255)
    shape.polygon(_x(190, 58, 246, 34, 258, 74, 206, 124), fill=255)
    on.paste(ground, mask=body)
    _patches(on, body, patch, random, 3)
    _head(pen, 236, 22, 1.0, ground, patch, horns=True)


def _calf(pen: ImageDraw.ImageDraw, on: Image.Image, coat: str, random: Random) -> None:
    ground, patch = COATS[coat]
    for x in (44, 108):
        _leg(pen, x, 84, 140, _darker(ground, 0.7))
    pen.line(_x(30, 56, 20, 66, 20, 88), fill=_darker(ground), width=4 * FINE, joint="curve")
    pen.ellipse(_x(15, 82, 26, 100), fill=patch)
    for x in (32, 98):
        _leg(pen, x, 84, 144, ground)
    body = Image.new("L", on.size)
    shape = ImageDraw.Draw(body)
    shape.rounded_rectangle(_x(26, 50, 126, 104), radius=25 * FINE, fill=255)
    shape.polygon(_x(104, 52, 134, 30, 146, 62, 118, 92), fill=255)
    on.paste(ground, mask=body)
    _patches(on, body, patch, random, 2)
    _head(pen, 126, 14, 0.86, ground, patch, horns=False)


def _head(
    pen: ImageDraw.ImageDraw,
    left: float,
    top: float,
    size: float,
    ground: Colour,
    patch: Colour,
    *,
    horns: bool,
) -> None:
    def at(*values: float) -> tuple[float, ...]:
        return _x(*(v * size + (left, top)[i % 2] for i, v in enumerate(values)))

    if horns:
        pen.arc(at(2, -14, 26, 12), 90, 220, fill=_HORN, width=round(6 * FINE * size))
        pen.arc(at(14, -16, 38, 10), 320, 90, fill=_HORN, width=round(6 * FINE * size))
    pen.ellipse(at(-16, 6, 12, 21), fill=patch)
    pen.rounded_rectangle(at(0, 2, 42, 58), radius=17 * FINE * size, fill=ground)
    pen.ellipse(at(2, 6, 24, 30), fill=patch)
    pen.ellipse(at(4, 36, 54, 66), fill=_PINK)
    pen.ellipse(at(36, 46, 42, 52), fill=_darker(_PINK, 0.6))
    pen.ellipse(at(20, 19, 29, 29), fill=(252, 250, 246))
    pen.ellipse(at(23, 21, 29, 28), fill=(24, 20, 20))


def _tree(pen: ImageDraw.ImageDraw, random: Random) -> None:
    leaf = random.choice(_LEAVES)
    pen.polygon(_x(108, 316, 114, 170, 128, 170, 136, 316), fill=_TRUNK)
    tops = [(120, 84, 66), (70, 128, 52), (170, 126, 54), (120, 146, 60)]
    shade = [(x + random.uniform(-10, 10), y + random.uniform(-8, 8), r) for x, y, r in tops]
    for x, y, r in shade:
        pen.ellipse(_x(x - r, y - r, x + r, y + r), fill=_darker(leaf, 0.84))
    for x, y, r in shade:
        pen.ellipse(_x(x - r, y - r, x + r - 14, y + r - 16), fill=leaf)


def _barn(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle(_x(30, 120, 310, 276), fill=_BARN)
    for x in range(50, 310, 20):
        pen.line(_x(x, 120, x, 276), fill=_darker(_BARN, 0.9), width=FINE)
    gable = _x(30, 120, 82, 52, 170, 16, 258, 52, 310, 120)
    pen.polygon(gable, fill=_BARN)
    eaves = _x(16, 128, 76, 48, 170, 8, 264, 48, 324, 128)
    pen.line(eaves, fill=_ROOF, width=16 * FINE, joint="curve")
    pen.rectangle(_x(118, 172, 222, 276), fill=_darker(_BARN, 0.8))
    pen.rectangle(_x(118, 172, 222, 276), outline=_TRIM, width=6 * FINE)
    pen.line(_x(170, 172, 170, 276), fill=_TRIM, width=5 * FINE)
    for x in (121, 170):
        pen.line(_x(x, 175, x + 48, 273), fill=_TRIM, width=4 * FINE)
        pen.line(_x(x + 48, 175, x, 273), fill=_TRIM, width=4 * FINE)
    pen.rectangle(_x(148, 70, 192, 112), fill=(60, 44, 42), outline=_TRIM, width=5 * FINE)
