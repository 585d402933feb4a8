"""G9: what the journal keeps of a call is small; that it is bounded is asserted in the tests."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING, Any, Final

from scaleapi.tasks import TaskType
from scaleapi_testing import FakeScale

from ..examples import BOXES, LIVE
from ..method import Effort, Spread
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CALLS: Final = 500
KB: Final = 1024
REFERENCE: Final = 8
"""Bytes by which a page keeps each of its documents."""


def measure(effort: Effort) -> Iterator[Row]:  # noqa: ARG001 - nothing here is timed
    scale = FakeScale(journal_max_entries=CALLS)
    client = scale.client(LIVE)
    tasks = [client.create_task(TaskType.ImageAnnotation, **BOXES) for _ in range(200)]
    metadata: dict[str, Any] = {"frame": 417, "note": "x" * 1_000}
    calls: tuple[tuple[str, Callable[[], object]], ...] = (
        ("get_task", lambda: client.get_task(tasks[0].id)),
        ("set_task_metadata", lambda: client.set_task_metadata(tasks[0].id, metadata)),
        ("tasks(limit=100)", lambda: client.tasks(limit=100)),
    )
    for name, call in calls:
        beyond, bodies = journal_growth(scale, call)
        yield Row(
            f"journal entry of {name}, beyond its bodies",
            Spread.exact(beyond / KB),
            1.0,
            unit="KB",
            note=f"bodies of {bodies / KB:.1f} KB of its own",
        )


def journal_growth(scale: FakeScale, call: Callable[[], object]) -> tuple[float, float]:
    """Bytes that an entry takes beyond the call's own bodies, and bytes of these bodies.

    Measured as what the process holds more after so many calls, the journal emptied before. What
    a call changes in the fake besides is taken into it.
    """
    call()
    scale.requests.reset()
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(CALLS):
            call()
        gc.collect()
        held = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    last = scale.requests.last
    bodies = len(last.body) + (len(last.response_body) if last.method != "GET" else 0)
    if isinstance(page := last.response_json, dict):
        bodies += REFERENCE * len(page.get("docs", ()))  # the documents are the store's own
    return held / CALLS - bodies, bodies
