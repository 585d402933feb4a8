"""What a control raised on the server, raised here: the same kind with the same words."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from .. import _errors
from .._errors import FakeScaleError, IllegalTransition, NoSuchTask, WrongToken

if TYPE_CHECKING:
    from .._messages import JSON


def raised_by(status: int, document: JSON, origin: str) -> Exception:
    """The exception that an answer of the control plane stands for.

    Args:
        status: its status.
        document: its body.
        origin: the server's address, for what is no control's fault.
    """
    error: Any = document.get("error") if isinstance(document, dict) else None
    if not isinstance(error, dict) or "kind" not in error:
        return FakeScaleError(f"{origin} answered {status}: {document!r:.300}")
    message, details = str(error["message"]), document.get("details") or {}
    if status == 401:
        return WrongToken(
            f"{origin}: {message}; give RemoteFake(url, token=...) what the server was started "
            "with as --admin-token"
        )
    if error["kind"] == "NoSuchTask":
        closest = [tuple(pair) for pair in details.get("closest", ())]
        return NoSuchTask(message, details.get("task_id", ""), closest)
    if error["kind"] == "IllegalTransition":
        return IllegalTransition(message, **details)
    kind = _kind(error["kind"])
    if kind is None:
        return FakeScaleError(f"{error['kind']}: {message}")
    return kind(message)


def _kind(name: str) -> type[Exception] | None:
    """An exception class of the fake, or of Python, by name."""
    for kind in (getattr(_errors, name, None), getattr(builtins, name, None)):
        if isinstance(kind, type) and issubclass(kind, Exception):
            return kind
    return None
