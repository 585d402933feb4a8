"""What a typed suite writes with ``scaleapi_testing``: checked by mypy and pyright, not run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, assert_type

import httpx

import scaleapi
from scaleapi_testing import (
    CallbackRequest,
    Delivery,
    FakeScale,
    Fault,
    HandlerReport,
    IllegalTransition,
    Labelers,
    RecordedRequest,
    certify_callback_handler,
    operations,
    policies,
)

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random


def turnaround(task: Any, random: Random) -> timedelta:
    return timedelta(hours=random.randint(1, 3))


def handler(request: CallbackRequest) -> int | None:
    return 200 if request.json["task_id"] else None


def construct() -> FakeScale:
    return FakeScale(
        seed=7,
        start_time=datetime(2026, 1, 1, tzinfo=UTC),
        turnaround=turnaround,
        api_keys=["live_a"],
        base_urls="https://api.scale.com",
        test_key_tasks="complete_on_read",
        skip_sleep=True,
        strict=True,
        block_network=True,
        labelers=Labelers(accuracy=0.9, jitter_px=2, miss_rate=0.1),
        journal_max_entries=10,
    )


def use(path: Path) -> None:
    with construct() as scale:
        client = scale.client("live_a", timeout=5)
        assert_type(client, scaleapi.ScaleClient)
        task = client.create_task("categorization", attachment="a", categories=["a"])
        for given in (task, task.id, scale.tasks[task.id]):
            scale.complete(given, {"category": "a"})
        for view in scale.tasks(status="pending"):
            assert_type(view.id, str)
        scale.complete_all(project="p")
        scale.turnaround(timedelta(hours=2), project="p")
        scale.turnaround(policies.never, batch="b")
        scale.turnaround([policies.error("x"), policies.completed(after=timedelta(1))])
        scale.respond("categorization", lambda task, random: {"category": "a"})
        scale.respond(scaleapi.TaskType.Categorization, {"category": "a"})
        scale.turnaround(policies.after_polls(2), scaleapi.TaskType.Categorization)
        FakeScale(turnaround=policies.never)
        FakeScale(turnaround=[policies.completed()])
        httpx.Client(transport=scale.httpx_transport())
        httpx.AsyncClient(transport=scale.httpx_transport())
        httpx.Client(transport=httpx.WSGITransport(app=scale.wsgi_app))
        assert_type(scale.faults.add(status=503, times=2), Fault)
        with scale.faults.outage():
            pass
        assert_type(scale.requests.last, RecordedRequest)
        scale.requests.expect("POST", "/v1/task/*", times=1, json={"a": 1})
        for delivery in scale.callbacks:
            assert_type(delivery, Delivery)
        snapshot = scale.snapshot()
        scale.restore(snapshot)
        assert_type(scale.fork(), FakeScale)
        scale.dump(path)
        assert_type(FakeScale.load(path), FakeScale)
        with scale.serve(tls=True) as server:
            assert_type(server.url, str)
        scale.clock.advance(hours=2)
        assert_type(scale.clock.now(), datetime)
        assert_type(scale.explain(task), str)
    assert_type(operations()[0].method, str)
    report = certify_callback_handler(handler, auth_key="k")
    assert_type(report, HandlerReport)
    try:
        construct()
    except IllegalTransition as error:
        assert_type(error.status, str)
