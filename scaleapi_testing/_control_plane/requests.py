"""What was asked and answered, and what comes nearest to what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._http.patterns import RequestPattern
from .._http.values import Request
from .._journal.expectation import Expectation
from .kinds import ANYTHING, OBJECT, TEXT, WHOLE
from .operation import Argument, control
from .records import LIMIT, PAGE, bounds
from .shown import listing, place_of
from .shown import request as shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._fake import FakeScale
    from .._messages import JSON

REQUEST: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["n", "method", "path", "status", "text"],
    "properties": {
        "n": {"type": "integer"},
        "place": {"type": "integer", "description": "its place among all, for `after`"},
        "own": {
            "type": "boolean",
            "description": "a call that changed nothing, at a server with a log: then n is the "
            "number of the call before it",
        },
        "method": {"type": "string"},
        "path": {"type": "string"},
        "status": {"type": ["integer", "null"]},
        "text": {"type": "string"},
    },
}
METHOD: Final = Argument("method", TEXT, "only this verb")
PATH: Final = Argument("path", TEXT, "only paths of this pattern; * is one segment")


@control(
    "requests",
    METHOD,
    PATH,
    Argument(
        "after", WHOLE.within(minimum=0, maximum=2**53), "only calls at a place above this one"
    ),
    LIMIT,
    method="GET",
    gives=listing(REQUEST),
)
def every(
    fake: FakeScale,
    method: str | None = None,
    path: str | None = None,
    after: int = 0,
    limit: int = PAGE,
) -> JSON:
    """The calls that are kept, oldest first; `next` is the place of the last one given."""
    bounds(after, limit)
    # Most pages are of all calls: none need be compared with a pattern that fits each.
    is_any = method is None and path is None
    calls = list(fake.requests) if is_any else fake.requests.to(method, path)
    # By place, not by index: the journal lets old calls go between two pages.
    later = [call for call in calls if place_of(fake, call) > after]
    items = later[:limit]
    return {
        "items": [shown(fake, call) for call in items],
        "total": len(calls),
        "next": place_of(fake, items[-1]) if len(later) > limit else None,
    }


@control(
    "requests.get",
    Argument("n", WHOLE, "its number, counted from 1", required=True),
    method="GET",
    path="/requests/{n}",
    gives=REQUEST,
)
def get(fake: FakeScale, n: int) -> JSON:
    """One call, with what came back."""
    for call in fake.requests:
        if call.n == n and not call.own:
            return shown(fake, call)
    raise LookupError(f"no request {n} in this fake, which keeps {len(fake.requests)}")


@control(
    "requests.replay",
    Argument("n", WHOLE, "the number of the call to make again", required=True),
    gives=REQUEST,
)
def replay(fake: FakeScale, n: int) -> JSON:
    """Make a call once more, with the same key, headers and body, and answer what came of it."""
    for call in fake.requests:
        if call.n == n and not call.own:
            break
    else:
        raise LookupError(f"no request {n} in this fake, which keeps {len(fake.requests)}")
    if call.cut is not None:
        raise ValueError(f"the body of request {n} is {str(call.cut)[1:-1]}: it cannot be sent")
    again = Request(
        method=call.method,
        origin=call.base,
        path=call.path,
        query=call.raw_query,
        headers=dict(call.headers),
        body=call.body,
        deferred=True,
    )
    fake.app.apply(again, call.api_key)
    return shown(fake, fake.requests.last)


@control(
    "requests.expect",
    METHOD,
    PATH,
    Argument(
        "times", WHOLE.within(minimum=0).unchecked, "exactly how many; at least one unless given"
    ),
    Argument("json", ANYTHING, "what the JSON body must contain"),
    Argument("query", OBJECT, "parameters that must be there"),
    Argument(
        "status",
        WHOLE.within(minimum=100, maximum=599).unchecked,
        "what the answer's status must be",
    ),
    changes=False,
    gives={
        "type": "object",
        "required": ["met", "matches", "text"],
        "properties": {
            "met": {"type": "boolean"},
            "matches": {"type": "array", "items": REQUEST},
            "text": {"type": "string", "description": "why not: the nearest calls, what differs"},
        },
    },
)
def expect(
    fake: FakeScale,
    method: str | None = None,
    path: str | None = None,
    times: int | None = None,
    **wanted: Any,
) -> JSON:
    """Whether such calls were made; if not, the nearest ones and where they differ."""
    try:
        matches = fake.requests.expect(method, path, times, **wanted)
    # Not met is an answer, not an error: the caller decides what fails.
    except AssertionError as error:
        expectation = Expectation(
            RequestPattern.parse(method, path),
            # `...` and not None, for null is a body that can be expected.
            wanted.get("json", ...),
            wanted.get("query", ...),
            wanted.get("status", ...),
        )
        matching = [call for call in fake.requests if not expectation.misses(call)]
        return {
            "met": False,
            "matches": [shown(fake, call) for call in matching],
            "text": str(error),
        }
    return {"met": True, "matches": [shown(fake, call) for call in matches], "text": ""}


@control(
    "requests.unread",
    method="GET",
    path="/unread_parameters",
    gives={"type": "object", "required": ["items"]},
)
def unread(fake: FakeScale) -> JSON:
    """Parameters that were accepted and read by nothing."""
    return {
        "items": [
            {
                "n": entry.n,
                "method": entry.method,
                "path": entry.path,
                "name": entry.name,
                "nearest": entry.nearest,
                "text": str(entry),
            }
            for entry in fake.requests.unread
        ]
    }
