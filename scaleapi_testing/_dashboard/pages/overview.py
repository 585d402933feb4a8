"""The overview: projects, batches under way, throughput, calls and errors, what comes next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from ..._state.lifecycle import CANCELED, COMPLETED, ERROR, PENDING
from ..charts import bar_of_statuses, throughput
from ..layout import page
from ..moments import distance, moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markupsafe import Markup

    from ..._fake import FakeScale
    from ..._state.account import Account
    from ..visit import Answer, Visit

STATUSES: Final = (COMPLETED, PENDING, CANCELED, ERROR)
MOST_CARDS: Final = 24
MOST_BATCHES: Final = 12
HOURS: Final = 24
HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Card:
    """A project or batch with its tasks by status.

    Attributes:
        name: its own; empty for tasks of no project.
        kind: the project's task type, or the batch's project.
        counts: how many tasks are in each status.
        account: the digest of its account, and what is shown of the key.
        status: of a batch.
    """

    name: str
    kind: str
    counts: dict[str, int]
    account: tuple[str, str]
    status: str = ""

    @property
    def total(self) -> int:
        """All of its tasks."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """Those that will not change by themselves."""
        return self.total - self.counts[PENDING]

    @property
    def bar(self) -> Markup:
        """Its tasks as a bar."""
        return bar_of_statuses(self.counts)


def overview(visit: Visit) -> Answer:
    """The page."""
    fake = visit.fake
    world = fake._world
    accounts = world.store.everyone()
    now = world.clock.ms
    projects = sorted(
        (card for account in accounts for card in _projects(account)), key=lambda card: -card.total
    )
    # A copy: calls come in while the page is made.
    calls = list(fake.requests)
    failing = [entry for entry in fake.callbacks if entry.attempts and not entry.succeeded]
    return page(
        visit,
        "overview.html",
        title="Overview",
        counts=_totals(accounts),
        total=sum(len(account.tasks) for account in accounts),
        statuses=STATUSES,
        projects=projects[:MOST_CARDS],
        more_projects=max(len(projects) - MOST_CARDS, 0),
        batches=_batches(accounts),
        several_accounts=len(accounts) > 1,
        chart=throughput(_hours(accounts, now), now),
        calls=_calls(calls),
        failing=[
            {
                "number": entry.number,
                "url": entry.url,
                "event": entry.event,
                "task": entry.task_id,
                "status": entry.attempts[-1].status,
                "tries": len(entry.attempts),
            }
            for entry in failing[-6:][::-1]
        ],
        failing_count=len(failing),
        upcoming=_upcoming(fake, now),
    )


def _upcoming(fake: FakeScale, now: int) -> list[dict[str, str]]:
    return [
        {
            "when": moment(round(event.when.timestamp() * 1000)),
            "distance": distance(round(event.when.timestamp() * 1000) - now),
            "what": event.what,
        }
        for event in islice(fake.timeline, 8)
    ]


def _totals(accounts: Iterable[Account]) -> dict[str, int]:
    return {
        status: sum(account.tasks.count(status=status) for account in accounts)
        for status in STATUSES
    }


def _projects(account: Account) -> Iterable[Card]:
    holder = (account.digest, account.shown)
    in_projects: Counter[str] = Counter()
    for name, project in list(account.projects.items()):
        # Projects of a test's set-up alone would bury those that somebody works in.
        if name in account.untouched and not account.tasks.count(project=name):
            continue
        counts = {status: account.tasks.count(project=name, status=status) for status in STATUSES}
        in_projects.update(counts)
        yield Card(name, project.type, counts, holder)
    without = {
        status: account.tasks.count(status=status) - in_projects[status] for status in STATUSES
    }
    if any(without.values()):
        yield Card("", "", without, holder)


def _batches(accounts: Iterable[Account]) -> list[Card]:
    """The newest batches that are not done."""
    under_way: list[tuple[int, Card]] = []
    for account in accounts:
        for name, batch in list(account.batches.items()):
            if batch.status in {"completed", "cancelled"} or batch.archived:
                continue
            counts = {status: account.tasks.count(batch=name, status=status) for status in STATUSES}
            card = Card(name, batch.project, counts, (account.digest, account.shown), batch.status)
            under_way.append((batch.created_ms, card))
    # Over all accounts, each of which has an order of its own.
    under_way.sort(key=lambda entry: -entry[0])
    return [card for _, card in under_way[:MOST_BATCHES]]


def _hours(accounts: Iterable[Account], now: int) -> list[tuple[int, int]]:
    """Of each of the last hours how many tasks were created and how many completed."""
    first = (now // HOUR_MS - HOURS + 1) * HOUR_MS
    created, completed = Counter[int](), Counter[int]()
    for account in accounts:
        for record in reversed(account.tasks.records):
            if record.updated_ms < first and record.created_ms < first - 30 * 24 * HOUR_MS:
                break  # whoever is this old has hardly just been completed
            if record.created_ms >= first:
                created[(record.created_ms - first) // HOUR_MS] += 1
            if record.completed_ms is not None and record.completed_ms >= first:
                completed[(record.completed_ms - first) // HOUR_MS] += 1
    return [(created[hour], completed[hour]) for hour in range(HOURS)]


def _calls(calls: list[Any]) -> dict[str, int]:
    statuses = Counter("none" if not call.status else f"{call.status // 100}" for call in calls)
    return {
        "all": len(calls),
        "ok": statuses["2"] + statuses["3"],
        "refused": statuses["4"],
        # No answer is a fault of the server to whoever waits for it.
        "broken": statuses["5"] + statuses["none"],
        "faults": sum(1 for call in calls if call.fault is not None),
    }
