"""The control plane over HTTP: who may, which operation is meant, what is answered."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, parse_qsl, unquote

from .._control_plane.errors import answer_to
from .._control_plane.operation import WrongArgument
from .._control_plane.table import controls
from .._messages import described, did_you_mean
from .._version import __version__
from .._world.act import INTERRUPTS
from .._worlds.worlds import Caller
from .answers import encoded
from .executor import aside
from .far_door import clock_header
from .page_routes import INBOX, LOGIN, PageRoutes
from .safety import Refused, check_origin, cookie_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .._control_plane.operation import ControlOperation
    from .._dashboard.visit import Answer as Page
    from .._messages import JSON
    from .._worlds.worlds import HostedWorld, Worlds
    from .asgi import Message
    from .executor import Executor
    from .measures import Measures
    from .safety import Safety
    from .seen import Seen
    from .watchers import Watchers

ROOT: Final = "/_fake"

JSON_TYPE: Final = "application/json; charset=utf-8"

READING: Final = frozenset({"GET", "HEAD"})

Headers = list[tuple[str, str]]


class Answer:
    """One answer of the control plane."""

    __slots__ = ("body", "headers", "is_page", "operation", "status")

    def __init__(
        self,
        status: int,
        body: JSON | bytes,
        headers: Iterable[tuple[str, str]] = (),
        *,
        kind: str = JSON_TYPE,
        operation: str = "",
        is_page: bool = False,
    ) -> None:
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.headers: Headers = [("Content-Type", kind), *headers]
        self.operation = operation
        self.is_page = is_page  # then it says itself what a browser may do with it


class ControlRoutes:
    """Answers everything below ``/_fake``, of the root and of each world.

    Args:
        worlds: of this server.
        executor: carries controls out.
        safety: who may.
        measures: what was counted.
        watchers: who is told of changes.
        seen: is told of what fails.
    """

    def __init__(
        self,
        worlds: Worlds,
        executor: Executor,
        safety: Safety,
        measures: Measures,
        watchers: Watchers,
        seen: Seen | None = None,
    ) -> None:
        self._worlds = worlds
        self._executor = executor
        self._safety = safety
        self._measures = measures
        self._watchers = watchers
        self._seen = seen
        self._pages = PageRoutes(worlds, measures.durations, seen)

    async def answer(
        self, world: HostedWorld, scope: Message, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """Answer one call.

        Args:
            world: below whose address it was made.
            scope: of ASGI.
            path: below ``/_fake``, percent-encoded.
            headers: names in lower case.
            body: all of it.
        """
        try:
            return await self._answer(world, scope, path, headers, body)
        except Refused as refused:
            return Answer(refused.status, refused.body(), refused.headers)
        except Exception as error:  # noqa: BLE001 - the rest of the server goes on
            return self._failed(scope["method"], path, error)

    def _failed(self, method: str, path: str, error: Exception) -> Answer:
        """What is answered where this package itself fails."""
        hint = "Please report it."
        if self._seen is not None:
            self._seen.failed(method, f"{ROOT}{path}", error)
            hint = "The log of the server has a line that says where; please report it with that."
        refused = Refused(500, "InternalError", f"{type(error).__name__}: {error}"[:600], hint)
        return Answer(500, refused.body(), operation="failed")

    def refusal(self, scope: Message, headers: Mapping[str, str]) -> Refused | None:
        """Why a reading call is not listened to, ``None`` where it is."""
        try:
            self._origin(scope, headers)
            self._safety.check_token(headers)
        except Refused as refused:
            return refused
        return None

    def _origin(self, scope: Message, headers: Mapping[str, str]) -> str:
        """How the server was called.

        Raises:
            Refused: by a name that is not expected.
        """
        server = (scope.get("server") or ("", None))[0] or ""
        self._safety.check_host(headers.get("host", ""), server)
        return f"{scope.get('scheme', 'http')}://{headers['host']}{scope.get('root_path', '')}"

    async def _answer(
        self, world: HostedWorld, scope: Message, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        method: str = scope["method"]
        if path == "/health" and method in READING:  # of whoever asks, by any name
            return Answer(200, {"status": "ok", "version": __version__}, operation="health")
        # The host before the token: a name from a stranger's DNS learns nothing at all.
        origin = self._origin(scope, headers)
        # Before the token, for here it is given.
        if path == LOGIN:
            return await self._log_in(world, scope, headers, origin, body)
        # Before the token: webhooks come from the fake or a program, which know none.
        if path.startswith(INBOX) and method == "POST":
            self._pages.take(world, path, headers, body)
            return Answer(200, {"taken": True}, operation="inbox")
        try:
            self._safety.check_token(headers)
        except Refused:
            # Only a browser is led to the form; a program is told 401.
            if method not in READING or "text/html" not in headers.get("accept", ""):
                raise
            # 303 and no 302: what comes next is a GET whatever was asked.
            return Answer(303, b"", [("Location", self._below(world, scope, LOGIN))])
        page = await self._pages.page(world, scope, path, headers, origin)
        if page is not None:
            return _of_page(page)
        own = await self._own(method, path)
        if own is not None:
            return own
        operation, arguments = self._operation(method, path)
        if method not in READING:
            has_body = method == "POST" or bool(body)
            self._safety.check_write(headers, origin, has_body=has_body)
        try:
            arguments |= self._arguments(operation, scope, body)
            caller = Caller(world, self._worlds, origin)
            # Read before the control, which may move the clock.
            before = self._pages.now(world)
            result = await self._executor.control(caller, operation, arguments)
        except INTERRUPTS:
            raise
        except BaseException as error:  # noqa: BLE001 - a target of callbacks may raise anything
            status, error_body = answer_to(error, fits=operation.fit(arguments))
            beside = [clock_header(world)]
            # The log comes back by itself, so a client may simply try again.
            if status == 503:
                beside.append(("Retry-After", "1"))
            return Answer(status, error_body, beside, operation=operation.name)
        if operation.changes:
            self._watchers.control(world, operation.name)
            self._pages.done(world, before, operation.name, arguments)
        return Answer(200, result, [clock_header(world)], operation=operation.name)

    @staticmethod
    def _below(world: HostedWorld, scope: Message, path: str) -> str:
        """The address of a page of the same world."""
        return f"{scope.get('root_path', '')}{world.path}{ROOT}{path}"

    async def _log_in(
        self,
        world: HostedWorld,
        scope: Message,
        headers: Mapping[str, str],
        origin: str,
        body: bytes,
    ) -> Answer:
        """The login as a page and, for a form, back to the pages."""
        if scope["method"] in READING:
            return _of_page(await self._pages.login(world, scope, headers, origin))
        is_form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        try:
            answer = self._login(scope["method"], headers, origin, body)
        except Refused as refused:
            if not is_form or refused.status != 401:
                raise
            return _of_page(await self._pages.login(world, scope, headers, origin, refused))
        if not is_form:
            return answer
        answer.headers.append(("Location", self._below(world, scope, "/")))
        answer.status = 303
        return answer

    def _login(self, method: str, headers: Mapping[str, str], origin: str, body: bytes) -> Answer:
        """Give whoever knows the token a cookie, for the pages."""
        if method != "POST":
            raise _not_allowed(method, "/login", ["POST"])
        check_origin(headers, origin)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        token: Any = None
        with suppress(ValueError, AttributeError, RecursionError):
            if kind == "application/json":
                token = json.loads(body).get("token")
            elif kind == "application/x-www-form-urlencoded":
                token = next(iter(parse_qs(body.decode()).get("token", ())), None)
        if self._safety.token is not None and not (
            isinstance(token, str) and self._safety.is_token(token)
        ):
            raise Refused(
                401, "Unauthorized", "the admin token is missing or wrong",
                'Send {"token": "..."}, as the server was started with --admin-token.',
                [("WWW-Authenticate", "Bearer")],
            )  # fmt: skip
        cookie = cookie_of(self._safety, origin.partition("://")[0])
        return Answer(200, {}, [("Set-Cookie", cookie)], operation="login")

    async def _own(self, method: str, path: str) -> Answer | None:
        """What is no control: the descriptions and the measures."""
        if path not in {"/metrics", "/openapi.json", "/scale-openapi.json", "/health"}:
            return None
        if method not in READING:
            raise _not_allowed(method, path, ["GET"])
        if path == "/metrics":
            await aside(self._measures.prepare)
            self._measures.lag = self._executor.lag
            text, kind = self._measures.text(self._worlds)
            return Answer(200, text, kind=kind, operation="metrics")
        if path == "/openapi.json":
            return Answer(200, await aside(_control_plane), operation="openapi")
        return Answer(200, await aside(_scale), operation="scale_openapi")

    @staticmethod
    def _operation(method: str, path: str) -> tuple[ControlOperation, dict[str, JSON]]:
        """Which control is meant, and what its path gives.

        Raises:
            Refused: there is none.
        """
        segments = path.strip("/").split("/")
        verb = "GET" if method == "HEAD" else method
        matches = [
            (operation, from_path)
            for operation in controls().values()
            if (from_path := _match(operation, segments)) is not None
        ]
        # A literal path goes before one with a placeholder, whatever the verb: GET /faults/add asks
        # for that control, not for a fault of that number.
        matches = [match for match in matches if not match[1]] or matches
        for match in matches:
            if match[0].method == verb:
                return match
        if matches:
            raise _not_allowed(method, path, [operation.method for operation, _ in matches])
        near = did_you_mean(path, [operation.path for operation in controls().values()])
        hint = ", ".join(f"{ROOT}{entry}" for entry in near) or f"{ROOT}/openapi.json lists them"
        if segments[0] == "no_world":
            raise Refused(
                404, "NoSuchRecord", f"no world {unquote(segments[-1])!r:.60} on this server",
                f"GET {ROOT}/worlds lists the worlds of this server.",
            )  # fmt: skip
        raise Refused(
            404, "NotFound", f"the control plane has no {method} {ROOT}{path:.100}",
            f"Nearest: {hint}." if near else f"{hint}.",
        )  # fmt: skip

    @staticmethod
    def _arguments(operation: ControlOperation, scope: Message, body: bytes) -> dict[str, JSON]:
        """What query and body give.

        Raises:
            WrongArgument: the body is no JSON object, or a query comes with a write.
        """
        query = parse_qsl(
            scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=200
        )
        arguments = operation.from_query(query)
        if operation.method != "POST":
            return arguments
        # An argument in two places could contradict itself.
        if query:
            raise WrongArgument(
                f"{operation.name} takes its arguments in the body, not in the query"
            )
        try:
            in_body = json.loads(body or b"{}")
        except (ValueError, RecursionError) as error:
            raise WrongArgument(f"{operation.name} got a body that is no JSON: {error}") from error
        if not isinstance(in_body, dict):
            raise WrongArgument(f"{operation.name} takes a JSON object, not {described(in_body)}")
        for name in operation.placeholders:
            in_body.pop(name, None)
        return in_body


def _control_plane() -> bytes:
    # Here, for few ask for it, and it builds every schema.
    from .._control_plane.openapi import control_plane

    return encoded(control_plane())


def _scale() -> bytes:
    from .._control_plane.scale_openapi import scale

    return encoded(scale())


def _of_page(page: Page) -> Answer:
    return Answer(
        page.status,
        page.body,
        page.headers,
        kind=page.content_type,
        operation="page",
        is_page=True,
    )


def _match(operation: ControlOperation, segments: list[str]) -> dict[str, JSON] | None:
    """What the placeholders of an operation's path stand for; ``None`` where it is another path."""
    parts = operation.path.strip("/").split("/")
    if len(parts) != len(segments):
        return None
    arguments: dict[str, JSON] = {}
    for part, segment in zip(parts, segments, strict=True):
        if part.startswith("{") and segment:
            name = part[1:-1]
            kind = next(a.kind for a in operation.arguments if a.name == name)
            arguments[name] = kind.from_query(unquote(segment))
        elif part != segment:
            return None
    return arguments


def _not_allowed(method: str, path: str, verbs: list[str]) -> Refused:
    """A verb that a path does not have."""
    allowed = ", ".join(dict.fromkeys([*verbs, "HEAD"] if "GET" in verbs else verbs))
    return Refused(
        405,
        "MethodNotAllowed",
        f"{ROOT}{path:.100} takes no {method:.20}",
        f"Use {allowed}.",
        [("Allow", allowed)],
    )
