"""How what a fake has is written in JSON; of API keys the first characters and a digest."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from .._faults.fault import Outage, RateLimit
from .._messages import mask_key
from .._state.account import digest_of
from .kinds import length_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._callbacks.delivery import Delivery, Mail
    from .._controls.views import Record
    from .._fake import FakeScale
    from .._faults.fault import Fault
    from .._journal.recorded_request import RecordedRequest
    from .._messages import JSON
    from .._time.timeline import Event

RECORD: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["kind", "id", "account", "account_id", "document"],
    "properties": {
        "kind": {"type": "string"},
        "id": {"type": "string"},
        "account": {"type": "string", "description": "the first characters of its key"},
        "account_id": {"type": "string", "description": "the digest of its key"},
        "document": {"type": "object", "description": "as it is on the wire now"},
    },
}
"""The JSON Schema of one record."""


BETWEEN: Final = 10_000_000
"""How many calls that no log holds find their places between two that it does."""


def listing(of: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a page."""
    return {
        "type": "object",
        "required": ["items", "total", "next"],
        "properties": {
            "items": {"type": "array", "items": of},
            "total": {"type": "integer", "description": "how many there are in all"},
            "next": {"type": ["integer", "null"], "description": "`after=` of the next page"},
        },
    }


def page(entries: Sequence[Any], after: int, limit: int) -> tuple[list[Any], dict[str, Any]]:
    """A part of ``entries``, and what stands beside it in the answer."""
    end = after + limit
    paging = {"total": len(entries), "next": end if end < len(entries) else None}
    return list(entries[after:end]), paging


def account_key(fake: FakeScale, account: str) -> str:
    """The key of an account that is named by it or by its digest; what names none stays."""
    holder = fake._world.store.holder(account)
    return account if holder is None else holder.key


def account_id(fake: FakeScale, key: str) -> str:
    """The digest of a key; of a loaded account that is what is known of it."""
    holder = fake._world.store.holder(key)
    return digest_of(key) if holder is None else holder.digest


def record(view: Record) -> dict[str, JSON]:
    """A record of ``scale.tasks`` and the other views."""
    return {
        "kind": view.kind,
        "id": view.id,
        "account": view._account.shown,
        "account_id": view._account.digest,
        "document": view.as_dict(),
        **({"archived": view.archived} if view.kind == "batch" else {}),
        **({"record_id": view._record.id} if view.kind in {"batch", "project"} else {}),
    }


def place_of(fake: FakeScale, call: RecordedRequest) -> int:
    """Where a call stands among all: its number, but for worlds of which a log holds some."""
    return call.n * BETWEEN + call.own if fake._world.is_logged else call.n


def request(fake: FakeScale, call: RecordedRequest) -> dict[str, JSON]:
    """A call of ``scale.requests``."""
    return {
        **call.to_state(),
        "place": place_of(fake, call),
        "own": bool(call.own),
        "account": None if call.api_key is None else mask_key(call.api_key),
        "account_id": None if call.api_key is None else account_id(fake, call.api_key),
        "fault": None if call.fault is None else call.fault.number,
        "text": str(call),
    }


def fault(entry: Fault) -> dict[str, JSON]:
    """A fault of ``scale.faults``."""
    shown: dict[str, JSON] = {
        "fault": entry.number,
        "text": repr(entry),
        "kind": entry.kind,
        "hits": entry.hits,
        "remaining": entry.remaining,
        "told": entry.told,
    }
    if isinstance(entry, Outage):
        return {**shown, "outage": True}
    if isinstance(entry, RateLimit):
        limit = {"requests": entry.requests, "per": length_out(entry.per)}
        return {**shown, "rate_limit": limit}
    latency = None if entry.latency is None else length_out(entry.latency)
    return {
        **shown,
        "status": entry.status,
        "retry_after": entry.retry_after,
        "disconnect": entry.disconnect,
        "timeout": entry.timeout,
        "connect_timeout": entry.connect_timeout,
        "latency": latency,
        "truncate": entry.truncate,
        "garbage": entry.garbage,
        "after_commit": entry.after_commit,
        "method": entry.method,
        "path": entry.path,
        "times": entry.times,
        "optional": entry.optional,
        "message": entry.message,
    }


def delivery(fake: FakeScale, entry: Delivery) -> dict[str, JSON]:
    """A callback of ``scale.callbacks``; the header with the account's secret is left out."""
    return {
        "delivery": entry.number,
        "event": entry.event,
        "task_id": entry.task_id,
        "batch": entry.batch,
        "url": entry.url,
        "headers": dict(entry.headers),
        "body": content(entry.body),
        "cut": None
        if entry.cut is None
        else {
            "length": entry.cut.length,
            "digest": entry.cut.digest,
            "is_json": entry.cut.is_json,
        },
        "attempts": [
            {"at": attempt.at.isoformat(), "status": attempt.status} for attempt in entry.attempts
        ],
        "answer": content(entry.answer),
        "succeeded": entry.succeeded,
        "account": mask_key(entry.account_key),
        "account_id": account_id(fake, entry.account_key),
    }


def mail(entry: Mail) -> dict[str, JSON]:
    """A mail of ``scale.callbacks.outbox``."""
    return {
        "to": entry.to,
        "subject": entry.subject,
        "body": entry.body,
        "task_id": entry.task_id,
        "at": entry.at.isoformat(),
    }


def event(entry: Event) -> dict[str, JSON]:
    """Something that is still to happen."""
    return {"when": entry.when.isoformat(), "what": entry.what}


def content(data: bytes) -> JSON:
    """Bytes as JSON has them: a text, or base64 where they are none."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}
