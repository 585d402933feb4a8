"""Fakes that hold many tasks, filled below the API where that would take minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scaleapi_testing import FakeScale
from scaleapi_testing._http.wire import timestamp
from scaleapi_testing._state.task import TaskRecord

from .examples import BOXES, LIVE

if TYPE_CHECKING:
    from scaleapi_testing._state.account import Account

PARTS: Final = 4
"""Tasks fall evenly into so many projects, batches (one per project), tags."""

TYPES: Final = ("imageannotation", "segmentannotation")
STATUSES: Final = ("pending", "completed")


def filled(tasks: int) -> tuple[FakeScale, Account]:
    """A fake whose live account holds so many tasks of one second each, and that account.

    Each page of 100 documents is as long as any other. Type changes with every task, status with
    every second, project, batch and tag with every fourth, so that each filter and pair of filters
    leaves at least 100 of 1,000.
    """
    scale = FakeScale(seed=1)
    account = scale.account(LIVE)
    world = scale._world
    begin = scale.clock.ms - (tasks + 1) * 1000
    alike = _alike(account)
    for number in range(tasks):
        part = number % PARTS
        created = begin + number * 1000
        stamp = timestamp(created)
        document = {
            **alike,
            "task_id": f"{created // 1000:08x}{number:016x}",
            "created_at": stamp,
            "updated_at": stamp,
            "type": TYPES[number % 2],
            "status": STATUSES[number // PARTS % 2],
            "project": f"drives-{part}",
            "batch": f"monday-{part}",
            "tags": [f"tag-{part}"],
            "unique_id": f"frame-{number:07d}",
        }
        if document["status"] == "completed":
            document["completed_at"] = stamp
        world.store.add_task(TaskRecord(document, account=account, request_n=1))
    return scale, account


def _alike(account: Account) -> dict[str, Any]:
    """What the documents have in common, in the order of the wire."""
    return {
        "task_id": "",
        "created_at": "",
        "updated_at": "",
        "callback_url": BOXES["callback_url"],
        "type": "",
        "status": "",
        "instruction": BOXES["instruction"],
        "params": {
            key: BOXES[key] for key in ("attachment", "geometries", "annotation_attributes")
        },
        "is_test": False,
        "urgency": "standard",
        "metadata": BOXES["metadata"],
        "processed_attachments": [],
        "customerId": account.customer_id,
        "priority": 0,
        "project": "",
        "batch": "",
        "tags": [],
        "unique_id": "",
        "work_started": False,
    }
