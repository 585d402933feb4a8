"""No JSON, however odd, makes a check raise, and every violation is complete."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scaleapi_testing._task_types import task_type

from . import lidar_instructions as lidar
from . import video_instructions as video

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -(10**400), 0, -1, 1]),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(["https://e.org/a.mp4", "http://[", "image", "video", "json", "box", ""]),
)
KEYS = """
box point cuboid objects_to_annotate choice subchoices type conditions label_condition label url
attribute_conditions is_global annotations uuid geometry frames key cuboids defs require_audit
lidar_task labels choices allowed_labels from_allowed_labels
"""
words = st.text(max_size=4) | st.sampled_from(KEYS.split())
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
TYPES = [
    "videoannotation", "videoplaybackannotation", "federal2dvideoannotation", "videoboxannotation",
    "videocuboidannotation", "lidarannotation", "lidarsegmentation", "lidarlinking", "lidartopdown",
    "sensorfusion", "multistage",
]  # fmt: skip
VALID = st.one_of(
    video.framed(), video.playback(), lidar.segmentation(), lidar.linking(), lidar.topdown()
)


@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=25)
@given(data=st.data())
def test_no_json_makes_a_check_raise(desk, name, data):
    keys = sorted(task_type(name).keys)
    params = data.draw(st.dictionaries(st.sampled_from(keys), json_values, max_size=8))
    base = data.draw(st.just({}) | VALID)
    found = desk.violations(name, {**base, **params})
    assert all(one.path and one.message and one.expected for one in found)
    assert {one.status for one in found} <= {400}


@st.composite
def damaged(draw):
    """A valid instruction with one part, at the top or one step below, replaced by anything."""
    base = draw(VALID.filter(bool))
    key = draw(st.sampled_from(sorted(base)))
    inner = base[key]
    if isinstance(inner, dict) and inner:
        return {**base, key: {**inner, draw(st.sampled_from(sorted(inner))): draw(json_values)}}
    return {**base, key: draw(json_values)}


@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=15)
@given(params=damaged())
def test_nothing_inside_a_valid_instruction_makes_a_check_raise(desk, name, params):
    assert all(found.message for found in desk.violations(name, params))


@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=10)
@given(data=st.data())
def test_unread_keys_are_named_whatever_was_sent(desk, name, data):
    kind = task_type(name)
    params = data.draw(st.dictionaries(st.sampled_from(sorted(kind.keys)), json_values))
    found = list(kind.unread(params)) if kind.unread else []
    assert all(isinstance(path, str) for path in found)


@pytest.mark.parametrize("name", TYPES)
def test_deeply_nested_parameters_do_not_make_a_check_raise(desk, name):
    nested: dict = {"type": "lidarsegmentation", "labels": ["a"]}
    for _ in range(3000):
        nested = {"type": "lidarsegmentation", "dependents": {"defs": [nested]}, "label": nested}
    params = {
        "attachments": ["https://e.org/a"],
        "labels": ["car"],
        "dependents": {"defs": [nested]},
        "geometries": {"box": nested},
        "annotation_definition": [nested],
        "hypothesis": {"annotations": [nested]},
    }
    assert isinstance(desk.violations(name, params), list)


ABSURD = st.sampled_from([1e-308, 1e-9, 1e9, 1e300, 10**15, 1, 0, "7", None, True, [], {}, "x"])


@st.composite
def absurd(draw, name):
    """An instruction of ``name`` that is valid but for a few numbers, which are absurd."""
    bases = {
        "videoboxannotation": video.one_geometry("box"),
        "videocuboidannotation": video.one_geometry("cuboid"),
        "videoannotation": video.framed(),
        "videoplaybackannotation": video.playback(),
        "federal2dvideoannotation": video.playback(),
        "lidarannotation": lidar.cuboids(1, 3),
        "lidarsegmentation": lidar.segmentation(),
        "lidarlinking": lidar.linking(),
        "lidartopdown": lidar.topdown(),
        "sensorfusion": st.just({"scene_format": "sensor_fusion"}),
        "multistage": st.just({"project": "p", "scene_format": "split_base64"}),
    }
    params = {**draw(bases[name])}
    if not name.startswith(("video", "federal", "lidarlinking")):
        params["attachments"] = ["https://e.org/a"]
    if name == "sensorfusion":
        params["annotation_definition"] = draw(
            st.lists(st.dictionaries(words, json_values), min_size=1, max_size=3)
        )
    if name == "lidarlinking":
        params["lidar_task"] = "root"
    keys = sorted(task_type(name).keys - {"attachments", "attachment", "geometries", "labels"})
    return params | draw(st.dictionaries(st.sampled_from(keys), ABSURD | json_values, max_size=4))


@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=12, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_whatever_is_accepted_can_be_answered(desk, name, data):
    around = desk.Surroundings()
    desk.complete("lidarannotation", data.draw(lidar.cuboids(1, 3)), around)
    params = data.draw(absurd(name))
    assume(not desk.violations(name, params, around))
    assert desk.answer(name, params, around, seed=1).response
