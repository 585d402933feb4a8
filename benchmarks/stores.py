"""Fakes that hold many tasks, filled below the API where that would take minutes."""

from __future__ import annotations

import json
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
    template = _template(account).encode()
    for number in range(tasks):
        part = number % PARTS
        type_name, status = TYPES[number % 2], STATUSES[number // PARTS % 2]
        created = begin + number * 1000
        task_id = f"{created // 1000:08x}{number:016x}"
        stamp = timestamp(created)
        record = TaskRecord(
            id=task_id,
            account=account,
            type=type_name,
            created_ms=created,
            project=f"drives-{part}",
            batch=f"monday-{part}",
            unique_id=f"frame-{number:07d}",
            tags=(f"tag-{part}",),
            request_n=1,
            wire=template
            % (
                task_id.encode(),
                stamp.encode(),
                stamp.encode(),
                type_name.encode(),
                status.encode(),
                part,
                part,
                part,
                number,
            ),
        )
        record.status = status
        if status == "completed":
            record.completed_ms = created
        world.store.add_task(record)
    return scale, account


def _template(account: Account) -> str:
    document: dict[str, Any] = {
        "task_id": "<24>",
        "created_at": "<24>",
        "updated_at": "<24>",
        "callback_url": BOXES["callback_url"],
        "type": "<type>",
        "status": "<status>",
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
        "project": "drives-<part>",
        "batch": "monday-<part>",
        "tags": ["tag-<part>"],
        "unique_id": "frame-<number>",
        "work_started": False,
    }
    text = json.dumps(document, separators=(",", ":")).replace("%", "%%")
    for hole in ("<24>", "<type>", "<status>"):
        text = text.replace(hole, "%s")
    return text.replace("<part>", "%d").replace("<number>", "%07d")
