"""Databases that cannot be used: one line says so, without the password."""

import pytest

from scaleapi_testing._log.command import LogUnavailable, StateError
from scaleapi_testing._log.postgres_log import PostgresLog

from . import postgres
from .conftest import VERSION, calls


def refusal(address):
    with pytest.raises(StateError) as refused:
        PostgresLog(address).open(VERSION)
    assert postgres.PASSWORD not in str(refused.value)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_nobody_listens_there():
    port = postgres.free_port()

    assert refusal(f"postgresql://scale:{postgres.PASSWORD}@127.0.0.1:{port}/fakes") == (
        f"postgresql://127.0.0.1:{port}/fakes cannot be reached (Connection refused); start it, or "
        "correct the address"
    )


@pytest.mark.parametrize("schema", ["", "Fakes", "1st", "a-b", "x" * 64])
def test_no_name_of_a_schema(schema):
    assert refusal(f"postgresql://127.0.0.1/fakes?schema={schema}") == (
        f"postgresql://127.0.0.1/fakes?schema={schema}: a schema is named by a-z, 0-9 and _, at "
        "most 63 of them, and no digit first"
    )


def test_an_option_that_is_none():
    assert refusal("postgresql://127.0.0.1/fakes?colour=red") == (
        "postgresql://127.0.0.1/fakes is no address of a database: invalid URI query parameter: "
        '"colour"'
    )


@pytest.mark.parametrize("who", [{"password": "wrong"}, {"user": "nobody"}])
def test_a_user_or_a_password_that_it_refuses(database, who):
    assert refusal(database.address(**who)) == (
        f"postgresql://127.0.0.1:{database.port}/postgres refuses the user or the password; give "
        "postgresql://USER:PASSWORD@..."
    )


def test_a_database_that_is_not_there(database):
    assert refusal(database.address("nowhere")) == (
        f"postgresql://127.0.0.1:{database.port}/nowhere: there is no such database; make it by "
        "createdb"
    )


def test_a_schema_of_a_newer_version(database, shared):
    shared.log()
    schema = shared.where.partition("schema=")[2]
    database.do(f"UPDATE {schema}.format SET number = 7")

    assert refusal(shared.where) == (
        f"{shared.shown} was written by a newer version of scaleapi-testing (format 7, this one "
        "knows 2); install that version"
    )


def test_a_schema_of_an_older_version_is_brought_up_to_this_one(database, shared, monkeypatch):
    tables = "scaleapi_testing._log.postgres_tables"
    with monkeypatch.context() as older:
        older.setattr(f"{tables}.FORMAT", 1)
        older.setattr(f"{tables}.STEPS", postgres_steps()[:1])
        shared.log().close()

    log = shared.log()

    assert log.append(calls(1))[0].n == 1


def postgres_steps():
    from scaleapi_testing._log.postgres_tables import STEPS

    return STEPS


def test_a_schema_that_is_another_programs(database):
    database.do("CREATE SCHEMA songs CREATE TABLE song (name text)")

    assert refusal(f"{database.address()}?schema=songs") == (
        f"postgresql://127.0.0.1:{database.port}/postgres?schema=songs: the schema holds tables of "
        "another program (song); name another by ?schema="
    )
    assert database.do(
        "SELECT relname FROM pg_class WHERE relnamespace = 'songs'::regnamespace"
    ) == [("song",)]


def test_an_empty_schema_that_was_made_for_it(database, shared):
    database.do(f"CREATE SCHEMA {shared.where.partition('schema=')[2]}")

    assert shared.log().append(calls(1))[0].n == 1


def test_a_database_that_is_read_only(database, shared):
    database.do("CREATE DATABASE archive")
    database.do("ALTER DATABASE archive SET default_transaction_read_only = on")

    assert refusal(database.address("archive")) == (
        f"postgresql://127.0.0.1:{database.port}/archive is read-only; name a server that can be "
        "written"
    )


def test_a_user_who_may_not_make_a_schema(database):
    database.do(f"CREATE ROLE guest LOGIN PASSWORD '{postgres.PASSWORD}'")

    assert refusal(database.address(user="guest")) == (
        f"postgresql://127.0.0.1:{database.port}/postgres cannot be written (permission denied for "
        "database postgres); let the user create a schema there"
    )


@pytest.mark.slow
def test_a_database_that_goes_away_is_not_reached_until_it_is_back(database, shared):
    log = shared.log()
    log.append(calls(1))
    database.stop()

    said = []
    for attempt in (log.last, log.times, log.lead, lambda: log.append(calls(1))):
        with pytest.raises(LogUnavailable) as refused:
            attempt()
        said.append(str(refused.value))
    database.start()

    assert log.append(calls(1))[0].n == 2
    assert log.lead() == 1
    beginning = f"{shared.shown} cannot be reached just now: "
    assert [text.startswith(beginning) for text in said] == [True] * 4


def test_tables_that_are_removed_under_a_server(database, shared):
    log = shared.log()
    log.append(calls(1))
    database.do(f"DROP SCHEMA {shared.where.partition('schema=')[2]} CASCADE")

    with pytest.raises(StateError) as refused:
        log.last()

    assert str(refused.value) == (
        f'{shared.shown}: its tables are gone (relation "head" does not exist); start the server '
        "anew"
    )


def test_a_database_that_was_put_back_to_an_earlier_day(database, shared):
    log = shared.log()
    log.append(calls(2))

    with pytest.raises(StateError) as refused:
        log.read(7, 10)

    assert str(refused.value) == (
        f"{shared.shown} has gone back: it ends at command 2, and this server knew 7; start the "
        "server anew"
    )


def test_a_log_that_was_never_opened_can_be_closed():
    PostgresLog("postgresql://127.0.0.1/fakes").close()
