"""Dependent tasks: when they are made, what they inherit, and the two calls about them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.scale(
    start_time=datetime(2026, 3, 2, 9, tzinfo=UTC), projects=[("street", "lidarannotation")]
)

ROOT = {
    "attachments": ["https://data.example.com/frame0.json"],
    "labels": ["car", "person"],
    "instruction": "Find every car.",
    "project": "street",
}
LINKING = {"type": "lidarlinking", "annotation_type": "annotation"}
SEGMENTATION = {"type": "lidarsegmentation", "labels": ["road"]}


@pytest.fixture
def make_root(api):
    def make(*defs, key="live_fake", **fields):
        body = ROOT | fields
        if defs:
            body["dependents"] = {"defs": list(defs)}
        if "require_audit" in body:
            body["dependents"]["require_audit"] = body.pop("require_audit")
        answer = api.under(key)("POST", "/v1/task/lidarannotation", body)
        assert answer.status == 200, answer.text
        return answer.json["task_id"]

    return make


@pytest.fixture
def task(api):
    def fetch(task_id):
        return api("GET", f"/v1/task/{task_id}").json

    return fetch


def kinds(scale):
    return [one.type for one in scale.tasks]


# -- when they are made -----------------------------------------------------------------------


def test_dependents_are_made_when_the_root_is_completed(scale, make_root, task):
    root_id = make_root(LINKING, SEGMENTATION)
    assert kinds(scale) == ["lidarannotation"]

    scale.complete(root_id)

    assert kinds(scale) == ["lidarannotation", "lidarlinking", "lidarsegmentation"]
    made = task(root_id)["dependents"]
    assert made == [one.task_id for one in scale.tasks][1:]
    assert [task(one)["params"]["lidar_task"] for one in made] == [root_id, root_id]
    assert [task(one)["status"] for one in made] == ["pending", "pending"]


def test_a_dependent_inherits_project_and_instruction_but_no_batch_and_no_params(
    scale, api, make_root, task
):
    api("POST", "/v1/projects/street/setParams", {"labels": ["car"], "max_distance_meters": 50})
    api("POST", "/v1/batches", {"project": "street", "name": "b1"})
    root_id = make_root(
        SEGMENTATION, batch="b1", callback_url="https://hooks.example.com/root", tags=["t"]
    )
    scale.complete(root_id)

    child = task(task(root_id)["dependents"][0])

    assert (child["project"], child["project_param_version"]) == ("street", -1)
    assert child["instruction"] == "Find every car."
    assert "batch" not in child
    assert "callback_url" not in child
    assert "tags" not in child
    assert child["params"]["labels"] == ["road"]
    assert "max_distance_meters" not in child["params"]


def test_a_dependents_own_fields_win(scale, api, make_root, task):
    api("POST", "/v1/projects", {"type": "lidarsegmentation", "name": "points"})
    own = {
        "project": "points",
        "instruction": "Mine.",
        "callback_url": "https://hooks.example.com/child",
        "unique_id": "child",
        "metadata": {"m": 1},
    }
    root_id = make_root(SEGMENTATION | own)
    scale.complete(root_id)

    child = task(task(root_id)["dependents"][0])

    assert {name: child[name] for name in own} == own


def test_dependents_wait_for_an_audit_that_approves(scale, api, make_root, task):
    root_id = make_root(LINKING, require_audit=True)

    scale.complete(root_id)
    api("POST", f"/v1/task/{root_id}/audit", {"accepted": False})
    rejected = kinds(scale)
    api("POST", f"/v1/task/{root_id}/audit", {"accepted": True})

    assert rejected == ["lidarannotation"]
    assert kinds(scale) == ["lidarannotation", "lidarlinking"]


def test_dependents_wait_for_an_audit_that_fixes(scale, make_root):
    root_id = make_root(LINKING, require_audit=True)
    scale.complete(root_id)

    scale.comment(root_id, "Almost.")
    commented = kinds(scale)
    scale.fix(root_id, {"annotations": {"url": "https://example.com/fixed"}})

    assert commented == ["lidarannotation"]
    assert kinds(scale) == ["lidarannotation", "lidarlinking"]


def test_a_canceled_or_failed_root_makes_nothing(scale, api, make_root):
    api("POST", f"/v1/task/{make_root(LINKING)}/cancel")
    scale.fail(make_root(LINKING))

    assert kinds(scale) == ["lidarannotation", "lidarannotation"]


def test_a_root_that_is_completed_again_makes_nothing_twice(scale, api, make_root, task):
    root_id = make_root(LINKING)
    scale.complete(root_id)
    made = task(root_id)["dependents"]

    scale.recall(root_id)
    scale.complete(root_id)
    api("POST", f"/v1/task/{root_id}/audit", {"accepted": True})

    assert kinds(scale) == ["lidarannotation", "lidarlinking"]
    assert task(root_id)["dependents"] == made


def test_a_test_keys_dependents_are_completed_at_once(scale, api, make_root):
    other = api.under("test_k")
    other("POST", "/v1/projects", {"type": "lidarannotation", "name": "street"})
    root_id = make_root(LINKING, key="test_k")

    root = other("GET", f"/v1/task/{root_id}").json
    child = other("GET", f"/v1/task/{root['dependents'][0]}").json

    assert (root["status"], child["status"]) == ("completed", "completed")


def test_turnaround_holds_for_dependents_too(scale, make_root, task):
    scale.turnaround(timedelta(0), task_type="lidarlinking")
    root_id = make_root(LINKING)

    scale.complete(root_id)
    scale.clock.run_until_idle()

    assert task(task(root_id)["dependents"][0])["status"] == "completed"


def test_the_roots_callback_names_its_dependents(scale, make_root, task):
    root_id = make_root(LINKING, callback_url="https://hooks.example.com/root")

    scale.complete(root_id)

    sent = scale.callbacks.last.json
    assert sent["task"]["dependents"] == task(root_id)["dependents"]
    assert len(scale.callbacks) == 1


def test_explain_tells_of_dependents(scale, make_root, task):
    root_id = make_root(LINKING)
    scale.complete(root_id)

    child_id = task(root_id)["dependents"][0]

    assert f"dependent task {child_id} (lidarlinking) was created" in scale.explain(root_id)


def test_a_dependent_that_cannot_be_made_is_told_and_keeps_none_back(
    scale, api, make_root, task, make_task
):
    make_task(unique_id="taken")
    root_id = make_root(LINKING | {"unique_id": "taken"}, SEGMENTATION)

    scale.complete(root_id)

    root = task(root_id)
    assert root["status"] == "completed"
    assert [task(one)["type"] for one in root["dependents"]] == ["lidarsegmentation"]
    assert (
        'dependent task 0 could not be created: dependents.defs[0]: The unique_id ("taken") is '
        "already used"
    ) in scale.explain(root_id)


def test_the_key_dependents_means_nothing_to_other_types(scale, api, make_task):
    task_id = make_task(dependents={"defs": [3]})

    scale.complete(task_id)

    assert kinds(scale) == ["categorization"]
    assert api("POST", f"/v1/task/{task_id}/dependents/force").status == 400


# -- changing ---------------------------------------------------------------------------------


def change(api, task_id, body):
    return api("POST", f"/v1/task/{task_id}/dependents", body)


def test_an_audit_can_be_asked_for_later(scale, api, make_root):
    root_id = make_root(LINKING)

    answer = change(api, root_id, {"require_audit": True})
    scale.complete(root_id)

    assert answer.json["task_id"] == root_id
    assert answer.json["params"]["dependents"] == {"defs": [LINKING], "require_audit": True}
    assert kinds(scale) == ["lidarannotation"]


def test_no_longer_asking_for_an_audit_makes_a_completed_roots_dependents(scale, api, make_root):
    root_id = make_root(LINKING, require_audit=True)
    scale.complete(root_id)

    answer = change(api, root_id, {"require_audit": False})

    assert len(answer.json["dependents"]) == 1
    assert kinds(scale) == ["lidarannotation", "lidarlinking"]


def test_what_was_made_cannot_be_changed(scale, api, make_root):
    root_id = make_root(LINKING)
    scale.complete(root_id)

    answer = change(api, root_id, {"require_audit": True})

    assert (answer.status, answer.error) == (400, "Dependent tasks have already been created.")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "Please include a require_audit parameter."),
        ({"require_audit": None}, "Please include a require_audit parameter."),
        ({"require_audit": "yes"}, "Invalid require_audit - expected boolean."),
    ],
)
def test_a_wrong_change_is_refused(api, make_root, body, error):
    answer = change(api, make_root(LINKING), body)

    assert (answer.status, answer.error) == (400, error)


# -- forcing ----------------------------------------------------------------------------------


def force(api, task_id):
    return api("POST", f"/v1/task/{task_id}/dependents/force")


def test_dependents_can_be_forced_without_an_audit(scale, api, make_root):
    root_id = make_root(LINKING, SEGMENTATION, require_audit=True)
    scale.complete(root_id)

    first = force(api, root_id)
    again = force(api, root_id)

    assert len(first.json["dependents"]) == 2
    assert again.json == first.json
    assert kinds(scale) == ["lidarannotation", "lidarlinking", "lidarsegmentation"]


def test_forcing_makes_what_could_not_be_made_before(scale, api, make_root, task, make_task):
    owner = make_task(unique_id="taken")
    root_id = make_root(LINKING | {"unique_id": "taken"}, SEGMENTATION)
    scale.complete(root_id)
    refused = force(api, root_id)
    api("DELETE", f"/v1/task/{owner}/unique_id")

    answer = force(api, root_id)

    assert refused.status == 400
    assert refused.error == (
        'dependents.defs[0]: The unique_id ("taken") is already used for a different task '
        f"({owner})."
    )
    made = answer.json["dependents"]
    assert [task(one)["type"] for one in made] == ["lidarlinking", "lidarsegmentation"]


def test_forcing_too_early_is_refused(api, make_root):
    root_id = make_root(LINKING)

    answer = force(api, root_id)

    assert (answer.status, answer.error) == (400, f"Task {root_id} must be completed.")


@pytest.mark.parametrize("path", ["dependents", "dependents/force"])
def test_tasks_without_dependents_and_unknown_ones_are_refused(api, make_root, path):
    root_id = make_root()

    without = api("POST", f"/v1/task/{root_id}/{path}", {"require_audit": True})
    unknown = api("POST", f"/v1/task/nope/{path}", {"require_audit": True})

    assert (without.status, without.error) == (400, f"Task {root_id} has no dependents.")
    assert (unknown.status, unknown.error) == (404, "Task with that ID not found.")


# -- state ------------------------------------------------------------------------------------


def test_a_dump_remembers_which_dependents_were_made(scale, make_root, tmp_path):
    root_id = make_root(LINKING, SEGMENTATION)
    scale.complete(root_id)
    scale.dump(tmp_path / "state.json")

    loaded = type(scale).load(tmp_path / "state.json")
    loaded.recall(root_id)
    loaded.complete(root_id)

    assert kinds(loaded) == ["lidarannotation", "lidarlinking", "lidarsegmentation"]


def test_restoring_a_snapshot_takes_dependents_back(scale, make_root, task):
    root_id = make_root(LINKING)
    before = scale.snapshot()
    scale.complete(root_id)

    scale.restore(before)

    assert kinds(scale) == ["lidarannotation"]
    scale.complete(root_id)
    assert kinds(scale) == ["lidarannotation", "lidarlinking"]
