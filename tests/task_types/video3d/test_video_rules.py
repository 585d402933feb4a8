"""What the video types take, and each documented refusal in its own words.

Rules: docs/scale/video.md.
"""

from __future__ import annotations

import pytest

BOX = {"box": {"objects_to_annotate": ["forklift", "person"], "min_width": 4}}
FRAMES = ["https://e.org/0.jpg", "https://e.org/1.jpg", "https://e.org/2.jpg"]
IMAGES = {"attachments": FRAMES, "attachment_type": "image", "geometries": BOX}
VIDEO = {"attachment": "https://e.org/drive.mp4", "attachment_type": "video", "geometries": BOX}
PLAYBACK = {"attachment": "s3://bucket/drive.webm", "geometries": BOX}
BOXES = {"attachments": FRAMES, "objects_to_annotate": ["forklift"]}

MISSING = "Please include an attachment or attachments parameter."
GEOMETRIES = "box polygon line point cuboid ellipse"

FULL = {
    **IMAGES,
    "annotation_attributes": {
        "loaded": {"type": "category", "choices": ["yes", "no"], "global": True},
        "why": {
            "type": "text",
            "conditions": {"is_global": True, "label_condition": {"label": ["stop"]}},
        },
    },
    "events_to_annotate": ["stop"],
    "links": {
        "rides": {"from_allowed_labels": ["person"], "to_allowed_labels": ["forklift"]},
    },
    "hypothesis": {"annotations": {"url": "https://e.org/pre.json"}},
    "base_annotations": {
        "annotations": [{"annotations": [{"type": "box", "label": "person", "left": 1}]}]
    },
    "can_add_base_annotations": False,
    "padding": 10,
    "paddingX": 5.5,
    "layers": {"url": "https://e.org/layers.json"},
    "priority": 30,
    "clear_unique_id_on_error": True,
    "tags": ["night"],
}
ACCEPTED = [
    ("videoannotation", FULL),
    ("videoannotation", VIDEO),
    ("videoannotation", {**VIDEO, "frame_rate": 2.5, "start_time": 0, "duration_time": 4}),
    ("videoannotation", {**VIDEO, "attachment": "https://e.org/watch?v=1"}),
    ("videoannotation", {**VIDEO, "attachment": "https://e.org/DRIVE.MP4?x=.avi"}),
    ("videoannotation", {**IMAGES, "attachment": ""}),
    ("videoannotation", {**VIDEO, "attachment": "http://[a.avi"}),
    ("videoannotation", {**VIDEO, "attachment": "data:video/mp4;base64,AAAA.avi"}),
    ("videoannotation", {"attachments": FRAMES, "geometries": BOX}),
    ("videoannotation", {**VIDEO, "attachments": []}),
    ("videoplaybackannotation", PLAYBACK),
    ("videoplaybackannotation", {"attachments": FRAMES, "geometries": BOX}),
    ("videoplaybackannotation", {**PLAYBACK, "attachments": FRAMES, "with_labels": False}),
    (
        "videoplaybackannotation",
        {
            **PLAYBACK,
            "annotation_frame_rate": 5,
            "video_frame_rate": 29.92,
            "convert_to_constant_frame_rate_video": True,
            "constant_frame_rate": 30,
        },
    ),
    (
        "videoplaybackannotation",
        {
            **PLAYBACK,
            "hypothesis": {
                "annotations": {"u1": {"label": "person", "geometry": "box", "frames": []}}
            },
        },
    ),
    ("federal2dvideoannotation", {**PLAYBACK, "geometries": {"box": {"objects_to_annotate": []}}}),
    ("videoboxannotation", {**BOXES, "min_width": "3", "min_height": 2, "with_labels": False}),
    ("videoboxannotation", {**VIDEO}),
    ("videocuboidannotation", {**BOXES, "camera_height": 1.4, "camera_intrinsics": None}),
    (
        "videocuboidannotation",
        {"attachment": "https://e.org/a.ogg", "geometries": {"cuboid": {}}},
    ),
]


@pytest.mark.parametrize(("name", "params"), ACCEPTED)
def test_a_documented_instruction_is_taken(desk, name, params):
    assert desk.violations(name, params) == []


def without(params, *keys):
    return {key: value for key, value in params.items() if key not in keys}


REFUSED = [
    # VA1 to VA5
    (
        "videoannotation",
        {**IMAGES, "attachment_type": "gif"},
        "attachment_type",
        "Invalid attachment_type - please choose one of these: image video",
    ),
    ("videoannotation", without(IMAGES, "attachments"), "attachments", MISSING),
    ("videoannotation", {**IMAGES, "attachments": []}, "attachments", MISSING),
    ("videoannotation", {**VIDEO, "attachment": ""}, "attachment", MISSING),
    ("videoannotation", {"geometries": BOX}, "attachment", MISSING),
    (
        "videoannotation",
        {**IMAGES, "attachments": [7]},
        "attachments[0]",
        "Invalid attachments - expected array of URLs.",
    ),
    (
        "videoannotation",
        {**IMAGES, "attachments": "https://e.org/0.jpg"},
        "attachments",
        "Invalid attachments - expected array of URLs.",
    ),
    (
        "videoannotation",
        {**IMAGES, "attachments": [FRAMES[0], "1.jpg"]},
        "attachments[1]",
        "Please provide an attachment as a URL.",
    ),
    (
        "videoannotation",
        {**VIDEO, "attachment": "drive.mp4"},
        "attachment",
        "Please provide an attachment as a URL.",
    ),
    (
        "videoannotation",
        {**VIDEO, "attachment": 5},
        "attachment",
        "Invalid attachment - expected string.",
    ),
    (
        "videoannotation",
        {**VIDEO, "attachments": FRAMES},
        "attachments",
        "Please omit attachments when attachment_type is video.",
    ),
    (
        "videoannotation",
        {**VIDEO, "attachment": "https://e.org/a.avi?b=.mp4"},
        "attachment",
        "Invalid attachment - please choose one of these formats: mp4 webm ogg",
    ),
    (
        "videoannotation",
        {**VIDEO, "start_time": -1},
        "start_time",
        "Invalid start_time - expected non-negative number.",
    ),
    (
        "videoannotation",
        {**VIDEO, "start_time": "0"},
        "start_time",
        "Invalid start_time - expected non-negative number.",
    ),
    # C10, C5
    (
        "videoannotation",
        {**VIDEO, "duration_time": 0},
        "duration_time",
        "Invalid duration_time - expected positive number.",
    ),
    (
        "videoannotation",
        {**VIDEO, "frame_rate": "2"},
        "frame_rate",
        "Invalid frame_rate - expected positive number.",
    ),
    (
        "videoannotation",
        without(IMAGES, "geometries"),
        "geometries",
        "Please include a geometries parameter.",
    ),
    (
        "videoannotation",
        {**IMAGES, "geometries": {"sphere": {}}},
        "geometries.sphere",
        f"Invalid geometry sphere - please choose one of these: {GEOMETRIES}",
    ),
    # C7 to C9, C11
    (
        "videoannotation",
        {**IMAGES, "annotation_attributes": {"a": {"type": "category"}}},
        "annotation_attributes.a.choices",
        "Please include choices for attribute a.",
    ),
    (
        "videoannotation",
        {
            **IMAGES,
            "events_to_annotate": ["stop"],
            "annotation_attributes": {
                "a": {
                    "type": "text",
                    "conditions": {"is_global": True, "label_condition": {"label": "person"}},
                }
            },
        },
        "annotation_attributes.a.conditions.label_condition.label",
        "Unknown label person in attribute a.",
    ),
    (
        "videoannotation",
        {**IMAGES, "events_to_annotate": [1]},
        "events_to_annotate",
        "Invalid events_to_annotate - expected array of strings.",
    ),
    (
        "videoannotation",
        {
            **IMAGES,
            "links": {"on": {"from_allowed_labels": ["dog"], "to_allowed_labels": ["person"]}},
        },
        "links.on.from_allowed_labels",
        "Unknown label dog in link on.",
    ),
    (
        "videoannotation",
        {**IMAGES, "hypothesis": {"url": "https://e.org/x"}},
        "hypothesis.annotations",
        "Please include annotations in hypothesis.",
    ),
    (
        "videoannotation",
        {**IMAGES, "hypothesis": {"annotations": {}}},
        "hypothesis.annotations",
        "Please include annotations in hypothesis.",
    ),
    (
        "videoannotation",
        {
            **IMAGES,
            "base_annotations": {
                "annotations": [{"annotations": []}, {"annotations": [{"type": "line"}]}]
            },
        },
        "base_annotations.annotations[1].annotations[0].type",
        "Invalid annotation in base_annotations - unknown type line.",
    ),
    (
        "videoplaybackannotation",
        {
            **PLAYBACK,
            "hypothesis": {"annotations": {"u": {"geometry": "box", "label": "x", "frames": []}}},
        },
        "hypothesis.annotations.u.label",
        "Invalid annotation in hypothesis - unknown label x.",
    ),
    (
        "videoannotation",
        {**IMAGES, "padding_x": -1},
        "padding_x",
        "Invalid padding_x - expected non-negative number.",
    ),
    ("videoannotation", {**IMAGES, "tags": list("abcdef")}, "tags", "At most 5 tags are allowed."),
    (
        "videoannotation",
        {**IMAGES, "can_delete_base_annotations": 1},
        "can_delete_base_annotations",
        "Invalid can_delete_base_annotations - expected boolean.",
    ),
    # VP1 to VP3
    ("videoplaybackannotation", {"geometries": BOX}, "attachment", MISSING),
    (
        "videoplaybackannotation",
        {**PLAYBACK, "attachment": "s3://b/a.mkv"},
        "attachment",
        "Invalid attachment - please choose one of these formats: mp4 webm ogg",
    ),
    (
        "videoplaybackannotation",
        {**PLAYBACK, "annotation_frame_rate": 0},
        "annotation_frame_rate",
        "Invalid annotation_frame_rate - expected positive number.",
    ),
    (
        "videoplaybackannotation",
        {**PLAYBACK, "video_frame_rate": True},
        "video_frame_rate",
        "Invalid video_frame_rate - expected positive number.",
    ),
    (
        "videoplaybackannotation",
        {**PLAYBACK, "annotation_frame_rate": 31, "video_frame_rate": 30},
        "annotation_frame_rate",
        "Invalid annotation_frame_rate - must not exceed video_frame_rate.",
    ),
    (
        "videoplaybackannotation",
        {**PLAYBACK, "frame_rate": 31, "video_frame_rate": 30},
        "frame_rate",
        "Invalid annotation_frame_rate - must not exceed video_frame_rate.",
    ),
    (
        "videoplaybackannotation",
        {**PLAYBACK, "attachment_type": "movie"},
        "attachment_type",
        "Invalid attachment_type - please choose one of these: image video",
    ),
    (
        "videoplaybackannotation",
        {**PLAYBACK, "with_labels": "yes"},
        "with_labels",
        "Invalid with_labels - expected boolean.",
    ),
    (
        "federal2dvideoannotation",
        {**PLAYBACK, "constant_frame_rate": -1},
        "constant_frame_rate",
        "Invalid constant_frame_rate - expected positive number.",
    ),
    # one geometry
    (
        "videoboxannotation",
        {**BOXES, "objects_to_annotate": []},
        "objects_to_annotate",
        "Please include an objects_to_annotate parameter.",
    ),
    (
        "videoboxannotation",
        {**BOXES, "objects_to_annotate": [3]},
        "objects_to_annotate[0]",
        "Invalid objects_to_annotate - expected array of strings or LabelDescription objects.",
    ),
    (
        "videoboxannotation",
        {**BOXES, "min_width": -1},
        "min_width",
        "Invalid min_width - expected integer.",
    ),
    (
        "videoboxannotation",
        {**BOXES, "geometries": {"cuboid": {}}},
        "geometries.cuboid",
        "Invalid geometry cuboid - please choose one of these: box",
    ),
    (
        "videocuboidannotation",
        {**BOXES, "camera_intrinsics": {"fx": 1}},
        "camera_intrinsics",
        "Invalid camera_intrinsics - expected fx, fy, cx and cy.",
    ),
]


@pytest.mark.parametrize(("name", "params", "path", "text"), REFUSED)
def test_a_broken_rule_is_refused_in_its_own_words(desk, name, params, path, text):
    (found,) = desk.violations(name, params)
    assert (found.path, found.message, found.status) == (path, text, 400)
    assert found.expected


def test_violations_of_a_frame_task_come_in_the_documented_order(desk):
    params = {
        "attachment_type": "video",
        "attachment": "a.avi",
        "attachments": FRAMES,
        "start_time": -1,
        "duration_time": 0,
        "geometries": None,
        "annotation_attributes": [],
        "events_to_annotate": 0,
        "links": 0,
        "hypothesis": 0,
        "padding": -1,
        "tags": list("abcdef"),
        "clear_unique_id_on_error": "maybe",
    }
    assert [found.path for found in desk.violations("videoannotation", params)] == [
        "attachment", "attachments", "attachment", "start_time", "duration_time", "geometries",
        "annotation_attributes", "events_to_annotate", "links", "hypothesis.annotations",
        "padding", "tags", "clear_unique_id_on_error",
    ]  # fmt: skip


def test_violations_of_a_playback_task_come_in_the_documented_order(desk):
    params = {
        "annotation_frame_rate": 0,
        "attachment_type": "x",
        "start_time": -1,
        "events_to_annotate": 0,
        "duration_time": 0,
        "with_labels": 0,
    }
    assert [found.path for found in desk.violations("videoplaybackannotation", params)] == [
        "attachment", "annotation_frame_rate", "attachment_type", "start_time", "geometries",
        "events_to_annotate", "duration_time", "with_labels",
    ]  # fmt: skip


def test_defaults_come_back_with_the_params(desk):
    assert (
        desk.written_back("videoannotation", {"attachments": FRAMES, "geometries": BOX}) == IMAGES
    )
    video = desk.written_back("videoannotation", {"attachment": "s3://b/a", "geometries": BOX})
    assert (video["attachment_type"], video["frame_rate"]) == ("video", 1)
    playback = desk.written_back("videoplaybackannotation", PLAYBACK)
    added = {"attachment_type": "video", "frame_rate": 1, "with_labels": True}
    assert playback == {**PLAYBACK, **added}
    boxes = desk.written_back("videoboxannotation", BOXES)
    added = {"attachment_type": "image", "with_labels": True, "min_width": 0, "min_height": 0}
    assert boxes == {**BOXES, **added}


def test_a_completed_playback_task_tells_its_rates(desk):
    params = {**PLAYBACK, "annotation_frame_rate": 5, "video_frame_rate": 29.92}
    extra = desk.answer("videoplaybackannotation", params).extra
    facts = {"annotation_frame_rate": 5, "videoMetadata": {"video": {"fps": 29.92}}}
    assert extra == {"params": facts}


def test_federal_tasks_annotate_five_frames_a_second_by_default(desk):
    extra = desk.answer("federal2dvideoannotation", PLAYBACK).extra
    assert extra["params"]["annotation_frame_rate"] == 5


def test_keys_that_nothing_reads_are_named(desk):
    from scaleapi_testing._task_types import task_type

    kind = task_type("videoannotation")
    params = {
        "geometries": {"box": {"max_width": 3}},
        "annotation_attributes": {"a": {"type": "text", "hint": 1}},
        "links": {"on": {"colour": "red"}},
    }
    assert list(kind.unread(params)) == [
        "geometries.box.max_width (nearest: min_width)", "annotation_attributes.a.hint",
        "links.on.colour",
    ]  # fmt: skip
