"""Documented image instructions are accepted, and no JSON whatsoever makes a check raise."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

URL = "https://img.example.org/belt-17.png"
DOCUMENTED: list[tuple[str, dict[str, Any]]] = [
    (
        "imageannotation",
        {
            "attachment": "s3://bucket/street.jpg",
            "attachment_type": "image",
            "context_attachments": [{"attachment": "https://img.example.org/map.png"}],
            "geometries": {
                "box": {
                    "objects_to_annotate": [
                        "person",
                        {"choice": "vehicle", "subchoices": ["car", {"choice": "van"}]},
                    ],
                    "min_height": 5,
                    "min_width": "30",
                    "can_rotate": True,
                    "integer_pixels": "false",
                },
                "polygon": {
                    "objects_to_annotate": ["road"],
                    "min_vertices": 3,
                    "max_vertices": None,
                },
                "line": {"objects_to_annotate": [], "max_vertives": 20},
                "point": {
                    "objects_to_annotate": ["wrist", "elbow"],
                    "connections": [{"pair": ["wrist", "elbow"], "connection_attribute": "of"}],
                },
                "cuboid": {
                    "objects_to_annotate": ["car"],
                    "camera_intrinsics": {
                        "fx": 986.8,
                        "fy": 984.6,
                        "cx": 961.1,
                        "cy": 586,
                        "skew": 0,
                        "scale_factor": 1,
                    },
                    "camera_rotation_quaternion": {"w": 0.1, "x": -0.02, "y": 0.8, "z": 0.6},
                    "camera_height": -1.6,
                },
                "ellipse": {"objects_to_annotate": ["sign"], "examples": []},
            },
            "annotation_attributes": {
                "moving": {"description": "?", "choices": ["yes", "no"]},
                "how far off": {"type": "number", "min": 0, "max": 100, "step": 5},
                "heading": {"type": "angle"},
                "plate": {"type": "text", "conditions": {"label_condition": {"label": "car"}}},
                "axle": {"type": "x_line"},
                "of": {"type": "linked", "allowed_labels": ["person"]},
                "why": {
                    "type": "category",
                    "choices": ["red light", "parked"],
                    "allow_multiple": True,
                    "conditions": {
                        "label_condition": {"label": ["car", "van"]},
                        "attribute_conditions": [{"moving": "no"}, {"plate": ["x", "y"]}],
                    },
                },
                "night": {"choices": ["yes", "no"], "conditions": {"is_global": True}},
            },
            "links": {
                "drives": [
                    {
                        "is_bidirectional": False,
                        "from_allowed_labels": ["person"],
                        "to_allowed_labels": ["car", "van"],
                    }
                ],
                "near": {
                    "is_bidirectional": True,
                    "from_allowed_labels": ["person"],
                    "to_allowed_labels": ["person"],
                },
            },
            "hypothesis": {
                "annotations": [
                    {"type": "box", "label": "car", "left": 1, "top": 2, "width": 30, "height": 9},
                    {"left": 1},
                ],
                "global_attributes": {"night": "no"},
            },
            "base_annotations": {"annotations": [{"type": "polygon", "vertices": []}]},
            "can_add_base_annotations": True,
            "can_edit_base_annotations": "false",
            "can_edit_base_annotation_labels": False,
            "can_delete_base_annotations": True,
            "layers": {"boxes": [{"left": 0}], "lines": [], "cuboids": [], "polygons": []},
            "padding": 10,
            "paddingX": 2.5,
            "padding_y": 0,
            "with_labels": True,
            "priority": 10,
            "tags": ["a", "b", "c", "d", "e"],
            "clear_unique_id_on_error": False,
        },
    ),
    # A client that sends every geometry, the unused ones with empty lists.
    (
        "imageannotation",
        {
            "attachment": URL,
            "geometries": {
                "box": {"objects_to_annotate": ["car"]},
                "polygon": {"objects_to_annotate": []},
                "line": {"objects_to_annotate": []},
                "point": {"objects_to_annotate": []},
                "cuboid": {"objects_to_annotate": []},
                "ellipse": {"objects_to_annotate": []},
            },
        },
    ),
    (
        "annotation",
        {
            "attachment": URL,
            "attachment_type": "image",
            "objects_to_annotate": ["large vehicle", {"choice": "car"}],
            "with_labels": True,
            "examples": [{"correct": False, "image": URL, "explanation": "too loose"}],
            "min_width": "30",
            "min_height": "30",
            "annotation_attributes": {"side": {"choices": ["left", "right"]}},
            "layers": {"boxes": []},
        },
    ),
    ("polygonannotation", {"attachment": URL, "objects_to_annotate": "car"}),
    ("lineannotation", {"attachment": URL, "objects_to_annotate": ["lane"], "splines": "true"}),
    ("laneannotation", {"attachment": URL, "objects_to_annotate": ["lane"]}),
    ("pointannotation", {"attachment": URL, "objects_to_annotate": ["nose"]}),
    (
        "cuboidannotation",
        {
            "attachment": URL,
            "objects_to_annotate": ["car"],
            "min_width": 10,
            "min_height": 10,
            "min_annotations": 1,
            "max_annotations": 5,
            "camera_height": 2,
        },
    ),
    (
        "segmentannotation",
        {
            "attachment": URL,
            "labels": ["background", "road", {"choice": "car", "instance_label": True}],
            "instance_labels": ["person"],
            "allow_unlabeled": "false",
            "allow_parent_labels": False,
            "annotation_attributes": {"kind": {"choices": ["suv"]}},
            "hypothesis": {
                "labelMapping": {"road": {"index": 1}, "car": [{"index": 2}, {"index": 3}]},
                "annotations": {"combined": {"indexedImage": "https://img.example.org/mask"}},
            },
        },
    ),
]

KINDS = sorted({kind for kind, _ in DOCUMENTED})
PLAIN = {
    "attachment": URL,
    "geometries": {"box": {"objects_to_annotate": ["car"]}},
    "objects_to_annotate": ["car"],
    "labels": ["car"],
}


@pytest.mark.parametrize(("kind", "params"), DOCUMENTED)
def test_a_documented_instruction_is_accepted(job: Any, kind: str, params: dict[str, Any]) -> None:
    assert job.violations(kind, params) == []


numbers = st.one_of(
    st.integers(), st.floats(), st.just(10**400), st.just(-(10**400)), st.just(float("nan"))
)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


def paths(value: Any) -> list[tuple[Any, ...]]:
    """Every place inside ``value``."""
    found: list[tuple[Any, ...]] = []
    waiting: list[tuple[tuple[Any, ...], Any]] = [((), value)]
    while waiting:
        at, inner = waiting.pop()
        found.append(at)
        if isinstance(inner, dict):
            waiting += [((*at, key), below) for key, below in inner.items()]
        elif isinstance(inner, list):
            waiting += [((*at, place), below) for place, below in enumerate(inner)]
    return found[1:]


@st.composite
def spoiled(draw: Any) -> tuple[str, dict[str, Any]]:
    """A documented instruction in which one to three places hold any JSON whatsoever."""
    kind, documented = draw(st.sampled_from(DOCUMENTED))
    params = copy.deepcopy(documented)
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(paths(params)))
        place = params
        for key in way:
            place = place[key]
        place[last] = draw(json_values)
    return kind, params


ANYTHING = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@ANYTHING
@given(case=spoiled())
def test_no_spoiled_instruction_makes_a_check_or_an_answer_raise(
    job: Any, case: tuple[str, dict[str, Any]]
) -> None:
    kind, params = case
    violations = job.violations(kind, params)
    unread = job.type(kind).unread
    list(unread(params) if unread else ())

    if not violations:
        job.respond(kind, params)

    assert all(violation.message and violation.path for violation in violations)


@ANYTHING
@given(
    kind=st.sampled_from(KINDS),
    params=st.dictionaries(
        st.sampled_from(
            [
                "attachment",
                "geometries",
                "objects_to_annotate",
                "labels",
                "annotation_attributes",
                "links",
                "hypothesis",
                "base_annotations",
                "layers",
                "padding",
                "tags",
                "examples",
                "context_attachments",
                "camera_intrinsics",
                "min_annotations",
                "max_annotations",
            ]
        ),
        json_values,
    ),
)
def test_no_json_makes_a_check_raise(job: Any, kind: str, params: dict[str, Any]) -> None:
    violations = job.violations(kind, params)

    assert all(violation.message.strip() and violation.expected for violation in violations)


def nested(depth: int, wrap: Any) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = wrap(value)
    return value


@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(lambda inner: [inner], id="arrays"),
        pytest.param(lambda inner: {"a": inner}, id="objects"),
        pytest.param(lambda inner: [{"choice": "a", "subchoices": inner}], id="subchoices"),
        pytest.param(lambda inner: {"box": inner, "annotations": [inner]}, id="mixed"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_deep_json_is_checked_without_recursion(job: Any, kind: str, wrap: Any) -> None:
    deep = nested(3000, wrap)
    keys = sorted(job.type(kind).keys | {"geometries"})

    for key in keys:
        job.violations(kind, {**PLAIN, key: deep})


def test_deep_labels_are_read_to_the_last_leaf(job: Any) -> None:
    labels = nested(3000, lambda inner: [{"choice": "a", "subchoices": inner}])
    params = {"attachment": URL, "objects_to_annotate": labels, "with_labels": True}

    response = job.respond("annotation", params)

    assert {item["label"] for item in response["annotations"]} == {"x"}


def test_thousands_of_attributes_in_circles_are_checked_in_linear_time(job: Any) -> None:
    specs = {
        f"a{place}": {
            "type": "text",
            "conditions": {"attribute_conditions": {f"a{place ^ 1}": "x"}},
        }
        for place in range(5_000)
    }

    errors = job.errors("imageannotation", {**PLAIN, "annotation_attributes": specs})

    assert len(errors) == 5_000
