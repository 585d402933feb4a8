"""Whether the file that SQLite keeps beside a log after a crash was damaged in its middle.

SQLite takes from its write-ahead log what comes before the first frame that does not match its sum,
and says nothing of the rest: right for what was being written when the power went, wrong for a byte
that changed later. The two are told apart by what follows. Every transaction is on the disk before
the next one begins (``synchronous = FULL``), so whatever a crash tears belongs to the last one, and
has one commit at the most behind it. (An aborted transaction leaves frames, and no commit.)

So it is not noticed when the last transaction itself is damaged, nor when the end of the file is
cut off between two transactions: both look like a crash.

Source: documented, sqlite.org/fileformat.html 4 (the WAL file format).
"""

from __future__ import annotations

from array import array
from struct import Struct
from sys import byteorder
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_HEADER: Final = Struct(">8I")
_FRAME: Final = Struct(">6I")
_MAGIC: Final = 0x377F0682
_MASK: Final = 0xFFFF_FFFF

Sum = tuple[int, int]


def damage_of(path: Path) -> str | None:
    """What is damaged in a write-ahead log, in words; ``None`` where nothing is to be seen.

    Raises:
        OSError: it cannot be read.
    """
    content = path.read_bytes()
    if len(content) <= _HEADER.size or not any(content[: _HEADER.size]):
        return None  # no frame was written
    magic, _, page, _, *salts, first, second = _HEADER.unpack_from(content)
    order = "big" if magic & 1 else "little"
    before = _sum(content[: _HEADER.size - 8], (0, 0), order)
    if magic | 1 != _MAGIC | 1 or before != (first, second):
        return f"the beginning of {path.name} beside it is not as it was written"
    size = _FRAME.size + page
    frames = range(_HEADER.size, len(content) - size + 1, size)
    broken, commits = 0, 0
    for number, at in enumerate(frames, 1):
        _, commit, *own, first, second = _FRAME.unpack_from(content, at)
        if not broken:
            before = _sum(content[at : at + 8], before, order)
            before = _sum(content[at + _FRAME.size : at + size], before, order)
            if own == salts and before == (first, second):
                continue
            broken = number
        # What was there before this log began has other salts, both of them.
        salts_alike = (own[0] == salts[0]) + (own[1] == salts[1])
        if salts_alike == 1 or (salts_alike and commits):
            return (
                f"frame {broken} of {path.name} beside it is not as it was written, and more "
                "was written behind it"
            )
        commits += bool(salts_alike and commit)
    return None


def _sum(content: bytes, before: Sum, order: str) -> Sum:
    """The checksum of SQLite, which goes on from frame to frame."""
    words = array("I", content)
    if order != byteorder:
        words.byteswap()
    first, second = before
    halves = iter(words)
    for even, odd in zip(halves, halves, strict=True):
        first = (first + even + second) & _MASK
        second = (second + odd + first) & _MASK
    return first, second
