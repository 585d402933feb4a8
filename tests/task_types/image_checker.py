"""Does a response of an image task obey its instruction? Written from the documentation alone.

Nothing here comes from the generators: the shapes are a JSON Schema, the rules are those that the
documentation (and, where it is silent, our reading of it) states, checked the slow and plain way:
docs/scale/images.md 7.3 and 9.3.
Every function yields sentences about what is wrong; no sentence means all is well.
"""

from __future__ import annotations

import json
import math
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jsonschema import Draft202012Validator
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SCHEMA = json.loads((Path(__file__).parent / "schemas" / "image_responses.json").read_text())
_ROUNDING = 0.02  # two decimals on either side of a sum
GEOMETRY_OF = {
    "annotation": "box",
    "polygonannotation": "polygon",
    "lineannotation": "line",
    "laneannotation": "line",
    "pointannotation": "point",
    "cuboidannotation": "cuboid",
}


def schema_problems(definition: str, response: Any) -> Iterator[str]:
    validator = Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": _SCHEMA["$defs"]})
    for error in validator.iter_errors(response):
        yield f"{error.json_path}: {error.message[:200]}"


# -- what the instruction says -------------------------------------------------------------------


def yes(value: Any) -> bool:
    return value is True or value == "true"


def leaf_names(labels: Any, *, parents: bool = False) -> list[str]:
    names: list[str] = []
    for entry in [labels] if isinstance(labels, str) else labels or []:
        if isinstance(entry, str):
            names.append(entry)
            continue
        below = entry.get("subchoices") or []
        if parents or not below:
            names.append(entry["choice"])
        names += leaf_names(below, parents=parents)
    return names


def instance_names(labels: Any, *, parents: bool = False) -> list[str]:
    names: list[str] = []
    for entry in labels if isinstance(labels, list) else []:
        if isinstance(entry, dict):
            below = entry.get("subchoices") or []
            if yes(entry.get("instance_label")) and (parents or not below):
                names.append(entry["choice"])
            names += instance_names(below, parents=parents)
    return names


def condition_objects(spec: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = spec.get("conditions")
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def is_global(spec: Mapping[str, Any]) -> bool:
    return any(yes(condition.get("is_global")) for condition in condition_objects(spec))


def value_matches(values: Mapping[str, Any], key: str, wanted: Any) -> bool:
    if key not in values:
        return False
    accepted = wanted if isinstance(wanted, list) else [wanted]
    value = values[key]
    return any(one in accepted for one in (value if isinstance(value, list) else [value]))


def applies(spec: Mapping[str, Any], label: str | None, values: Mapping[str, Any]) -> bool:
    conditions = condition_objects(spec)
    if not conditions:
        return True
    whole = is_global(spec)
    return any(_holds(condition, whole, label, values) for condition in conditions)


def _holds(
    condition: Mapping[str, Any], whole: bool, label: str | None, values: Mapping[str, Any]
) -> bool:
    wanted = condition.get("label_condition", {}).get("label")
    named = wanted if isinstance(wanted, list) else [wanted]
    if wanted is not None and not whole and label not in named:
        return False
    alternatives = condition.get("attribute_conditions") or []
    if isinstance(alternatives, dict):
        alternatives = [alternatives]
    return not alternatives or any(
        all(value_matches(values, key, value) for key, value in pairs.items())
        for pairs in alternatives
    )


# -- attributes ----------------------------------------------------------------------------------


def value_problems(
    spec: Mapping[str, Any], value: Any, size: tuple[float, float] | None
) -> Iterator[str]:
    kind = spec.get("type", "category")
    if kind == "category":
        choices = leaf_names(spec["choices"])
        if yes(spec.get("allow_multiple")):
            if not isinstance(value, list) or not value or len(set(value)) != len(value):
                yield f"{value!r} is no array of different choices"
            elif not set(value) <= set(choices):
                yield f"{value!r} holds what is no leaf of the choices"
        elif not isinstance(value, str) or value not in choices:
            yield f"{value!r} is no leaf of the choices"
    elif kind == "text":
        if not isinstance(value, str) or not value:
            yield f"{value!r} is no text"
    elif kind == "linked":
        if not isinstance(value, str):
            yield f"{value!r} is no uuid"
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        yield f"{value!r} is no number"
    elif kind == "number":
        yield from _number_problems(spec, value)
    elif kind == "angle":
        if not 0 <= value <= 360:
            yield f"{value} is no angle"
    elif size is None:
        yield f"{kind} on a shape that is neither box nor cuboid"
    elif not 0 <= value <= size[kind == "y_line"] + _ROUNDING:
        yield f"{value} lies outside the shape of {size}"


def _number_problems(spec: Mapping[str, Any], value: float) -> Iterator[str]:
    low, high, step = spec.get("min"), spec.get("max"), spec.get("step", 1)
    if low is None and high is None:
        low, high = 0, 100
    if low is not None and value < low:
        yield f"{value} is below {low}"
    if high is not None and value > high:
        yield f"{value} is above {high}"
    steps = (value - (spec.get("min") or 0)) / step
    if abs(steps - round(steps)) > 1e-6 * max(1, abs(steps)):
        yield f"{value} is no whole number of steps of {step} from {spec.get('min')}"


def attribute_problems(
    specs: Mapping[str, Any],
    values: Mapping[str, Any],
    label: str | None,
    size: tuple[float, float] | None,
    *,
    whole: bool,
    can_link: bool = True,
) -> Iterator[str]:
    """Rules I6 and I7: present exactly when the conditions hold, and legal."""
    mine = {key: spec for key, spec in specs.items() if is_global(spec) == whole}
    yield from (f"{key} is not defined here" for key in values if key not in mine)
    for key, spec in mine.items():
        kind = spec.get("type", "category")
        expected = applies(spec, label, values)
        if kind in {"x_line", "y_line"} and size is None:
            expected = False
        if kind == "linked" and (whole or not can_link or not yes(spec.get("required"))):
            expected = expected and key in values
        if expected != (key in values):
            yield f"{key} is {'missing' if expected else 'there although it does not apply'}"
        if key in values:
            yield from (f"{key}: {found}" for found in value_problems(spec, values[key], size))


def linked_problems(
    specs: Mapping[str, Any], annotations: list[Mapping[str, Any]]
) -> Iterator[str]:
    labels = {found.get("uuid"): found.get("label") for found in annotations}
    for annotation in annotations:
        for key, value in annotation.get("attributes", {}).items():
            spec = specs.get(key, {})
            if spec.get("type") != "linked":
                continue
            allowed = spec["allowed_labels"]
            allowed = [allowed] if isinstance(allowed, str) else allowed
            if value == annotation["uuid"]:
                yield f"{key} links an annotation to itself"
            if value not in labels:
                yield f"{key} links to nothing: {value}"
            elif labels[value] not in allowed:
                yield f"{key} links to a {labels[value]}"


# -- shapes --------------------------------------------------------------------------------------


def corners_of(shape: Mapping[str, Any]) -> list[tuple[float, float]]:
    found = [(vertex["x"], vertex["y"]) for vertex in shape.get("vertices", [])]
    if "left" in shape:
        left, top = shape["left"], shape["top"]
        found += [(left, top), (left + shape["width"], top + shape["height"])]
    if "x" in shape:
        found.append((shape["x"], shape["y"]))
    return found


def edge_size(geometry: str, shape: Mapping[str, Any]) -> tuple[float, float] | None:
    if geometry == "box":
        return shape["width"], shape["height"]
    if geometry == "cuboid":
        top_left, bottom_left, top_right = shape["vertices"][:3]
        return top_right["x"] - top_left["x"], bottom_left["y"] - top_left["y"]
    return None


def shape_problems(
    geometry: str,
    options: Mapping[str, Any],
    shape: Mapping[str, Any],
    size: tuple[int, int],
    padding: tuple[float, float] = (0, 0),
) -> Iterator[str]:
    """Rules I3 to I5."""
    min_width, min_height = int(options.get("min_width", 0)), int(options.get("min_height", 0))
    if yes(options.get("integer_pixels")):
        padding = (math.floor(padding[0]), math.floor(padding[1]))
    edges = edge_size(geometry, shape)
    if edges is not None:
        if edges[0] < max(min_width, 1) - _ROUNDING / 2:
            yield f"width {edges[0]} is below the minimum {min_width}"
        if edges[1] < max(min_height, 1) - _ROUNDING / 2:
            yield f"height {edges[1]} is below the minimum {min_height}"
    has_sizes = geometry in {"box", "cuboid"}
    for x, y in corners_of(shape):
        fits_x = not has_sizes or min_width <= size[0] + 2 * padding[0]
        fits_y = not has_sizes or min_height <= size[1] + 2 * padding[1]
        if fits_x and not -padding[0] - 1e-6 <= x <= size[0] + padding[0] + 1e-6:
            yield f"x {x} lies outside an image {size[0]} wide"
        if fits_y and not -padding[1] - 1e-6 <= y <= size[1] + padding[1] + 1e-6:
            yield f"y {y} lies outside an image {size[1]} high"
    checks = {
        "box": _box_problems,
        "polygon": _outline_problems,
        "line": _outline_problems,
        "ellipse": _ellipse_problems,
        "cuboid": _cuboid_problems,
    }
    if geometry in checks:
        yield from checks[geometry](geometry, options, shape)


def _box_problems(
    geometry: str, options: Mapping[str, Any], shape: Mapping[str, Any]
) -> Iterator[str]:
    if yes(options.get("can_rotate")) != ("rotation" in shape):
        yield "rotation is there exactly when boxes can rotate"
    rotation = shape.get("rotation", 0)
    if yes(options.get("integer_pixels")) and rotation == 0:
        numbers = [shape[key] for key in ("left", "top", "width", "height")]
        if any(number != int(number) for number in numbers):
            yield f"{numbers} are no integers"
    if "rotation" not in shape:
        return
    half_w, half_h = shape["width"] / 2, shape["height"] / 2
    cx, cy = shape["left"] + half_w, shape["top"] + half_h
    offsets = [(-half_w, -half_h), (half_w, -half_h), (half_w, half_h), (-half_w, half_h)]
    for vertex, (dx, dy) in zip(shape["vertices"], offsets, strict=True):
        x = cx + dx * math.cos(rotation) - dy * math.sin(rotation)
        y = cy + dx * math.sin(rotation) + dy * math.cos(rotation)
        if abs(vertex["x"] - x) > _ROUNDING or abs(vertex["y"] - y) > _ROUNDING:
            yield f"vertex {vertex} of a turned box should be at {x:.2f}, {y:.2f}"


def _outline_problems(
    geometry: str, options: Mapping[str, Any], shape: Mapping[str, Any]
) -> Iterator[str]:
    count = len(shape["vertices"])
    fewest = max(3 if geometry == "polygon" else 2, int(options.get("min_vertices", 1)))
    most = options.get("max_vertices")
    most = math.inf if most is None else int(most)
    if not min(fewest, most) <= count <= most:
        yield f"{count} vertices where {fewest} to {most} are asked for"
    if geometry == "polygon" and 3 <= count <= 80:
        yield from _crossing_problems([(v["x"], v["y"]) for v in shape["vertices"]])


def _crossing_problems(points: list[tuple[float, float]]) -> Iterator[str]:
    count = len(points)
    twice_area = sum(
        points[i][0] * points[(i + 1) % count][1] - points[(i + 1) % count][0] * points[i][1]
        for i in range(count)
    )
    if abs(twice_area) < 1e-9:
        yield "a polygon without area"
    if points[0] == points[-1]:
        yield "the first vertex is repeated"

    def turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
        found = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        return 0.0 if abs(found) < 1e-9 else math.copysign(1, found)

    for i in range(count):
        a, b = points[i], points[(i + 1) % count]
        for j in range(i + 2, count):
            if (j + 1) % count == i:
                continue
            c, d = points[j], points[(j + 1) % count]
            if turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0:
                yield f"edges {i} and {j} cross"


def _ellipse_problems(
    geometry: str, options: Mapping[str, Any], shape: Mapping[str, Any]
) -> Iterator[str]:
    top, right, bottom, left = [np.array([v["x"], v["y"]]) for v in shape["vertices"]]
    if np.abs(top + bottom - right - left).max() > _ROUNDING:
        yield "the axes do not have one middle"
    one, other = top - bottom, right - left
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    if lengths == 0:
        yield "an axis has no length"
    elif abs(float(one @ other)) / lengths > 0.02:
        yield "the axes are not perpendicular"
    # Before a turn of less than a right angle the first vertex is the top one.
    if not (top[1] < bottom[1] and left[0] < right[0]):
        yield "the vertices do not begin at the top and go on to the right"


_CORNERS = [
    "face-topleft", "face-bottomleft", "face-topright", "face-bottomright", "side-topcorner",
    "side-bottomcorner",
]  # fmt: skip
_EDGES = ["face-top", "face-right", "face-bottom", "face-left", "side-bottom", "side-top"]


def _cuboid_problems(
    geometry: str, options: Mapping[str, Any], shape: Mapping[str, Any]
) -> Iterator[str]:
    if [vertex["description"] for vertex in shape["vertices"]] != _CORNERS:
        yield "the vertices are not in the documented order"
        return
    at = {vertex["description"]: (vertex["x"], vertex["y"]) for vertex in shape["vertices"]}
    (left, top), (right, bottom) = at["face-topleft"], at["face-bottomright"]
    if at["face-topright"] != (right, top) or at["face-bottomleft"] != (left, bottom):
        yield "the front face is no rectangle"
    sides = [at["side-topcorner"][0], at["side-bottomcorner"][0]]
    on_right = all(x >= right for x in sides)
    if not on_right and not all(x <= left for x in sides):
        yield "the side corners are not on one side of the face"
    if "edges" in shape:
        if [edge["description"] for edge in shape["edges"]] != _EDGES:
            yield "the edges are not in the documented order"
        near = "right" if on_right else "left"
        ends = {
            "face-top": {"face-topleft", "face-topright"},
            "face-right": {"face-topright", "face-bottomright"},
            "face-bottom": {"face-bottomleft", "face-bottomright"},
            "face-left": {"face-topleft", "face-bottomleft"},
            "side-bottom": {f"face-bottom{near}", "side-bottomcorner"},
            "side-top": {f"face-top{near}", "side-topcorner"},
        }
        for edge in shape["edges"]:
            found = {(edge["x1"], edge["y1"]), (edge["x2"], edge["y2"])}
            if found != {at[name] for name in ends[edge["description"]]}:
                yield f"{edge['description']} does not join its corners"
    cameras = ("camera_intrinsics", "camera_rotation_quaternion", "camera_height")
    has_camera = all(options.get(name) is not None for name in cameras)
    # The recorded mock has vertices alone; everything else has points when it can.
    if "edges" in shape and has_camera != ("points_3d" in shape):
        yield "3D points are there exactly when all camera options are given"


# -- whole responses -----------------------------------------------------------------------------


def padding_of(params: Mapping[str, Any]) -> tuple[float, float]:
    around = params.get("padding", 0)
    return (
        params.get("paddingX", params.get("padding_x", around)),
        params.get("paddingY", params.get("padding_y", around)),
    )


def imageannotation_problems(
    params: Mapping[str, Any], response: Any, size: tuple[int, int], *, may_be_empty: bool = False
) -> list[str]:
    """Rules I1 to I9 of an imageannotation response."""
    found = list(schema_problems("imageannotation", response))
    if found:
        return found
    annotations = response["annotations"]
    specs = params.get("annotation_attributes") or {}
    if not annotations and not may_be_empty:
        found.append("no annotations")
    for place, item in enumerate(annotations):
        options = params["geometries"].get(item["type"])
        if options is None:
            found.append(f"{place}: a {item['type']} was not asked for")
            continue
        found += [
            f"{place}: {problem}"
            for problem in (
                *_label_problems(options.get("objects_to_annotate"), item),
                *shape_problems(item["type"], options, item, size, padding_of(params)),
                *_item_attribute_problems(specs, item, item["type"]),
            )
        ]
    found += _identity_problems(annotations)
    found += linked_problems(specs, annotations)
    found += attribute_problems(specs, response["global_attributes"], None, None, whole=True)
    found += _link_problems(params.get("links") or {}, response["links"], annotations)
    return found


def _label_problems(labels: Any, item: Mapping[str, Any]) -> Iterator[str]:
    names = leaf_names(labels)
    if bool(names) != ("label" in item):
        yield "a label is there exactly when its geometry has labels"
    elif names and item["label"] not in names:
        yield f"{item['label']!r} is no label of its geometry"


def _item_attribute_problems(
    specs: Mapping[str, Any], item: Mapping[str, Any], geometry: str
) -> Iterator[str]:
    defined = any(not is_global(spec) for spec in specs.values())
    if defined != ("attributes" in item):
        yield "attributes are there exactly when the task defines some"
    elif defined:
        yield from attribute_problems(
            specs,
            item["attributes"],
            item.get("label"),
            edge_size(geometry, item),
            whole=False,
            can_link="label" in item,
        )


def _identity_problems(annotations: list[Mapping[str, Any]]) -> list[str]:
    uuids = [item["uuid"] for item in annotations]
    return [] if len(set(uuids)) == len(uuids) else ["two annotations have one uuid"]


def _link_problems(
    links: Mapping[str, Any], drawn: list[Mapping[str, Any]], annotations: list[Mapping[str, Any]]
) -> list[str]:
    found: list[str] = []
    labels = {item["uuid"]: item.get("label") for item in annotations}
    seen: list[tuple[str, str, str]] = []
    for link in drawn:
        rules = links.get(link["label"], [])
        rules = rules if isinstance(rules, list) else [rules]
        source, target = link["from"], link["to"]
        if source == target or source not in labels or target not in labels:
            found.append(f"{link} does not join two annotations")
            continue

        def allowed(rule: Mapping[str, Any], one: str, other: str) -> bool:
            return (
                labels[one] in leaf_names(rule["from_allowed_labels"])
                and labels[other] in leaf_names(rule["to_allowed_labels"])
            )  # fmt: skip

        if not any(
            yes(rule.get("is_bidirectional")) == link["is_bidirectional"]
            and (
                allowed(rule, source, target)
                or (link["is_bidirectional"] and allowed(rule, target, source))
            )
            for rule in rules
        ):
            found.append(f"{link} joins labels that no rule allows")
        if (link["label"], source, target) in seen:
            found.append(f"{link} is there twice")
        seen.append((link["label"], source, target))
    return found


def one_geometry_problems(
    kind: str,
    params: Mapping[str, Any],
    response: Any,
    size: tuple[int, int],
    *,
    is_mock: bool = False,
    may_be_empty: bool = False,
) -> list[str]:
    """The rules of the older one-geometry types; a mock has the style of 2019."""
    geometry = GEOMETRY_OF[kind]
    style = "one_geometry_2019" if is_mock else "one_geometry_2020"
    found = list(schema_problems(style, response))
    if found:
        return found
    annotations = response["annotations"]
    default = kind == "cuboidannotation"
    with_labels = yes(params.get("with_labels", default))
    specs = {} if kind == "cuboidannotation" else params.get("annotation_attributes") or {}
    for place, item in enumerate(annotations):
        problems = [
            *_label_problems(params["objects_to_annotate"] if with_labels else [], item),
            *shape_problems(geometry, params, item, size),
        ]
        if item.get("geometry", geometry) != geometry:
            problems.append(f"geometry is {item['geometry']}")
        if bool(specs) != ("attributes" in item):
            problems.append("attributes are there exactly when annotation_attributes were given")
        elif specs:
            problems += attribute_problems(
                specs,
                item["attributes"],
                item.get("label"),
                edge_size(geometry, item),
                whole=False,
                can_link="label" in item and not is_mock,
            )
        found += [f"{place}: {problem}" for problem in problems]
    if kind == "cuboidannotation":
        fewest = int(params.get("min_annotations", 0))
        most = int(params.get("max_annotations", 0)) or math.inf
        if not fewest <= len(annotations) <= most:
            found.append(f"{len(annotations)} annotations where {fewest} to {most} are asked for")
    if not annotations and not may_be_empty:
        found.append("no annotations")
    if not is_mock:
        found += _identity_problems(annotations)
        found += linked_problems(specs, annotations)
        found += attribute_problems(specs, response["global_attributes"], None, None, whole=True)
    return found


def pixels(content: bytes) -> tuple[str, np.ndarray]:
    image = Image.open(BytesIO(content))
    return image.mode, np.asarray(image)


def segmentannotation_problems(
    params: Mapping[str, Any],
    response: Any,
    size: tuple[int, int],
    published: Mapping[str, tuple[str, bytes]],
) -> list[str]:
    """Rules S1 to S7; ``published`` holds the files by address."""
    found = list(schema_problems("segmentannotation", response))
    if found:
        return found
    parents = yes(params.get("allow_parent_labels"))
    labels = leaf_names(params["labels"], parents=parents)
    singles = {
        *instance_names(params["labels"], parents=parents),
        *leaf_names(params.get("instance_labels"), parents=parents),
    }
    usable = {*labels, *singles}
    mapping, annotations = response["labelMapping"], response["annotations"]
    entries = [
        (label, entry)
        for label, mapped in mapping.items()
        for entry in (mapped if isinstance(mapped, list) else [mapped])
    ]
    found += [f"{label!r} is no label of the task" for label in mapping if label not in usable]
    found += [
        f"{label!r} is an array exactly when it has instances"
        for label, mapped in mapping.items()
        if isinstance(mapped, list) != (label in singles)
    ]
    found += [f"{label!r} is missing" for label in usable - singles if label not in mapping]
    if len({entry["index"] for _, entry in entries}) != len(entries):
        found.append("two entries have one index")

    mode, indexed = pixels(published[annotations["combined"]["indexedImage"]][1])
    if mode != "L":
        found.append(f"indexedImage has mode {mode}")
    images = [published[address] for address in _addresses(annotations)]
    for mime_type, content in images:
        mode, image = pixels(content)
        if mime_type != "image/png" or image.shape[:2] != (size[1], size[0]):
            found.append(f"a mask is {mime_type} of {image.shape[:2]}")
    _, extended = pixels(published[annotations["combined"]["extendedIndexedImage"]][1])
    if extended.shape[-1] != 4:
        return [*found, "extendedIndexedImage is not RGBA"]
    exact = extended[..., :3].astype(int) @ np.array([1, 256, 65536])
    if exact.max() <= 255 and not np.array_equal(exact, indexed):
        found.append("indexedImage and extendedIndexedImage differ")

    for label, entry in entries:
        if int((exact == entry["index"]).sum()) != entry["numPixels"]:
            found.append(f"{label!r} has not numPixels pixels")
    blank = int((exact == 0).sum())
    if sum(entry["numPixels"] for _, entry in entries) + blank != size[0] * size[1]:
        found.append("numPixels and the unlabeled pixels are not all pixels")
    if blank and not yes(params.get("allow_unlabeled")):
        found.append(f"{blank} pixels have no label")
    _, unlabeled = pixels(published[annotations["unlabeled"]][1])
    if not np.array_equal(unlabeled[..., 3] > 0, exact == 0):
        found.append("unlabeled does not show the pixels without label")
    _, colored = pixels(published[annotations["combined"]["image"]][1])
    expected = np.zeros((*exact.shape, 4), np.uint8)
    for _, entry in entries:
        expected[exact == entry["index"]] = [*bytes.fromhex(entry["color"][1:]), 255]
    if not np.array_equal(colored, expected):
        found.append("combined.image does not show the colours of the labels")
    shown = {label for label, entry in entries if entry["numPixels"]}
    if set(annotations["labeled"]) != shown:
        found.append(f"labeled has {set(annotations['labeled'])}, pixels have {shown}")
    for label, addresses in annotations["labeled"].items():
        mapped = mapping.get(label, [])
        several = mapped if isinstance(mapped, list) else [mapped]
        urls = addresses if isinstance(addresses, list) else [addresses]
        if isinstance(addresses, list) != isinstance(mapped, list) or len(urls) != len(several):
            found.append(f"labeled.{label} does not fit its entries")
            continue
        for url, entry in zip(urls, several, strict=True):
            _, mask = pixels(published[url][1])
            if not np.array_equal(mask[..., 3] == 255, exact == entry["index"]):
                found.append(f"labeled.{label} does not show its pixels")
    specs = params.get("annotation_attributes") or {}
    if any(is_global(spec) for spec in specs.values()) != ("global_attributes" in response):
        found.append("global_attributes are there exactly when the task defines some")
    found += attribute_problems(
        specs, response.get("global_attributes", {}), None, None, whole=True
    )
    for label, entry in entries:
        if label in singles:
            found += attribute_problems(
                specs, entry.get("attributes", {}), label, None, whole=False, can_link=False
            )
    found += linked_problems(
        specs, [{"label": label, **entry} for label, entry in entries if label in singles]
    )
    return found


def _addresses(annotations: Mapping[str, Any]) -> Iterator[str]:
    yield from annotations["combined"].values()
    yield annotations["unlabeled"]
    for addresses in annotations["labeled"].values():
        yield from addresses if isinstance(addresses, list) else [addresses]
