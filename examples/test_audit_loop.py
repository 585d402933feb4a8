"""A quality gate: answers are checked by rule, and rejected with a comment until they are right.

`Labelers` make the mistakes: a truth stands in each task's metadata, and they miss it at times.
"""

import pytest

import scaleapi
from scaleapi_testing import Labelers

# -- the application ----------------------------------------------------------------------------

MOST_REJECTIONS = 3


def order_labels(client, photo, cows):
    """Order boxes; how many cows there are is known from elsewhere, and checked afterwards."""
    return client.create_task(
        scaleapi.TaskType.ImageAnnotation,
        instruction="Draw a box around each cow.",
        attachment=photo,
        geometries={"box": {"objects_to_annotate": ["cow"]}},
        metadata={"cows": len(cows), "scaleapi_testing_truth": cows},
        tags=["unaudited"],
    )


def what_is_wrong(task):
    found = len(task.response["annotations"])
    wanted = task.metadata["cows"]
    return None if found == wanted else f"{found} of {wanted} cows have a box"


def audit_all(client):
    """Accept what is right and reject what is not; a task rejected too often goes to a person."""
    for task in client.tasks(status="completed", tags="unaudited"):
        comment = what_is_wrong(task)
        task.audit(comment is None, comment)
        task.refresh()
        rejections = [one for one in task.audits if one["audit_result"] == "rejected"]
        if comment is None:
            task.delete_tags(["unaudited"])
        elif len(rejections) == MOST_REJECTIONS:
            task.set_tags(["needs a person"])


# -- its tests ----------------------------------------------------------------------------------

COWS = [
    {"type": "box", "label": "cow", "left": 40, "top": 60, "width": 120, "height": 80},
    {"type": "box", "label": "cow", "left": 300, "top": 90, "width": 150, "height": 100},
]


def test_a_right_answer_is_accepted(scale, scale_client):
    task = order_labels(scale_client, "https://img.example/1.jpg", COWS)
    scale.complete(task)

    audit_all(scale_client)

    task.refresh()
    assert task.customer_review_status == "accepted"
    assert task.tags == []


def test_a_wrong_answer_is_rejected_in_words_that_help(scale, scale_client):
    task = order_labels(scale_client, "https://img.example/1.jpg", COWS)
    scale.complete(task, {"annotations": COWS[:1]})

    audit_all(scale_client)

    (audit,) = scale.tasks[task.id].audits
    assert audit["audit_result"] == "rejected"
    assert audit["audit_comments"] == "1 of 2 cows have a box"


def test_rework_is_audited_anew(scale, scale_client):
    task = order_labels(scale_client, "https://img.example/1.jpg", COWS)
    scale.complete(task, {"annotations": []})
    audit_all(scale_client)

    scale.recall(task)  # Scale takes the work back,
    scale.complete(task)  # and a better labeler finds everything
    audit_all(scale_client)

    record = scale.tasks[task.id]
    assert [audit["audit_result"] for audit in record.audits] == ["rejected", "accepted"]
    assert record.customer_review_status == "accepted"


def test_after_three_rejections_a_person_takes_over(scale, scale_client):
    task = order_labels(scale_client, "https://img.example/1.jpg", COWS)
    scale.complete(task, {"annotations": []})
    audit_all(scale_client)
    audit_all(scale_client)
    audit_all(scale_client)

    assert scale.tasks[task.id].tags == ["needs a person"]
    audit_all(scale_client)
    assert len(scale.tasks[task.id].audits) == 3


@pytest.mark.scale(seed=1, labelers=Labelers(miss_rate=0.2, jitter_px=2))
def test_the_gate_lets_through_exactly_what_is_complete(scale, scale_client):
    for n in range(50):
        order_labels(scale_client, f"https://img.example/{n}.jpg", COWS)
    scale.complete_all()

    audit_all(scale_client)

    accepted = scale.tasks(customer_review_status="accepted")
    rejected = scale.tasks(customer_review_status="rejected")
    assert {len(task.response["annotations"]) for task in accepted} == {2}
    assert {len(task.response["annotations"]) for task in rejected} <= {0, 1}
    assert len(accepted) + len(rejected) == 50
    assert 20 < len(accepted) < 45  # 0.8 * 0.8 of them, give or take
