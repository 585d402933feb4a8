"""Which responses a training or evaluation task may carry."""

from __future__ import annotations

import pytest

from scaleapi_testing._task_types._quality import QUALITY_TYPES, check_quality

from .test_new_rules import COLLECTION, DOCUMENT, ENTITIES, URL, reason

GOOD = {
    "textcollection": (
        COLLECTION,
        {
            "tags": {"type": "category", "field_id": "tags", "response": [["vegan", 5]]},
            "n": {"type": "number", "field_id": "n", "response": [9.5]},
            "dish": ["soup", "bread"],
            "set": [{"name": "small", "price": 4}],
        },
    ),
    "namedentityrecognition": (ENTITIES, [{"start": 0, "end": 8, "label": "person"}]),
    "documenttranscription": (DOCUMENT, [{"label": "total", "page": 0}]),
}


def messages(name, body, **how):
    return [violation.message for violation in check_quality(name, body, **how)]


@pytest.mark.parametrize("name", list(GOOD))
@pytest.mark.parametrize("strict", [False, True])
def test_a_response_that_fits_the_task_is_taken(name, strict):
    params, annotations = GOOD[name]
    response = {"annotations": annotations}
    body = {**params, "expected_response": response, "initial_response": response}

    assert messages(name, body, kind="evaluation", strict=strict) == []


@pytest.mark.parametrize("name", list(GOOD))
def test_the_expected_response_is_required(name):
    assert messages(name, {}) == [reason("expected_response", "is required")]


@pytest.mark.parametrize(
    ("response", "path", "phrase"),
    [
        ("yes", "expected_response", "must be an object"),
        (None, "expected_response", "must be an object"),
        ({"label": 1}, "expected_response.annotations", "is required"),
    ],
)
def test_the_expected_response_is_an_object_with_annotations(response, path, phrase):
    body = {"expected_response": response}

    assert messages("textcollection", body) == [reason(path, phrase)]


def test_the_initial_response_follows_the_same_rules():
    body = {"expected_response": {"annotations": {}}, "initial_response": {}}

    assert messages("textcollection", body) == [
        reason("initial_response.annotations", "is required")
    ]


def test_contents_are_not_looked_at_by_default():
    body = {**COLLECTION, "expected_response": {"annotations": {"unknown": 1}}}

    assert messages("textcollection", body) == []


STRICT = [
    (
        "textcollection",
        {**COLLECTION, "fields": COLLECTION["fields"][:2]},
        {"unknown": 1},
        reason("expected_response.annotations.unknown", "must be one of [dish, n]"),
    ),
    (
        "textcollection",
        COLLECTION,
        {"n": 11},
        reason("expected_response.annotations.n", "must be less than or equal to 10"),
    ),
    (
        "textcollection",
        COLLECTION,
        {"menu": [1]},
        reason("expected_response.annotations.menu[0]", "must be one of [true, false]"),
    ),
    (
        "textcollection",
        COLLECTION,
        {"n": {"type": "number", "response": [True]}},
        reason("expected_response.annotations.n.response[0]", "must be a number"),
    ),
    (
        "namedentityrecognition",
        ENTITIES,
        [{"start": 0, "end": 80, "label": "person"}],
        reason("expected_response.annotations[0].end", "must be less than or equal to 31"),
    ),
    (
        "namedentityrecognition",
        ENTITIES,
        [{"start": 0, "end": 8, "label": "place"}],
        reason("expected_response.annotations[0].label", "must be one of [person, city, country]"),
    ),
    (
        "documenttranscription",
        DOCUMENT,
        [{"label": "tax"}],
        reason("expected_response.annotations[0].label", "must be one of [total, stamp, buyer]"),
    ),
]


@pytest.mark.parametrize(("name", "params", "annotations", "message"), STRICT)
def test_strict_contents_are_held_against_the_task(name, params, annotations, message):
    body = {**params, "expected_response": {"annotations": annotations}}

    assert messages(name, body, strict=True) == [message]


def test_a_strict_training_task_has_no_initial_response():
    response = {"annotations": {}}
    body = {**COLLECTION, "expected_response": response, "initial_response": response}

    assert messages("textcollection", body, kind="training") == []
    assert messages("textcollection", body, kind="training", strict=True) == [
        reason("initial_response", "is not allowed")
    ]


def test_image_types_miss_the_expected_response_in_the_old_sentence():
    assert messages("imageannotation", {"attachment": URL}) == [
        "Please include an expected_response parameter."
    ]


def test_image_types_hold_the_response_against_their_own_rules():
    body = {
        "attachment": URL,
        "geometries": {"box": {"objects_to_annotate": ["cow"]}},
        "expected_response": {},
    }

    assert messages("imageannotation", body) == ["Please include annotations in expected_response."]


def test_six_types_can_train_and_evaluate():
    assert len(QUALITY_TYPES) == 6
