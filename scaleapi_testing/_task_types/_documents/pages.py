"""Where annotations lie on the pages of a document: inside, line below line, boxes or polygons."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .._language.noise import Noise
from .._language.truth import untrue
from .._language.values import is_number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from .._base import Job

_ONE_PAGE: Final = re.compile(r"\.(jpe?g|png)([?#]|$)", re.IGNORECASE)
_MOST_PAGES: Final = 1000
_TILT: Final = 0.05
"""Radians by which a polygon is turned at most: a page that lay askew on the scanner."""

_LINE_HEIGHT: Final = 24.0
_SMALLEST: Final = 0.01
_CORNERS: Final = ((-1, -1), (1, -1), (1, 1), (-1, 1))


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        width: in pixels.
        height: in pixels.
        url: of the attachment that it is in.
    """

    width: float
    height: float
    url: str


def pages_of(job: Job) -> list[Page]:
    """The pages of a task in the order of its attachments.

    Each has as many as are known of it under ``frames``, else one; a JPEG or PNG has one.
    """
    several = job.params.get("attachments")
    urls: list[str] = several if several is not None else [job.params["attachment"]]
    metadata = job.common.get("metadata") or {}
    pages: list[Page] = []
    for url in urls:
        media = job.surroundings.media(url, metadata)
        count = 1 if media.frames is None or _ONE_PAGE.search(url) else media.frames
        page = Page(media.width, media.height, url)
        # One object many times: pages are never changed, and a document may have a thousand.
        pages.extend([page] * max(1, min(count, _MOST_PAGES)))
    return pages


def places(
    random: Random, pages: Sequence[Page], count: int, geometry: str
) -> list[tuple[int, dict[str, Any]]]:
    """A page and a location for each of ``count`` annotations, line below line on each page."""
    chosen = sorted(random.randrange(len(pages)) for _ in range(count))
    lines = Counter(chosen)
    filled: Counter[int] = Counter()
    placed: list[tuple[int, dict[str, Any]]] = []
    for number in chosen:
        page = pages[number]
        row = page.height / lines[number]
        # Each line has its row, and leaves room above and below, so that no two overlap.
        box = _Box(
            page.width * (0.05 + 0.4 * random.random()),
            row * (filled[number] + 0.15),
            page.width * (0.1 + 0.4 * random.random()),
            min(row * 0.7, _LINE_HEIGHT),
        ).inside(page)
        filled[number] += 1
        drawn = box.as_dict() if geometry == "box" else _turned(box, page, random)
        placed.append((number, drawn))
    return placed


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    width: float
    height: float

    def as_dict(self) -> dict[str, Any]:
        return {
            "type": "box",
            "left": self.left,
            "top": self.top,
            "width": self.width,
            "height": self.height,
        }

    def inside(self, page: Page) -> _Box:
        """The same box, rounded, of positive size and within the page."""
        width = min(max(round(self.width, 2), _SMALLEST), page.width)
        height = min(max(round(self.height, 2), _SMALLEST), page.height)
        left = _clamped(self.left, page.width - width)
        return _Box(left, _clamped(self.top, page.height - height), width, height)


def _turned(box: _Box, page: Page, random: Random) -> dict[str, Any]:
    """A rectangle that is turned by a little and fits into the box."""
    angle = random.uniform(-_TILT, _TILT)
    cos, sin = math.cos(angle), math.sin(angle)
    # The largest rectangle of the same form that still fits the box once it is turned.
    scale = min(
        box.width / (box.width * cos + box.height * abs(sin)),
        box.height / (box.width * abs(sin) + box.height * cos),
    )
    x, y = box.left + box.width / 2, box.top + box.height / 2
    vertices: list[dict[str, float]] = []
    for across, down in _CORNERS:
        dx, dy = across * box.width * scale / 2, down * box.height * scale / 2
        vertices.append(
            {
                "x": _clamped(x + dx * cos - dy * sin, page.width),
                "y": _clamped(y + dx * sin + dy * cos, page.height),
            }
        )
    return {"type": "polygon", "vertices": vertices}


def _clamped(value: float, most: float) -> float:
    return min(max(round(value, 3), 0.0), most)


def true_location(job: Job, location: Any, path: str, page: Page, geometry: str) -> dict[str, Any]:
    """A truth's location as the labelers draw it, off by their jitter.

    Raises:
        ValueError: it is no location of this geometry inside the page.
    """
    if not isinstance(location, dict) or location.get("type", geometry) != geometry:
        raise untrue(job, path, location, f"a location of the type {geometry}")
    read = _true_box if geometry == "box" else _true_polygon
    return read(job, location, path, page)


def _true_box(job: Job, location: dict[str, Any], path: str, page: Page) -> dict[str, Any]:
    sides = [location.get(key) for key in ("left", "top", "width", "height")]
    left, top, width, height = (side if is_number(side) else -1 for side in sides)
    fits = min(left, top) >= 0 and min(width, height) > 0
    if not fits or left + width > page.width or top + height > page.height:
        right = f"left, top, width and height of a box inside {_size(page)}"
        raise untrue(job, path, location, right)
    if job.labelers is None or not job.labelers.jitter_px:
        return _Box(left, top, width, height).as_dict()
    shift = Noise(job).shift
    first = left + shift(), top + shift()
    last = left + width + shift(), top + height + shift()
    box = _Box(first[0], first[1], last[0] - first[0], last[1] - first[1])
    return box.inside(page).as_dict()


def _true_polygon(job: Job, location: dict[str, Any], path: str, page: Page) -> dict[str, Any]:
    vertices: Any = location.get("vertices")
    points = [_point(v) for v in vertices] if isinstance(vertices, list) else []
    inside = all(0 <= x <= page.width and 0 <= y <= page.height for x, y in points)
    if len(points) != len(_CORNERS) or not inside:
        right = f"four vertices with x and y inside {_size(page)}"
        raise untrue(job, path, location, right)
    noise = Noise(job)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    # The whole is moved, not each corner: four corners moved apart may cross.
    dx = min(max(noise.shift(), -min(xs)), page.width - max(xs))
    dy = min(max(noise.shift(), -min(ys)), page.height - max(ys))
    # Without a shift the truth's own decimals stay.
    if dx or dy:
        points = [(_clamped(x + dx, page.width), _clamped(y + dy, page.height)) for x, y in points]
    return {"type": "polygon", "vertices": [{"x": x, "y": y} for x, y in points]}


def _point(vertex: Any) -> tuple[float, float]:
    x, y = (vertex.get("x"), vertex.get("y")) if isinstance(vertex, dict) else (None, None)
    # Outside of every page: the check for "inside" then refuses what is no point at all.
    return (x, y) if is_number(x) and is_number(y) else (-1, -1)


def _size(page: Page) -> str:
    return f"the page of {page.width} x {page.height} pixels"
