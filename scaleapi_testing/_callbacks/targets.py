"""Where a callback can go: a callable, a WSGI or ASGI app, or an address on this machine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from inspect import Parameter, isawaitable, iscoroutinefunction, signature
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import urlsplit

from .._errors import PUBLIC
from .._http.addresses import as_sent
from .._http.headers import Headers
from .._messages import JSON, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ACCEPTED: Final = (
    "a callable (CallbackRequest) -> int | None, a WSGI app (Flask, Django), "
    "an ASGI app (FastAPI, Starlette), or a loopback URL such as 'http://127.0.0.1:8000'"
)


@dataclass(frozen=True, slots=True)
class CallbackRequest:
    """One callback as the receiver gets it; it always comes by ``POST``.

    Attributes:
        url: the whole callback URL.
        path: the path of it as sent, in ASCII and without the query, e.g. ``/scale``; ``/`` when
            it has none.
        headers: names ignore case; ``scale-callback-auth`` holds the account's callback key.
        body: the JSON document as bytes.
    """

    url: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def __post_init__(self) -> None:
        # Frozen, so it is put in by force; whoever makes one by hand gives a plain dict.
        if not isinstance(self.headers, Headers):
            object.__setattr__(self, "headers", Headers(dict(self.headers)))

    @classmethod
    def of(cls, url: str, headers: Mapping[str, str], body: bytes) -> CallbackRequest:
        """The request that a callback to ``url`` makes."""
        return cls(url, as_sent(urlsplit(url).path) or "/", Headers(dict(headers)), body)

    @property
    def query(self) -> str:
        """The query of the URL as sent, without ``?``; ``""`` when it has none."""
        return as_sent(urlsplit(self.url).query)

    @property
    def json(self) -> JSON:
        """The decoded body, anew each time; ``None`` when it is not JSON."""
        try:
            return json.loads(self.body)
        # A test may deliver any bytes; a repr and a handler must not fall over them.
        except (ValueError, RecursionError):
            return None

    def __repr__(self) -> str:
        # Never the whole document: reprs stand in assertion messages.
        document = self.json if isinstance(self.json, dict) else {}
        about = document.get("task_id") or document.get("batch") or "?"
        summary = f"{document.get('status', '?')} of {about}"
        return f"<CallbackRequest {shortened(summary, 60)} to {shortened(self.url, 100)}>"


CallbackRequest.__module__ = PUBLIC


@dataclass(frozen=True, slots=True)
class TargetAnswer:
    """What came of one attempt to deliver a callback.

    Attributes:
        status: what the target answered; ``None`` when nothing came back.
        body: the body of its answer.
        raised: what was raised inside the target, with its traceback, or ``None``.
        why: why nothing came back from an address, for messages; else ``""``.
    """

    status: int | None
    body: bytes = b""
    raised: BaseException | None = None
    why: str = ""


Target: TypeAlias = "Callable[[CallbackRequest], TargetAnswer]"


def as_target(receiver: Any) -> Target:
    """What delivers a callback to ``given`` and tells what came of it.

    A callable with one parameter is called with a :class:`CallbackRequest`; it may be async. One
    with two (``environ``, ``start_response``) is a WSGI app, one with three (``scope``,
    ``receive``, ``send``) an ASGI app. Async targets run in an event loop of their own, in this
    thread, or in a fresh one when this thread's loop is running; an ASGI app's lifespan begins
    and ends with each callback, since a loop does not outlive it. An address gets a real POST,
    the callback's own path appended to it, and 30 seconds to answer.

    Exceptions of the target do not come out of the returned callable but stand in its answer,
    ``KeyboardInterrupt`` and ``SystemExit`` excepted.

    Raises:
        TypeError: ``given`` is none of these.
        ValueError: ``given`` is a URL that is not on this machine, or no base for a path.
    """
    if isinstance(receiver, str):
        from .loopback import Loopback

        return Loopback(receiver)
    # A class has a signature too, that of its constructor: it would be called and answer nothing.
    if isinstance(receiver, type) or not callable(receiver):
        raise TypeError(f"{_name(receiver)} cannot receive callbacks: expected {ACCEPTED}")
    parameters = _parameters(receiver)
    if parameters == 1:
        return _guarded(receiver, _call)
    if parameters == 2:
        return _guarded(receiver, _call_wsgi)
    if parameters == 3:
        return _guarded(receiver, _call_asgi)
    raise TypeError(
        f"{_name(receiver)} cannot receive callbacks: it takes {parameters} positional arguments; "
        f"expected {ACCEPTED}"
    )


def _name(receiver: object) -> str:
    if isinstance(receiver, type):
        return f"the class {receiver.__qualname__} (not an instance of it)"
    return shortened(repr(receiver), 100)


def _parameters(receiver: Callable[..., Any]) -> int:
    """How many positional arguments ``given`` is meant to be called with."""
    try:
        parameters = list(signature(receiver).parameters.values())
    except (ValueError, TypeError):
        # Builtins may have no signature; none of them is an application.
        return 1
    positional = [p for p in parameters if p.kind in _POSITIONAL]
    required = sum(p.default is Parameter.empty for p in positional)
    takes_one = positional or any(p.kind is Parameter.VAR_POSITIONAL for p in parameters)
    # With defaults only: a callable that can take the request is meant to.
    return 1 if required == 0 and takes_one else required


_POSITIONAL: Final = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def _guarded(receiver: Any, call: Callable[[Any, CallbackRequest], TargetAnswer]) -> Target:
    def deliver(request: CallbackRequest) -> TargetAnswer:
        try:
            return call(receiver, request)
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        # pytest's outcomes are told like any other exception, when the act is closed.
        except BaseException as error:  # noqa: BLE001 - pytest.fail() raises no Exception
            return TargetAnswer(None, raised=error)

    return deliver


def _call(receiver: Any, request: CallbackRequest) -> TargetAnswer:
    # Looked at before it is called: an async callable has to be called inside the loop that runs
    # it.
    if iscoroutinefunction(receiver) or iscoroutinefunction(type(receiver).__call__):
        from .apps import run_to_end

        return TargetAnswer(_status(receiver, run_to_end(lambda: receiver(request))))
    result = receiver(request)
    # Known only now: a partial or lambda around an async function.
    if isawaitable(result):
        from .apps import run_to_end

        result = run_to_end(lambda: result)
    return TargetAnswer(_status(receiver, result))


def _status(receiver: object, result: object) -> int:
    if result is None:
        return 200
    # A bool is what a handler returns by habit, and not a status.
    if isinstance(result, int) and not isinstance(result, bool) and 100 <= result <= 599:
        return int(result)
    raise TypeError(
        f"callback target {_name(receiver)} returned {shortened(repr(result), 80)}: expected an "
        "HTTP status as an int, or None for 200"
    )


def _call_wsgi(app: Any, request: CallbackRequest) -> TargetAnswer:
    from .apps import call_wsgi

    return call_wsgi(app, request)


def _call_asgi(app: Any, request: CallbackRequest) -> TargetAnswer:
    from .apps import call_asgi

    return call_asgi(app, request)
