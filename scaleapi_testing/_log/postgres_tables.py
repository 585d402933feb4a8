"""The tables of a log in PostgreSQL, and how they are made and brought up to this version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, LiteralString
from zlib import crc32

from .command import StateError

if TYPE_CHECKING:
    from psycopg import Connection

LOCKS: Final = 0x5343414C
"""``SCAL``: the class of the advisory locks, of which each schema has its own: the lead's."""

MAKING: Final = LOCKS + 1
"""The class of those under which tables are made, which no lead holds."""

_MADE: Final = """
CREATE TABLE head (  -- one row: whoever changes it has the next place in the log
  n bigint NOT NULL DEFAULT 0,
  term bigint NOT NULL DEFAULT 0,
  wrote text NOT NULL DEFAULT '',
  checkpoint bigint,
  checkpointed bigint NOT NULL DEFAULT 0
);
CREATE TABLE log (
  n bigint PRIMARY KEY,
  world text NOT NULL,
  at_ms bigint NOT NULL,
  kind text NOT NULL,
  body bytea NOT NULL
);
CREATE TABLE world (
  name text PRIMARY KEY,
  real_ms bigint NOT NULL,
  start_ms bigint NOT NULL,
  speed float8 NOT NULL,
  last_ms bigint NOT NULL
);
CREATE TABLE checkpoint (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  n bigint NOT NULL,
  rows int  -- there when the last row is
);
CREATE TABLE checkpoint_row (
  id bigint NOT NULL REFERENCES checkpoint ON DELETE CASCADE,
  seq int NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (id, seq)
);
-- Both are compact already.
ALTER TABLE log ALTER body SET STORAGE EXTERNAL;
ALTER TABLE checkpoint_row ALTER body SET STORAGE EXTERNAL;
INSERT INTO head DEFAULT VALUES;
"""

# The row of `head` is locked first: number and time are taken by one server after the other, in
# the order in which their transactions commit. A sequence would give no such order.
_APPENDING: Final = """
CREATE FUNCTION real_ms() RETURNS bigint LANGUAGE sql VOLATILE
  AS 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

CREATE FUNCTION at_ms(world, now_ms bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
  'SELECT greatest($1.last_ms, $1.start_ms + floor(($2 - $1.real_ms) * $1.speed)::bigint)';

CREATE FUNCTION append(
  ours text, my_term bigint, only_after bigint, worlds text[], kinds text[], bodies bytea[],
  new_speed float8, new_start bigint, it_ends boolean,
  OUT before bigint, OUT names text[], OUT times bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
  now_ms bigint;
BEGIN
  UPDATE head SET n = n + cardinality(bodies), wrote = ours
    WHERE (wrote = ours OR n = checkpointed)
      AND (my_term IS NULL OR term = my_term)
      AND (only_after IS NULL OR n = only_after)
    RETURNING n - cardinality(bodies) INTO before;
  IF before IS NULL THEN RETURN; END IF;
  now_ms := real_ms();
  IF new_start IS NOT NULL THEN
    INSERT INTO world VALUES (worlds[1], now_ms, new_start, new_speed, new_start)
      ON CONFLICT DO NOTHING;
  END IF;
  WITH moved AS (
    UPDATE world SET last_ms = at_ms(world, now_ms) WHERE name = ANY(worlds)
      RETURNING name, last_ms
  ) SELECT array_agg(name), array_agg(last_ms) INTO names, times FROM moved;
  INSERT INTO log SELECT before + item.place, item.world,
      coalesce(times[array_position(names, item.world)], 0), item.kind, item.body
    FROM unnest(worlds, kinds, bodies) WITH ORDINALITY item(world, kind, body, place);
  IF new_speed IS NOT NULL AND new_start IS NULL THEN
    UPDATE world SET real_ms = now_ms, start_ms = last_ms, speed = new_speed
      WHERE name = worlds[1];
  END IF;
  IF it_ends THEN DELETE FROM world WHERE name = worlds[1]; END IF;
  PERFORM pg_notify(current_schema(), (before + cardinality(bodies))::text);
END $$;
"""

STEPS: Final[tuple[LiteralString, ...]] = (_MADE, _APPENDING)
"""What brings the tables from one format to the next; only ever added to."""

FORMAT: Final = len(STEPS)


def lock_of(schema: str) -> int:
    """The number of a schema's advisory lock: 32 bits with a sign, as PostgreSQL wants it."""
    number = crc32(schema.encode())
    return number - (1 << 32) if number >= 1 << 31 else number


def migrate(connection: Connection[Any], schema: str, log_name: str) -> None:
    """Make the tables, or bring them to this format; one server at a time, all or nothing.

    Args:
        connection: whose search path is the schema alone.
        schema: where they are.
        log_name: the place, as it is shown.

    Raises:
        StateError: they are newer, another program's, or cannot be changed.
    """
    if _format(connection, schema) == FORMAT:
        return
    with connection.transaction():
        # Another server may be making them, on a slow disk.
        connection.execute("SET LOCAL lock_timeout = '60s'")
        connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", (MAKING, lock_of(schema)))
        current_format = _format(connection, schema)
        if current_format > FORMAT:
            raise StateError(
                f"{log_name} was written by a newer version of scaleapi-testing (format "
                f"{current_format}, this one knows {FORMAT}); install that version"
            )
        if current_format == FORMAT:
            return
        writable = connection.execute("SHOW transaction_read_only").fetchone()
        if writable is None or writable[0] != "off":
            raise StateError(f"{log_name} is read-only; name a server that can be written")
        _make_schema(connection, schema, log_name, current_format)
        for step in STEPS[current_format:]:
            connection.execute(step)
        connection.execute("UPDATE format SET number = %s", (FORMAT,))


def _format(connection: Connection[Any], schema: str) -> int:
    # Not by to_regclass: it may remember that the schema was not there, a moment ago.
    there = connection.execute(
        "SELECT FROM pg_class JOIN pg_namespace schema ON schema.oid = relnamespace"
        " WHERE nspname = %s AND relname = 'format'",
        (schema,),
    ).fetchone()
    if there is None:
        return 0
    row = connection.execute("SELECT number FROM format").fetchone()
    return 0 if row is None else int(row[0])


def _make_schema(
    connection: Connection[Any], schema: str, log_name: str, current_format: int
) -> None:
    from psycopg.sql import SQL, Identifier

    if current_format:
        return
    schema_row = connection.execute("SELECT to_regnamespace(%s)", (f'"{schema}"',)).fetchone()
    if schema_row is None or schema_row[0] is None:
        connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
    foreign_table = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s)::oid"
        " AND relkind IN ('r', 'v', 'p', 'm') ORDER BY relname LIMIT 1",
        (f'"{schema}"',),
    ).fetchone()
    if foreign_table is not None:
        raise StateError(
            f"{log_name}: the schema holds tables of another program ({foreign_table[0]}); name "
            "another by ?schema="
        )
    connection.execute("CREATE TABLE format AS SELECT 0 AS number")
