"""What the lidar and scene types take, and each documented refusal in its own words."""

from __future__ import annotations

import pytest

from scaleapi_testing._task_types._base import ParentTask

FRAMES = ["https://e.org/0.json", "https://e.org/1.json"]
CUBOIDS = {"attachments": FRAMES, "labels": ["car", {"choice": "vru", "subchoices": ["cyclist"]}]}
POINTS = {"attachments": FRAMES, "labels": ["car"], "segmentation_labels": ["road"]}
BUILT = {"lidar_task": "done", "labels": ["car"]}
LINKS = {"lidar_task": "done"}
TOP = {"attachments": FRAMES, "geometries": {"polygon": {"objects_to_annotate": ["lane"]}}}
AERIAL = {"attachment": "https://e.org/block.png", "geometries": TOP["geometries"]}
SCENE = {
    "attachments": ["https://e.org/drive.sfs"],
    "scene_format": "sensor_fusion",
    "annotation_definition": [{"type": "cuboid", "labels": ["car"]}],
    "is_frameless": False,
}
STAGES = {"project": "p", "attachments": FRAMES, "scene_format": "split_base64"}

MISSING = "Please include an attachment or attachments parameter."
NO_URL = "Please provide an attachment as a URL."
NO_STRINGS = "Invalid attachments - expected array of URLs."
FORMATS = "json protobuf split_base64 sensor_fusion"
CHOICES = "annotation imageannotation polygonannotation cuboidannotation"
WRONG_FRAMES = "Invalid lidar_task_frames - expected frame indexes of the lidar task."


@pytest.fixture
def account(around):
    """Surroundings with a completed and a pending lidar task, and one of another type."""
    tasks = (
        ParentTask("done", "lidarannotation", "completed", CUBOIDS, {}),
        ParentTask("open", "lidarannotation", "pending", CUBOIDS, None),
        ParentTask("other", "lidartopdown", "completed", TOP, {}),
    )
    around.tasks = {task.task_id: task for task in tasks}
    return around


ACCEPTED = [
    ("lidarannotation", CUBOIDS),
    (
        "lidarannotation",
        {
            **CUBOIDS,
            "attachment_type": "json",
            "max_distance_meters": 70,
            "meters_per_unit": 0.01,
            "pitch_and_roll_enabled": True,
            "annotation_attributes": {"moving": {"choices": ["yes", "no"], "global": True}},
            "hypothesis": {"annotations": [{"cuboids": []}]},
            "task_id": None,
            "tags": ["night"],
            "dependents": {
                "require_audit": True,
                "defs": [
                    {"type": "lidarlinking", "callback_url": "https://e.org/cb"},
                    {"type": "lidarsegmentation", "labels": ["car"], "lidar_task_frames": [1]},
                ],
            },
        },
    ),
    ("lidarannotation", {**CUBOIDS, "attachment_type": "protobuf"}),
    ("lidarsegmentation", POINTS),
    ("lidarsegmentation", {"attachments": FRAMES, "segmentation_labels": ["road"], "labels": []}),
    ("lidarsegmentation", {**BUILT, "lidar_task_frames": [1, 0]}),
    ("lidarlinking", LINKS),
    ("lidarlinking", {**LINKS, "annotation_type": "annotation", "lidar_task_frames": [0]}),
    (
        "lidarlinking",
        {
            **LINKS,
            "geometries": {"box": {"objects_to_annotate": ["car"]}},
            "annotation_attributes": {
                "a": {"type": "text", "conditions": {"label_condition": {"label": "car"}}}
            },
        },
    ),
    (
        "lidarlinking",
        {
            **LINKS,
            "annotation_attributes": {"a": {"type": "linked", "allowed_labels": ["cyclist"]}},
        },
    ),
    ("lidartopdown", TOP),
    ("lidartopdown", {**AERIAL, "context_attachments": [{"attachment": "https://e.org/c.png"}]}),
    ("lidartopdown", {**AERIAL, "attachment": ["https://e.org/block.png"]}),
    ("lidartopdown", {"attachments": FRAMES, "labels": ["lane"], "attachment_type": "json"}),
    ("sensorfusion", SCENE),
    ("sensorfusion", {key: value for key, value in SCENE.items() if key != "is_frameless"}),
    ("multistage", STAGES),
    ("multistage", {**STAGES, "scene_format": "sensor_fusion", "attachments": FRAMES[:1]}),
    ("multistage", {"batch": "b", "attachments": FRAMES, "scene_format": "split_base64"}),
]


@pytest.mark.parametrize(("name", "params"), ACCEPTED)
def test_a_documented_instruction_is_taken(desk, account, name, params):
    assert desk.violations(name, params, account) == []


REFUSED = [
    # lidarannotation
    ("lidarannotation", {**CUBOIDS, "attachments": None}, "attachments", MISSING),
    ("lidarannotation", {**CUBOIDS, "attachments": {}}, "attachments", NO_STRINGS),
    ("lidarannotation", {**CUBOIDS, "attachments": ["0.json"]}, "attachments[0]", NO_URL),
    (
        "lidarannotation",
        {**CUBOIDS, "attachment_type": "image"},
        "attachment_type",
        f"Invalid attachment_type - please choose one of these: {FORMATS}",
    ),
    (
        "lidarannotation",
        {**CUBOIDS, "labels": []},
        "labels",
        "Please include a labels parameter.",
    ),
    (
        "lidarannotation",
        {**CUBOIDS, "labels": [{}]},
        "labels[0]",
        "Invalid labels - expected array of strings or LabelDescription objects.",
    ),
    (
        "lidarannotation",
        {**CUBOIDS, "meters_per_unit": 0},
        "meters_per_unit",
        "Invalid meters_per_unit - expected positive number.",
    ),
    (
        "lidarannotation",
        {**CUBOIDS, "max_distance_meters": "50"},
        "max_distance_meters",
        "Invalid max_distance_meters - expected positive number.",
    ),
    (
        "lidarannotation",
        {**CUBOIDS, "pitch_and_roll_enabled": "on"},
        "pitch_and_roll_enabled",
        "Invalid pitch_and_roll_enabled - expected boolean.",
    ),
    (
        "lidarannotation",
        {**CUBOIDS, "annotation_attributes": {"a": {"type": "linked"}}},
        "annotation_attributes.a.allowed_labels",
        "Please include allowed_labels for attribute a.",
    ),
    (
        "lidarannotation",
        {**CUBOIDS, "hypothesis": {"annotations": "x"}},
        "hypothesis.annotations",
        "Please include annotations in hypothesis.",
    ),
    ("lidarannotation", {**CUBOIDS, "tags": list("abcdef")}, "tags", "At most 5 tags are allowed."),
    (
        "lidarannotation",
        {**CUBOIDS, "can_edit_base_annotations": 2},
        "can_edit_base_annotations",
        "Invalid can_edit_base_annotations - expected boolean.",
    ),
    # dependents
    (
        "lidarannotation",
        {**CUBOIDS, "dependents": []},
        "dependents.defs",
        "Please include a dependents.defs parameter.",
    ),
    (
        "lidarannotation",
        {**CUBOIDS, "dependents": {"defs": []}},
        "dependents.defs",
        "Please include a dependents.defs parameter.",
    ),
    (
        "lidarannotation",
        {**CUBOIDS, "dependents": {"defs": [{"type": "lidartopdown"}]}},
        "dependents.defs[0].type",
        "Invalid dependents.defs type - please choose one of these: lidarlinking lidarsegmentation",
    ),
    (
        "lidarannotation",
        {**CUBOIDS, "dependents": {"defs": [{"type": "lidarlinking"}], "require_audit": 1}},
        "dependents.require_audit",
        "Invalid require_audit - expected boolean.",
    ),
    (
        "lidarannotation",
        {**CUBOIDS, "dependents": {"defs": [{"type": "lidarlinking", "lidar_task": "x"}]}},
        "dependents.defs[0].lidar_task",
        "Please omit lidar_task in dependents.defs.",
    ),
    (
        "lidarannotation",
        {**CUBOIDS, "dependents": {"defs": [{"type": "lidarsegmentation"}]}},
        "dependents.defs[0].labels",
        "dependents.defs[0]: Please include a labels parameter.",
    ),
    (
        "lidarannotation",
        {
            **CUBOIDS,
            "dependents": {
                "defs": [
                    {"type": "lidarlinking"},
                    {"type": "lidarlinking", "lidar_task_frames": [2]},
                ]
            },
        },
        "dependents.defs[1].lidar_task_frames",
        f"dependents.defs[1]: {WRONG_FRAMES}",
    ),
    # lidarsegmentation
    ("lidarsegmentation", {"labels": ["car"]}, "attachments", MISSING),
    ("lidarsegmentation", {**POINTS, "attachments": ["x"]}, "attachments[0]", NO_URL),
    (
        "lidarsegmentation",
        {**BUILT, "attachments": FRAMES},
        "attachments",
        "Please include either attachments or lidar_task, not both.",
    ),
    (
        "lidarsegmentation",
        {**BUILT, "lidar_task": "nobody"},
        "lidar_task",
        "Task with that ID not found.",
    ),
    (
        "lidarsegmentation",
        {**BUILT, "lidar_task": 5},
        "lidar_task",
        "Task with that ID not found.",
    ),
    (
        "lidarsegmentation",
        {**BUILT, "lidar_task": "other"},
        "lidar_task",
        "Task other is not a lidarannotation task.",
    ),
    (
        "lidarsegmentation",
        {**BUILT, "lidar_task": "open"},
        "lidar_task",
        "Task open must be completed.",
    ),
    (
        "lidarsegmentation",
        {**BUILT, "lidar_task_frames": [2]},
        "lidar_task_frames",
        WRONG_FRAMES,
    ),
    (
        "lidarsegmentation",
        {**BUILT, "lidar_task_frames": [0, 0]},
        "lidar_task_frames",
        WRONG_FRAMES,
    ),
    (
        "lidarsegmentation",
        {**BUILT, "lidar_task_frames": [True]},
        "lidar_task_frames",
        WRONG_FRAMES,
    ),
    (
        "lidarsegmentation",
        {**POINTS, "lidar_task_frames": [0]},
        "lidar_task_frames",
        WRONG_FRAMES,
    ),
    (
        "lidarsegmentation",
        {"attachments": FRAMES, "segmentation_labels": []},
        "labels",
        "Please include a labels parameter.",
    ),
    (
        "lidarsegmentation",
        {**POINTS, "segmentation_labels": [1]},
        "segmentation_labels[0]",
        "Invalid segmentation_labels - expected array of strings or LabelDescription objects.",
    ),
    # lidarlinking
    ("lidarlinking", {}, "lidar_task", "Please include a lidar_task parameter."),
    ("lidarlinking", {"lidar_task": "nobody"}, "lidar_task", "Task with that ID not found."),
    ("lidarlinking", {"lidar_task": "open"}, "lidar_task", "Task open must be completed."),
    (
        "lidarlinking",
        {**LINKS, "annotation_type": "lineannotation"},
        "annotation_type",
        f"Invalid annotation_type - please choose one of these: {CHOICES}",
    ),
    (
        "lidarlinking",
        {**LINKS, "geometries": {}},
        "geometries",
        "Please include at least one geometry in geometries.",
    ),
    (
        "lidarlinking",
        {
            **LINKS,
            "annotation_attributes": {"a": {"type": "linked", "allowed_labels": ["vru"]}},
        },
        "annotation_attributes.a.allowed_labels",
        "Unknown label vru in attribute a.",
    ),
    ("lidarlinking", {**LINKS, "lidar_task_frames": [9]}, "lidar_task_frames", WRONG_FRAMES),
    # lidartopdown
    ("lidartopdown", {"geometries": TOP["geometries"]}, "attachments", MISSING),
    (
        "lidartopdown",
        {**TOP, "attachment": "https://e.org/a.png"},
        "attachments",
        "Please include either attachment or attachments, not both.",
    ),
    ("lidartopdown", {**AERIAL, "attachment": "block.png"}, "attachment", NO_URL),
    (
        "lidartopdown",
        {**TOP, "attachment_type": "protobuf"},
        "attachment_type",
        "Invalid attachment_type - please choose one of these: json image",
    ),
    (
        "lidartopdown",
        {**AERIAL, "context_attachments": ["https://e.org/c.png"]},
        "context_attachments[0]",
        "Invalid context_attachments - expected array of objects with an attachment.",
    ),
    (
        "lidartopdown",
        {**TOP, "geometries": {"box": {}}},
        "geometries.box",
        "Invalid geometry box - please choose one of these: polygon line point",
    ),
    (
        "lidartopdown",
        {"attachments": FRAMES},
        "geometries",
        "Please include a geometries parameter.",
    ),
    (
        "lidartopdown",
        {**TOP, "max_distance_meters": -1},
        "max_distance_meters",
        "Invalid max_distance_meters - expected positive number.",
    ),
    # sensorfusion, multistage
    ("sensorfusion", {**SCENE, "attachments": []}, "attachments", MISSING),
    (
        "sensorfusion",
        {**SCENE, "attachments": FRAMES},
        "attachments",
        "Sensor fusion tasks accept exactly one attachment.",
    ),
    (
        "sensorfusion",
        {**SCENE, "scene_format": None},
        "scene_format",
        "Please include a scene_format parameter.",
    ),
    (
        "sensorfusion",
        {**SCENE, "scene_format": "split_base64"},
        "scene_format",
        "Invalid scene_format - please choose one of these: sensor_fusion",
    ),
    (
        "sensorfusion",
        {**SCENE, "annotation_definition": ["car"]},
        "annotation_definition",
        "Please include an annotation_definition parameter.",
    ),
    (
        "sensorfusion",
        {**SCENE, "annotation_definition": {}},
        "annotation_definition",
        "Please include an annotation_definition parameter.",
    ),
    (
        "sensorfusion",
        {**SCENE, "is_frameless": 0},
        "is_frameless",
        "Invalid is_frameless - expected boolean.",
    ),
    (
        "multistage",
        {**STAGES, "project": None},
        "project",
        "Please include a project parameter.",
    ),
    ("multistage", {**STAGES, "attachments": ""}, "attachments", MISSING),
    (
        "multistage",
        {**STAGES, "scene_format": "sensor_fusion"},
        "attachments",
        "Sensor fusion tasks accept exactly one attachment.",
    ),
    (
        "multistage",
        {**STAGES, "scene_format": "json"},
        "scene_format",
        "Invalid scene_format - please choose one of these: sensor_fusion split_base64",
    ),
]


@pytest.mark.parametrize(("name", "params", "path", "text"), REFUSED)
def test_a_broken_rule_is_refused_in_its_own_words(desk, account, name, params, path, text):
    (found,) = desk.violations(name, params, account)
    assert (found.path, found.message, found.status) == (path, text, 400)
    assert found.expected


def test_violations_of_a_lidar_task_come_in_the_documented_order(desk):
    params = {
        "attachment_type": "x",
        "meters_per_unit": 0,
        "max_distance_meters": 0,
        "pitch_and_roll_enabled": 0,
        "dependents": {"defs": [{"type": "lidarlinking", "lidar_task": 1}], "require_audit": 0},
        "annotation_attributes": 0,
        "links": 0,
        "base_annotations": 0,
        "tags": list("abcdef"),
    }
    assert [found.path for found in desk.violations("lidarannotation", params)] == [
        "attachments", "attachment_type", "labels", "meters_per_unit", "max_distance_meters",
        "pitch_and_roll_enabled", "dependents.require_audit", "dependents.defs[0].lidar_task",
        "annotation_attributes", "links", "base_annotations.annotations", "tags",
    ]  # fmt: skip


def test_violations_of_a_segmentation_come_in_the_documented_order(desk, account):
    params = {"lidar_task": "other", "attachments": ["x"], "lidar_task_frames": "all", "labels": []}
    assert [found.message for found in desk.violations("lidarsegmentation", params, account)] == [
        NO_URL,
        "Please include either attachments or lidar_task, not both.",
        "Task other is not a lidarannotation task.",
        WRONG_FRAMES,
        "Please include a labels parameter.",
    ]


def test_defaults_come_back_with_the_params(desk):
    added = {"attachment_type": "json", "meters_per_unit": 1}
    assert desk.written_back("lidarannotation", CUBOIDS) == {**CUBOIDS, **added}
    assert desk.written_back("lidarsegmentation", POINTS) == {**POINTS, **added}
    assert desk.written_back("lidarsegmentation", BUILT) == BUILT
    assert desk.written_back("lidarlinking", LINKS) == LINKS
    assert desk.written_back("sensorfusion", SCENE) == SCENE
