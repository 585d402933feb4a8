"""The clock of a world: where it stands, how it is moved, what is to come."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from ..._http.wire import to_ms
from ..layout import page
from ..moments import distance, iso, moment
from ..time_axis import time_axis

if TYPE_CHECKING:
    from ..visit import Answer, Visit

MOST_EVENTS: Final = 200
"""Events that are shown: the next ones."""

SPEEDS: Final = ((0.0, "stands still"), (1.0, "as real time"), (60.0, "a minute a second"),
                 (3600.0, "an hour a second"), (86400.0, "a day a second"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Something that is still to happen.

    Attributes:
        when: the moment in words.
        iso: the moment for machines.
        distance: how far away it is, in words.
        what: what happens.
        task: the id of the task that it is about; empty where it is about none.
    """

    when: str
    iso: str
    distance: str
    what: str
    task: str


def time(visit: Visit) -> Answer:
    """The page."""
    fake = visit.fake
    now = fake._world.clock.ms
    events = [(to_ms(event.when), event.what) for event in islice(fake.timeline, MOST_EVENTS)]
    known = fake._world.store.tasks
    return page(
        visit,
        "time.html",
        title="Time",
        stands=moment(now),
        stands_iso=iso(now),
        speed=visit.speed,
        speeds=SPEEDS,
        axis=time_axis(now, events) if events else None,
        events=[
            Upcoming(
                moment(when),
                iso(when),
                distance(when - now),
                what,
                next((word for word in what.split() if word in known), ""),
            )
            for when, what in events
        ],
        more=max(len(fake.timeline) - MOST_EVENTS, 0),
    )
