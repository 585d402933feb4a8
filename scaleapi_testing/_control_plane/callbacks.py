"""Webhooks: every delivery, where they go, and what goes wrong on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._messages import counted
from .kinds import LENGTH, TEXT, WHOLE
from .operation import Argument, control
from .records import AFTER, LIMIT, PAGE, bounds
from .shown import delivery as shown
from .shown import listing, mail, page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from .._callbacks.delivery import Delivery
    from .._fake import FakeScale
    from .._messages import JSON

DELIVERY: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["delivery", "event", "task_id", "batch", "url", "body", "attempts", "succeeded"],
    "properties": {
        "delivery": {"type": "integer", "description": "its number"},
        "event": {"type": "string"},
        "task_id": {"type": ["string", "null"]},
        "batch": {"type": ["string", "null"]},
        "url": {"type": "string"},
        "succeeded": {"type": "boolean"},
        "attempts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "at": {"type": "string", "format": "date-time"},
                    "status": {"type": ["integer", "null"]},
                },
            },
        },
    },
}
NUMBER: Final = Argument("delivery", WHOLE, "its number, as GET callbacks shows it", required=True)
TIMES: Final = Argument("times", WHOLE.within(minimum=1).unchecked, "how many")
NOTHING: Final[Mapping[str, Any]] = {"type": "object", "maxProperties": 0}


@control(
    "callbacks",
    Argument("task", TEXT, "only those about this task"),
    AFTER,
    LIMIT,
    method="GET",
    gives=listing(DELIVERY),
)
def every(fake: FakeScale, task: str | None = None, after: int = 0, limit: int = PAGE) -> JSON:
    """Every callback that is kept, oldest first, with every attempt at it."""
    bounds(after, limit)
    # A copy: attempts are made in other threads while pages are cut.
    deliveries = list(fake.callbacks) if task is None else fake.callbacks.of(task)
    entries, paging = page(deliveries, after, limit)
    return {"items": [shown(fake, entry) for entry in entries], **paging}


@control("callbacks.get", NUMBER, method="GET", path="/callbacks/{delivery}", gives=DELIVERY)
def get(fake: FakeScale, delivery: int) -> JSON:
    """One callback."""
    return shown(fake, _numbered(fake, delivery))


@control("callbacks.redeliver", NUMBER, gives=DELIVERY)
def redeliver(fake: FakeScale, delivery: int) -> JSON:
    """Try a callback once more, now; the attempt joins its list."""
    return shown(fake, fake.callbacks.redeliver(_numbered(fake, delivery)))


@control("callbacks.duplicate", NUMBER, gives=DELIVERY)
def duplicate(fake: FakeScale, delivery: int) -> JSON:
    """Send the same callback again as a delivery of its own, and answer that."""
    return shown(fake, fake.callbacks.duplicate(_numbered(fake, delivery)))


@control(
    "callbacks.delay",
    Argument("length", LENGTH, "how late", required=True),
    Argument(
        "times", WHOLE.within(minimum=1).unchecked, "of how many; until told otherwise unless given"
    ),
    gives=NOTHING,
)
def delay(fake: FakeScale, length: timedelta, times: int | None = None) -> JSON:
    """Make the first attempt of the next callbacks late."""
    fake.callbacks.delay(length, times)
    return {}


@control("callbacks.reorder", TIMES, gives=NOTHING)
def reorder(fake: FakeScale, times: int = 2) -> JSON:
    """Send the next callbacks in reverse order."""
    fake.callbacks.reorder(times)
    return {}


@control("callbacks.before_reply", TIMES, gives=NOTHING)
def before_reply(fake: FakeScale, times: int = 1) -> JSON:
    """Complete and call back the next creates of a live key inside the create call."""
    fake.callbacks.before_reply(times)
    return {}


@control(
    "callbacks.fail_next",
    Argument(
        "status", WHOLE.within(minimum=300, maximum=599).unchecked, "300 to 599; 500 unless given"
    ),
    Argument("times", WHOLE.within(minimum=1).unchecked, "how many attempts; 1 unless given"),
    gives=NOTHING,
)
def fail_next(fake: FakeScale, status: int = 500, times: int = 1) -> JSON:
    """Refuse the next attempts before they reach any target."""
    fake.callbacks.fail_next(status, times)
    return {}


@control(
    "callbacks.deliver_to",
    Argument(
        "target",
        TEXT.within(pattern="^[hH][tT][tT][pP][sS]?://[^/?#]").unchecked,
        "a loopback URL; the callback's own path is appended",
        required=True,
    ),
    Argument("url_prefix", TEXT.unchecked, "only callback URLs that begin so"),
    gives=NOTHING,
)
def deliver_to(fake: FakeScale, target: str, url_prefix: str = "") -> JSON:
    """Send callbacks to a URL on the server's machine from now on."""
    fake.callbacks.deliver_to(target, url_prefix)
    return {}


@control("callbacks.clear", gives=NOTHING)
def clear(fake: FakeScale) -> JSON:
    """Forget every delivery and mail; what is still to be tried stays."""
    fake.callbacks.clear()
    return {}


@control(
    "callbacks.outbox",
    AFTER,
    LIMIT,
    method="GET",
    path="/outbox",
    gives=listing({"type": "object", "required": ["to", "subject", "body", "task_id", "at"]}),
)
def outbox(fake: FakeScale, after: int = 0, limit: int = PAGE) -> JSON:
    """The mails that Scale would have sent in place of callbacks."""
    bounds(after, limit)
    entries, paging = page(list(fake.callbacks.outbox), after, limit)
    return {"items": [mail(entry) for entry in entries], **paging}


@control(
    "callbacks.targets",
    method="GET",
    path="/callback_targets",
    gives={"type": "object", "required": ["targets", "sends"]},
)
def targets(fake: FakeScale) -> JSON:
    """Where callbacks go: the beginning of their URL, and what takes them."""
    return {
        "sends": fake.callbacks._server is not None,
        "targets": [
            # A target may be any callable, whose repr has no bounds.
            {"url_prefix": prefix, "target": getattr(target, "base", None) or repr(target)[:200]}
            for prefix, target in sorted(fake.callbacks._targets.items())
        ],
    }


def _numbered(fake: FakeScale, number: int) -> Delivery:
    for entry in fake.callbacks:
        if entry.number == number:
            return entry
    count = counted(len(fake.callbacks), "callback")
    raise LookupError(f"no callback {number} in this fake, which keeps {count}")
