"""A labeling pipeline from Friday evening to Monday: what goes wrong, and what comes out.

From the first import on, this file stands in the README word for word.
"""

from datetime import UTC, datetime, timedelta

import pytest

import scaleapi

FRIDAY_EVENING = datetime(2026, 3, 6, 18, tzinfo=UTC)
MONDAY_NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def submit(client, recording):
    return client.create_task(
        scaleapi.TaskType.Categorization,
        project="sounds",
        unique_id=recording,
        attachment_type="audio",
        attachment=f"https://my.example/{recording}",
        categories=["cow", "sheep"],
        callback_url="https://my.example/scale",
    )


@pytest.mark.scale(
    projects=[("sounds", "categorization")],
    start_time=FRIDAY_EVENING,
    turnaround=timedelta(hours=60),
)
def test_the_pipeline_survives_the_weekend(scale, scale_client):
    arrived = []

    def webhook(callback):
        if scale.clock.now() < MONDAY_NOON:
            return 503
        arrived.append((callback.json["task"]["unique_id"], callback.json["status"]))
        return 200

    scale.callbacks.deliver_to(webhook)
    scale.respond("categorization", {"category": "sheep"})  # labelers hear sheep everywhere

    moo = submit(scale_client, "moo.wav")
    with scale.faults.outage(), pytest.raises(scaleapi.ScaleServiceUnavailable):
        submit(scale_client, "baa.wav")  # the client tries four times, then gives up
    scale.faults.add(status=503, times=2)  # Scale comes back, haltingly
    submit(scale_client, "baa.wav")

    scale.clock.advance_to(MONDAY_NOON)  # labelers answered on Monday at 6,
    assert arrived == []  # but our webhook was down all morning
    scale.clock.advance(hours=1)  # until Scale tried once more
    assert arrived == [("moo.wav", "completed"), ("baa.wav", "completed")]

    moo.audit(False, "sheep do not moo")
    scale.recall(moo)  # Scale takes the work back,
    scale.complete(moo, {"category": "cow"})  # and a labeler listens again
    assert arrived[-2:] == [("moo.wav", "pending"), ("moo.wav", "completed")]

    done = scale_client.get_tasks(project_name="sounds", status="completed")
    labels = {task.unique_id: task.response["category"] for task in done}
    assert labels == {"moo.wav": "cow", "baa.wav": "sheep"}
