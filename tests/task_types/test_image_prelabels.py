"""How labelers go on from a hypothesis or from base annotations."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

URL = "https://img.example.org/belt-17.png"
BOX = {"type": "box", "label": "car", "left": 1, "top": 2, "width": 30, "height": 9, "uuid": "one"}
GEOMETRIES = {"box": {"objects_to_annotate": ["car", "van"]}}


def params(**more: Any) -> dict[str, Any]:
    return {"attachment": URL, "geometries": GEOMETRIES, **more}


def test_a_hypothesis_comes_back_as_it_is(job: Any) -> None:
    hypothesis = {
        "annotations": [BOX, {**BOX, "uuid": "two", "left": 9.5}],
        "global_attributes": {"night": "yes"},
        "links": [],
    }
    attributes = {"night": {"choices": ["no", "yes"], "conditions": {"is_global": True}}}

    response = job.respond(
        "imageannotation", params(hypothesis=hypothesis, annotation_attributes=attributes)
    )

    assert response == {**hypothesis, "is_customer_fix": False}


def test_missing_uuids_and_attributes_are_filled_in(job: Any) -> None:
    given_box = {key: value for key, value in BOX.items() if key != "uuid"}
    attributes = {"moving": {"choices": ["yes"]}}

    response = job.respond(
        "imageannotation",
        params(hypothesis={"annotations": [given_box]}, annotation_attributes=attributes),
    )

    [item] = response["annotations"]
    assert item == {**given_box, "uuid": item["uuid"], "attributes": {"moving": "yes"}}
    assert len(item["uuid"]) == 36


def test_an_empty_hypothesis_leaves_the_work_to_the_labelers(job: Any) -> None:
    response = job.respond("imageannotation", params(hypothesis={"annotations": []}))

    assert response["annotations"]


def test_base_annotations_win_over_a_hypothesis(job: Any) -> None:
    response = job.respond(
        "imageannotation",
        params(
            hypothesis={"annotations": [BOX]},
            base_annotations={"annotations": [{**BOX, "uuid": "base"}]},
            can_add_base_annotations=False,
        ),
    )

    assert [item["uuid"] for item in response["annotations"]] == ["base"]


def test_nothing_is_added_where_nothing_may_be_added(job: Any) -> None:
    response = job.respond(
        "imageannotation",
        params(base_annotations={"annotations": []}, can_add_base_annotations="false"),
    )

    assert response["annotations"] == []


def test_repeated_uuids_are_told_apart(job: Any) -> None:
    response = job.respond(
        "imageannotation", params(hypothesis={"annotations": [BOX, {**BOX, "left": 40}]})
    )

    first, second = (item["uuid"] for item in response["annotations"])
    assert first == "one"
    assert second != "one"


def test_a_label_that_is_missing_is_chosen_where_labels_may_change(job: Any) -> None:
    bare = {key: value for key, value in BOX.items() if key != "label"}

    may = job.respond("imageannotation", params(base_annotations={"annotations": [bare]}))
    may_not = job.respond(
        "imageannotation",
        params(
            base_annotations={"annotations": [bare]},
            can_edit_base_annotation_labels=False,
            can_add_base_annotations=False,
        ),
    )

    assert may["annotations"][0]["label"] in {"car", "van"}
    assert "label" not in may_not["annotations"][0]


flags = st.booleans()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    add=flags,
    edit=flags,
    edit_labels=flags,
    delete=flags,
    count=st.integers(0, 4),
    seed=st.integers(0, 2**32),
    partial=flags,
)
def test_the_flags_of_base_annotations_are_kept(
    job: Any,
    image_checker: Any,
    add: bool,
    edit: bool,
    edit_labels: bool,
    delete: bool,
    count: int,
    seed: int,
    partial: bool,
) -> None:
    values = {} if partial else {"moving": "no", "note": "x"}
    base = [{**BOX, "uuid": f"u{place}", "attributes": values} for place in range(count)]
    instruction = params(
        base_annotations={"annotations": base},
        can_add_base_annotations=add,
        can_edit_base_annotations=edit,
        can_edit_base_annotation_labels=edit_labels,
        can_delete_base_annotations=delete,
        annotation_attributes={
            "moving": {"choices": ["yes", "no"]},
            "note": {"type": "text"},
            "of": {"type": "linked", "allowed_labels": ["van"]},
        },
    )

    response = job.respond("imageannotation", instruction, seed=seed)

    after = {item["uuid"]: item for item in response["annotations"]}
    given_uuids = {item["uuid"] for item in base}
    assert delete or given_uuids <= set(after)
    assert add or set(after) <= given_uuids
    for item in base:
        found = after[item["uuid"]]
        assert edit or found == item
        assert edit_labels or found["label"] == item["label"]
    if edit:
        problems = image_checker.imageannotation_problems(
            instruction, response, (640, 480), may_be_empty=not add
        )
        assert problems == []


@pytest.mark.parametrize("field", ["hypothesis", "base_annotations"])
def test_pre_labels_of_any_shape_are_answered(job: Any, field: str) -> None:
    odd = [5, {}, {"label": ["x"], "uuid": 7}, {"type": "box", "left": "x", "vertices": [5]}]
    instruction = params(
        **{field: {"annotations": odd, "global_attributes": 5, "links": 5}},
        annotation_attributes={
            "of": {"type": "linked", "allowed_labels": ["car"], "required": True},
            "x": {"type": "x_line"},
            "y": {"choices": ["a"], "conditions": {"label_condition": {"label": "car"}}},
        },
        links={"near": {"from_allowed_labels": ["car"], "to_allowed_labels": ["van"]}},
    )
    assert job.errors("imageannotation", instruction) == []

    response = job.respond("imageannotation", instruction)

    uuids = [item["uuid"] for item in response["annotations"]]
    assert len(set(uuids)) == len(uuids) >= 3


def test_a_segmentation_hypothesis_comes_back_as_it_is(job: Any) -> None:
    hypothesis = {
        "labelMapping": {"road": {"index": 1}},
        "annotations": {"combined": {"indexedImage": "https://img.example.org/mask"}},
    }

    response = job.respond(
        "segmentannotation", {"attachment": URL, "labels": ["road"], "hypothesis": hypothesis}
    )

    assert response == hypothesis


def test_an_expected_response_is_checked_under_its_own_name(job: Any) -> None:
    from scaleapi_testing._task_types import imageannotation, segmentannotation

    vectors = imageannotation.check_response(params(), "expected_response", {})
    masks = segmentannotation.check_response({"labels": ["road"]}, "initial_response", {})

    assert [found.message for found in vectors] == [
        "Please include annotations in expected_response."
    ]
    assert [found.message for found in masks] == [
        "Please include labelMapping and annotations.combined.indexedImage in initial_response."
    ]
