"""The log in PostgreSQL: any number of servers append to it, and are one fake."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from .._extras import lack_of_extra
from .command import Behind, Checkpoint, Command, LogUnavailable, OlderTerm, StateError
from .postgres_place import place_of
from .postgres_tables import LOCKS, lock_of
from .versions import as_text, refuse_other

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from psycopg import Connection

    from .command import Pending
    from .postgres_connections import Own, Pool
    from .postgres_watch import Watch

PAUSE_S: Final = 0.2

SILENCE_S: Final = 15.0
"""How long whoever has the lead may ask for nothing before another one may take it."""

_SLICE: Final = 5_000
"""Commands removed in one transaction."""


# The lock of a process that is alive but does nothing (stopped, or out of memory) would be held
# for ever: its connection is broken off. What it appends later has an older term.
_END_SILENT_LEAD: Final = """
SELECT pg_terminate_backend(holder.pid) FROM pg_locks JOIN pg_stat_activity holder USING (pid)
  WHERE locktype = 'advisory' AND granted AND classid::int8 = %s AND objid::int8 = %s & 4294967295
    AND holder.datname = current_database()
    AND holder.state_change < clock_timestamp() - make_interval(secs => %s)
"""


class PostgresLog:
    """A :class:`LogStore` in a schema of its own.

    Args:
        address: ``postgresql://...``; ``?schema=`` names the schema.

    Raises:
        StateError: the address cannot be read.
    """

    def __init__(self, address: str) -> None:
        self._place = place_of(address)
        self._version = ""
        # Made when it is opened: psycopg is looked for only then.
        self._pool: Pool
        self._listener: Own
        self._leader: Own
        self._long_s = 0.0
        self._all: tuple[Own | Pool | Watch, ...] = ()
        self._led: tuple[Connection[Any], int] | None = None

    def open(self, version: Mapping[str, str]) -> None:
        """See :class:`LogStore`."""
        try:
            from . import postgres_connections, postgres_watch
        except ImportError:
            raise StateError(lack_of_extra("state in PostgreSQL", "postgres", "psycopg")) from None
        self._version = as_text(version)
        head = postgres_connections.opened(self._place)
        # With nothing but a checkpoint any version may go on: its bytes do not have to come out the
        # same.
        if head.n > head.checkpointed:
            refuse_other(self._place.named, head.wrote, self._version)
        watch = postgres_watch.Watch()
        self._pool = postgres_connections.Pool(self._place, watch)
        self._listener = postgres_connections.Own(self._place, watch, listens=True)
        self._leader = postgres_connections.Own(self._place, watch)
        self._long_s = postgres_connections.ANSWERS_LONG_S
        self._all = (self._leader, self._listener, self._pool, watch)

    def append(
        self, pending: Sequence[Pending], *, term: int | None = None, after: int | None = None
    ) -> list[Command]:
        """See :class:`LogStore`."""
        with self._pool.connection() as connection:
            runs = list(_runs(pending))
            if len(runs) == 1:
                commands = self._append_run(connection, runs[0], term, after)
            else:
                commands = []
                with connection.transaction():
                    for run in runs:
                        appended = self._append_run(connection, run, term, after)
                        if not appended:  # only ever the first: it locked the others out
                            break
                        commands += appended
                        after = None  # what follows is after the command before it anyway
            if commands:
                return commands
            head = connection.execute("SELECT n, term, wrote, checkpointed FROM head").fetchone()
        n, lead, wrote, checkpointed = head or (0, 0, "", 0)
        # No error: another command came first, and the caller asked to be told.
        if after not in {None, n}:
            return []
        if n > checkpointed:
            refuse_other(self._place.named, wrote, self._version)
        raise OlderTerm(f"{self._place.named}: the lead has term {lead}, not {term}")

    def read(self, after: int, most: int) -> list[Command]:
        """See :class:`LogStore`."""
        with self._pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            # With the head in one statement: both are of one moment.
            rows = cursor.execute(
                "SELECT head.n, checkpointed, wrote, l.n, world, at_ms, kind, body FROM head"
                " LEFT JOIN LATERAL"
                " (SELECT * FROM log WHERE n > %s ORDER BY n LIMIT %s) l ON true ORDER BY l.n",
                (after, most),
            ).fetchall()
        last, checkpointed, wrote = rows[0][:3] if rows else (0, 0, "")
        log_name = self._place.named
        # Asked first: rows that are missing because of a checkpoint are no damage.
        if after < checkpointed:
            raise Behind(f"{log_name}: command {after + 1} was removed by a checkpoint")
        if after > last:
            raise StateError(
                f"{log_name} has gone back: it ends at command {last}, and this server knew "
                f"{after}; start the server anew"
            )
        if last > checkpointed:
            refuse_other(log_name, wrote, self._version)
        commands = [Command(*row[3:]) for row in rows if row[3] is not None]
        # Numbers have no gaps: one that is missing was removed by somebody else.
        expected = range(after + 1, min(last, after + most) + 1)
        if [command.n for command in commands] != list(expected):
            raise StateError(f"{log_name} is damaged: commands after {after} are missing")
        return commands

    def last(self) -> int:
        """See :class:`LogStore`."""
        with self._pool.connection() as connection:
            return _last(connection)

    def wait(self, after: int, timeout_s: float) -> int:
        """See :class:`LogStore`."""
        ends = time.monotonic() + timeout_s
        try:
            # Its own connection, since a pooled one would have to listen anew for each wait.
            with self._listener.connection() as connection:
                # What was written before it listened, or while it was away, is seen here.
                last = _last(connection)
                while last <= after and (remaining_s := ends - time.monotonic()) > 0:
                    for notified in connection.notifies(timeout=remaining_s, stop_after=1):
                        last = max(last, int(notified.payload))
                return last
        except LogUnavailable:
            time.sleep(min(timeout_s, PAUSE_S))  # whoever waits in a loop must not spin
            raise

    def times(self) -> dict[str, int]:
        """See :class:`LogStore`."""
        with self._pool.connection() as connection:
            return dict(
                connection.execute("SELECT name, at_ms(world, real_ms()) FROM world").fetchall()
            )

    def lead(self) -> int | None:
        """See :class:`LogStore`."""
        with self._leader.connection() as connection:
            # The same connection still: the lock lives as long as it does.
            if self._led is not None and self._led[0] is connection:
                connection.execute(
                    "SELECT"
                )  # raises where the connection, and so the lead, is lost
                return self._led[1]
            # A new connection has no lock, whatever was led by the old one.
            self._led = None
            locked = connection.execute(
                "SELECT pg_try_advisory_lock(%s, %s)", (LOCKS, lock_of(self._place.schema))
            ).fetchone()
            if locked is None or not locked[0]:
                connection.execute(
                    _END_SILENT_LEAD, (LOCKS, lock_of(self._place.schema), SILENCE_S)
                )
                return None
            # A new term for each lead: what the one before still appends is refused.
            row = connection.execute("UPDATE head SET term = term + 1 RETURNING term").fetchone()
            term = 0 if row is None else int(row[0])
            self._led = connection, term
            return term

    def save_checkpoint(self, n: int, rows: Iterable[bytes], *, term: int | None = None) -> None:
        """See :class:`LogStore`."""
        with self._pool.connection(self._long_s) as connection:
            # What another server left of one that it could not end. If it is still at it, it fails.
            _remove_checkpoints(connection, None)
            row = connection.execute(
                "INSERT INTO checkpoint (n) VALUES (%s) RETURNING id", (n,)
            ).fetchone()
        id = 0 if row is None else int(row[0])
        count = 0
        for body in rows:
            # Each row for itself: a transaction over all of them would hold back whoever cleans up.
            with self._pool.connection(self._long_s) as connection:
                connection.execute(
                    "INSERT INTO checkpoint_row VALUES (%s, %s, %b)", (id, count, body)
                )
            count += 1
        with self._pool.connection(self._long_s) as connection:
            with connection.transaction():
                # In one step with the count: a checkpoint is valid with all of its rows or not at
                # all.
                valid = connection.execute(
                    "UPDATE head SET checkpoint = %s, checkpointed = %s"
                    " WHERE n >= %s AND checkpointed <= %s AND (n = checkpointed OR wrote = %s)"
                    " AND (%s::bigint IS NULL OR term = %s)",
                    (id, n, n, n, self._version, term, term),
                ).rowcount
                if valid:
                    connection.execute("UPDATE checkpoint SET rows = %s WHERE id = %s", (count, id))
            if not valid:
                raise OlderTerm(
                    f"{self._place.named}: another server has the lead, and saves the checkpoints"
                )
            while connection.execute(
                # In slices, so that appends are never held up for long.
                "DELETE FROM log WHERE n IN (SELECT n FROM log WHERE n <= %s ORDER BY n LIMIT %s)",
                (n, _SLICE),
            ).rowcount:
                pass
            _remove_checkpoints(connection, id)

    def checkpoint(self) -> Checkpoint | None:
        """See :class:`LogStore`."""
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT id, checkpoint.n, rows FROM checkpoint JOIN head ON checkpoint = id"
            ).fetchone()
        return None if row is None else Checkpoint(row[1], self._rows(row[0], row[2]))

    def close(self) -> None:
        """See :class:`LogStore`."""
        for connections in self._all:
            connections.close()

    def _append_run(
        self, connection: Connection[Any], run: list[Pending], term: int | None, after: int | None
    ) -> list[Command]:
        """Append commands of which, if there are several, none changes how time runs."""
        base = run[0].base
        row = connection.execute(
            "SELECT before, names, times FROM"
            " append(%s, %s, %s, %s, %s, %b, %s::float8, %s::bigint, %s)",
            (
                self._version,
                term,
                after,
                [item.world for item in run],
                [item.kind for item in run],
                [item.body for item in run],
                None if base is None else base.speed,
                None if base is None else base.start_ms,
                run[0].ends,
            ),
        ).fetchone()
        if row is None or row[0] is None:
            return []
        # The time of the world, taken by the database as the command was appended.
        times: dict[str, int] = dict(zip(row[1] or (), row[2] or (), strict=True))
        return [
            Command(number, item.world, times.get(item.world, 0), item.kind, item.body)
            for number, item in enumerate(run, row[0] + 1)
        ]

    def _rows(self, id: int, count: int) -> Iterator[bytes]:
        with self._pool.connection(self._long_s) as connection, connection.transaction():
            # One view of it all: a newer checkpoint may remove these rows meanwhile.
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            # What is read is made into worlds before the next row is asked for.
            connection.execute("SET LOCAL idle_in_transaction_session_timeout = '60s'")
            cursor = connection.cursor(binary=True)
            for number in range(count):
                row = cursor.execute(
                    "SELECT body FROM checkpoint_row WHERE id = %s AND seq = %s", (id, number)
                ).fetchone()
                if row is None:
                    raise Behind(f"{self._place.named}: a newer checkpoint replaced this one")
                yield row[0]


def _runs(pending: Sequence[Pending]) -> Iterator[list[Pending]]:
    """Commands that can be appended by one statement: whatever changes a world's time is alone."""
    run: list[Pending] = []
    for item in pending:
        if item.base is None and not item.ends:
            run.append(item)
            continue
        if run:
            yield run
        yield [item]
        run = []
    if run:
        yield run


def _last(connection: Connection[Any]) -> int:
    row = connection.execute("SELECT n FROM head").fetchone()
    return 0 if row is None else int(row[0])


def _remove_checkpoints(connection: Connection[Any], below: int | None) -> None:
    """Remove those before ``below``, or those that were never whole.

    Row by row, for a row is large, and others want the database too.
    """
    ids = [
        row[0]
        for row in connection.execute(
            "SELECT id FROM checkpoint WHERE CASE WHEN %s::bigint IS NULL THEN rows IS NULL"
            " ELSE id < %s END",
            (below, below),
        ).fetchall()
    ]
    while connection.execute(
        "DELETE FROM checkpoint_row WHERE (id, seq) IN"
        " (SELECT id, seq FROM checkpoint_row WHERE id = ANY(%s) LIMIT 1)",
        (ids,),
    ).rowcount:
        pass
    connection.execute("DELETE FROM checkpoint WHERE id = ANY(%s)", (ids,))
