"""Applying a command: a function of the state and the command, and of nothing else.

The same commands applied to the same state give the same bytes, in this process or in another, now
or when the log is read again. So nothing here reads a clock of this machine, waits, or calls
anything of somebody else's: attempts at callbacks are listed, and what came of them comes in as a
command of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from .._world.act import INTERRUPTS
from .codec import (
    ATTEMPT,
    CALL,
    CLOCK,
    CONTROL,
    attempt_from_bytes,
    call_from_bytes,
    control_from_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._fake import FakeScale
    from .._http.values import Reply
    from .._log.command import Command


class Control(Protocol):
    """A control that a log can hold."""

    def perform(self, subject: Any, arguments: Mapping[str, Any]) -> Any:
        """Do it; the answer is JSON."""
        ...


@dataclass(frozen=True, slots=True)
class Done:
    """A control was done.

    Attributes:
        answer: what it answers, as JSON.
    """

    answer: Any


@dataclass(frozen=True, slots=True)
class Refused:
    """A control raised.

    Attributes:
        error: what it raised.
    """

    error: BaseException


Outcome: TypeAlias = "Reply | Done | Refused | None"
"""What came of a command: a call's reply, a control's answer or refusal, of others nothing."""


def apply(fake: FakeScale, command: Command, controls: Mapping[str, Control]) -> Outcome:
    """Apply a command to its world: first its time comes, then it acts.

    Args:
        fake: the world's, which keeps to a log (``World.keep_to_a_log``).
        command: any that is not about worlds themselves.
        controls: the controls that there are, by name.
    """
    with fake._world.lock:
        while approach(fake, command):
            pass
        return act(fake, command, controls)


def approach(fake: FakeScale, command: Command) -> bool:
    """Do one thing of what comes before a command's time; whether there may be more.

    So that whoever must not be long can do the rest later.
    """
    return fake._world.clock.near(command.at_ms)


def act(fake: FakeScale, command: Command, controls: Mapping[str, Control]) -> Outcome:
    """Apply a command whose time has come."""
    with fake._world.lock:
        outcome = _act(fake, command, controls)
        fake._world.clock.applied_at(command.at_ms)
    return outcome


def _act(fake: FakeScale, command: Command, controls: Mapping[str, Control]) -> Outcome:
    kind, body = command.kind, command.body
    if kind == CALL:
        call = call_from_bytes(body)
        return fake.app.apply(call.request, call.api_key)
    if kind == CONTROL:
        name, arguments = control_from_bytes(body)
        return perform(fake, controls[name], arguments)
    if kind == ATTEMPT:
        attempt = attempt_from_bytes(body)
        fake._world.callbacks.came(attempt.number, attempt.status, attempt.answer)
        return None
    if kind == CLOCK:
        return None
    raise ValueError(f"the log holds a command of an unknown kind {kind!r:.60}")


def perform(fake: FakeScale, control: Control, arguments: Mapping[str, Any]) -> Done | Refused:
    """Do a control, and say what came of it."""
    try:
        return Done(control.perform(fake, arguments))
    except INTERRUPTS:
        raise
    except BaseException as error:  # noqa: BLE001 - whoever asked is told
        return Refused(error)
