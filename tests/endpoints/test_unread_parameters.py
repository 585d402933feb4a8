"""Parameters that an operation accepts and nothing reads: listed, and refused in strict mode."""

from __future__ import annotations

import pytest

BODIES = {
    "POST /v1/projects": {"type": "categorization", "name": "pigs"},
    "POST /v1/batches": {"project": "cows", "name": "tuesday"},
    "POST /v1/files/import": {"file_url": "https://img.example/a.png"},
    "POST /v1/teams/invite": {"emails": ["ann@x.io"], "team_role": "member"},
}

OPERATIONS = [
    "GET /v1/task/{task}",
    "GET /v1/tasks",
    "POST /v1/task/{task}/cancel",
    "POST /v1/task/{task}/setMetadata",
    "DELETE /v1/task/{task}/unique_id",
    "GET /v1/projects",
    "GET /v1/projects/cows",
    "GET /v1/batches",
    "GET /v1/batches/monday",
    "GET /v1/batches/monday/status",
    "POST /v1/batches/monday/finalize",
    "GET /v1/assets?project=cows",
    "GET /v1/teams",
    "GET /v1/studio/assignments",
    *BODIES,
]


@pytest.fixture
def world(scale, make_task):
    """A project ``cows``, its batch ``monday``, and a task; the task's id."""
    client = scale.client()
    client.create_project("cows", "categorization")
    client.create_batch("cows", "monday")
    return make_task()


def asked(api, task, operation):
    method, path = operation.format(task=task).split(" ")
    sign = "&" if "?" in path else "?"
    body = BODIES.get(operation)
    return api(method, f"{path}{sign}foo=1", body)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_query_parameter_that_nothing_reads_is_listed(scale, api, world, operation):
    answer = asked(api, world, operation)

    assert answer.status == 200
    assert [one.name for one in scale.requests.unread] == ["foo"]
    assert scale.requests.unread[0].n == scale.requests.last.n


@pytest.mark.scale(strict=True)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_strict_fake_refuses_it_and_changes_nothing(scale, api, world, operation):
    before = scale.snapshot()

    answer = asked(api, world, operation)

    assert answer.status == 400
    assert answer.error == "strict: parameter foo is read by nothing"
    assert not scale.diff(before)


def test_what_was_refused_was_not_accepted(scale, api):
    assert api("GET", "/v1/task/nope?foo=1").status == 404
    assert scale.requests.unread == []


def test_a_cancel_reads_whether_to_free_the_unique_id(scale, api, world):
    assert api("POST", f"/v1/task/{world}/cancel?clear_unique_id=true").status == 200
    assert scale.requests.unread == []


def test_a_misspelt_query_parameter_is_listed_with_the_nearest_name(scale, api, world):
    api("POST", f"/v1/task/{world}/cancel?clear_uniqueid=true")

    [unread] = scale.requests.unread
    assert unread.nearest == "clear_unique_id"


@pytest.mark.scale(strict=True)
def test_a_new_unique_id_comes_alone(scale, api, world):
    answer = api("POST", f"/v1/task/{world}/unique_id", {"unique_id": "moo", "colour": "red"})

    assert answer.status == 400
    assert scale.tasks[world].unique_id is None
