"""Datasets of v2: ready-made data, its deliveries and tasks, and the files of their responses."""

from __future__ import annotations

from hashlib import blake2b
from operator import attrgetter
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..._errors import ApiError
from ..._http.routing import endpoint
from ..._http.values import Reply
from ..._http.wire import encode
from ..._provenance import assumed
from ..._state.query import inside
from .asking import (
    LISTS,
    PAGING,
    by_id,
    needed,
    one_of_needed,
    page_of,
    paged,
    query_texts,
    renderer,
    sent_text,
    strictly_between,
    wish_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..._state.dataset import DatasetDeliveryRecord, DatasetTaskRecord
    from .._call import Call


@endpoint("GET", "/v2/datasets", source=page_of("datasets"))
def list_datasets(call: Call) -> bytes:
    """List every dataset; there are no pages."""
    write = renderer(call).dataset
    return encode({"datasets": [write(dataset) for dataset in call.account.datasets.values()]})


@endpoint(
    "GET",
    "/v2/datasets/deliveries",
    source=page_of("datasets/deliveries"),
    query=("dataset_id", "delivered_after", "delivered_before", *LISTS),
)
def list_dataset_deliveries(call: Call) -> bytes:
    """List the deliveries of a dataset, or of all, the latest first; there are no pages."""
    wish, delivered = wish_of(call, "dataset"), strictly_between(call, "delivered")
    wanted_id = sent_text(query_texts(call), "dataset_id")
    # The page calls it required, its own sample omits it: optional (assumed).
    if wanted_id is not None:
        by_id(call.account.datasets, "dataset", wanted_id)
    matches = [
        delivery
        for delivery in call.account.dataset_deliveries.values()
        if wanted_id in (None, delivery.dataset) and inside(delivered, delivery.delivered_ms)
    ]
    write = renderer(call, wish).dataset_delivery
    return encode({"deliveries": [write(delivery) for delivery in _latest_first(matches)]})


@endpoint(
    "GET",
    "/v2/datasets/delivery",
    source=page_of("datasets/delivery"),
    query=("delivery_id", *PAGING, *LISTS),
)
def get_dataset_delivery(call: Call) -> bytes:
    """Retrieve a delivery of a dataset, always whole, and a page of its tasks."""
    wanted_id = needed(query_texts(call), "delivery_id")
    wish = wish_of(call, "dataset", "delivery")
    delivery = by_id(call.account.dataset_deliveries, "delivery", wanted_id)
    write = renderer(call, wish)
    tasks = [call.account.dataset_tasks[task_id] for task_id in delivery.task_ids]
    shown = write.dataset_delivery(delivery)
    return encode(paged(call, "tasks", tasks, write.dataset_task, delivery=shown))


@endpoint("GET", "/v2/datasets/task", source=page_of("datasets/task"), query=("task_id", *LISTS))
def get_dataset_task(call: Call) -> bytes:
    """Retrieve a task of a dataset."""
    wanted_id = needed(query_texts(call), "task_id")
    wish = wish_of(call, "dataset", "delivery")
    task = by_id(call.account.dataset_tasks, "task", wanted_id)
    return encode(renderer(call, wish).dataset_task(task))


@endpoint(
    "GET",
    "/v2/datasets/tasks",
    source=page_of("datasets/tasks"),
    query=("dataset_id", "delivery_id", "delivered_after", "delivered_before", *PAGING, *LISTS),
)
def list_dataset_tasks(call: Call) -> bytes:
    """List the tasks of a dataset, or of one of its deliveries, the latest delivered first."""
    values = query_texts(call)
    one_of_needed(values, "dataset_id", "delivery_id")
    wish, delivered = wish_of(call, "dataset", "delivery"), strictly_between(call, "delivered")
    dataset, delivery = sent_text(values, "dataset_id"), sent_text(values, "delivery_id")
    # An unknown id is a 404, not an empty list (assumed).
    if dataset is not None:
        by_id(call.account.datasets, "dataset", dataset)
    if delivery is not None:
        by_id(call.account.dataset_deliveries, "delivery", delivery)
    matches = [
        call.account.dataset_tasks[task_id]
        for candidate in _latest_first(call.account.dataset_deliveries.values())
        if dataset in (None, candidate.dataset)
        and delivery in (None, candidate.id)
        and inside(delivered, candidate.delivered_ms)
        for task_id in candidate.task_ids
    ]
    return encode(paged(call, "tasks", matches, renderer(call, wish).dataset_task))


@endpoint(
    "GET",
    "/v2/datasets/task/{task_id}/response_url/{attachment_id}",
    source=assumed(
        "the page could not be read; path and statuses stand in the official client 2.18"
    ),
)
def get_dataset_task_response_url(call: Call) -> Reply:
    """Redirect to a file of a dataset task's response, which is fetched without a key."""
    task = call.account.dataset_tasks.get(call.path["task_id"])
    attachment_id = call.path["attachment_id"]
    if task is None or attachment_id not in task.files:
        raise ApiError(404, f"Attachment {attachment_id} not found on task {call.path['task_id']}")
    origin = call.account.base_url or call.request.origin
    # Ids are free text: a slash in one would otherwise be read as another path.
    path = f"/_files/{task.id}/{quote(attachment_id, safe='')}"
    location = f"{origin}{path}?sig={_signature(task, attachment_id)}"
    return Reply(302, b"", [("Location", location)])


@endpoint(
    "GET",
    "/_files/{task_id}/{attachment_id}",
    source=assumed("where a dataset task's files lie is the fake's"),
    public=True,
    query=None,
)
def get_file(call: Call) -> Reply:
    """Fetch a file of a dataset task by the address that was redirected to; no key needed."""
    attachment_id = call.path["attachment_id"]
    # Without a key there is no account: the address alone says whose file it is.
    for account in call.world.store.everyone():
        task = account.dataset_tasks.get(call.path["task_id"])
        if task is None or attachment_id not in task.files:
            continue
        if call.one("sig") == _signature(task, attachment_id):
            mime_type, content = task.files[attachment_id]
            return Reply(200, content, [("Content-Type", mime_type)])
    raise ApiError(404, "Not Found", "no dataset task of this fake has a file at this address")


def _signature(task: DatasetTaskRecord, attachment_id: str) -> str:
    """What makes the address hard to guess; it follows from the task alone."""
    # Not hash(), which differs in each process: equal seeds must give equal addresses.
    digest = blake2b(f"{task.id}/{attachment_id}".encode("utf-8", "replace"), digest_size=8)
    return digest.hexdigest()


def _latest_first(deliveries: Iterable[DatasetDeliveryRecord]) -> list[DatasetDeliveryRecord]:
    return sorted(deliveries, key=attrgetter("delivered_ms", "seq"), reverse=True)
