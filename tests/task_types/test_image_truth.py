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


def test_an_object_of_a_truth_is_not_linked_to_itself(job: Any) -> None:
    both_ways = [
        {**TRUTH[0], "attributes": {"moving": "no", "of": "a"}},
        {**TRUTH[1], "attributes": {"of": "a"}},
    ]

    response = job.respond("imageannotation", PARAMS, truth=both_ways)

    found = {item["uuid"]: item["attributes"] for item in response["annotations"]}
    assert found == {"a": {"moving": "no"}, "b": {"of": "a"}}


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


RICH = {
    "several": {"choices": ["a", "b", "c"], "allow_multiple": True},
    "count": {"type": "number", "min": 1, "max": 9},
    "turned": {"type": "angle"},
    "across": {"type": "x_line"},
    "along": {"type": "y_line"},
    "note": {"type": "text"},
}
RICH_BOXES = {**ONLY_BOXES, "annotation_attributes": RICH}
VALUES = {"several": ["a", "c"], "count": 3, "turned": 360, "across": 50, "along": 0, "note": "hi"}


def test_true_values_of_every_kind_come_back(job: Any) -> None:
    truth = [{**boxes(1)[0], "attributes": VALUES}]

    response = job.respond("imageannotation", RICH_BOXES, truth=truth)

    assert response["annotations"][0]["attributes"] == VALUES


def test_offsets_stay_inside_a_box_that_was_drawn_too_small(job: Any, image_checker: Any) -> None:
    truth = [{**boxes(1)[0], "attributes": {**VALUES, "across": 50, "along": 40}}] * 30
    labelers = job.labelers_type(jitter_px=8)

    response = job.respond("imageannotation", RICH_BOXES, truth=truth, labelers=labelers)

    problems = image_checker.imageannotation_problems(RICH_BOXES, response, (640, 480))
    assert problems == []


@pytest.mark.parametrize(
    ("key", "value", "right"),
    [
        ("several", [], "one or more of a, b, c"),
        ("several", ["a", "z"], "one or more of a, b, c"),
        ("count", "3", "a number"),
        ("count", 10, "a number from 1 to 9"),
        ("turned", -1, "a number from 0 to 360"),
        ("across", -1, "a number from 0 to any"),
        ("note", "", "a non-empty string"),
    ],
)
def test_a_wrong_true_value_is_refused(job: Any, key: str, value: Any, right: str) -> None:
    truth = [{**boxes(1)[0], "attributes": {key: value}}]

    with pytest.raises(ValueError, match="truth") as caught:
        job.respond("imageannotation", RICH_BOXES, truth=truth)

    expected = f"truth[0].attributes.{key} is {value!r}; right would be {right}"
    assert str(caught.value) == expected


def test_true_attributes_are_an_object(job: Any) -> None:
    truth = [{**boxes(1)[0], "attributes": ["a"]}]

    with pytest.raises(ValueError, match="truth") as caught:
        job.respond("imageannotation", RICH_BOXES, truth=truth)

    assert str(caught.value) == (
        "truth[0].attributes is ['a']; right would be an object of values by key"
    )


@pytest.mark.parametrize("count", [12, 300])
def test_a_jittered_outline_does_not_cross_itself(job: Any, image_checker: Any, count: int) -> None:
    params = {"attachment": URL, "geometries": {"polygon": {"objects_to_annotate": []}}}
    # A comb with narrow teeth: noise on each corner alone would cross its edges.
    teeth = [(100 + place * 400 / count, 100 + 200 * (place % 2)) for place in range(count)]
    truth = [{"vertices": points(*teeth, (500, 400), (100, 400))}]
    labelers = job.labelers_type(jitter_px=25)

    response = job.respond("imageannotation", params, truth=truth, labelers=labelers)

    problems = image_checker.imageannotation_problems(params, response, (640, 480))
    assert problems == []


def test_outlines_at_the_border_keep_their_corners(job: Any, image_checker: Any) -> None:
    params = {"attachment": URL, "geometries": {"polygon": {"objects_to_annotate": []}}}
    truth = [{"vertices": points((-80, 10), (0.2, 200), (-80, 400))}]

    response = job.respond("imageannotation", params, truth=truth)

    assert len(response["annotations"][0]["vertices"]) == 3
    problems = image_checker.imageannotation_problems(params, response, (640, 480))
    assert problems == []


def test_whole_pixels_and_turns_are_kept(job: Any, image_checker: Any) -> None:
    options = {"objects_to_annotate": [], "integer_pixels": True}
    truth = [{"left": 10.4, "top": 20.6, "width": 30.3, "height": 9.9, "rotation": 0.5}]

    for geometry in (options, {**options, "can_rotate": True}):
        params = {"attachment": URL, "geometries": {"box": geometry}}
        response = job.respond("imageannotation", params, truth=truth)
        assert image_checker.imageannotation_problems(params, response, (640, 480)) == []


@pytest.mark.parametrize("jitter", [0, 3])
def test_shapes_half_outside_are_pulled_in(job: Any, image_checker: Any, jitter: float) -> None:
    corners = [(x - 200, y + 300) for x, y in CORNERS]
    truth = [
        {
            "type": "ellipse",
            "label": "sign",
            "vertices": points((0, -60), (90, 20), (0, 100), (-90, 20)),
        },
        {**TRUTH[5], "vertices": points(*corners), "attributes": {}},
    ]
    labelers = job.labelers_type(jitter_px=jitter)

    response = job.respond("imageannotation", PARAMS, truth=truth, labelers=labelers)

    assert image_checker.imageannotation_problems(PARAMS, response, (640, 480)) == []


def test_a_cuboid_without_a_face_is_refused(job: Any) -> None:
    truth = [{**TRUTH[5], "vertices": points(*reversed(CORNERS))}]

    with pytest.raises(ValueError, match="a front face and a side, in the order face-topleft"):
        job.respond("imageannotation", PARAMS, truth=truth)


def test_true_instances_cover_the_image_where_nothing_may_stay_unlabeled(
    job: Any, image_checker: Any
) -> None:
    params = {"attachment": URL, "labels": [{"choice": "car", "instance_label": True}]}
    truth = [
        {"label": "car", "vertices": points((0, 0), (9, 0), (9, 9)), "uuid": "behind"},
        {"label": "car", "left": 50, "top": 50, "width": 10, "height": 10, "uuid": "before"},
    ]
    around = job.surroundings_type()

    response = job.respond("segmentannotation", params, truth=truth, surroundings=around)

    first, second = response["labelMapping"]["car"]
    assert (first["uuid"], first["numPixels"]) == ("behind", 640 * 480 - 100)
    assert (second["uuid"], second["numPixels"]) == ("before", 100)
    problems = image_checker.segmentannotation_problems(
        params, response, (640, 480), around.published
    )
    assert problems == []


@pytest.mark.parametrize("truth", ["road", [5]])
def test_a_malformed_truth_of_a_segmentation_is_refused(job: Any, truth: Any) -> None:
    with pytest.raises(ValueError, match="right would be"):
        job.respond("segmentannotation", {"attachment": URL, "labels": ["road"]}, truth=truth)
