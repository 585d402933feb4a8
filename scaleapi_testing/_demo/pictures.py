"""Which files become pictures of the demo, what is uploaded of each, and how any mode is shown."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from .scenes import draw_scene

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .scenes import TrueObject

SUFFIXES: Final = (".jpeg", ".jpg", ".png")
FORMATS: Final = ("JPEG", "PNG")
SCENES: Final = 12
"""How many scenes are drawn when there is no folder."""

_ORIENTATION: Final = 0x0112
"""The Exif tag that says how a viewer turns the picture."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One image of the project.

    Attributes:
        name: the file's name, unique among the pictures.
        content: the bytes that are uploaded; already upright.
        width: pixels.
        height: pixels.
        truth: what is really in it; empty for a photograph, of which nothing is known.
    """

    name: str
    content: bytes
    width: int
    height: int
    truth: tuple[TrueObject, ...] = ()

    def shown(self) -> Image.Image:
        """The picture as a viewer shows it, RGB."""
        with Image.open(io.BytesIO(self.content)) as image:
            return as_shown(image)


@dataclass(frozen=True, slots=True)
class Refused:
    """A file or folder that gave no picture; ``reason`` is one line that names it."""

    reason: str


def scenes(seed: int, count: int = SCENES) -> Iterator[Picture]:
    """Drawn pictures whose objects are known."""
    for number in range(1, count + 1):
        scene = draw_scene(seed, number)
        yield Picture(
            scene.name, _encoded(scene.image, "PNG"), *scene.image.size, truth=scene.objects
        )


def in_folder(folder: Path) -> Iterator[Picture | Refused]:
    """The JPEG and PNG files of ``folder``, in the order of their names; subfolders are left out.

    A file that cannot be read comes as ``Refused``, and so does a folder that gives none at all.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    except FileNotFoundError:
        yield Refused(f"{folder}: no such folder")
        return
    except NotADirectoryError:
        yield Refused(f"{folder}: not a folder; give the folder that holds the images")
        return
    except OSError as error:
        yield Refused(f"{folder}: cannot be read ({error.strerror})")
        return
    if not paths:
        yield Refused(f"{folder}: no JPEG or PNG file in it (subfolders are not searched)")
    for path in paths:
        yield _read(path)


def as_shown(image: Image.Image) -> Image.Image:
    """Any mode as RGB: transparency on white, deep greys stretched to what a screen can show."""
    if image.mode.startswith("I") or image.mode == "F":
        return _stretched(image)
    if image.has_transparency_data:
        upper = image.convert("RGBA")
        white = Image.new("RGBA", upper.size, "white")
        return Image.alpha_composite(white, upper).convert("RGB")
    return image.convert("RGB")


def _stretched(image: Image.Image) -> Image.Image:
    deep = image.convert("F")
    extrema = deep.getextrema()
    low, high = float(extrema[0]), float(extrema[1])  # type: ignore[arg-type]  # one band
    scale = 255 / (high - low) if high > low else 0.0
    return deep.point(lambda grey: grey * scale - low * scale).convert("L").convert("RGB")


def _read(path: Path) -> Picture | Refused:
    if not _is_text(path.name):
        return Refused(f"{os.fsencode(path)!r}: its name is not UTF-8, which JSON needs")
    try:
        content = path.read_bytes()
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            image.load()
            if image.getexif().get(_ORIENTATION, 1) != 1:
                upright = ImageOps.exif_transpose(image)
                content = _encoded(upright, image.format or "PNG")
                return Picture(path.name, content, *upright.size)
            return Picture(path.name, content, *image.size)
    except UnidentifiedImageError:
        return Refused(f"{path}: not a JPEG or PNG image")
    except Image.DecompressionBombError:
        return Refused(f"{path}: more pixels than Pillow opens safely")
    except (OSError, SyntaxError, ValueError) as error:
        # Pillow reports broken files by all three.
        return Refused(f"{path}: damaged or unreadable ({error})")


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _encoded(image: Image.Image, file_format: str) -> bytes:
    # "MPO" is what Pillow calls a JPEG with a second picture behind it, as phones make them.
    target = "JPEG" if file_format in {"JPEG", "MPO"} else "PNG"
    buffer = io.BytesIO()
    if target == "JPEG":
        image.save(buffer, target, quality=95, icc_profile=image.info.get("icc_profile"))
    else:
        image.save(buffer, target)
    return buffer.getvalue()
