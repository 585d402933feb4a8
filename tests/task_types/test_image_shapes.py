"""Shapes of image tasks: what instructions and images at their limits get."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scaleapi_testing._attachments import Media
from scaleapi_testing._random import seeded
from scaleapi_testing._task_types._shapes.drawing import (
    MOST_VERTICES,
    Region,
    draw_box,
    draw_polygon,
)

URL = "https://img.example.org/1.png"


def test_the_size_of_the_image_comes_from_what_is_known_of_it(job: Any, image_checker: Any) -> None:
    around = job.surroundings_type(media_by_url={URL: Media(20, 10)})
    params = {"attachment": URL, "geometries": {"box": {}}}

    response = job.respond("imageannotation", params, surroundings=around)

    assert image_checker.imageannotation_problems(params, response, (20, 10)) == []


def test_shapes_use_the_padding_round_the_image(job: Any) -> None:
    params = {"attachment": URL, "geometries": {"point": {"objects_to_annotate": []}}}
    padded = {**params, "padding": 2000, "paddingX": 0}

    answers = [job.respond("imageannotation", padded, seed=seed) for seed in range(40)]

    points = [item for answer in answers for item in answer["annotations"]]
    assert any(point["y"] < 0 for point in points)
    assert any(point["y"] > 480 for point in points)
    assert all(0 <= point["x"] <= 640 for point in points)


def test_a_minimum_larger_than_the_image_wins(job: Any) -> None:
    params = {"attachment": URL, "geometries": {"box": {"min_width": 900}}}

    response = job.respond("imageannotation", params)

    assert all((item["left"], item["width"]) == (0, 900) for item in response["annotations"])


def test_no_shape_gets_endless_vertices(job: Any) -> None:
    geometries = {"polygon": {"min_vertices": 10**12}}

    response = job.respond("imageannotation", {"attachment": URL, "geometries": geometries})

    assert len(response["annotations"][0]["vertices"]) == MOST_VERTICES


def test_many_vertices_in_a_tiny_image_stay_apart() -> None:
    vertices = draw_polygon(seeded(1), Region.of_image(1, 1), 500)

    assert len({(vertex["x"], vertex["y"]) for vertex in vertices}) == 500


def test_an_endless_number_of_cuboids_ends(job: Any) -> None:
    params = {"attachment": URL, "objects_to_annotate": ["car"], "min_annotations": 10**15}

    response = job.respond("cuboidannotation", params)

    assert len(response["annotations"]) == 10_000


@pytest.mark.parametrize("make", ["respond", "mock"])
def test_the_side_of_a_cuboid_wider_than_the_image_stands_outside_its_face(
    job: Any, make: str
) -> None:
    cuboid = {"objects_to_annotate": ["car"], "min_width": 700}
    params = {"attachment": URL, "geometries": {"cuboid": cuboid}}

    shape = getattr(job, make)("imageannotation", params)["annotations"][0]

    x = {vertex["description"]: vertex["x"] for vertex in shape["vertices"]}
    assert x["face-topright"] - x["face-topleft"] >= 700
    sides = (x["side-topcorner"], x["side-bottomcorner"])
    assert min(sides) > x["face-topright"] or max(sides) < x["face-topleft"]


@pytest.mark.parametrize(
    "intrinsics",
    [
        {"fx": 0, "fy": 0, "cx": 0, "cy": 0},
        {"fx": 5e-324, "fy": 1e-300, "cx": 1e308, "cy": -1e308, "skew": 1e308, "scalefactor": 0},
    ],
)
def test_absurd_cameras_make_no_infinities(job: Any, intrinsics: dict[str, float]) -> None:
    camera = {
        "camera_intrinsics": intrinsics,
        "camera_rotation_quaternion": {"w": 1, "x": 0, "y": 0, "z": 0},
        "camera_height": 1,
    }

    response = job.respond("imageannotation", {"attachment": URL, "geometries": {"cuboid": camera}})

    assert len(response["annotations"][0]["points_3d"]) == 8
    json.dumps(response, allow_nan=False)


def test_integer_pixels_hold_for_unturned_boxes_that_could_turn() -> None:
    box = draw_box(seeded(3), Region.of_image(640, 480), integer_pixels=True, can_rotate=True)

    assert all(isinstance(box[key], int) for key in ("left", "top", "width", "height"))


def test_coordinates_have_two_decimals_at_most(job: Any) -> None:
    geometries: dict[str, Any] = {
        geometry: {"objects_to_annotate": []}
        for geometry in ("box", "polygon", "line", "point", "cuboid", "ellipse")
    }
    params = {"attachment": URL, "geometries": geometries, "padding": 3.333}

    text = json.dumps([job.respond("imageannotation", params, seed=s) for s in range(20)])

    assert max(len(number.partition(".")[2]) for number in numbers_in(text)) == 2


def numbers_in(text: str) -> list[str]:
    found: list[str] = []
    json.loads(text, parse_float=lambda number: found.append(number) or 0.0)
    return found


def test_words_are_asked_for_only_when_there_is_text_to_write(job: Any) -> None:
    def no_words() -> Any:
        raise AssertionError("Faker was asked for numbers")

    params = {
        "attachment": URL,
        "geometries": {"box": {"objects_to_annotate": ["car"]}},
        "annotation_attributes": {"n": {"type": "number"}, "c": {"choices": ["a", "b"]}},
    }
    made = job("imageannotation", params)
    made.words = no_words

    response = job.type("imageannotation").respond(made)

    assert response["annotations"]


def test_texts_of_one_task_differ(job: Any) -> None:
    params = {
        "attachment": URL,
        "geometries": {"box": {}},
        "annotation_attributes": {f"note {place}": {"type": "text"} for place in range(6)},
    }

    values = job.respond("imageannotation", params)["annotations"][0]["attributes"].values()

    assert len(set(values)) > 1
