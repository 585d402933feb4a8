"""Training and evaluation tasks: which types, projects and responses, and whose unique_id."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

TRAINING = "/v1/training_tasks/imageannotation"
EVALUATION = "/v1/evaluation_tasks/imageannotation"
RESPONSE = {
    "annotations": [{"type": "box", "label": "car", "left": 1, "top": 2, "width": 3, "height": 4}]
}

pytestmark = pytest.mark.scale(start_time=datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.fixture
def project(api):
    """A Rapid project with the params of its tasks."""
    params = {
        "instruction": "Box every car.",
        "geometries": {"box": {"objects_to_annotate": ["car"]}},
    }
    body = {"type": "imageannotation", "name": "cars", "rapid": True, "params": params}
    assert api("POST", "/v1/projects", body).status == 200
    return "cars"


@pytest.fixture
def body(project):
    return {
        "project": project,
        "attachment": "https://img.example.com/1.png",
        "expected_response": RESPONSE,
    }


def test_a_training_task_is_answered_with_what_it_inherited(api, body):
    answer = api("POST", TRAINING, body)

    assert answer.status == 200
    assert len(answer.json.pop("id")) == 24
    assert answer.json == {
        "type": "imageannotation",
        "project": "cars",
        "params": {
            "attachment": "https://img.example.com/1.png",
            "geometries": {
                "box": {
                    "objects_to_annotate": ["car"],
                    "min_width": 0,
                    "min_height": 0,
                    "examples": [],
                }
            },
            "with_labels": True,
        },
        "expected_response": RESPONSE,
        "created_at": "2026-03-02T09:00:00.000Z",
        "status": "active",
        "instruction": "Box every car.",
    }


def test_an_evaluation_task_keeps_its_initial_response_as_it_was_sent(api, body):
    initial = {"annotations": [], "note": {"b": 1, "a": [None, 2.5]}}

    answer = api("POST", EVALUATION, body | {"initial_response": initial})

    assert answer.status == 200
    assert list(answer.json["initial_response"]["note"]) == ["b", "a"]
    assert answer.json["initial_response"] == initial


def test_quality_tasks_are_no_tasks(scale, api, body):
    body["callback_url"] = "https://hooks.example.com/"

    made = api("POST", TRAINING, body).json

    assert api("GET", "/v1/tasks").json["total"] == 0
    assert api("GET", f"/v1/task/{made['id']}").status == 404
    assert len(scale.tasks) == 0
    assert len(scale.callbacks) == 0


def test_a_test_key_has_them_too(api, body):
    other = api.under("test_k")
    params = {"geometries": {"box": {"objects_to_annotate": ["car"]}}}
    project = {"type": "imageannotation", "name": "cars", "rapid": True, "params": params}
    other("POST", "/v1/projects", project)

    assert other("POST", TRAINING, body).json["status"] == "active"


@pytest.mark.parametrize("path", ["/v1/training_tasks", "/v1/evaluation_tasks"])
@pytest.mark.parametrize("name", ["categorization", "lineannotation", "imageanotation", "annotate"])
def test_other_types_are_not_found(api, path, name):
    answer = api("POST", f"{path}/{name}", {})

    assert (answer.status, answer.error) == (404, f"Task type {name} not found.")


@pytest.mark.parametrize("path", [TRAINING, EVALUATION])
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"project": None}, "Please include a project parameter."),
        ({"project": ""}, "Please include a project parameter."),
        ({"project": "car"}, "Project car does not exist."),
        ({"project": 3}, "Invalid project - expected string."),
        ({"project": "plain"}, "Project plain is not a Rapid project."),
        ({"project": "cats"}, "Project cats only accepts tasks of type categorization."),
        ({"batch": "b9"}, "Batch b9 does not exist."),
        ({"project_version": 7}, "Project cars has no version 7."),
        (
            {"attachment": None, "expected_response": None},
            "Please include an attachment or attachments parameter.",
        ),
        ({"expected_response": None}, "Please include an expected_response parameter."),
        ({"expected_response": {}}, "Please include annotations in expected_response."),
        ({"initial_response": {}}, "Please include annotations in initial_response."),
        ({"metadata": 3}, "Invalid metadata - expected object."),
        ({"unique_id": ""}, "Invalid unique_id - expected string."),
    ],
)
def test_a_wrong_quality_task_is_refused(scale, api, body, path, change, error):
    api("POST", "/v1/projects", {"type": "imageannotation", "name": "plain"})
    api("POST", "/v1/projects", {"type": "categorization", "name": "cats", "rapid": True})

    answer = api("POST", path, body | change)

    assert (answer.status, answer.error) == (400, error)
    assert scale.account("live_fake").quality_tasks == {}


def test_the_journal_names_every_violation(scale, api, body):
    api("POST", TRAINING, body | {"attachment": 3, "expected_response": {}})

    assert [notice.partition(":")[0] for notice in scale.requests.last.notices] == [
        "attachment",
        "expected_response.annotations",
    ]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (
            {"expected_response": None},
            'Parameter is invalid, reason: "expected_response" is required',
        ),
        (
            {"expected_response": 3},
            'Parameter is invalid, reason: "expected_response" must be an object',
        ),
        (
            {"expected_response": {}},
            'Parameter is invalid, reason: "expected_response.annotations" is required',
        ),
    ],
)
def test_text_types_refuse_in_the_words_of_their_validator(api, change, error):
    fields = [{"type": "text", "field_id": "name", "title": "Name"}]
    project = {
        "type": "textcollection",
        "name": "shops",
        "rapid": True,
        "params": {"fields": fields},
    }
    api("POST", "/v1/projects", project)
    body = {
        "project": "shops",
        "attachments": [{"type": "website", "content": "https://shop.example.com"}],
        "expected_response": {"annotations": {}},
    }

    assert api("POST", "/v1/training_tasks/textcollection", body).status == 200
    answer = api("POST", "/v1/training_tasks/textcollection", body | change)

    assert (answer.status, answer.error) == (400, error)


def test_a_finalized_batch_is_tolerated(api, body):
    api("POST", "/v1/batches", {"project": "cars", "name": "c1", "calibration_batch": True})
    api("POST", "/v1/batches/c1/finalize")

    assert api("POST", TRAINING, body | {"batch": "c1"}).status == 200
    assert api("GET", "/v1/batches/c1/status").json == {"status": "in_progress"}


def test_an_account_without_rapid_is_not_enabled(scale, api, body):
    scale.account("live_fake").rapid = False

    assert api("POST", TRAINING, body).status == 402
    assert api("POST", EVALUATION, {}).status == 402


def test_a_disabled_task_type_is_not_enabled(scale, api, body):
    scale.account("live_fake").disabled_task_types.add("imageannotation")

    assert api("POST", TRAINING, body).status == 402


# -- unique_id --------------------------------------------------------------------------------


def test_a_unique_id_is_used_once_among_quality_tasks(api, body):
    first = api("POST", TRAINING, body | {"unique_id": "u"}).json

    answer = api("POST", EVALUATION, body | {"unique_id": "u"})

    assert first["unique_id"] == "u"
    assert (answer.status, answer.error) == (
        409,
        f'The unique_id ("u") is already used for a different task ({first["id"]}).',
    )


def test_a_task_cannot_be_made_with_a_quality_tasks_unique_id(scale, api, body, categorization):
    first = api("POST", TRAINING, body | {"unique_id": "u"}).json

    answer = api("POST", "/v1/task/categorization", categorization | {"unique_id": "u"})

    assert (answer.status, answer.error) == (
        409,
        f'The unique_id ("u") is already used for a different task ({first["id"]}).',
    )
    assert scale.requests.last.notices == [
        f"the training task {first['id']}, created by request 2, has it"
    ]


def test_a_task_cannot_take_a_quality_tasks_unique_id(api, body, make_task):
    api("POST", TRAINING, body | {"unique_id": "u"})

    answer = api("POST", f"/v1/task/{make_task()}/unique_id", {"unique_id": "u"})

    assert answer.status == 409


def test_a_quality_task_cannot_have_a_tasks_unique_id(api, body, make_task):
    task_id = make_task(unique_id="u")

    answer = api("POST", EVALUATION, body | {"unique_id": "u"})

    assert (answer.status, answer.error) == (
        409,
        f'The unique_id ("u") is already used for a different task ({task_id}).',
    )


# -- Idempotency-Key --------------------------------------------------------------------------


def test_the_same_idempotency_key_gives_the_same_quality_task(scale, api, body):
    headers = {"Idempotency-Key": "k"}

    first = api("POST", TRAINING, body, headers=headers)
    again = api("POST", TRAINING, body, headers=headers)

    assert first.text == again.text
    assert len(scale.account("live_fake").quality_tasks) == 1


def test_an_idempotency_key_stands_for_one_path_and_body(api, body):
    headers = {"Idempotency-Key": "k"}
    api("POST", TRAINING, body, headers=headers)

    other_path = api("POST", EVALUATION, body, headers=headers)
    other_body = api("POST", TRAINING, body | {"metadata": {}}, headers=headers)

    expected = (409, 'The idempotency key ("k") is already used for a different request.')
    assert (other_path.status, other_path.error) == expected
    assert (other_body.status, other_body.error) == expected


def test_a_reply_lost_after_the_commit_is_given_again(scale, scale_client, project):
    scale.faults.add(disconnect=True, after_commit=True, times=1)

    made = scale_client.create_evaluation_task(
        "imageannotation",
        project=project,
        attachment="https://img.example.com/1.png",
        expected_response=RESPONSE,
    )

    assert list(scale.account("live_fake").quality_tasks) == [made.id]


# -- what nothing reads -----------------------------------------------------------------------


def test_an_initial_response_of_a_training_task_is_kept_and_noted(scale, api, body):
    answer = api("POST", TRAINING, body | {"initial_response": RESPONSE})

    assert answer.json["initial_response"] == RESPONSE
    assert scale.requests.last.unread == ["initial_response"]


def test_a_parameter_that_nothing_reads_is_noted(scale, api, body):
    api("POST", TRAINING, body | {"geometry": {}})

    assert scale.requests.last.unread == ["geometry (nearest: geometries)"]


@pytest.mark.scale(strict=True)
def test_a_strict_fake_refuses_a_parameter_that_nothing_reads(scale, api, body):
    answer = api("POST", TRAINING, body | {"geometry": {}})

    assert answer.status == 400
    assert scale.account("live_fake").quality_tasks == {}


# -- client and state -------------------------------------------------------------------------


def test_the_client_makes_both(scale_client, project):
    params = {"project": project, "attachment": "https://img.example.com/1.png"}

    training = scale_client.create_training_task(
        "imageannotation", expected_response=RESPONSE, **params
    )
    evaluation = scale_client.create_evaluation_task(
        "imageannotation", expected_response=RESPONSE, initial_response=RESPONSE, **params
    )

    assert training.expected_response == evaluation.initial_response == RESPONSE
    assert training.id != evaluation.id


def test_a_dump_holds_them(scale, api, body, tmp_path):
    made = api("POST", TRAINING, body | {"unique_id": "u"}).json
    scale.dump(tmp_path / "state.json")

    with type(scale).load(tmp_path / "state.json"):
        answer = api("POST", EVALUATION, body | {"unique_id": "u"})

    assert made["id"] in answer.error
