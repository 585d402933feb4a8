"""What is for people who look at a task: calls of customers without a key; checks of answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from .._controls.views import find_task
from .kinds import FLAG, OBJECT, TEXT, TEXTS
from .operation import Argument, control
from .shown import RECORD, record
from .tasks import TASK

if TYPE_CHECKING:
    from .._fake import FakeScale
    from .._messages import JSON
    from .._state.task import TaskRecord
    from .._world.act import Act

CLEAR: Final = Argument("clear_unique_id", FLAG, "whether its unique_id may be used again")


@control("cancel", TASK, CLEAR, gives=RECORD)
def cancel(fake: FakeScale, task: str, clear_unique_id: bool = False) -> JSON:  # noqa: FBT001, FBT002
    """The customer cancels a pending task, as `POST /v1/task/{id}/cancel` does."""
    do = partial(fake._world.cancel, clear_unique_id=clear_unique_id)
    return record(fake._moved("cancel", task, do))


@control(
    "audit",
    TASK,
    Argument("accepted", FLAG, "whether the answer is right", required=True),
    Argument("comments", TEXT, "what the customer says of it"),
    gives=RECORD,
)
def audit(fake: FakeScale, task: str, accepted: bool, comments: str | None = None) -> JSON:  # noqa: FBT001
    """The customer accepts or rejects a completed task, as `POST /v1/task/{id}/audit` does."""
    do = partial(fake._world.audit, accepted=accepted, comments=comments)
    return record(fake._moved("audit", task, do))


@control(
    "tags",
    TASK,
    Argument("add", TEXTS, "tags that join those that are there"),
    Argument("remove", TEXTS, "tags that go"),
    gives=RECORD,
)
def tags(
    fake: FakeScale, task: str, add: list[str] | None = None, remove: list[str] | None = None
) -> JSON:
    """The customer changes a task's tags, as the calls of `/v1/task/{id}/tags` do."""

    def change(act: Act, changed: TaskRecord) -> None:
        document = changed.document()
        kept_tags = [tag for tag in changed.tags if tag not in (remove or [])]
        # In the order in which they came, each once, as Scale's own call keeps them.
        document["tags"] = list(dict.fromkeys([*kept_tags, *(add or [])]))
        fake._world.change_fields(act, changed, document)

    return record(fake._moved("tags", task, change))


@control(
    "check_answer",
    TASK,
    Argument("response", OBJECT, "the answer to look at", required=True),
    changes=False,
    gives={
        "type": "object",
        "required": ["fits", "problems"],
        "properties": {
            "fits": {"type": "boolean"},
            "problems": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["path", "message"],
                    "properties": {
                        "path": {"type": "string", "description": "e.g. response.annotations[0]"},
                        "message": {
                            "type": "string",
                            "description": "what is wrong there, and what would be right",
                        },
                    },
                },
            },
        },
    },
)
def check(fake: FakeScale, task: str, response: dict[str, Any]) -> JSON:
    """Whether an answer fits its task's type; `complete` and `fix` take one that does not, too."""
    # Here, for checking answers loads what few servers ever need.
    from .._world.answer_check import check_answer

    world = fake._world
    # The task may be changed by a call while its answer is looked at.
    with world.lock:
        problems = check_answer(world, find_task(world.store, task), response)
    return {
        "fits": not problems,
        "problems": [{"path": entry.path, "message": entry.message} for entry in problems],
    }
