"""What must be true of every answer, and of the world after a round."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from scaleapi_testing import FakeScale

if TYPE_CHECKING:
    from pathlib import Path

    from .calls import Call

INJECTED: Final = frozenset({429, 500, 503})
"""What only a fault of this round may answer."""

SLOW_S: Final = 3.0
"""Processor seconds after which a call counts as one that hangs; most take a thousandth."""


class Broken(Exception):
    """Something that must hold did not."""


def quick(call: Call, spent_s: float) -> None:
    """No call costs more than its size."""
    if spent_s > SLOW_S:
        raise Broken(f"{spent_s:.1f} s of processor time for {call}")


def answered(call: Call, status: int, body: bytes, *, faults: bool) -> None:
    """A known status, and Scale's envelope around every error."""
    if status >= 500 and not (faults and status in INJECTED):
        raise Broken(f"{status} for {call}: {body[:300]!r}")
    if status >= 400 and call.method != "HEAD":
        try:
            envelope = json.loads(body)
        except ValueError:
            raise Broken(f"{status} without JSON for {call}: {body[:300]!r}") from None
        if set(envelope) != {"status_code", "error"} or envelope["status_code"] != status:
            raise Broken(f"{status} without Scale's envelope for {call}: {body[:300]!r}")


def whole(fake: FakeScale, folder: Path) -> None:
    """Pages hold every task once, each task can be explained, and a dump tells the same again."""
    for task in fake.tasks:
        fake.explain(task)
    documents = [task.as_dict() for task in fake.tasks]
    if len({document["task_id"] for document in documents}) != len(documents):
        raise Broken("two tasks have one id")
    for status in ("pending", "completed", "canceled", "error"):
        listed = {task.id for task in fake.tasks(status=status)}
        wanted = {d["task_id"] for d in documents if d["status"] == status}
        if listed != wanted:
            raise Broken(f"the index of {status} tasks differs from the tasks: {listed ^ wanted}")
    first = folder / "first.json"
    fake.dump(first)
    _same(documents, [task.as_dict() for task in FakeScale.load(first).tasks])
    before = fake.snapshot()
    fake.restore(before)
    _same(documents, [task.as_dict() for task in fake.tasks])


def _same(documents: list[Any], others: list[Any]) -> None:
    if json.dumps(documents) != json.dumps(others):
        raise Broken("the tasks changed on their way through a dump or a snapshot")
