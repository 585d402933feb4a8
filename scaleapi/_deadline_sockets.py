"""Connections whose every read ends in time: the socket's time-out is shortened before each.

A time-out of a socket holds for one read, so a server that sends a byte now and then keeps it from
ever passing. Only clients with ``total_timeout`` use these.
"""

from __future__ import annotations

import io
from functools import partial
from http.client import HTTPResponse as WholeAnswer
from typing import TYPE_CHECKING, Any, Final

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Timeout

if TYPE_CHECKING:
    import socket

    from urllib3 import PoolManager
    from urllib3.response import HTTPResponse

    from ._deadline import Deadline


# A float, because urllib3 hands down the number alone, and drops the Timeout that held it.
class _Seconds(float):
    """A time-out of a connection that knows the deadline of the call it was made for."""

    deadline: Deadline


class CallTimeout(Timeout):
    """Time-outs for one call; urllib3 makes a copy for each try, shortened to what is left."""

    def __init__(self, connect: float | None, read: float | None, deadline: Deadline) -> None:
        super().__init__(connect=deadline.shortened(connect), read=_until(deadline, read))
        self._of_one_try: Final = (connect, read)
        self._deadline: Final = deadline

    def clone(self) -> CallTimeout:
        """The time-outs of the next try."""
        return CallTimeout(*self._of_one_try, self._deadline)


def _until(deadline: Deadline, seconds: float | None) -> _Seconds:
    shortened = _Seconds(deadline.shortened(seconds))
    shortened.deadline = deadline
    return shortened


class DeadlineAdapter(HTTPAdapter):
    """An adapter whose connections obey the deadline of a :class:`CallTimeout`."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        _obey_deadlines(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """Make, or find, the pools of connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        _obey_deadlines(manager)
        return manager


def _obey_deadlines(manager: PoolManager) -> None:
    if manager.pool_classes_by_scheme.get("http") is HTTPConnectionPool:
        # Not a SOCKS proxy's, which has pools of its own kind.
        kinds: dict[str, Any] = {"http": _Pool, "https": _SecurePool}
        manager.pool_classes_by_scheme = kinds


class _Connection(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3's own
        self.response_class = _reader_of(self.timeout)
        return super().getresponse()


class _SecureConnection(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3's own
        self.response_class = _reader_of(self.timeout)
        return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls: Any = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls: Any = _SecureConnection


def _reader_of(timeout: Any) -> Any:
    """What reads the head of an answer, and its body later on."""
    deadline: Deadline | None = getattr(timeout, "deadline", None)
    return WholeAnswer if deadline is None else partial(_Answer, deadline, float(timeout))


class _Answer(WholeAnswer):
    """An answer that is read through :class:`_Reader`."""

    def __init__(
        self, deadline: Deadline, seconds: float, sock: socket.socket, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(sock, *args, **kwargs)
        # The buffer above it is made anew, so that nothing reads past the deadline's reader.
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_Reader(raw, sock, seconds, deadline))


class _Reader(io.RawIOBase):
    """Reads from a socket, which before each read is told how long it may still take."""

    def __init__(
        self, raw: io.RawIOBase, sock: socket.socket, seconds: float, deadline: Deadline
    ) -> None:
        super().__init__()
        self._raw: Final = raw
        self._sock: Final = sock
        self._seconds: Final = seconds
        self._deadline: Final = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        if self._deadline.remaining() <= 0:
            raise TimeoutError(str(self._deadline))
        # Each time anew: what is left shrinks, and a socket's time-out starts over with each read.
        self._sock.settimeout(self._deadline.shortened(self._seconds))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
