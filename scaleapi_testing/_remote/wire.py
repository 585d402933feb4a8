"""How one process speaks to the server of a fake: controls as JSON, calls as the bytes they are."""

from __future__ import annotations

import json
import os
import ssl
import threading
import weakref
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

from .._callbacks.loopback import PASSES_DOORS
from .._control_plane.table import controls
from .._errors import ServerGone
from .._http.values import Reply
from .._messages import described
from .._serve.far_door import ANSWER, CALL, CLOCK
from .._state.account import digest_of
from .errors import raised_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._http.values import Request
    from .._messages import JSON

PATIENCE_S: Final = 120.0
"""Real seconds that the server has for an answer; a target of callbacks may take its time."""

PAGE: Final = 1000
"""Entries of a listing that are asked for at once: as many as a page may hold."""

_KEPT: Final = 8
"""Connections that are kept open for the next call."""

_OWN: Final = frozenset(
    {"connection", "content-length", "expect", "host", "keep-alive", "transfer-encoding"}
)
"""Headers of the way from the client to the door, that say nothing of the way to the server."""


class Wire:
    """Speaks to one world of a server, from any thread.

    Past the doors that fakes open in this process: what goes to the server is no call of a test.

    Args:
        url: the server's address, as it prints it; ``/w/<name>`` behind it names a world.
        token: its admin token.
        world: which world, in place of the one in ``url``.
        ca_file: the certificate of its authority, for HTTPS; without it what the environment names
            in ``SSL_CERT_FILE``, ``REQUESTS_CA_BUNDLE`` or ``CURL_CA_BUNDLE``.

    Attributes:
        ms: the virtual time of the world as it was told last, milliseconds since 1970.
        moved_ms: how far its clock was ever moved, as it was told last.

    Raises:
        TypeError: the address is no text.
        ValueError: it is none.
    """

    def __init__(
        self, url: str, token: str | None, world: str | None, ca_file: str | None = None
    ) -> None:
        self.origin, self.path, self.host = _address(url, world)
        self._token = token
        parts = urlsplit(self.origin)
        self._port = parts.port
        self._secure = parts.scheme == "https"
        self._ca_file = ca_file
        self._context: ssl.SSLContext | None = None
        self.ms = 0
        self.moved_ms = 0
        self._keys: dict[str, str] = {}
        # Calls come from the threads of the test; a connection is used by one of them at a time.
        self._lock = threading.Lock()
        self._idle: list[HTTPConnection] = []
        self._pid = os.getpid()
        # Holds the list and not the wire, which could never be collected otherwise.
        self._close = weakref.finalize(self, _close_all, self._idle)

    @property
    def url(self) -> str:
        """The world's address, in place of ``https://api.scale.com``."""
        return self.origin + self.path

    # -- keys ---------------------------------------------------------------------------------

    def know(self, api_key: str) -> str:
        """Remember a key that this process used: the server tells keys by their digests."""
        self._keys[digest_of(api_key)] = api_key
        return api_key

    def key_of(self, account_id: str | None, shown: str | None) -> str | None:
        """The key of an account, as far as it is known here; else its first characters."""
        if account_id is None:
            return None
        return self._keys.get(account_id, shown)

    # -- controls -----------------------------------------------------------------------------

    def control(self, name: str, /, **arguments: JSON) -> Any:
        """Do a control, by its name in the table of the control plane.

        Args:
            name: e.g. ``clock.advance``.
            arguments: as JSON has them; ``None`` is not given.

        Raises:
            Exception: what the control raises, as in Python.
            ServerGone: the server does not answer.
        """
        __tracebackhide__ = True
        return self.control_with(name, arguments)

    def control_with(self, name: str, arguments: Mapping[str, JSON]) -> Any:
        """The same, where names of arguments may be any."""
        __tracebackhide__ = True
        sent_arguments = {key: value for key, value in arguments.items() if value is not None}
        return self.control_exactly(name, sent_arguments)

    def control_exactly(self, name: str, arguments: Mapping[str, JSON]) -> Any:
        """The same, where ``None`` is given as well."""
        __tracebackhide__ = True
        operation = controls()[name]
        sent_arguments = dict(arguments)
        path = operation.path
        for placeholder in operation.placeholders:
            path = path.replace(
                f"{{{placeholder}}}", quote(str(sent_arguments.pop(placeholder)), safe="")
            )
        body = b""
        headers: dict[str, str] = {}
        if operation.method == "POST":
            body = json.dumps(sent_arguments).encode()
            headers["Content-Type"] = "application/json"
        elif sent_arguments:
            pairs = [
                (key, item if isinstance(item, str) else json.dumps(item))
                for key, value in sent_arguments.items()
                for item in (value if isinstance(value, list) else [value])
            ]
            path += f"?{urlencode(pairs)}"
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        headers["Content-Length"] = str(len(body))
        target = f"{self.path}/_fake{path}"
        status, reply_headers, answer = self._exchange(operation.method, target, headers, body)
        clock = reply_headers.get(CLOCK)
        if clock is not None:
            ms, _, moved = clock.partition(",")
            self.ms, self.moved_ms = int(ms), int(moved)
        try:
            document = json.loads(answer)
        except ValueError:
            raise ServerGone(
                f"{self.origin} answered {name} with {status} and no JSON: is it the server of a "
                "fake (scaleapi-testing serve)?"
            ) from None
        if status == 200:
            return document
        raise raised_by(status, document, self.origin)

    def every(self, name: str, /, **arguments: JSON) -> list[Any]:
        """All entries of a listing, page by page."""
        __tracebackhide__ = True
        entries: list[Any] = []
        after: int | None = arguments.pop("after", 0)
        while after is not None:
            reply_page = self.control_exactly(name, {**arguments, "after": after, "limit": PAGE})
            entries += reply_page["items"]
            after = reply_page["next"]
        return entries

    # -- calls --------------------------------------------------------------------------------

    def forward(self, request: Request) -> Reply:
        """Let the world answer a call that was meant for Scale, byte for byte.

        Raises:
            ServerGone: the server does not answer.
        """
        __tracebackhide__ = True
        call_details = {
            "origin": request.origin,
            "read_timeout": request.read_timeout,
            "connect_timeout": request.connect_timeout,
            "began_ms": request.began_ms,
            "token": self._token,
        }
        headers = {key: value for key, value in request.headers.items() if key not in _OWN}
        headers["Host"] = request.headers.get("host", self.host)
        headers[CALL] = json.dumps(call_details, separators=(",", ":"))
        if request.body or request.method not in {"GET", "HEAD"}:
            headers["Content-Length"] = str(len(request.body))
        query = f"?{request.query}" if request.query else ""
        target = f"{self.path}{request.path}{query}"
        status, reply_headers, body = self._exchange(request.method, target, headers, request.body)
        answer = reply_headers.pop(ANSWER, None)
        if answer is None:
            raise ServerGone(
                f"{self.url} answered {request.method} {request.path:.100} with {status}: "
                f"{body[:200].decode('utf-8', 'replace')}"
            )
        facts = json.loads(answer)
        self.ms, self.moved_ms = facts["ms"], facts["moved_ms"]
        if facts["length"] is not None:
            # As the world said it: a truncated answer promises more than it has.
            reply_headers["Content-Length"] = facts["length"]
        else:
            reply_headers.pop("Content-Length", None)
        return Reply(
            facts["status"],
            body if facts["status"] else b"",
            list(reply_headers.items()),
            facts["broken"],
            facts["wait_began"],
            facts["waited_ms"],
        )

    def forward_plainly(self, request: Request) -> Reply:
        """Let the server itself answer a call that names it."""
        __tracebackhide__ = True
        headers = {key: value for key, value in request.headers.items() if key not in _OWN}
        headers["Host"] = request.headers.get("host", self.host)
        if request.body or request.method not in {"GET", "HEAD"}:
            headers["Content-Length"] = str(len(request.body))
        query = f"?{request.query}" if request.query else ""
        target = request.path + query
        status, reply_headers, body = self._exchange(request.method, target, headers, request.body)
        return Reply(status, body, list(reply_headers.items()))

    # -- the connections ----------------------------------------------------------------------

    def _exchange(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Send and receive; a kept connection that the server closed meanwhile is replaced."""
        while True:
            connection, is_kept = self._connection()
            try:
                # request() would add an Accept-Encoding, which the client never sent.
                connection.putrequest(
                    method, target, skip_host="Host" in headers, skip_accept_encoding=True
                )
                for name, value in headers.items():
                    # http.client fails on text beyond latin-1, which in process is no error.
                    connection.putheader(name, value.encode("latin-1", "replace"))
                connection.endheaders(body or None)
            except OSError as error:
                connection.close()
                # It may be dead since its last use; a new one tells whether the server is gone.
                if is_kept:
                    continue
                raise self._gone(error) from error
            try:
                answer = connection.getresponse()
                content = answer.read()
            except (OSError, HTTPException) as error:
                connection.close()
                # Nothing came back on a connection that had been idle: it was closed before.
                if is_kept and isinstance(error, ConnectionError):
                    continue
                raise self._gone(error) from error
            # Ctrl-C, or pytest's timeout: half an answer is still on the line, so it is not kept.
            except BaseException:
                connection.close()
                raise
            # Only after the whole answer was read: its rest would be taken for the next one's.
            self._put_back(connection, keep=not answer.will_close)
            return answer.status, dict(answer.getheaders()), content

    def _connection(self) -> tuple[HTTPConnection, bool]:
        with self._lock:
            if self._pid != os.getpid():  # in a forked child: the parent's are not shared
                self._pid = os.getpid()
                self._idle.clear()
            if self._idle:
                return self._idle.pop(), True
        connection: HTTPConnection
        if self._secure:
            if self._context is None:
                self._context = _trusting(self._ca_file)
            connection = HTTPSConnection(
                self.host, self._port, timeout=PATIENCE_S, context=self._context
            )
        else:
            connection = HTTPConnection(self.host, self._port, timeout=PATIENCE_S)
        # Without it the door of this very process would answer in the server's place.
        setattr(connection, PASSES_DOORS, True)
        return connection, False

    def _put_back(self, connection: HTTPConnection, *, keep: bool) -> None:
        with self._lock:
            if keep and len(self._idle) < _KEPT:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close the connections; the next call opens one."""
        with self._lock:
            # The list itself stays: the finalizer holds it.
            idle = list(self._idle)
            self._idle.clear()
        _close_all(idle)

    def _gone(self, error: BaseException) -> ServerGone:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return ServerGone(
            f"nothing answers at {self.origin}: {reason}; start the server "
            "(scaleapi-testing serve), or give RemoteFake the address that it prints"
        )


def _close_all(connections: list[HTTPConnection]) -> None:
    for connection in connections:
        connection.close()


def _address(url: Any, world: str | None) -> tuple[str, str, str]:
    """Origin, path of the world, and host."""
    right = "give the address that the server prints, e.g. 'http://127.0.0.1:8765'"
    if not isinstance(url, str):
        raise TypeError(f"RemoteFake takes an address, not {described(url)}; {right}")
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"RemoteFake({url!r:.100}): {error}; {right}") from None
    path = parts.path.rstrip("/")
    if path.startswith("/w/") and path.count("/") == 2:
        world_name = path[len("/w/") :]
        world, path = world_name if world is None else world, ""
    if parts.scheme not in {"http", "https"} or not parts.hostname or path or parts.query:
        raise ValueError(f"RemoteFake({url!r:.100}) is no address of a server; {right}")
    if world is not None and not isinstance(world, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
        raise TypeError(f"RemoteFake(world=...) takes a name, not {described(world)}")
    below = "" if world in {None, "default"} else f"/w/{quote(str(world), safe='')}"
    return f"{parts.scheme}://{parts.netloc}".lower(), below, parts.hostname


def _trusting(ca_file: str | None) -> ssl.SSLContext:
    ca_path = ca_file or next(
        (
            os.environ[name]
            for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
            if os.environ.get(name)
        ),
        None,
    )
    return ssl.create_default_context(cafile=ca_path)
