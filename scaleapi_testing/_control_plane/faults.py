"""Errors on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._endpoints import endpoints
from .._faults.fault import FLAGS
from .kinds import FLAG, LENGTH, LIST, TEXT, WHOLE
from .operation import Argument, control
from .records import AFTER, LIMIT, PAGE, bounds
from .shown import fault as shown
from .shown import listing, page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from .._fake import FakeScale
    from .._faults.fault import Fault
    from .._messages import JSON

FAULT: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["fault", "text", "kind", "hits", "remaining"],
    "properties": {
        "fault": {"type": "integer", "description": "its number, for faults.remove"},
        "text": {"type": "string"},
        "kind": {"type": "string"},
        "hits": {"type": "integer"},
        "remaining": {"type": ["integer", "null"]},
    },
}
_NOT: Final[Mapping[str, Any]] = {"enum": [False, None]}


def _alone(kind: str) -> dict[str, Any]:
    """What the other arguments may be where this one says what happens."""
    others: dict[str, Any] = {flag: _NOT for flag in FLAGS if flag != kind}
    # Only an answer with a status has a body and headers, which these say more about.
    if kind != "status":
        others |= {key: {"type": "null"} for key in ("status", "retry_after", "message")}
    # The length of a timeout is the client's own: a latency besides would mean nothing.
    if kind in {"timeout", "connect_timeout"}:
        others["latency"] = {"type": "null"}
    # Without a connection no call arrives whose work could be committed.
    if kind == "connect_timeout":
        others["after_commit"] = _NOT
    own = {"status": {"type": "integer"}, "latency": LENGTH.schema}.get(kind, {"const": True})
    return {"type": "object", "required": [kind], "properties": {**others, kind: own}}


def _paths() -> list[str]:
    """Every route as a pattern that a fault takes."""
    parts = (route.segments for route in endpoints())
    starred = (
        "/" + "/".join("*" if p.startswith("{") else p for p in segments) for segments in parts
    )
    return sorted(set(starred))


NUMBER: Final = Argument("fault", WHOLE, "its number, as faults.add answers it", required=True)
NOTHING: Final[Mapping[str, Any]] = {"type": "object", "maxProperties": 0}


@control("faults", AFTER, LIMIT, method="GET", gives=listing(FAULT))
def every(fake: FakeScale, after: int = 0, limit: int = PAGE) -> JSON:
    """The faults that were asked for, in order."""
    bounds(after, limit)
    entries, paging = page(list(fake.faults), after, limit)
    return {"items": [shown(entry) for entry in entries], **paging}


@control("faults.get", NUMBER, method="GET", path="/faults/{fault}", gives=FAULT)
def get(fake: FakeScale, fault: int) -> JSON:
    """One fault; a removed one is gone."""
    return shown(_numbered(fake, fault))


@control(
    "faults.add",
    Argument(
        "status", WHOLE.within(minimum=400, maximum=599).unchecked, "an error answer, 400 to 599"
    ),
    Argument("retry_after", WHOLE.within(minimum=0).unchecked, "seconds for its Retry-After"),
    Argument("disconnect", FLAG.unchecked, "the connection is closed without an answer"),
    Argument("timeout", FLAG.unchecked, "the client's read timeout passes"),
    Argument("connect_timeout", FLAG.unchecked, "the client's connect timeout passes"),
    Argument("latency", LENGTH, "the answer comes this much later, in virtual time"),
    Argument("truncate", FLAG.unchecked, "the answer is cut in the middle"),
    Argument("garbage", FLAG.unchecked, "the answer is malformed JSON"),
    Argument("after_commit", FLAG.unchecked, "the call takes effect first"),
    Argument(
        "method",
        TEXT.within(enum=["GET", "POST", "PUT", "DELETE"]).unchecked,
        "only calls with this verb",
    ),
    Argument(
        "path",
        TEXT.within(enum=_paths()).unchecked,
        "only calls at a path of this pattern; * is one segment",
    ),
    Argument(
        "times",
        WHOLE.within(minimum=1).unchecked,
        "how many calls it strikes; until removed unless given",
    ),
    Argument("optional", FLAG.unchecked, "a test may end although it was not fully spent"),
    Argument("message", TEXT.unchecked, "the error text of the answer"),
    rules={"oneOf": [_alone(kind) for kind in ("status", *FLAGS, "latency")]},
    gives=FAULT,
)
def add(fake: FakeScale, **arguments: Any) -> JSON:
    """Ask for an error; it strikes from the next matching call on."""
    return shown(fake.faults.add(**arguments))


@control("faults.remove", NUMBER, gives=NOTHING)
def remove(fake: FakeScale, fault: int) -> JSON:
    """Strike no further call; removing it again does nothing."""
    for entry in fake.faults:
        if entry.number == fault:
            entry.remove()
    return {}


@control("faults.clear", gives=NOTHING)
def clear(fake: FakeScale) -> JSON:
    """Remove all faults."""
    fake.faults.clear()
    return {}


@control(
    "faults.rate_limit",
    Argument(
        "requests",
        WHOLE.within(minimum=1).unchecked,
        "how many calls a key has in a window",
        required=True,
    ),
    Argument("per", LENGTH, "the window's length", required=True),
    gives=FAULT,
)
def rate_limit(fake: FakeScale, requests: int, per: timedelta) -> JSON:
    """Answer 429 to the calls of a key beyond its share, until removed."""
    return shown(fake.faults.rate_limit(requests=requests, per=per))


@control("faults.outage", Argument("on", FLAG, "false ends every outage"), gives=listing(FAULT))
def outage(fake: FakeScale, *, on: bool = True) -> JSON:
    """Answer 503 to every call from now on, or (`on` false) no more; answers the outages."""
    if on:
        begun = [fake.faults.outage()]
    else:
        begun = []
        for entry in fake.faults:
            if type(entry).__name__ == "Outage":
                entry.remove()
    return {"items": [shown(entry) for entry in begun], "total": len(begun), "next": None}


@control(
    "faults.tell",
    Argument("faults", LIST, "the numbers of those; all unless given"),
    gives=NOTHING,
)
def tell(fake: FakeScale, faults: list[int] | None = None) -> JSON:
    """Note that a test has failed for their being unspent: nothing is told twice."""
    for entry in fake.faults:
        if faults is None or entry.number in faults:
            entry.told = True
    return {}


def _numbered(fake: FakeScale, number: int) -> Fault:
    for entry in fake.faults:
        if entry.number == number:
            return entry
    raise LookupError(f"no fault {number} in this fake; GET /_fake/faults lists those there are")
