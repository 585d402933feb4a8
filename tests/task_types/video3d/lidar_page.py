"""Does a lidar answer obey its instruction and its frames? Written from the documentation alone.

Nothing here comes from the generators. Each function yields sentences about what is wrong. A scene
is a list of frame files (``None`` for one that cannot be read), with the picture size.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from ..image_checker import (
    attribute_problems,
    edge_size,
    instance_names,
    leaf_names,
    shape_problems,
)
from .video_page import schema_problems


def device_of(frame, index, unit):
    if frame is None:
        return np.array([0, index / unit, 0])
    return np.array([frame["device_position"][axis] for axis in "xyz"], dtype=float)


def xyz(vector):
    return np.array([vector["x"], vector["y"], vector["z"]], dtype=float)


def turn(yaw, pitch=0, roll=0):
    """World axes of width, length and height, as columns: roll, then pitch, then yaw."""
    c, s = math.cos, math.sin
    about_z = np.array([[c(yaw), -s(yaw), 0], [s(yaw), c(yaw), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, c(pitch), -s(pitch)], [0, s(pitch), c(pitch)]])
    about_y = np.array([[c(roll), 0, s(roll)], [0, 1, 0], [-s(roll), 0, c(roll)]])
    return about_z @ about_x @ about_y


def local(points, cuboid):
    axes = turn(cuboid["yaw"], cuboid.get("pitch", 0), cuboid.get("roll", 0))
    return (np.asarray(points, dtype=float) - xyz(cuboid["position"])) @ axes


def inside(points, cuboid, slack=0.0):
    if not len(points):
        return np.zeros(0, dtype=bool)
    halves = xyz(cuboid["dimensions"]) / 2
    return (np.abs(local(points, cuboid)) <= halves * (1 + slack)).all(axis=1)


def points_of(frame):
    return np.array([[p["x"], p["y"], p["z"]] for p in frame["points"]], dtype=float).reshape(-1, 3)


def camera_matrix(image):
    w, x, y, z = (image["heading"][name] for name in "wxyz")
    norm = math.sqrt(w * w + x * x + y * y + z * z)
    w, x, y, z = w / norm, x / norm, y / norm, z / norm
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def project(points, image):
    """Pixels and depths of world points in a pinhole camera."""
    seen = (np.asarray(points, dtype=float) - xyz(image["position"])) @ camera_matrix(image)
    depth = seen[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        u = image["fx"] * seen[:, 0] / depth + image.get("skew", 0) * seen[:, 1] / depth
        v = image["fy"] * seen[:, 1] / depth
    scale = image.get("scale_factor", 1)
    return np.stack([(u + image["cx"]) * scale, (v + image["cy"]) * scale], axis=1), depth


def eight_corners(cuboid):
    axes = turn(cuboid["yaw"], cuboid.get("pitch", 0), cuboid.get("roll", 0))
    signs = [(a, b, c) for a in (-0.5, 0.5) for b in (-0.5, 0.5) for c in (-0.5, 0.5)]
    return [
        xyz(cuboid["position"]) + axes @ (np.array(one) * xyz(cuboid["dimensions"]))
        for one in signs
    ]


# -- lidarannotation -----------------------------------------------------------------------------


def cuboid_file_problems(params, content, scene, size=(640, 480)):
    """Page 6.3 and 6.4."""
    yield from schema_problems("lidar", "cuboidsFile", content)
    if len(content) != len(scene):
        yield f"{len(content)} frames instead of {len(scene)}"
    unit = params.get("meters_per_unit", 1)
    if not any(frame["cuboids"] for frame in content):
        yield "there is no cuboid"
    tracks = {}
    for index, frame in enumerate(content):
        uuids = [cuboid["uuid"] for cuboid in frame["cuboids"]]
        if len(uuids) != len(set(uuids)):
            yield f"a uuid is twice in frame {index}"
        for cuboid in frame["cuboids"]:
            tracks.setdefault(cuboid["uuid"], {})[index] = cuboid
            yield from one_cuboid_problems(params, cuboid, scene[index], index, size)
    for track in tracks.values():
        yield from cuboid_track_problems(params, list(track.items()), unit)
    yield from link_problems(params, tracks)


def one_cuboid_problems(params, cuboid, frame, index, size):
    unit = params.get("meters_per_unit", 1)
    if cuboid["label"] not in leaf_names(params["labels"]):
        yield f"{cuboid['label']} is no label"
    metres = xyz(cuboid["dimensions"]) * unit
    if not ((metres > 0) & (metres <= 30)).all():
        yield f"dimensions of {metres} m"
    if not -math.pi < cuboid["yaw"] <= math.pi:
        yield f"yaw {cuboid['yaw']}"
    for angle in ("pitch", "roll"):
        if (params.get("pitch_and_roll_enabled") is True) != (angle in cuboid):
            yield f"{angle} is there exactly when it is enabled"
        if abs(cuboid.get(angle, 0)) > 0.3:
            yield f"{angle} {cuboid[angle]}"
    away = np.linalg.norm(xyz(cuboid["position"]) - device_of(frame, index, unit)) * unit
    if abs(away - cuboid["distance_to_device"]) > 0.01:
        yield f"{away} m away, not {cuboid['distance_to_device']}"
    if cuboid["distance_to_device"] > params.get("max_distance_meters", math.inf):
        yield f"{cuboid['distance_to_device']} m is beyond the limit"
    images = [None] if frame is None else frame.get("images", [])
    if not -1 <= cuboid["camera_used"] < len(images):
        yield f"camera {cuboid['camera_used']} of {len(images)}"
    if frame is None:
        if not 1 <= cuboid["numberOfPoints"] <= 500:
            yield f"{cuboid['numberOfPoints']} points"
    else:
        counts = [int(inside(points_of(frame), cuboid, slack).sum()) for slack in (-1e-6, 1e-6)]
        if not counts[0] <= cuboid["numberOfPoints"] <= counts[1]:
            yield f"{cuboid['numberOfPoints']} points instead of {counts[0]}"
        if cuboid["camera_used"] >= 0:
            image = images[cuboid["camera_used"]]
            pixel, depth = project([xyz(cuboid["position"])], image)
            if depth[0] <= 0 or not (pixel[0] >= 0).all() or not (pixel[0] <= size).all():
                yield f"camera {cuboid['camera_used']} does not show the cuboid"
    specs = params.get("annotation_attributes", {})
    yield from attribute_problems(specs, cuboid["attributes"], cuboid["label"], None, whole=False)


def cuboid_track_problems(params, track, unit):
    labels = {cuboid["label"] for _, cuboid in track}
    sizes = {tuple(cuboid["dimensions"].items()) for _, cuboid in track}
    if len(labels) != 1 or len(sizes) != 1:
        yield "a label or the dimensions change"
    poses = {
        (*xyz(cuboid["position"]), cuboid["yaw"], cuboid.get("pitch"), cuboid.get("roll"))
        for _, cuboid in track
    }
    if any(cuboid["stationary"] != (len(poses) == 1) for _, cuboid in track):
        yield "stationary exactly when the pose never changes"
    for (index, one), (after, other) in pairwise(track):
        if after != index + 1:
            continue
        step = (xyz(other["position"]) - xyz(one["position"])) * unit
        if np.linalg.norm(step) > 3:
            yield f"a step of {np.linalg.norm(step)} m"
        turned = abs((other["yaw"] - one["yaw"] + math.pi) % (2 * math.pi) - math.pi)
        if turned > 0.2:
            yield f"a turn of {turned}"
        if np.linalg.norm(step[:2]) > 0.01:
            heading = math.atan2(-step[0], step[1])
            off = abs((heading - one["yaw"] + math.pi) % (2 * math.pi) - math.pi)
            if off > 0.3:
                yield f"heads {off} rad off its way"
    specs = params.get("annotation_attributes", {})
    for key, spec in specs.items():
        values = {str(cuboid["attributes"].get(key)) for _, cuboid in track}
        if spec.get("global") is True and len(values) > 1:
            yield f"{key} is not constant"


def link_problems(params, tracks):
    labels = {uuid: next(iter(track.values()))["label"] for uuid, track in tracks.items()}
    specs = params.get("annotation_attributes", {})
    for uuid, track in tracks.items():
        for cuboid in track.values():
            for key, value in cuboid["attributes"].items():
                if specs[key].get("type") != "linked":
                    continue
                if value == uuid or value not in labels:
                    yield f"{key} links to nothing"
                elif labels[value] not in specs[key]["allowed_labels"]:
                    yield f"{key} links to a {labels[value]}"


# -- lidarsegmentation ---------------------------------------------------------------------------


def segmentation_problems(params, answer, scene, cuboids=None):
    """Page 7. ``cuboids``: those of each frame, when the task builds on another one."""
    if set(answer.response) != {"point_segmentations"} | ({"annotations"} if cuboids else set()):
        yield f"the response has {sorted(answer.response)}"
    content = answer.files["point_segmentations"]
    yield from schema_problems("lidar", "segmentationFile", content)
    if cuboids:
        yield from schema_problems("lidar", "cuboidsFile", answer.files["annotations"])
        if [frame["cuboids"] for frame in answer.files["annotations"]] != cuboids:
            yield "the cuboids are not those of the lidar task"
    lists = [params.get("labels"), params.get("segmentation_labels")]
    every = {label for one in lists for label in leaf_names(one)}
    single = {label for one in lists for label in instance_names(one)}
    objects = content["objects"]
    if [one["index"] for one in objects] != list(range(1, len(objects) + 1)):
        yield "an index is not its place"
    for label in every:
        found = [one for one in objects if one["label"] == label]
        if (label not in single and len(found) != 1) or not found:
            yield f"{label} is there {len(found)} times"
        if any(one.get("instance", False) != (label in single) for one in found):
            yield f"{label} and instance"
    if {one["label"] for one in objects} - every:
        yield "an object of another label"
    if len(content["point_objects"]) != len(scene):
        yield f"{len(content['point_objects'])} frames"
    for index, (indexes, frame) in enumerate(zip(content["point_objects"], scene, strict=True)):
        around = cuboids[index] if cuboids else []
        yield from point_problems(indexes, frame, objects, around, every - single)


def point_problems(indexes, frame, objects, cuboids, plain):
    count = 100 if frame is None else len(frame["points"])
    if len(indexes) != count:
        yield f"{len(indexes)} indexes for {count} points"
        return
    if any(index > len(objects) for index in indexes):
        yield "an index without an object"
        return
    if frame is None:
        if 0 in indexes:
            yield "a point without a label"
        return
    points, labels = points_of(frame), {one["index"]: one["label"] for one in objects}
    owners = [
        [cuboid["label"] for cuboid, one in zip(cuboids, row, strict=True) if one]
        for row in zip(*(inside(points, cuboid, -1e-6) for cuboid in cuboids), strict=True)
    ] or [[] for _ in indexes]
    known = set(labels.values())
    for index, point, owner in zip(indexes, frame["points"], owners, strict=True):
        is_ground = point.get("is_ground", False)
        if index == 0 and not (is_ground and not plain):
            yield "a point without a label"
        if is_ground and index and labels[index] not in plain:
            yield "ground that belongs to an instance"
        mine = [label for label in owner if label in known]
        if not is_ground and mine and (index == 0 or labels[index] not in mine):
            yield f"a point inside a {mine} that is {labels.get(index)}"


def instance_problems(content, scene, cuboids):
    """An instance keeps its index: one cuboid's points have one index over all frames."""
    seen = {}
    labels = {one["index"]: one for one in content["objects"]}
    for frame, indexes, around in zip(scene, content["point_objects"], cuboids, strict=True):
        for cuboid in around:
            own = inside(points_of(frame), cuboid, -1e-6)
            others = [inside(points_of(frame), one, 1e-6) for one in around if one is not cuboid]
            alone = own & ~np.any(others, axis=0) if others else own
            for index, point, mine in zip(indexes, frame["points"], alone, strict=True):
                if mine and not point.get("is_ground") and labels[index].get("instance"):
                    seen.setdefault(cuboid["uuid"], set()).add(index)
    yield from (f"{uuid} has {indexes}" for uuid, indexes in seen.items() if len(indexes) > 1)
    every = [index for indexes in seen.values() for index in indexes]
    if len(every) != len(set(every)):
        yield "two cuboids share an index"


# -- lidarlinking --------------------------------------------------------------------------------


def linking_problems(params, content, scene, cuboids, geometries, size=(640, 480)):
    """Page 8. ``geometries``: by name, options with the labels in force."""
    yield from schema_problems("lidar", "linkingFile", content)
    if len(content) != len(scene):
        yield f"{len(content)} frames instead of {len(scene)}"
    labels = {}
    for frame, answer, around in zip(scene, content, cuboids, strict=True):
        images = [None] if frame is None else frame.get("images", [])
        used = [one["camera_used"] for one in answer["camera_responses"]]
        if used != list(range(len(images))):
            yield f"cameras {used} instead of {len(images)}"
        known = {cuboid["uuid"]: cuboid for cuboid in around}
        for image, response in zip(images, answer["camera_responses"], strict=True):
            uuids = [one["cuboid_uuid"] for one in response["annotations"]]
            if len(uuids) != len(set(uuids)):
                yield "a cuboid has two shapes in one camera"
            for shape in response["annotations"]:
                uuid, label = shape["cuboid_uuid"], shape["label"]
                if labels.setdefault(uuid, label) != label:
                    yield f"{uuid} changes its label"
                if shape["not_in_lidar"] != (uuid not in known):
                    yield "not_in_lidar exactly when there is no such cuboid"
                if uuid in known and known[uuid]["label"] != label:
                    yield f"a {label} for a {known[uuid]['label']}"
                yield from view_problems(params, shape, geometries, size)
                if uuid in known and image is not None and shape["type"] == "box":
                    yield from projection_problems(shape, known[uuid], image, size)


def view_problems(params, shape, geometries, size):
    options = geometries.get(shape["type"])
    if options is None or shape["label"] not in leaf_names(options["objects_to_annotate"]):
        yield f"{shape['type']} of {shape['label']} was not asked for"
        return
    yield from shape_problems(shape["type"], options, shape, size)
    specs = params.get("annotation_attributes", {})
    edges = edge_size(shape["type"], shape)
    yield from attribute_problems(
        specs, shape["attributes"], shape["label"], edges, whole=False, can_link=False
    )


def projection_problems(shape, cuboid, image, size):
    pixels, depth = project(eight_corners(cuboid), image)
    if (depth <= 0).any():
        yield "a shape for a cuboid that is not in front of the camera"
        return
    low, high = np.clip(pixels.min(axis=0), 0, size), np.clip(pixels.max(axis=0), 0, size)
    drawn = [shape["left"], shape["top"]]
    ends = [shape["left"] + shape["width"], shape["top"] + shape["height"]]
    if np.abs(low - drawn).max() > 5 or np.abs(high - ends).max() > 5:
        yield f"{drawn} to {ends} instead of {low} to {high}"


# -- lidartopdown --------------------------------------------------------------------------------


def topdown_problems(params, content, scene, size=(640, 480)):
    """Page 9."""
    yield from schema_problems("lidar", "topdownFile", content)
    if not content["annotations"]:
        yield "there is no annotation"
    geometries = params.get("geometries") or {
        "polygon": {"objects_to_annotate": params.get("labels")}
    }
    uuids = {one["uuid"]: one.get("label") for one in content["annotations"]}
    if len(uuids) != len(content["annotations"]):
        yield "a uuid is twice in the answer"
    for shape in content["annotations"]:
        options = geometries[shape["type"]]
        names = leaf_names(options.get("objects_to_annotate"))
        if (shape.get("label") not in names) if names else "label" in shape:
            yield f"label {shape.get('label')}"
        places = shape.get("vertices", [shape])
        if any(("z" in place) != (scene is not None) for place in places):
            yield "z is there exactly for lidar frames"
        yield from attribute_problems(
            params.get("annotation_attributes", {}), shape["attributes"], shape.get("label"), None,
            whole=False,
        )  # fmt: skip
        if scene is None:
            yield from shape_problems(shape["type"], options, shape, size)
            continue
        low, high = extent(params, scene)
        for place in places:
            at = np.array([place["x"], place["y"]])
            if (at < low - 1e-9 * np.abs(low) - 1e-9).any() or (at > high * (1 + 1e-9)).any():
                yield f"{at} lies outside {low} to {high}"
        grown = {**shape, "vertices": [{**p, "x": p["x"], "y": p["y"]} for p in places]}
        unit = params.get("meters_per_unit", 1)
        metres = [{"x": p["x"] * unit, "y": p["y"] * unit} for p in grown["vertices"]]
        far = {"vertices": metres} if shape["type"] != "point" else {"x": 0, "y": 0}
        yield from shape_problems(shape["type"], options, far, (0, 0), (1e9, 1e9))
    for link in content["links"]:
        if link["from"] == link["to"] or not {link["from"], link["to"]} <= set(uuids):
            yield f"a link joins nothing: {link}"


def extent(params, scene):
    known = [points_of(frame) for frame in scene if frame is not None and frame["points"]]
    if not known:
        reach = 50 / params.get("meters_per_unit", 1)
        return np.array([-reach, -reach]), np.array([reach, reach])
    points = np.concatenate(known)[:, :2]
    return points.min(axis=0), points.max(axis=0)


# -- sensorfusion --------------------------------------------------------------------------------


def scene_problems(labels, content, steps):
    """Page 11."""
    yield from schema_problems("lidar", "sceneFile", content)
    ids = [one["id"] for one in content["annotations"]]
    if len(ids) != len(set(ids)):
        yield "an id is there twice"
    for one in content["annotations"]:
        times, values = one["path"]["timestamps"], one["path"]["values"]
        if one["label"] not in labels:
            yield f"{one['label']} is no label"
        if len(times) != len(values) or times != sorted(set(times)):
            yield f"times {times} for {len(values)} values"
        if not set(times) <= {step * 100_000 for step in range(steps)}:
            yield f"times {times}"
        if one["stationary"] != all(value == values[0] for value in values):
            yield "stationary exactly when the pose never changes"
        as_cuboids = [
            (
                time // 100_000,
                {
                    "label": one["label"],
                    "stationary": one["stationary"],
                    "dimensions": dict(zip("xyz", value[:3], strict=True)),
                    "position": dict(zip("xyz", value[3:6], strict=True)),
                    "yaw": value[8],
                    "attributes": {},
                },
            )
            for time, value in zip(times, values, strict=True)
        ]
        yield from cuboid_track_problems({}, as_cuboids, 1)
        if any(not 0 < side <= 30 for value in values for side in value[:3]):
            yield "a side below 0 or above 30 m"
