"""What a wait for nothing was about, and what would end it: the middle of ``NotIdle``'s message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._messages import counted
from ._state.lifecycle import PENDING

if TYPE_CHECKING:
    from ._journal.journal import Journal
    from ._state.task import TaskRecord
    from ._world.world import World


def what_would_end(world: World, journal: Journal) -> str:
    """The task that was polled last and what it waits for, in sentences with a blank behind."""
    # Of a log's calls alone: what is said must be the same at every server that keeps it.
    requests = [request for request in journal if not request.own]
    polled = [r for r in requests if r.method == "GET" and r.route == "/v1/task/{task_id}"]
    if not polled:
        if not requests:
            return "The fake was never called. "
        last = requests[-1]
        return f"The last call was request {last.n} ({last.method} {last.path}). "
    task_id = polled[-1].path.rstrip("/").rpartition("/")[2]
    record = world.store.tasks.get(task_id)
    times = counted(sum(request.path == polled[-1].path for request in polled), "time")
    last_poll = f"Polled last was task {task_id}, {times}"
    if record is None:
        return f"{last_poll}; there is no such task. "
    return f"{last_poll}; its status is {record.status}. {_ends(world, record)}"


def _ends(world: World, record: TaskRecord) -> str:
    if record.status != PENDING:
        return "Nothing will change that by itself: wait for this status, or stop waiting. "
    if world.in_staging(record):
        return (
            f"Its batch {record.batch!r} is in staging, where nobody works: "
            f"client.finalize_batch({record.batch!r}) ends that. "
        )
    return (
        f"It ends by scale.complete({record.id!r}), or by itself with a turnaround: "
        "@pytest.mark.scale(turnaround=timedelta(hours=2)) or scale.turnaround(...) before it is "
        "created. "
    )
