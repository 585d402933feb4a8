"""G4: a page costs the same however many tasks there are and however deep it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from scaleapi_testing._http.paging import write_token
from scaleapi_testing._http.wire import timestamp

from ..examples import LIVE, listing
from ..method import Effort, Side, compare
from ..rows import Row
from ..stores import filled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaleapi_testing import FakeScale
    from scaleapi_testing._state.account import Account
    from scaleapi_testing._state.task import TaskRecord

FEW: Final = 1_000
MANY: Final = 1_000_000
MANY_WHEN_QUICK: Final = 100_000
PAGE: Final = 100


@dataclass(frozen=True)
class Filter:
    """One kind of listing: what the client is given, and which records that leaves."""

    name: str
    given: Callable[[Store], dict[str, Any]]
    matches: Callable[[TaskRecord], bool] = lambda _: True
    has_last_page: bool = True


@dataclass(frozen=True)
class Store:
    """A filled fake and what is known of it."""

    scale: FakeScale
    account: Account

    def at(self, share: float) -> str:
        """The time of creation that this share of the tasks lies before."""
        records = self.account.tasks.records
        return timestamp(records[int(len(records) * share)].created_ms)


INDEXED: Final = (
    Filter("no filter", lambda _: {}),
    Filter("status", lambda _: {"status": "completed"}, lambda r: r.status == "completed"),
    Filter("type", lambda _: {"type": "imageannotation"}, lambda r: r.type == "imageannotation"),
    Filter("project", lambda _: {"project": "drives-1"}, lambda r: r.project == "drives-1"),
    Filter("batch", lambda _: {"batch": "monday-1"}, lambda r: r.batch == "monday-1"),
    Filter("unique_id", lambda _: {"unique_id": "frame-0000500"}, has_last_page=False),
    Filter("one tag", lambda _: {"tags": "tag-1"}, lambda r: "tag-1" in r.tags),
    Filter(
        "start_time and end_time",
        lambda store: {"start_time": store.at(0.25), "end_time": store.at(0.75)},
    ),
    Filter(
        "project and status",
        lambda _: {"project": "drives-1", "status": "completed"},
        lambda r: r.project == "drives-1" and r.status == "completed",
    ),
    Filter(
        "batch and status",
        lambda _: {"batch": "monday-1", "status": "completed"},
        lambda r: r.batch == "monday-1" and r.status == "completed",
    ),
)

KEPT: Final = (
    Filter("two tags", lambda _: {"tags": ["tag-1", "tag-2"]}),
    Filter("customer_review_status", lambda _: {"customer_review_status": "pending"}),
    Filter(
        "two of customer_review_status",
        lambda _: {"customer_review_status": ["pending", "accepted"]},
    ),
    Filter("completed_after", lambda store: {"completed_after": store.at(0.25)}),
    Filter("completed_before", lambda store: {"completed_before": store.at(0.75)}),
    Filter("updated_after", lambda store: {"updated_after": store.at(0.25)}),
    Filter("updated_after, of late", lambda store: {"updated_after": store.at(0.8)}),
    Filter("updated_before", lambda store: {"updated_before": store.at(0.75)}),
    Filter("type and status", lambda _: {"type": "imageannotation", "status": "completed"}),
    Filter("project and type", lambda _: {"project": "drives-1", "type": "segmentannotation"}),
    Filter("project and one tag", lambda _: {"project": "drives-1", "tags": "tag-1"}),
    Filter(
        "project and updated_after",
        lambda store: {"project": "drives-1", "updated_after": store.at(0.25)},
    ),
    Filter(
        "batch and completed_before",
        lambda store: {"batch": "monday-1", "completed_before": store.at(0.9)},
    ),
    Filter(
        "status and completed_after",
        lambda store: {"status": "completed", "completed_after": store.at(0.25)},
    ),
    Filter(
        "type and customer_review_status",
        lambda _: {"type": "imageannotation", "customer_review_status": "pending"},
    ),
    Filter(
        "status and start_time",
        lambda store: {"status": "completed", "start_time": store.at(0.5)},
    ),
)

LOOKED_FOR: Final = (
    Filter(
        "completed_after and updated_before",
        lambda store: {"completed_after": store.at(0.25), "updated_before": store.at(0.75)},
    ),
)


def measure(effort: Effort) -> Iterator[Row]:
    many_tasks = MANY if effort.full else MANY_WHEN_QUICK
    shown = f"{many_tasks:,}"
    few, many = Store(*filled(FEW)), Store(*filled(many_tasks))
    for one in (*INDEXED, *KEPT):
        yield Row(
            f"page one of {shown} / of {FEW:,} tasks, {one.name}",
            compare(_first(many, one), _first(few, one), effort),
            1.1,
            note=_note(many_tasks),
        )
    for one in INDEXED:
        if one.has_last_page:
            yield Row(
                f"last page / page one of {shown} tasks, {one.name}",
                compare(_last(many, one), _first(many, one), effort),
                1.1,
                note=_note(many_tasks),
            )
    few_pairs = Effort(pairs=3, block_s=effort.block_s)
    for one in LOOKED_FOR:
        yield Row(
            f"page one of {shown} / of {FEW:,} tasks, {one.name}",
            compare(_first(many, one), _first(few, one), few_pairs),
            note="bounds of two times: looked for among all tasks each time",
        )


def _note(tasks: int) -> str:
    return "" if tasks == MANY else f"the goal is for {MANY:,}, left out by --quick"


def _first(store: Store, one: Filter) -> Side:
    client = store.scale.client(LIVE)
    call = listing(client, PAGE, **one.given(store))
    assert len(call()) == (PAGE if one.has_last_page else 1), one.name
    return Side(call)


def _last(store: Store, one: Filter) -> Side:
    given = one.given(store)
    matching = [record for record in store.account.tasks if one.matches(record)]
    if "start_time" in given:
        matching = [r for r in matching if timestamp(r.created_ms) >= given["start_time"]]
    after = matching[PAGE]
    token = write_token(after.id, after.created_ms)
    call = listing(store.scale.client(LIVE), PAGE, **given, next_token=token)
    page = call()
    assert (len(page), page.has_more) == (PAGE, False), one.name
    return Side(call)
