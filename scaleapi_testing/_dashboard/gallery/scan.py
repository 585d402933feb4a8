"""The scene of the gallery in three dimensions: scans of a street with two cars and a bus."""

from __future__ import annotations

import base64
import json
from math import cos, pi, sin
from typing import TYPE_CHECKING, Any, Final

from ..._random import seeded
from .street import street

if TYPE_CHECKING:
    from random import Random

FRAMES: Final = 6

_OBJECTS: Final = (
    ("car", (1.9, 4.5, 1.6), (-3.4, 8.0), 0.0, 1.6),
    ("car", (1.9, 4.4, 1.5), (3.6, 20.0), pi, 1.2),
    ("bus", (2.6, 9.5, 3.2), (8.2, 14.0), 0.08, 0.0),
)
"""Label, width, length and height, where in the first frame, yaw, metres a frame."""


def scans() -> list[str]:
    """The frames as ``data:`` URLs of JSON, in order."""
    random = seeded(0, "gallery", "scan")
    return [_data_url(_frame(frame, random)) for frame in range(FRAMES)]


def cuboids(frame: int) -> list[dict[str, Any]]:
    """The true cuboids of a frame."""
    return [
        {
            "uuid": f"c0ffee00-0000-4000-8000-00000000002{place}",
            "label": label,
            "position": {"x": round(x, 3), "y": round(y, 3), "z": round(sides[2] / 2 - 1.6, 3)},
            "dimensions": dict(zip("xyz", sides, strict=True)),
            "yaw": yaw,
        }
        for place, (label, sides, yaw, (x, y)) in enumerate(
            (label, sides, yaw, _moved(start, yaw, step * frame))
            for label, sides, start, yaw, step in _OBJECTS
        )
    ]


def crosswalk() -> list[dict[str, float]]:
    """The corners of a crosswalk on the ground."""
    return [{"x": x, "y": y, "z": -1.6} for x, y in ((-6, 25), (6, 25), (6, 28), (-6, 28))]


def kerb() -> list[dict[str, float]]:
    """The vertices of the kerb."""
    return [{"x": 6.2 + y / 60, "y": y, "z": -1.5} for y in (0.0, 12.0, 24.0, 36.0)]


def _moved(start: tuple[float, float], yaw: float, length: float) -> tuple[float, float]:
    return start[0] - sin(yaw) * length, start[1] + cos(yaw) * length


def _frame(frame: int, random: Random) -> dict[str, Any]:
    points: list[dict[str, Any]] = []
    for ring in range(2, 15):
        radius = ring * 2.6
        for step in range(70):
            turn = step / 70 * 2 * pi
            x, y = radius * cos(turn), radius * sin(turn) + frame
            points.append(_point(x, y, -1.6 + random.gauss(0, 0.03), is_ground=True))
    for entry in cuboids(frame):
        place, sides, yaw = entry["position"], entry["dimensions"], entry["yaw"]
        for _ in range(110):
            across = random.uniform(-0.5, 0.5) * sides["x"]
            along = random.choice((-0.5, 0.5)) * sides["y"]
            if random.random() < 0.6:
                across, along = (
                    random.choice((-0.5, 0.5)) * sides["x"],
                    random.uniform(-0.5, 0.5) * sides["y"],
                )
            x = place["x"] + cos(yaw) * across * 0.98 - sin(yaw) * along * 0.98
            y = place["y"] + sin(yaw) * across * 0.98 + cos(yaw) * along * 0.98
            points.append(_point(x, y, place["z"] + random.uniform(-0.48, 0.48) * sides["z"]))
    camera = {
        "image_url": street(),
        "position": {"x": 0, "y": frame, "z": 0},
        "heading": {"w": 0.70710678, "x": -0.70710678, "y": 0, "z": 0},
        "fx": 420, "fy": 420, "cx": 320, "cy": 200,
    }  # fmt: skip
    device = {"x": 0, "y": frame, "z": 0}
    return {"device_position": device, "points": points, "images": [camera]}


def _point(x: float, y: float, z: float, *, is_ground: bool = False) -> dict[str, Any]:
    point: dict[str, Any] = {"x": round(x, 2), "y": round(y, 2), "z": round(z, 2)}
    if is_ground:
        point["is_ground"] = True
    return point


def _data_url(frame: dict[str, Any]) -> str:
    content = json.dumps(frame, separators=(",", ":")).encode()
    return "data:application/json;base64," + base64.b64encode(content).decode("ascii")
