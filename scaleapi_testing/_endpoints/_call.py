"""What a handler gets: the request, decoded, with the account that made it and the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import parse_qsl

from .._errors import ApiError
from .._http.unread import MOST_HINTS, Unread
from .._http.wire import INVALID_JSON, decode, parse_bool, parse_time
from .._messages import counted, listed
from .form_body import FORM, looks_like_form, looks_like_json, read_form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from .._http.values import Reply, Request
    from .._state.account import Account
    from .._state.task import TaskRecord
    from .._world.act import Act
    from .._world.world import World

UPPER_BOUNDS: Final = frozenset(
    {"end_time", "completed_before", "updated_before", "audited_before"}
)

JSON_AS_FORM: Final = (
    f"the body looks like JSON, but came with Content-Type: {FORM} (curl -d sends that unless told "
    "otherwise), so it was read as a form with one odd name: send Content-Type: application/json"
)

TASK_NOT_FOUND: Final = "Task with that ID not found."
"""Recorded in 2019 (docs/scale/errors.md 3)."""


@dataclass(frozen=True, slots=True)
class Later:
    """An answer that is written once callbacks have been made: what came of them stands in it."""

    write: Callable[[], bytes]


Answer: TypeAlias = "bytes | TaskRecord | Later | Reply"
"""What a handler returns: a body, a task as it is when callbacks were made, or a whole reply."""


class Call:
    """One call of an operation.

    Attributes:
        request: as it came in.
        account: whose key it carries.
        world: the fake's world.
        path: what the placeholders of the route stand for.
        act: what it causes besides its answer; its number in the journal is ``request_n``.
        query: the query's values by name, each a list; empty values count as not given.
        notices: for the test report: what was tolerated but is hardly meant.
        unread: for the journal: parameters that nothing reads.
        strict: whether each notice is refused with a 400.
    """

    __slots__ = (
        "_json",
        "account",
        "act",
        "notices",
        "path",
        "query",
        "request",
        "strict",
        "unread",
        "world",
    )

    def __init__(
        self,
        request: Request,
        account: Account,
        world: World,
        path: dict[str, str],
        act: Act,
        *,
        strict: bool,
    ) -> None:
        self.request = request
        self.account = account
        self.world = world
        self.path = path
        self.act = act
        self.strict = strict
        self.notices: list[str] = []
        self.unread: list[Unread] = []
        self.query = _values(request.query) if request.query else {}
        self._json: Any = None

    @property
    def request_n(self) -> int:
        """The number of this call in the journal."""
        return self.act.request_n

    def one(self, name: str) -> str | None:
        """A query value; of repeated ones the last."""
        values = self.query.get(name)
        return values[-1] if values else None

    def flag(self, name: str) -> bool:
        """A boolean of the query, ``False`` when it is absent or no boolean."""
        return parse_bool(self.one(name)) or False

    def date(self, name: str, example: str) -> datetime | None:
        """A date or time of the query, whenever it is.

        Args:
            name: of the parameter.
            example: what a refusal says to write.

        Raises:
            ApiError: 400 when it is none.
        """
        text = self.one(name)
        if text is None:
            return None
        moment = parse_time(text)
        if moment is None:
            raise ApiError(
                400,
                f"Invalid {name} - expected an ISO 8601 date.",
                f"{name}={text[:60]!r}: write e.g. {example}",
            )
        return moment

    def moment(self, name: str) -> datetime | None:
        """A date or time of the query at which something happened; one in the future is noticed.

        Raises:
            ApiError: 400 when it is none.
        """
        moment = self.date(name, "2026-03-02 or 2026-03-02T09:15:04Z")
        if moment is not None and moment > self.world.clock.now():
            now = self.world.clock.stamp()
            later = f"{name}={self.one(name)} lies after the virtual now ({now})"
            if name in UPPER_BOUNDS:
                # Programs ask for everything until tomorrow and mean it: never refused.
                self.notices.append(f"{later}: it excludes nothing")
            else:
                self.notice(f"{later}: nothing can match; set start_time= or move scale.clock")
        return moment

    def json(self, *, typed: bool = True) -> Any:
        """The decoded body; ``None`` for an empty one. A form becomes the object it stands for.

        Args:
            typed: whether booleans and numbers of a form are read as such, by their names.

        Raises:
            ApiError: 400 for a body that is no JSON.
        """
        if not self.request.body:
            return None
        # Decoded once: a handler may ask several times.
        if self._json is None:
            body = self.request.body
            content_type = self.request.headers.get("content-type", "")
            if content_type.startswith(FORM):
                # Never refused in strict mode: what Scale answers to it says less, but is its own.
                if looks_like_json(body):
                    self.notices.append(JSON_AS_FORM)
                self._json = read_form(body, typed=typed)
            else:
                self._json = self._decoded(body, content_type)
        return self._json

    @staticmethod
    def _decoded(body: bytes, content_type: str) -> Any:
        """The value of a body that is to be JSON; of a form it is said what it lacks."""
        try:
            return decode(body)
        except ApiError as error:
            if looks_like_form(body):
                type_note = (
                    f"with Content-Type: {content_type[:60]}" if content_type else "without one"
                )
                error.notices = (
                    *error.notices,
                    f"it looks like a form, which needs Content-Type: {FORM}, but came {type_note}",
                )
            raise

    def object(self) -> dict[str, Any]:
        """The body as a JSON object; an empty body is an empty one.

        Raises:
            ApiError: 400 for anything else.
        """
        body = self.json()
        # An empty body only; a body `null` is no object.
        if body is None and not self.request.body:
            return {}
        if not isinstance(body, dict):
            raise ApiError(
                400,
                INVALID_JSON,
                f"the body is {_kind(body)}; this operation takes a JSON object",
            )
        return body

    def task(self) -> TaskRecord:
        """The task that the path names, by id or (assumed) by its unique_id.

        Raises:
            ApiError: 404 when this account has no such task.
        """
        task_id = self.path["task_id"]
        record = self.world.store.tasks.get(task_id)
        # Another account's task is not there, whatever its status (docs/scale/tasks.md 4).
        if record is not None and record.account is self.account:
            return record
        same_unique_id = self.account.tasks.by_unique_id.get(task_id)
        if same_unique_id is not None:
            return same_unique_id
        raise ApiError(404, TASK_NOT_FOUND, self._why_no_task(task_id, record))

    def _why_no_task(self, task_id: str, other: TaskRecord | None) -> str:
        if other is not None:
            return (
                f"task {task_id} exists, under another key ({other.account.shown}); this call "
                f"carries {self.account.shown}. Each key is its own account"
            )
        tasks = self.world.store.tasks
        what = f"no task {task_id[:60]!r} in this fake, which has {counted(len(tasks), 'task')}"
        newest = next(reversed(tasks), None)
        return what if newest is None else f"{what}, the newest {newest}"

    def report_unread(self, sent: Iterable[str], known: Iterable[str]) -> None:
        """Note the sent names that nothing reads; in strict mode refuse them.

        Raises:
            ApiError: 400, when the fake is strict and there is one.
        """
        names = known if isinstance(known, tuple) else dict.fromkeys(known)
        for name in sent:
            if name not in names:
                # The rest is named without a hint, see MOST_HINTS.
                hinted = len(self.unread) < MOST_HINTS
                self.unread.append(Unread.among(name, names) if hinted else Unread(name))
        self.refuse_unread()

    def refuse_unread(self) -> None:
        """In strict mode refuse what was noted as unread.

        Raises:
            ApiError: 400, when the fake is strict and there is some.
        """
        if self.strict and self.unread:
            several = len(self.unread) > 1
            what = f"parameter{'s' if several else ''} {listed(self.unread)}"
            what += f" {'are' if several else 'is'} read by nothing"
            raise ApiError(400, f"strict: {what}", what)

    def notice(self, text: str) -> None:
        """Say what was tolerated; in strict mode refuse it.

        Raises:
            ApiError: 400, when the fake is strict.
        """
        if self.strict:
            raise ApiError(400, f"strict: {text}", text)
        self.notices.append(text)


def _values(query: str) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    # Bytes that are no UTF-8 are a value as well; a query may hold any number of names.
    for name, value in parse_qsl(query, errors="replace", max_num_fields=None):
        values.setdefault(name, []).append(value)
    return values


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    kinds = {bool: "a boolean", list: "an array", str: "a string", int: "a number"}
    return kinds.get(type(value), "a number")
