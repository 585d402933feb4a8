"""The two families of errors: what a test sees, and what goes over the wire.

``FakeScaleError`` and its children are raised into the test. ``ApiError`` never leaves the app: it
becomes a reply in Scale's own shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

PUBLIC: Final = "scaleapi_testing"
"""The module that public errors say they are from, so that a traceback's last line is short."""


class FakeScaleError(Exception):
    """Everything that the fake raises into a test on its own account."""


class NoSuchTask(FakeScaleError, LookupError):
    """No task of this fake has the given id.

    Attributes:
        task_id: what was asked for.
        closest: ``(task id, shortened key)`` of the tasks with the nearest ids.
    """

    def __init__(self, message: str, task_id: str = "", closest: Sequence[object] = ()) -> None:
        super().__init__(message)
        self.task_id = task_id
        self.closest = tuple(closest)


class NoSuchRecord(FakeScaleError, LookupError):
    """No batch, project, file or teammate of this fake has the given name, or several have it."""


class IllegalTransition(FakeScaleError, ValueError):
    """A move that the life cycle does not allow.

    Attributes:
        task_id: the task in full.
        status: what it is now.
        move: what was asked for, e.g. ``"complete"``.
        legal: the moves that are legal from here.
    """

    def __init__(
        self,
        message: str,
        *,
        task_id: str = "",
        status: str = "",
        move: str = "",
        legal: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.task_id = task_id
        self.status = status
        self.move = move
        self.legal = tuple(legal)


class NotIdle(FakeScaleError, RuntimeError):
    """Time was to pass for nothing.

    ``run_until_idle`` met an event beyond its limit, or skipped waits moved the clock by
    ``max_idle`` while nothing changed and nothing was to come. The message names the event, or
    what waited where, for which task, and what would end it.
    """


class UnspentFault(FakeScaleError, AssertionError):
    """A fault that was asked for never struck so often: the test did not test what it says.

    Raised by leaving ``with FakeScale()``; under pytest the plugin fails the test with its text.

    Attributes:
        faults: the unspent ones.
    """

    def __init__(self, message: str, faults: Sequence[object] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)


class BadDump(FakeScaleError, ValueError):
    """A file is no dump of a fake, is damaged, or is of a newer version; nothing was loaded."""


class BadExport(FakeScaleError, ValueError):
    """What was to be loaded holds something that is no task, is cut, or is there already.

    Nothing was loaded.
    """


class NoAnswer(FakeScaleError, ValueError):
    """Labelers cannot answer a task that was loaded: its type is unknown, or its params wrong."""


class ForkedFake(FakeScaleError, RuntimeError):
    """A forked child used a fake of its parent, where nobody would see what it did."""


class WorldTaken(FakeScaleError, ValueError):
    """A world of this name is there already."""


class ServerGone(FakeScaleError, ConnectionError):
    """The server of a remote fake does not answer, or answers what no fake does."""


class CannotCross(FakeScaleError, TypeError):
    """A remote fake was given, or asked for, what cannot cross a wire; it says what can."""


class WrongToken(FakeScaleError, PermissionError):
    """The server of a remote fake asks for an admin token, and got none or another one."""


class WrongClient(FakeScaleError, ImportError):
    """The ``scaleapi`` on the path is not the one that this package ships with."""


class NoSuchResponse(FakeScaleError, TypeError):
    """What ``respond`` or ``complete`` was given is no JSON object."""


class ApiError(Exception):
    """An error reply: status, Scale's text, and what the test report says about it.

    Attributes:
        status: HTTP status.
        message: the text of ``error`` on the wire, exactly.
        notices: for the test report only: what was wrong, where, and what would be right.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *notices: str,
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.notices = notices
        self.headers = tuple(headers)


for _error in (
    FakeScaleError,
    NoSuchTask,
    NoSuchRecord,
    IllegalTransition,
    NotIdle,
    UnspentFault,
    BadDump,
    BadExport,
    ForkedFake,
    NoAnswer,
    WorldTaken,
    CannotCross,
    ServerGone,
    WrongToken,
    WrongClient,
    NoSuchResponse,
):
    _error.__module__ = PUBLIC
del _error
