"""What is known of one call: what was sent, when, by whom, and what came back."""

from __future__ import annotations

import base64
import json as jsonlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import parse_qsl

from .._errors import PUBLIC
from .._http.headers import SECRET, Headers
from .._http.kept_bodies import CutBody
from .._http.routing import split_path
from .._http.unread import Unread
from .._http.values import Page
from .._http.wire import from_ms
from .._messages import mask_key, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .._faults.faults import Fault
    from .._messages import JSON

Query: TypeAlias = dict[str, str | list[str]]
"""Decoded query parameters: a string, or the list of strings of a repeated name."""


_SHARED: Final = 16
# Not 0: a journal of nothing but pages must have a bound as well.
"""Bytes that a document of a page counts for: the document itself is the store's own."""


class RecordedRequest:
    """One call that reached the fake, with what came back.

    The bytes are kept as they came; ``json``, ``query``, ``response_json`` and ``headers`` are
    read from them anew each time they are asked for, so changing what they give changes nothing.
    Where all bodies together outgrow ``journal_max_bytes``, the journal lets old and large ones
    go: ``body`` and ``response_body`` are then a sentence with length and digest, and ``json`` and
    ``response_json`` raise ``LookupError`` with it.

    Attributes:
        n: number of the call, counted from 1 since the fake was made.
        method: upper-case verb.
        path: as sent, still percent-encoded, e.g. ``/v1/task/imageannotation``.
        raw_query: the query string as sent, without ``?``.
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
        own: 0; at a server that keeps a log, of a call that changed nothing and that the log does
            not hold: the how-manieth it was since the call whose number ``n`` is.
        unread: parameters that were accepted and read by nothing: each is the text ``name`` or
            ``name (nearest: known_name)``, and has both as attributes.
    """

    __slots__ = (
        "_answer",
        "_body",
        "_header_names",
        "_header_values",
        "_notices",
        "_unread",
        "api_key",
        "at_ms",
        "base",
        "broken",
        "fault",
        "method",
        "n",
        "own",
        "path",
        "raw_query",
        "route",
        "status",
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
        at_ms: int = 0,
        base: str = "",
    ) -> None:
        self.n = n
        self.method = method
        self.path = path
        self.raw_query = raw_query
        # Thousands are kept, and the names are those of a client's other calls.
        self._header_names = _same_names(tuple(headers)) if headers else ()
        self._header_values: tuple[str, ...] = tuple(headers.values()) if headers else ()
        self._body: bytes | CutBody = body
        self.api_key = api_key
        self.at_ms = at_ms
        self.base = base
        # Known only when the router has been asked.
        self.route: str | None = None
        self.status: int | None = None
        self._answer: bytes | Page | CutBody = b""
        self.fault: Fault | None = None
        self.broken = ""
        self._notices: list[str] | None = None
        self._unread: list[Unread] | None = None
        self.own = 0

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
        # Mostly there are none, and empty lists of thousands of calls are no small thing to keep.
        self._notices = self._notices or None
        self._unread = self._unread or None

    @property
    def notices(self) -> list[str]:
        """What the fake noticed and Scale would let pass, one sentence each."""
        if self._notices is None:
            self._notices = []
        return self._notices

    @notices.setter
    def notices(self, notices: list[str]) -> None:
        self._notices = notices

    def noticed_without_key(self) -> tuple[str, ...]:
        """The notices, with the key that the call carried masked wherever they cite it."""
        if not self._notices:
            return ()
        key = self.api_key
        if not key:
            return tuple(self._notices)
        # A key may be as short as a word's part, which is no key there.
        whole = re.compile(rf"(?<!\w){re.escape(key)}(?!\w)")
        masked = mask_key(key)
        return tuple(whole.sub(lambda _: masked, notice) for notice in self._notices)

    @property
    def unread(self) -> list[Unread]:
        """Parameters that were accepted and read by nothing."""
        if self._unread is None:
            self._unread = []
        return self._unread

    @unread.setter
    def unread(self, unread: list[Unread]) -> None:
        self._unread = unread

    @property
    def body(self) -> bytes:
        """The raw body, ``b""`` when there was none."""
        # In the place of the body: whoever prints it sees why it is not there.
        body = self._body
        return str(body).encode() if isinstance(body, CutBody) else body

    @property
    def response_body(self) -> bytes:
        """The answer's bytes as they were sent, ``b""`` when none were."""
        answer = self._answer
        if isinstance(answer, CutBody):
            return str(answer).encode()
        # Joined only when asked for: the journal keeps the store's own bytes.
        return answer.join() if isinstance(answer, Page) else answer

    @property
    def cut(self) -> CutBody | None:
        """What is left of the body when the journal let it go, else ``None``."""
        return self._body if isinstance(self._body, CutBody) else None

    @property
    def held(self) -> int:
        """How many bytes of bodies it holds; documents of a page are the store's, not its own."""
        answer = self._answer
        if isinstance(answer, Page):
            own = len(answer.rest) + _SHARED * len(answer.docs)
        else:
            own = 0 if isinstance(answer, CutBody) else len(answer)
        return own + (0 if isinstance(self._body, CutBody) else len(self._body))

    def without_bodies(self) -> RecordedRequest:
        """The same record, its bodies kept as length and digest; this one stays whole."""
        copy = RecordedRequest.__new__(RecordedRequest)
        # By slots, and not by arguments: nothing that is added later can be forgotten here.
        for name in RecordedRequest.__slots__:
            setattr(copy, name, getattr(self, name))
        if not isinstance(self._body, CutBody) and self._body:
            copy._body = CutBody.of(self._body)
        if not isinstance(self._answer, CutBody) and self.response_body:
            copy._answer = CutBody.of(self.response_body)
        return copy

    @property
    def at(self) -> datetime:
        """Virtual time of arrival, aware, in UTC."""
        return from_ms(self.at_ms)

    @property
    def headers(self) -> Headers:
        """The headers that were sent; names ignore case."""
        return Headers(self.sent_headers())

    def sent_headers(self) -> dict[str, str]:
        """The headers as they were sent, in a fresh dict."""
        return dict(zip(self._header_names, self._header_values, strict=True))

    @property
    def segments(self) -> tuple[str, ...]:
        """The decoded path segments; a slash inside a name (``%2F``) stays inside its segment."""
        return split_path(self.path)

    @property
    def query(self) -> Query:
        """The query parameters, decoded: a string each, a list where a name is repeated."""
        values: Query = {}
        # Blank values are values: `status=` was sent, and `expect` may ask for it.
        for name, value in parse_qsl(self.raw_query, keep_blank_values=True):
            before = values.get(name)
            if before is None:
                values[name] = value
            elif isinstance(before, list):
                before.append(value)
            else:
                values[name] = [before, value]
        return values

    @property
    def json(self) -> JSON:
        """The decoded JSON body; ``None`` when there is none or it is not JSON.

        Raises:
            LookupError: the journal let the body go.
        """
        return self._decoded(self._body, "body")

    @property
    def response_json(self) -> JSON:
        """The decoded JSON of the answer; ``None`` when there is none or it is not JSON.

        Raises:
            LookupError: the journal let the answer go.
        """
        answer = self._answer
        return self._decoded(answer.join() if isinstance(answer, Page) else answer, "answer")

    def _decoded(self, body: bytes | CutBody, what: str) -> JSON:
        __tracebackhide__ = True
        if not isinstance(body, CutBody):
            return _decoded(body)
        if not body.is_json:
            return None
        raise LookupError(f"the {what} of request {self.n} is {str(body)[1:-1]}")

    @property
    def outcome(self) -> str:
        """How the call ended, in a word: ``200``, ``disconnect``, ``running``."""
        if self.broken:
            return self.broken.replace("_", " ")
        return "running" if self.status is None else str(self.status)

    def __repr__(self) -> str:
        number = f"after {self.n}" if self.own else str(self.n)
        return f"<RecordedRequest {number} {self._line()} key {mask_key(self.api_key)}>"

    def __str__(self) -> str:
        """``request 7 POST /v1/task/imageannotation 409: The unique_id ...``."""
        text = f"request {'after ' if self.own else ''}{self.n} {self._line()}"
        refused = self.status is not None and self.status >= 400
        # Read only for a refusal: its text is what a reader of the list wants, and pages are long.
        answer = self.response_json if refused and not isinstance(self._answer, CutBody) else None
        if isinstance(answer, dict) and isinstance(answer.get("error"), str):
            text += f": {shortened(answer['error'], 100)}"
        return text + (f" ({self.fault!r})" if self.fault is not None else "")

    def _line(self) -> str:
        return f"{self.method} {shortened(self.path, 120)} {self.outcome}"

    def to_state(self) -> dict[str, JSON]:
        # Keys and secrets must not come into a file that people pass on.
        """The record as JSON-able data, without the key and the headers that hold secrets.

        The fault is not part of it; bodies that are not UTF-8 stand as base64.
        """
        return {
            "n": self.n,
            "method": self.method,
            "path": self.path,
            "query": self.raw_query,
            "headers": {k: v for k, v in self.sent_headers().items() if k.lower() not in SECRET},
            "body": _text_or_base64(self._body),
            "at_ms": self.at_ms,
            "base": self.base,
            "route": self.route,
            "status": self.status,
            "response_body": _text_or_base64(
                self._answer if isinstance(self._answer, CutBody) else self.response_body
            ),
            "broken": self.broken,
            "notices": list(self.notices),
            "unread": [[entry.name, entry.nearest] for entry in self.unread],
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
            api_key=api_key,
            at_ms=state["at_ms"],
            base=state["base"],
        )
        # Not through the constructor, as it may be a body that was cut.
        record._body = _bytes_of(state["body"])
        record.finish(state["status"], b"", None, state["broken"])
        # Apart from `finish`, likewise.
        record._answer = _bytes_of(state["response_body"])
        record.route = state["route"]
        record.notices = list(state["notices"])
        record.unread = [Unread(*entry) for entry in state["unread"]]
        return record


# People see it under the name that they import.
RecordedRequest.__module__ = PUBLIC


# Clients send the same names with every call; the bound keeps odd ones from being held for ever.
@lru_cache(maxsize=64)
def _same_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """The one tuple for all that are equal."""
    return names


def _decoded(body: bytes) -> JSON:
    if not body:
        return None
    try:
        return jsonlib.loads(body)
    # What a client or a test sends may be anything; a journal must not fall over it.
    except (ValueError, RecursionError):
        return None


def _text_or_base64(data: bytes | CutBody) -> JSON:
    if isinstance(data, CutBody):
        return {"length": data.length, "digest": data.digest, "is_json": data.is_json}
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def _bytes_of(state: JSON) -> bytes | CutBody:
    if isinstance(state, str):
        return state.encode()
    # Without the bytes: a digest still tells two bodies apart.
    if "digest" in state:
        length, digest = int(state["length"]), str(state["digest"])
        return CutBody(length, digest, is_json=bool(state["is_json"]))
    return base64.b64decode(state["base64"], validate=True)
