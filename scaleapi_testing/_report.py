"""What a failed test's report says of its fake: the section ``scale``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ._messages import listed, shortened
from ._state.lifecycle import STATUSES
from ._wire import timestamp, to_ms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._fake import FakeScale
    from ._recorded_request import RecordedRequest

SHOWN: Final = 10
"""How many of each kind are shown; a count says how many more there are."""

ANSWER_SHOWN: Final = 160
"""How many characters of an answer are shown."""


def describe(fake: FakeScale) -> str:
    """The state of a fake as the tired engineer needs it, newest last."""
    counts = ", ".join(
        f"{len(found)} {status}" for status in STATUSES if (found := fake.tasks(status=status))
    )
    lines = [f"clock: {fake.clock.stamp()}   seed: {fake.seed}   tasks: {counts or 'none'}"]
    requests = list(fake.requests)
    lines += _section("last requests", [_told(request) for request in requests])
    lines += _section(
        "unknown routes",
        _grouped(
            (request.n, notice)
            for request in requests
            for notice in request.notices
            if notice.startswith("no route ")
        ),
    )
    lines += _section(
        "what was wrong, and what would be right",
        _grouped(
            (request.n, notice)
            for request in requests
            for notice in request.notices
            if not notice.startswith("no route ")
        ),
    )
    lines += _section(
        "parameters that nothing reads",
        _grouped(
            (one.n, str(one).removeprefix(f"request {one.n} ")) for one in fake.requests.unread
        ),
    )
    lines += _section("unspent faults", map(repr, fake.faults.unspent()))
    lines += _section(
        "failed callbacks",
        [
            f"{delivery!r}"
            + (
                f" answered {shortened(delivery.answer.decode('utf-8', 'replace'), 300)}"
                if delivery.answer
                else ""
            )
            for delivery in fake.callbacks
            if delivery.attempts and not delivery.succeeded
        ],
    )
    pending = fake.timeline.pending()
    lines += _section(
        "still to come",
        [f"{timestamp(to_ms(event.when))} {event.what}" for event in pending],
        first=True,
    )
    return "\n".join(lines)


def _told(request: RecordedRequest) -> str:
    """A request and its answer; of an error the message stands in the request's own words."""
    answer = request.response_body if (request.status or 400) < 400 else b""
    told = shortened(answer.decode("utf-8", "replace"), ANSWER_SHOWN)
    return f"{request} {told}" if told else str(request)


def _grouped(noted: Iterable[tuple[int, str]]) -> list[str]:
    """One line for each text, with the numbers of the requests it is about."""
    by_text: dict[str, list[int]] = {}
    for n, text in noted:
        by_text.setdefault(text, []).append(n)
    return [
        f"{'request' if len(numbers) == 1 else 'requests'} {listed(numbers)}: {text}"
        for text, numbers in by_text.items()
    ]


def _section(title: str, entries: Iterable[str], *, first: bool = False) -> list[str]:
    found = list(entries)
    if not found:
        return []
    shown = found[:SHOWN] if first else found[-SHOWN:]
    more = len(found) - len(shown)
    told = f" ({more} {'later' if first else 'earlier'} ones not shown)" if more else ""
    return [f"{title}{told}:", *(f"  {entry}" for entry in shown)]
