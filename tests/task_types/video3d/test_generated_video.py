"""Whatever a valid instruction asks for, the answer of a video task obeys it."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scaleapi_testing._attachments import Media

from . import video_instructions as ask
from . import video_page as page

some = settings(max_examples=40)


def around(desk, params, facts):
    surroundings = desk.Surroundings()
    for url in [params.get("attachment"), *params.get("attachments", [])]:
        surroundings.facts[url] = facts
    return surroundings


@some
@given(params=ask.framed(), facts=ask.facts)
def test_frames_of_shapes_obey_their_instruction(desk, params, facts):
    assert desk.texts("videoannotation", params) == []
    answer = desk.answer("videoannotation", params, around(desk, params, facts))
    assert list(page.framed_problems(params, answer, facts)) == []


@some
@given(params=ask.one_geometry("box"), facts=ask.facts)
def test_frames_of_boxes_obey_their_instruction(desk, params, facts):
    assert desk.texts("videoboxannotation", params) == []
    answer = desk.answer("videoboxannotation", params, around(desk, params, facts))
    labeled = params["with_labels"]
    assert list(page.framed_problems(params, answer, facts, labeled=labeled)) == []


@some
@given(params=ask.one_geometry("cuboid"), facts=ask.facts)
def test_frames_of_cuboids_obey_their_instruction(desk, params, facts):
    assert desk.texts("videocuboidannotation", params) == []
    answer = desk.answer("videocuboidannotation", params, around(desk, params, facts))
    labeled = params["with_labels"]
    assert list(page.framed_problems(params, answer, facts, labeled=labeled)) == []


@some
@given(params=ask.playback(), facts=ask.facts)
def test_tracks_on_a_video_obey_their_instruction(desk, params, facts):
    assert desk.texts("videoplaybackannotation", params) == []
    answer = desk.answer("videoplaybackannotation", params, around(desk, params, facts))
    assert list(page.playback_problems(params, answer, facts)) == []


@some
@given(params=ask.playback(), facts=ask.facts)
def test_federal_tracks_obey_their_instruction(desk, params, facts):
    assert desk.texts("federal2dvideoannotation", params) == []
    answer = desk.answer("federal2dvideoannotation", params, around(desk, params, facts))
    problems = page.playback_problems(params, answer, facts, counted=True, default_rate=5)
    assert list(problems) == []


TINY = {
    "attachments": [f"https://example.org/{frame}.jpg" for frame in range(4)],
    "geometries": {"box": {"objects_to_annotate": ["car"]}},
    "annotation_attributes": {},
    "padding": 20,
}


@settings(max_examples=150)
@given(
    geometry=st.sampled_from(["box", "polygon", "line", "point", "cuboid", "ellipse"]),
    side=st.integers(1, 40),
    padding=st.integers(0, 200),
    frames=st.integers(2, 80),
    seed=st.integers(0, 10_000),
)
@example(geometry="box", side=1, padding=20, frames=4, seed=0)
def test_nothing_jumps_in_a_picture_smaller_than_its_padding(
    desk, geometry, side, padding, frames, seed
):
    urls = [f"https://example.org/{frame}.jpg" for frame in range(frames)]
    asked = {geometry: {"objects_to_annotate": ["car"]}}
    params = {**TINY, "attachments": urls, "geometries": asked, "padding": padding}
    facts = Media(width=side, height=side)

    answer = desk.answer("federal2dvideoannotation", params, around(desk, params, facts), seed=seed)

    problems = page.playback_problems(params, answer, facts, counted=True, default_rate=5)
    assert list(problems) == []


VIDEO_TYPES = (
    "videoannotation",
    "videoplaybackannotation",
    "federal2dvideoannotation",
    "videoboxannotation",
    "videocuboidannotation",
)


@pytest.mark.parametrize("name", VIDEO_TYPES)
def test_the_same_task_gets_the_same_bytes(desk, name):
    geometry = "cuboid" if "cuboid" in name else "box"
    params = {
        "attachment": "https://e.org/a.mp4",
        "geometries": {geometry: {"objects_to_annotate": ["car"]}},
        "events_to_annotate": ["stop"],
    }
    one, other = (desk.answer(name, params, seed=4) for _ in range(2))
    assert one.bytes == other.bytes
    assert one.response == other.response


@pytest.mark.parametrize("name", VIDEO_TYPES)
def test_tasks_differ_from_each_other(desk, name):
    geometry = "cuboid" if "cuboid" in name else "box"
    params = {
        "attachment": "https://e.org/a.mp4",
        "geometries": {geometry: {"objects_to_annotate": ["car"]}},
    }
    assert desk.answer(name, params, seed=1).response != desk.answer(name, params, seed=2).response
