"""One recorded call and its answer, whatever program recorded it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from .._http.auth import key_of
from .._http.wire import from_ms, ms_of

ABSENT: Final = object()
"""In place of JSON where a body is none."""


class BadRecording(ValueError):
    """A file is no recording that can be read; one line says why, and what was expected."""


@dataclass(frozen=True)
class Exchange:
    """One call as it was recorded.

    Attributes:
        place: where it stands: ``orders.yaml, exchange 3``.
        method: upper-case verb.
        url: the whole address.
        headers: of the request, names in lower case.
        body: of the request; ``None`` where the recording does not keep it.
        status: of the reply.
        reply_headers: of the reply, names in lower case.
        reply: its body, without content encoding; ``None`` where the recording does not keep it.
        recorded_at: when it was recorded, where the file says so.
    """

    place: str
    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None
    status: int
    reply_headers: dict[str, str]
    reply: bytes | None
    recorded_at: datetime | None = None

    def __post_init__(self) -> None:
        url: Any = self.url  # of a file: anything
        if not isinstance(url, str):
            raise TypeError(f"the address is {url!r:.60}")
        _ = urlsplit(self.url).port, self.host  # refuses what is no address
        bodies: tuple[Any, ...] = (self.body, self.reply)
        for body in bodies:
            if not isinstance(body, bytes | None):
                raise TypeError(f"a body is {body!r:.60}")

    @cached_property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()

    @cached_property
    def host(self) -> str:
        """The host alone."""
        return urlsplit(self.url).hostname or ""

    @cached_property
    def path(self) -> str:
        """The raw path."""
        return urlsplit(self.url).path or "/"

    @cached_property
    def query(self) -> str:
        """The raw query."""
        return urlsplit(self.url).query

    @cached_property
    def key(self) -> str | None:
        """The API key, or what stands in its place; ``None`` where none was recorded."""
        authorization = self.headers.get("authorization")
        user = urlsplit(self.url).username
        return key_of(authorization) or authorization or (unquote(user) if user else None)

    @cached_property
    def json(self) -> Any:
        """The reply as JSON; ``ABSENT`` where it is none."""
        return _json(self.reply)

    @cached_property
    def sent(self) -> Any:
        """The request's body as JSON; ``ABSENT`` where it is none."""
        return _json(self.body)

    @cached_property
    def at(self) -> datetime | None:
        """When it was answered, as the reply's header or the file tells."""
        date = self.reply_headers.get("date")
        if date:
            try:
                moment = parsedate_to_datetime(date)
            except ValueError:
                return self.recorded_at
            return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return self.recorded_at


def _json(body: bytes | None) -> Any:
    try:
        return ABSENT if not body else json.loads(body)
    except (ValueError, RecursionError):
        return ABSENT


def moment_of(text: Any) -> datetime | None:
    """The time that a text names; ``None`` where it names none."""
    if isinstance(text, datetime):
        return text if text.tzinfo is not None else text.replace(tzinfo=UTC)
    try:
        return from_ms(ms_of(text))
    except (TypeError, ValueError, OverflowError):
        try:
            return parsedate_to_datetime(text).astimezone(UTC)
        except (TypeError, ValueError, AttributeError, OverflowError):
            return None


def headers_of(headers: Any) -> dict[str, str]:
    """Headers by name in lower case, from a mapping of texts or of lists, or from pairs."""
    if not headers:
        return {}
    pairs = headers.items() if hasattr(headers, "items") else headers
    plain: dict[str, str] = {}
    for name, value in pairs:
        values = value if isinstance(value, list | tuple) else [value]
        texts = [v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in values]
        plain[str(name).lower()] = ", ".join(texts)
    return plain
