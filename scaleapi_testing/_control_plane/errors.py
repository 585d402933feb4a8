"""What a control raised, as an answer: the words that the Python exception has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._errors import (
    BadDump,
    FakeScaleError,
    IllegalTransition,
    NoSuchRecord,
    NoSuchTask,
    NotIdle,
    WorldTaken,
)
from .._log.command import LogUnavailable
from .operation import WrongArgument

if TYPE_CHECKING:
    from .._messages import JSON

HINTS: Final = {
    "NoSuchTask": "GET /_fake/tasks lists the tasks of this world.",
    "NoSuchRecord": "GET the list of its kind, and name the account where several have one.",
    "NotIdle": "GET /_fake/timeline shows what is still to come.",
    "LogUnavailable": "Try again: the server comes back by itself once its state can be reached.",
    "BadDump": "Give what GET /_fake/dump answered.",
}
FURTHER: Final = "GET /_fake/openapi.json says what each operation takes."


def answer_to(error: BaseException, *, fits: bool = False) -> tuple[int, dict[str, JSON]]:
    """The status and the body that stand for an exception of a control.

    Args:
        error: what it raised.
        fits: whether each argument was of the right type and within bounds: then what is refused is
            a contradiction between them, or to the state, and no bad argument.
    """
    status = status_of(error)
    # By the schema these arguments are right, which a 422 would deny.
    is_contradiction = fits and status == 422 and not isinstance(error, WrongArgument)
    body: dict[str, JSON] = {
        "error": {"kind": kind_of(error), "message": message_of(error), "hint": hint_of(error)}
    }
    details = details_of(error)
    return 409 if is_contradiction else status, {**body, "details": details} if details else body


def status_of(error: BaseException) -> int:
    """The HTTP status of an exception."""
    if isinstance(error, BadDump | WrongArgument):
        return 422
    if isinstance(error, LogUnavailable):
        return 503
    # Before ValueError, which some of these are: asked rightly, at the wrong moment.
    if isinstance(error, IllegalTransition | NotIdle | WorldTaken):
        return 409
    if isinstance(error, LookupError):
        return 404
    # Controls raise these of bad arguments, as Python's functions do: the caller's mistake, not
    # ours.
    if isinstance(error, TypeError | ValueError | OverflowError):
        return 422
    return 409 if isinstance(error, FakeScaleError) else 500


def kind_of(error: BaseException) -> str:
    """The name of its class; of a wrong argument that of what reading it raised."""
    if isinstance(error, WrongArgument):
        cause = error.__cause__
        # Without a cause nothing was read: an argument is missing or unknown, a TypeError in
        # Python.
        return "TypeError" if cause is None or isinstance(cause, TypeError) else "ValueError"
    return type(error).__name__


def message_of(error: BaseException) -> str:
    """Its words; of what is said in notes beside it too."""
    # str() of a KeyError is the repr of its words.
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    return "\n".join([text, *getattr(error, "__notes__", ())])


def hint_of(error: BaseException) -> str:
    """What to do next, in terms of the control plane."""
    if isinstance(error, IllegalTransition):
        moves = ", ".join(error.legal) or "nothing"
        return f"Legal from here: {moves}."
    # By its words: records of every kind share the class, and the lists differ.
    if isinstance(error, NoSuchRecord) and str(error).startswith("no world"):
        return "GET /_fake/worlds lists the worlds of this server."
    return HINTS.get(type(error).__name__, FURTHER)


def details_of(error: BaseException) -> dict[str, Any]:
    """The attributes of the exception, for whoever raises it anew."""
    if isinstance(error, NoSuchTask):
        return {"task_id": error.task_id, "closest": list(error.closest)}
    if isinstance(error, IllegalTransition):
        return {
            "task_id": error.task_id,
            "status": error.status,
            "move": error.move,
            "legal": list(error.legal),
        }
    return {}
