"""Connections to PostgreSQL that come back after it was away; needs the extra ``[postgres]``."""

from __future__ import annotations

import logging
import select
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import psycopg
from psycopg.sql import SQL, Identifier
from psycopg_pool import ConnectionPool

from .command import LogUnavailable, StateError
from .postgres_tables import migrate

if TYPE_CHECKING:
    from collections.abc import Generator

    from psycopg import Connection

    from .postgres_place import Place
    from .postgres_watch import Watch

POOL_SIZE: Final = 4

ANSWERS_S: Final = 8.0
"""Real seconds within which what a call asks for is answered, waiting for a lock included."""

ANSWERS_LONG_S: Final = 300.0
"""The same for what moves much: the rows of a checkpoint, and the log that it replaces."""

OWN_ANSWERS_S: Final = 5.0
"""The same for what says who has the lead, and what is new."""

PATIENCE_S: Final = 2.0
"""How long a call waits for a connection."""

IMPATIENCE_S: Final = 0.2
"""The same after one has waited in vain: the next ones are refused soon, until one succeeds."""


class Head(NamedTuple):
    """What is known of a log before it is read."""

    n: int
    checkpointed: int
    wrote: str


def opened(place: Place) -> Head:
    """Make or migrate the tables.

    Raises:
        StateError: they cannot be used.
    """
    try:
        with psycopg.connect(**place.parameters()) as connection:
            place.prepare(connection)
            migrate(connection, place.schema, place.named)
            row = connection.execute("SELECT n, checkpointed, wrote FROM head").fetchone()
    except psycopg.Error as error:
        raise place.refused(error) from None
    if row is None:
        raise StateError(f"{place.named} is damaged: its table head is empty")
    return Head(*row)


class Pool:
    """The connections of the calls.

    Args:
        place: where they lead.
        watch: breaks them off when no answer comes.
    """

    def __init__(self, place: Place, watch: Watch) -> None:
        self._place = place
        self._watch = watch
        self._patience_s = PATIENCE_S
        # Without it there is a line on stderr for each attempt: what is raised says the same.
        logging.getLogger("psycopg.pool").addHandler(logging.NullHandler())
        self._pool: ConnectionPool[Connection[Any]] = ConnectionPool(
            kwargs=place.parameters(),
            min_size=1,
            max_size=POOL_SIZE,
            open=True,
            configure=self._prepare,
            check=_refuse_broken,
            reconnect_timeout=0,  # whoever needs a connection next tries anew
        )

    def _prepare(self, connection: Connection[Any]) -> None:
        with self._watch.over(connection, OWN_ANSWERS_S):
            self._place.prepare(connection)

    @contextmanager
    def connection(self, answers_s: float = ANSWERS_S) -> Generator[Connection[Any]]:
        """One of them.

        Args:
            answers_s: real seconds after which it is broken off.

        Raises:
            LogUnavailable: there is none, or it broke.
            StateError: the tables are gone.
        """
        try:
            with self._pool.connection(timeout=self._patience_s) as connection:
                self._patience_s = PATIENCE_S
                with self._watch.over(connection, answers_s):
                    yield connection
        except psycopg.Error as error:
            self._patience_s = IMPATIENCE_S
            raise self._place.unavailable(error) from None

    def close(self) -> None:
        """End them all."""
        self._pool.close()


class Own:
    """A connection of its own, which stays the same until it breaks.

    Args:
        place: where it leads.
        watch: breaks it off when no answer comes.
        listens: whether it is told of what is appended.
    """

    def __init__(self, place: Place, watch: Watch, *, listens: bool = False) -> None:
        self._place = place
        self._watch = watch
        self._listens = listens
        self._connection: Connection[Any] | None = None
        self._is_closed = False

    @contextmanager
    def connection(self) -> Generator[Connection[Any]]:
        """The connection, a new one where the last one broke.

        Raises:
            LogUnavailable: there is none, or it broke.
            StateError: the tables are gone.
        """
        if self._is_closed:
            raise LogUnavailable(f"{self._place.named} is closed")
        try:
            if self._connection is None:
                self._connection = self._new()
            with self._watch.over(self._connection, OWN_ANSWERS_S):
                yield self._connection
        except psycopg.Error as error:
            self.drop()
            raise self._place.unavailable(error) from None

    def drop(self) -> None:
        """Let go of it; the next call makes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()

    def close(self) -> None:
        """End it."""
        self._is_closed = True
        self.drop()

    def _new(self) -> Connection[Any]:
        connection = psycopg.connect(**self._place.parameters())
        with self._watch.over(connection, OWN_ANSWERS_S):
            self._place.prepare(connection)
            if self._listens:
                connection.execute(SQL("LISTEN {}").format(Identifier(self._place.schema)))
        return connection


def _refuse_broken(connection: Connection[Any]) -> None:
    """Notice a connection that ended while nobody used it, before something is sent by it.

    Nothing is sent unasked but the end of the connection, and notices.
    """
    if not hasattr(select, "poll"):  # Windows
        ConnectionPool.check_connection(connection)
        return
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        ConnectionPool.check_connection(connection)
