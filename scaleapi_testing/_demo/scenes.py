"""What a drawn scene looks like, and which objects truly stand where in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFilter

from .._random import seeded
from . import sprites

if TYPE_CHECKING:
    from random import Random

WIDTH: Final = 960
HEIGHT: Final = 640
"""Pixels of every scene."""

HORIZON: Final = 250
"""Pixels from the top to where the meadow begins."""

LABELS: Final = ("big cow", "baby cow", "tree", "barn")
COATS: Final = tuple(sprites.COATS)

_SKIES: Final = (
    ((126, 188, 232), (222, 240, 250)),
    ((146, 176, 220), (252, 226, 196)),
    ((150, 200, 236), (240, 246, 236)),
)
_MEADOWS: Final = (
    ((150, 190, 96), (92, 148, 62)),
    ((168, 188, 92), (112, 146, 58)),
    ((134, 184, 104), (74, 138, 76)),
)
_FLOWERS: Final = ((250, 244, 214), (244, 208, 92), (226, 146, 170))
_MOST_COVERED: Final = 0.1
"""The share of an object's box that objects standing in front of it may cover."""


@dataclass(frozen=True, slots=True)
class TrueObject:
    """One object of a scene, as it truly is.

    Attributes:
        label: one of ``LABELS``.
        box: left, top, width and height, pixels from the top left corner.
        coat: one of ``COATS`` for animals, ``None`` for the rest.
    """

    label: str
    box: tuple[int, int, int, int]
    coat: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A drawn picture and the truth about it."""

    name: str
    image: Image.Image
    objects: tuple[TrueObject, ...]


def draw_scene(seed: int, number: int) -> Scene:
    """The scene that follows from ``seed`` and ``number`` alone (``number`` counts from 1)."""
    random = seeded(seed, "scene", number)
    image = _landscape(random)
    stands: list[tuple[int, Image.Image, TrueObject]] = []
    for label in _cast(random):
        stand = _place(random, label, [true_object for _, _, true_object in stands])
        if stand is not None:
            stands.append(stand)
    stands.sort(key=lambda stand: stand[0])
    for _, sprite, true_object in stands:
        left, top, width, height = true_object.box
        _cast_shadow(image, left, top, width, height)
        image.paste(sprite, (left, top), sprite)
    return Scene(
        f"scene-{number:02d}.png", image, tuple(true_object for _, _, true_object in stands)
    )


def _cast(random: Random) -> list[str]:
    barns = random.random() < 0.55
    return [
        *(["barn"] if barns else []),
        *["tree"] * random.randint(1 if barns else 2, 3),
        *["big cow"] * random.randint(2, 3),
        *["baby cow"] * random.randint(1, 3),
    ]


def _place(
    random: Random, label: str, others: list[TrueObject]
) -> tuple[int, Image.Image, TrueObject] | None:
    """Where the object stands: its feet's y, its picture, its truth; ``None``: no room left."""
    coat = random.choice(COATS) if label.endswith("cow") else None
    facing_left = random.random() < 0.5
    drawn = sprites.draw(label, coat, random)
    if facing_left:
        drawn = drawn.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for _ in range(60):
        depth = random.random() if coat else random.random() * 0.3
        feet = round(HORIZON + 18 + depth * (HEIGHT - HORIZON - 40))
        scale = (0.42 + 0.58 * depth) / sprites.FINE
        width, height = round(drawn.width * scale), round(drawn.height * scale)
        left, top = random.randint(6, WIDTH - width - 6), feet - height
        near = (left, top, width, height)
        if top >= 6 and all(_stands_free(near, other.box) for other in others):
            sprite = sprites.reduced_to((width, height), drawn)
            box = (left, feet - sprite.height, sprite.width, sprite.height)
            return feet, sprite, TrueObject(label, box, coat)
    return None


def _stands_free(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if across <= 0 or down <= 0:
        return True
    return across * down <= _MOST_COVERED * min(a[2] * a[3], b[2] * b[3])


def _landscape(random: Random) -> Image.Image:
    sky_top, sky_low = random.choice(_SKIES)
    grass_far, grass_near = random.choice(_MEADOWS)
    image = Image.new("RGB", (WIDTH, HEIGHT))
    image.paste(_gradient(sky_top, sky_low, HORIZON), (0, 0))
    image.paste(_gradient(grass_far, grass_near, HEIGHT - HORIZON), (0, HORIZON))
    _sun_and_clouds(image, random)
    _hills(image, random, grass_far, sky_low)
    _grass(image, random, grass_near)
    return image


def _gradient(top: tuple[int, ...], low: tuple[int, ...], height: int) -> Image.Image:
    ramp = Image.linear_gradient("L").resize((WIDTH, height))
    size = (WIDTH, height)
    return Image.composite(
        Image.new("RGB", size, (low[0], low[1], low[2])),
        Image.new("RGB", size, (top[0], top[1], top[2])),
        ramp,
    )


def _sun_and_clouds(image: Image.Image, random: Random) -> None:
    veil = Image.new("L", image.size)
    draw = ImageDraw.Draw(veil)
    x, y = random.randint(80, WIDTH - 80), random.randint(50, 110)
    draw.ellipse((x - 34, y - 34, x + 34, y + 34), fill=235)
    image.paste((255, 246, 206), mask=veil.filter(ImageFilter.GaussianBlur(3)))
    veil = Image.new("L", image.size)
    draw = ImageDraw.Draw(veil)
    for _ in range(random.randint(2, 4)):
        x, y = random.randint(-20, WIDTH), random.randint(30, 140)
        for puff in range(random.randint(3, 5)):
            r = random.randint(14, 30)
            draw.ellipse((x + puff * 26 - r, y - r, x + puff * 26 + r, y + r * 0.6), fill=210)
    image.paste((255, 255, 255), mask=veil.filter(ImageFilter.GaussianBlur(6)))


def _hills(
    image: Image.Image, random: Random, grass: tuple[int, ...], haze: tuple[int, ...]
) -> None:
    for near in (0.35, 0.62):
        colour = tuple(round(g * near + h * (1 - near)) for g, h in zip(grass, haze, strict=True))
        ridge = Image.new("L", (WIDTH, HORIZON + 2))
        draw = ImageDraw.Draw(ridge)
        for _ in range(4):
            x, wide = random.randint(-60, WIDTH + 60), random.randint(220, 420)
            tall = random.randint(30, 90) * (1.25 - near)
            draw.ellipse((x - wide, HORIZON - tall, x + wide, HORIZON + tall), fill=255)
        image.paste(colour, (0, 0), ridge.filter(ImageFilter.GaussianBlur(0.8)))


def _grass(image: Image.Image, random: Random, grass: tuple[int, ...]) -> None:
    draw = ImageDraw.Draw(image)
    dark = tuple(round(c * 0.86) for c in grass)
    light = tuple(min(255, round(c * 1.14)) for c in grass)
    for _ in range(420):
        depth = random.random()
        x, y = random.randint(0, WIDTH), HORIZON + 6 + depth * (HEIGHT - HORIZON)
        blade = 2 + 7 * depth
        colour = random.choice((dark, light))
        draw.line(
            (x, y, x + random.uniform(-2, 2), y - blade), fill=colour, width=1 + (depth > 0.5)
        )
    for _ in range(random.randint(20, 60)):
        depth = random.random()
        x, y = random.randint(0, WIDTH), HORIZON + 12 + depth * (HEIGHT - HORIZON)
        r = 1 + 1.6 * depth
        draw.ellipse((x - r, y - r, x + r, y + r), fill=random.choice(_FLOWERS))


def _cast_shadow(image: Image.Image, left: int, top: int, width: int, height: int) -> None:
    feet = top + height
    flat = max(3, round(width * 0.045))
    shade = Image.new("L", (width + 24, 4 * flat + 8))
    middle = 2 * flat + 4
    ImageDraw.Draw(shade).ellipse((16, middle - flat, width + 8, middle + flat), fill=90)
    shade = shade.filter(ImageFilter.GaussianBlur(2))
    image.paste((30, 50, 24), (left - 12, feet - middle - flat // 2), shade)
