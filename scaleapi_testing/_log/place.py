"""Which store a place of state means: the address of a database, or a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .command import StateError
from .postgres_log import PostgresLog
from .postgres_place import SCHEMES
from .sqlite_log import SqliteLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from .command import LogStore


def log_at(where: str, real_ms: Callable[[], int]) -> LogStore:
    """The log at a place, not opened yet.

    Args:
        where: ``postgresql://...``, or the path of a file.
        real_ms: real time, in ms since 1970; a database has a clock of its own.

    Raises:
        StateError: it is neither, or the address cannot be read.
    """
    scheme, is_address, _ = where.partition("://")
    if is_address and scheme in SCHEMES:
        return PostgresLog(where)
    if is_address:
        # The rest may hold a password.
        raise StateError(
            f"no state can be kept at {scheme:.40}://...; give a file or a postgresql:// address"
        )
    if not where.strip() or "\0" in where:
        raise StateError(f"no file is named {where!r:.40}; give one, such as fake.db")
    return SqliteLog(where, real_ms)
