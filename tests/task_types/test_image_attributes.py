"""Attributes: when they apply, and which values they take."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaleapi_testing._random import seeded
from scaleapi_testing._task_types._attributes.values import number_value, read_attributes
from scaleapi_testing._task_types._language.labels import instance_leaves, leaves
from scaleapi_testing._task_types._shapes.prelabels import check_prelabel

CHOICE = {"choices": ["x", "y"]}


def applies(conditions: Any, label: str | None, values: dict[str, Any]) -> bool:
    specs = {"a": CHOICE, "b": CHOICE, "it": {"choices": ["z"], "conditions": conditions}}
    attributes = read_attributes(specs)
    [found] = [one for one in (*attributes.own, *attributes.whole) if one.key == "it"]
    return found.applies(label, values)


@pytest.mark.parametrize(
    ("conditions", "label", "values", "expected"),
    [
        ({}, "car", {}, True),
        ([], "car", {}, True),
        ({"label_condition": {"label": "car"}}, "car", {}, True),
        ({"label_condition": {"label": ["van", "car"]}}, "car", {}, True),
        ({"label_condition": {"label": ["van"]}}, "car", {}, False),
        ({"label_condition": {"label": ["van"]}}, None, {}, False),
        ({"attribute_conditions": []}, "car", {}, True),
        ({"attribute_conditions": [{"a": "x"}]}, "car", {"a": "x"}, True),
        ({"attribute_conditions": [{"a": "x"}]}, "car", {}, False),
        ({"attribute_conditions": [{"a": ["x", "y"]}]}, "car", {"a": "y"}, True),
        # Several objects: one of them; several keys of one object: all of them.
        ({"attribute_conditions": [{"a": "x"}, {"b": "x"}]}, "car", {"b": "x"}, True),
        ({"attribute_conditions": [{"a": "x", "b": "x"}]}, "car", {"b": "x"}, False),
        ({"attribute_conditions": [{"a": "x", "b": "x"}]}, "car", {"a": "x", "b": "x"}, True),
        ({"attribute_conditions": {"a": "x"}}, "car", {"a": "x"}, True),
        # Any selected value of a multiple choice may match.
        ({"attribute_conditions": [{"a": "x"}]}, "car", {"a": ["y", "x"]}, True),
        ({"attribute_conditions": [{"a": ["z"]}]}, "car", {"a": ["y", "x"]}, False),
        # Both kinds must hold; an array of conditions is one of them.
        (
            {"label_condition": {"label": "car"}, "attribute_conditions": {"a": "x"}},
            "car",
            {"a": "y"},
            False,
        ),
        (
            [{"label_condition": {"label": "van"}}, {"attribute_conditions": {"a": "x"}}],
            "car",
            {"a": "x"},
            True,
        ),
        # An attribute of the whole image asks no labels.
        ({"is_global": True, "label_condition": {"label": "van"}}, None, {}, True),
    ],
)
def test_an_attribute_applies_when_its_conditions_hold(
    conditions: Any, label: str | None, values: dict[str, Any], expected: bool
) -> None:
    assert applies(conditions, label, values) is expected


def test_event_attributes_keep_their_label_conditions() -> None:
    spec = {"it": {**CHOICE, "conditions": {"is_global": True, "label_condition": {"label": "a"}}}}

    [event] = read_attributes(spec, events=True).whole

    assert event.applies("a", {})
    assert not event.applies("b", {})


def test_attributes_come_after_those_they_ask_for() -> None:
    def after(other: str) -> dict[str, Any]:
        return {**CHOICE, "conditions": {"attribute_conditions": {other: "x"}}}

    attributes = read_attributes({"a": after("b"), "b": after("c"), "c": CHOICE, "d": CHOICE})

    keys = [attribute.key for attribute in attributes.own]
    assert keys.index("c") < keys.index("b") < keys.index("a")
    assert sorted(keys) == ["a", "b", "c", "d"]


bounds = st.one_of(st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6))


@settings(max_examples=100, deadline=None)
@given(
    pair=st.tuples(bounds, bounds).map(sorted),
    has_min=st.booleans(),
    has_max=st.booleans(),
    step=st.sampled_from([1, 3, 0.1, 0.25, 1000, 1e-3]),
    share=st.floats(0, 1, exclude_max=True),
)
def test_numbers_lie_on_their_steps_and_within_their_bounds(
    image_checker: Any,
    pair: list[float],
    has_min: bool,
    has_max: bool,
    step: float,
    share: float,
) -> None:
    spec: dict[str, Any] = {"type": "number", "step": step}
    spec |= {"min": pair[0]} if has_min else {}
    spec |= {"max": pair[1]} if has_max else {}
    [attribute] = read_attributes({"n": spec}).own

    value = number_value(attribute, share)

    assert list(image_checker.value_problems(spec, value, None)) == []


@pytest.mark.parametrize(
    "spec",
    [
        {"min": 1.7e308, "step": 1e308},
        {"min": -1.7e308, "max": 1.7e308, "step": 5e-324},
        {"max": -1.7e308, "step": 5e-324},
        {"max": -1e-300, "step": 1.7e308},
        {"min": 10**300, "max": 10**301},
        {"min": 17 * 10**307, "step": 10**308},
        {"max": -5, "step": 10**308},
    ],
)
@pytest.mark.parametrize("share", [0, 0.5, 0.999])
def test_absurd_ranges_give_finite_numbers_within_them(spec: dict[str, Any], share: float) -> None:
    [attribute] = read_attributes({"n": {"type": "number", **spec}}).own

    value = number_value(attribute, share)

    assert abs(value) < float("inf")
    assert spec.get("min", -1.8e308) <= value <= spec.get("max", 1.79e308)


def test_one_value_of_each_kind_is_drawn(job: Any) -> None:
    params = {
        "attachment": "https://img.example.org/1.png",
        "objects_to_annotate": ["car"],
        "annotation_attributes": {
            "several": {"choices": ["a", "b", "c"], "allow_multiple": True},
            "turned": {"type": "angle"},
            "across": {"type": "x_line"},
            "along": {"type": "y_line"},
            "note": {"type": "text"},
        },
    }

    [first, *_] = job.respond("annotation", params)["annotations"]

    values = first["attributes"]
    assert set(values["several"]) <= {"a", "b", "c"}
    assert 0 <= values["turned"] <= 360
    assert 0 <= values["across"] <= first["width"]
    assert 0 <= values["along"] <= first["height"]
    assert values["note"]


def test_leaves_are_found_depth_first_and_once() -> None:
    labels = [
        {"choice": "vehicle", "subchoices": ["car", {"choice": "truck", "subchoices": ["bus"]}]},
        "car",
        {"choice": "tree", "subchoices": []},
        {"choice": "person", "instance_label": "true"},
    ]

    assert leaves(labels) == ("car", "bus", "tree", "person")
    assert leaves(labels, parents=True) == ("vehicle", "car", "truck", "bus", "tree", "person")
    assert instance_leaves(labels) == ("person",)
    assert leaves("car") == ("car",)


def test_a_pre_label_of_a_video_may_be_an_address() -> None:
    value = {"annotations": {"url": "https://img.example.org/tracks.json"}}

    assert list(check_prelabel(value, "hypothesis", {}, by_url=True)) == []
    assert len(list(check_prelabel(value, "hypothesis", {}))) == 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        (10**400, "Infinity"),
        ([], "[object Array]"),
        ({}, "[object Object]"),
    ],
)
def test_what_is_no_label_is_named_as_javascript_would(job: Any, value: Any, shown: str) -> None:
    params = {
        "attachment": "https://img.example.org/1.png",
        "geometries": {"box": {"objects_to_annotate": ["car"]}},
        "hypothesis": {"annotations": [{"type": "box", "label": value}]},
    }

    assert job.errors("imageannotation", params) == [
        f"Invalid annotation in hypothesis - unknown label {shown}."
    ]


def test_required_links_make_the_targets_they_miss(job: Any) -> None:
    params = {
        "attachment": "https://img.example.org/1.png",
        "geometries": {
            "box": {"objects_to_annotate": ["car"]},
            "point": {"objects_to_annotate": ["driver"]},
        },
        "annotation_attributes": {
            "by": {
                "type": "linked",
                "allowed_labels": ["driver"],
                "required": True,
                "conditions": {"label_condition": {"label": "car"}},
            }
        },
        "base_annotations": {
            "annotations": [
                {"type": "box", "label": "car", "left": 1, "top": 1, "width": 9, "height": 9}
            ]
        },
    }

    response = job.respond("imageannotation", params, seed=seeded(1).getrandbits(8))

    drivers = [item["uuid"] for item in response["annotations"] if item["label"] == "driver"]
    assert response["annotations"][0]["attributes"]["by"] in drivers
