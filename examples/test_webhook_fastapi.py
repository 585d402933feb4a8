"""A FastAPI webhook that fetches a whole batch when Scale says that it is done.

The handler calls Scale's API in turn, while the call that brought the callback about still runs.
"""

import pytest
from fastapi import FastAPI, HTTPException, Request

import scaleapi
from scaleapi.callbacks import BatchCallback, CallbackForged, parse_callback

# -- the application ----------------------------------------------------------------------------


def create_app(client, auth_key, data_set):
    """The webhook; `data_set` maps texts to their categories, here a dict."""
    app = FastAPI()

    @app.post("/hooks/scale", status_code=204)
    async def receive(request: Request):
        try:
            callback = parse_callback(await request.body(), request.headers, auth_key=auth_key)
        except CallbackForged:
            raise HTTPException(401) from None
        if isinstance(callback, BatchCallback):
            for task in client.get_tasks(batch_name=callback.batch, status="completed"):
                data_set[task.params["attachment"]] = task.response["category"]

    return app


def order_labels(client, name, texts):
    """Order labels for all texts as one batch; the webhook gets them when the batch is done."""
    client.create_batch("notes", name, callback="https://my.example/hooks/scale")
    tasks = [
        client.create_task(
            scaleapi.TaskType.Categorization,
            batch=name,
            attachment_type="text",
            attachment=text,
            categories=["praise", "complaint"],
        )
        for text in texts
    ]
    client.finalize_batch(name)
    return tasks


# -- its tests ----------------------------------------------------------------------------------

pytestmark = pytest.mark.scale(projects=[("notes", "categorization")])


@pytest.fixture
def data_set(scale, scale_client):
    labels = {}
    scale.callbacks.deliver_to(create_app(scale_client, scale.callback_auth_key, labels))
    return labels


def test_nothing_is_fetched_before_the_batch_is_done(scale, scale_client, data_set):
    first, _ = order_labels(scale_client, "monday", ["Lovely.", "Broken again."])

    scale.complete(first)

    assert data_set == {}
    assert scale.batches["monday"].status == "in_progress"


def test_the_whole_batch_is_fetched_when_it_is_done(scale, scale_client, data_set):
    scale.respond("categorization", lambda task, random: {"category": "praise"})
    order_labels(scale_client, "monday", ["Lovely.", "Fast delivery."])

    scale.complete_all(batch="monday")

    assert data_set == {"Lovely.": "praise", "Fast delivery.": "praise"}
    scale.requests.expect("GET", "/v1/tasks", times=1, query={"batch": "monday"})


def test_a_task_that_failed_does_not_hold_the_others_back(scale, scale_client, data_set):
    good, bad = order_labels(scale_client, "monday", ["Lovely.", "???"])

    scale.complete(good, {"category": "praise"})
    scale.fail(bad, "there is nothing to read")

    assert data_set == {"Lovely.": "praise"}
    assert scale.callbacks.last.json["stats"] == {"completed": 1, "error": 1}


def test_when_scale_cannot_be_reached_the_callback_is_tried_again(scale, scale_client, data_set):
    (task,) = order_labels(scale_client, "monday", ["Lovely."])
    scale.faults.add(status=500, method="GET", path="/v1/tasks", times=4)  # a try and 3 retries

    with pytest.raises(scaleapi.ScaleInternalError):  # what the handler raised, with its traceback
        scale.complete(task, {"category": "praise"})
    assert data_set == {}

    scale.clock.advance(minutes=1)
    assert data_set == {"Lovely.": "praise"}
