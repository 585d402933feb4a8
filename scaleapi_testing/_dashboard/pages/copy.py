"""What was done in this world as a test to copy, since a moment that is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..copy_world import as_pytest
from ..layout import page
from ..moments import distance, moment

if TYPE_CHECKING:
    from ..visit import Answer, Visit

MOST_MOMENTS = 60


def copy(visit: Visit) -> Answer:
    """The page."""
    fake = visit.fake
    since = visit.asked("since")
    # ASCII first: isdigit() takes superscripts too, which int() refuses.
    since_n = int(since) if since.isascii() and since.isdigit() and len(since) < 16 else 0
    return page(
        visit,
        "copy.html",
        title="Copy as pytest",
        code=as_pytest(fake, visit.deeds, since_n),
        since=since_n,
        moments=_moments(visit),
        is_empty=not len(fake.requests) and not list(visit.deeds),
    )


def _moments(visit: Visit) -> list[dict[str, Any]]:
    """The newest calls that changed something: the test may begin with any of them."""
    fake = visit.fake
    now = fake.clock.ms
    calls = [call for call in fake.requests if call.method not in {"GET", "HEAD"}]
    return [
        {
            "n": call.n - 1,
            "words": f"{call.method} {call.path[:60]} ({call.status or 'no answer'})",
            "when": f"{moment(call.at_ms)}, {distance(call.at_ms - now)}",
        }
        for call in calls[: -MOST_MOMENTS - 1 : -1]
    ]
