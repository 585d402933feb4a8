"""How a callback that you received is checked and read."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from ._base import BaseClient, checked_object
from .exceptions import ScaleException, refused
from .tasks import Task, TaskMethods

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ._types import JSONObject

AUTH_HEADER: Final = "scale-callback-auth"
"""The header in which Scale sends the account's callback key.

Source: documented (https://scale.com/docs/api-reference/callbacks).
"""


class ReceivedHeaders(Protocol):
    """The headers of a request, as any framework has them: what gives names and values in pairs.

    A dict does, and so do those of Flask, which are no ``Mapping``, of Django and of Starlette.
    """

    def items(self) -> Iterable[tuple[str, str]]:
        """Each name, in any case, with its value."""
        ...


class CallbackForged(ScaleException):
    """A callback without the account's callback key: somebody else may have sent it."""


class TaskCallback:
    """What Scale says about a task: completed, failed, audited or taken back.

    Attributes:
        task_id: the task's id.
        status: the task's status at that moment.
        response: the answer, ``None`` when there is none (as after a recall).
        task: the whole task. Its methods work when the callback was parsed with a client.
        json: the body as sent.
    """

    __slots__ = ("json", "response", "status", "task", "task_id")

    def __init__(self, body: JSONObject, client: TaskMethods | None = None) -> None:
        json_task = body.get("task")
        task = dict(json_task) if isinstance(json_task, dict) else {}
        task.setdefault("task_id", body["task_id"])
        self.json: JSONObject = body
        self.task_id: str = body["task_id"]
        self.task: Task = Task(task, client)
        # The documented example leaves the status out at the top, so the task's own stands in.
        self.status: str | None = body.get("status", task.get("status"))
        self.response: JSONObject | None = body.get("response", task.get("response"))

    def __repr__(self) -> str:
        return f"<TaskCallback {self.task_id} {self.status}>"


class BatchCallback:
    """What Scale says about a batch whose last open task ended.

    Attributes:
        batch: the batch's name.
        status: its status.
        stats: how many of its tasks ended in each status; one that no task has may be absent.
        json: the body as sent.
    """

    __slots__ = ("batch", "json", "stats", "status")

    def __init__(self, body: JSONObject) -> None:
        self.json: JSONObject = body
        self.batch: str = body["batch"]
        self.status: str | None = body.get("status")
        # A copy: what a handler does with it must leave `json`, the body as sent, alone.
        self.stats: dict[str, int] = dict(body.get("stats") or {})

    if not TYPE_CHECKING:
        # Hidden from type checkers, which tell the two kinds apart before the program runs.
        def __getattr__(self, name: str) -> object:
            if name in TaskCallback.__slots__:
                raise AttributeError(
                    f"the callback of a batch has no {name!r}, that of a task has; tell them apart"
                    " with isinstance(callback, TaskCallback)"
                )
            raise AttributeError(f"the callback of a batch has no {name!r}")

    def __repr__(self) -> str:
        return f"<BatchCallback {self.batch!r} {self.status}>"


Callback: TypeAlias = TaskCallback | BatchCallback


def is_authentic(headers: ReceivedHeaders, auth_key: str) -> bool:
    """Whether a callback carries the account's callback key, compared in constant time.

    Args:
        headers: the headers as received; their names in any case.
        auth_key: the account's callback auth key for the mode (live or test) you use.
    """
    sent = ""
    for name, value in headers.items():
        if name.lower() == AUTH_HEADER:
            sent = value
    # An unset key equals no header, not even a missing one.
    return bool(auth_key) and hmac.compare_digest(sent.encode(), auth_key.encode())


def parse_callback(
    body: bytes | str | Mapping[str, object],
    headers: ReceivedHeaders,
    auth_key: str,
    client: BaseClient | None = None,
) -> Callback:
    """Check a received callback and read it.

    Args:
        body: the request's body, raw or already decoded.
        headers: the request's headers; names in any case.
        auth_key: the account's callback auth key for the mode (live or test) you use.
        client: a client for the task in it, so that e.g. ``callback.task.refresh()`` works.

    Returns:
        A :class:`TaskCallback`, or a :class:`BatchCallback` when a batch was completed; tell them
        apart with ``isinstance(callback, TaskCallback)``.

    Raises:
        CallbackForged: the key is missing or another one; answer 401.
        ScaleInvalidRequest: the body is no callback; answer 400.

    Source: documented (https://scale.com/docs/api-reference/callbacks).
    """
    # Before the body is looked at: nothing of a forged callback is parsed.
    if not is_authentic(headers, auth_key):
        raise CallbackForged(f"the header {AUTH_HEADER} is missing or is not your callback key")
    decoded: object = body
    if isinstance(body, bytes | str):
        try:
            decoded = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise refused(f"the callback's body is not JSON: {error}") from error
    if not isinstance(decoded, dict):
        raise refused(f"the callback's body is not a JSON object: {decoded!r:.120}")
    message = checked_object(decoded, "callback")
    # The task first: a task's callback may name its batch as well.
    if isinstance(message.get("task_id"), str):
        return TaskCallback(message, client if isinstance(client, TaskMethods) else None)
    if isinstance(message.get("batch"), str):
        return BatchCallback(message)
    raise refused(f"a callback names a task_id or a batch; this one has {', '.join(message)}")
