"""A request as a client writes it on a connection, byte by byte, until it is whole.

For libraries that are answered at the connection itself: what they would have sent is read here,
so that whatever they do on the way (streams, forms, chunks, middlewares) is as it is on the wire.
"""

from __future__ import annotations

from typing import Final

from .._http.values import Request
from .origin import normal_origin

HEAD_END: Final = b"\r\n\r\n"


class WrittenRequest:
    """What was written so far.

    Attributes:
        method: the verb; ``""`` until the head is whole.
        target: path and query.
        headers: names in lower case; of a repeated header the last value.
        is_whole: whether the body has ended as the headers say.
    """

    __slots__ = ("_body", "_chunks", "_left", "_raw", "headers", "is_whole", "method", "target")

    def __init__(self) -> None:
        self._raw = bytearray()
        self._body: list[bytes] = []
        self._left = 0
        self._chunks: _Chunks | None = None
        self.method = self.target = ""
        self.headers: dict[str, str] = {}
        self.is_whole = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take more bytes; those after the end of the request belong to nothing."""
        if self.method:
            self._take(bytes(data))
            return
        self._raw += data
        end = self._raw.find(HEAD_END)
        if end < 0:
            return
        self._read_head(self._raw[:end].decode("latin-1"))
        self._take(bytes(self._raw[end + len(HEAD_END) :]))

    def _read_head(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        self.method, _, rest = first.partition(" ")
        target = rest.rpartition(" ")[0]
        if not target.startswith("/"):  # written out, as for a proxy
            target = target.partition("://")[2]
            slash = target.find("/")
            target = target[slash:] if slash >= 0 else "/"
        self.target = target
        for line in lines:
            name, _, value = line.partition(":")
            self.headers[name.lower()] = value.strip()
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            self._chunks = _Chunks()
            return
        length = self.headers.get("content-length", "")
        self._left = int(length) if length.isdecimal() else 0

    def _take(self, data: bytes) -> None:
        if self._chunks is not None:
            self.is_whole = self._chunks.take(data)
            return
        if data:
            self._body.append(data[: self._left])
            self._left = max(self._left - len(data), 0)
        self.is_whole = not self._left

    def request(
        self, origin: str, read_timeout: float | None, connect_timeout: float | None
    ) -> Request:
        """What was written, as the app takes it."""
        path, _, query = self.target.partition("?")
        body = self._body if self._chunks is None else self._chunks.body
        self.headers.setdefault("host", origin.partition("://")[2])
        return Request(
            self.method,
            origin,
            path or "/",
            query,
            self.headers,
            body[0] if len(body) == 1 else b"".join(body),
            read_timeout,
            connect_timeout,
        )


class _Chunks:
    """A body in chunks, each under its length (RFC 9112, 7.1); trailers are passed over."""

    __slots__ = ("_left", "_raw", "body")

    def __init__(self) -> None:
        self._raw = bytearray()
        self._left: int | None = None
        self.body: list[bytes] = []

    def take(self, data: bytes) -> bool:
        """Take more bytes; returns whether the last chunk has ended."""
        self._raw += data
        while True:
            if self._left is None:
                end = self._raw.find(b"\r\n")
                if end < 0:
                    return False
                length = int(self._raw[:end].partition(b";")[0], 16)
                if not length:
                    return self._raw.find(HEAD_END, end) >= 0
                self._left = length
                del self._raw[: end + 2]
            if len(self._raw) < self._left + 2:
                return False
            self.body.append(bytes(self._raw[: self._left]))
            del self._raw[: self._left + 2]
            self._left = None


def origin_written_out(target: str) -> str | None:
    """The normal origin in a target that names one, as for a proxy; ``None`` in any other."""
    return None if target.startswith("/") or "://" not in target else normal_origin(target)
