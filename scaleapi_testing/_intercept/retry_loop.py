"""How often a call is tried and how each try ends, for everything that speaks through urllib3.

The decisions are the caller's own ``Retry``: it says whether to go on, keeps the history, and names
the back-off, which passes on the fake's clock.
"""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from http.client import IncompleteRead, RemoteDisconnected, responses
from typing import TYPE_CHECKING, Any, Final

from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    ProtocolError,
    ReadTimeoutError,
    UnrewindableBodyError,
)

from .target_errors import marking, raise_from_targets

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from urllib3 import HTTPConnectionPool
    from urllib3.util import Retry, Timeout

    from .._http.values import Reply, Request
    from .fake_protocol import ActiveFake

READ_TIMED_OUT: Final = "Read timed out. (read timeout={})"
CONNECT_TIMED_OUT: Final = "Connection to {} timed out. (connect timeout={})"
# urllib3's own wording: these texts end up in users' assertions and logs.

BLOCK: Final = 16_384
"""Bytes that urllib3 asks a body for at once (``HTTPConnection.blocksize``)."""


WAITED: Final = "scale_waited_s"
"""The attribute of a response that holds by how many virtual seconds faults made it late."""


class Body:
    """A request's body of any kind that ``requests`` and urllib3 send, read anew for each try."""

    __slots__ = ("_position", "_source", "first")

    def __init__(self, source: Any) -> None:
        self._source = source
        self._position = _position(source)
        self.first = _read(source)

    def again(self) -> bytes:
        """What a further try sends: a file from where it began, a spent generator nothing.

        Raises:
            UnrewindableBodyError: a file that cannot go back, as over a real connection.
        """
        if self._position is not None:
            self._source.seek(self._position)
        elif hasattr(self._source, "read"):
            raise UnrewindableBodyError(
                "cannot send the request again: its body was read and cannot be rewound; "
                "give bytes or a file that can seek"
            )
        return _read(self._source)


def open_body(source: Any) -> tuple[bytes, Body | None]:
    """The bytes of a body, and what reads it again when it is not plain bytes or text."""
    if source is None:
        return b"", None
    if isinstance(source, bytes):
        return source, None
    if isinstance(source, str):
        return source.encode(), None
    body = Body(source)
    return body.first, body


def exchange(
    fake: ActiveFake,
    call: Request,
    *,
    retries: Retry,
    target: str,
    pool: Callable[[], HTTPConnectionPool],
    body: Body | None = None,
    **response_kw: Any,
) -> HTTPResponse:
    """Let the fake answer until ``retries`` is content, and return the last answer.

    Args:
        fake: who answers, and whose clock the back-off moves.
        call: the first try.
        retries: the caller's own; a ``with_jitter`` that it has is given the fake's jitter.
        target: path and query as the retry history names them.
        pool: makes what error texts name as the pool; called only when a try fails.
        body: how to read the body again, when it is not plain bytes.
        response_kw: further arguments of ``HTTPResponse``, e.g. ``preload_content``.

    Raises:
        urllib3.exceptions.HTTPError: as urllib3 does over a real connection.
    """
    __tracebackhide__ = True
    method = call.method
    waited_s = 0.0
    # As long as the caller's own rule says.
    while True:
        reply = fake.app.handle(call)
        waited_s += reply.waited_ms / 1000
        if reply.raised:
            raise_from_targets(fake, call, reply.raised)
        outcome = _outcome(reply, call, target, pool, retries, response_kw)
        if waited_s and not isinstance(outcome, HTTPError):
            setattr(outcome, WAITED, waited_s)
        if isinstance(outcome, HTTPError):
            # With the fake's source of chance, so that waits come out the same each time.
            retries = _with_jitter_of(fake, retries)
            retries = retries.increment(method, target, error=outcome, _pool=pool())
            seconds = retries.get_backoff_time()
        else:
            # An empty header is none, as over a real connection.
            has_retry_after = "Retry-After" in outcome.headers and bool(
                outcome.headers["Retry-After"]
            )
            if not retries.is_retry(method, outcome.status, has_retry_after):
                return outcome
            retries = _with_jitter_of(fake, retries)
            # At the end of its tries the rule decides whether an error or the last answer comes
            # out.
            try:
                retries = retries.increment(method, target, response=outcome, _pool=pool())
            except MaxRetryError:
                if retries.raise_on_status:
                    raise
                return outcome
            seconds = _back_off(retries, outcome)
        # No wait of no length, which would still look at other threads.
        if seconds > 0:
            with marking(fake, call):
                fake.clock.wait(seconds, began_ms=reply.wait_began)
        # A new request: the journal holds the one before.
        call = replace(call) if body is None else replace(call, body=body.again())


def _with_jitter_of(fake: ActiveFake, retries: Retry) -> Retry:
    with_jitter = getattr(retries, "with_jitter", None)
    return retries if with_jitter is None else with_jitter(fake.jitter)


def timeouts(timeout: Timeout) -> tuple[float | None, float | None]:
    """Seconds for reading and for connecting; ``None`` where the client waits for ever.

    No clock is read: nothing passes on the way to the fake, so a total is left whole.
    """
    parts = timeout.clone()
    total = parts.total
    parts.total = None
    read, connect = parts.read_timeout, parts.connect_timeout
    if isinstance(total, int | float):
        read = total if not isinstance(read, int | float) else min(read, total)
        connect = total if not isinstance(connect, int | float) else min(connect, total)
    return (
        read if isinstance(read, int | float) else None,
        connect if isinstance(connect, int | float) else None,
    )


class Wire(io.BytesIO):
    """A body on its way, which ends as one read from a socket ends."""

    def __init__(self, body: bytes, missing: int = 0) -> None:
        super().__init__(body)
        self._missing = missing
        self._left = len(body)

    # Reading to the end closes it, as urllib3 learns in this way that a connection is free.
    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self._left -= len(data)
        if self._missing:
            if size is None or size < 0:
                # As http.client does where the connection ends too early.
                raise IncompleteRead(data, self._missing)
        elif size != 0 and (not self._left or not data):
            self.close()
        return data

    def all_at_once(self) -> bytes | None:
        """What nobody has begun to read, as if read to its end; ``None`` of any other."""
        if self.closed or self._missing or self.tell():
            return None
        data = self.getvalue()
        self.close()
        return data


class Answer(HTTPResponse):
    """A response of urllib3's, which hands a body that is all there over as it is."""

    def stream(
        self,
        amt: int | None = 2**16,
        decode_content: bool | None = None,  # noqa: FBT001 - the signature of urllib3
    ) -> Generator[bytes]:
        """The body in pieces of ``amt`` bytes at most."""
        wire: Any = self._fp
        # Only what is whole, plain and untouched: anything else goes the library's way.
        if type(wire) is Wire and amt and not self.chunked and _IS_CODED not in self.headers:
            data = wire.all_at_once()
            if data is not None:
                self._fp_bytes_read = len(data)
                if self.length_remaining is not None:
                    self.length_remaining -= len(data)
                for start in range(0, len(data), amt):
                    yield data[start : start + amt]
                return
        yield from super().stream(amt, decode_content)


_IS_CODED: Final = "Content-Encoding"


def _outcome(
    reply: Reply,
    call: Request,
    target: str,
    pool: Callable[[], HTTPConnectionPool],
    retries: Retry,
    response_kw: dict[str, Any],
) -> HTTPResponse | HTTPError:
    """One try's response, or the error that it ends in before there is one."""
    if not reply.status:
        return _broken(reply, call, target, pool())
    # To HEAD the headers alone are sent, though they tell the body's length.
    bodiless = call.method == "HEAD" or not reply.body
    if reply.broken == "truncate":
        wire = Wire(reply.body, reply.announced_length - len(reply.body))
    else:
        wire = Wire(b"" if bodiless else reply.body)
        if bodiless:
            wire.close()
    if reply.status == 200 and not bodiless and not reply.broken and response_kw == UNREAD:
        return _plain_answer(reply, wire, retries, target)
    try:
        response = Answer(
            body=wire,
            headers=_header_dict(reply.headers),
            status=reply.status,
            version=11,
            reason=responses.get(reply.status, ""),
            retries=retries,
            request_method=call.method,
            request_url=target,
            **response_kw,
        )
    except ProtocolError as error:  # the body was read at once, and is cut
        return error
    response.version_string = "HTTP/1.1"  # no argument before urllib3 2.3
    return response


UNREAD: Final[dict[str, Any]] = {"preload_content": False, "decode_content": False}
"""How ``requests`` takes a response: its body neither read nor decoded."""


@cache  # describes urllib3's class, never the state of a fake
def _sample() -> HTTPResponse:
    sample = Answer(body=Wire(b""), status=200, version=11, reason="OK", **UNREAD)
    sample.version_string = "HTTP/1.1"
    return sample


def _plain_answer(reply: Reply, wire: Wire, retries: Retry, target: str) -> HTTPResponse:
    """A success as the constructor makes it, which finds out anew what all of them have alike."""
    response = Answer.__new__(Answer)
    own = vars(response)
    own.update(vars(_sample()))
    own["headers"] = _header_dict(reply.headers)
    own["_fp"] = wire
    own["_request_url"] = target
    own["length_remaining"] = len(reply.body)
    # A buffer of its own: the sample's would be shared by all answers.
    own["_decoded_buffer"] = type(own["_decoded_buffer"])()
    response.retries = retries
    return response


def _header_dict(headers: list[tuple[str, str]]) -> HTTPHeaderDict:
    header_dict = HTTPHeaderDict()
    for name, value in headers:
        if name in header_dict:
            header_dict.add(name, value)
        else:
            header_dict[name] = value
    return header_dict


def _broken(reply: Reply, call: Request, target: str, pool: HTTPConnectionPool) -> HTTPError:
    if reply.broken == "connect_timeout":
        connection = pool.ConnectionCls(pool.host, pool.port)
        return ConnectTimeoutError(
            connection, CONNECT_TIMED_OUT.format(pool.host, call.connect_timeout)
        )
    if reply.broken == "read_timeout":
        return ReadTimeoutError(pool, target, READ_TIMED_OUT.format(call.read_timeout))
    return ProtocolError(
        "Connection aborted.",
        RemoteDisconnected("Remote end closed connection without response"),
    )


def _back_off(retries: Retry, response: HTTPResponse) -> float:
    """Seconds until the next try after a response that is retried."""
    retry_after = None
    if retries.respect_retry_after_header:
        retry_after = retries.get_retry_after(response)
    return retry_after or retries.get_backoff_time()


def _position(source: Any) -> int | None:
    # A pipe can be read and not be told where it stands.
    if not hasattr(source, "read") or not hasattr(source, "tell"):
        return None
    try:
        return int(source.tell())
    except OSError:
        return None


def _read(source: Any) -> bytes:
    if hasattr(source, "read"):
        return b"".join(map(_encoded, _blocks(source)))
    if isinstance(source, bytearray | memoryview):
        return bytes(source)
    try:
        chunks = iter(source)
    except TypeError:
        return bytes(memoryview(source))
    return b"".join(map(_encoded, chunks))


def _blocks(source: Any) -> Iterator[str | bytes]:
    """A readable body as http.client and urllib3 read it: block by block, to the first empty."""
    while block := source.read(BLOCK):
        yield block


def _encoded(chunk: str | bytes) -> bytes:
    return chunk.encode() if isinstance(chunk, str) else bytes(chunk)
