"""What labelers, customers and Scale do to tasks outside the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._controls.views import KNOWN
from .._time.turns import in_turns
from .kinds import LIST, OBJECT, TEXT
from .operation import Argument, ControlOperation, control
from .records import ACCOUNT
from .shown import RECORD, account_key, record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._fake import FakeScale
    from .._messages import JSON

TASK: Final = Argument("task", TEXT, "the task's id", required=True)


def _move(name: str, summary: str, *arguments: Argument) -> ControlOperation:
    def do(fake: FakeScale, task: str, **arguments: Any) -> JSON:
        return record(getattr(fake, name)(task, **arguments))

    # The docstring is the operation's summary in OpenAPI and in the docs.
    do.__doc__ = summary
    return control(name, TASK, *arguments, gives=RECORD)(do)


complete = _move(
    "complete",
    "A labeler finishes.",
    Argument("response", OBJECT.unchecked, "kept as it is; a generated one without it"),
)
start_work = _move("start_work", "A labeler begins: `work_started` becomes true.")
fail = _move(
    "fail",
    "An attachment turns out to be unusable: status `error`.",
    Argument("message", TEXT.unchecked, "the `error` of the response; Scale's sentence without it"),
    Argument(
        "attachments",
        LIST.unchecked,
        "objects {statusCode, url}; the task's own with 403 without it",
    ),
)
recall = _move("recall", "Scale takes work back: completed becomes pending.")
fix = _move(
    "fix",
    "The customer corrects a response in the dashboard.",
    Argument("response", OBJECT.unchecked, "the new response", required=True),
    Argument("comments", TEXT.unchecked, "what the customer says of it"),
)
comment = _move(
    "comment",
    "The customer comments on a completed task in the dashboard.",
    Argument("text", TEXT.unchecked, "the comment", required=True),
)
delete = _move("delete", "Scale deletes a task: v2 calls it `deleted`.")
report_sensitive_content = _move(
    "report_sensitive_content",
    "A labeler ends a task with a report instead of an answer.",
    Argument("type", TEXT, "what it is about, e.g. personal_data", required=True),
    Argument("message", TEXT, "what is to be seen"),
)


@control(
    "complete_all",
    ACCOUNT,
    filters=("id", *KNOWN["task"]),
    gives={
        "type": "object",
        "required": ["items", "total"],
        "properties": {
            "items": {"type": "array", "items": {"type": "string"}},
            "total": {"type": "integer"},
        },
    },
)
def complete_all(fake: FakeScale, filters: Mapping[str, Any], account: str | None = None) -> JSON:
    """A labeler finishes each pending task that matches, oldest first; answers their ids."""
    conditions = dict(filters)
    if account is not None:
        conditions["account"] = account_key(fake, account)
    completed = fake.complete_all(**conditions)
    return {"items": [view.id for view in in_turns(completed)], "total": len(completed)}


@control(
    "explain",
    TASK,
    method="GET",
    gives={"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
)
def explain(fake: FakeScale, task: str) -> JSON:
    """Each thing that happened to a task and why, in order, as text."""
    return {"text": fake.explain(task)}
