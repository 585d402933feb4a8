"""The independent checker of image responses notices what is wrong."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scaleapi_testing._attachments import Media

PARAMS: dict[str, Any] = {
    "attachment": "https://img.example.org/1.png",
    "geometries": {
        "box": {
            "objects_to_annotate": ["car", {"choice": "big", "subchoices": ["bus"]}],
            "min_width": 10,
        },
        "polygon": {"objects_to_annotate": ["road"], "max_vertices": 4},
        "ellipse": {"objects_to_annotate": ["sign"]},
        "cuboid": {"objects_to_annotate": ["van"]},
    },
    "annotation_attributes": {
        "moving": {
            "choices": ["yes", "no"],
            "conditions": {"label_condition": {"label": ["car", "bus"]}},
        },
        "count": {"type": "number", "min": 1, "max": 9, "step": 2},
        "of": {"type": "linked", "allowed_labels": ["car"], "required": True},
        "night": {"choices": ["yes"], "conditions": {"is_global": True}},
    },
    "links": {"near": {"from_allowed_labels": ["car"], "to_allowed_labels": ["road"]}},
}


def square(left: float, top: float) -> list[dict[str, float]]:
    corners = ((left, top), (left + 40, top), (left + 40, top + 40), (left, top + 40))
    return [{"x": x, "y": y} for x, y in corners]


GOOD: dict[str, Any] = {
    "annotations": [
        {
            "type": "box", "label": "car", "uuid": "a", "left": 10, "top": 10, "width": 50,
            "height": 20, "attributes": {"moving": "yes", "count": 3, "of": "b"},
        },
        {
            "type": "box", "label": "car", "uuid": "b", "left": 0, "top": 0, "width": 640,
            "height": 480, "attributes": {"moving": "no", "count": 1, "of": "a"},
        },
        {
            "type": "polygon", "label": "road", "uuid": "c", "vertices": square(5, 5),
            "attributes": {"count": 9, "of": "a"},
        },
        {
            "type": "ellipse", "label": "sign", "uuid": "d",
            "vertices": [
                {"x": 60, "y": 10}, {"x": 110, "y": 60}, {"x": 60, "y": 110}, {"x": 10, "y": 60},
            ],
            "attributes": {"count": 5, "of": "a"},
        },
    ],
    "links": [{"label": "near", "from": "a", "to": "c", "is_bidirectional": False}],
    "global_attributes": {"night": "yes"},
    "is_customer_fix": False,
}  # fmt: skip


def test_a_response_that_obeys_is_not_complained_about(image_checker: Any) -> None:
    assert image_checker.imageannotation_problems(PARAMS, GOOD, (640, 480)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("annotations", []),
        ("annotations.0.type", "line"),
        ("annotations.0.label", "big"),
        ("annotations.0.label", "road"),
        ("annotations.0.left", -1),
        ("annotations.0.left", 600),
        ("annotations.0.width", 9),
        ("annotations.0.width", "9"),
        ("annotations.0.uuid", "b"),
        ("annotations.0.attributes.moving", "maybe"),
        ("annotations.0.attributes.moving", ["yes"]),
        ("annotations.0.attributes.count", 4),
        ("annotations.0.attributes.count", 11),
        ("annotations.0.attributes.of", "a"),
        ("annotations.0.attributes.of", "c"),
        ("annotations.0.attributes.of", "nowhere"),
        ("annotations.0.attributes.colour", "red"),
        ("annotations.0.attributes", {"moving": "yes", "count": 3}),
        ("annotations.0.rotation", 0.5),
        ("annotations.2.attributes.moving", "yes"),
        ("annotations.2.vertices.1.x", -3),
        ("annotations.2.vertices.1.y", 60),
        ("annotations.2.vertices", [*square(5, 5), {"x": 1, "y": 20}]),
        ("annotations.2.vertices", square(5, 5)[:2]),
        ("annotations.3.vertices.0.x", 70),
        ("annotations.3.vertices.2.y", 90),
        ("links.0.to", "a"),
        ("links.0.to", "b"),
        ("links.0.label", "far"),
        ("links.0.is_bidirectional", True),
        ("global_attributes", {}),
        ("global_attributes.night", "no"),
        ("is_customer_fix", None),
    ],
)
def test_a_spoiled_response_is_noticed(image_checker: Any, path: str, value: Any) -> None:
    response = copy.deepcopy(GOOD)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place: Any = response
    for step in way:
        place = place[step]
    place[last] = value

    assert image_checker.imageannotation_problems(PARAMS, response, (640, 480)) != []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("0.description", "side-topcorner"),
        ("0.x", 101),
        ("4.x", 300),
        ("2.y", 71),
        ("5.x", 700),
    ],
)
def test_a_spoiled_cuboid_is_noticed(job: Any, image_checker: Any, path: str, value: Any) -> None:
    params = {"attachment": "https://x.example.org", "objects_to_annotate": ["car"]}
    response = job.mock("cuboidannotation", params)
    place, key = path.split(".")
    response["annotations"][0]["vertices"][int(place)][key] = value

    problems = image_checker.one_geometry_problems(
        "cuboidannotation", params, response, (640, 480), is_mock=True
    )
    assert problems != []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("road.numPixels", 5),
        ("road.index", 2),
        ("road.color", "#ff0001"),
        ("road", [{"index": 1, "color": "#ff0000", "numPixels": 2500}]),
        ("moon", {"index": 9, "color": "#ff0000", "numPixels": 0}),
    ],
)
def test_a_spoiled_segmentation_is_noticed(
    job: Any, image_checker: Any, path: str, value: Any
) -> None:
    params = {"attachment": "https://x.example.org", "labels": ["road", "sky"]}
    around = job.surroundings_type(default_media=Media(50, 50))
    response = job.mock("segmentannotation", params, surroundings=around)
    assert (
        image_checker.segmentannotation_problems(params, response, (50, 50), around.published) == []
    )

    *way, last = path.split(".")
    place = response["labelMapping"]
    for key in way:
        place = place[key]
    place[last] = value

    assert (
        image_checker.segmentannotation_problems(params, response, (50, 50), around.published) != []
    )
