"""Labelers who answer what was recorded, with what comes along with such an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._errors import NoAnswer
from .._world.labelers import AccountSurroundings, Answers

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._state.task import TaskRecord


class RecordedAnswers(Answers):
    """As ``Answers``, but for the task that is shown.

    Attributes:
        shown: the recorded task whose answer is due, with the fake's values bound; ``None`` for a
            generated answer.
    """

    def __init__(self) -> None:
        super().__init__(0, None)
        self.shown: dict[str, Any] | None = None

    def answer(
        self,
        record: TaskRecord,
        document: dict[str, Any],
        surroundings: AccountSurroundings,
        view: Callable[[TaskRecord], Any],
    ) -> tuple[Any, dict[str, Any]]:
        """The recorded response, and the recorded values of the fields that come with one.

        Which fields come with a response of this type the fake says, so that others are found out.
        """
        shown = self.shown
        try:
            response, extra = super().answer(record, document, surroundings, view)
        except NoAnswer:
            if shown is None:
                raise
            response, extra = None, {}
        if shown is None:
            return response, extra
        params: Any = shown.get("params")
        params = params if isinstance(params, dict) else {}
        for name, value in extra.items():
            if name == "params" and isinstance(value, dict):
                extra[name] = {key: params.get(key, item) for key, item in value.items()}
            else:
                extra[name] = shown.get(name, value)
        return shown.get("response", response), extra
