"""Studio: who labels what, groups of a project, and the order in which batches are worked on."""

from __future__ import annotations

import re

import pytest

ASSIGN = "/v1/studio/assignments/add"
GROUPS = "/v1/studio/projects/cells/groups"
HEX = re.compile(r"[0-9a-f]{24}")


@pytest.fixture
def project(api):
    """A Studio project, and two people who are assigned to it."""
    api("POST", "/v1/projects", {"type": "categorization", "name": "cells", "studio": True})
    people = ["ann@x.io", "bo@x.io"]
    api("POST", "/v1/teams/invite", {"emails": [*people, "cy@x.io"], "team_role": "labeler"})
    api("POST", ASSIGN, {"emails": people, "projects": ["cells"]})
    return "cells"


@pytest.fixture
def batches(api, project):
    """Three Studio batches: b1, b2 for calibration, b3."""
    for name in ("b1", "b2", "b3"):
        body = {"project": project, "name": name, "calibration_batch": name == "b2"}
        assert api("POST", "/v1/batches", body).status == 200


def names(answer):
    assert answer.status == 200, answer.text
    return [batch["name"] for batch in answer.json]


# -- assignments ------------------------------------------------------------------------------


def test_everybody_on_the_team_is_in_the_map_of_assignments(api, project):
    assert api("GET", "/v1/studio/assignments").json == {
        "owner@example.com": [],
        "ann@x.io": ["cells"],
        "bo@x.io": ["cells"],
        "cy@x.io": [],
    }


def test_a_disabled_person_is_not_in_the_map(scale, api, project):
    scale.disable_teammate("ann@x.io")

    assert "ann@x.io" not in api("GET", "/v1/studio/assignments").json


def test_a_person_whose_invitation_lapsed_is_not_in_the_map_and_comes_back_without_projects(
    scale, api, project
):
    scale.accept_invitation("bo@x.io")
    scale.clock.advance(days=7)
    lapsed = api("GET", "/v1/studio/assignments").json
    api("POST", "/v1/teams/invite", {"emails": ["ann@x.io"], "team_role": "labeler"})

    assert lapsed == {"owner@example.com": [], "bo@x.io": ["cells"]}
    assert api("GET", "/v1/studio/assignments").json["ann@x.io"] == []


def test_assigning_adds_every_project_to_everybody_and_ignores_what_is_there(api, project):
    api("POST", "/v1/projects", {"type": "categorization", "name": "dust", "studio": True})
    body = {"emails": ["bo@x.io", "cy@x.io"], "projects": ["dust", "cells"]}

    assert api("POST", ASSIGN, body).json == {
        "owner@example.com": [],
        "ann@x.io": ["cells"],
        "bo@x.io": ["cells", "dust"],
        "cy@x.io": ["dust", "cells"],
    }


def test_removing_ignores_what_is_not_there_and_takes_people_out_of_groups(api, project):
    api("POST", GROUPS, {"name": "night", "emails": ["ann@x.io", "bo@x.io"]})
    body = {"emails": ["ann@x.io", "cy@x.io"], "projects": ["cells"]}

    left = api("POST", "/v1/studio/assignments/remove", body).json

    assert left["ann@x.io"] == []
    assert left["bo@x.io"] == ["cells"]
    workers = api("GET", GROUPS).json[0]["workers"]
    assert [one["email"] for one in workers] == ["bo@x.io"]


@pytest.mark.parametrize("verb", ["add", "remove"])
@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"projects": ["cells"]}, "Please include an emails parameter."),
        ({"emails": [], "projects": ["cells"]}, "Please include an emails parameter."),
        ({"emails": ["ann@x.io"]}, "Please include a projects parameter."),
        ({"emails": ["ann@x.io"], "projects": []}, "Please include a projects parameter."),
        (
            {"emails": ["ann@x.io"], "projects": "cells"},
            "Invalid projects - expected array of strings.",
        ),
        ({"emails": ["zoe@x.io"], "projects": ["cells"]}, "Teammate zoe@x.io does not exist."),
        ({"emails": ["ann@x.io"], "projects": ["cell"]}, "Project cell does not exist."),
    ],
)
def test_a_wrong_assignment_is_refused(api, project, verb, body, error):
    answer = api("POST", f"/v1/studio/assignments/{verb}", body)

    assert (answer.status, answer.error) == (400, error)


def test_a_disabled_person_cannot_be_assigned_but_taken_off(scale, api, project):
    scale.disable_teammate("cy@x.io")
    body = {"emails": ["cy@x.io"], "projects": ["cells"]}

    added = api("POST", ASSIGN, body)

    assert (added.status, added.error) == (400, "Teammate cy@x.io is disabled.")
    assert api("POST", "/v1/studio/assignments/remove", body).status == 200


def test_a_project_outside_of_studio_can_be_assigned_and_the_journal_says_so(scale, api, project):
    api("POST", "/v1/projects", {"type": "categorization", "name": "plain"})

    answer = api("POST", ASSIGN, {"emails": ["cy@x.io"], "projects": ["plain"]})

    assert answer.json["cy@x.io"] == ["plain"]
    (notice,) = scale.requests.last.notices
    assert notice == (
        "project 'plain' is no Studio project: nobody labels it in Studio; create it with "
        "studio=true"
    )


# -- groups -----------------------------------------------------------------------------------


def test_a_group_is_answered_with_its_workers(api, project):
    group = api("POST", GROUPS, {"name": "night", "emails": ["ann@x.io"]}).json

    assert HEX.fullmatch(group.pop("id"))
    assert HEX.fullmatch(group["workers"][0].pop("id"))
    assert group == {
        "name": "night",
        "numWorkers": 1,
        "isSingleton": False,
        "workers": [{"email": "ann@x.io"}],
    }


def test_a_worker_has_one_id_in_all_groups(api, project):
    first = api("POST", GROUPS, {"name": "night", "emails": ["ann@x.io"]}).json
    second = api("POST", GROUPS, {"name": "day", "emails": ["bo@x.io", "ann@x.io"]}).json

    assert first["workers"][0] == second["workers"][1]
    assert api("GET", GROUPS).json == [first, second]


def test_members_leave_and_join(api, project):
    api("POST", GROUPS, {"name": "night", "emails": ["ann@x.io"]})
    body = {"add_emails": ["bo@x.io"], "remove_emails": ["ann@x.io", "zoe@x.io"]}

    group = api("PUT", f"{GROUPS}/night", body).json

    assert (group["numWorkers"], group["workers"][0]["email"]) == (1, "bo@x.io")
    assert api("PUT", f"{GROUPS}/night", {}).json == group


def test_disabled_members_do_not_count(scale, api, project):
    api("POST", GROUPS, {"name": "night", "emails": ["ann@x.io", "bo@x.io"]})

    scale.disable_teammate("ann@x.io")

    assert api("GET", GROUPS).json[0]["numWorkers"] == 1


def test_a_group_name_may_hold_a_slash_and_a_blank(api, project):
    api("POST", GROUPS, {"name": "late/early shift", "emails": []})

    answer = api("PUT", f"{GROUPS}/late%2Fearly%20shift", {"add_emails": ["ann@x.io"]})

    assert answer.json["numWorkers"] == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error"),
    [
        ("GET", "/v1/studio/projects/nope/groups", None, 404, "Project not found."),
        (
            "GET",
            "/v1/studio/projects/plain/groups",
            None,
            400,
            "Project plain is not a Studio project.",
        ),
        ("POST", GROUPS, {"emails": []}, 400, "Please include a name parameter."),
        ("POST", GROUPS, {"name": "", "emails": []}, 400, "Please include a name parameter."),
        ("POST", GROUPS, {"name": 3, "emails": []}, 400, "Invalid name - expected string."),
        ("POST", GROUPS, {"name": "x"}, 400, "Please include an emails parameter."),
        (
            "POST",
            GROUPS,
            {"name": "x", "emails": ["zoe@x.io"]},
            400,
            "Teammate zoe@x.io does not exist.",
        ),
        (
            "POST",
            GROUPS,
            {"name": "x", "emails": ["cy@x.io"]},
            400,
            "cy@x.io is not assigned to project cells.",
        ),
        (
            "POST",
            GROUPS,
            {"name": "night", "emails": []},
            409,
            'A group with name "night" already exists.',
        ),
        ("PUT", f"{GROUPS}/nigh", {}, 404, "Group not found."),
        (
            "PUT",
            f"{GROUPS}/night",
            {"add_emails": ["cy@x.io"]},
            400,
            "cy@x.io is not assigned to project cells.",
        ),
        (
            "PUT",
            f"{GROUPS}/night",
            {"add_emails": "bo@x.io"},
            400,
            "Invalid add_emails - expected array of strings.",
        ),
    ],
)
def test_a_wrong_call_on_groups_is_refused(api, project, method, path, body, status, error):
    api("POST", "/v1/projects", {"type": "categorization", "name": "plain"})
    api("POST", GROUPS, {"name": "night", "emails": ["ann@x.io"]})

    answer = api(method, path, body)

    assert (answer.status, answer.error) == (status, error)
    assert [one["numWorkers"] for one in api("GET", GROUPS).json] == [1]


# -- batches ----------------------------------------------------------------------------------


def test_a_studio_batch_is_answered_in_full(api, project, batches, categorization):
    created = api("POST", "/v1/task/categorization", categorization | {"batch": "b1"})
    assert created.status == 200
    known = api("GET", "/v1/projects/cells").json

    batch = api("GET", "/v1/studio/batches").json[1]

    assert HEX.fullmatch(batch.pop("id"))
    assert batch == {
        "name": "b1",
        "projectId": known["id"],
        "projectName": "cells",
        "batchType": "Production",
        "studioPriority": 2,
        "total": 1,
        "completed": 0,
        "groups": [],
    }


def test_calibration_batches_come_first_then_the_oldest(api, batches):
    answer = api("GET", "/v1/studio/batches")

    assert names(answer) == ["b2", "b1", "b3"]
    assert [one["batchType"] for one in answer.json] == ["Calibration", "Production", "Production"]
    assert [one["studioPriority"] for one in answer.json] == [1, 2, 3]


def test_completed_batches_and_those_of_other_projects_are_not_listed(
    scale, api, batches, categorization
):
    api("POST", "/v1/projects", {"type": "categorization", "name": "plain"})
    api("POST", "/v1/batches", {"project": "plain", "name": "p1"})
    api("POST", "/v1/task/categorization", categorization | {"batch": "b1"})
    api("POST", "/v1/batches/b1/finalize")
    scale.complete_all(batch="b1")

    assert names(api("GET", "/v1/studio/batches")) == ["b2", "b3"]


def test_batches_are_put_in_order_and_back(api, batches):
    order = {"batches": [{"name": "b3"}, {"name": "b2"}, {"name": "b1"}]}

    assert names(api("POST", "/v1/studio/batches/set_priorities", order)) == ["b3", "b2", "b1"]
    assert names(api("GET", "/v1/studio/batches")) == ["b3", "b2", "b1"]
    assert names(api("POST", "/v1/studio/batches/reset_priorities")) == ["b2", "b1", "b3"]


def test_a_batch_that_is_younger_than_the_order_comes_last(api, batches):
    order = {"batches": [{"name": "b3"}, {"name": "b2"}, {"name": "b1"}]}
    api("POST", "/v1/studio/batches/set_priorities", order)

    api("POST", "/v1/batches", {"project": "cells", "name": "b4", "calibration_batch": True})

    assert names(api("GET", "/v1/studio/batches")) == ["b3", "b2", "b1", "b4"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "Please include a batches parameter."),
        ({"batches": "b1"}, "Invalid batches - expected array of objects with a name."),
        ({"batches": ["b1"]}, "Invalid batches - expected array of objects with a name."),
        ({"batches": [{"id": "b1"}]}, "Invalid batches - expected array of objects with a name."),
        (
            {"batches": [{"name": "b1"}, {"name": "b1"}]},
            "Batch b1 is included more than once.",
        ),
        (
            {"batches": [{"name": "b1"}, {"name": "b2"}]},
            "You must include all pending batches.",
        ),
        ({"batches": []}, "You must include all pending batches."),
        ({"batches": [{"name": "b9"}]}, "Batch b9 does not exist."),
        ({"batches": [{"name": "p1"}]}, "Batch p1 is not a pending Studio batch."),
    ],
)
def test_a_wrong_order_is_refused_and_changes_nothing(api, batches, body, error):
    api("POST", "/v1/projects", {"type": "categorization", "name": "plain"})
    api("POST", "/v1/batches", {"project": "plain", "name": "p1"})

    answer = api("POST", "/v1/studio/batches/set_priorities", body)

    assert (answer.status, answer.error) == (400, error)
    assert names(api("GET", "/v1/studio/batches")) == ["b2", "b1", "b3"]


def test_the_journal_names_the_pending_batches_that_an_order_lacks(scale, api, batches):
    api("POST", "/v1/studio/batches/set_priorities", {"batches": [{"name": "b1"}]})

    assert scale.requests.last.notices == ["not named: b2, b3"]


def test_groups_of_a_batch_are_set_not_added(api, batches):
    api("POST", GROUPS, {"name": "night", "emails": ["ann@x.io"]})
    api("POST", GROUPS, {"name": "day", "emails": ["bo@x.io"]})
    api("PUT", "/v1/studio/batches/b1", {"groups": ["night"]})

    batch = api("PUT", "/v1/studio/batches/b1", {"groups": ["day", "day"]}).json

    assert batch["groups"] == ["day"]
    assert batch["studioPriority"] == 2
    assert api("PUT", "/v1/studio/batches/b1", {"groups": []}).json["groups"] == []


def test_an_address_stands_for_a_group_of_one(api, batches):
    batch = api("PUT", "/v1/studio/batches/b1", {"groups": ["ann@x.io"]}).json
    again = api("PUT", "/v1/studio/batches/b3", {"groups": ["ann@x.io"]}).json
    groups = api("GET", GROUPS).json

    assert batch["groups"] == again["groups"] == ["ann@x.io"]
    assert [(one["name"], one["isSingleton"], one["numWorkers"]) for one in groups] == [
        ("ann@x.io", True, 1)
    ]


def test_a_group_of_one_cannot_be_changed(api, batches):
    api("PUT", "/v1/studio/batches/b1", {"groups": ["ann@x.io"]})

    answer = api("PUT", f"{GROUPS}/ann@x.io", {"add_emails": ["bo@x.io"]})

    assert (answer.status, answer.error) == (
        400,
        "Group ann@x.io stands for one teammate and cannot be changed.",
    )


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("/v1/studio/batches/b9", {"groups": []}, 404, "Batch not found."),
        ("/v1/studio/batches/p1", {"groups": []}, 400, "Batch p1 is not a Studio batch."),
        ("/v1/studio/batches/b1", {}, 400, "Please include a groups parameter."),
        (
            "/v1/studio/batches/b1",
            {"groups": "night"},
            400,
            "Invalid groups - expected array of strings.",
        ),
        ("/v1/studio/batches/b1", {"groups": ["nigh"]}, 400, "Group nigh does not exist."),
        (
            "/v1/studio/batches/b1",
            {"groups": ["cy@x.io"]},
            400,
            "cy@x.io is not assigned to project cells.",
        ),
        (
            "/v1/studio/batches/b1",
            {"groups": ["zoe@x.io"]},
            400,
            "Teammate zoe@x.io does not exist.",
        ),
    ],
)
def test_wrong_groups_of_a_batch_are_refused(api, batches, path, body, status, error):
    api("POST", "/v1/projects", {"type": "categorization", "name": "plain"})
    api("POST", "/v1/batches", {"project": "plain", "name": "p1"})

    answer = api("PUT", path, body)

    assert (answer.status, answer.error) == (status, error)


def test_a_batch_called_set_priorities_can_have_groups(api, project):
    api("POST", "/v1/batches", {"project": "cells", "name": "set_priorities"})

    assert api("PUT", "/v1/studio/batches/set_priorities", {"groups": []}).status == 200


# -- the product ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/studio/assignments"),
        ("POST", "/v1/studio/assignments/add"),
        ("POST", "/v1/studio/assignments/remove"),
        ("GET", GROUPS),
        ("POST", GROUPS),
        ("PUT", f"{GROUPS}/night"),
        ("GET", "/v1/studio/batches"),
        ("PUT", "/v1/studio/batches/b1"),
        ("POST", "/v1/studio/batches/set_priorities"),
        ("POST", "/v1/studio/batches/reset_priorities"),
    ],
)
def test_an_account_without_studio_is_not_enabled(scale, api, method, path):
    scale.account("live_fake").studio = False

    answer = api(method, path)

    assert answer.status == 402
    assert answer.error == (
        "You have not been authorized to use this API endpoint, please contact sales at "
        "sales@scale.ai to be enabled."
    )


def test_the_client_speaks_studio(scale_client, batches):
    assignments = scale_client.list_studio_assignments()
    group = scale_client.create_project_group("cells", ["ann@x.io"], "night")
    changed = scale_client.update_project_group("cells", "night", ["bo@x.io"], ["ann@x.io"])
    given = scale_client.assign_studio_batches("b1", ["night"])
    ordered = scale_client.set_studio_batches_priorities(["b3", "b1", "b2"])

    assert assignments["ann@x.io"].assigned_projects == ["cells"]
    assert [worker.email for worker in changed.workers] == ["bo@x.io"]
    assert (group.num_workers, given.groups) == (1, ["night"])
    assert [batch.name for batch in ordered] == ["b3", "b1", "b2"]
    assert scale_client.reset_studio_batches_priorities()[0].batch_type == "Calibration"


def test_a_dump_holds_assignments_groups_and_the_order(scale, api, batches, tmp_path):
    api("POST", GROUPS, {"name": "night", "emails": ["ann@x.io"]})
    api("PUT", "/v1/studio/batches/b1", {"groups": ["night"]})
    order = {"batches": [{"name": "b3"}, {"name": "b2"}, {"name": "b1"}]}
    before = api("POST", "/v1/studio/batches/set_priorities", order).json
    groups = api("GET", GROUPS).json
    scale.dump(tmp_path / "state.json")

    with type(scale).load(tmp_path / "state.json"):
        assert api("GET", "/v1/studio/batches").json == before
        assert api("GET", GROUPS).json == groups
        assert api("GET", "/v1/studio/assignments").json["ann@x.io"] == ["cells"]
