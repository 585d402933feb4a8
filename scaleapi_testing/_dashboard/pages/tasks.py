"""The table of tasks: every filter of the API, full text, order, pages by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from ..._state.lifecycle import STATUSES
from ..._task_types import names
from ..layout import page
from ..moments import iso, moment
from ..task_search import BOUNDS, ORDERS, find_tasks, read_search

if TYPE_CHECKING:
    from ..._state.task import TaskRecord
    from ..visit import Answer, Visit

REVIEWS: Final = ("pending", "accepted", "fixed", "commented", "rejected")
MOST_NAMES: Final = 500
"""Names of projects and batches that a list of suggestions holds."""


def tasks(visit: Visit) -> Answer:
    """The page."""
    store = visit.fake._world.store
    search = read_search(visit)
    shown = find_tasks(store, search)
    accounts = store.everyone()
    return page(
        visit,
        "tasks.html",
        title="Tasks",
        rows=[_row(record) for record in shown.tasks],
        found=shown,
        search=search,
        any_tasks=any(len(account.tasks) for account in accounts),
        is_filtered=any(value for name, value in visit.query if name not in {"order", "after"}),
        statuses=STATUSES,
        types=names(),
        reviews=REVIEWS,
        orders=ORDERS,
        bounds=BOUNDS,
        projects=sorted({name for account in accounts for name in account.projects})[:MOST_NAMES],
        batches=sorted({name for account in accounts for name in account.batches})[:MOST_NAMES],
        accounts=[account for account in accounts if account.has_something()],
        next_page=address(visit, after=shown.next) if shown.next else "",
        first_page=address(visit, after="") if visit.asked("after") else "",
        export=address(visit, path="/ui/export", after=""),
    )


def address(visit: Visit, path: str = "/ui/tasks", **changed: str) -> str:
    """The address of a table with the filters of this one."""
    kept = [(name, value) for name, value in visit.query if value and name not in changed]
    query = urlencode([*kept, *((name, value) for name, value in changed.items() if value)])
    return f"{visit.mount}{path}{'?' if query else ''}{query}"


def _row(record: TaskRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "unique_id": record.unique_id,
        "type": record.type,
        "status": record.status,
        "project": record.project,
        "batch": record.batch,
        "tags": record.tags,
        "review": record.review,
        "account": record.account.digest,
        "created": moment(record.created_ms),
        "created_iso": iso(record.created_ms),
        "updated": moment(record.updated_ms),
        "completed": moment(record.completed_ms),
    }
