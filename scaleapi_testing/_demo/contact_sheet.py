"""How the labeled images are laid out on one sheet: a tidy grid, boxes and labels drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PIL import Image, ImageDraw, ImageFont

from .._dashboard.drawings.room import Room

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Colour = tuple[int, int, int]

CELL: Final = 440
"""Pixels a picture is wide at most on the sheet."""
MOST: Final = 48
"""How many pictures a sheet shows; it says how many there are."""

_GAP: Final = 28
_HEAD: Final = 108
_CAPTION: Final = 46
_INK: Final[Colour] = (34, 40, 49)
_SOFT: Final[Colour] = (112, 120, 132)
_PAPER: Final[Colour] = (255, 255, 255)
_MAT: Final[Colour] = (240, 242, 245)
_BADGE: Final[Colour] = (180, 83, 9)
_PALETTE: Final[tuple[Colour, ...]] = (
    (29, 78, 216),
    (190, 24, 93),
    (21, 128, 61),
    (180, 83, 9),
    (109, 40, 217),
    (15, 118, 110),
)
"""Dark enough for white letters."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture of the sheet.

    Attributes:
        picture: called when it is drawn; gives the full-size RGB picture.
        boxes: in its pixels, as ``coco.LabeledImage.boxes``.
        caption: under the picture, on the left.
        badge: under the picture, on the right; empty for none.
    """

    picture: Callable[[], Image.Image]
    boxes: Sequence[Mapping[str, Any]]
    caption: str
    badge: str = ""


def contact_sheet(
    entries: Sequence[Entry], labels: Sequence[str], title: str, subtitle: str
) -> Image.Image:
    """The sheet, RGB; its width follows from the number of pictures."""
    shown = entries[:MOST]
    columns = max(1, min(4, math.ceil(math.sqrt(len(shown)))))
    rows = [shown[at : at + columns] for at in range(0, len(shown), columns)]
    colours = {label: _PALETTE[at % len(_PALETTE)] for at, label in enumerate(labels)}
    drawn = [[_drawn(entry, colours) for entry in row] for row in rows]
    heights = [max(picture.height for picture in row) for row in drawn]
    width = max(columns, 2) * (CELL + _GAP) + _GAP
    sheet = Image.new("RGB", (width, _HEAD + sum(heights) + len(rows) * (_CAPTION + _GAP)), _PAPER)
    _header(sheet, title, subtitle, colours)
    top = _HEAD
    for row, pictures, height in zip(rows, drawn, heights, strict=True):
        for column, (entry, picture) in enumerate(zip(row, pictures, strict=True)):
            _cell(sheet, (_GAP + column * (CELL + _GAP), top), height, entry, picture)
        top += height + _CAPTION + _GAP
    return sheet


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _header(sheet: Image.Image, title: str, subtitle: str, colours: Mapping[str, Colour]) -> None:
    pen = ImageDraw.Draw(sheet)
    pen.text((_GAP, 24), title, fill=_INK, font=_font(28))
    pen.text((_GAP, 62), subtitle, fill=_SOFT, font=_font(17))
    right = sheet.width - _GAP
    for label, colour in reversed(list(colours.items())):
        wide = round(pen.textlength(label, font=_font(17)))
        if right - wide - 26 < _GAP + pen.textlength(title, font=_font(28)) + _GAP:
            break
        pen.text((right - wide, 32), label, fill=_INK, font=_font(17))
        pen.rounded_rectangle((right - wide - 24, 34, right - wide - 8, 50), 3, fill=colour)
        right -= wide + 46
    pen.line((_GAP, _HEAD - 14, sheet.width - _GAP, _HEAD - 14), fill=(222, 226, 232))


def _cell(
    sheet: Image.Image, corner: tuple[int, int], height: int, entry: Entry, picture: Image.Image
) -> None:
    left, top = corner
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((left, top, left + CELL - 1, top + height - 1), fill=_MAT)
    sheet.paste(picture, (left + (CELL - picture.width) // 2, top + (height - picture.height) // 2))
    line = top + height + 10
    free = CELL
    if entry.badge:
        wide = round(pen.textlength(entry.badge, font=_font(14)))
        box = (left + CELL - wide - 16, line - 2, left + CELL - 1, line + 20)
        pen.rounded_rectangle(box, 6, fill=_BADGE)
        pen.text((left + CELL - wide - 8, line + 1), entry.badge, fill=_PAPER, font=_font(14))
        free -= wide + 28
    caption = _cut(pen, entry.caption, free, _font(16))
    pen.text((left, line), caption, fill=_INK, font=_font(16))


def _cut(
    pen: ImageDraw.ImageDraw,
    text: str,
    width: int,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
) -> str:
    if pen.textlength(text, font=font) <= width:
        return text
    while text and pen.textlength(text + "...", font=font) > width:
        text = text[:-1]
    return text + "..."


def _drawn(entry: Entry, colours: Mapping[str, Colour]) -> Image.Image:
    picture = entry.picture()
    scale = min(CELL / picture.width, CELL / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = picture.resize(size, Image.Resampling.LANCZOS)
    pen = ImageDraw.Draw(small)
    room = Room(*size)
    boxes = [(box, _corners(box, scale, size)) for box in entry.boxes]
    for box, corners in boxes:
        pen.rectangle(corners, outline=colours[box["label"]], width=2)
    # Labels come after all boxes, so that no frame crosses a word.
    for box, corners in boxes:
        _tag(pen, room, corners, str(box["label"]), colours[box["label"]])
    return small


def _corners(
    box: Mapping[str, Any], scale: float, size: tuple[int, int]
) -> tuple[float, float, float, float]:
    left, top = box["left"] * scale, box["top"] * scale
    right, low = left + box["width"] * scale, top + box["height"] * scale
    left, right = sorted((min(max(left, 0), size[0] - 1), min(max(right, 0), size[0] - 1)))
    top, low = sorted((min(max(top, 0), size[1] - 1), min(max(low, 0), size[1] - 1)))
    return left, top, right, low


def _tag(
    pen: ImageDraw.ImageDraw,
    room: Room,
    corners: tuple[float, float, float, float],
    label: str,
    colour: Colour,
) -> None:
    font = _font(12)
    wide, tall = pen.textlength(label, font=font) + 8, 16
    x, y = room.take(corners, wide, tall)
    pen.rectangle((x, y, x + wide, y + tall), fill=colour)
    pen.text((x + 4, y + 1), label, fill=_PAPER, font=font)
