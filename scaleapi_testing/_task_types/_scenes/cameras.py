"""Where a camera of a lidar frame sees a point of the world.

Camera axes: x right, y down, z along the optical axis; ``heading`` turns them into world axes.
Fields and models: documented, https://docs.scale.com/reference/data-types-and-the-frame-objects;
the formulas of the models are the common ones (assumed; docs/scale/scenes.md 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, hypot, sqrt
from typing import TYPE_CHECKING, Any, Final

from .._language.values import number

if TYPE_CHECKING:
    from collections.abc import Mapping

Vector = tuple[float, float, float]
MODELS: Final = ("brown_conrady", "fisheye", "omnidirectional", "cylindrical")

_NEAREST: Final = 1e-6
_REQUIRED: Final = ("fx", "fy", "cx", "cy")
_OPTIONAL: Final = ("skew", "k1", "k2", "k3", "k4", "k5", "k6", "p1", "p2", "xi")
_COEFFICIENTS: Final = ("k1", "k2", "k3", "k4", "k5", "k6", "p1", "p2")


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera in one frame.

    Attributes:
        position: in world coordinates, in the frame's units.
        rotation: rows of the matrix that turns world directions into camera directions.
        numbers: intrinsics and distortion by name; those absent are 0.
        model: one of `MODELS`.
        scale: how much smaller the picture is than the one the intrinsics are for.
    """

    position: Vector
    rotation: tuple[Vector, Vector, Vector]
    numbers: Mapping[str, float]
    model: str
    scale: float

    def project(self, point: Vector) -> tuple[float, float] | None:
        """The pixel that shows ``point``; ``None`` when it is behind, or bent out of view."""
        x, y, z = (a - b for a, b in zip(point, self.position, strict=True))
        # World to camera: the differences are along the world's axes.
        right, down, ahead = (row[0] * x + row[1] * y + row[2] * z for row in self.rotation)
        # Behind the camera, or so close to its plane that the pixel is anywhere.
        if ahead <= _NEAREST:
            return None
        seen = self._bent(right, down, ahead)
        if seen is None:
            return None
        k = self.numbers
        u = k["fx"] * seen[0] + k["skew"] * seen[1] + k["cx"]
        v = k["fy"] * seen[1] + k["cy"]
        return u * self.scale, v * self.scale

    def _bent(self, x: float, y: float, z: float) -> tuple[float, float] | None:
        k = self.numbers
        if self.model == "cylindrical":
            return atan2(x, z), y / hypot(x, z)
        if self.model == "fisheye":
            off = hypot(x, y)
            angle = atan2(off, z)
            square = angle * angle
            # By Horner: powers of the angle would each be computed anew.
            bent = angle * (
                1 + square * (k["k1"] + square * (k["k2"] + square * (k["k3"] + square * k["k4"])))
            )
            # On the axis the direction is undefined, and the point is in the middle.
            return (x / off * bent, y / off * bent) if off else (0.0, 0.0)
        if self.model == "omnidirectional":
            length = sqrt(x * x + y * y + z * z)
            # The centre of projection is moved by xi along the axis; what it leaves behind is not
            # in the picture.
            x, y, z = x / length, y / length, z / length + k["xi"]
            if z <= _NEAREST:
                return None
        x, y = x / z, y / z
        # Most cameras have none, and the polynomials are 1.
        if not any(k[name] for name in _COEFFICIENTS):
            return x, y
        square = x * x + y * y
        factor = self._radial(square)
        # Far from the axis the polynomial turns back, and would show what is out of view.
        if not factor or factor <= self._radial(square * 0.98) * 0.99 or factor > 1e6:
            return None
        p1, p2 = k["p1"], k["p2"]
        return (
            x * factor + 2 * p1 * x * y + p2 * (square + 2 * x * x),
            y * factor + p1 * (square + 2 * y * y) + 2 * p2 * x * y,
        )

    def _radial(self, square: float) -> float:
        k = self.numbers
        below = 1 + square * (k["k4"] + square * (k["k5"] + square * k["k6"]))
        above = 1 + square * (k["k1"] + square * (k["k2"] + square * k["k3"]))
        # A denominator near zero bends without bound: out of view.
        return above / below if abs(below) > _NEAREST else 0.0


def vector(value: Any) -> Vector | None:
    """``{"x", "y", "z"}`` as a tuple, or ``None``."""
    if not isinstance(value, dict):
        return None
    x, y, z = (number(value.get(axis)) for axis in "xyz")
    if x is None or y is None or z is None:
        return None
    return float(x), float(y), float(z)


def read_camera(image: Any) -> Camera | None:
    """The camera of one entry of ``images``, ``None`` when it cannot be projected into."""
    if not isinstance(image, dict):
        return None
    position = vector(image.get("position"))
    rotation = _rotation(image.get("heading"))
    model = image.get("camera_model", MODELS[0])
    intrinsics = {name: number(image.get(name)) for name in _REQUIRED}
    if position is None or rotation is None or model not in MODELS:
        return None
    # Absent distortion is none, but without a focal length there is no picture.
    if any(value is None for value in intrinsics.values()):
        return None
    numbers = {name: float(number(image.get(name)) or 0) for name in (*_REQUIRED, *_OPTIONAL)}
    scale = number(image.get("scale_factor"))
    return Camera(position, rotation, numbers, model, float(scale) if scale else 1.0)


def _rotation(heading: Any) -> tuple[Vector, Vector, Vector] | None:
    """World to camera, from the quaternion that turns camera axes into world axes."""
    if not isinstance(heading, dict):
        return None
    parts = [number(heading.get(name)) for name in "wxyz"]
    if any(part is None for part in parts):
        return None
    w, x, y, z = (float(part or 0) for part in parts)
    # Beyond it the squares overflow; a quaternion so large was not meant as one.
    length = sqrt(w * w + x * x + y * y + z * z) if max(map(abs, (w, x, y, z))) < 1e100 else 0.0
    if not length:
        return None
    # Senders round them, and a length beside 1 would scale the picture.
    w, x, y, z = w / length, x / length, y / length, z / length
    # The columns of the camera-to-world matrix are the rows of its inverse.
    return (
        (1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)),
        (2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)),
        (2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)),
    )
