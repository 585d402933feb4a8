"""Whether a file may be opened as a log at all: asked before SQLite may change a byte of it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from .command import StateError

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION_ID: Final = 0x5343414C
"""``SCAL``: what SQLite keeps for programs to know their own files by."""

FORMAT: Final = 1
"""The tables, see ``sqlite_log.py``; a file with a higher number is of a newer version."""

_MAGIC: Final = b"SQLite format 3\0"
_HEADER_BYTES: Final = 100  # documented: sqlite.org/fileformat.html, 1.3
_ANEW: Final = "give another file, or move this one away to start anew"


class LockedFile:
    """A file that nobody else serves from: the lock is the operating system's, and dies with us.

    Args:
        path: the file; made empty where there is none.

    Attributes:
        made: whether it was made here.
        is_empty: whether it has to be filled with tables.

    Raises:
        StateError: it cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            _refuse_places(path)
            self.made = not path.exists()
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StateError(_why_not_open(path, error)) from None
        try:
            self._lock()
            self.is_empty = self._look()
        except StateError:
            self.close()
            raise

    def close(self) -> None:
        """Let others have it."""
        os.close(self._descriptor)

    def forget(self) -> None:
        """Close it, and leave no empty file where none was."""
        if self.made:
            with suppress(OSError):
                self._path.unlink()
        self.close()

    def _lock(self) -> None:
        # Not SQLite's own lock alone: that one is lost as soon as anything in this process closes
        # the file, which is how POSIX locks are.
        try:
            import fcntl
        except ImportError:  # Windows: SQLite's lock has to do
            return
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StateError(in_use(self._path)) from None

    def _look(self) -> bool:
        """Whether it is empty; what stands in the file itself, which tells whose it is.

        Raises:
            StateError: it is somebody else's, newer, or damaged.
        """
        path = self._path
        header = os.pread(self._descriptor, _HEADER_BYTES, 0) if hasattr(os, "pread") else b""
        if not header:
            log = beside(path, "-wal")
            if log.exists() and log.stat().st_size:
                raise StateError(damaged(path, f"it is empty, but {log.name} beside it is not"))
            return True
        if not header.startswith(_MAGIC):
            raise StateError(f"{path} is no SQLite file, so no state was saved there; {_ANEW}")
        if len(header) < _HEADER_BYTES:
            raise StateError(damaged(path, f"it ends after {len(header)} bytes"))
        if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
            raise StateError(f"{path} is the SQLite file of another program; {_ANEW}")
        number = int.from_bytes(header[60:64], "big")
        if number > FORMAT:
            raise StateError(
                f"{path} was written by a newer version of scaleapi-testing (format {number}, this "
                f"one knows {FORMAT}); install that version"
            )
        size = os.fstat(self._descriptor).st_size
        full_size = int.from_bytes(header[28:32], "big") * int.from_bytes(header[16:18], "big")
        # What is beside the file, if anything, may hold its last pages.
        if size < full_size and not beside(path, "-wal").exists():
            raise StateError(damaged(path, f"it ends after {size:,} of {full_size:,} bytes"))
        return False


def beside(path: Path, suffix: str) -> Path:
    """The file that SQLite keeps next to its own."""
    return path.with_name(path.name + suffix)


def damaged(path: Path, how: str) -> str:
    """What is said of a file that was ours once."""
    return (
        f"{path} is damaged: {how}; it was left as it is: put a copy in its place, or move it away "
        "to start anew"
    )


def in_use(path: Path) -> str:
    """What is said of a file that is locked."""
    return (
        f"{path} is in use by another process; end that one, or give this server a file of its own "
        "(several servers share a postgresql:// address)"
    )


def _refuse_places(path: Path) -> None:
    folder = path.parent
    if path.is_dir():
        raise StateError(f"{path} is a folder; name a file in it, such as {path / 'fake.db'}")
    if not folder.exists():
        raise StateError(f"{path}: there is no folder {folder}; make it first")
    if not folder.is_dir():
        raise StateError(f"{path}: {folder} is no folder; name a file in one")
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        raise StateError(f"{path} is no file that can be read again (a device or a pipe); {_ANEW}")
    if not os.access(folder, os.W_OK) and (not path.exists() or os.access(path, os.W_OK)):
        raise StateError(
            f"{path}: its folder {folder} cannot be written, and SQLite keeps a second file beside "
            "the first; let the user that serves write there"
        )


def _why_not_open(path: Path, error: OSError) -> str:
    if isinstance(error, PermissionError) or "Read-only" in (error.strerror or ""):
        return f"{path} cannot be written ({error.strerror}); let the user that serves write it"
    return f"{path} cannot be opened: {error.strerror}"
