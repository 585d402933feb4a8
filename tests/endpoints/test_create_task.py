"""How a task comes into being: the order of checks, inheritance, keys that are never used twice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest


@pytest.fixture
def project(api):
    api(
        "POST",
        "/v1/projects",
        {
            "type": "categorization",
            "name": "cats",
            "params": {"instruction": "Look closely.", "categories": ["cat", "dog"]},
        },
    )
    return "cats"


def test_a_missing_parameter_is_named_in_scales_words(api):
    answer = api("POST", "/v1/task/categorization", {"instruction": "x"})

    assert answer.json == {
        "status_code": 400,
        "error": "Please provide an attachment as a URL or plaintext.",
    }


def test_all_violations_stand_in_the_journal_though_the_reply_carries_the_first(scale, api):
    api("POST", "/v1/task/imageannotation", {"attachment": 3, "geometries": {"blob": {}}})

    notices = scale.requests.last.notices
    assert len(notices) >= 2
    assert notices[0].startswith("attachment: Invalid attachment - expected string.")
    assert any("geometries" in notice for notice in notices)


def test_broken_common_fields_are_told_together_with_the_types_own(scale, api, categorization):
    wrong = {
        "attachment": None,
        "callback_url": "x",
        "metadata": 3,
        "priority": "a",
        "unique_id": 1,
    }

    answer = api("POST", "/v1/task/categorization", categorization | wrong)

    assert answer.error == "Please provide an attachment as a URL or plaintext."
    told = [notice.partition(":")[0] for notice in scale.requests.last.notices]
    assert told == ["attachment", "callback_url", "metadata", "priority", "unique_id"]


def test_an_unknown_type_names_the_nearest_one_in_the_journal(scale, api):
    answer = api("POST", "/v1/task/imageanotation", {})

    assert (answer.status, answer.error) == (404, "Task type imageanotation not found.")
    assert "imageannotation" in scale.requests.last.notices[0]


def test_the_early_verb_categorize_makes_a_categorization(api, categorization):
    assert api("POST", "/v1/task/categorize", categorization).json["type"] == "categorization"


def test_what_the_request_lacks_comes_from_the_project(api, project, categorization):
    del categorization["categories"]

    task = api("POST", "/v1/task/categorization", categorization | {"project": project}).json

    assert task["params"]["categories"] == ["cat", "dog"]
    assert task["instruction"] == "Look closely."
    assert task["project_param_version"] == 0


def test_the_projects_instruction_is_appended_to_the_tasks(api, project, categorization):
    body = categorization | {"project": project, "instruction": "First."}

    task = api("POST", "/v1/task/categorization", body).json

    assert task["instruction"] == "First.\n\nLook closely."


def test_params_of_the_request_win_and_later_versions_leave_old_tasks_alone(
    api, project, categorization
):
    body = categorization | {"project": project, "categories": ["bird"]}
    old = api("POST", "/v1/task/categorization", body).json
    api("POST", "/v1/projects/cats/setParams", {"categories": ["fish"], "patch": True})
    del body["categories"]
    new = api("POST", "/v1/task/categorization", body).json
    first = api("POST", "/v1/task/categorization", body | {"project_version": 0}).json
    none = api("POST", "/v1/task/categorization", body | {"project_version": -1})

    assert old["params"]["categories"] == ["bird"]
    assert (new["params"]["categories"], new["project_param_version"]) == (["fish"], 1)
    assert (first["params"]["categories"], first["project_param_version"]) == (["cat", "dog"], 0)
    assert none.error == "Please include a categories parameter."
    assert api("POST", "/v1/task/categorization", body | {"project_version": 7}).status == 400


def test_a_batch_brings_its_project(api, project, categorization):
    api("POST", "/v1/batches", {"project": project, "name": "w10"})

    task = api("POST", "/v1/task/categorization", categorization | {"batch": "w10"}).json

    assert (task["project"], task["batch"]) == ("cats", "w10")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"project": "nope"}, "Project nope does not exist."),
        ({"batch": "nope"}, "Batch nope does not exist."),
        ({"project": 7}, "Invalid project - expected string."),
        ({"callback_url": "ftp://x"}, "Invalid callback_url."),
        ({"metadata": [1]}, "Invalid metadata - expected object."),
        ({"tags": [1]}, "Invalid tags - expected array of strings."),
        ({"unique_id": ""}, "Invalid unique_id - expected string."),
        ({"unique_id": 5}, "Invalid unique_id - expected string."),
        ({"instruction": 5}, "Invalid instruction - expected string."),
        ({"priority": "high"}, "Invalid priority - expected number."),
        ({"priority": "5"}, "Invalid priority - expected number."),
    ],
)
def test_bad_common_fields_are_refused_by_name(scale, api, categorization, fields, error):
    answer = api("POST", "/v1/task/categorization", categorization | fields)

    assert (answer.status, answer.error) == (400, error)
    assert len(scale.tasks) == 0


def test_a_batch_of_another_project_and_a_project_of_another_type_are_refused(
    api, project, categorization
):
    api("POST", "/v1/projects", {"type": "imageannotation", "name": "boxes"})
    api("POST", "/v1/batches", {"project": "boxes", "name": "b"})

    wrong_batch = api(
        "POST", "/v1/task/categorization", categorization | {"project": "cats", "batch": "b"}
    )
    wrong_type = api("POST", "/v1/task/categorization", categorization | {"project": "boxes"})

    assert wrong_batch.error == "Batch b does not belong to project cats."
    assert wrong_type.error == "Project boxes only accepts tasks of type imageannotation."


def test_a_used_unique_id_is_a_409_that_names_the_task(api, make_task, categorization):
    task_id = make_task(unique_id="belt-17")

    answer = api("POST", "/v1/task/categorization", categorization | {"unique_id": "belt-17"})

    assert answer.status == 409
    assert answer.error == (
        f'The unique_id ("belt-17") is already used for a different task ({task_id}).'
    )


def test_the_same_unique_id_under_two_keys_is_no_conflict(make_task):
    assert make_task(unique_id="a") != make_task(key="other", unique_id="a")


def test_an_idempotency_key_gives_the_first_result_again(scale, api, categorization):
    headers = {"Idempotency-Key": "k1"}
    path = "/v1/task/categorization"

    first = api("POST", path, categorization, headers=headers)
    again = api("POST", path, categorization, headers=headers)
    other = api("POST", path, categorization | {"instruction": "x"}, headers=headers)

    assert again.text == first.text
    assert len(scale.tasks) == 1
    assert (other.status, other.error) == (
        409,
        'The idempotency key ("k1") is already used for a different request.',
    )


def test_an_idempotency_key_is_forgotten_after_a_virtual_day(scale, api, categorization):
    headers = {"Idempotency-Key": "k1"}
    api("POST", "/v1/task/categorization", categorization, headers=headers)

    scale.clock.advance(hours=23, minutes=59)
    api("POST", "/v1/task/categorization", categorization, headers=headers)
    assert len(scale.tasks) == 1
    scale.clock.advance(minutes=1)
    api("POST", "/v1/task/categorization", categorization, headers=headers)
    assert len(scale.tasks) == 2


def test_an_idempotency_key_repeats_a_refusal_too(api, categorization):
    headers = {"Idempotency-Key": "k1"}
    body = {"attachment_type": "text"}

    first = api("POST", "/v1/task/categorization", body, headers=headers)
    second = api("POST", "/v1/task/categorization", body, headers=headers)

    assert (first.status, first.text) == (400, second.text)


def test_a_call_that_failed_before_its_commit_leaves_no_trace_of_its_key(
    scale, api, categorization
):
    headers = {"Idempotency-Key": "k1"}
    scale.faults.add(status=500, times=1)

    lost = api("POST", "/v1/task/categorization", categorization, headers=headers)
    made = api("POST", "/v1/task/categorization", categorization, headers=headers)

    assert (lost.status, made.status) == (500, 200)


def test_a_result_hidden_by_a_fault_after_its_commit_is_what_the_key_gives(
    scale, api, categorization
):
    headers = {"Idempotency-Key": "k1"}
    scale.faults.add(status=503, after_commit=True, times=1)

    lost = api("POST", "/v1/task/categorization", categorization, headers=headers)
    again = api("POST", "/v1/task/categorization", categorization, headers=headers)

    assert (lost.status, again.status) == (503, 200)
    assert [task.id for task in scale.tasks] == [again.json["task_id"]]


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"[" * 100_000, b"NaN", b'{"a": Infinity}', b"[]", b"3", b'"x"']
)
def test_a_body_that_is_no_json_object_is_a_400(api, body):
    answer = api("POST", "/v1/task/categorization", data=body)

    assert (answer.status, answer.error) == (400, "Invalid JSON in request body.")


def test_unknown_parameters_are_tolerated_kept_and_reported_as_unread(scale, api, categorization):
    task = api("POST", "/v1/task/categorization", categorization | {"alow_multiple": True}).json

    assert task["params"]["alow_multiple"] is True
    assert [str(one) for one in scale.requests.unread] == [
        "request 1 POST /v1/task/categorization: alow_multiple (nearest: allow_multiple)"
    ]


@pytest.mark.scale(strict=True)
def test_a_strict_fake_refuses_unknown_parameters(scale, api, categorization):
    answer = api("POST", "/v1/task/categorization", categorization | {"alow_multiple": True})

    assert answer.status == 400
    assert answer.error == (
        "strict: parameter alow_multiple (nearest: allow_multiple) is read by nothing"
    )
    fine = categorization | {"force": True, "clear_unique_id": True, "urgency": "day"}
    assert api("POST", "/v1/task/categorization", fine).status == 200


def test_a_disabled_task_type_is_a_402(scale, api, categorization):
    scale.account("live_fake").disabled_task_types = {"categorization"}

    answer = api("POST", "/v1/task/categorization", categorization)

    assert answer.status == 402
    assert answer.error.startswith("You have not been authorized to use this API endpoint")


def test_a_test_keys_task_is_completed_in_the_create_reply_and_not_cancelable(api, categorization):
    test = api.under("test_abc")

    task = test("POST", "/v1/task/categorization", categorization).json

    assert (task["status"], task["is_test"]) == ("completed", True)
    assert task["response"]["category"] in categorization["categories"]
    assert test("POST", f"/v1/task/{task['task_id']}/cancel").status == 400
    newer = api.under("abc|test")("POST", "/v1/task/categorization", categorization).json
    assert newer["status"] == "completed"


@pytest.mark.scale(test_key_tasks="complete_on_read")
@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda api, one: api("GET", f"/v1/task/{one}").json["status"], id="get"),
        pytest.param(lambda api, _: api("GET", "/v1/tasks").json["docs"][0]["status"], id="list"),
        pytest.param(
            lambda api, _: api("GET", "/v1/tasks?status=completed").json["docs"][0]["status"],
            id="filter",
        ),
    ],
)
def test_a_test_task_of_old_is_pending_in_its_create_reply_only(api, categorization, ask):
    test = api.under("test_abc")

    task = test("POST", "/v1/task/categorization", categorization).json

    assert task["status"] == "pending"
    assert not {"response", "completed_at"} & set(task)
    assert ask(test, task["task_id"]) == "completed"


@pytest.mark.scale(test_key_tasks="complete_on_read")
def test_a_test_task_of_old_cannot_be_canceled(scale, api, categorization):
    test = api.under("test_abc")
    task = test("POST", "/v1/task/categorization", categorization).json

    answer = test("POST", f"/v1/task/{task['task_id']}/cancel")

    assert (answer.status, answer.error) == (
        400,
        "The task was already completed and cannot be canceled.",
    )
    assert scale.tasks[task["task_id"]].status == "completed"


@pytest.mark.scale(test_key_tasks="complete_on_read")
def test_a_repeat_under_an_idempotency_key_says_pending_as_the_first_reply_did(api, categorization):
    test = api.under("test_abc")
    headers = {"Idempotency-Key": "k"}

    first = test("POST", "/v1/task/categorization", categorization, headers=headers)
    again = test("POST", "/v1/task/categorization", categorization, headers=headers)

    assert (again.status, again.text) == (200, first.text)
    assert again.json["status"] == "pending"


@pytest.mark.scale(test_key_tasks="complete_on_read")
def test_a_test_task_of_old_in_staging_is_completed_by_finalizing(api, categorization):
    test = api.under("test_abc")
    test("POST", "/v1/projects", {"type": "categorization", "name": "fast", "rapid": True})
    test("POST", "/v1/batches", {"project": "fast", "name": "b1"})
    task = test("POST", "/v1/task/categorization", categorization | {"batch": "b1"}).json
    before = test("GET", f"/v1/task/{task['task_id']}").json["status"]

    test("POST", "/v1/batches/b1/finalize")

    assert before == "pending"
    assert test("GET", f"/v1/task/{task['task_id']}").json["status"] == "completed"


@pytest.mark.scale(test_key_tasks="stay_pending")
def test_test_tasks_can_stay_pending(scale, api, categorization):
    test = api.under("test_abc")

    task = test("POST", "/v1/task/categorization", categorization).json

    assert test("GET", f"/v1/task/{task['task_id']}").json["status"] == "pending"
    assert scale.complete(task["task_id"]).status == "completed"


def test_a_file_that_does_not_exist_ends_the_task_in_error(scale, api, categorization):
    body = categorization | {"attachment_type": "image", "attachment": "scaledata://a/b"}

    accepted = api("POST", "/v1/task/categorization", body).json

    task = api("GET", f"/v1/task/{accepted['task_id']}").json
    assert accepted["status"] == "pending"
    assert "response" not in accepted
    assert task["status"] == "error"
    assert task["response"] == {
        "error": "One or more attachments could not be downloaded.",
        "attachments": [{"statusCode": 404, "url": "scaledata://a/b"}],
    }


def test_numbers_too_large_for_a_double_do_not_break_the_document(api, categorization):
    metadata = '{"n": 1e999, "m": 123456789012345678901}'
    body = f'{json.dumps(categorization)[:-1]}, "metadata": {metadata}}}'

    answer = api("POST", "/v1/task/categorization", data=body.encode())

    assert answer.json["metadata"] == {"n": None, "m": 123456789012345678901}


@pytest.mark.parametrize("key", ["", None])
def test_without_a_key_there_is_only_401(api, key):
    auth = None if key is None else (key, "")
    expected = "Your API key does not correspond to a registered user."

    assert api("POST", "/v1/task/categorization", {}, auth=auth).error == expected
    assert api("GET", "/v1/nothing/here", auth=auth).status == 401


@pytest.mark.scale(api_keys=["live_a"])
def test_only_the_keys_named_are_let_in(api):
    assert api.under("live_a")("GET", "/v1/tasks").status == 200
    assert api.under("live_b")("GET", "/v1/tasks").status == 401
    bearer = {"Authorization": "Bearer live_a"}
    assert api("GET", "/v1/tasks", auth=None, headers=bearer).status == 200


@pytest.mark.parametrize("url", ["http://", "https://", "ftp://x.y", "//x.y", "http://a b"])
def test_a_callback_url_without_a_host_is_refused(api, categorization, url):
    answer = api("POST", "/v1/task/categorization", categorization | {"callback_url": url})

    assert (answer.status, answer.error) == (400, "Invalid callback_url.")


@pytest.mark.parametrize("url", ["HTTPS://Example.com/Scale", "http://localhost:8000", "a@x.io"])
def test_a_callback_url_is_kept_as_it_was_sent(api, categorization, url):
    task = api("POST", "/v1/task/categorization", categorization | {"callback_url": url}).json

    assert task["callback_url"] == url


def test_creates_that_share_a_key_and_arrive_together_make_one_task(scale, api, categorization):
    body = categorization | {"callback_url": "https://hooks.example.net/scale"}
    test_key = api.under("test_k")
    scale.callbacks.deliver_to(lambda request: sleep(0.005))

    def create(_):
        return test_key("POST", "/v1/task/categorization", body, headers={"Idempotency-Key": "k"})

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(create, range(16)))

    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["task_id"] for answer in answers}) == 1
    assert len(scale.tasks) == 1


def test_a_repeat_shows_what_became_of_the_first_ones_callback(api, categorization):
    body = categorization | {"callback_url": "https://hooks.example.net/scale"}
    test_key = api.under("test_k")

    first, again = (
        test_key("POST", "/v1/task/categorization", body, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    )

    assert first.json["callback_succeeded"] is True
    assert again.text == first.text


@pytest.mark.parametrize("path", ["/v1/task/categorization", "/v1/task/comparison"])
def test_a_used_idempotency_key_without_a_body_is_no_409(api, categorization, path):
    key = {"Idempotency-Key": "k"}
    api("POST", "/v1/task/categorization", categorization, headers=key)

    assert api("POST", path, headers=key).status == 400
