"""What a callback handler is sent to find its faults, and what it must answer to each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._messages import JSON

ACCEPTED: Final = "a 2xx status"
REFUSED: Final = "a refusal: 401 or 403, in any case no 2xx"
SETTLED: Final = "a 2xx status, or a deliberate 4xx or 503; no exception, no other 5xx"


def is_accepted(status: int | None) -> bool:
    """Whether Scale counts the callback as delivered (documented: any 2xx)."""
    return status is not None and 200 <= status < 300


def is_settled(status: int | None) -> bool:
    """Whether a handler answered about something it does not know on purpose."""
    return status is not None and (200 <= status < 300 or 400 <= status < 500 or status == 503)


def is_refused(status: int | None) -> bool:
    """Whether Scale would not count the callback as delivered."""
    return not is_accepted(status)


@dataclass(frozen=True, slots=True)
class Step:
    """One callback of a case.

    Attributes:
        name: what it is, for the report: ``"the audit"``.
        document: the JSON body.
        auth: whether it carries the right key, a wrong one, or none.
        judged: whether its answer counts; of an answer that got lost nobody knows.
    """

    name: str
    document: JSON
    auth: str = "right"
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    # Pending again with nothing of the answer: what the create returned, at a later time.
    """One situation: callbacks in order, and what each of them must be answered.

    Attributes:
        name: as it stands in the report.
        steps: what is sent.
        expected: the answer that is right, in words.
        is_right: whether a status is that answer.
        advice: what to do when it is not.
        refusing: whether an exception inside the handler is as good as a refusal.
        created: the tasks that must have been created before, as the create call returned them.
    """

    name: str
    steps: tuple[Step, ...]
    expected: str
    is_right: Callable[[int | None], bool]
    advice: str
    refusing: bool = False
    created: tuple[JSON, ...] = field(default=())


def series() -> tuple[Case, ...]:
    """The planned series, in the order in which it is sent."""
    first, second, third = _pending(1), _pending(2), _pending(3)
    fourth, fifth, sixth = _pending(4), _pending(5), _pending(6)
    # Forged callbacks are about tasks of their own: were they about one that was delivered
    # before, a handler that refuses duplicates would seem to have refused the key.
    seventh, eighth = _pending(7), _pending(8)
    return (
        Case(
            "valid",
            (Step("the callback", _callback(_completed(first))),),
            ACCEPTED,
            is_accepted,
            "a completed task with the right key must be accepted; body: task_id, status, "
            "response, task; header: scale-callback-auth",
            created=(first,),
        ),
        Case(
            "duplicate",
            (Step("the valid one, again", _callback(_completed(first))),),
            ACCEPTED,
            is_accepted,
            "Scale may send a callback more than once: store by task_id (insert or update) and "
            "answer 2xx to what is already there",
        ),
        Case(
            "out_of_order",
            (
                Step("the audit, which comes first", _callback(_audited(second))),
                Step("the completion, which comes late", _callback(_completed(second))),
            ),
            ACCEPTED,
            is_accepted,
            "callbacks arrive in any order: accept an audit before its completion, and keep the "
            "state with the later task.updated_at",
            created=(second,),
        ),
        Case(
            "recalled",
            (
                Step("the completion", _callback(_completed(third)), judged=False),
                Step("the recall", _callback(_recalled(third))),
            ),
            ACCEPTED,
            is_accepted,
            "Scale may take a completed task back: status is pending again and there is no "
            "response; read it with .get() and forget the old one",
            created=(third,),
        ),
        Case(
            "error_status",
            (Step("the callback", _callback(_failed(fourth))),),
            ACCEPTED,
            is_accepted,
            "a task can end with status error: response then holds error and attachments instead "
            "of annotations; look at status before reading response",
            created=(fourth,),
        ),
        Case(
            "unknown_task",
            (Step("the callback", _callback(_completed(_pending(99)))),),
            SETTLED,
            is_settled,
            "a task that is not in your database may come before its create call has returned, or "
            "from another program with the same key: store it, or answer 404 or 503 on purpose "
            "and let Scale send it again; do not crash",
        ),
        Case(
            "unknown_fields",
            (Step("the callback", _with_unknown_fields(fifth)),),
            ACCEPTED,
            is_accepted,
            "Scale adds fields without notice: ignore those you do not know instead of refusing "
            "the callback",
            created=(fifth,),
        ),
        Case(
            "retry_after_500",
            (
                Step("the try that ended in a 500", _callback(_completed(sixth)), judged=False),
                Step("the retry", _callback(_completed(sixth, tags=["night"]))),
            ),
            ACCEPTED,
            is_accepted,
            "after a 500 or a lost answer Scale sends the task again in its current state: do the "
            "work before you remember the task as done, and accept it however far the first try "
            "got",
            created=(sixth,),
        ),
        Case(
            "wrong_auth",
            (Step("the callback", _callback(_completed(seventh)), auth="wrong"),),
            REFUSED,
            is_refused,
            "compare the header scale-callback-auth with your callback key (hmac.compare_digest) "
            "before anything else; otherwise anybody can send you labels",
            refusing=True,
            created=(seventh,),
        ),
        Case(
            "missing_auth",
            (Step("the callback", _callback(_completed(eighth)), auth="none"),),
            REFUSED,
            is_refused,
            "a callback without the header scale-callback-auth is forged: refuse it, and see that "
            "an unset key in your settings does not equal a missing header",
            refusing=True,
            created=(eighth,),
        ),
    )


def _pending(number: int) -> dict[str, JSON]:
    """A task as the create call returns it (docs/scale/tasks.md 1); ids and times never change."""
    return {
        "task_id": f"66f0a1c29d3b4e0007a1b2{number:02d}",
        "created_at": "2026-03-02T09:15:04.120Z",
        "updated_at": "2026-03-02T09:15:04.120Z",
        "callback_url": "https://hooks.example.net/scale",
        "type": "imageannotation",
        "status": "pending",
        "instruction": "Box every parcel.",
        "params": {
            "attachment": f"https://img.example.net/belt-{number}.png",
            "attachment_type": "image",
            "geometries": {
                "box": {"objects_to_annotate": ["parcel"], "min_width": 5, "min_height": 5}
            },
        },
        "is_test": False,
        "urgency": "standard",
        "metadata": {"camera": "belt-3"},
        "processed_attachments": [],
        "project": "parcels",
        "batch": "parcels-w10",
        "unique_id": f"belt-{number}",
        "priority": 0,
        "project_param_version": 0,
        "work_started": False,
    }


def _completed(pending: dict[str, JSON], tags: list[str] | None = None) -> dict[str, JSON]:
    task = pending | {
        "updated_at": "2026-03-02T11:40:50.990Z",
        # In the order of `updated_at` across all documents, which is what a handler is told to go
        # by.
        "completed_at": "2026-03-02T11:40:50.990Z",
        "status": "completed",
        "work_started": True,
        "response": {
            "annotations": [
                {
                    "type": "box",
                    "label": "parcel",
                    "left": 10,
                    "top": 12,
                    "width": 40,
                    "height": 38,
                    "uuid": f"8f8d1c1e-0000-4000-8000-{pending['task_id'][-12:]}",
                }
            ]
        },
    }
    if tags is not None:
        task |= {"tags": tags, "updated_at": "2026-03-02T11:41:20.990Z"}
    return task


def _audited(pending: dict[str, JSON]) -> dict[str, JSON]:
    at = "2026-03-02T15:05:00.000Z"
    return _completed(pending) | {
        "updated_at": at,
        "audits": [
            {
                "audited_by": "reviewer@example.net",
                "audited_at": at,
                "audit_time_secs": 0,
                "audit_result": "rejected",
            }
        ],
        "customer_review_status": "rejected",
        "customer_review_comments": [
            {
                "comment": "one parcel is missing",
                "commented_by": "reviewer@example.net",
                "commented_at": at,
            }
        ],
    }


def _recalled(pending: dict[str, JSON]) -> dict[str, JSON]:
    return pending | {"updated_at": "2026-03-02T16:00:00.000Z"}


def _failed(pending: dict[str, JSON]) -> dict[str, JSON]:
    return pending | {
        "updated_at": "2026-03-02T09:20:00.000Z",
        "status": "error",
        "response": {
            "error": "One or more attachments could not be downloaded.",
            "attachments": [{"statusCode": 403, "url": pending["params"]["attachment"]}],
        },
    }


def _with_unknown_fields(pending: dict[str, JSON]) -> JSON:
    # Both kinds: in the task, which Scale extends, and in the callback itself.
    task = _completed(pending) | {"otherVersion": None, "isProcessed": True}
    return _callback(task) | {"delivery_attempt": 1, "account": {"name": "example"}}


def _callback(task: dict[str, JSON]) -> dict[str, JSON]:
    """The body that carries ``task`` (docs/scale/callbacks.md 3)."""
    head = {"task_id": task["task_id"], "status": task["status"]}
    if "response" in task:
        head["response"] = task["response"]
    return {**head, "task": task}
