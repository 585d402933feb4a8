"""Rows of a large state made by a copy of this process, while this one goes on.

A fork has the memory as it was at one moment, so nobody waits until the state is written down, and
no thread of this process loses time to it.
"""

from __future__ import annotations

import gc
import os
import struct
import sys
from typing import TYPE_CHECKING, Final

from .._log.command import StateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

CAN_FORK: Final = hasattr(os, "fork") and sys.platform != "darwin"
"""Elsewhere a process with threads does not survive it."""

_LENGTH: Final = struct.Struct(">q")
_END: Final = -1
_FIRST_FD: Final = 3
_LAST_FD: Final = 65_536


def rows_apart(make: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    """The rows of the state as it is when this is called, made in another process.

    Args:
        make: gives them; called there.

    Raises:
        OSError: there can be no other process.
        StateError: while they are asked for: it ended before the last row.
    """
    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        raise
    if not child:
        _be_the_copy(make, writing)
    os.close(writing)
    return _received(child, reading)


def _received(child: int, reading: int) -> Iterator[bytes]:
    is_whole = False
    with open(reading, "rb") as pipe:
        try:
            while (length := _length(pipe)) >= 0:
                row = pipe.read(length)
                if len(row) < length:
                    break
                yield row
            is_whole = length == _END
        finally:
            pipe.close()  # the copy ends where nobody reads any more
            os.waitpid(child, 0)
    if not is_whole:
        raise StateError("the checkpoint could not be made: the process that made it ended")


def _length(pipe: BinaryIO) -> int:
    head = pipe.read(_LENGTH.size)
    length: int = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else _END - 1
    return length


def _be_the_copy(make: Callable[[], Iterator[bytes]], writing: int) -> None:
    code = 1
    try:
        # A connection is closed for its client when no process has it any more.
        os.closerange(_FIRST_FD, writing)
        os.closerange(writing + 1, _LAST_FD)
        gc.disable()
        with open(writing, "wb", buffering=1 << 20) as pipe:
            for row in make():
                pipe.write(_LENGTH.pack(len(row)))
                pipe.write(row)
            pipe.write(_LENGTH.pack(_END))
        code = 0
    finally:
        os._exit(code)
