"""What can be asked of a task that exists."""

from __future__ import annotations

import pytest

NOT_FOUND = {"status_code": 404, "error": "Task with that ID not found."}


def test_a_new_live_task_is_pending_and_shows_only_the_keys_that_apply(api, categorization):
    task = api("POST", "/v1/task/categorization", categorization).json

    assert task["status"] == "pending"
    assert task["is_test"] is False
    assert task["metadata"] == {}
    assert task["processed_attachments"] == []
    assert task["urgency"] == "standard"
    assert task["priority"] == 0
    assert task["params"] == categorization | {"allow_multiple": False}
    absent = ("response", "completed_at", "tags", "unique_id", "project", "batch", "callback_url")
    assert not set(absent) & set(task)


def test_ids_are_24_hex_digits_that_begin_with_the_time_and_rise(scale, make_task):
    first, second = make_task(), make_task()

    assert len(first) == 24
    assert int(first[:8], 16) == int(scale.clock.now().timestamp())
    assert first < second


def test_a_task_is_read_by_its_id_or_its_unique_id(api, make_task):
    task_id = make_task(unique_id="belt/17 a")

    assert api("GET", f"/v1/task/{task_id}").json["task_id"] == task_id
    assert api("GET", "/v1/task/belt%2F17%20a").json["task_id"] == task_id
    assert api("GET", f"/v1/task/{task_id}/").status == 200


@pytest.mark.parametrize("wanted", ["fake_id_qwertyuiop", "0" * 24, "a%2Fb"])
def test_an_unknown_task_is_a_404_and_never_a_400(api, wanted):
    assert api("GET", f"/v1/task/{wanted}").json == NOT_FOUND
    assert api("POST", f"/v1/task/{wanted}/cancel").json == NOT_FOUND


def test_another_keys_task_is_not_found_and_the_journal_says_whose_it_is(scale, api, make_task):
    task_id = make_task()

    assert api.under("other_key")("GET", f"/v1/task/{task_id}").json == NOT_FOUND
    (notice,) = scale.requests.last.notices
    assert notice.startswith(f"task {task_id} exists, under another key (live")
    assert "live_fake" not in notice


@pytest.mark.parametrize(
    "header", ["Basic bGl2ZV9mYWtl!Og==", "Basic bGl2ZV9mYWtlOg", "Basic //8=", "Basic", "Bearer "]
)
def test_a_header_that_holds_no_key_as_it_should_is_a_401(api, make_task, header):
    path = f"/v1/task/{make_task()}"

    assert (
        api("GET", path, auth=lambda call: with_key(call, "Basic bGl2ZV9mYWtlOg==")).status == 200
    )
    assert api("GET", path, auth=lambda call: with_key(call, header)).status == 401


def with_key(call, header):
    call.headers["Authorization"] = header
    return call


def test_canceling_is_possible_once_and_answers_the_same_twice(api, make_task):
    task_id = make_task()

    first = api("POST", f"/v1/task/{task_id}/cancel")
    second = api("POST", f"/v1/task/{task_id}/cancel")

    assert first.json["status"] == "canceled"
    assert second.json == first.json


def test_a_completed_task_cannot_be_canceled(scale, api, make_task):
    task_id = make_task()
    scale.complete(task_id)

    answer = api("POST", f"/v1/task/{task_id}/cancel")

    assert (answer.status, answer.error) == (
        400,
        "The task was already completed and cannot be canceled.",
    )


def test_an_errored_task_cannot_be_canceled(scale, api, make_task):
    task_id = make_task()
    scale.fail(task_id)

    assert api("POST", f"/v1/task/{task_id}/cancel").status == 400


def test_canceling_keeps_the_unique_id_unless_it_is_cleared(api, make_task, categorization):
    task_id = make_task(unique_id="a")

    assert api("POST", f"/v1/task/{task_id}/cancel").json["unique_id"] == "a"
    assert api("POST", "/v1/task/categorization", categorization | {"unique_id": "a"}).status == 409

    cleared = api("POST", f"/v1/task/{task_id}/cancel?clear_unique_id=True")
    assert "unique_id" not in cleared.json
    assert api("POST", "/v1/task/categorization", categorization | {"unique_id": "a"}).status == 200


def test_metadata_is_replaced_whole_and_comes_back_as_it_was_sent(api, make_task):
    task_id = make_task(metadata={"old": 1})
    nested = {"z": [1, 2.5, None, {"ä": "\u2603"}], "a": {"b": False}}

    answer = api("POST", f"/v1/task/{task_id}/setMetadata", nested)

    assert answer.json["metadata"] == nested
    assert list(answer.json["metadata"]) == ["z", "a"]


def test_an_empty_body_empties_metadata_and_tags(api, make_task):
    task_id = make_task(metadata={"old": 1}, tags=["x"])

    assert api("POST", f"/v1/task/{task_id}/setMetadata").json["metadata"] == {}
    assert api("POST", f"/v1/task/{task_id}/tags").json["tags"] == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (["a"], "Invalid metadata - expected object."),
        ({"a": "x" * 11_000}, "Invalid metadata - must not exceed 10 KB."),
    ],
)
def test_bad_metadata_is_refused_and_changes_nothing(api, make_task, body, error):
    task_id = make_task(metadata={"old": 1})

    answer = api("POST", f"/v1/task/{task_id}/setMetadata", body)

    assert (answer.status, answer.error) == (400, error)
    assert api("GET", f"/v1/task/{task_id}").json["metadata"] == {"old": 1}


def test_a_unique_id_can_be_set_changed_and_cleared(api, make_task):
    task_id, other = make_task(), make_task(unique_id="taken")
    path = f"/v1/task/{task_id}/unique_id"

    assert api("POST", path, {"unique_id": "new"}).json["unique_id"] == "new"
    assert api("POST", path, {"unique_id": "new"}).status == 200
    conflict = api("POST", path, {"unique_id": "taken"})
    assert conflict.error == (
        f'The unique_id ("taken") is already used for a different task ({other}).'
    )
    assert "unique_id" not in api("DELETE", path).json
    assert api("DELETE", path).status == 200
    assert api("POST", path, {}).status == 400
    assert api("POST", path, {"unique_id": ""}).status == 400


def test_tags_keep_their_order_and_double_ones_count_once(api, make_task):
    task_id = make_task()
    path = f"/v1/task/{task_id}/tags"

    assert "tags" not in api("GET", f"/v1/task/{task_id}").json
    assert api("PUT", path, ["night", "blurry"]).json["tags"] == ["night", "blurry"]
    assert api("PUT", path, ["blurry", "wet"]).json["tags"] == ["night", "blurry", "wet"]
    assert api("DELETE", path, ["blurry", "unknown"]).json["tags"] == ["night", "wet"]
    assert api("POST", path, ["b", "a", "b"]).json["tags"] == ["b", "a"]
    assert api("DELETE", path, ["a", "b"]).json["tags"] == []


@pytest.mark.parametrize("body", [{"tags": ["a"]}, "a", [1], None])
def test_tags_are_a_bare_array_of_strings(api, make_task, body):
    answer = api("PUT", f"/v1/task/{make_task()}/tags", data=__import__("json").dumps(body))

    assert (answer.status, answer.error) == (400, "Invalid tags - expected array of strings.")


def test_an_audit_answers_ok_and_leaves_its_mark(scale, api, make_task):
    task_id = make_task()
    scale.complete(task_id)

    answer = api("POST", f"/v1/task/{task_id}/audit", {"accepted": False, "comments": "missed"})
    api("POST", f"/v1/task/{task_id}/audit", {"accepted": True})

    assert (answer.status, answer.text) == (200, "OK")
    assert answer.headers["Content-Type"].startswith("text/plain")
    task = api("GET", f"/v1/task/{task_id}").json
    assert task["status"] == "completed"
    assert task["customer_review_status"] == "accepted"
    assert [audit["audit_result"] for audit in task["audits"]] == ["rejected", "accepted"]
    assert task["customer_review_comments"] == [
        {
            "comment": "missed",
            "commented_by": scale.account("live_fake").email,
            "commented_at": task["audits"][0]["audited_at"],
        }
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"accepted": "yes"}, 400), ({"accepted": True, "comments": 3}, 400)],
)
def test_an_audit_needs_a_verdict(scale, api, make_task, body, status):
    task_id = make_task()
    scale.complete(task_id)

    assert api("POST", f"/v1/task/{task_id}/audit", body).status == status


def test_only_completed_tasks_can_be_audited(api, make_task):
    answer = api("POST", f"/v1/task/{make_task()}/audit", {"accepted": True})

    assert (answer.status, answer.error) == (400, "Only completed tasks can be audited.")


def test_a_callback_is_sent_again_for_ended_tasks_only(scale, api, make_task):
    task_id = make_task(callback_url="https://hooks.example.com/a")
    path = f"/v1/task/{task_id}/send-callback"

    assert api("POST", path).error == ("Callbacks can only be sent for completed or errored tasks.")
    scale.complete(task_id)
    assert api("POST", path).status == 200
    assert [delivery.event for delivery in scale.callbacks] == ["completed", "resent"]
    silent = make_task()
    scale.complete(silent)
    assert api("POST", f"/v1/task/{silent}/send-callback").status == 400


def test_every_change_moves_updated_at(scale, api, make_task):
    task_id = make_task()
    created = api("GET", f"/v1/task/{task_id}").json["updated_at"]

    scale.clock.advance(seconds=1.5)
    api("PUT", f"/v1/task/{task_id}/tags", ["a"])

    task = api("GET", f"/v1/task/{task_id}").json
    assert task["created_at"] == created
    assert task["updated_at"] > created


def test_an_audit_without_comment_leaves_an_empty_list_of_comments(scale, api, make_task):
    task_id = make_task()
    scale.complete(task_id)

    api("POST", f"/v1/task/{task_id}/audit", {"accepted": True, "comments": None})

    task = api("GET", f"/v1/task/{task_id}").json
    assert task["customer_review_comments"] == []
    assert "audit_comments" not in task["audits"][0]


def test_a_task_that_is_worked_on_can_be_canceled_and_that_is_noticed(scale, api, make_task):
    task_id = make_task()
    scale.start_work(task_id)

    assert api("POST", f"/v1/task/{task_id}/cancel").json["status"] == "canceled"
    assert "work had begun" in scale.requests.last.notices[0]


@pytest.mark.scale(strict=True)
def test_a_strict_fake_lets_queued_tasks_be_canceled_only(scale, api, make_task):
    queued, started = make_task(), make_task()
    scale.start_work(started)

    refused = api("POST", f"/v1/task/{started}/cancel")

    assert (refused.status, refused.error) == (
        400,
        "The task is already being worked on and cannot be canceled.",
    )
    assert api("POST", f"/v1/task/{queued}/cancel").status == 200


def test_a_callback_by_mail_is_sent_again_as_a_mail(scale, api, make_task):
    task_id = make_task(callback_url="ann@example.com")
    scale.complete(task_id)

    api("POST", f"/v1/task/{task_id}/send-callback")

    assert [(mail.to, mail.task_id) for mail in scale.callbacks.outbox] == [
        ("ann@example.com", task_id)
    ] * 2
