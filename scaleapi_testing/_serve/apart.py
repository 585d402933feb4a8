"""What takes long, done by a copy of this process while this one goes on.

A fork has the memory as it was at one moment, so nobody waits until a large state is written down,
and no thread of this process loses time to it.
"""

from __future__ import annotations

import gc
import os
import struct
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from .._intercept.process import PROCESS
from .._log.command import StateError
from .._time.turns import alone
from .answers import encoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import BinaryIO

    from .._control_plane.operation import ControlOperation
    from .._fake import FakeScale

CAN_FORK: Final = hasattr(os, "fork") and sys.platform != "darwin"
"""Elsewhere a process with threads does not survive it."""

LARGE: Final = 2_000
"""From how many tasks on it is worth the while."""

LONG: Final = frozenset({"dump"})
"""Controls that change nothing, look at everything, and keep the processor while they do."""

NICE: Final = 5
"""How far the copy stands back where there are fewer processors than work."""

_LENGTH: Final = struct.Struct(">q")
_END: Final = -1
_FIRST_FD: Final = 3
_LAST_FD: Final = 65_536


def rows_apart(make: Callable[[], Iterable[bytes]]) -> Iterator[bytes]:
    """What ``make`` gives, called on the state as it is now, in another process.

    Whoever calls this sees to it that nobody is in the middle of changing that state.

    Raises:
        OSError: there can be no other process.
        StateError: while rows are asked for: it ended before the last one.
    """
    reading, writing = os.pipe()
    try:
        # In a fork of the test's own a fake refuses to work; in this child it must answer.
        with PROCESS.forking_itself():
            child = os.fork()
            if not child:
                _be_the_copy(make, writing)
    except OSError:
        os.close(reading)
        os.close(writing)
        raise
    os.close(writing)
    return _received(child, reading)


def performed(operation: ControlOperation, fake: FakeScale, arguments: Mapping[str, Any]) -> bytes:
    """The answer of a control that changes nothing, as the bytes of its JSON.

    Of one that takes long in a large state they are made in another process.

    Raises:
        Exception: what the control raises.
    """
    world = fake._world
    if operation.name in LONG and CAN_FORK and len(world.store.tasks) > LARGE:
        # What it raises there it raises here once more, in words.
        with suppress(OSError, StateError):
            # Held over the fork alone: the copy must not begin in the middle of a change.
            with world.lock:
                parts = rows_apart(lambda: [encoded(operation.perform(fake, arguments))])
            return b"".join(parts)
    return encoded(operation.perform(fake, arguments))


def _received(child: int, reading: int) -> Iterator[bytes]:
    is_whole = False
    with open(reading, "rb") as pipe:
        try:
            while (length := _length(pipe)) >= 0:
                row = pipe.read(length)
                # The copy was killed in the middle of a row.
                if len(row) < length:
                    break
                yield row
            is_whole = length == _END
        finally:
            pipe.close()  # the copy ends where nobody reads any more
            # Without it each checkpoint would leave a zombie process.
            os.waitpid(child, 0)
    if not is_whole:
        raise StateError("the checkpoint could not be made: the process that made it ended")


def _length(pipe: BinaryIO) -> int:
    head = pipe.read(_LENGTH.size)
    length: int = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else _END - 1
    return length


def _be_the_copy(make: Callable[[], Iterable[bytes]], writing: int) -> None:
    code = 1
    try:
        # A connection is closed for its client when no process has it any more.
        os.closerange(_FIRST_FD, writing)
        os.closerange(writing + 1, _LAST_FD)
        # Collecting would touch every object, and so copy every page that is shared so far.
        gc.disable()
        alone()
        os.nice(NICE)
        with open(writing, "wb", buffering=1 << 20) as pipe:
            for row in make():
                pipe.write(_LENGTH.pack(len(row)))
                pipe.write(row)
            pipe.write(_LENGTH.pack(_END))
        code = 0
    finally:
        # No handlers at exit, no finally of the parent's frames: those are the parent's business.
        os._exit(code)
