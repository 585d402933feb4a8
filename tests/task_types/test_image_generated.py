"""Whatever a valid instruction asks for, the generated response obeys it.

Invariants: docs/scale/images.md 7.3 and 9.3; I10, that it is stable, is the last test here.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaleapi_testing._attachments import Media

ANY_NUMBER_OF = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

names = st.one_of(
    st.sampled_from(["car", "van", "bus, red", "a[0]", "Straße", "tree", "wheel", "person"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=8),
)
flags = st.sampled_from([True, False, "true", "false"])


def described(children: Any) -> Any:
    return st.fixed_dictionaries(
        {"choice": names},
        optional={
            "display": st.just("shown"),
            "subchoices": st.lists(children, max_size=3),
            "instance_label": flags,
        },
    )


label_lists = st.one_of(
    names,
    st.lists(st.recursive(names, described, max_leaves=4), min_size=1, max_size=5),
)
sizes = st.one_of(
    st.tuples(st.integers(1, 1500), st.integers(1, 1500)), st.sampled_from([(640, 480), (1, 1)])
)


def leaf_names(labels: Any) -> list[str]:
    found: list[str] = []
    for entry in [labels] if isinstance(labels, str) else labels:
        if isinstance(entry, str):
            found.append(entry)
        elif entry.get("subchoices"):
            found += leaf_names(entry["subchoices"])
        else:
            found.append(entry["choice"])
    return list(dict.fromkeys(found))


def integers(low: int, high: int) -> Any:
    return st.integers(low, high).flatmap(lambda n: st.sampled_from([n, str(n), float(n)]))


@st.composite
def vertex_limits(draw: Any) -> dict[str, Any]:
    fewest = draw(st.integers(1, 60))
    limits: dict[str, Any] = {}
    if draw(st.booleans()):
        limits["min_vertices"] = draw(st.sampled_from([fewest, str(fewest)]))
    else:
        fewest = 1
    if draw(st.booleans()):
        limits["max_vertices"] = draw(st.one_of(st.none(), st.integers(fewest, fewest + 20)))
    return limits


cameras = st.fixed_dictionaries(
    {},
    optional={
        "camera_intrinsics": st.one_of(
            st.none(),
            st.fixed_dictionaries(
                {key: st.floats(-2000, 2000) for key in ("fx", "fy", "cx", "cy")},
                optional={"skew": st.floats(-1, 1), "scale_factor": st.floats(0.1, 4)},
            ),
        ),
        "camera_rotation_quaternion": st.just({"w": 1, "x": 0, "y": 0, "z": 0}),
        "camera_height": st.floats(-10, 10),
    },
)
minima = st.fixed_dictionaries(
    {}, optional={"min_width": integers(0, 700), "min_height": integers(0, 700)}
)


@st.composite
def geometry_options(draw: Any, geometry: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if geometry == "point" or draw(st.booleans()):
        options["objects_to_annotate"] = draw(st.one_of(label_lists, st.just([])))
    if geometry in {"box", "cuboid"}:
        options |= draw(minima)
    if geometry in {"polygon", "line"}:
        options |= draw(vertex_limits())
    if geometry == "cuboid":
        options |= draw(cameras)
    if geometry == "box":
        extra = {"can_rotate": flags, "integer_pixels": flags}
        options |= draw(st.fixed_dictionaries({}, optional=extra))
    return options


@st.composite
def conditions(draw: Any, leaves: list[str], earlier: dict[str, Any]) -> Any:
    condition: dict[str, Any] = {}
    if leaves and draw(st.booleans()):
        named = draw(st.lists(st.sampled_from(leaves), min_size=1, max_size=3))
        condition["label_condition"] = {"label": draw(st.sampled_from([named, named[0]]))}
    pairs = [
        {key: draw(st.one_of(names, st.lists(names, max_size=2), st.sampled_from(choices)))}
        for key, choices in earlier.items()
        if draw(st.booleans())
    ]
    if pairs:
        condition["attribute_conditions"] = draw(st.sampled_from([pairs, pairs[0]]))
    if draw(st.integers(0, 5)) == 0:
        condition["is_global"] = True
    return draw(st.sampled_from([condition, [condition]]))


@st.composite
def attribute_specs(draw: Any, leaves: list[str]) -> dict[str, Any]:
    specs: dict[str, Any] = {}
    earlier: dict[str, Any] = {}
    kinds = ["category", "number", "angle", "text", "x_line", "y_line"]
    kinds += ["linked"] if leaves else []
    for key in draw(st.lists(names, max_size=4, unique=True)):
        kind = draw(st.sampled_from(kinds))
        spec: dict[str, Any] = {"description": "?"}
        if kind != "category" or draw(st.booleans()):
            spec["type"] = kind
        if kind == "category":
            spec["choices"] = draw(label_lists)
            spec |= draw(st.fixed_dictionaries({}, optional={"allow_multiple": flags}))
        elif kind == "number":
            spec |= draw(number_ranges())
        elif kind == "linked":
            spec["allowed_labels"] = draw(st.lists(st.sampled_from(leaves), min_size=1, max_size=3))
            spec |= draw(st.fixed_dictionaries({}, optional={"required": flags}))
        if draw(st.booleans()):
            spec["conditions"] = draw(conditions(leaves, earlier))
        specs[key] = spec
        if kind == "category":
            earlier[key] = leaf_names(spec["choices"])
    turned = draw(st.booleans())
    return dict(reversed(specs.items())) if turned else specs


@st.composite
def number_ranges(draw: Any) -> dict[str, Any]:
    bound = st.one_of(st.integers(-1000, 1000), st.floats(-1000, 1000))
    low, high = sorted([draw(bound), draw(bound)])
    found: dict[str, Any] = {}
    if draw(st.booleans()):
        found["min"] = low
    if draw(st.booleans()):
        found["max"] = high
    if draw(st.booleans()):
        found["step"] = draw(st.sampled_from([1, 5, 0.5, 0.1, 0.25, 300]))
    return found


@st.composite
def link_rules(draw: Any, leaves: list[str]) -> dict[str, Any]:
    if not leaves:
        return {}
    some = st.lists(st.sampled_from(leaves), min_size=1, max_size=3)
    rule = st.fixed_dictionaries(
        {"from_allowed_labels": some, "to_allowed_labels": some},
        optional={"is_bidirectional": flags},
    )
    found: dict[str, Any] = draw(
        st.dictionaries(names, st.one_of(rule, st.lists(rule, min_size=1, max_size=2)), max_size=2)
    )
    return found


@st.composite
def image_params(draw: Any) -> dict[str, Any]:
    chosen = draw(
        st.lists(
            st.sampled_from(["box", "polygon", "line", "point", "cuboid", "ellipse"]),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    geometries = {geometry: draw(geometry_options(geometry)) for geometry in chosen}
    leaves = [
        leaf
        for options in geometries.values()
        for leaf in leaf_names(options.get("objects_to_annotate", []))
    ]
    params: dict[str, Any] = {"attachment": "https://img.example.org/1.png"}
    params["geometries"] = geometries
    if draw(st.booleans()):
        params["annotation_attributes"] = draw(attribute_specs(leaves))
    if draw(st.booleans()):
        params["links"] = draw(link_rules(leaves))
    pixels = st.one_of(st.integers(0, 80), st.floats(0, 80))
    extra = {"padding": pixels, "paddingX": pixels, "padding_y": pixels}
    return params | draw(st.fixed_dictionaries({}, optional=extra))


@st.composite
def older_params(draw: Any, kind: str) -> dict[str, Any]:
    labels = draw(label_lists)
    params: dict[str, Any] = {"attachment": "s3://bucket/1.png", "objects_to_annotate": labels}
    params |= draw(st.fixed_dictionaries({}, optional={"with_labels": flags}))
    if kind in {"annotation", "cuboidannotation"}:
        params |= draw(minima)
    if kind == "cuboidannotation":
        params |= draw(cameras)
        fewest = draw(st.integers(0, 12))
        params["min_annotations"] = fewest
        if draw(st.booleans()):
            params["max_annotations"] = draw(st.sampled_from([0, max(fewest, 1), fewest + 3]))
    elif draw(st.booleans()):
        params["annotation_attributes"] = draw(attribute_specs(leaf_names(labels)))
    return params


@st.composite
def segment_params(draw: Any) -> dict[str, Any]:
    labels = draw(label_lists)
    params: dict[str, Any] = {"attachment": "gs://bucket/1.png", "labels": labels}
    extra = {
        "instance_labels": label_lists,
        "allow_unlabeled": flags,
        "allow_parent_labels": flags,
    }
    params |= draw(st.fixed_dictionaries({}, optional=extra))
    if draw(st.booleans()):
        leaves = leaf_names(labels) + leaf_names(params.get("instance_labels", []))
        params["annotation_attributes"] = draw(attribute_specs(leaves))
    return params


OLDER = [
    "annotation",
    "polygonannotation",
    "lineannotation",
    "laneannotation",
    "pointannotation",
    "cuboidannotation",
]


@ANY_NUMBER_OF
@given(params=image_params(), size=sizes, seed=st.integers(0, 2**32))
def test_an_imageannotation_response_obeys_its_instruction(
    job: Any, image_checker: Any, params: dict[str, Any], size: tuple[int, int], seed: int
) -> None:
    surroundings = job.surroundings_type(default_media=Media(*size))
    assert job.errors("imageannotation", params) == []

    response = job.respond("imageannotation", params, seed=seed, surroundings=surroundings)

    assert image_checker.imageannotation_problems(params, response, size) == []
    json.dumps(response, allow_nan=False)


@ANY_NUMBER_OF
@given(params=image_params(), size=sizes)
def test_an_imageannotation_mock_obeys_its_instruction(
    job: Any, image_checker: Any, params: dict[str, Any], size: tuple[int, int]
) -> None:
    surroundings = job.surroundings_type(default_media=Media(*size))

    response = job.mock("imageannotation", params, surroundings=surroundings)

    assert image_checker.imageannotation_problems(params, response, size) == []


@pytest.mark.parametrize("kind", OLDER)
@ANY_NUMBER_OF
@given(data=st.data(), size=sizes, seed=st.integers(0, 2**32))
def test_a_response_of_an_older_type_obeys_its_instruction(
    job: Any, image_checker: Any, kind: str, data: Any, size: tuple[int, int], seed: int
) -> None:
    params = data.draw(older_params(kind))
    surroundings = job.surroundings_type(default_media=Media(*size))
    assert job.errors(kind, params) == []

    response = job.respond(kind, params, seed=seed, surroundings=surroundings)

    assert image_checker.one_geometry_problems(kind, params, response, size) == []


@pytest.mark.parametrize("kind", [kind for kind in OLDER if kind != "pointannotation"])
@ANY_NUMBER_OF
@given(data=st.data(), size=sizes)
def test_a_mock_of_an_older_type_obeys_its_instruction(
    job: Any, image_checker: Any, kind: str, data: Any, size: tuple[int, int]
) -> None:
    params = data.draw(older_params(kind))
    surroundings = job.surroundings_type(default_media=Media(*size))

    response = job.mock(kind, params, surroundings=surroundings)

    assert image_checker.one_geometry_problems(kind, params, response, size, is_mock=True) == []


@settings(ANY_NUMBER_OF, max_examples=25)
@given(params=segment_params(), size=sizes, seed=st.integers(0, 2**32))
def test_a_segmentation_obeys_its_instruction(
    job: Any, image_checker: Any, params: dict[str, Any], size: tuple[int, int], seed: int
) -> None:
    size = (min(size[0], 300), min(size[1], 300))
    around = job.surroundings_type(default_media=Media(*size))
    assert job.errors("segmentannotation", params) == []

    response = job.respond("segmentannotation", params, seed=seed, surroundings=around)

    found = image_checker.segmentannotation_problems(params, response, size, around.published)
    assert found == []


@settings(ANY_NUMBER_OF, max_examples=25)
@given(params=segment_params(), size=sizes)
def test_a_segmentation_mock_obeys_its_instruction(
    job: Any, image_checker: Any, params: dict[str, Any], size: tuple[int, int]
) -> None:
    size = (min(size[0], 300), min(size[1], 300))
    around = job.surroundings_type(default_media=Media(*size))

    response = job.mock("segmentannotation", params, surroundings=around)

    found = image_checker.segmentannotation_problems(params, response, size, around.published)
    assert found == []


@pytest.mark.parametrize(
    ("kind", "strategy"),
    [
        ("imageannotation", image_params()),
        ("annotation", older_params("annotation")),
        ("segmentannotation", segment_params()),
    ],
)
@settings(ANY_NUMBER_OF, max_examples=20)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_response(
    job: Any, kind: str, strategy: Any, data: Any, seed: int
) -> None:
    params = data.draw(strategy)

    first = json.dumps(job.respond(kind, params, seed=seed))
    again = json.dumps(job.respond(kind, params, seed=seed))

    assert first == again
