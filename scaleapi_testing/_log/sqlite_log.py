"""The log in a file: SQLite, for one server, durable when a command is answered."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote

from .command import Behind, Checkpoint, Command, LogUnavailable, OlderTerm, StateError
from .sqlite_file import APPLICATION_ID, FORMAT, LockedFile, beside, damaged, in_use
from .sums import sum_of
from .times import WorldTime, based
from .versions import as_text, refuse_other
from .wal import damage_of

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from .command import Pending

TERM: Final = 1
"""One server has the file, so it has the lead, and no other term can come."""

PATIENCE_S: Final = 2.0
"""How long another program may lock the file, e.g. to copy it."""

_TABLES: Final = f"""
BEGIN EXCLUSIVE;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {FORMAT};
CREATE TABLE log (
  n INTEGER PRIMARY KEY,
  world TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body BLOB NOT NULL,
  sum INTEGER NOT NULL
);
CREATE TABLE world (
  name TEXT PRIMARY KEY,
  real_ms INTEGER NOT NULL,
  start_ms INTEGER NOT NULL,
  speed REAL NOT NULL,
  last_ms INTEGER NOT NULL,
  sum INTEGER NOT NULL
);
CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY,
  n INTEGER NOT NULL,
  rows INTEGER,  -- this and the sum are there when the last row is
  sum INTEGER
);
CREATE TABLE checkpoint_row (
  id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  body BLOB NOT NULL,
  sum INTEGER NOT NULL,
  PRIMARY KEY (id, seq)
);
CREATE TABLE version (wrote TEXT NOT NULL);
INSERT INTO version VALUES ('');
COMMIT;
"""  # noqa: S608 - numbers of ours alone

_SLICE: Final = 2_000
"""Commands removed in one transaction: others wait no longer for the file than for a row."""


class SqliteLog:
    """A :class:`LogStore` in one file, in WAL mode, every commit forced to the disk.

    Args:
        path: the file; made where there is none. An empty one is a new one.
        real_ms: real time, in ms since 1970.
    """

    def __init__(self, path: str | os.PathLike[str], real_ms: Callable[[], int]) -> None:
        self.path = Path(path)
        self._real_ms = real_ms
        self._lock = threading.Lock()
        self._grown = threading.Condition(self._lock)
        self._file: LockedFile | None = None
        self._connection: sqlite3.Connection | None = None
        self._worlds: dict[str, WorldTime] = {}
        self._last = 0
        self._checkpointed = 0
        self._version = ""

    def open(self, version: Mapping[str, str]) -> None:
        """See :class:`LogStore`."""
        self._version = as_text(version)
        file = LockedFile(self.path)
        try:
            # After a clean end there is none, and nothing is written before the first command.
            wal = beside(self.path, "-wal")
            if wal.exists() and not file.is_empty:
                self._refuse_damage(wal)
                self._verify()
            self._connect("rw")
        except BaseException:
            self._disconnect()
            file.forget()
            raise
        self._file = file

    def append(
        self, pending: Sequence[Pending], *, term: int | None = None, after: int | None = None
    ) -> list[Command]:
        """See :class:`LogStore`."""
        if term not in {None, TERM}:
            raise OlderTerm(f"{self.path}: the lead has term {TERM}, not {term}")
        with self._lock:
            if after is not None and after != self._last:
                return []
            real_ms = self._real_ms()
            worlds = dict(self._worlds)
            changed: set[str] = set()
            commands: list[Command] = []
            for number, item in enumerate(pending, self._last + 1):
                commands.append(_placed(item, number, worlds, real_ms, changed))
            with self._transaction() as connection:
                connection.executemany(
                    "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)",
                    [(c.n, c.world, c.at_ms, c.kind, c.body, _sum_of(c)) for c in commands],
                )
                _write_worlds(connection, {name: worlds.get(name) for name in changed})
                if self._last == self._checkpointed:
                    connection.execute("UPDATE version SET wrote = ?", (self._version,))
            self._worlds = worlds
            self._last = commands[-1].n if commands else self._last
            self._grown.notify_all()
            return commands

    def read(self, after: int, most: int) -> list[Command]:
        """See :class:`LogStore`."""
        with self._lock, self._failures() as connection:
            rows = connection.execute(
                "SELECT n, world, at_ms, kind, body, sum FROM log WHERE n > ? ORDER BY n LIMIT ?",
                (after, most),
            ).fetchall()
            last, checkpointed = self._last, self._checkpointed
        if after < checkpointed:
            raise Behind(f"{self.path}: command {after + 1} was removed by a checkpoint")
        return list(self._checked(rows, after, min(last, after + most)))

    def last(self) -> int:
        """See :class:`LogStore`."""
        return self._last

    def wait(self, after: int, timeout_s: float) -> int:
        """See :class:`LogStore`."""
        with self._grown:
            self._grown.wait_for(lambda: self._last > after, timeout_s)
            return self._last

    def times(self) -> dict[str, int]:
        """See :class:`LogStore`."""
        real_ms = self._real_ms()
        return {name: world.at(real_ms) for name, world in self._worlds.copy().items()}

    def lead(self) -> int | None:
        """See :class:`LogStore`."""
        return TERM

    def save_checkpoint(self, n: int, rows: Iterable[bytes], *, term: int | None = None) -> None:
        """See :class:`LogStore`."""
        if term not in {None, TERM}:
            raise OlderTerm(f"{self.path}: the lead has term {TERM}, not {term}")
        with self._lock, self._transaction() as connection:
            # What a crash left of an earlier one goes first.
            connection.execute(
                "DELETE FROM checkpoint_row WHERE id IN (SELECT id FROM checkpoint WHERE rows IS"
                " NULL)"
            )
            connection.execute("DELETE FROM checkpoint WHERE rows IS NULL")
            id = connection.execute(
                "INSERT INTO checkpoint (id, n) SELECT coalesce(max(id), 0) + 1, ? FROM checkpoint",
                (n,),
            ).lastrowid
        count = 0
        for body in rows:
            with self._lock, self._transaction() as connection:
                connection.execute(
                    "INSERT INTO checkpoint_row VALUES (?, ?, ?, ?)",
                    (id, count, body, sum_of(id, count, body)),
                )
            count += 1
        with self._lock, self._transaction() as connection:
            # The times that commands got stand in the log, which is removed now.
            _write_worlds(connection, self._worlds)
            connection.execute(
                "UPDATE checkpoint SET rows = ?, sum = ? WHERE id = ?",
                (count, sum_of(id, n, count), id),
            )
            self._checkpointed = n
        self._remove(n, id or 0)

    def checkpoint(self) -> Checkpoint | None:
        """See :class:`LogStore`."""
        with self._lock, self._failures() as connection:
            newest = _newest_checkpoint(connection)
        if newest is None:
            return None
        id, n, count, total = newest
        if total != sum_of(id, n, count):
            raise StateError(damaged(self.path, "its newest checkpoint does not match its sum"))
        return Checkpoint(n, self._rows(id, count))

    def close(self) -> None:
        """See :class:`LogStore`."""
        with self._lock:
            self._disconnect()
            if self._file is not None:
                self._file.close()
                self._file = None

    def _rows(self, id: int, count: int) -> Iterator[bytes]:
        for number in range(count):
            with self._lock, self._failures() as connection:
                row = connection.execute(
                    "SELECT body, sum FROM checkpoint_row WHERE id = ? AND seq = ?", (id, number)
                ).fetchone()
            if row is None or row[1] != sum_of(id, number, row[0]):
                how = f"row {number + 1} of {count} of its checkpoint does not match its sum"
                raise StateError(damaged(self.path, how))
            yield row[0]

    def _checked(self, rows: list[Any], after: int, until: int) -> Iterator[Command]:
        """The commands of ``rows``, each the one that it should be.

        Raises:
            StateError: one is missing, or is not as it was written.
        """
        expected = after
        for *values, total in rows:
            expected += 1
            command = Command(*values)
            if command.n != expected or total != _sum_of(command):
                raise StateError(damaged(self.path, f"command {expected} is not as it was written"))
            yield command
        if expected < until:
            raise StateError(damaged(self.path, f"command {expected + 1} is missing"))

    def _refuse_damage(self, wal: Path) -> None:
        try:
            how = damage_of(wal)
        except OSError as error:
            raise StateError(f"{wal} cannot be read: {error.strerror}") from None
        if how is not None:
            raise StateError(damaged(self.path, how))

    def _verify(self) -> None:
        """Read all of it before it is opened for writing, which takes in what a crash left.

        SQLite keeps no sums of what it has in the file itself: where the file beside it lost its
        end, parts of both may be from different times.
        """
        index = beside(self.path, "-shm")
        had_index = index.exists()
        try:
            self._connect("ro")
            saved = self.checkpoint()
            if saved is not None:
                deque(saved.rows, maxlen=0)
            after = self._checkpointed
            while after < self._last:
                after = self.read(after, _SLICE)[-1].n
        finally:
            self._disconnect()
            if not had_index:
                with suppress(OSError):
                    index.unlink()

    def _connect(self, mode: Literal["ro", "rw"]) -> None:
        address = f"file:{quote(str(self.path.absolute()))}?mode={mode}"
        with self._failures_of():
            self._connection = connection = sqlite3.connect(
                address,
                uri=True,
                timeout=PATIENCE_S,
                isolation_level=None,
                check_same_thread=False,
            )
            if mode == "rw":
                connection.execute("PRAGMA locking_mode = EXCLUSIVE")
                if not connection.execute("PRAGMA page_count").fetchone()[0]:
                    # In one transaction of the old kind: then the header itself tells whose it is.
                    connection.executescript(_TABLES)
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN IMMEDIATE")  # locks it from here to the end
                connection.execute("ROLLBACK")
            self._load(connection)

    def _load(self, connection: sqlite3.Connection) -> None:
        newest = _newest_checkpoint(connection)
        self._checkpointed = 0 if newest is None else newest[1]
        last = connection.execute("SELECT max(n) FROM log").fetchone()[0]
        self._last = max(last or 0, self._checkpointed)
        wrote = connection.execute("SELECT wrote FROM version").fetchone()
        if wrote is None:
            raise StateError(damaged(self.path, "it does not say which version wrote it"))
        if self._last > self._checkpointed:
            refuse_other(str(self.path), wrote[0], self._version)
        worlds: dict[str, WorldTime] = {}
        for name, *values, total in connection.execute("SELECT * FROM world"):
            if total != sum_of(name, *values):
                raise StateError(damaged(self.path, f"the time of world {name} is not as written"))
            worlds[name] = WorldTime(*values)
        latest = connection.execute(
            "SELECT world, max(at_ms) FROM log WHERE n > ? GROUP BY world", (self._checkpointed,)
        )
        for name, at_ms in latest:
            if name in worlds:
                worlds[name] = worlds[name].after(at_ms)
        self._worlds = worlds

    def _disconnect(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _remove(self, n: int, id: int) -> None:
        """Remove what checkpoint ``id`` after command ``n`` makes needless."""
        self._remove_slices("log WHERE n IN (SELECT n FROM log WHERE n <= ? LIMIT ?)", n, _SLICE)
        older = "FROM checkpoint_row WHERE id < ? LIMIT ?"
        self._remove_slices(f"checkpoint_row WHERE rowid IN (SELECT rowid {older})", id, 1)
        self._remove_slices("checkpoint WHERE id < min(?, ?)", id, id)

    def _remove_slices(self, what: str, below: int, most: int) -> None:
        """Remove rows a few at a time, so that nobody waits for long."""
        removed = 1
        while removed:
            with self._lock, self._transaction() as connection:
                removed = connection.execute(f"DELETE FROM {what}", (below, most)).rowcount  # noqa: S608 - words of ours alone

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        with self._failures() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _failures(self) -> Generator[sqlite3.Connection]:
        if self._connection is None:
            raise LogUnavailable(f"{self.path} is closed")
        with self._failures_of():
            yield self._connection

    @contextmanager
    def _failures_of(self) -> Generator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise _unavailable(self.path, error) from None
        except (sqlite3.DatabaseError, TypeError, ValueError) as error:
            # The latter two: a value of a row has the wrong type.
            raise StateError(damaged(self.path, f"SQLite says {error}")) from None


def _placed(
    item: Pending, n: int, worlds: dict[str, WorldTime], real_ms: int, changed: set[str]
) -> Command:
    """The command that ``item`` becomes; ``worlds`` is brought up to it."""
    before = worlds.get(item.world)
    now = before if item.base is None else based(before, item.base, real_ms)
    at_ms = 0 if now is None else now.at(real_ms)
    if now is not None:
        worlds[item.world] = now.after(at_ms)
    if item.ends:
        worlds.pop(item.world, None)
    if item.ends or item.base is not None:
        changed.add(item.world)
    return Command(n, item.world, at_ms, item.kind, item.body)


def _sum_of(command: Command) -> int:
    return sum_of(command.n, command.world, command.at_ms, command.kind, command.body)


def _write_worlds(connection: sqlite3.Connection, worlds: Mapping[str, WorldTime | None]) -> None:
    for name, world in worlds.items():
        if world is None:
            connection.execute("DELETE FROM world WHERE name = ?", (name,))
            continue
        values = (name, world.real_ms, world.start_ms, world.speed, world.last_ms)
        connection.execute(
            "INSERT OR REPLACE INTO world VALUES (?, ?, ?, ?, ?, ?)", (*values, sum_of(*values))
        )


def _newest_checkpoint(connection: sqlite3.Connection) -> tuple[int, int, int, int] | None:
    """Number, command, rows and sum of it."""
    row: tuple[int, int, int, int] | None = connection.execute(
        "SELECT id, n, rows, sum FROM checkpoint WHERE rows IS NOT NULL ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return row


def _unavailable(path: Path, error: sqlite3.Error) -> StateError:
    name = error.sqlite_errorname
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return LogUnavailable(in_use(path))
    if name in {"SQLITE_FULL", "SQLITE_IOERR_WRITE"}:
        return LogUnavailable(
            f"{path} cannot be written: the disk is full; nothing was lost: free some space"
        )
    if name.startswith("SQLITE_READONLY"):
        return LogUnavailable(f"{path} cannot be written: it is read-only")
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_NOMEM")):
        return LogUnavailable(f"{path} cannot be used just now: {error} ({name})")
    return StateError(damaged(path, f"SQLite says {error}"))
