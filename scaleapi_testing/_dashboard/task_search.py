"""Which tasks a table of tasks shows: filters, full text, order and page, over all accounts.

A page never looks at more tasks than it must: in order of creation it is a slice of an index.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from .._http.wire import parse_time, to_ms
from .._state.query import TaskQuery
from .._time.turns import in_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .._state.account import Account
    from .._state.store import Store
    from .._state.task import TaskRecord
    from .visit import Visit

PAGE: Final = 50
MOST_SCANNED: Final = 200_000
"""Tasks that a search by text looks at for one page; then it says that it stopped."""

ORDERS: Final = ("created", "completed", "updated")
BOUNDS: Final = {
    "created": ("created_after", "created_before"),
    "completed": ("completed_after", "completed_before"),
    "updated": ("updated_after", "updated_before"),
}
_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Search:
    """What a table of tasks is asked for.

    Attributes:
        query: the filters that the API has.
        text: what must stand in an id, the unique_id or the instruction; empty for anything.
        order: one of `ORDERS`; newest first.
        after: the page begins behind this (milliseconds, id); ``None`` for the first.
        account: the digest of an account; empty for all.
        wrong: values of the address that mean nothing, in words.
    """

    query: TaskQuery
    text: str = ""
    order: str = "created"
    after: tuple[int, str] | None = None
    account: str = ""
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a table of tasks.

    Attributes:
        tasks: newest first.
        total: how many match in all; ``None`` where that was not counted.
        next: the address of the next page begins behind this; empty where there is none.
        stopped: whether a search by text gave up before the end.
    """

    tasks: list[TaskRecord]
    total: int | None
    next: str
    stopped: bool = False


def read_search(visit: Visit) -> Search:
    """What the address of a page asks for; what means nothing is told, and not searched by."""
    wrong: list[str] = []
    created, completed, updated = (
        (_time(visit.asked(least), least, wrong), _time(visit.asked(greatest), greatest, wrong))
        for least, greatest in BOUNDS.values()
    )
    order = visit.asked("order", "created")
    if order not in ORDERS:
        wrong.append(f"order={order[:40]}: tasks are ordered by {', '.join(ORDERS)}")
        order = "created"
    query = TaskQuery(
        created=created,
        completed=completed,
        updated=updated,
        status=visit.asked("status") or None,
        type=visit.asked("type") or None,
        project=visit.asked("project") or None,
        batch=visit.asked("batch") or None,
        unique_ids=tuple(visit.every("unique_id")) or None,
        tags=tuple(_listed(visit.asked("tags"))) or None,
        reviews=tuple(visit.every("customer_review_status")) or None,
        # One more than is shown tells whether there is a next page.
        limit=PAGE + 1,
    )
    return Search(
        query,
        visit.asked("q").strip(),
        order,
        _position(visit.asked("after"), wrong),
        visit.asked("account"),
        tuple(wrong),
    )


def find_tasks(store: Store, search: Search) -> Found:
    """A page of what ``search`` asks for."""
    accounts = [account for account in store.everyone() if search.account in ("", account.digest)]
    if search.text:
        return _by_text(accounts, search)
    if search.order != "created":
        return _ordered(accounts, search)
    query = replace(search.query, before=search.after)
    pages = [account.tasks.find(query) for account in accounts]
    # Each account's page is in order already: sorting all of them would look at all.
    merged = heapq.merge(*(page.tasks for page in pages), key=_newest)
    tasks = [record for record, _ in zip(merged, range(PAGE + 1), strict=False)]
    return _page(tasks, search.order, sum(page.total for page in pages))


def _by_text(accounts: list[Account], search: Search) -> Found:
    has_text = _text_rule(search.text)
    tasks: list[TaskRecord] = []
    for scanned, record in enumerate(_every(accounts, search), 1):
        if has_text(record):
            tasks.append(record)
            if len(tasks) > PAGE:
                break
        # It stops and says so: a page must come even from a world of millions.
        if scanned >= MOST_SCANNED:
            return replace(_page(tasks, search.order, None), stopped=True)
    return _page(tasks, search.order, None if len(tasks) > PAGE else len(tasks))


def _every(accounts: list[Account], search: Search) -> Iterator[TaskRecord]:
    """All that the filters leave, in order of creation, newest first, a few at a time."""
    return heapq.merge(*(_walk(account, search) for account in accounts), key=_newest)


def _walk(account: Account, search: Search) -> Iterator[TaskRecord]:
    before = search.after
    while True:
        page = account.tasks.find(replace(search.query, before=before, limit=_BATCH))
        yield from in_turns(page.tasks)
        if not page.has_more:
            return
        last = page.tasks[-1]
        before = (last.created_ms, last.id)


def _ordered(accounts: list[Account], search: Search) -> Found:
    """By another time than that of creation: the newest of all that match are picked out."""
    time: Callable[[TaskRecord], int | None] = attrgetter(f"{search.order}_ms")
    # Beyond any table: a query's limit is a number.
    unbounded = replace(search.query, limit=1 << 60)
    matching = [
        record
        for account in accounts
        for record in in_turns(account.tasks.find(unbounded).tasks)
        if time(record) is not None
    ]
    place: Callable[[TaskRecord], tuple[int, str]] = lambda record: (time(record) or 0, record.id)  # noqa: E731
    later = matching if search.after is None else [r for r in matching if place(r) < search.after]
    # One more than fits, so that a link to the next page is there only if it leads somewhere.
    return _page(heapq.nlargest(PAGE + 1, later, key=place), search.order, len(matching))


def _page(tasks: list[TaskRecord], order: str, total: int | None) -> Found:
    shown = tasks[:PAGE]
    if len(tasks) <= PAGE:
        return Found(shown, total, "")
    last = shown[-1]
    at: int = getattr(last, f"{order}_ms")
    return Found(shown, total, f"{at}.{last.id}")


def _newest(record: TaskRecord) -> tuple[int, int]:
    # Ids are hexadecimal; an id of another form stands last.
    try:
        return -record.created_ms, -int(record.id, 16)
    except ValueError:
        return -record.created_ms, 0


def _text_rule(text: str) -> Callable[[TaskRecord], bool]:
    """Whether a text stands in an id, the unique_id or the instruction, whatever its case."""
    folded_text = text.casefold()
    # Encoded documents are looked through first: few of them have to be read.
    is_written_alike = text.isascii() and text.isprintable() and not {'"', "\\"} & set(text)
    raw = text.lower().encode() if is_written_alike else None

    def has_text(record: TaskRecord) -> bool:
        if folded_text in record.id or folded_text in (record.unique_id or "").casefold():
            return True
        # Most are ruled out by their bytes, and decoding is what costs.
        if raw is not None and raw not in record.wire.lower():
            return False
        return folded_text in str(record.document().get("instruction") or "").casefold()

    return has_text


def _time(text: str, name: str, wrong: list[str]) -> int | None:
    if not text:
        return None
    moment = parse_time(text)
    if moment is None:
        wrong.append(f"{name}={text[:40]}: give a date such as 2026-03-02 or 2026-03-02T12:00Z")
        return None
    return to_ms(moment)


def _position(text: str, wrong: list[str]) -> tuple[int, str] | None:
    at, separator, task_id = text.partition(".")
    if not text:
        return None
    if (
        not separator
        or not at.lstrip("-").isascii()
        or not at.lstrip("-").isdigit()
        or len(at) > 18
    ):
        wrong.append(f"after={text[:40]}: no place in this table")
        return None
    return int(at), task_id


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
