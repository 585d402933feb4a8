"""Valid instructions of the video types: whatever a customer may ask for."""

from __future__ import annotations

from hypothesis import strategies as st

from scaleapi_testing._attachments import Media

LABELS = ["car", "van", "wheel", "Straße", "bus, red", "https://labels.example.org/person"]
EVENTS = ["lane_change", "stop", "horn"]

some_labels = st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique=True)
nested = st.builds(
    lambda a, b: [*a, {"choice": "group", "subchoices": b}], some_labels, some_labels
)
label_lists = some_labels | nested
minima = st.integers(0, 60)


@st.composite
def vertex_options(draw):
    fewest = draw(st.integers(1, 12))
    return draw(
        st.fixed_dictionaries(
            {}, optional={"min_vertices": st.just(fewest), "max_vertices": st.integers(12, 20)}
        )
    )


camera = st.fixed_dictionaries(
    {
        "camera_intrinsics": st.just({"fx": 900, "fy": 910, "cx": 320, "cy": 240}),
        "camera_rotation_quaternion": st.just({"w": 1, "x": 0, "y": 0, "z": 0}),
        "camera_height": st.just(1.5),
    }
)
OPTIONS = {
    "box": st.fixed_dictionaries(
        {},
        optional={
            "min_width": minima,
            "min_height": minima,
            "can_rotate": st.booleans(),
            "integer_pixels": st.booleans(),
        },
    ),
    "polygon": vertex_options(),
    "line": vertex_options(),
    "point": st.just({}),
    "cuboid": st.one_of(
        st.just({}), camera, st.fixed_dictionaries({"min_width": minima, "min_height": minima})
    ),
    "ellipse": st.just({}),
}


@st.composite
def geometries(draw):
    chosen = draw(st.lists(st.sampled_from(sorted(OPTIONS)), min_size=1, max_size=3, unique=True))
    found = {}
    for geometry in chosen:
        labels = draw(label_lists | st.just([]))
        found[geometry] = {**draw(OPTIONS[geometry]), "objects_to_annotate": labels}
    return found


def leaves(value):
    found = []
    for entry in value:
        found += leaves(entry["subchoices"]) if isinstance(entry, dict) else [entry]
    return found


def all_labels(asked):
    every = [
        label for options in asked.values() for label in leaves(options["objects_to_annotate"])
    ]
    return list(dict.fromkeys(every))


KINDS = st.sampled_from(["category", "multiple", "number", "angle", "text", "x_line", "linked"])


@st.composite
def attributes(draw, labels, events=()):
    found = {}
    for position in range(draw(st.integers(0, 4))):
        key, kind = f"a {position}", draw(KINDS)
        if kind == "linked" and not labels:
            kind = "text"
        spec = {"type": "category" if kind == "multiple" else kind}
        if kind in {"category", "multiple"}:
            spec["choices"] = ["yes", "no", {"choice": "more", "subchoices": ["a", "b"]}]
            if kind == "multiple":
                spec["allow_multiple"] = True
        elif kind == "number":
            spec |= draw(st.sampled_from([{}, {"min": 2, "max": 9, "step": 0.5}, {"min": -3}]))
        elif kind == "linked":
            spec["allowed_labels"] = [draw(st.sampled_from(labels))]
            spec["required"] = draw(st.booleans())
        conditions = {}
        about_event = bool(events) and kind != "linked" and draw(st.booleans())
        names = list(events) if about_event else labels
        if about_event:
            conditions["is_global"] = True
        if names and draw(st.booleans()):
            conditions["label_condition"] = {"label": draw(st.sampled_from(names))}
        same = [
            other
            for other, one in found.items()
            if one["type"] == "category"
            and about_event == bool(one.get("conditions", {}).get("is_global"))
        ]
        if same and draw(st.booleans()):
            conditions["attribute_conditions"] = [{draw(st.sampled_from(same)): ["yes", "a"]}]
        if conditions:
            spec["conditions"] = conditions
        if not about_event and draw(st.booleans()):
            spec["global"] = True
        found[key] = spec
    return found


facts = st.builds(
    lambda size, more: Media(width=size[0], height=size[1], **more),
    st.tuples(st.integers(1, 1500), st.integers(1, 1500)) | st.just((640, 480)),
    st.fixed_dictionaries(
        {},
        optional={
            "fps": st.sampled_from([24, 25, 29.92, 30]),
            "duration": st.floats(0.5, 20).map(lambda value: round(value, 2)),
            "frames": st.integers(1, 300),
        },
    ),
)
FRAMES = [f"https://example.org/{index}.jpg" for index in range(8)]
rates = st.sampled_from([0.5, 1, 2, 3, 5, 7.5, 10])


@st.composite
def material(draw, *, kinds=("image", "video")):
    if draw(st.sampled_from(kinds)) == "image":
        return {"attachments": FRAMES[: draw(st.integers(1, 8))]}
    return {
        "attachment": draw(st.sampled_from(["https://e.org/a.mp4", "s3://bucket/drive"])),
        **draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "start_time": st.sampled_from([0, 0.5, 2, 3.3, 100]),
                    "duration_time": st.sampled_from([0.01, 1, 2.5, 4]),
                },
            )
        ),
    }


@st.composite
def common_extras(draw, labels):
    events = draw(st.just([]) | st.lists(st.sampled_from(EVENTS), min_size=1, unique=True))
    found = {"annotation_attributes": draw(attributes(labels, events))}
    if events:
        found["events_to_annotate"] = events
    if labels and draw(st.booleans()):
        rule = {
            "is_bidirectional": draw(st.booleans()),
            "from_allowed_labels": [draw(st.sampled_from(labels))],
            "to_allowed_labels": labels,
        }
        found["links"] = {"belongs": draw(st.sampled_from([rule, [rule]]))}
    if draw(st.booleans()):
        found |= draw(st.sampled_from([{"padding": 20}, {"paddingX": 5.5}, {"padding_y": 7}]))
    return found


@st.composite
def framed(draw):
    asked = draw(geometries())
    params = {**draw(material()), "geometries": asked, **draw(common_extras(all_labels(asked)))}
    if draw(st.booleans()):
        params["frame_rate"] = draw(rates)
    return params


def without_labels(params):
    """Nothing that depends on labels which the answer does not show."""
    return {
        **{key: value for key, value in params.items() if key != "links"},
        "annotation_attributes": {},
    }


@st.composite
def one_geometry(draw, geometry):
    labels = draw(label_lists)
    params = {
        **draw(material()),
        **draw(common_extras(leaves(labels))),
        "with_labels": draw(st.booleans()),
    }
    if draw(st.booleans()):
        params["geometries"] = {geometry: {"objects_to_annotate": labels}}
    else:
        params["objects_to_annotate"] = labels
        params |= draw(st.fixed_dictionaries({}, optional={"min_width": minima}))
    return params if params["with_labels"] else without_labels(params)


@st.composite
def playback(draw):
    asked = draw(geometries())
    params = {**draw(material()), "geometries": asked, **draw(common_extras(all_labels(asked)))}
    params |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "annotation_frame_rate": rates,
                "video_frame_rate": st.sampled_from([10, 24, 29.92, 60]),
                "with_labels": st.booleans(),
            },
        )
    )
    return params if params.get("with_labels", True) else without_labels(params)
