"""Which tasks follow a lidarannotation task, and with which bodies."""

from __future__ import annotations

from scaleapi_testing._task_types._scenes.dependents import children, needs_audit

LINKING = {"type": "lidarlinking", "annotation_type": "annotation", "callback_url": "https://e.org"}
POINTS = {"type": "lidarsegmentation", "labels": ["car"], "instruction": "Colour it."}
ROOT = {"attachments": ["https://e.org/0"], "labels": ["car"]}
ANNOTATIONS = "annotation imageannotation polygonannotation cuboidannotation"
COMMON = {"project": "drive", "instruction": "Box it.", "batch": "b1", "unique_id": "u"}


def test_one_task_follows_for_each_definition_in_order():
    params = {**ROOT, "dependents": {"defs": [LINKING, POINTS]}}
    assert children(params, "root", COMMON) == [
        {
            "type": "lidarlinking",
            "body": {
                "annotation_type": "annotation",
                "callback_url": "https://e.org",
                "project": "drive",
                "instruction": "Box it.",
                "lidar_task": "root",
            },
        },
        {
            "type": "lidarsegmentation",
            "body": {
                "labels": ["car"],
                "instruction": "Colour it.",
                "project": "drive",
                "lidar_task": "root",
            },
        },
    ]


def test_nothing_is_inherited_from_a_root_that_has_nothing():
    params = {**ROOT, "dependents": {"defs": [{"type": "lidarlinking"}]}}
    assert children(params, "root", {}) == [
        {"type": "lidarlinking", "body": {"lidar_task": "root"}}
    ]


def test_a_task_without_dependents_is_followed_by_none():
    assert children(ROOT, "root", COMMON) == []


def test_the_roots_params_stay_as_they_are():
    params = {**ROOT, "dependents": {"defs": [dict(LINKING)]}}
    children(params, "root", COMMON)
    assert params == {**ROOT, "dependents": {"defs": [LINKING]}}


def test_an_audit_is_needed_only_when_it_was_asked_for():
    defs = [LINKING]
    assert needs_audit({"dependents": {"defs": defs, "require_audit": True}}) is True
    assert needs_audit({"dependents": {"defs": defs}}) is False
    assert needs_audit(ROOT) is False


def test_the_body_of_a_child_is_a_valid_create(desk, around):
    params = {**ROOT, "dependents": {"defs": [LINKING, POINTS]}}
    assert desk.violations("lidarannotation", params) == []
    desk.complete("lidarannotation", params, around)
    found = [
        desk.violations(child["type"], child["body"], around)
        for child in children(params, "root", COMMON)
    ]
    assert found == [[], []]


def test_every_violation_of_every_definition_is_named(desk):
    defs = [
        {"type": "lidarsegmentation", "attachments": ["https://e.org/1"]},
        {"type": "lidarlinking", "annotation_type": "x", "tags": list("abcdef")},
    ]
    found = desk.violations("lidarannotation", {**ROOT, "dependents": {"defs": defs}})
    assert [one.message for one in found] == [
        "dependents.defs[0]: Please include either attachments or lidar_task, not both.",
        "dependents.defs[0]: Please include a labels parameter.",
        f"dependents.defs[1]: Invalid annotation_type - please choose one of these: {ANNOTATIONS}",
        "dependents.defs[1]: At most 5 tags are allowed.",
    ]
