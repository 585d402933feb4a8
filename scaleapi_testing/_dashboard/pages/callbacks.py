"""Every callback with its tries, what it carried and what came back; and the inboxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from ..._http.wire import to_ms
from ..json_view import body_view
from ..layout import page
from ..moments import distance, moment
from ..visit import NoSuchPage

if TYPE_CHECKING:
    from ..._callbacks.delivery import Delivery
    from ..visit import Answer, Visit

MOST: Final = 50
"""Callbacks on one page."""

SUCCEEDED: Final = "succeeded"
FAILING: Final = "failing"
WAITING: Final = "waiting"
STATES: Final = (FAILING, WAITING, SUCCEEDED)


def state_of(delivery: Delivery) -> str:
    """How a callback stands: taken, refused so far, or not tried yet."""
    if delivery.succeeded:
        return SUCCEEDED
    return FAILING if delivery.attempts else WAITING


def callbacks(visit: Visit) -> Answer:
    """The page of all, newest first; ``?delivery=`` opens one."""
    fake = visit.fake
    state_filter, url, task = visit.asked("state"), visit.asked("url"), visit.asked("task")
    before = _number(visit.asked("before"))
    opened = _number(visit.asked("delivery"))
    shown: list[Delivery] = []
    rest = False
    counts: dict[str, int] = dict.fromkeys(STATES, 0)
    for entry in reversed(list(fake.callbacks)):
        state = state_of(entry)
        counts[state] += 1
        is_meant = (
            (not state_filter or state == state_filter)
            and (not url or url in entry.url)
            and (not task or entry.task_id == task)
            and (opened is None or entry.number == opened)
            and (before is None or entry.number < before)
        )
        if is_meant and len(shown) < MOST:
            shown.append(entry)
        # No break as with requests: the counts above the table are of all.
        elif is_meant:
            rest = True
    filters = [(name, value) for name, value in visit.query if value and name != "before"]
    return page(
        visit,
        "callbacks.html",
        title="Callbacks",
        states=STATES,
        counts=counts,
        total=len(fake.callbacks),
        is_filtered=bool(filters),
        entries=[_entry(visit, entry) for entry in shown],
        opened=opened,
        older=f"?{urlencode([*filters, ('before', shown[-1].number)])}" if rest else "",
        targets=[
            (prefix or "everything", getattr(target, "base", None) or repr(target)[:200])
            for prefix, target in sorted(fake.callbacks._targets.items())
        ],
        inboxes=[(name, len(visit.inboxes.letters(name))) for name in visit.inboxes.names()],
        outbox=[
            {"when": moment(to_ms(mail.at)), "to": mail.to, "subject": mail.subject}
            for mail in list(fake.callbacks.outbox)[: -MOST - 1 : -1]
        ],
    )


def _entry(visit: Visit, delivery: Delivery) -> dict[str, Any]:
    world = visit.fake._world
    planned = world.timeline.planned("callback", delivery.number)
    return {
        "number": delivery.number,
        "state": state_of(delivery),
        "event": delivery.event,
        "task": delivery.task_id,
        "batch": delivery.batch,
        "url": delivery.url,
        "origin": "/".join(delivery.url.split("/")[:3]),
        "inbox": _inbox_of(visit, delivery),
        "goes_to": _goes_to(visit, delivery),
        "attempts": [
            {"when": moment(to_ms(attempt.at)), "status": attempt.status, "ok": attempt.succeeded}
            for attempt in delivery.attempts
        ],
        "last": delivery.attempts[-1].status if delivery.attempts else None,
        "next": None if planned is None else moment(planned),
        "next_in": "" if planned is None else distance(planned - world.clock.ms),
        "answer": delivery.answer.decode("utf-8", "replace"),
        "body": body_view(delivery.body),
        "why": _why(delivery, is_planned=planned is not None),
    }


def _goes_to(visit: Visit, delivery: Delivery) -> str:
    """Where callbacks of this address go instead of it; empty where they go there."""
    targets = visit.fake.callbacks._targets
    prefix = max((name for name in targets if delivery.url.startswith(name)), key=len, default=None)
    base = "" if prefix is None else str(getattr(targets[prefix], "base", ""))
    return "" if delivery.url.startswith(base) else base


def _inbox_of(visit: Visit, delivery: Delivery) -> str:
    """The inbox in which a callback that was taken lies; empty where it went elsewhere."""
    name = delivery.url.rpartition("/")[2]
    has_come = delivery.succeeded and any(
        letter.body == delivery.body for letter in visit.inboxes.letters(name)
    )
    return name if has_come else ""


def _why(delivery: Delivery, *, is_planned: bool) -> str:
    """What is wrong with a callback that was not taken, and what to do, in a sentence."""
    if delivery.succeeded or not delivery.attempts:
        return ""
    status = delivery.attempts[-1].status
    if status is None:
        why = (
            "Nothing answered at this address. Is the receiver running, and may the server call "
            "it? Hosts other than this machine need --callback-host."
        )
    elif 300 <= status < 400:
        why = f"The receiver answered {status}: Scale follows no redirect. Name where it leads to."
    elif status in {401, 403}:
        why = (
            f"The receiver answered {status}: it lets the caller not in. Scale authenticates by "
            "the header scale-callback-auth alone."
        )
    elif status == 404:
        why = "The receiver has nothing at this path: compare the callback_url with its routes."
    elif status == 405:
        why = "The receiver takes no POST at this path."
    elif status >= 500:
        why = f"The receiver failed with {status}: what it said stands below; see its own log."
    else:
        why = f"The receiver answered {status}; only 200 to 299 counts as taken."
    return why if is_planned else f"{why} Scale tries it no more: redeliver it when that is mended."


def inbox(visit: Visit, name: str) -> Answer:
    """The page of one inbox: the letters that came in, newest first."""
    letters = visit.inboxes.letters(name)
    if not letters and len(name) > 60:
        raise NoSuchPage(f"No inbox can be called {name[:60]!r}.")
    return page(
        visit,
        "inbox.html",
        title=f"Inbox {name}",
        name=name,
        letters=[
            {
                "number": letter.number,
                "when": moment(letter.at_ms),
                "headers": sorted(letter.headers.items()),
                "body": body_view(letter.body),
            }
            for letter in letters
        ],
    )


def _number(text: str) -> int | None:
    # Below 16 digits: Python takes its time with very long numbers, and refuses some.
    return int(text) if text.isdecimal() and len(text) < 16 else None
