"""Where the traceback of a refusal ends: at the user's line, not inside the fake or a client."""

from __future__ import annotations

import linecache
import os
import sys
import sysconfig
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

_HERE: Final = f"{Path(__file__).parent}{os.sep}"
_LIBRARIES: Final = tuple(
    f"{path}{os.sep}"
    for path in {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}
)


def end_at_the_users_line(error: BaseException) -> bool:
    """Cut our frames, and those of libraries between, where we refuse something by ``raise``.

    The message says it all then: what the library below us raised is cut from the chain as well.
    Any other end is a fault of ours, or of what the test gave us, and every frame may be needed.

    Returns:
        Whether anything was cut.
    """
    homes = _homes()
    has_cut = False
    for link in list(_chain(error)):
        trace = link.__traceback__
        if trace is None or not _ends_in_our_raise(trace, homes):
            continue
        _cut(trace, homes)
        has_cut = True
        below = link.__cause__ or link.__context__
        if below is not None and not any(_is_the_users(e, homes) for e in _entries(below)):
            link.__cause__ = None
            link.__suppress_context__ = True
    return has_cut


def has_no_line_of_the_user(error: BaseException) -> bool:
    """Whether one of our errors came by no code of the user's, as from a cleanup of unittest.

    Frames then show pytest and unittest alone, and the sentence is all there is to read.
    """
    return type(error).__module__ == __package__ and not users_frames(error)


def users_frames(error: BaseException) -> list[TracebackType]:
    """The entries of a traceback that are the user's own code, innermost last."""
    homes = _homes()
    return [entry for entry in _entries(error) if _is_the_users(entry, homes)]


def _homes() -> tuple[str, ...]:
    """The folders of the fake and of the client in use, whichever that is."""
    client = getattr(sys.modules.get("scaleapi"), "__file__", None)
    return (_HERE, *([f"{Path(client).parent}{os.sep}"] if client else []))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _entries(error: BaseException) -> Iterator[TracebackType]:
    entry = error.__traceback__
    while entry is not None:
        yield entry
        entry = entry.tb_next


def _ends_in_our_raise(trace: TracebackType, homes: tuple[str, ...]) -> bool:
    while trace.tb_next is not None:
        trace = trace.tb_next
    file = trace.tb_frame.f_code.co_filename
    line = linecache.getline(file, trace.tb_lineno)
    return file.startswith(homes) and line.lstrip().startswith("raise")


def _cut(trace: TracebackType, homes: tuple[str, ...]) -> None:
    entries = [trace]
    while entries[-1].tb_next is not None:
        entries.append(entries[-1].tb_next)
    last = max((n for n, e in enumerate(entries) if _is_the_users(e, homes)), default=len(entries))
    theirs = [entry for entry in entries[: last + 1] if not _file(entry).startswith(homes)]
    for entry, following in pairwise([*theirs, None]):
        if entry is not None:
            entry.tb_next = following


def _is_the_users(entry: TracebackType, homes: tuple[str, ...]) -> bool:
    file = _file(entry)
    return not (
        file.startswith(("<", *homes, *_LIBRARIES)) or f"{os.sep}site-packages{os.sep}" in file
    )


def _file(entry: TracebackType) -> str:
    return entry.tb_frame.f_code.co_filename
