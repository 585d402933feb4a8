"""One task: what was asked, the drawing, the answer, history, callbacks, what can be done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from ..._state.lifecycle import PENDING, legal_moves
from ..._world.answer_check import suggested_answer
from ..copy_task import as_curl, as_pytest, as_python, body_of
from ..drawings.compare import draw_comparison
from ..drawings.subject import as_dict, dicts
from ..drawings.table import draw, draw_attachment
from ..json_view import body_view, indented, json_view
from ..layout import page
from ..moments import distance, moment
from ..subjects import other_answer, subject_of
from ..visit import NoSuchPage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markupsafe import Markup

    from ..._fake import FakeScale
    from ..._state.task import TaskRecord
    from ..drawings.subject import Subject
    from ..visit import Answer, Visit

MOST_EDITED: Final = 200_000
"""Characters of a response that may be edited in the page."""


def task(visit: Visit, task_id: str) -> Answer:
    """The page.

    Raises:
        NoSuchPage: there is no such task.
    """
    fake = visit.fake
    world = fake._world
    record = world.store.tasks.get(task_id)
    if record is None:
        raise NoSuchPage(f"No task {task_id[:60]} is in this world.")
    document = record.document()
    body = body_of(fake, record)
    frame = visit.asked("frame")
    # Pictures of other hosts are loaded only when a person asks: it tells them of the visit.
    host = visit.asked("load")
    # Only hosts that the task names: a link to this page must not open the policy to others.
    host = host if host in _origins(document) else ""
    subject = subject_of(
        fake,
        record,
        mount=visit.mount,
        host=host or None,
        # isdigit() alone takes signs such as ², which int() refuses.
        frame=int(frame) if frame.isascii() and frame.isdigit() and len(frame) < 7 else 0,
    )
    response = document.get("response")
    moves = legal_moves(record.status)
    if world.in_staging(record):
        moves = tuple(move for move in moves if move not in {"start_work", "complete"})
    edited = indented(_to_edit(fake, record, response))
    return page(
        visit,
        "task.html",
        title=f"Task {record.id}",
        host=host or None,
        record=record,
        document=document,
        drawing=draw(subject) if response is not None else None,
        attachment=draw_attachment(subject) if response is None else None,
        comparison=_comparison(fake, record, subject),
        hosts=[] if host else _missing_hosts(subject, document),
        loaded=host,
        params=_table(as_dict(document.get("params"))),
        facts=_facts(record, document),
        response=json_view(response) if response is not None else None,
        document_json=json_view(document),
        edited=edited if len(edited) <= MOST_EDITED else "",
        history=list(_history(fake, record)),
        explained=fake.explain(record.id),
        deliveries=[_delivery(entry) for entry in fake.callbacks.of(record.id)],
        audits=dicts(document.get("audits")),
        moves=moves,
        curl=as_curl(visit.origin, record, body),
        python=as_python(visit.origin, record, body),
        pytest=as_pytest(fake, record, body),
    )


def _to_edit(fake: FakeScale, record: TaskRecord, response: Any) -> Any:
    """The answer that stands in the form: the task's own, else what a labeler would give."""
    if response is not None or record.status != PENDING:
        return {} if response is None else response
    world = fake._world
    with world.lock:  # generators share one source of words
        return suggested_answer(world, record) or {}


def _facts(record: TaskRecord, document: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "Type": record.type,
        "Project": record.project,
        "Batch": record.batch,
        "unique_id": record.unique_id,
        "Tags": ", ".join(record.tags),
        "Account": record.account.shown,
        "Created": moment(record.created_ms),
        "Completed": moment(record.completed_ms) if record.completed_ms is not None else None,
        "Review": record.review,
        "Callback": document.get("callback_url") or record.account.default_callback_url,
        "Priority": document.get("priority") or None,
    }
    return {name: value for name, value in facts.items() if value not in {None, ""}}


def _table(params: dict[str, Any]) -> list[tuple[str, Markup | str]]:
    """Parameters: short ones as they are, others as JSON."""
    rows: list[tuple[str, Markup | str]] = []
    for name, value in params.items():
        if isinstance(value, dict | list) and value:
            rows.append((name, json_view(value)))
        elif isinstance(value, str):
            # Nobody reads base64; of a text the beginning tells which it is.
            most = 60 if value.startswith("data:") else 400
            long = f"{value[:most]}… ({len(value):,} characters)"
            rows.append((name, value if len(value) <= most else long))
        else:
            rows.append((name, json.dumps(value)))
    return rows


def _comparison(fake: FakeScale, record: TaskRecord, subject: Subject) -> Markup | None:
    """The answer before the present one beside it; ``None`` where there was none."""
    earlier = _earlier(fake, record, subject)
    if earlier is None:
        return None
    return draw_comparison(
        other_answer(subject, earlier, "before"), other_answer(subject, subject.response, "after")
    )


def _earlier(fake: FakeScale, record: TaskRecord, subject: Subject) -> Any:
    """What was answered before: kept by a fix, or told in a callback before it was redone."""
    prior = subject.document.get("prior_responses")
    if isinstance(prior, list) and prior:
        return prior[-1]
    for delivery in reversed(fake.callbacks.of(record.id)):
        try:
            body = as_dict(delivery.json)
        # A body that was cut to save memory, or garbled by a fault, tells nothing.
        except (LookupError, ValueError):
            continue
        response = body.get("response", as_dict(body.get("task")).get("response"))
        if isinstance(response, dict) and response != subject.response:
            return response
    return None


def _origins(document: dict[str, Any]) -> set[str]:
    """The origins of the addresses in a task's parameters."""
    origins: set[str] = set()
    pending: list[Any] = [document.get("params"), document.get("document_pages")]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending += value.values()
        elif isinstance(value, list):
            pending += value
        elif isinstance(value, str) and value.startswith(("https://", "http://")):
            try:
                # Ports and hosts are checked only when they are asked for, so both stand in here.
                split = urlsplit(value)
                host = split.hostname or ""
                port = f":{split.port}" if split.port else ""
            except ValueError:
                continue
            # What stands in a policy must be a plain name: `;` or blanks would add rules to it.
            if (
                host
                and all(letter.isalnum() or letter in ".-" for letter in host)
                and host.isascii()
            ):
                origins.add(f"{split.scheme}://{host}{port}")
    return origins


def _missing_hosts(subject: Subject, document: dict[str, Any]) -> list[str]:
    """The hosts from which pictures of the drawing could be loaded."""
    missing = [url for url in subject.attachments if subject.address(url) is None]
    hosts = {
        origin
        for origin in _origins(document)
        if any(url.startswith(f"{origin}/") for url in missing)
    }
    # Sorted, so that a page is the same each time; five are as many as a header bears well.
    return sorted(hosts)[:5]


def _history(fake: FakeScale, record: TaskRecord) -> Iterator[dict[str, Any]]:
    """Each thing that happened, and what is still to come, as `explain` tells it."""
    now = fake._world.clock.ms
    origin = (
        f"created by request {record.request_n}"
        if record.request_n
        else "created by a call that this fake did not see"
    )
    for ms, what in [(record.created_ms, origin), *record.history]:
        yield {
            "when": moment(ms),
            "distance": distance(ms - now),
            "what": what,
            "is_to_come": False,
        }
    timeline = fake._world.timeline
    finish = timeline.planned("finish", record.id)
    planned = [] if finish is None else [(finish, "a labeler finishes")]
    for delivery in fake.callbacks.of(record.id):
        when = timeline.planned("callback", delivery.number)
        if when is not None:
            planned.append((when, fake.callbacks.describe(delivery.number)))
    for ms, what in sorted(planned):
        yield {"when": moment(ms), "distance": distance(ms - now), "what": what, "is_to_come": True}


def _delivery(entry: Any) -> dict[str, Any]:
    return {
        "number": entry.number,
        "event": entry.event,
        "url": entry.url,
        "succeeded": entry.succeeded,
        "attempts": [
            {"when": moment(round(attempt.at.timestamp() * 1000)), "status": attempt.status}
            for attempt in entry.attempts
        ],
        "body": body_view(entry.body),
        "answer": entry.answer.decode("utf-8", "replace"),
    }
