"""Projects that a test prepares, and which account is meant where no key is named."""

from __future__ import annotations

import pytest

from scaleapi_testing import FakeScale
from tests.conftest import CATEGORIZATION, Api

COWS = {"projects": [("cows", "categorization")]}
IN_COWS = {**CATEGORIZATION, "project": "cows"}


@pytest.mark.scale(**COWS)
def test_prepared_projects_are_there_for_every_key(scale, api):
    mine = api.under("live_mine")

    answers = [one("POST", "/v1/task/categorization", IN_COWS) for one in (api, mine)]

    assert [answer.status for answer in answers] == [200, 200]
    assert mine("GET", "/v1/projects").json[0]["name"] == "cows"
    assert {task.account for task in scale.tasks} == {"live_fake", "live_mine"}


@pytest.mark.scale(**COWS)
def test_a_key_that_calls_without_using_its_copy_adds_nothing_to_the_views(scale, api):
    before = scale.snapshot()
    api.under("live_mine")("GET", "/v1/teams")
    api.under("live_mine")("GET", "/v1/projects")

    assert [project.account for project in scale.projects] == ["live_fake"]
    assert not scale.diff(before)
    assert scale.projects["cows"].account == "live_fake"


@pytest.mark.scale(**COWS)
def test_an_index_without_account_prefers_the_one_that_was_used(scale, api):
    api.under("live_mine")("POST", "/v1/batches", {"project": "cows", "name": "b"})

    assert scale.projects["cows"].account == "live_mine"
    assert [project.account for project in scale.projects] == ["live_mine"]
    assert scale.projects.get("cows", account="live_fake").account == "live_fake"


@pytest.mark.scale(**COWS)
def test_two_accounts_that_use_it_are_both_listed(scale, api):
    for key in ("live_fake", "live_mine"):
        assert api.under(key)("GET", "/v1/projects/cows").status == 200

    assert [project.account for project in scale.projects] == ["live_fake", "live_mine"]
    with pytest.raises(LookupError, match="2 accounts have a project 'cows'"):
        _ = scale.projects["cows"]


@pytest.mark.scale(api_key="live_mine", **COWS)
def test_the_mark_can_give_them_to_one_key_alone(scale, api):
    mine = api.under("live_mine")

    refused = api("POST", "/v1/task/categorization", IN_COWS)

    assert mine("POST", "/v1/task/categorization", IN_COWS).status == 200
    assert (refused.status, refused.error) == (400, "Project cows does not exist.")
    assert "project 'cows' exists under another key (live_m…)" in scale.requests[0].notices[1]


@pytest.mark.scale(api_key="live_mine", **COWS)
def test_the_client_of_such_a_test_holds_that_key(scale, scale_client):
    scale_client.create_task("categorization", **IN_COWS)

    assert scale.tasks[0].account == "live_mine"


@pytest.mark.scale(api_keys=["live_mine"], **COWS)
def test_the_one_key_let_in_is_the_default_account(scale, scale_client):
    task = scale_client.create_task("categorization", **IN_COWS)

    assert scale.tasks[task.id].account == "live_mine"
    assert scale.account() is scale.account("live_mine")
    assert scale.callback_auth_key == scale.account("live_mine").callback_auth_key
    assert [project.account for project in scale.projects] == ["live_mine"]
    assert "live_f" not in repr(list(scale.projects)) + repr(scale.tasks[0])


@pytest.mark.scale(api_keys=["live_a", "live_b"], **COWS)
def test_of_several_keys_let_in_each_has_the_projects(scale, api):
    answers = [
        api.under(key)("POST", "/v1/task/categorization", IN_COWS).status
        for key in ("live_b", "live_a", "live_c")
    ]

    assert answers == [200, 200, 401]
    assert scale.account().key == "live_a"


def test_the_order_of_a_set_of_keys_does_not_depend_on_the_process():
    assert FakeScale(api_keys={"live_b", "live_c", "live_a"}).account().key == "live_a"


def test_a_key_that_calls_later_has_projects_that_were_added_before_or_after(scale, api):
    early, late = api.under("live_early"), api.under("live_late")
    early("GET", "/v1/teams")
    scale.add_projects(["cows"])

    assert early("GET", "/v1/projects/cows").status == 200
    assert late("GET", "/v1/projects/cows").status == 200


def test_projects_can_be_added_to_one_account(scale, api):
    scale.add_projects([("cows", "categorization")], api_key="live_mine")

    assert [project.account for project in scale.projects] == ["live_mine"]
    assert api("GET", "/v1/projects/cows").status == 404
    assert "exists under another key (live_m…)" in " ".join(scale.requests.last.notices)


def test_prepared_projects_outlive_snapshots_forks_and_dumps_and_end_with_a_reset(
    scale, api, tmp_path
):
    scale.add_projects([("cows", "categorization")])
    snapshot = scale.snapshot()
    scale.dump(tmp_path / "dump.json")
    copies = [scale.fork(), FakeScale.load(tmp_path / "dump.json")]
    scale.reset()
    missing = api.under("live_new")("GET", "/v1/projects/cows").status
    scale.restore(snapshot)

    assert missing == 404
    assert api.under("live_newer")("GET", "/v1/projects/cows").status == 200
    for fake in copies:
        with fake:
            assert Api("live_newest")("GET", "/v1/projects/cows").status == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "what"),
    [
        ("GET", "/v1/projects/cows", None, "project 'cows'"),
        ("POST", "/v1/projects/cows/setParams", {}, "project 'cows'"),
        ("POST", "/v1/batches", {"project": "cows", "name": "x"}, "project 'cows'"),
        ("POST", "/v1/task/categorization", IN_COWS, "project 'cows'"),
        ("GET", "/v1/tasks?project=cows", None, "project 'cows'"),
        ("GET", "/v1/batches/monday", None, "batch 'monday'"),
        ("POST", "/v1/batches/monday/finalize", None, "batch 'monday'"),
        ("POST", "/v1/task/categorization", {**CATEGORIZATION, "batch": "monday"}, "batch"),
        ("GET", "/v1/tasks?batch=monday", None, "batch 'monday'"),
        ("PUT", "/v1/studio/batches/monday", {"groups": []}, "batch 'monday'"),
    ],
)
def test_what_exists_under_another_key_is_said_to(scale, api, method, path, body, what):
    owner = api.under("live_owner")
    owner("POST", "/v1/projects", {"type": "categorization", "name": "cows"})
    owner("POST", "/v1/batches", {"project": "cows", "name": "monday"})

    api(method, path, body)

    told = " ".join(scale.requests.last.notices)
    assert what in told
    assert "exists under another key (live_o…); this call carries live_f…" in told


@pytest.mark.parametrize("api_keys", [["live_a"], ["live_a", "live_b"], []])
def test_no_message_names_a_key_that_nobody_wrote(api_keys):
    fake = FakeScale(api_keys=api_keys)

    with pytest.raises(ValueError, match="api_keys=") as error:
        fake.account("live_zzzzzzzzz")

    assert "live_f" not in str(error.value)


def test_an_empty_list_of_keys_has_no_account():
    with pytest.raises(ValueError, match="no key is let in and there is no account"):
        FakeScale(api_keys=[]).account()
