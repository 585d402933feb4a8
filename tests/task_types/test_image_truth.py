"""What labelers find when they are told the truth of an image."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

URL = "https://img.example.org/street.png"
GEOMETRIES = {
    "box": {"objects_to_annotate": ["car", "van"], "min_width": 10, "min_height": 10},
    "polygon": {"objects_to_annotate": ["road"], "min_vertices": 3, "max_vertices": 6},
    "line": {"objects_to_annotate": ["lane"]},
    "point": {"objects_to_annotate": ["nose"]},
    "ellipse": {"objects_to_annotate": ["sign"]},
    "cuboid": {"objects_to_annotate": ["car"]},
}
ATTRIBUTES = {
    "moving": {"choices": ["yes", "no"], "conditions": {"label_condition": {"label": "car"}}},
    "of": {"type": "linked", "allowed_labels": ["car"]},
}
PARAMS = {"attachment": URL, "geometries": GEOMETRIES, "annotation_attributes": ATTRIBUTES}
CORNERS = [(100, 70), (100, 296), (320, 70), (320, 296), (441, 82), (441, 198)]
DESCRIPTIONS = [
    "face-topleft", "face-bottomleft", "face-topright", "face-bottomright", "side-topcorner",
    "side-bottomcorner",
]  # fmt: skip


def points(*pairs: tuple[float, float]) -> list[dict[str, float]]:
    return [{"x": x, "y": y} for x, y in pairs]


TRUTH: list[dict[str, Any]] = [
    {
        "type": "box", "label": "car", "left": 10.125, "top": 20, "width": 80, "height": 40,
        "uuid": "a", "attributes": {"moving": "no"},
    },
    {
        "type": "polygon", "label": "road",
        "vertices": points((10, 400), (300, 400), (200, 300)), "uuid": "b",
        "attributes": {"of": "a"},
    },
    {"type": "line", "label": "lane", "vertices": points((0, 0), (640, 480)), "uuid": "c"},
    {"type": "point", "label": "nose", "x": 5, "y": 6, "uuid": "d"},
    {
        "type": "ellipse", "label": "sign",
        "vertices": points((60, 10), (110, 60), (60, 110), (10, 60)), "uuid": "e",
    },
    {
        "type": "cuboid", "label": "car", "uuid": "f", "attributes": {"moving": "yes"},
        "vertices": [
            {"type": "vertex", "description": description, "x": x, "y": y}
            for description, (x, y) in zip(DESCRIPTIONS, CORNERS, strict=True)
        ],
    },
]  # fmt: skip


def test_without_labelers_the_truth_comes_back_exactly(job: Any, image_checker: Any) -> None:
    response = job.respond("imageannotation", PARAMS, truth=TRUTH)

    found = [
        {key: value for key, value in item.items() if key not in {"attributes", "edges"}}
        for item in response["annotations"]
    ]
    given_items = [
        {key: value for key, value in item.items() if key != "attributes"} for item in TRUTH
    ]
    assert found == given_items
    assert response["annotations"][0]["attributes"] == {"moving": "no"}
    assert response["annotations"][1]["attributes"] == {"of": "a"}
    assert image_checker.imageannotation_problems(PARAMS, response, (640, 480)) == []


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    accuracy=st.floats(0, 1),
    jitter=st.floats(0, 60),
    miss=st.floats(0, 1),
    seed=st.integers(0, 2**32),
)
def test_noisy_answers_still_obey_the_instruction(
    job: Any, image_checker: Any, accuracy: float, jitter: float, miss: float, seed: int
) -> None:
    labelers = job.labelers_type(accuracy, jitter, miss)

    response = job.respond("imageannotation", PARAMS, truth=TRUTH, labelers=labelers, seed=seed)

    problems = image_checker.imageannotation_problems(
        PARAMS, response, (640, 480), may_be_empty=True
    )
    assert problems == []


def boxes(count: int) -> list[dict[str, Any]]:
    return [
        {"label": "car", "left": 100, "top": 100, "width": 50, "height": 40} for _ in range(count)
    ]


ONLY_BOXES = {"attachment": URL, "geometries": {"box": {"objects_to_annotate": ["car", "van"]}}}


def test_labelers_miss_objects_at_their_rate(job: Any) -> None:
    response = job.respond(
        "imageannotation", ONLY_BOXES, truth=boxes(2000), labelers=job.labelers_type(miss_rate=0.25)
    )

    assert 1400 < len(response["annotations"]) < 1600


def test_labelers_mislabel_objects_at_their_rate(job: Any) -> None:
    response = job.respond(
        "imageannotation", ONLY_BOXES, truth=boxes(2000), labelers=job.labelers_type(accuracy=0.9)
    )

    wrong = [item for item in response["annotations"] if item["label"] == "van"]
    assert 150 < len(wrong) < 250


def test_coordinates_are_off_by_the_jitter(job: Any) -> None:
    response = job.respond(
        "imageannotation", ONLY_BOXES, truth=boxes(2000), labelers=job.labelers_type(jitter_px=2)
    )

    errors = [item["left"] - 100 for item in response["annotations"]]
    spread = (sum(error**2 for error in errors) / len(errors)) ** 0.5
    assert 1.8 < spread < 2.2
    assert abs(sum(errors) / len(errors)) < 0.2


def test_shapes_are_pulled_into_the_image_and_grown_to_the_minima(job: Any) -> None:
    geometry = {"box": {"objects_to_annotate": [], "min_width": 30, "min_height": 10}}
    truth = [
        {"left": -20, "top": 470, "width": 100, "height": 40},
        {"left": 630, "top": 100, "width": 4, "height": 20},
    ]

    response = job.respond(
        "imageannotation", {"attachment": URL, "geometries": geometry}, truth=truth
    )

    shapes = [
        (item["left"], item["top"], item["width"], item["height"])
        for item in response["annotations"]
    ]
    assert shapes == [(0, 470, 80, 10), (610, 100, 30, 20)]


def test_links_to_missed_objects_are_gone(job: Any) -> None:
    truth = [TRUTH[1]]

    response = job.respond("imageannotation", PARAMS, truth=truth)

    assert response["annotations"][0]["attributes"] == {}


def test_a_truth_may_bring_its_links_and_the_attributes_of_the_image(job: Any) -> None:
    attributes = {"night": {"choices": ["no", "yes"], "conditions": {"is_global": True}}}
    link = {"label": "near", "from": "a", "to": "b", "is_bidirectional": True}
    lost = {**link, "to": "nowhere"}
    truth = {
        "annotations": [{**boxes(1)[0], "uuid": "a"}, {**boxes(1)[0], "uuid": "b"}],
        "links": [link, lost],
        "global_attributes": {"night": "yes"},
    }

    response = job.respond(
        "imageannotation", {**ONLY_BOXES, "annotation_attributes": attributes}, truth=truth
    )

    assert response["links"] == [link]
    assert response["global_attributes"] == {"night": "yes"}


@pytest.mark.parametrize("kind", ["annotation", "cuboidannotation", "polygonannotation"])
def test_older_types_find_the_truth_too(job: Any, image_checker: Any, kind: str) -> None:
    by_kind = {"annotation": TRUTH[0], "cuboidannotation": TRUTH[5], "polygonannotation": TRUTH[1]}
    item = {key: value for key, value in by_kind[kind].items() if key not in {"type", "attributes"}}
    params = {"attachment": URL, "objects_to_annotate": [item["label"], "x"], "with_labels": True}
    labelers = job.labelers_type(jitter_px=1)

    exact = job.respond(kind, params, truth=[item])
    noisy = job.respond(kind, params, truth=[item], labelers=labelers)

    assert exact["annotations"][0]["uuid"] == item["uuid"]
    assert exact["annotations"][0]["label"] == item["label"]
    assert image_checker.one_geometry_problems(kind, params, exact, (640, 480)) == []
    assert image_checker.one_geometry_problems(kind, params, noisy, (640, 480)) == []
    assert noisy != exact


def test_a_true_segmentation_is_painted_in_order(job: Any, image_checker: Any) -> None:
    params = {"attachment": URL, "labels": ["sky", "road"], "instance_labels": ["car"]}
    truth = [
        {"label": "sky", "left": 0, "top": 0, "width": 640, "height": 240},
        {"label": "road", "left": 0, "top": 240, "width": 640, "height": 240},
        {"label": "car", "vertices": points((100, 200), (300, 200), (200, 300)), "uuid": "mine"},
    ]
    around = job.surroundings_type()

    response = job.respond("segmentannotation", params, truth=truth, surroundings=around)

    [car] = response["labelMapping"]["car"]
    assert car["uuid"] == "mine"
    assert abs(car["numPixels"] - 10_000) < 250
    problems = image_checker.segmentannotation_problems(
        params, response, (640, 480), around.published
    )
    assert problems == []


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    allow_unlabeled=st.booleans(),
    jitter=st.floats(0, 30),
    miss=st.sampled_from([0, 0.5]),
    seed=st.integers(0, 2**32),
)
def test_noisy_segmentations_still_obey_the_instruction(
    job: Any, image_checker: Any, allow_unlabeled: bool, jitter: float, miss: float, seed: int
) -> None:
    params = {
        "attachment": URL,
        "labels": ["sky", "road", {"choice": "car", "instance_label": True}],
        "allow_unlabeled": allow_unlabeled,
    }
    truth = [
        {"label": "road", "left": 0, "top": 240, "width": 640, "height": 240},
        {"label": "car", "left": 10, "top": 20, "width": 100, "height": 100},
        {"label": "car", "vertices": points((100, 200), (300, 200), (200, 300))},
    ]
    around = job.surroundings_type()
    labelers = job.labelers_type(accuracy=0.7, jitter_px=jitter, miss_rate=miss)

    response = job.respond(
        "segmentannotation", params, truth=truth, labelers=labelers, seed=seed, surroundings=around
    )

    problems = image_checker.segmentannotation_problems(
        params, response, (640, 480), around.published
    )
    assert problems == []


@pytest.mark.parametrize(
    ("truth", "message"),
    [
        (
            5,
            (
                "truth is 5; right would be an array of annotations as in the response, or an "
                "object with it as annotations"
            ),
        ),
        ([7], "truth[0] is 7; right would be an annotation, which is an object"),
        (
            [{"type": "circle"}],
            (
                "truth[0].type is 'circle'; right would be a geometry the task asks for: box, "
                "polygon, line, point, ellipse and 1 more"
            ),
        ),
        (
            [{**TRUTH[0], "label": "lorry"}],
            "truth[0].label is 'lorry'; right would be a label of box: car, van",
        ),
        (
            [TRUTH[3], {**TRUTH[0], "left": "x"}],
            "truth[1].left is 'x'; right would be a finite number of pixels",
        ),
        (
            [{**TRUTH[0], "width": -3}],
            "truth[0] is (-3, 40); right would be a width and a height of 0 pixels or more",
        ),
        (
            [{**TRUTH[0], "left": 900}],
            (
                "truth[0] is [(900, 20), (980, 60)]; right would be a shape that touches the "
                "image, x 0 to 640, y 0 to 480"
            ),
        ),
        (
            [{**TRUTH[1], "vertices": points(*[(x, x * x) for x in range(7)])}],
            (
                "the number of truth[0].vertices is 7; right would be 6, by min_vertices and "
                "max_vertices"
            ),
        ),
        (
            [{**TRUTH[4], "vertices": points((1, 1))}],
            (
                "truth[0].vertices is [{'x': 1, 'y': 1}]; right would be an array of 4 vertices "
                '{"x", "y"}'
            ),
        ),
        (
            [{**TRUTH[0], "attributes": {"speed": 5}}],
            (
                "truth[0].attributes is 'speed'; right would be a key of annotation_attributes: "
                "moving, of"
            ),
        ),
        (
            [{**TRUTH[0], "attributes": {"moving": "maybe"}}],
            "truth[0].attributes.moving is 'maybe'; right would be one or more of yes, no",
        ),
    ],
)
def test_a_malformed_truth_says_what_is_wrong_where_and_what_would_be_right(
    job: Any, truth: Any, message: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (the text is compared whole)
        job.respond("imageannotation", PARAMS, truth=truth)

    assert str(caught.value) == message
