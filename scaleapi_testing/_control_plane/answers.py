"""What labelers answer, how long they take, and what is known of attachments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .kinds import ANYTHING, NUMBER, OBJECT, POLICY, TEXT, WHOLE
from .operation import Argument, control

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._fake import FakeScale
    from .._messages import JSON

NOTHING: Final[Mapping[str, Any]] = {"type": "object", "maxProperties": 0}


@control(
    "respond",
    Argument("task_type", TEXT, "e.g. categorization", required=True),
    Argument(
        "response", OBJECT.unchecked, "what later completions of this type answer", required=True
    ),
    gives=NOTHING,
)
def respond(fake: FakeScale, task_type: str, response: dict[str, Any]) -> JSON:
    """Say what later completions of a task type answer."""
    fake.respond(task_type, response)
    return {}


@control(
    "turnaround",
    Argument("policy", POLICY, "how long later tasks take, and how they end", required=True),
    Argument("task_type", TEXT, "only tasks of this type"),
    Argument("project", TEXT, "only tasks of this project"),
    Argument("batch", TEXT, "only tasks of this batch"),
    gives=NOTHING,
)
def turnaround(fake: FakeScale, policy: Any, **only: str) -> JSON:
    """Say how long labelers take for later tasks of a kind."""
    fake.turnaround(policy, **only)
    return {}


@control(
    "attachments.describe",
    Argument("url", TEXT, "the attachment exactly as tasks name it", required=True),
    Argument("width", WHOLE.within(minimum=1, maximum=20_000).unchecked, "pixels"),
    Argument("height", WHOLE.within(minimum=1, maximum=20_000).unchecked, "pixels"),
    Argument("frames", WHOLE.within(minimum=1).unchecked, "number of frames of a video"),
    Argument(
        "duration", NUMBER.within(exclusiveMinimum=0).unchecked, "seconds of a video or audio file"
    ),
    Argument("fps", NUMBER.within(exclusiveMinimum=0).unchecked, "frames per second of a video"),
    Argument("truth", ANYTHING, "what labelers should find, in the shape of the response"),
    gives=NOTHING,
)
def describe(fake: FakeScale, url: str, **facts: Any) -> JSON:
    """Tell what is at an address; what is told again replaces, the rest stays."""
    fake.attachments.describe(url, **facts)
    return {}


@control(
    "answer_forms",
    Argument(
        "forms",
        OBJECT.within(additionalProperties={"type": "string"}),
        "forms to be taken from now on, by name",
    ),
    path="/answer_forms",
    gives={"type": "object", "required": ["forms"]},
)
def answer_forms(fake: FakeScale, forms: dict[str, str] | None = None) -> JSON:
    """Which of several published forms generated answers take; sets those that are given."""
    for name, form in (forms or {}).items():
        if not isinstance(form, str):  # pyright: ignore[reportUnnecessaryIsInstance] - read from JSON
            raise TypeError(f"answer_forms takes a text for {name!r:.60}, not {form!r:.60}")
        fake.answer_forms[name] = form
    return {"forms": dict(fake.answer_forms)}
