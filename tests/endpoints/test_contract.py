"""What holds for every operation, whatever it does."""

from __future__ import annotations

import re

import pytest

from scaleapi_testing import operations

OPERATIONS = operations()
OPEN = ("GET /v2/openapi",)
"""Operations of the API that need no key."""

BEHIND_A_KEY = [
    one
    for one in OPERATIONS
    if one.path.startswith(("/v1/", "/v2/")) and f"{one.method} {one.path}" not in OPEN
]
OPEN_TO_ALL = [one for one in OPERATIONS if one not in BEHIND_A_KEY]
FILES = [one for one in OPEN_TO_ALL if not one.path.startswith("/v2/")]

INDEX = """
POST /v1/task/{}
GET /v1/task/{}
GET /v1/tasks
POST /v1/task/{}/cancel
POST /v1/task/{}/setMetadata
POST /v1/task/{}/unique_id
DELETE /v1/task/{}/unique_id
PUT /v1/task/{}/tags
POST /v1/task/{}/tags
DELETE /v1/task/{}/tags
POST /v1/task/{}/audit
POST /v1/task/{}/send-callback
POST /v1/task/{}/dependents
POST /v1/task/{}/dependents/force
POST /v1/batches
GET /v1/batches
GET /v1/batches/{}
GET /v1/batches/{}/status
POST /v1/batches/{}/finalize
POST /v1/batches/{}/setMetadata
POST /v1/batches/{}/prioritize
POST /v1/projects
GET /v1/projects
GET /v1/projects/{}
POST /v1/projects/{}/setParams
POST /v1/projects/{}/setOntology
GET /v1/projects/{}/taskTemplates
POST /v1/files/upload
POST /v1/files/import
GET /v1/assets
GET /v1/teams
POST /v1/teams/invite
POST /v1/teams/set_role
GET /v1/studio/assignments
POST /v1/studio/assignments/add
POST /v1/studio/assignments/remove
GET /v1/studio/projects/{}/groups
POST /v1/studio/projects/{}/groups
PUT /v1/studio/projects/{}/groups/{}
GET /v1/studio/batches
PUT /v1/studio/batches/{}
POST /v1/studio/batches/set_priorities
POST /v1/studio/batches/reset_priorities
POST /v1/training_tasks/{}
POST /v1/evaluation_tasks/{}
"""
"""Every operation of v1 that is documented, sent by an official client, or seen in use."""


def name(operation):
    return f"{operation.method} {operation.path}"


def shape(operation):
    return re.sub(r"\{\w+\}", "{}", name(operation))


def path(operation):
    """The operation's path with a word for each placeholder."""
    return re.sub(r"\{\w+\}", "some%2Fname", operation.path)


def test_every_operation_of_v1_is_there():
    found = [shape(one) for one in OPERATIONS if one.path.startswith("/v1/")]

    assert sorted(found) == sorted(INDEX.split("\n")[1:-1])


def test_only_files_and_the_description_of_v2_are_open_to_all():
    assert [name(one) for one in OPEN_TO_ALL] == [
        "GET /_files/{task_id}/{attachment_id}",
        "GET /v2/openapi",
        "GET /results/{uuid}",
        "GET /attachments/{owner}/{file_id}",
    ]


@pytest.mark.parametrize("operation", OPERATIONS, ids=name)
def test_an_operation_says_what_it_does_and_where_that_is_known_from(operation):
    assert re.fullmatch(r"[A-Z].*\.", operation.summary)
    assert operation.source.kind in {"documented", "client", "assumed"}
    assert len(operation.source.where) > 10


@pytest.mark.parametrize("operation", BEHIND_A_KEY, ids=name)
@pytest.mark.parametrize("key", [None, ("", ""), ("unknown", "")], ids=["none", "empty", "unknown"])
@pytest.mark.scale(api_keys=["live_fake"])
def test_an_operation_needs_a_key(api, operation, key):
    answer = api(operation.method, path(operation), auth=key)

    assert answer.status == 401
    assert answer.json == {
        "status_code": 401,
        "error": "Your API key does not correspond to a registered user.",
    }


@pytest.mark.parametrize("operation", FILES, ids=name)
def test_what_responses_point_at_needs_no_key(api, operation):
    assert api(operation.method, path(operation), auth=None).status == 404


@pytest.mark.parametrize("operation", OPERATIONS, ids=name)
def test_an_operation_answers_an_empty_call_with_a_success_or_a_plain_error(api, operation):
    answer = api(operation.method, path(operation))

    assert answer.status in {200, 400, 404}
    assert answer.headers["Content-Length"] == str(len(answer.text))
    assert answer.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("operation", OPERATIONS, ids=name)
def test_a_trailing_slash_makes_no_difference(scale, api, operation):
    without = api(operation.method, path(operation))
    route = scale.requests.last.route

    assert api(operation.method, path(operation) + "/").text == without.text
    assert scale.requests.last.route == route == operation.path


@pytest.mark.parametrize("operation", OPERATIONS, ids=name)
def test_another_verb_on_a_known_path_is_not_found(scale, api, operation):
    answer = api("PATCH", path(operation))

    assert (answer.status, answer.error) == (404, "Not Found")
    assert operation.path in scale.requests.last.notices[0]
