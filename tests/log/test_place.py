"""What a place of state may look like."""

import pytest

from scaleapi_testing._log.command import StateError
from scaleapi_testing._log.place import log_at
from scaleapi_testing._log.postgres_log import PostgresLog
from scaleapi_testing._log.sqlite_log import SqliteLog

from .conftest import RealClock


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_an_address_of_postgresql_means_a_database(scheme):
    assert isinstance(log_at(f"{scheme}://localhost/fakes", RealClock()), PostgresLog)


@pytest.mark.parametrize("where", ["fake.db", "/var/lib/fake.db", "a folder/x:y.db"])
def test_anything_else_means_a_file(where):
    log = log_at(where, RealClock())

    assert isinstance(log, SqliteLog)
    assert str(log.path) == where


def test_another_kind_of_address_is_refused():
    with pytest.raises(StateError) as refused:
        log_at("mysql://root:secret@localhost/fakes", RealClock())

    assert str(refused.value) == (
        "no state can be kept at mysql://...; give a file or a postgresql:// address"
    )


@pytest.mark.parametrize("where", ["", " ", "a\0b"])
def test_no_name_of_a_file_is_refused(where):
    with pytest.raises(StateError) as refused:
        log_at(where, RealClock())

    assert str(refused.value) == f"no file is named {where!r}; give one, such as fake.db"
