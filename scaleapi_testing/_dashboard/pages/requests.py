"""The journal of calls, newest first, and one of them opened."""

from __future__ import annotations

import json
import re
import shlex
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from ..._endpoints import router
from ..._faults.fault import Outage, RateLimit
from ..._http.headers import SECRET
from ..._messages import mask_key
from ..json_view import body_view
from ..layout import page
from ..moments import moment
from ..visit import NoSuchPage
from .faults import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..._faults.fault import Fault
    from ..._journal.recorded_request import RecordedRequest
    from ..visit import Answer, Visit

MOST: Final = 100
"""Calls on one page."""

_NUMBER: Final = re.compile(r"[0-9]{1,15}")

OUTCOMES: Final[Mapping[str, str]] = {
    "2": "answered (2xx)",
    "4": "refused (4xx)",
    "5": "broken (5xx)",
    "none": "without an answer",
    "fault": "struck by a fault",
    "notice": "with a notice",
}


def requests(visit: Visit) -> Answer:
    """The page of all; ``?before=`` goes on with older ones."""
    journal = list(visit.fake.requests)
    method, text, outcome = visit.asked("method"), visit.asked("q"), visit.asked("outcome")
    before = visit.asked("before")
    last = _place(before)
    shown: list[RecordedRequest] = []
    rest = False
    for call in reversed(journal):
        is_meant = (
            (not method or call.method == method)
            and (not text or text in f"{call.path}?{call.raw_query}")
            and (not outcome or _is(call, outcome))
            # By number, since the journal drops its oldest while somebody pages through it.
            and (last is None or (call.n, call.own) < last)
        )
        # One more than fits, so that a link to older ones is there only if they are.
        if is_meant and len(shown) == MOST:
            rest = True
            break
        if is_meant:
            shown.append(call)
    durations = visit.durations()
    filters = [(name, value) for name, value in visit.query if value and name != "before"]
    return page(
        visit,
        "requests.html",
        title="Requests",
        total=len(journal),
        calls=[_row(call, durations) for call in shown],
        methods=sorted({call.method for call in journal}),
        outcomes=OUTCOMES,
        is_filtered=bool(filters),
        older=f"?{urlencode([*filters, ('before', _name(shown[-1]))])}" if rest else "",
    )


def request(visit: Visit, n: str) -> Answer:
    """The page of one call.

    Raises:
        NoSuchPage: the journal holds no call of this number.
    """
    journal = list(visit.fake.requests)
    call = next((call for call in journal if _name(call) == n), None)
    if call is None:
        raise NoSuchPage(f"The journal holds no call {n[:20]}: it keeps the newest {len(journal)}.")
    nearest = router().nearest(call.method, call.path) if operation_of(call) is None else []
    return page(
        visit,
        "request.html",
        title=f"Request {_name(call)}",
        call=_row(call, visit.durations()),
        headers=sorted(
            # Pages are shown to others and photographed; a key must not stand there.
            (name, "hidden" if name.lower() in SECRET else value)
            for name, value in call.headers.items()
        ),
        query=call.query,
        body=body_view(call.body) if call.body else None,
        reply=body_view(call.response_body) if call.response_body else None,
        nearest=nearest,
        curl=as_curl(visit.origin, call),
        is_whole=call.cut is None,
    )


def as_curl(origin: str, call: RecordedRequest) -> str:
    """A call as a shell command; the key is read from a variable."""
    target = f"{call.path}?{call.raw_query}" if call.raw_query else call.path
    words = ["curl"]
    if call.api_key is not None:
        words.append('-u "$SCALE_API_KEY:"')
    if call.method != "GET":
        words.append(f"-X {shlex.quote(call.method)}")
    lines = [" ".join([*words, shlex.quote(f"{origin}{target}")])]
    kind = call.headers.get("content-type")
    if call.body and call.cut is None:
        if kind:
            lines.append(f"-H {shlex.quote(f'Content-Type: {kind}')}")
        lines.append(f"--data-raw {shlex.quote(call.body.decode('utf-8', 'replace'))}")
    return " \\\n  ".join(lines)


def _is(call: RecordedRequest, outcome: str) -> bool:
    if outcome == "fault":
        return call.fault is not None
    if outcome == "notice":
        return bool(call.notices or call.unread)
    if outcome == "none":
        return call.status is None
    return call.status is not None and str(call.status)[:1] == outcome


def _name(call: RecordedRequest) -> str:
    """A call in an address: its number, and, of reads beside a log, which after it."""
    return f"{call.n}.{call.own}" if call.own else f"{call.n}"


def _place(name: str) -> tuple[int, int] | None:
    n, _, own = name.partition(".")
    if not _NUMBER.fullmatch(n) or not _NUMBER.fullmatch(own or "0"):
        return None
    return int(n), int(own or 0)


def operation_of(call: RecordedRequest) -> str | None:
    """The operation that a call was aimed at, whether or not a fault kept it from there."""
    if call.route is not None:
        return call.route
    route = router().find(call.method, call.segments)
    return None if route is None else route[0].path


def _row(call: RecordedRequest, durations: Mapping[tuple[int, int, int], float]) -> dict[str, Any]:
    seconds = durations.get((call.n, call.own, call.at_ms))
    return {
        "name": _name(call),
        "ms": None if seconds is None else f"{seconds * 1000:,.1f}",
        "own": bool(call.own),
        "n": call.n,
        "method": call.method,
        "path": call.path,
        "query": call.raw_query,
        "when": moment(call.at_ms),
        "status": call.status,
        "outcome": call.outcome,
        "phrase": _phrase(call.status),
        "badge": "bad"
        if call.status is None or call.status >= 500
        else "warn"
        if call.status >= 400
        else "good",
        "key": None if call.api_key is None else mask_key(call.api_key),
        "route": operation_of(call),
        "bytes": len(call.body),
        "notices": [*call.notices, *(f"nothing read {entry}" for entry in call.unread)],
        "fault": None if call.fault is None else _struck_by(call.fault),
        "error": _error(call),
    }


def _struck_by(fault: Fault) -> str:
    if isinstance(fault, Outage):
        return "an outage"
    if isinstance(fault, RateLimit):
        return f"the limit of {fault.requests:,} calls in {fault.per.total_seconds():g} s"
    return sentence(fault)


def _phrase(status: int | None) -> str:
    try:
        return "" if status is None else HTTPStatus(status).phrase
    # Faults may answer with a status that HTTP has no words for.
    except ValueError:
        return ""


def _error(call: RecordedRequest) -> str:
    """What a refused call was told."""
    if call.status is None or call.status < 400:
        return ""
    try:
        answer = json.loads(call.response_body)
    # A body may be garbage on purpose: a fault can make it so.
    except (ValueError, RecursionError):
        return ""
    message = answer.get("error") if isinstance(answer, dict) else None
    return message if isinstance(message, str) else ""
