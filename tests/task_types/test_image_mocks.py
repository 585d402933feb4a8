"""What a test key's image tasks answer: the recorded replies, adapted to the task."""

from __future__ import annotations

from typing import Any

import pytest

from scaleapi_testing._attachments import Media

URL = "https://img.example.org/belt-17.png"
TRIANGLE = [{"x": 10, "y": 10}, {"x": 110, "y": 110}, {"x": 10, "y": 110}]
FACE_AND_SIDE = [(100, 70), (100, 296), (320, 70), (320, 296), (441, 82), (441, 198)]


def labeled(*labels: str, **more: Any) -> dict[str, Any]:
    return {"attachment": URL, "objects_to_annotate": list(labels), "with_labels": True, **more}


def test_the_box_of_an_annotation_has_the_second_of_two_labels(job: Any) -> None:
    assert job.mock("annotation", labeled("car", "van")) == {
        "annotations": [{"label": "van", "left": 0, "top": 0, "height": 100, "width": 100}]
    }


def test_an_annotation_without_labels_is_a_bare_box(job: Any) -> None:
    params = {"attachment": URL, "objects_to_annotate": ["car"]}

    assert job.mock("annotation", params) == {
        "annotations": [{"left": 0, "top": 0, "height": 100, "width": 100}]
    }


@pytest.mark.parametrize("kind", ["polygonannotation", "lineannotation", "laneannotation"])
def test_outlines_are_one_triangle_with_the_first_label(job: Any, kind: str) -> None:
    assert job.mock(kind, labeled("car", "van")) == {
        "annotations": [{"label": "car", "vertices": TRIANGLE}]
    }


def test_a_pointannotation_has_no_response(job: Any) -> None:
    assert job.mock("pointannotation", labeled("nose")) is None


def test_the_cuboid_has_the_recorded_corners_and_no_edges(job: Any) -> None:
    response = job.mock("cuboidannotation", labeled("car", "van"))

    [item] = response["annotations"]
    assert item["label"] == "car"
    assert [(vertex["x"], vertex["y"]) for vertex in item["vertices"]] == FACE_AND_SIDE
    assert "edges" not in item


def test_a_cuboid_mock_repeats_itself_up_to_the_fewest_annotations(job: Any) -> None:
    response = job.mock("cuboidannotation", labeled("car", min_annotations=3))

    assert len(response["annotations"]) == 3


def test_boxes_grow_to_the_minima_and_shrink_into_the_image(job: Any) -> None:
    around = job.surroundings_type(default_media=Media(60, 500))
    params = labeled("car", min_height="140")

    [item] = job.mock("annotation", params, surroundings=around)["annotations"]

    assert (item["left"], item["top"], item["width"], item["height"]) == (0, 0, 60, 140)


def test_vertices_are_added_up_to_the_fewest_asked_for(job: Any) -> None:
    geometries = {"polygon": {"objects_to_annotate": ["car"], "min_vertices": 5}}

    response = job.mock("imageannotation", {"attachment": URL, "geometries": geometries})

    [item] = response["annotations"]
    assert [(vertex["x"], vertex["y"]) for vertex in item["vertices"]] == [
        (10, 10),
        (60, 60),
        (110, 110),
        (60, 110),
        (10, 110),
    ]


def test_an_imageannotation_mock_has_one_shape_per_geometry_with_labels(job: Any) -> None:
    geometries = {
        "box": {"objects_to_annotate": ["car", "van"]},
        "line": {"objects_to_annotate": []},
        "point": {"objects_to_annotate": ["wheel"]},
        "ellipse": {"objects_to_annotate": ["sign"]},
    }
    params = {
        "attachment": URL,
        "geometries": geometries,
        "annotation_attributes": {
            "moving": {"choices": ["yes", "no"]},
            "count": {"type": "number", "min": 3},
            "heading": {"type": "angle"},
            "note": {"type": "text"},
            "axle": {"type": "x_line"},
            "of": {"type": "linked", "allowed_labels": ["car"]},
            "night": {"choices": ["no", "yes"], "conditions": {"is_global": True}},
        },
    }

    response = job.mock("imageannotation", params)

    box, point, ellipse = response["annotations"]
    assert [item["type"] for item in (box, point, ellipse)] == ["box", "point", "ellipse"]
    assert [item["label"] for item in (box, point, ellipse)] == ["car", "wheel", "sign"]
    asked = {"moving": "yes", "count": 3, "heading": 0, "note": "text"}
    assert box["attributes"] == {**asked, "axle": 50}
    assert point["attributes"] == {**asked, "of": box["uuid"]}
    assert (point["x"], point["y"]) == (10, 10)
    assert [(vertex["x"], vertex["y"]) for vertex in ellipse["vertices"]] == [
        (60, 10),
        (110, 60),
        (60, 110),
        (10, 60),
    ]
    assert response["global_attributes"] == {"night": "no"}
    assert (response["links"], response["is_customer_fix"]) == ([], False)


def test_a_mock_of_geometries_without_labels_has_each_of_them(job: Any) -> None:
    params = {"attachment": URL, "geometries": {"box": {}, "line": {}}}

    response = job.mock("imageannotation", params)

    assert [item["type"] for item in response["annotations"]] == ["box", "line"]
    assert all("label" not in item for item in response["annotations"])


def test_the_segmentation_is_the_first_label_everywhere(job: Any) -> None:
    params = {
        "attachment": URL,
        "labels": ["road", "sky", "tree", "wall"],
        "instance_labels": ["car", "van"],
    }

    response = job.mock("segmentannotation", params)

    mapping = response["labelMapping"]
    assert {label: entry["index"] for label, entry in mapping.items()} == {
        "road": 1,
        "sky": 2,
        "tree": 3,
        "wall": 4,
    }
    colors = [entry["color"] for entry in mapping.values()]
    assert colors == ["#ff0000", "#ffff00", "#00ff00", "#00ffff"]
    assert [entry["numPixels"] for entry in mapping.values()] == [640 * 480, 0, 0, 0]
    assert list(response["annotations"]["labeled"]) == ["road"]


def test_a_segmentation_of_instances_alone_is_one_of_them(job: Any) -> None:
    params = {"attachment": URL, "labels": [{"choice": "car", "instance_label": True}, "car"]}

    response = job.mock("segmentannotation", params)

    [car] = response["labelMapping"]["car"]
    assert (car["index"], car["color"], car["numPixels"]) == (1, "#ff0000", 640 * 480)
    assert len(response["annotations"]["labeled"]["car"]) == 1


@pytest.mark.parametrize(
    ("kind", "params", "added"),
    [
        ("annotation", {"min_width": 5}, {"min_width": 5, "min_height": 0}),
        ("polygonannotation", {}, {}),
        ("pointannotation", {}, {}),
        ("laneannotation", {}, {}),
        ("lineannotation", {}, {"splines": False}),
        (
            "cuboidannotation",
            {},
            {"with_labels": True, "min_annotations": 0, "max_annotations": 0},
        ),
        ("segmentannotation", {}, {"allow_parent_labels": False, "allow_unlabeled": False}),
    ],
)
def test_scale_adds_its_defaults_to_the_returned_params(
    job: Any, kind: str, params: dict[str, Any], added: dict[str, Any]
) -> None:
    sent = {"attachment": URL, "objects_to_annotate": ["car"], **params}

    assert job.written_back(kind, sent) == sent | added


def test_an_imageannotation_gets_its_box_defaults_and_keeps_what_was_sent(job: Any) -> None:
    project = {
        "box": {"objects_to_annotate": ["car"], "min_width": "30", "hint": 1},
        "line": {"objects_to_annotate": ["lane"]},
    }

    returned = job.written_back("imageannotation", {"attachment": URL, "geometries": project})

    assert returned == {
        "attachment": URL,
        "geometries": {
            "box": {
                "objects_to_annotate": ["car"],
                "min_width": "30",
                "hint": 1,
                "min_height": 0,
                "examples": [],
            },
            "line": {"objects_to_annotate": ["lane"]},
        },
        "with_labels": True,
    }
    assert project["box"] == {"objects_to_annotate": ["car"], "min_width": "30", "hint": 1}


def test_misspelt_options_are_told_as_unread(job: Any) -> None:
    params = {
        "attachment": URL,
        "geometries": {
            "polygon": {"objects_to_annotate": [], "max_vertives": 5, "examples": []},
            "box": {"min_vertices": 3},
        },
        "annotation_attributes": {
            "a": {"choice": ["x"], "conditions": [{"labels": {}}, {"is_global": True}]}
        },
        "links": {"near": {"from": []}},
    }

    assert list(job.type("imageannotation").unread(params)) == [
        "geometries.polygon.max_vertives (nearest: max_vertices)",
        "geometries.box.min_vertices",
        "annotation_attributes.a.choice (nearest: choices)",
        "annotation_attributes.a.conditions.labels",
        "links.near.from",
    ]


def test_every_named_parameter_counts_as_read(job: Any) -> None:
    named = job.type("imageannotation").keys

    assert {"paddingX", "padding_x", "clear_unique_id_on_error", "priority", "layers"} <= named
    assert "splines" in job.type("laneannotation").keys
    assert "events_to_annotate" not in named
