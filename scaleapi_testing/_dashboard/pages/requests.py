"""The journal of calls, newest first, and one of them opened."""

from __future__ import annotations

import json
import shlex
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from ..._endpoints import router
from ..._http.headers import SECRET
from ..._messages import mask_key
from ..json_view import body_view
from ..layout import page
from ..moments import moment
from ..visit import NoSuchPage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..._journal.recorded_request import RecordedRequest
    from ..visit import Answer, Visit

MOST: Final = 100
"""Calls on one page."""

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
    last = int(before) if before.isdecimal() and len(before) < 16 else None
    shown: list[RecordedRequest] = []
    rest = False
    for call in reversed(journal):
        is_meant = (
            (not method or call.method == method)
            and (not text or text in f"{call.path}?{call.raw_query}")
            and (not outcome or _is(call, outcome))
            and (last is None or call.n < last)
        )
        if is_meant and len(shown) == MOST:
            rest = True
            break
        if is_meant:
            shown.append(call)
    kept = [(name, value) for name, value in visit.query if value and name != "before"]
    return page(
        visit,
        "requests.html",
        title="Requests",
        total=len(journal),
        calls=[_row(call) for call in shown],
        methods=sorted({call.method for call in journal}),
        outcomes=OUTCOMES,
        is_filtered=bool(kept),
        older=f"?{urlencode([*kept, ('before', shown[-1].n)])}" if rest else "",
    )


def request(visit: Visit, n: str) -> Answer:
    """The page of one call.

    Raises:
        NoSuchPage: the journal holds no call of this number.
    """
    journal = list(visit.fake.requests)
    call = next((call for call in journal if str(call.n) == n), None)
    if call is None:
        raise NoSuchPage(f"The journal holds no call {n[:20]}: it keeps the newest {len(journal)}.")
    nearest = router().nearest(call.method, call.path) if call.route is None else []
    return page(
        visit,
        "request.html",
        title=f"Request {call.n}",
        call=_row(call),
        headers=sorted(
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


def _row(call: RecordedRequest) -> dict[str, Any]:
    return {
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
        "route": call.route,
        "bytes": len(call.body),
        "notices": [*call.notices, *(f"nothing read {entry}" for entry in call.unread)],
        "fault": None if call.fault is None else repr(call.fault),
        "error": _error(call),
    }


def _phrase(status: int | None) -> str:
    try:
        return "" if status is None else HTTPStatus(status).phrase
    except ValueError:
        return ""


def _error(call: RecordedRequest) -> str:
    """What a refused call was told."""
    if call.status is None or call.status < 400:
        return ""
    try:
        answer = json.loads(call.response_body)
    except (ValueError, RecursionError):
        return ""
    told = answer.get("error") if isinstance(answer, dict) else None
    return told if isinstance(told, str) else ""
