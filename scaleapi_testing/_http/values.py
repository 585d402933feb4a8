"""What goes in and out of the fake: values without any HTTP library."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from .._journal.recorded_request import RecordedRequest

JSON: TypeAlias = Any
"""A decoded JSON value: dict, list, str, int, float, bool or None."""

Breakage: TypeAlias = Literal["", "disconnect", "read_timeout", "connect_timeout", "truncate"]

JSON_TYPE: Final = "application/json; charset=utf-8"


@dataclass(slots=True)
class Request:
    """One HTTP request as a door hands it to the app.

    Attributes:
        method: upper-case verb.
        origin: scheme, host and port as the client addressed them, e.g. ``https://api.scale.com``.
        path: the raw, still percent-encoded path, beginning with ``/``.
        query: the raw query string without ``?``.
        headers: names in lower case; of a repeated header the last value.
        body: the raw body, ``b""`` when there is none.
        read_timeout: seconds the client waits for an answer; ``None`` when it waits for ever.
        connect_timeout: seconds the client waits for a connection; ``None`` likewise.
        deferred: true for doors that cannot raise into the caller (a real server): exceptions of
            callback targets then wait for the next control.
        began_ms: the virtual time at which the client began to wait for the answer, where that may
            be earlier than now: tasks of one event loop wait at the same time.
    """

    method: str
    # A dict, as handlers look for one or two of them; order and repeats mean nothing to Scale.
    origin: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    read_timeout: float | None = None
    connect_timeout: float | None = None
    deferred: bool = False
    began_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The body of a listing in pieces.

    Whoever keeps what was answered keeps these: the documents are the store's own bytes.

    Attributes:
        docs: the encoded documents, in order.
        rest: the other keys of the answer, as an encoded object that is not empty.
    """

    # Apart, for documents are shared with the store and this is not.
    docs: tuple[bytes, ...]
    rest: bytes

    def join(self) -> bytes:
        """The body as it is sent."""
        # The rest's opening brace is dropped, so that both make one object.
        return b"".join((b'{"docs":[', b",".join(self.docs), b"],", self.rest[1:]))


@dataclass(slots=True)
class Reply:
    """What the app answers; a door turns it into its library's response or error.

    Attributes:
        status: HTTP status; ``0`` when ``broken`` is ``disconnect`` or a timeout.
        body: the bytes to send. With ``broken == "truncate"`` they are cut, while the header
            ``Content-Length`` names the full length.
        headers: in the order to send, names in their usual spelling, ``Content-Length`` included.
        broken: how the exchange fails: ``""`` (not at all), ``"disconnect"`` (the connection is
            closed without an answer), ``"read_timeout"``, ``"connect_timeout"``, ``"truncate"``.
        wait_began: virtual milliseconds at which this reply was given; a client's back-off counts
            from here.
        waited_ms: how many virtual milliseconds a fault let pass before this reply.
        raised: exceptions of callback targets that this call brought about, to be raised by the
            door instead of returning (the first, the others as notes). Never retried.
        page: what ``body`` was joined of, if it was and is still whole.
        call: the journal's entry of the call; ``None`` of one that never came so far.
    """

    status: int
    body: bytes
    # A list of pairs: real servers repeat headers.
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    broken: Breakage = ""
    wait_began: int = 0
    waited_ms: int = 0
    raised: list[BaseException] = field(default_factory=list[BaseException])
    page: Page | None = None
    call: RecordedRequest | None = None

    @property
    def route(self) -> str | None:
        """The pattern of the operation that answered; ``None`` when none did."""
        return None if self.call is None else self.call.route

    @property
    def announced_length(self) -> int:
        """The length of the whole body, also where it is cut."""
        # From the header, since a truncated body is shorter than it says.
        return next(int(value) for name, value in self.headers if name.lower() == "content-length")
