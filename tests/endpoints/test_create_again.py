"""What a repeated create, and repeated values in one, come to."""

from __future__ import annotations


def test_an_idempotency_key_stands_for_one_task_type(scale, api):
    headers = {"Idempotency-Key": "k1"}
    body = {"attachment_type": "text", "attachment": "Moo.", "categories": ["cow", "sheep"]}
    api("POST", "/v1/task/categorization", body, headers=headers)

    other = api("POST", "/v1/task/textcollection", body, headers=headers)

    assert other.status == 409
    assert len(scale.tasks) == 1


def test_a_tag_that_is_given_twice_is_kept_once_in_the_given_order(api, make_task):
    task_id = make_task(tags=["b", "a", "b"])

    assert api("GET", f"/v1/task/{task_id}").json["tags"] == ["b", "a"]
    assert api("GET", "/v1/tasks?tags=b").json["total"] == 1


def test_the_urgency_that_was_asked_for_is_kept(api, make_task):
    task_id = make_task(urgency="day")

    assert api("GET", f"/v1/task/{task_id}").json["urgency"] == "day"
