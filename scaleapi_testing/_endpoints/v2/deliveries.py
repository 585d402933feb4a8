"""Deliveries of v2: which there are, what is in them, and the responses as they were delivered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..._errors import ApiError
from ..._http.routing import endpoint
from ..._http.wire import encode, timestamp
from ..._state.query import inside
from .._listing import page_limit
from .asking import (
    LISTS,
    PAGING,
    by_id,
    needed,
    one_of_needed,
    page_of,
    paged,
    project_of,
    query_texts,
    renderer,
    sent_text,
    skip_of,
    strictly_between,
    token_after,
    wish_of,
)
from .tasks import filters_of, matching

if TYPE_CHECKING:
    from ..._state.delivery import DeliveryRecord
    from ..._state.task import TaskRecord
    from .._call import Call


@endpoint(
    "GET",
    "/v2/deliveries",
    source=page_of("deliveries"),
    query=("project_id", "project_name", "delivered_after", "delivered_before", *LISTS),
)
def list_deliveries(call: Call) -> bytes:
    """List the deliveries of a project, the latest first (order assumed); there are no pages."""
    values = query_texts(call)
    one_of_needed(values, "project_id", "project_name")
    wish, delivered = wish_of(call, "project"), strictly_between(call, "delivered")
    project = project_of(call, values)
    assert project is not None  # one_of_needed has seen a name
    write = renderer(call, wish).delivery
    matches = [
        delivery
        for delivery in call.account.deliveries.values()
        if delivery.project == project.name and inside(delivered, delivery.delivered_ms)
    ]
    return encode({"deliveries": [write(delivery) for delivery in _latest_first(matches)]})


@endpoint(
    "GET",
    "/v2/delivery",
    source=page_of("delivery"),
    query=("delivery_id", "delivery_name", "project_id", "project_name", *PAGING, *LISTS),
)
def get_delivery(call: Call) -> bytes:
    """Retrieve a delivery and a page of its tasks."""
    values = query_texts(call)
    one_of_needed(values, "delivery_id", "delivery_name")
    wish = wish_of(call, "project", "batch", "delivery", opts=True)
    delivery = _delivery(call, values)
    write = renderer(call, wish)
    shown: Any = write.delivery(delivery) if "delivery" in wish.expand else delivery.id
    tasks = [
        call.world.store.tasks[task_id]
        for task_id in delivery.responses
        if task_id in call.world.store.tasks
    ]
    return encode(paged(call, "tasks", tasks, write.task, delivery=shown))


def _delivery(call: Call, values: dict[str, str]) -> DeliveryRecord:
    delivery_id = sent_text(values, "delivery_id")
    if delivery_id is not None:
        return by_id(call.account.deliveries, "delivery", delivery_id)
    one_of_needed(values, "project_id", "project_name")
    project, name = project_of(call, values), needed(values, "delivery_name")
    assert project is not None  # one_of_needed has seen a name
    for delivery in call.account.deliveries.values():
        if delivery.project == project.name and delivery.name == name:
            return delivery
    raise ApiError(404, f"No delivery with name {name} in project {project.name}")


@endpoint(
    "GET",
    "/v2/delivery/tasks",
    source=page_of("delivery-tasks"),
    query=(
        "delivery_id",
        "project_id",
        "project_name",
        "status",
        "completed_after",
        "completed_before",
        *PAGING,
    ),
)
def list_delivery_tasks(call: Call) -> bytes:
    """List tasks with their delivered responses; of others these are null.

    A project or a delivery must be named (assumed, the pages differ).
    """
    values = query_texts(call)
    one_of_needed(values, "delivery_id", "project_id", "project_name")
    query, skip, limit = filters_of(call), skip_of(call), page_limit(call)
    delivery_id = sent_text(values, "delivery_id")
    only = None if delivery_id is None else by_id(call.account.deliveries, "delivery", delivery_id)
    if only is None:
        tasks, more = matching(call, query, skip, limit)
    else:
        # No index knows deliveries: all that match are asked for, and the page is cut from those.
        every, _ = matching(call, query, 0, len(call.account.tasks.records) or 1)
        inside_it = [record for record in every if record.id in only.responses]
        tasks, more = inside_it[skip : skip + limit], skip + limit < len(inside_it)
    docs = [_delivered(call, record, only) for record in tasks]
    # Documented by the client: how many there are on this page, not overall.
    page: dict[str, Any] = {"docs": docs, "total": len(docs)}
    if more:
        page["next_token"] = token_after(skip + limit)
    return encode(page)


def _delivered(call: Call, record: TaskRecord, only: DeliveryRecord | None) -> dict[str, Any]:
    candidates = [only] if only is not None else _latest_first(call.account.deliveries.values())
    delivery = next(
        (candidate for candidate in candidates if record.id in candidate.responses), None
    )
    document: dict[str, Any] = {
        "task_id": record.id,
        "created_at": timestamp(record.created_ms),
        # Null, not left out as v2 does elsewhere: documented for tasks that were never delivered.
        "delivery_id": None,
        "delivered_at": None,
        "response_schema_id": None,
        "response": None,
    }
    if delivery is not None:
        document |= {
            "delivery_id": delivery.id,
            "delivered_at": timestamp(delivery.delivered_ms),
            "response_schema_id": delivery.schema_id,
            # As it was delivered: later corrections of the task do not change it.
            "response": json.loads(delivery.responses[record.id]),
        }
    return document


def _latest_first(deliveries: Any) -> list[DeliveryRecord]:
    return sorted(
        deliveries, key=lambda delivery: (delivery.delivered_ms, delivery.seq), reverse=True
    )
