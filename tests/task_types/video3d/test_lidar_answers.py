"""Cuboids, point labels and camera shapes on scenes whose every number is known."""

from __future__ import annotations

import json
import math

import pytest

from scaleapi_testing._attachments import Media
from scaleapi_testing._task_types._base import ParentTask

from . import lidar_page as page
from .lidar_instructions import EAST, NORTH

URLS = ["https://e.org/0.json", "https://e.org/1.json"]
TASK = {"attachments": URLS, "labels": ["car", "bus"]}


def image(heading=NORTH, **more):
    pinhole = {"fx": 300, "fy": 300, "cx": 320, "cy": 240}
    place = {"position": {"x": 0, "y": 0, "z": 1.5}, "heading": heading}
    return {"image_url": "https://e.org/c.jpg", **place, **pinhole, **more}


def frame(points, *images):
    return {
        "device_position": {"x": 0, "y": 0, "z": 1.5},
        "points": [{"x": x, "y": y, "z": z, "is_ground": z == 0} for x, y, z in points],
        "images": list(images),
    }


def cuboid(x, y, **more):
    place = {"position": {"x": x, "y": y, "z": 1.0}, "dimensions": {"x": 2, "y": 4, "z": 2}}
    return {"uuid": "a", "label": "car", **place, "yaw": 0, **more}


@pytest.fixture
def scene(around):
    """Puts frames at the addresses of `TASK`."""

    def put(*frames):
        for url, one in zip(URLS, frames, strict=False):
            around.facts[url] = Media(content=json.dumps(one).encode())
        return around

    return put


@pytest.mark.parametrize("seed", range(12))
def test_a_cuboid_projects_into_the_camera_it_names(desk, scene, seed):
    points = [(0, y, 0.9) for y in (6, 9, 14)] + [(x, 0, 0.9) for x in (8, 12)]
    frames = [frame(points, image(NORTH), image(EAST)) for _ in URLS]
    answer = desk.answer("lidarannotation", TASK, scene(*frames), seed=seed)
    assert list(page.cuboid_file_problems(TASK, answer.files["annotations"], frames)) == []
    shown = [one["camera_used"] for file in answer.files["annotations"] for one in file["cuboids"]]
    assert max(shown) >= 0


def test_points_cameras_and_distance_of_a_true_cuboid_are_counted(desk, scene):
    points = [(0, 10, 1), (0.9, 11.9, 0.1), (1.1, 10, 1), (0, 12.1, 1), (0, 10, 2.5)]
    surroundings = scene(frame(points, image(EAST), image(NORTH)))
    truth = [{"cuboids": [cuboid(0, 10)]}]
    answer = desk.answer("lidarannotation", TASK, surroundings, truth=truth)
    (found,) = answer.files["annotations"][0]["cuboids"]
    assert found["numberOfPoints"] == 2
    assert found["camera_used"] == 1
    assert found["distance_to_device"] == pytest.approx(math.hypot(10, 0.5), abs=0.001)
    assert found["stationary"] is True
    assert answer.files["annotations"][1] == {"cuboids": []}


def test_a_quarter_turn_lays_the_length_along_x(desk, scene):
    surroundings = scene(frame([(1.9, 10, 1), (0, 11.5, 1)]))
    truth = [{"cuboids": [cuboid(0, 10, yaw=math.pi / 2)]}]
    answer = desk.answer("lidarannotation", TASK, surroundings, truth=truth)
    assert answer.files["annotations"][0]["cuboids"][0]["numberOfPoints"] == 1


def test_a_cuboid_in_no_camera_says_so(desk, scene):
    surroundings = scene(frame([(0, -10, 1)], image(NORTH)))
    truth = [{"cuboids": [cuboid(0, -10)]}]
    answer = desk.answer("lidarannotation", TASK, surroundings, truth=truth)
    assert answer.files["annotations"][0]["cuboids"][0]["camera_used"] == -1


def test_a_truth_comes_back_as_it_is_without_labelers(desk):
    derived = {"stationary": False, "camera_used": -1, "numberOfPoints": 7}
    whole = {**derived, "distance_to_device": 3.5, "attributes": {}}
    truth = [{"cuboids": [cuboid(0, 10, **whole)]}, {"cuboids": [cuboid(0, 12, **whole)]}]
    answer = desk.answer("lidarannotation", TASK, truth=truth)
    assert answer.files["annotations"] == truth


def test_a_hypothesis_comes_back_unchanged(desk):
    whole = {"stationary": True, "camera_used": 0, "numberOfPoints": 7, "distance_to_device": 1}
    given = [{"cuboids": [cuboid(0, 10, **whole, attributes={"was": "there"})]}, {"cuboids": []}]
    params = {**TASK, "hypothesis": {"annotations": given}}
    assert desk.answer("lidarannotation", params).files["annotations"] == given


@pytest.mark.parametrize("seed", range(6))
def test_base_annotations_stay_and_new_ones_may_join(desk, seed):
    params = {**TASK, "base_annotations": {"annotations": [{"cuboids": [cuboid(0, 10)]}]}}
    content = desk.answer("lidarannotation", params, seed=seed).files["annotations"]
    kept = [one for one in content[0]["cuboids"] if one["uuid"] == "a"]
    assert [one["position"] for one in kept] == [cuboid(0, 10)["position"]]


def test_careless_labelers_miss_cuboids_and_mistake_labels(desk):
    truth = [{"cuboids": [cuboid(0, 10), {**cuboid(5, 5), "uuid": "b", "label": "bus"}]}]
    blind = desk.answer("lidarannotation", TASK, truth=truth, labelers=desk.Labelers(miss_rate=1))
    assert blind.files["annotations"] == [{"cuboids": []}, {"cuboids": []}]
    wrong = desk.answer("lidarannotation", TASK, truth=truth, labelers=desk.Labelers(accuracy=0))
    labels = [one["label"] for one in wrong.files["annotations"][0]["cuboids"]]
    assert labels == ["bus", "car"]


def test_unsteady_hands_move_an_object_that_stands_still_once(desk):
    truth = [{"cuboids": [cuboid(0, 10)]}, {"cuboids": [cuboid(0, 10)]}]
    shaky = desk.Labelers(jitter_px=0.2)
    first, second = desk.answer("lidarannotation", TASK, truth=truth, labelers=shaky).files[
        "annotations"
    ]
    assert first["cuboids"][0]["position"] == second["cuboids"][0]["position"]
    assert first["cuboids"][0]["position"] != cuboid(0, 10)["position"]
    assert first["cuboids"][0]["stationary"] is True


def test_unsteady_hands_move_a_driving_object_in_each_frame(desk):
    truth = [{"cuboids": [cuboid(0, 10)]}, {"cuboids": [cuboid(0, 12)]}]
    shaky = desk.Labelers(jitter_px=0.2)
    first, second = desk.answer("lidarannotation", TASK, truth=truth, labelers=shaky).files[
        "annotations"
    ]
    x = [one["cuboids"][0]["position"]["x"] for one in (first, second)]
    assert x[0] != x[1]


BROKEN_TRUTHS = [
    (5, r"^truth is 5"),
    ({"annotations": None}, r"^truth is None"),
    ([{}] * 3, r"^the number of frames in truth is 3; .* at most 2"),
    ([{}], r"^truth\[0\] is {}"),
    ([{"cuboids": [1]}], r"^truth\[0\]\.cuboids\[0\] is 1"),
    ([{"cuboids": [cuboid(0, 1, label=None)]}], r"label is None"),
    ([{"cuboids": [cuboid(0, 1, label="dog")]}], r"'dog'; right would be one of .* car, bus"),
    ([{"cuboids": [cuboid("0", 1)]}], r"position is "),
    ([{"cuboids": [cuboid(0, 1, dimensions={"x": 0, "y": 1, "z": 1})]}], r"dimensions is "),
    ([{"cuboids": [cuboid(0, 1, yaw="n")]}], r"yaw is 'n'"),
    ([{"cuboids": [cuboid(0, 1, attributes=[])]}], r"attributes is \[\]"),
    ([{"cuboids": [cuboid(0, 1), cuboid(0, 2)]}], r"\[1\]\.uuid is 'a'"),
]


@pytest.mark.parametrize(("truth", "text"), BROKEN_TRUTHS)
def test_a_malformed_truth_is_named(desk, truth, text):
    with pytest.raises(ValueError, match=text):
        desk.answer("lidarannotation", TASK, truth=truth)


# -- point labels --------------------------------------------------------------------------------

SEGMENTS = {
    "attachments": URLS[:1],
    "labels": [{"choice": "car", "instance_label": True}],
    "segmentation_labels": ["road"],
}
TRUE_SEGMENTS = {
    "objects": [{"label": "road", "index": 1}, {"label": "car", "index": 2, "instance": True}],
    "point_objects": [[1, 2, 2]],
}


def test_a_true_segmentation_comes_back_as_it_is(desk, scene):
    surroundings = scene(frame([(0, 0, 0), (1, 0, 1), (1, 1, 1)]))
    answer = desk.answer("lidarsegmentation", SEGMENTS, surroundings, truth=TRUE_SEGMENTS)
    assert answer.files == {"point_segmentations": TRUE_SEGMENTS}


def test_careless_labelers_miss_instances_and_mistake_points(desk):
    blind = desk.Labelers(miss_rate=1)
    answer = desk.answer("lidarsegmentation", SEGMENTS, truth=TRUE_SEGMENTS, labelers=blind)
    content = answer.files["point_segmentations"]
    assert content == {"objects": [{"label": "road", "index": 1}], "point_objects": [[1, 0, 0]]}
    wrong = desk.Labelers(accuracy=0)
    answer = desk.answer("lidarsegmentation", SEGMENTS, truth=TRUE_SEGMENTS, labelers=wrong)
    assert answer.files["point_segmentations"]["point_objects"] == [[2, 1, 1]]


BROKEN_SEGMENTS = [
    ([], r"^truth is \[\]"),
    ({**TRUE_SEGMENTS, "objects": [{"label": "dog"}]}, r"^truth\.objects\[0\]"),
    ({**TRUE_SEGMENTS, "objects": [{"label": "car", "index": 2}]}, r"index is 2; .* 1"),
    ({**TRUE_SEGMENTS, "point_objects": []}, r"^truth\.point_objects is \[\]; .* of 1"),
    ({**TRUE_SEGMENTS, "point_objects": [5]}, r"^truth\.point_objects\[0\] is 5"),
    ({**TRUE_SEGMENTS, "point_objects": [[1]]}, r"points in truth\.point_objects\[0\] is 1; .* 3"),
    ({**TRUE_SEGMENTS, "point_objects": [[1, 2, 3]]}, r"\[0\]\[2\] is 3; .* 0 to 2"),
]


@pytest.mark.parametrize(("truth", "text"), BROKEN_SEGMENTS)
def test_a_malformed_true_segmentation_is_named(desk, scene, truth, text):
    surroundings = scene(frame([(0, 0, 0), (1, 0, 1), (1, 1, 1)]))
    with pytest.raises(ValueError, match=text):
        desk.answer("lidarsegmentation", SEGMENTS, surroundings, truth=truth)


def test_a_scene_of_instances_alone_leaves_the_ground_unsegmented(desk, scene):
    surroundings = scene(frame([(0, 5, 0), (1, 5, 1)]))
    params = {"attachments": URLS[:1], "labels": [{"choice": "car", "instance_label": True}]}
    content = desk.answer("lidarsegmentation", params, surroundings).files["point_segmentations"]
    ground, other = content["point_objects"][0]
    assert ground == 0
    assert other > 0


# -- camera shapes -------------------------------------------------------------------------------


@pytest.fixture
def linked(desk, scene):
    """The published file of a linking task on one frame with the given cuboids and cameras."""

    def linked(cuboids, *images, seed=0, truth=None, labelers=None, **params):
        around = scene(frame([(0, 9, 1)], *images))
        root = {**TASK, "attachments": URLS[:1]}
        response = {"annotations": [{"cuboids": cuboids}]}
        around.tasks["root"] = ParentTask("root", "lidarannotation", "completed", root, response)
        params = {"lidar_task": "root", **params}
        return desk.answer(
            "lidarlinking", params, around, seed=seed, truth=truth, labelers=labelers
        ).files["annotations"]

    return linked


def shapes(content, camera=0):
    every = content[0]["camera_responses"][camera]["annotations"]
    return [one for one in every if one.get("not_in_lidar") is False]


def test_a_box_is_the_projection_of_its_cuboid(linked):
    (box,) = shapes(linked([cuboid(0, 12)], image(NORTH)))
    # The near face is 10 m away and 2 m wide; its top is 0.5 m above the camera.
    expected = {"left": 290, "top": 225, "width": 60, "height": 60}
    assert {side: box[side] for side in expected} == pytest.approx(expected, abs=0.01)
    assert (box["cuboid_uuid"], box["label"], box["type"]) == ("a", "car", "box")


@pytest.mark.parametrize("y", [-12, 0, 1])
def test_nothing_is_drawn_for_a_cuboid_behind_or_around_the_camera(linked, y):
    assert shapes(linked([cuboid(0, y)], image(NORTH))) == []


def test_every_camera_is_listed_once_in_order(linked):
    content = linked([cuboid(0, 12)], image(NORTH), image(EAST), image(NORTH))
    assert [one["camera_used"] for one in content[0]["camera_responses"]] == [0, 1, 2]
    assert [len(shapes(content, camera)) for camera in range(3)] == [1, 0, 1]


def test_a_cuboid_below_the_minima_is_not_drawn(linked):
    options = {"box": {"objects_to_annotate": ["car"], "min_width": 100}}
    assert shapes(linked([cuboid(0, 12)], image(NORTH), geometries=options)) == []


def test_a_camera_that_cannot_be_read_shows_nothing(linked):
    assert shapes(linked([cuboid(0, 12)], {"image_url": "https://e.org/c.jpg"})) == []


def test_an_object_without_a_cuboid_says_so(linked):
    strangers = [
        one["cuboid_uuid"]
        for seed in range(20)
        for one in linked([], image(NORTH), seed=seed)[0]["camera_responses"][0]["annotations"]
        if one["not_in_lidar"] is True
    ]
    assert strangers
    assert len(set(strangers)) == len(strangers)


def test_a_required_link_without_a_target_makes_one(linked):
    specs = {"near": {"type": "linked", "allowed_labels": ["bus"], "required": True}}
    content = linked([cuboid(0, 12)], image(NORTH), annotation_attributes=specs)
    every = content[0]["camera_responses"][0]["annotations"]
    (car,) = [one for one in every if one["cuboid_uuid"] == "a"]
    targets = {one["cuboid_uuid"] for one in every if one["label"] == "bus"}
    assert car["attributes"]["near"] in targets


def true_view(**more):
    shape = {"left": 10, "top": 20, "width": 30, "height": 40, "type": "box", "label": "car"}
    one = {"cuboid_uuid": "a", **shape, **more}
    return [{"camera_responses": [{"camera_used": 0, "annotations": [one]}]}]


def test_a_true_view_comes_back_as_it_is(linked):
    content = linked([cuboid(0, 12)], image(NORTH), truth=true_view())
    added = {"not_in_lidar": False, "attributes": {}}
    assert content == true_view(**added)


def test_careless_labelers_miss_and_mistake_what_is_in_the_cameras(desk, linked):
    blind = desk.Labelers(miss_rate=1)
    content = linked([], image(NORTH), truth=true_view(), labelers=blind)
    assert content[0]["camera_responses"] == [{"camera_used": 0, "annotations": []}]
    wrong = desk.Labelers(accuracy=0)
    content = linked([], image(NORTH), truth=true_view(), labelers=wrong)
    (found,) = content[0]["camera_responses"][0]["annotations"]
    assert (found["label"], found["not_in_lidar"]) == ("bus", True)


BROKEN_VIEWS = [
    (5, r"^truth is 5"),
    ([{}], r"^truth\[0\] is {}"),
    ([{"camera_responses": [{"camera_used": 4}]}], r"camera_used is 4; .* below 1"),
    ([{"camera_responses": [{"camera_used": 0}]}], r"annotations is None"),
    ([{"camera_responses": [{"camera_used": 0, "annotations": [1]}]}], r"annotations\[0\] is 1"),
    (true_view(label="dog"), r"label is 'dog'; .* car, bus"),
    (true_view(type="line"), r"type is 'line'; .* box"),
    (true_view(cuboid_uuid=7), r"cuboid_uuid is 7"),
    (true_view(attributes=[]), r"attributes is \[\]"),
    (true_view(left="x"), r"left is 'x'"),
]


@pytest.mark.parametrize(("truth", "text"), BROKEN_VIEWS)
def test_a_malformed_true_view_is_named(linked, truth, text):
    with pytest.raises(ValueError, match=text):
        linked([cuboid(0, 12)], image(NORTH), truth=truth)


@pytest.mark.parametrize("response", [None, {"annotations": 5}, {"annotations": [{"cuboids": 3}]}])
def test_a_root_whose_answer_cannot_be_read_has_no_cuboids(desk, around, response):
    around.tasks["root"] = ParentTask("root", "lidarannotation", "completed", TASK, response)
    params = {"lidar_task": "root", "labels": ["road"]}
    answer = desk.answer("lidarsegmentation", params, around)
    assert answer.files["annotations"] == [{"cuboids": []}, {"cuboids": []}]


# -- from above and in scenes --------------------------------------------------------------------


def test_a_true_map_comes_back_as_it_is_with_its_heights(desk):
    corners = [{"x": 1, "y": 4, "z": 0.5}, {"x": 4, "y": 4, "z": 0.6}, {"x": 4, "y": 8, "z": 0.7}]
    shape = {"type": "polygon", "label": "lane", "vertices": corners, "attributes": {}}
    truth = {"annotations": [{"uuid": "p", **shape}], "links": []}
    params = {"attachments": URLS, "labels": ["lane"]}
    assert desk.answer("lidartopdown", params, truth=truth).files["annotations"] == truth


def test_a_true_map_without_uuids_is_put_on_the_ground(desk):
    shape = {"type": "point", "label": "pole", "x": 3, "y": 4, "attributes": {}}
    params = {"attachments": URLS, "geometries": {"point": {"objects_to_annotate": ["pole"]}}}
    (found,) = desk.answer("lidartopdown", params, truth=[shape]).files["annotations"][
        "annotations"
    ]
    assert (found["x"], found["y"], found["z"]) == (3, 4, 0)


def test_a_map_hypothesis_comes_back_unchanged(desk):
    corners = [{"x": 1, "y": 4, "z": 0}, {"x": 4, "y": 4, "z": 0}, {"x": 4, "y": 8, "z": 0}]
    shape = {"uuid": "p", "type": "polygon", "label": "lane", "vertices": corners}
    given = {"annotations": [{**shape, "attributes": {}}], "links": []}
    params = {"attachments": URLS, "labels": ["lane"], "hypothesis": given}
    assert desk.answer("lidartopdown", params).files["annotations"] == given


SCENE = {
    "attachments": ["https://e.org/drive.sfs"],
    "scene_format": "sensor_fusion",
    "annotation_definition": [{"labels": ["car", "van"]}],
}
PATH = {"timestamps": [0, 100000], "values": [[2, 4, 2, 3, 14, 1, 0, 0, 0]] * 2}
TRUE_SCENE = {
    "version": "1.0",
    "time_unit": "microseconds",
    "annotations": [
        {"id": "c", "type": "cuboid", "label": "car", "stationary": True, "path": PATH}
    ],
}


def test_a_true_scene_comes_back_as_it_is(desk):
    answer = desk.answer("sensorfusion", SCENE, truth=TRUE_SCENE)
    assert answer.files["annotations"] == TRUE_SCENE


def test_careless_labelers_miss_mistake_and_move_paths(desk):
    def found(**errors):
        model = desk.Labelers(**errors)
        answer = desk.answer("sensorfusion", SCENE, truth=TRUE_SCENE, labelers=model)
        return answer.files["annotations"]["annotations"]

    assert found(miss_rate=1) == []
    assert found(accuracy=0)[0]["label"] == "van"
    first, second = found(jitter_px=0.5)[0]["path"]["values"]
    assert first == second
    assert first[:3] == [2, 4, 2]
    assert first[3:6] != [3, 14, 1]


BROKEN_SCENES = [
    (5, r"^truth is 5"),
    ([{"type": "sphere"}], r"^truth\.annotations\[0\]"),
    ([{"type": "cuboid", "path": 3}], r"path is 3"),
    ([{"type": "point", "path": {"values": [["x"]]}}], r"values\[0\] is \['x'\]"),
]


@pytest.mark.parametrize(("truth", "text"), BROKEN_SCENES)
def test_a_malformed_true_scene_is_named(desk, truth, text):
    with pytest.raises(ValueError, match=text):
        desk.answer("sensorfusion", SCENE, truth=truth, labelers=desk.Labelers(jitter_px=1))


def test_a_multistage_task_on_frames_is_answered_with_cuboids(desk):
    params = {"project": "p", "attachments": URLS, "scene_format": "split_base64"}
    content = desk.answer("multistage", params).files["annotations"]
    labels = {"labels": ["object"]}
    assert list(page.cuboid_file_problems({**params, **labels}, content, [None, None])) == []


def test_a_multistage_task_on_a_scene_is_answered_as_a_scene(desk):
    params = {"attachments": ["https://e.org/a.sfs"], "scene_format": "sensor_fusion"}
    content = desk.answer("multistage", params).files["annotations"]
    assert list(page.scene_problems({"object"}, content, 5)) == []


def test_a_multistage_task_finds_true_cuboids(desk):
    params = {"attachments": URLS, "scene_format": "split_base64"}
    truth = [{"cuboids": [cuboid(0, 10, label="object")]}]
    content = desk.answer("multistage", params, truth=truth).files["annotations"]
    assert content[0]["cuboids"][0]["position"] == cuboid(0, 10)["position"]


def test_a_mistaken_category_of_a_cuboid_is_the_same_in_every_frame(desk):
    params = {**TASK, "annotation_attributes": {"lit": {"choices": ["yes", "no"]}}}
    truth = [{"cuboids": [cuboid(0, y, attributes={"lit": "yes"})]} for y in (10, 12)]
    wrong = desk.Labelers(accuracy=0)
    content = desk.answer("lidarannotation", params, truth=truth, labelers=wrong).files
    values = [one["cuboids"][0]["attributes"] for one in content["annotations"]]
    assert values == [{"lit": "no"}, {"lit": "no"}]


@pytest.mark.parametrize("given", [[3], [{"cuboids": [{}]}], [{"cuboids": []}] * 9])
def test_a_cuboid_hypothesis_that_makes_no_sense_is_done_without(desk, given):
    params = {**TASK, "hypothesis": {"annotations": given}}
    content = desk.answer("lidarannotation", params).files["annotations"]
    assert list(page.cuboid_file_problems(params, content, [None, None])) == []


def test_a_point_map_keeps_the_height_of_its_truth(desk):
    shape = {"uuid": "p", "type": "point", "label": "pole", "x": 3, "y": 4, "z": 0.25}
    truth = {"annotations": [{**shape, "attributes": {}}], "links": []}
    params = {"attachments": URLS, "geometries": {"point": {"objects_to_annotate": ["pole"]}}}
    assert desk.answer("lidartopdown", params, truth=truth).files["annotations"] == truth


def test_a_map_truth_on_an_aerial_image_comes_back_as_it_is(desk):
    corners = [{"x": 1, "y": 4}, {"x": 40, "y": 4}, {"x": 40, "y": 80}]
    shape = {"uuid": "p", "type": "polygon", "label": "lane", "vertices": corners}
    truth = {"annotations": [{**shape, "attributes": {}}], "links": []}
    params = {"attachment": "https://e.org/block.png", "labels": ["lane"]}
    assert desk.answer("lidartopdown", params, truth=truth).files["annotations"] == truth


def test_texts_of_different_cuboids_are_different(desk, around):
    params = {
        "attachments": ["https://e.example/0.json"],
        "labels": ["car"],
        "annotation_attributes": {"plate": {"type": "text"}},
    }
    truth = [
        {
            "cuboids": [
                {
                    "uuid": f"u{number}",
                    "label": "car",
                    "position": {"x": 0, "y": 9 + number, "z": 0},
                    "dimensions": {"x": 2, "y": 4, "z": 1},
                }
                for number in range(6)
            ]
        }
    ]

    answer = desk.answer("lidarannotation", params, around, truth=truth)

    plates = [one["attributes"]["plate"] for one in answer.files["annotations"][0]["cuboids"]]
    assert len(set(plates)) > 1
