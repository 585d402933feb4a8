"""Rows of bytes: messages cut into rows of a few MB, sealed so that nothing may be lost of them.

A message is a kind (one byte) and a body. All messages stand behind each other, each with its
length before it, and that is cut into rows wherever one is full, so that no row is long, however
long a message is. A row begins with a seal, the digest of the row before it and of what follows;
the last message says how many rows there are. So a row that is damaged, missing, moved or of
another state is found before what it says is believed.
"""

from __future__ import annotations

from hashlib import sha256
from struct import Struct
from typing import TYPE_CHECKING, Final

from .._log.command import StateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROW_BYTES: Final = 2 * 1024 * 1024
"""How long a row is, its seal apart."""

SEAL_BYTES: Final = 16

END: Final = b"."
"""The kind of the last message; its body is the number of rows."""

_HEAD: Final = Struct(">cQ")
_COUNT: Final = Struct(">Q")


def sealed(messages: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """The rows of messages, each a kind of one byte and a body."""
    seal, rows = b"", 0
    waiting = bytearray()
    for kind, body in messages:
        waiting += _HEAD.pack(kind, len(body))
        waiting += body
        while len(waiting) > ROW_BYTES:
            row = bytes(waiting[:ROW_BYTES])
            del waiting[:ROW_BYTES]
            seal = _seal(seal, row)
            rows += 1
            yield seal + row
    waiting += _HEAD.pack(END, _COUNT.size) + _COUNT.pack(rows + 1)
    row = bytes(waiting)
    yield _seal(seal, row) + row


def opened(rows: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The messages of what ``sealed`` gave.

    Raises:
        StateError: a row is damaged, missing or does not belong here. Messages of the rows before
            it were given, so that nothing of them may be used before this has ended.
    """
    seal, number, ended = b"", 0, False
    waiting = bytearray()
    for row in rows:
        number += 1
        content = row[SEAL_BYTES:]
        if ended:
            raise _damaged(f"row {number} follows the last one")
        if row[:SEAL_BYTES] != _seal(seal, content):
            raise _damaged(f"row {number} is not the one that was written there")
        seal = row[:SEAL_BYTES]
        waiting += content
        place = 0
        while len(waiting) - place >= _HEAD.size:
            kind, length = _HEAD.unpack_from(waiting, place)
            begin = place + _HEAD.size
            if len(waiting) - begin < length:
                break
            place = begin + length
            body = bytes(memoryview(waiting)[begin:place])
            if kind == END:
                ended = body == _COUNT.pack(number)
                break
            yield kind, body
        del waiting[:place]
    if not ended:
        raise _damaged(f"it ends after {number} rows, before its last one")


def _seal(before: bytes, content: bytes) -> bytes:
    digest = sha256(before)
    digest.update(content)
    return digest.digest()[:SEAL_BYTES]


def _damaged(why: str) -> StateError:
    return StateError(
        f"the saved state is damaged: {why}. Nothing was loaded; take another copy of it"
    )
