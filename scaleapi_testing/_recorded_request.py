"""What is known of one call: what was sent, when, by whom, and what came back."""

from __future__ import annotations

import base64
import json as jsonlib
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qsl

from ._errors import PUBLIC
from ._headers import SECRET, Headers
from ._http import Page
from ._messages import mask_key, shortened
from ._routing import split_path
from ._wire import from_ms, to_ms

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ._faults import Fault
    from ._messages import JSON

Query: TypeAlias = dict[str, str | list[str]]
"""Decoded query parameters: a string, or the list of strings of a repeated name."""


class RecordedRequest:
    """One call that reached the fake, with what came back.

    The bytes are kept as they came; ``json``, ``query``, ``response_json`` and ``headers`` are
    read from them anew each time they are asked for, so changing what they give changes nothing.

    Attributes:
        n: number of the call, counted from 1 since the fake was made.
        method: upper-case verb.
        path: as sent, still percent-encoded, e.g. ``/v1/task/imageannotation``.
        raw_query: the query string as sent, without ``?``.
        body: the raw body, ``b""`` when there was none.
        api_key: the real key the caller gave, ``None`` when it gave none. No repr or message
            shows more than its first characters.
        at_ms: virtual time of arrival, milliseconds since 1970.
        base: the origin it was sent to, e.g. ``https://api.scale.com``.
        route: the pattern of the route that answered, e.g. ``/v1/task/{task_id}``, ``None`` when
            no route did.
        status: status of the answer; ``None`` while the call runs and when no answer came back.
        fault: the ``Fault`` that struck this call, or ``None``.
        broken: how the exchange failed: ``""``, ``"disconnect"``, ``"read_timeout"``,
            ``"connect_timeout"`` or ``"truncate"``.
        notices: what the fake noticed and Scale would let pass, one sentence each.
        unread: parameters that were accepted and read by nothing, each as ``name`` or
            ``name (nearest: known_name)``.
    """

    __slots__ = (
        "_answer",
        "_headers",
        "api_key",
        "at_ms",
        "base",
        "body",
        "broken",
        "fault",
        "method",
        "n",
        "notices",
        "path",
        "raw_query",
        "route",
        "status",
        "unread",
    )

    def __init__(
        self,
        n: int,
        method: str,
        path: str,
        raw_query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        api_key: str | None = None,
        at: int | datetime = 0,
        base: str = "",
    ) -> None:
        self.n = n
        self.method = method
        self.path = path
        self.raw_query = raw_query
        self._headers: Mapping[str, str] = {} if headers is None else headers
        self.body = body
        self.api_key = api_key
        self.at_ms = at if isinstance(at, int) else to_ms(at)
        self.base = base
        self.route: str | None = None
        self.status: int | None = None
        self._answer: bytes | Page = b""
        self.fault: Fault | None = None
        self.broken = ""
        self.notices: list[str] = []
        self.unread: list[str] = []

    def finish(
        self,
        status: int | None,
        response_body: bytes | Page = b"",
        fault: Fault | None = None,
        broken: str = "",
    ) -> None:
        """Record how the call ended; a status of 0 means that no answer came back."""
        self.status = status or None
        self._answer = response_body
        self.fault = fault
        self.broken = broken

    @property
    def response_body(self) -> bytes:
        """The answer's bytes as they were sent, ``b""`` when none were."""
        answer = self._answer
        return answer.join() if isinstance(answer, Page) else answer

    @property
    def at(self) -> datetime:
        """Virtual time of arrival, aware, in UTC."""
        return from_ms(self.at_ms)

    @property
    def headers(self) -> Headers:
        """The headers that were sent; names ignore case."""
        return Headers(self._headers)

    @property
    def segments(self) -> tuple[str, ...]:
        """The decoded path segments; a slash inside a name (``%2F``) stays inside its segment."""
        return split_path(self.path)

    @property
    def query(self) -> Query:
        """The query parameters, decoded: a string each, a list where a name is repeated."""
        found: Query = {}
        for name, value in parse_qsl(self.raw_query, keep_blank_values=True):
            before = found.get(name)
            if before is None:
                found[name] = value
            elif isinstance(before, list):
                before.append(value)
            else:
                found[name] = [before, value]
        return found

    @property
    def json(self) -> JSON:
        """The decoded JSON body; ``None`` when there is none or it is not JSON."""
        return _decoded(self.body)

    @property
    def response_json(self) -> JSON:
        """The decoded JSON of the answer; ``None`` when there is none or it is not JSON."""
        return _decoded(self.response_body)

    @property
    def outcome(self) -> str:
        """How the call ended, in a word: ``200``, ``disconnect``, ``running``."""
        if self.broken:
            return self.broken.replace("_", " ")
        return "running" if self.status is None else str(self.status)

    def __repr__(self) -> str:
        return f"<RecordedRequest {self.n} {self._line()} key {mask_key(self.api_key)}>"

    def __str__(self) -> str:
        """``request 7 POST /v1/task/imageannotation 409: The unique_id ...``."""
        told = f"request {self.n} {self._line()}"
        answer = self.response_json if self.status is not None and self.status >= 400 else None
        if isinstance(answer, dict) and isinstance(answer.get("error"), str):
            told += f": {shortened(answer['error'], 100)}"
        return told + (f" ({self.fault!r})" if self.fault is not None else "")

    def _line(self) -> str:
        return f"{self.method} {shortened(self.path, 120)} {self.outcome}"

    def to_state(self) -> dict[str, JSON]:
        """The record as JSON-able data, without the key and the headers that hold secrets.

        The fault is not part of it; bodies that are not UTF-8 stand as base64.
        """
        return {
            "n": self.n,
            "method": self.method,
            "path": self.path,
            "query": self.raw_query,
            "headers": {k: v for k, v in self._headers.items() if k.lower() not in SECRET},
            "body": _text_or_base64(self.body),
            "at_ms": self.at_ms,
            "base": self.base,
            "route": self.route,
            "status": self.status,
            "response_body": _text_or_base64(self.response_body),
            "broken": self.broken,
            "notices": list(self.notices),
            "unread": list(self.unread),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, JSON], api_key: str | None = None) -> RecordedRequest:
        """The record that :meth:`to_state` described.

        Raises:
            KeyError, TypeError, ValueError: ``state`` is no such description.
        """
        record = cls(
            n=state["n"],
            method=state["method"],
            path=state["path"],
            raw_query=state["query"],
            headers=dict(state["headers"]),
            body=_bytes_of(state["body"]),
            api_key=api_key,
            at=state["at_ms"],
            base=state["base"],
        )
        record.finish(state["status"], _bytes_of(state["response_body"]), None, state["broken"])
        record.route = state["route"]
        record.notices = list(state["notices"])
        record.unread = list(state["unread"])
        return record


RecordedRequest.__module__ = PUBLIC


def _decoded(body: bytes) -> JSON:
    if not body:
        return None
    try:
        return jsonlib.loads(body)
    except (ValueError, RecursionError):
        return None


def _text_or_base64(data: bytes) -> JSON:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def _bytes_of(state: JSON) -> bytes:
    if isinstance(state, str):
        return state.encode()
    return base64.b64decode(state["base64"], validate=True)
