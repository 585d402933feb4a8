"""The picture of the gallery: a street, as SVG, and what labelers should find on it.

Made here, so that it needs no file and no library.
"""

from __future__ import annotations

import base64
from typing import Any, Final

WIDTH: Final = 640
HEIGHT: Final = 400

_CARS: Final = ((90, 268, 130, 58, "#b4443c"), (402, 248, 96, 46, "#3f6fa8"))
_PEOPLE: Final = ((292, 232, 22, 66), (330, 236, 20, 62))
_TREES: Final = ((36, 120, 76, 140), (560, 110, 70, 140))


def street(shift: int = 0) -> str:
    """The street as a ``data:`` URL, its cars ``shift`` pixels further along."""
    return _data_url(_svg(shift))


def _data_url(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")


def _svg(shift: int) -> str:
    houses = "".join(
        f'<rect x="{x}" y="{y}" width="{w}" height="{230 - y}" fill="{c}"/>'
        + "".join(
            f'<rect x="{x + 14 + column * 30}" y="{y + 18 + row * 38}" width="16" height="22" '
            f'fill="#f6e7b4"/>'
            for column in range((w - 14) // 30)
            for row in range((205 - y) // 38)
        )
        for x, y, w, c in (
            (120, 80, 110, "#b98d6b"),
            (230, 110, 90, "#8f9bb3"),
            (320, 64, 120, "#a9746e"),
            (440, 100, 100, "#7d9a8c"),
        )
    )
    trees = "".join(
        f'<rect x="{x + w / 2 - 6}" y="{y + h - 60}" width="12" height="60" fill="#6b4a2f"/>'
        f'<ellipse cx="{x + w / 2}" cy="{y + h * 0.38}" rx="{w / 2}" ry="{h * 0.38}" '
        f'fill="#4c7a45"/>'
        for x, y, w, h in _TREES
    )
    people = "".join(
        f'<circle cx="{x + w / 2}" cy="{y + 8}" r="8" fill="#e0ac7e"/>'
        f'<rect x="{x}" y="{y + 16}" width="{w}" height="{h - 16}" rx="6" fill="#44406b"/>'
        for x, y, w, h in _PEOPLE
    )
    cars = "".join(
        f'<g transform="translate({shift if side == 0 else -shift} 0)">'
        f'<rect x="{x}" y="{y + h * 0.34}" width="{w}" height="{h * 0.5}" rx="9" fill="{c}"/>'
        f'<path d="M{x + w * 0.2} {y + h * 0.36}l{w * 0.12} -{h * 0.36}h{w * 0.34}l{w * 0.16} '
        f'{h * 0.36}z" fill="#dbe8f2"/>'
        f'<circle cx="{x + w * 0.22}" cy="{y + h * 0.84}" r="{h * 0.16}" fill="#222"/>'
        f'<circle cx="{x + w * 0.78}" cy="{y + h * 0.84}" r="{h * 0.16}" fill="#222"/></g>'
        for side, (x, y, w, h, c) in enumerate(_CARS)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><rect width="640" height="400" fill="#cfe3f1"/>'
        f'<circle cx="560" cy="52" r="24" fill="#f9e08b"/>{houses}'
        '<rect y="230" width="640" height="170" fill="#8a8f96"/>'
        '<rect y="230" width="640" height="16" fill="#c3bfb6"/>'
        '<path d="M0 350h640" stroke="#f1f1ee" stroke-width="6" stroke-dasharray="46 34"/>'
        '<circle cx="520" cy="176" r="15" fill="#c0392b"/><circle cx="520" cy="176" r="9" '
        'fill="#fff"/><rect x="518" y="191" width="4" height="46" fill="#777"/>'
        f"{trees}{people}{cars}</svg>"
    )


def cars(shift: int = 0) -> list[dict[str, Any]]:
    """The cars as boxes, ``shift`` pixels further along."""
    return [
        {
            "uuid": f"c0ffee00-0000-4000-8000-00000000000{place}",
            "label": "car",
            "left": x + (shift if place == 0 else -shift),
            "top": y,
            "width": w,
            "height": h,
        }
        for place, (x, y, w, h, _) in enumerate(_CARS)
    ]


def people() -> list[dict[str, Any]]:
    """The people as boxes."""
    return [
        {
            "uuid": f"c0ffee00-0000-4000-8000-00000000001{place}",
            "label": "person",
            "left": x,
            "top": y,
            "width": w,
            "height": h,
        }
        for place, (x, y, w, h) in enumerate(_PEOPLE)
    ]


def road() -> list[dict[str, int]]:
    """The corners of the road."""
    return [{"x": 0, "y": 246}, {"x": 640, "y": 246}, {"x": 640, "y": 400}, {"x": 0, "y": 400}]


def tree(place: int) -> list[dict[str, int]]:
    """The corners of a tree's outline."""
    x, y, w, h = _TREES[place]
    steps = ((0.5, 0), (0.9, 0.14), (1, 0.4), (0.85, 0.66), (0.58, 0.76), (0.58, 1))
    right = [(x + w * a, y + h * b) for a, b in steps]
    left = [(x + w * (1 - a), y + h * b) for a, b in reversed(steps[1:])]
    return [{"x": round(a), "y": round(b)} for a, b in [*right, *left]]


def houses() -> list[dict[str, int]]:
    """The corners of the row of houses."""
    corners = (
        (120, 230), (120, 80), (230, 80), (230, 110), (320, 110), (320, 64), (440, 64), (440, 100),
        (540, 100), (540, 230),
    )  # fmt: skip
    return [{"x": x, "y": y} for x, y in corners]


def car_in_space() -> list[dict[str, Any]]:
    """The first car as a cuboid: its front face and the side that is seen."""
    corners = {
        "face-topleft": (84, 262), "face-bottomleft": (84, 322), "face-topright": (196, 262),
        "face-bottomright": (196, 322), "side-topcorner": (228, 252),
        "side-bottomcorner": (228, 304),
    }  # fmt: skip
    return [
        {"type": "vertex", "description": name, "x": x, "y": y} for name, (x, y) in corners.items()
    ]


def invoice() -> str:
    """A page of an invoice as a ``data:`` URL, 640 x 400 pixels."""
    lines = "".join(
        f'<text x="60" y="{190 + row * 34}">{name}</text>'
        f'<text x="520" y="{190 + row * 34}" text-anchor="end">{price}</text>'
        for row, (name, price) in enumerate((("Lentil soup", "$11.50"), ("Night bread", "$6.70")))
    )
    return _data_url(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Georgia, serif" font-size="18" '
        f'fill="#26292e"><rect width="640" height="400" fill="#fdfcf7"/>'
        '<text x="60" y="66" font-size="28">The Night Market</text>'
        '<text x="520" y="66" text-anchor="end">2026-03-02</text>'
        f'<path d="M60 130h460M60 252h460" stroke="#b8b4a8"/>{lines}'
        '<text x="60" y="294">Total</text>'
        '<text x="520" y="294" text-anchor="end" font-size="22">$18.20</text>'
        '<rect x="60" y="330" width="16" height="16" fill="none" stroke="#26292e"/>'
        '<path d="M63 338l4 5l7 -10" fill="none" stroke="#26292e" stroke-width="2"/>'
        '<text x="88" y="345" font-size="16">paid</text></svg>'
    )


FIELDS: Final = (
    ("vendor", "The Night Market", 54, 38, 230, 36),
    ("date", "2026-03-02", 424, 48, 102, 26),
    ("total", "$18.20", 444, 272, 82, 30),
    ("paid", "yes", 54, 326, 76, 26),
)
"""What stands on the invoice: label, text, left, top, width, height."""
