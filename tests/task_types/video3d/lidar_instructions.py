"""Valid instructions of the lidar types, and scenes that can be read."""

from __future__ import annotations

import math

from hypothesis import strategies as st

from .video_instructions import attributes, leaves, vertex_options

LABELS = ["car", "Pedestrian", "bus", "traffic cone"]
STUFF = ["road", "plants", "car"]
URLS = [f"https://example.org/{index}.json" for index in range(9)]

some_labels = st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique=True)
label_lists = some_labels | st.builds(
    lambda labels: [{"choice": "thing", "subchoices": labels}], some_labels
)
units = st.sampled_from([0.01, 0.3048, 1, 100])
limits = st.sampled_from([0.5, 3, 20, 75.5, 500])

# Camera axes are right, down, ahead; these look along +y and along +x.
NORTH = {"w": math.sqrt(0.5), "x": -math.sqrt(0.5), "y": 0, "z": 0}
EAST = {"w": 0.5, "x": -0.5, "y": 0.5, "z": -0.5}


@st.composite
def frame(draw, unit, index):
    """A frame in units: ground around the device, clusters of points on it, up to three cameras."""

    def metres(low, high):
        return draw(st.floats(low, high).map(lambda value: round(value, 3)))

    drive = draw(st.sampled_from([0, 0.5, 2]))
    device = {"x": 3.0 / unit, "y": (index * drive - 5) / unit, "z": 1.6 / unit}
    points = [
        {"x": x / unit, "y": y / unit, "z": 0.0, "is_ground": True}
        for x, y in [(-30, -30), (30, -30), (30, 30), (-30, 30), (3, 5), (5, -3)]
    ]
    for _ in range(draw(st.integers(0, 4))):
        x, y = metres(-25, 25), metres(-25, 25)
        points += [
            {"x": (x + dx) / unit, "y": (y + dy) / unit, "z": z / unit, "i": 0.5}
            for dx, dy, z in [(0, 0, 0.8), (0.3, 0.2, 1.1), (-0.2, 0.4, 0.4), (1.1, 1.9, 0.9)]
        ]
    images = [
        {
            "image_url": f"https://example.org/camera{number}/{index}.jpg",
            "position": device,
            "heading": heading,
            "fx": 420,
            "fy": 430,
            "cx": 320,
            "cy": 240,
        }
        for number, heading in enumerate([NORTH, EAST, NORTH][: draw(st.integers(0, 3))])
    ]
    return {"device_position": device, "points": points, "images": images}


@st.composite
def scenes(draw, *, readable=None):
    """``(meters_per_unit, frames)``, each frame ``None`` where it cannot be read."""
    unit = draw(units)
    count = draw(st.integers(1, 5))
    frames = []
    for index in range(count):
        known = draw(st.booleans()) if readable is None else readable
        frames.append(draw(frame(unit, index)) if known else None)
    return unit, frames


@st.composite
def cuboids(draw, unit, count):
    labels = draw(label_lists)
    named = leaves(labels)
    params = {
        "attachments": URLS[:count],
        "labels": labels,
        "meters_per_unit": unit,
        "annotation_attributes": draw(attributes(named)),
    }
    return params | draw(
        st.fixed_dictionaries(
            {},
            optional={
                "max_distance_meters": limits,
                "pitch_and_roll_enabled": st.booleans(),
                "attachment_type": st.just("json"),
            },
        )
    )


@st.composite
def segmentation(draw):
    def described(labels):
        return [
            {"choice": label, "instance_label": True} if draw(st.booleans()) else label
            for label in labels
        ]

    some = st.lists(st.sampled_from(LABELS), max_size=3, unique=True)
    first, second = draw(some), draw(st.lists(st.sampled_from(STUFF), max_size=3, unique=True))
    params = {"labels": described(first or ["car"]), "segmentation_labels": described(second)}
    return params if draw(st.booleans()) else {"labels": params["labels"]}


LINKED_OPTIONS = {
    "box": st.fixed_dictionaries(
        {},
        optional={
            "min_width": st.integers(0, 90),
            "can_rotate": st.booleans(),
            "integer_pixels": st.booleans(),
        },
    ),
    "polygon": vertex_options(),
    "line": vertex_options(),
    "point": st.just({}),
    "cuboid": st.just({}),
    "ellipse": st.just({}),
}


@st.composite
def linking(draw):
    params = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "annotation_type": st.sampled_from(
                    ["annotation", "imageannotation", "polygonannotation", "cuboidannotation"]
                )
            },
        )
    )
    if draw(st.booleans()):
        chosen = draw(
            st.lists(st.sampled_from(sorted(LINKED_OPTIONS)), min_size=1, max_size=3, unique=True)
        )
        params["geometries"] = {
            name: {**draw(LINKED_OPTIONS[name]), "objects_to_annotate": draw(some_labels)}
            for name in chosen
        }
    return params


@st.composite
def topdown(draw):
    options = {
        "polygon": vertex_options(),
        "line": vertex_options(),
        "point": st.just({}),
    }
    if draw(st.booleans()):
        labels = draw(some_labels)
        params = {"labels": labels}
    else:
        chosen = draw(st.lists(st.sampled_from(sorted(options)), min_size=1, unique=True))
        params = {
            "geometries": {
                name: {**draw(options[name]), "objects_to_annotate": draw(label_lists)}
                for name in chosen
            }
        }
        every = [leaves(one["objects_to_annotate"]) for one in params["geometries"].values()]
        labels = list(dict.fromkeys(label for one in every for label in one))
    params["annotation_attributes"] = draw(attributes(labels))
    if draw(st.booleans()):
        params["links"] = {"near": {"from_allowed_labels": labels, "to_allowed_labels": labels}}
    return params
