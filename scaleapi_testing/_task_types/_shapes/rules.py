"""What a parameter ``geometries`` may say: rules V7 to V17, and the options read from it.

Sources: documented, https://docs.scale.com/reference/boxes, /polygons, /lines, /points, /ellipses
and /cuboids (docs/scale/images.md 3.1 and 7.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .._base import Violation, unread_keys
from .._language.labels import check_labels, leaves
from .._language.sentences import check_booleans, check_integers, missing, not_among, too_low, wrong
from .._language.values import integer, is_true, number, wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

GEOMETRIES: Final = ("box", "polygon", "line", "point", "cuboid", "ellipse")
"""In the order in which Scale's message lists them."""

SIZE_OPTIONS: Final = ("min_height", "min_width")
VERTEX_OPTIONS: Final = ("min_vertices", "max_vertices")
CAMERA_OPTIONS: Final = ("camera_intrinsics", "camera_rotation_quaternion", "camera_height")

_INTEGERS: Final = {
    "box": SIZE_OPTIONS,
    "cuboid": SIZE_OPTIONS,
    "polygon": VERTEX_OPTIONS,
    "line": VERTEX_OPTIONS,
}
_BOOLEANS: Final = {"box": ("can_rotate", "integer_pixels")}
_LOWEST: Final = {"min_vertices": 1, "max_vertices": None}
_ALWAYS: Final = ("objects_to_annotate", "examples")
_OPTIONS: Final = {
    "box": (*_ALWAYS, *SIZE_OPTIONS, *_BOOLEANS["box"]),
    "polygon": (*_ALWAYS, *VERTEX_OPTIONS),
    "line": (*_ALWAYS, *VERTEX_OPTIONS),
    "point": (*_ALWAYS, "connections"),
    "cuboid": (*_ALWAYS, *SIZE_OPTIONS, *CAMERA_OPTIONS),
    "ellipse": _ALWAYS,
}


@dataclass(slots=True)
class GeometryRule:
    """One geometry that labelers may draw, options read and defaults filled in.

    Attributes:
        geometry: one of `GEOMETRIES`.
        labels: its leaves; empty means shapes without a label.
        min_width: pixels.
        min_height: pixels.
        can_rotate: of a box.
        integer_pixels: of a box.
        min_vertices: of a polygon or line.
        max_vertices: of a polygon or line, ``None`` for no limit.
        camera: of a cuboid, its intrinsics when all camera options were given (3D output).
    """

    geometry: str
    labels: tuple[str, ...] = ()
    min_width: int = 0
    min_height: int = 0
    can_rotate: bool = False
    integer_pixels: bool = False
    min_vertices: int = 1
    max_vertices: int | None = None
    camera: Mapping[str, float] | None = None


def read_geometries(value: Mapping[str, Any]) -> tuple[GeometryRule, ...]:
    """The rules of a checked ``geometries`` parameter, in the order sent."""
    return tuple(read_geometry(geometry, options) for geometry, options in value.items())


def read_geometry(
    geometry: str, options: Mapping[str, Any], labels: tuple[str, ...] | None = None
) -> GeometryRule:
    """The rule of one geometry from its checked options.

    Args:
        geometry: one of `GEOMETRIES`.
        options: ``geometries.<geometry>``, or the params of a one-geometry task type.
        labels: its leaves, when they are not the options' ``objects_to_annotate``.
    """
    if labels is None:
        labels = leaves(options.get("objects_to_annotate"))
    rule = GeometryRule(geometry, labels)
    if geometry in {"box", "cuboid"}:
        # Sizes may be texts: the official client's live tests send "30".
        rule.min_width = integer(options.get("min_width")) or 0
        rule.min_height = integer(options.get("min_height")) or 0
    if geometry == "box":
        rule.can_rotate = is_true(options.get("can_rotate"))
        rule.integer_pixels = is_true(options.get("integer_pixels"))
    elif geometry in {"polygon", "line"}:
        rule.min_vertices = integer(options.get("min_vertices")) or 1
        rule.max_vertices = integer(options.get("max_vertices"))
    elif geometry == "cuboid":
        rule.camera = _camera(options)
    return rule


def all_leaves(value: Any) -> tuple[str, ...]:
    """The leaves of all geometries of a ``geometries`` parameter, checked or not, once each."""
    labels: dict[str, None] = {}
    for options in value.values() if isinstance(value, dict) else ():
        if isinstance(options, dict):
            labels.update(dict.fromkeys(leaves(options.get("objects_to_annotate"))))
    return tuple(labels)


def labels_by_geometry(value: Any) -> dict[str, tuple[str, ...]]:
    """The leaves of each geometry of a ``geometries`` parameter, checked or not."""
    return {
        geometry: leaves(options.get("objects_to_annotate")) if isinstance(options, dict) else ()
        for geometry, options in (value.items() if isinstance(value, dict) else ())
    }


def _camera(options: Mapping[str, Any]) -> dict[str, float] | None:
    # Some of the three are accepted, but 3D output is promised only with all (documented).
    if any(options.get(option) is None for option in CAMERA_OPTIONS):
        return None
    intrinsics: dict[str, Any] = options["camera_intrinsics"]
    # Scale's page writes it both ways: one in its table, the other in its example.
    scale = number(intrinsics.get("scalefactor", intrinsics.get("scale_factor")))
    camera = {name: float(intrinsics[name]) for name in ("fx", "fy", "cx", "cy")}
    return camera | {"skew": float(number(intrinsics.get("skew")) or 0), "scale": float(scale or 1)}


def check_geometries(
    value: Any,
    *,
    attributes: Any = None,
    allowed: Sequence[str] = GEOMETRIES,
    flags: Iterable[Violation] = (),
    path: str = "geometries",
) -> Iterator[Violation]:
    """Rules V7 to V17.

    Args:
        value: the parameter as sent, ``None`` when it was not.
        attributes: the task's ``annotation_attributes`` (point connections may name one).
        allowed: the geometries this task type knows.
        flags: what rule V15 found among the task's other parameters; yielded at its place.
        path: where the parameter stands; part of the messages of V10 to V12.
    """
    if value is None:
        yield missing(path, 'an object such as {"box": {"objects_to_annotate": ["car"]}}')
        yield from flags
        return
    if not isinstance(value, dict):
        yield wrong(path, "object", "an object of geometries by name")
        yield from flags
        return
    if not value:
        yield Violation(
            path,
            f"Please include at least one geometry in {path}.",
            "one or more of " + ", ".join(allowed),
        )
    for geometry in value:
        if geometry not in allowed:
            yield not_among(f"geometry {geometry}", allowed, f"{path}.{geometry}")
    known: dict[str, dict[str, Any]] = {}
    # Each rule over all geometries before the next one: the first violation is the reply.
    for geometry, options in value.items():
        if not isinstance(options, dict):
            expected = 'an object of options; {"objects_to_annotate": []} for none'
            yield wrong(f"{path}.{geometry}", "object", expected)
        elif geometry in allowed:
            known[geometry] = options
    # Documented as required for points alone; elsewhere its absence means shapes without labels.
    if "point" in known and known["point"].get("objects_to_annotate") is None:
        expected = "an array of labels, which may be empty"
        yield missing(f"{path}.point.objects_to_annotate", expected)
    for geometry, options in known.items():
        labels = options.get("objects_to_annotate")
        if "objects_to_annotate" in options and not (geometry == "point" and labels is None):
            yield from check_labels(labels, f"{path}.{geometry}.objects_to_annotate")
    for geometry, options in known.items():
        # Null max_vertices is no limit; a negative one is told by V14, which names its minimum.
        limited = {k: v for k, v in options.items() if k != "max_vertices" or v is not None}
        yield from check_integers(
            limited, _INTEGERS.get(geometry, ()), f"{path}.{geometry}.", _LOWEST
        )
    for geometry, options in known.items():
        yield from _check_vertex_range(geometry, options, path)
    for geometry, options in known.items():
        yield from check_booleans(options, _BOOLEANS.get(geometry, ()), f"{path}.{geometry}.")
    yield from flags
    if "cuboid" in known:
        yield from check_camera(known["cuboid"], f"{path}.cuboid.")
    if "point" in known:
        yield from _check_connections(known["point"], attributes, f"{path}.point.connections")


def _check_vertex_range(
    geometry: str, options: Mapping[str, Any], path: str
) -> Iterator[Violation]:
    if geometry not in {"polygon", "line"}:
        return
    fewest = integer(options.get("min_vertices", 1))
    most = integer(options.get("max_vertices"))
    least = 1 if fewest is None else max(fewest, 1)
    if most is not None and most < least:
        expected = f"at least {least}, or null for no limit"
        yield too_low("max_vertices", "min_vertices", expected, f"{path}.{geometry}.max_vertices")


def check_camera(options: Mapping[str, Any], prefix: str = "") -> Iterator[Violation]:
    """Rule V16: each camera option that was given has its required numbers; null counts as absent.

    Args:
        options: ``geometries.cuboid``, or the params of a cuboid task type.
        prefix: of the violations' paths, ending in a dot.
    """
    required = {
        "camera_intrinsics": ("fx", "fy", "cx", "cy"),
        "camera_rotation_quaternion": ("w", "x", "y", "z"),
    }
    for option, names in required.items():
        sent = options.get(option)
        if sent is None:
            continue
        if not isinstance(sent, dict) or any(number(sent.get(name)) is None for name in names):
            fields = ", ".join(names[:-1]) + f" and {names[-1]}"
            expected = f"an object with the numbers {fields}"
            yield wrong(option, fields, expected, f"{prefix}{option}")
    height = options.get("camera_height")
    if height is not None and number(height) is None:
        expected = "a number of metres, or null"
        yield wrong("camera_height", "number", expected, f"{prefix}camera_height")


def _check_connections(
    options: Mapping[str, Any], attributes: Any, path: str
) -> Iterator[Violation]:
    if "connections" not in options:
        return
    wrong_pair = "Invalid connections - pair must contain two point labels."
    labels = dict.fromkeys(leaves(options.get("objects_to_annotate")))
    expected = 'an array of objects such as {"pair": ["wrist", "elbow"]}, both point labels'
    connections = options["connections"]
    if not isinstance(connections, list):
        yield Violation(path, wrong_pair, expected)
        return
    for position, connection in enumerate(connections):
        pair = connection.get("pair") if isinstance(connection, dict) else None
        if (
            not isinstance(pair, list)
            or len(pair) != 2
            or not all(_in(labels, end) for end in pair)
        ):
            yield Violation(f"{path}[{position}]", wrong_pair, expected)
    for position, connection in enumerate(connections):
        if not isinstance(connection, dict) or connection.get("connection_attribute") is None:
            continue
        name = connection["connection_attribute"]
        known = isinstance(attributes, dict) and _in(attributes, name)
        spec = attributes[name] if known else None
        if not isinstance(spec, dict) or spec.get("type") != "linked":
            yield Violation(
                f"{path}[{position}].connection_attribute",
                f"Invalid connections - {wording(name)} is not a linked attribute.",
                "the key of an attribute of type linked in annotation_attributes",
            )


def _in(names: Mapping[str, Any], name: Any) -> bool:
    return isinstance(name, str) and name in names


def unread_options(value: Any, path: str = "geometries") -> Iterator[str]:
    """The keys inside ``geometries`` that nothing reads, e.g. a misspelt ``max_vertives``."""
    for geometry, options in value.items() if isinstance(value, dict) else ():
        yield from unread_keys(f"{path}.{geometry}", options, _OPTIONS.get(geometry, ()))
