"""A FastAPI service that orders labels with the asynchronous client, and waits for nothing.

One client serves all requests; many creates are under way at once; the service's own callers are
answered meanwhile.
"""

from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI, HTTPException

import scaleapi

# -- the application ----------------------------------------------------------------------------


def create_app(client):
    """Orders labels for texts, and tells how far they are."""

    @asynccontextmanager
    async def lifespan(_):
        async with client:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders/{name}", status_code=201)
    async def order(name: str, texts: list[str]):
        await client.create_batch("notes", name)
        orders = (
            {
                "batch": name,
                "attachment_type": "text",
                "attachment": text,
                "categories": ["praise", "complaint"],
                "unique_id": f"{name}-{number}",
            }
            for number, text in enumerate(texts)
        )
        made, failed = [], []
        async for result in client.create_tasks(
            orders, scaleapi.TaskType.Categorization, concurrency=20
        ):
            (made if result.ok else failed).append(result)
        await client.finalize_batch(name)
        return {
            "ordered": [result.task.id for result in made],
            "refused": {result.params["attachment"]: str(result.error) for result in failed},
        }

    @app.get("/orders/{name}")
    async def progress(name: str):
        try:
            status = await client.batch_status(name)
        except scaleapi.ScaleResourceNotFound:
            raise HTTPException(404, f"no order {name}") from None
        done = client.get_tasks(batch_name=name, status="completed")
        return {
            "status": status["status"],
            "labels": {task.params["attachment"]: task.response["category"] async for task in done},
        }

    @app.delete("/orders/{name}/{number}", status_code=204)
    async def withdraw(name: str, number: int):
        (task,) = await client.tasks(unique_id=f"{name}-{number}")
        await task.cancel()

    return app


# -- its tests ----------------------------------------------------------------------------------

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.scale(projects=[("notes", "categorization")]),
]


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


@pytest.fixture
async def service(scale_async_client):
    transport = httpx.ASGITransport(app=create_app(scale_async_client))
    async with httpx.AsyncClient(transport=transport, base_url="http://labels.example") as caller:
        yield caller


async def test_every_text_is_ordered_in_its_place(scale, service):
    texts = [f"note {number}" for number in range(60)]

    answer = await service.post("/orders/monday", json=texts)

    assert answer.status_code == 201
    assert [scale.tasks[id].params["attachment"] for id in answer.json()["ordered"]] == texts


async def test_an_order_that_scale_refuses_is_told_and_holds_no_other_back(scale, service):
    answer = await service.post("/orders/monday", json=["Lovely.", ""])

    assert len(answer.json()["ordered"]) == 1
    assert list(answer.json()["refused"]) == [""]


async def test_the_labels_are_there_when_they_are_done(scale, service):
    scale.respond("categorization", lambda task, random: {"category": "praise"})
    await service.post("/orders/monday", json=["Lovely.", "Fast delivery."])

    before = await service.get("/orders/monday")
    scale.complete_all(batch="monday")
    after = await service.get("/orders/monday")

    assert before.json() == {"status": "in_progress", "labels": {}}
    assert after.json() == {
        "status": "completed",
        "labels": {"Lovely.": "praise", "Fast delivery.": "praise"},
    }


async def test_a_rate_limit_is_waited_out_without_a_caller_noticing(scale, service):
    began = scale.clock.now()
    scale.faults.add(status=429, retry_after=30, path="/v1/task/*", times=10)

    answer = await service.post("/orders/monday", json=[f"note {n}" for n in range(10)])

    assert len(answer.json()["ordered"]) == 10
    assert scale.clock.now() - began == timedelta(seconds=30)  # all ten waited at the same time


async def test_a_text_is_withdrawn(scale, service):
    ordered = (await service.post("/orders/monday", json=["Lovely."])).json()["ordered"]

    await service.delete("/orders/monday/0")

    assert scale.tasks[ordered[0]].status == "canceled"


async def test_an_order_that_nobody_made_is_a_404(scale, service):
    answer = await service.get("/orders/friday")

    assert (answer.status_code, answer.json()) == (404, {"detail": "no order friday"})
