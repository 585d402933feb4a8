"""Whatever a valid instruction asks for, the answer of a lidar task obeys it and its frames."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaleapi_testing._attachments import Media

from . import lidar_instructions as ask
from . import lidar_page as page

some = settings(max_examples=30)


def around(desk, frames):
    surroundings = desk.Surroundings()
    for url, frame in zip(ask.URLS, frames, strict=False):
        if frame is not None:
            surroundings.facts[url] = Media(content=json.dumps(frame).encode())
    return surroundings


@some
@given(data=st.data(), scene=ask.scenes())
def test_cuboids_obey_their_instruction_and_their_frames(desk, data, scene):
    unit, frames = scene
    params = data.draw(ask.cuboids(unit, len(frames)))
    surroundings = around(desk, frames)
    assert desk.texts("lidarannotation", params, surroundings) == []
    answer = desk.answer("lidarannotation", params, surroundings)
    assert set(answer.response) == {"annotations"}
    assert list(page.cuboid_file_problems(params, answer.files["annotations"], frames)) == []


@some
@given(params=ask.segmentation(), scene=ask.scenes(), seed=st.integers(0, 99))
def test_point_labels_obey_their_instruction(desk, params, scene, seed):
    unit, frames = scene
    params = {**params, "attachments": ask.URLS[: len(frames)], "meters_per_unit": unit}
    surroundings = around(desk, frames)
    assert desk.texts("lidarsegmentation", params, surroundings) == []
    answer = desk.answer("lidarsegmentation", params, surroundings, seed=seed)
    assert list(page.segmentation_problems(params, answer, frames)) == []


@st.composite
def built_on(draw):
    """A scene, the cuboid task on it, and which of its frames the next task uses."""
    unit, frames = draw(ask.scenes())
    root = draw(ask.cuboids(unit, len(frames)))
    every = list(range(len(frames)))
    chosen = draw(st.none() | st.lists(st.sampled_from(every), min_size=1, unique=True))
    return frames, root, chosen


def used(frames, root_answer, chosen):
    places = range(len(frames)) if chosen is None else chosen
    content = root_answer.files["annotations"]
    return [frames[place] for place in places], [content[place]["cuboids"] for place in places]


@some
@given(params=ask.segmentation(), base=built_on(), seed=st.integers(0, 99))
def test_point_labels_agree_with_the_cuboids_they_build_on(desk, params, base, seed):
    frames, root, chosen = base
    surroundings = around(desk, frames)
    root_answer = desk.complete("lidarannotation", root, surroundings, seed=seed)
    params = {**params, "lidar_task": "root"}
    if chosen is not None:
        params["lidar_task_frames"] = chosen
    assert desk.texts("lidarsegmentation", params, surroundings) == []
    answer = desk.answer("lidarsegmentation", params, surroundings, seed=seed)
    scene, cuboids = used(frames, root_answer, chosen)
    assert list(page.segmentation_problems(params, answer, scene, cuboids)) == []


@some
@given(scene=ask.scenes(readable=True), seed=st.integers(0, 99))
def test_an_instance_keeps_its_index_over_all_frames(desk, scene, seed):
    unit, frames = scene
    surroundings = around(desk, frames)
    root = {"attachments": ask.URLS[: len(frames)], "labels": ["car"], "meters_per_unit": unit}
    root_answer = desk.complete("lidarannotation", root, surroundings, seed=seed)
    params = {
        "lidar_task": "root",
        "labels": [{"choice": "car", "instance_label": True}],
        "segmentation_labels": ["road"],
    }
    content = desk.answer("lidarsegmentation", params, surroundings).files["point_segmentations"]
    scene, cuboids = used(frames, root_answer, None)
    assert list(page.instance_problems(content, scene, cuboids)) == []


@some
@given(params=ask.linking(), base=built_on(), seed=st.integers(0, 99))
def test_shapes_in_cameras_agree_with_the_cuboids(desk, params, base, seed):
    frames, root, chosen = base
    surroundings = around(desk, frames)
    root_answer = desk.complete("lidarannotation", root, surroundings, seed=seed)
    params = {**params, "lidar_task": "root"}
    if chosen is not None:
        params["lidar_task_frames"] = chosen
    assert desk.texts("lidarlinking", params, surroundings) == []
    answer = desk.answer("lidarlinking", params, surroundings, seed=seed)
    shape = {"polygonannotation": "polygon", "cuboidannotation": "cuboid"}
    default = shape.get(params.get("annotation_type"), "box")
    geometries = params.get("geometries") or {default: {"objects_to_annotate": root["labels"]}}
    scene, cuboids = used(frames, root_answer, chosen)
    content = answer.files["annotations"]
    assert list(page.linking_problems(params, content, scene, cuboids, geometries)) == []


@some
@given(params=ask.topdown(), scene=ask.scenes(), seed=st.integers(0, 99))
def test_shapes_from_above_lie_on_their_scene(desk, params, scene, seed):
    unit, frames = scene
    params = {**params, "attachments": ask.URLS[: len(frames)], "meters_per_unit": unit}
    surroundings = around(desk, frames)
    assert desk.texts("lidartopdown", params, surroundings) == []
    answer = desk.answer("lidartopdown", params, surroundings, seed=seed)
    assert list(page.topdown_problems(params, answer.files["annotations"], frames)) == []


@some
@given(params=ask.topdown(), size=st.tuples(st.integers(10, 900), st.integers(10, 900)))
def test_shapes_on_an_aerial_image_lie_inside_it(desk, params, size):
    params = {**params, "attachment": "https://example.org/block.png"}
    assert desk.texts("lidartopdown", params) == []
    metadata = {"width": size[0], "height": size[1]}
    answer = desk.answer("lidartopdown", params, metadata=metadata)
    assert list(page.topdown_problems(params, answer.files["annotations"], None, size)) == []


DEFINITIONS = st.sampled_from(
    [
        ([{"type": "cuboid", "labels": ["car", "bus"]}], {"car", "bus"}),
        ([{"label": "van"}, {"labels": [{"choice": "bike"}]}], {"van", "bike"}),
        ([{"type": "event"}], {"object"}),
    ]
)


@some
@given(definition=DEFINITIONS, frames=st.none() | st.integers(1, 30), seed=st.integers(0, 99))
def test_paths_in_a_scene_obey_its_definitions(desk, definition, frames, seed):
    params = {
        "attachments": ["https://example.org/drive.sfs"],
        "scene_format": "sensor_fusion",
        "annotation_definition": definition[0],
        "is_frameless": False,
    }
    surroundings = desk.Surroundings()
    surroundings.facts["https://example.org/drive.sfs"] = Media(frames=frames)
    assert desk.texts("sensorfusion", params, surroundings) == []
    answer = desk.answer("sensorfusion", params, surroundings, seed=seed)
    problems = page.scene_problems(definition[1], answer.files["annotations"], frames or 5)
    assert list(problems) == []


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("lidarannotation", {"attachments": ask.URLS, "labels": ["car"]}),
        ("lidarsegmentation", {"attachments": ask.URLS, "labels": ["car", "road"]}),
        ("lidartopdown", {"attachments": ask.URLS, "labels": ["lane"]}),
        (
            "sensorfusion",
            {"attachments": ["https://e.org/a.sfs"], "annotation_definition": [{"label": "car"}]},
        ),
    ],
)
def test_the_same_task_gets_the_same_bytes(desk, name, params):
    one, other = (desk.answer(name, params, seed=4) for _ in range(2))
    assert one.bytes == other.bytes
