"""Does in the fake what people did outside of the recorded calls, as later answers show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._state.lifecycle import CANCELED, COMPLETED, ERROR, PENDING

if TYPE_CHECKING:
    from .._state.task import TaskRecord
    from .._world.act import Act
    from .._world.world import World
    from .answers import RecordedAnswers
    from .bindings import Bindings


class Meanwhile:
    """What labelers, reviewers, and others with the same key did since a task was last seen.

    Args:
        world: the fake's.
        bindings: what stands for what.
        answers: who answers tasks.
    """

    def __init__(self, world: World, bindings: Bindings, answers: RecordedAnswers) -> None:
        self._world = world
        self._bindings = bindings
        self._answers = answers

    def catch_up(
        self, act: Act, record: TaskRecord, recorded: dict[str, Any], *, cancels: bool
    ) -> None:
        """Bring a task to where an answer shows it.

        Args:
            act: what comes of it.
            record: the task in the fake.
            recorded: the task as it was recorded.
            cancels: whether the call that is answered cancels it.
        """
        world, status = self._world, recorded.get("status")
        shown: dict[str, Any] = self._bindings.value(recorded)
        response = shown.get("response")
        if record.status == COMPLETED and status == PENDING:
            world.recall(act, record)
        elif record.status == PENDING and status == COMPLETED:
            self._complete(act, record, shown)
        elif record.status == PENDING and status == ERROR:
            details = response if isinstance(response, dict) else {}
            world.fail(
                act, record, details.get("error"), details.get("attachments"),
                frames=details.get("frames"),
            )  # fmt: skip
        # The call that cancels it does so itself, and would be refused afterwards.
        elif record.status == PENDING and status == CANCELED and not cancels:
            world.cancel(act, record, clear_unique_id="unique_id" not in shown)
        elif status == PENDING and shown.get("work_started") and not record.work_started:
            world.start_work(act, record)
        if record.status == status == COMPLETED:
            self._audit(act, record, shown)

    def _complete(self, act: Act, record: TaskRecord, shown: dict[str, Any]) -> None:
        """Labelers answered; what they answered first was perhaps corrected since."""
        before = record.document().get("prior_responses")
        priors = _list(shown, "prior_responses")[len(before or ()) :]
        self._answers.shown = {**shown, "response": priors[0]} if priors else shown
        self._world.complete(act, record, None)
        self._answers.shown = None

    def _audit(self, act: Act, record: TaskRecord, shown: dict[str, Any]) -> None:
        """Reviewers gave their verdicts in the dashboard, or with another client."""
        world, priors = self._world, _list(shown, "prior_responses")
        audits = _list(record.document(), "audits")
        for entry in _list(shown, "audits")[len(audits) :]:
            result = entry.get("audit_result") if isinstance(entry, dict) else None
            comments = entry.get("audit_comments") if isinstance(entry, dict) else None
            text = comments if isinstance(comments, str) else None
            if result == "fixed":
                number = len(_list(record.document(), "prior_responses")) + 1
                after = priors[number] if number < len(priors) else shown.get("response")
                world.fix(act, record, after, text)
            elif result == "commented":
                world.comment(act, record, text or "")
            elif result in {"accepted", "rejected"}:
                world.audit(act, record, accepted=result == "accepted", comments=text)
        now = record.document()
        if "response" in now and shown.get("response", now["response"]) != now["response"]:
            # Mock answers of Scale are not stable (seen): a later read gives another one.
            world.change_fields(act, record, {**now, "response": shown["response"]})


def _list(document: dict[str, Any], name: str) -> list[Any]:
    value = document.get(name)
    return value if isinstance(value, list) else []
