"""What is planned to go wrong, how often it struck, and a form to ask for more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..._controls.operations import operations
from ..._faults.fault import Outage, RateLimit
from ..layout import page

if TYPE_CHECKING:
    from ..._faults.fault import Fault
    from ..visit import Answer, Visit

KINDS: Final = (
    ("status", "an error status", "is answered with the status"),
    ("timeout", "no answer in time", "gets no answer until the client’s read timeout has passed"),
    ("connect_timeout", "no connection", "cannot connect until the client gives up"),
    ("disconnect", "a broken connection", "is cut off without an answer"),
    ("truncate", "half an answer", "gets the first half of the answer, then the line is cut"),
    ("garbage", "an answer that is no JSON", "gets an answer that is no JSON"),
    ("latency", "a late answer", "is answered late"),
)
"""An argument of ``faults.add``, how the form names it, and what then happens to a call."""


def faults(visit: Visit) -> Answer:
    """The page."""
    fake = visit.fake
    # A copy: calls use faults up while the page is made of them.
    entries = list(fake.faults)
    return page(
        visit,
        "faults.html",
        title="Faults",
        faults=[_shown(entry) for entry in entries if not isinstance(entry, Outage | RateLimit)],
        outages=[entry.number for entry in entries if isinstance(entry, Outage)],
        outage_hits=sum(entry.hits for entry in entries if isinstance(entry, Outage)),
        limits=[_limit(entry) for entry in entries if isinstance(entry, RateLimit)],
        kinds=KINDS,
        operations=[(entry.method, entry.path, entry.summary) for entry in operations()],
    )


def _shown(fault: Fault) -> dict[str, Any]:
    remaining = fault.remaining
    return {
        "number": fault.number,
        "sentence": sentence(fault),
        "hits": fault.hits,
        "left": "until it is removed" if remaining is None else f"{remaining:,} more",
        "is_spent": remaining == 0,
    }


def sentence(fault: Fault) -> str:
    """What a fault does, in a sentence."""
    calls = "every call" if fault.times is None else _next(fault.times)
    where = str(fault.pattern)
    of = "" if where == "any call" else f" of {where}"
    if fault.kind == "status":
        happens = f"is answered with {fault.status}"
    else:
        happens = next(words for kind, _, words in KINDS if kind == fault.kind)
    if fault.latency is not None and fault.kind != "latency":
        happens += f", {fault.latency.total_seconds():g} s late"
    elif fault.latency is not None:
        happens = f"is answered {fault.latency.total_seconds():g} s late"
    if fault.retry_after is not None:
        happens += f" and Retry-After: {fault.retry_after}"
    if fault.after_commit:
        happens += ", after it took effect"
    return f"{calls[0].upper()}{calls[1:]}{of} {happens}."


def _next(times: int) -> str:
    return "the next call" if times == 1 else f"each of the next {times:,} calls"


def _limit(fault: RateLimit) -> dict[str, Any]:
    return {
        "number": fault.number,
        "sentence": f"A key has {fault.requests:,} calls in {fault.per.total_seconds():g} s; "
        "each one more is answered with 429.",
        "hits": fault.hits,
        "windows": [(digest[:8], used) for digest, (_, used) in sorted(fault._windows.items())],
    }
