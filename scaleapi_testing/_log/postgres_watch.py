"""Breaks off connections on which no answer comes: TCP alone may never notice.

Keepalive and the user timeout see a machine that is gone. Where something between takes the bytes
and passes nothing on, both ends are told that all is well, and a query would wait for ever.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import psycopg

if TYPE_CHECKING:
    from collections.abc import Generator

    from psycopg import Connection

LOOK_S: Final = 0.5


class Watch:
    """Looks after the connections of one log, in a thread that runs while one of them is used."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._until: dict[int, tuple[float, Connection[Any]]] = {}
        self._number = 0
        self._is_closed = False
        self._thread: threading.Thread | None = None

    @contextmanager
    def over(self, connection: Connection[Any], seconds: float) -> Generator[None]:
        """What is done with a connection inside ends within real seconds, if by an error."""
        with self._wake:
            self._number += 1
            number = self._number
            self._until[number] = time.monotonic() + seconds, connection
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="scale-log-watch", daemon=True
                )
                self._thread.start()
            elif len(self._until) == 1:
                self._wake.notify()
        try:
            yield
        finally:
            with self._wake:
                self._until.pop(number, None)

    def close(self) -> None:
        """Look after nothing any more."""
        with self._wake:
            self._is_closed = True
            self._wake.notify()

    def _run(self) -> None:
        with self._wake:
            while not self._is_closed:
                if self._until:
                    self._wake.wait(LOOK_S)
                    self._break_those_over()
                else:
                    self._wake.wait()

    def _break_those_over(self) -> None:
        now = time.monotonic()
        for number, (until, connection) in list(self._until.items()):
            if until <= now:
                del self._until[number]
                # Who waits for an answer there wakes up; the descriptor stays that connection's.
                with suppress(OSError, psycopg.Error), _also(connection.fileno()) as also:
                    also.shutdown(socket.SHUT_RDWR)


def _also(descriptor: int) -> socket.socket:
    return socket.socket(fileno=os.dup(descriptor))
