"""HTTP/1 as a served fake speaks it: uvicorn's protocol, with bounds and Scale's words.

What it adds to uvicorn's: the app may break the connection (``close`` among the extensions of the
scope: a message ``http.response.close`` closes it as it stands); heads, bodies and silence are
bounded; what is no HTTP is answered in Scale's envelope; a client that closes its sending half, an
``Upgrade`` that nobody offers, and trailers are as RFC 9110 and 9112 have them; names of headers
are written as the app spells them.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from .._errors import ApiError
from .limits import MOST_HEAD, most_body, phrase, refusal, too_large

if TYPE_CHECKING:
    from collections.abc import Callable

    from uvicorn import Config
    from uvicorn._types import ASGI3Application
    from uvicorn.server import ServerState

    from .._http.values import Reply
    from .asgi import Rest

LINGER_S: Final = 2.0
"""Real seconds that a refused client has to finish sending, so that it reads why."""

MOST_DISCARDED: Final = 256 * 2**20
"""Bytes that a refused client may send meanwhile."""

MOST_FRAMING: Final = 2**20
"""Bytes of chunk sizes and extensions beside sixteen for each byte of the body."""

MOST_TOGETHER: Final = 2**16
"""Bytes of a body that are written together with the head."""

SPOKEN: Final = frozenset({"1.0", "1.1"})


class _Refused(Exception):
    """Leaves the parser, with the error that is to be answered."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(error.message)
        self.error = error


class _Cycle(RequestResponseCycle):
    """One call and its answer."""

    _head = b""

    async def receive(self) -> Any:
        """What comes of the call next."""
        if self.more_body or self.disconnected or not self.message_event.is_set():
            return await super().receive()
        # uvicorn would read on, where the calls of a client that does not read answers pile up.
        self.message_event.clear()
        body, self.body = bytes(self.body), bytearray()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send_500_response(self) -> None:
        """Answer what raised, before anything of its answer was sent."""
        reply = refusal(ApiError(500, "Internal Server Error"))
        headers = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers
        ]
        await self.send({"type": "http.response.start", "status": 500, "headers": headers})
        await self.send({"type": "http.response.body", "body": reply.body})

    async def send(self, message: Any) -> None:
        """Write a part of the answer, or break off."""
        if message["type"] == "http.response.close":
            self.break_off()
            self.transport.close()
        elif self.response_started or message["type"] != "http.response.start":
            await super().send(self._behind_its_head(message))
        elif not self.disconnected:
            self._keep_head(message["status"], message["headers"])

    def answer(self, reply: Reply) -> None:
        """Write a whole answer at once."""
        lines = [f"HTTP/1.1 {reply.status} {phrase(reply.status)}\r\n"]
        says_close = False
        for name, value in reply.headers:
            lines.append(f"{name}: {value}\r\n")
            if name == "Connection" and value == "close":
                self.keep_alive, says_close = False, True
        if not self.keep_alive and not says_close:
            lines.append("Connection: close\r\n")
        lines.append("\r\n")
        head = "".join(lines).encode("latin-1")
        # From here on nothing raises: until then another answer can be given instead.
        self.response_started = self.response_complete = True
        self.transport.write(head if self.scope["method"] == "HEAD" else head + reply.body)
        if not self.keep_alive:
            self.transport.close()
        self.on_response()

    def break_off(self) -> None:
        """Nobody waits for the answer any more."""
        self.disconnected = True
        self.message_event.set()

    def _keep_head(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.response_started = True
        # A final answer stands in place of 100 Continue (RFC 9110 10.1.1).
        self.waiting_for_100_continue = False
        lines = [b"HTTP/1.1 %d %s" % (status, phrase(status).encode())]
        says_close = False
        for name, value in headers:
            key = name.lower()
            if key == b"content-length":
                self.chunked_encoding = False
                self.expected_content_length = int(value)
            elif key == b"connection" and value.lower() == b"close":
                self.keep_alive, says_close = False, True
            lines.append(name + b": " + value)
        if not self.keep_alive and not says_close:
            lines.append(b"Connection: close")
        # A 204 may not be framed (RFC 9112 6.1), and HEAD gets no body to frame.
        if self.chunked_encoding is None and self.scope["method"] != "HEAD" and status != 204:
            self.chunked_encoding = True
            lines.append(b"Transfer-Encoding: chunked")
        self._head = b"\r\n".join((*lines, b"", b""))

    def _behind_its_head(self, message: Any) -> Any:
        """A part of the body, the first with the head before it: one write wakes a client once."""
        head, self._head = self._head, b""
        if not head:
            return message
        body: bytes = message.get("body", b"")
        is_alone = self.scope["method"] == "HEAD" or self.chunked_encoding
        if is_alone or self.disconnected or len(body) > MOST_TOGETHER:
            self.transport.write(head)
            return message
        # uvicorn counts what is written against it, and the head is now a part of that.
        self.expected_content_length += len(head)
        return {**message, "body": head + body}


def _going_on(rest: Rest) -> ASGI3Application:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope
        await rest(receive, send)

    return app


def _raises(error: Exception) -> Rest:
    async def rest(receive: Any, send: Any) -> None:
        del receive, send
        raise error

    return rest


def _bound_head(length: int) -> None:
    if length > MOST_HEAD:
        raise _Refused(ApiError(431, f"The headers are larger than {MOST_HEAD // 2**10} KiB."))


class Protocol(HttpToolsProtocol):
    """One connection.

    Args:
        config: uvicorn's; ``timeout_keep_alive`` is how long a client may be silent, in seconds.
        server_state: which connections and calls there are.
        loop: the event loop.
    """

    def __init__(
        self, config: Config, server_state: ServerState, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(config, server_state, {}, loop)
        self.app = cast("ASGI3Application", config.loaded_app)
        self.logger = logging.Logger("scaleapi_testing.served")  # noqa: LOG001 - this one's alone: the program's logging stays as it is
        self.logger.addHandler(logging.NullHandler())
        self.access_log = False
        self.parser: Any = self.parser  # uvicorn replaces it by none at the end
        self._current: RequestResponseCycle | None = None
        # The app's way to answer a whole call at once, where it has one (`asgi.Front.begin`).
        self._begin_answer: Callable[[Any, bytes], Reply | Rest] | None = getattr(
            self.app, "begin", None
        )
        self._tell_failed: Callable[[Any, BaseException], None] | None = getattr(
            self.app, "failed", None
        )
        # A call of which the head is there and which nobody has begun to answer.
        self._unbegun: _Cycle | None = None
        self._in_head = False
        self._in_body = False
        self._begun = 0
        self._head = 0
        self._unparsed = 0
        self._framing = 0
        self._received = 0
        self._most_body = 0
        self._refusal: Reply | None = None
        self._skipped_framing = b""
        self._resuming = False
        self._discarded = 0
        self._heard = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._half_closed = False

    # -- the connection -----------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        """A client is there."""
        super().connection_made(transport)
        self._heard = self.loop.time()
        self._watch = self.loop.call_later(self.timeout_keep_alive, self._close_if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone: nobody reads what is still being answered."""
        for cycle in (self._current, *(waiting for waiting, _ in self.pipeline)):
            if isinstance(cycle, _Cycle):
                cycle.break_off()
        self.pipeline.clear()
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def eof_received(self) -> bool | None:  # type: ignore[override]  # asyncio's own signature
        """The client sends nothing more; what it asked for before is still answered."""
        self._half_closed = True
        newest = self.cycle
        if self._current is not None and newest.more_body and self._refusal is None:
            # What never came whole is dropped, and what was asked for before it is the last.
            newest = self._drop_newest()
        if self._current is None:
            self.transport.close()
            return None
        newest.keep_alive = False
        # TLS has no half: there the transport closes itself, whatever is said here.
        return None if self.scheme == "https" else True

    def shutdown(self) -> None:
        """The server ends: answer what is being answered, and nothing else."""
        for waiting, _ in self.pipeline:
            waiting.disconnected = True
        self.pipeline.clear()
        current = self._current
        # Nor is anybody waited for who leaves unread what was answered before.
        if current is None or current.more_body or self.flow.write_paused:
            self.transport.abort()
        else:
            current.keep_alive = False

    def _close_if_silent(self) -> None:
        left = self._heard + self.timeout_keep_alive - self.loop.time()
        answering = self._current is not None and not self._current.more_body
        if left <= 0 and not answering:
            self.transport.abort()
            return
        # While it is answered the silence is the server's, not the client's.
        wait = self.timeout_keep_alive if answering else left
        self._watch = self.loop.call_later(wait, self._close_if_silent)

    # -- what comes in ------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self._heard = self.loop.time()
        if self._refusal is not None:
            self._discarded += len(data)
            if self._discarded > MOST_DISCARDED:
                self.transport.abort()
            return
        while data:
            data = self._parse(data)
            self._answer()

    def _parse(self, data: bytes) -> bytes:
        """Feed the parser; what is left begins after a call that asked for an upgrade."""
        begun_before, self._begun = self._in_head or self._in_body, 0
        try:
            self.parser.feed_data(data)
            self._check_bounds(len(data), whole=self._begun == (0 if begun_before else 1))
        except httptools.HttpParserUpgrade as upgrade:
            # Nobody offers another protocol, so the next call comes in this one.
            self.parser = httptools.HttpRequestParser(self)
            self._resume_body()
            return data[upgrade.args[0] :]
        except _Refused as refused:
            self._refuse(refused.error)
        except httptools.HttpParserError as error:
            # httptools raises an error of its own in place of what a callback of the parser raised.
            inner = error.__context__ or error.__cause__
            if isinstance(inner, _Refused):
                self._refuse(inner.error)
            else:
                self._refuse(ApiError(400, f"Malformed HTTP request: {error}."))
        return b""

    def _resume_body(self) -> None:
        """Let the new parser read the body of a call that asked for an upgrade.

        httptools ends such a call behind its head, and takes its body for what comes next. Java's
        ``HttpClient`` and ``curl --http2`` ask for one with each first call.
        """
        if self._skipped_framing:
            self._resuming = True
            self.parser.feed_data(b"POST / HTTP/1.1\r\n" + self._skipped_framing + b"\r\n\r\n")
            self._resuming = False
            self._skipped_framing = b""

    def _framing_of_body(self) -> bytes:
        """The header that says where the body of a call ends; empty when it has none."""
        for name, value in self.headers:
            if name == b"transfer-encoding" or (name == b"content-length" and int(value)):
                return name + b": " + value
        return b""

    def _check_bounds(self, length: int, *, whole: bool) -> None:
        """Bound what the parser holds back, or skips, of a call that is not whole yet.

        Args:
            length: bytes that were parsed.
            whole: whether all of them belong to that call.
        """
        if self._in_head and whole:
            self._unparsed += length
            _bound_head(self._unparsed)
        elif self._in_body:
            self._framing += length
            if self._framing > MOST_FRAMING + 17 * self._received:
                raise _Refused(ApiError(400, "Malformed HTTP request: chunks of little content."))

    def _count_head(self, length: int) -> None:
        self._head += length
        _bound_head(self._head)

    def on_message_begin(self) -> None:
        """The parser found the beginning of a call."""
        if self._resuming:
            return
        super().on_message_begin()
        self._in_head, self._in_body = True, False
        self._begun += 1
        self._head = self._unparsed = self._framing = self._received = 0
        self.scope["extensions"] = {"close": {}}

    def on_url(self, url: bytes) -> None:
        """A part of what is asked for."""
        if self._resuming:
            return
        self._count_head(len(url))
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer, of which nothing is kept."""
        if self._resuming:
            return
        self._count_head(len(name) + len(value) + 4)
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """A head is whole: begin to answer, or let it wait for those before it."""
        if self._resuming:
            return
        self._in_head, self._in_body = False, True
        self._head = 0
        version = self.parser.get_http_version()
        if version not in SPOKEN:
            raise _Refused(ApiError(505, f"This server speaks HTTP/1.1, not HTTP/{version}."))
        scope = self.scope
        scope["http_version"] = version
        scope["method"] = self.parser.get_method().decode("ascii")
        # Before the target, which may take the place of the header Host.
        self._most_body = self._limit_in_head(version)
        self._read_target(self.url)
        if self.parser.should_upgrade():
            self._skipped_framing = self._framing_of_body()
        cycle = self.cycle = _Cycle(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.logger,
            access_log=False,
            default_headers=[],
            message_event=asyncio.Event(),
            # An expectation in HTTP/1.0 is to be ignored (RFC 9110 10.1.1).
            expect_100_continue=self.expect_100_continue and version == "1.1",
            keep_alive=version == "1.1" and self.parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        if self._current is None:
            self._current = self._unbegun = cycle
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, self.app))

    def _read_target(self, target: bytes) -> None:
        """Say in the scope what is asked for: a path, ``*``, or a whole URL as proxies get it."""
        if not target.startswith(b"/"):
            scheme, separator, rest = target.partition(b"://")
            if separator and scheme.lower() in {b"http", b"https"}:
                authority, slash, rest = rest.partition(b"/")
                target = slash + rest if slash else b"/"
                # A whole URL goes before the header Host (RFC 9112 3.2.2).
                self.headers[:] = [pair for pair in self.headers if pair[0] != b"host"]
                self.headers.append((b"host", authority))
            elif target == b"*":
                target = b"/"
            else:
                raise _Refused(
                    ApiError(400, "Malformed HTTP request: neither a path nor a URL is asked for.")
                )
        path, _, query = target.partition(b"?")
        # The parser takes no byte beyond ASCII here.
        self.scope["raw_path"] = path
        self.scope["path"] = unquote(path.decode("ascii"))
        self.scope["query_string"] = query

    def _limit_in_head(self, version: str) -> int:
        """How many bytes the body may have; a head that promises more is refused.

        So is one that says twice, or not at all, whom the call is for (RFC 9112 3.2).
        """
        content_type, declared, hosts = "", 0, 0
        for name, value in self.headers:
            if name == b"host":
                hosts += 1
            elif name == b"content-type":
                content_type = value.decode("latin-1")
            elif name == b"content-length":
                declared = int(value)
        if hosts != 1 and (hosts or version == "1.1"):
            says = "more than one header Host" if hosts else "no header Host"
            raise _Refused(ApiError(400, f"Malformed HTTP request: {says}."))
        most = most_body(content_type)
        if declared > most:
            raise _Refused(too_large(most))
        return most

    def on_body(self, body: bytes) -> None:
        """A part of a body."""
        self._framing -= len(body)
        self._received += len(body)
        if self._received > self._most_body:
            raise _Refused(too_large(self._most_body))
        self.cycle.body += body
        # A client that sends faster than the app reads waits, and memory does not fill.
        if len(self.cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        self.cycle.message_event.set()

    def on_message_complete(self) -> None:
        """A call is whole."""
        if self._skipped_framing:
            return  # its body is still to come
        self._in_body = False
        self.cycle.more_body = False
        self.cycle.message_event.set()

    def on_response_complete(self) -> None:
        """An answer was written: begin the next one, if it is there."""
        self._current = None
        self._heard = self.loop.time()
        if self.transport.is_closing():
            return
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._current = cycle
            if isinstance(cycle, _Cycle) and not cycle.more_body:
                self._unbegun = cycle
                self.loop.call_soon(self._answer)
            else:
                self._start_asgi_task(cycle, app)
        elif self._refusal is not None:
            self._write_refusal(self._refusal)
        # While calls wait here, more of them are left to wait in the client's own buffers.
        if not self.pipeline:
            self.flow.resume_reading()

    def _answer(self) -> None:
        """Begin to answer what the parser found, once it is through with what came.

        A call that is whole is answered here and now where nothing has to be waited for: a task
        for each costs more than most answers. Those that came together with it wait for their turn
        in the loop, so that one client does not keep the others waiting.
        """
        cycle, self._unbegun = self._unbegun, None
        # It broke off, or was refused.
        if cycle is None or cycle is not self._current or cycle.disconnected:
            return
        begin = self._begin_answer
        # A client that does not read what it asked for gets no more until it does.
        if begin is None or cycle.more_body or self.flow.write_paused:
            self._start_asgi_task(cycle, self.app)
            return
        try:
            answer = begin(cycle.scope, bytes(cycle.body))
        except Exception as error:  # noqa: BLE001 - raised again where an app's own errors belong
            answer = _raises(error)
        if not callable(answer):
            try:
                cycle.answer(answer)
            except Exception as error:  # noqa: BLE001 - as above
                if self._tell_failed is not None:
                    self._tell_failed(cycle.scope, error)
                answer = _raises(error)
            else:
                return
        self._start_asgi_task(cycle, _going_on(answer))

    # -- what is refused ----------------------------------------------------------------------

    def _refuse(self, error: ApiError) -> None:
        """Answer with an error, after the answers to the calls before, and close."""
        self._refusal = refusal(error)
        broken = self.cycle
        if isinstance(broken, _Cycle) and broken.more_body:
            self._drop_newest()
        self.flow.resume_reading()
        if self._current is None:
            self._write_refusal(self._refusal)

    def _drop_newest(self) -> RequestResponseCycle:
        """Forget the newest call, which will never be whole; returns the one before it, if any."""
        newest = self.cycle
        if isinstance(newest, _Cycle):
            newest.break_off()
        if newest is self._current:
            self._current = None
            return newest
        # The newest stands at the left.
        self.pipeline.popleft()
        return self.pipeline[0][0] if self.pipeline else cast("RequestResponseCycle", self._current)

    def _write_refusal(self, reply: Reply) -> None:
        lines = [f"HTTP/1.1 {reply.status} {phrase(reply.status)}"]
        lines += (f"{name}: {value}" for name, value in reply.headers)
        self.transport.write("\r\n".join((*lines, "", "")).encode("latin-1") + reply.body)
        # What the client still sends is read away: a close in its face would lose the answer.
        if self._half_closed:
            self.transport.close()
            return
        # Our half alone, so that what the client still sends is read; TLS has no halves.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(LINGER_S, self.transport.close)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        self._refuse(ApiError(400, msg))
