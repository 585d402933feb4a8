"""From `responses` stubs to the fake: the same code, its tests before and after.

Before, every answer is written by hand and a wrong call passes; after, the fake answers as Scale
does, remembers, and refuses what Scale would refuse. Both may stand side by side for a while.
"""

import pytest
import requests
import responses

import scaleapi

# -- the application ----------------------------------------------------------------------------


def order(client, text):
    return client.create_task(
        scaleapi.TaskType.Categorization,
        attachment_type="text",
        attachment=text,
        categories=["praise", "complaint"],
    ).id


def order_with_a_mistake(client, text):
    return client.create_task(
        scaleapi.TaskType.Categorization,
        attachment_type="text",
        attachment=text,
        categorys=["praise", "complaint"],  # misspelt
    ).id


def complaints(client, task_ids):
    tasks = (client.get_task(task_id) for task_id in task_ids)
    return [task.id for task in tasks if task.response["category"] == "complaint"]


# -- before -------------------------------------------------------------------------------------

CREATED = {
    "task_id": "5774cc78b01249ab09f089dd",
    "type": "categorization",
    "status": "pending",
    "params": {},
}


@responses.activate
def test_before_each_answer_is_written_by_hand():
    client = scaleapi.ScaleClient("live_key")
    responses.post("https://api.scale.com/v1/task/categorization", json=CREATED)
    responses.get(
        f"https://api.scale.com/v1/task/{CREATED['task_id']}",
        json={**CREATED, "status": "completed", "response": {"category": "complaint"}},
    )

    task_id = order(client, "Broken again.")

    assert complaints(client, [task_id]) == [task_id]


@responses.activate
def test_before_a_mistake_passes():
    responses.post("https://api.scale.com/v1/task/categorization", json=CREATED)

    assert order_with_a_mistake(scaleapi.ScaleClient("live_key"), "Broken again.")


# -- after --------------------------------------------------------------------------------------


def test_after_the_answers_follow_from_what_was_ordered(scale):
    client = scaleapi.ScaleClient("live_key")
    good, bad = order(client, "Lovely."), order(client, "Broken again.")
    scale.complete(good, {"category": "praise"})
    scale.complete(bad, {"category": "complaint"})

    assert complaints(client, [good, bad]) == [bad]


def test_after_a_mistake_is_refused_in_scale_s_words(scale):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="categories"):
        order_with_a_mistake(scaleapi.ScaleClient("live_key"), "Broken again.")


# -- meanwhile ----------------------------------------------------------------------------------


def test_meanwhile_stubs_for_other_hosts_go_on_working(scale):
    with responses.RequestsMock() as stubs:
        stubs.get("https://shop.example/reviews/1", body="Broken again.")
        text = requests.get("https://shop.example/reviews/1", timeout=5).text

        task_id = order(scaleapi.ScaleClient("live_key"), text)

    assert scale.tasks[task_id].params["attachment"] == "Broken again."
