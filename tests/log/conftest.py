"""Places for a log: a file with a real clock that stands still, and a PostgreSQL."""

import os
from dataclasses import dataclass, field
from itertools import count

import pytest

from scaleapi_testing._log.command import Pending
from scaleapi_testing._log.postgres_log import PostgresLog
from scaleapi_testing._log.sqlite_log import SqliteLog

from . import postgres

VERSION = {"scaleapi-testing": "3.0.0", "faker": "40.1"}


@dataclass
class RealClock:
    ms: int = 1_700_000_000_000

    def __call__(self):
        return self.ms


@dataclass
class Place:
    """Where logs are opened, each as another server would."""

    where: str
    real: RealClock
    opened: list = field(default_factory=list)

    @property
    def shown(self):
        return str(self.where)

    def log(self, version=VERSION):
        log = SqliteLog(self.where, self.real)
        log.open(version)
        self.opened.append(log)
        return log

    def close(self):
        for log in self.opened:
            log.close()
        self.opened.clear()


@dataclass
class SharedPlace(Place):
    """The same in a database."""

    @property
    def shown(self):
        return "postgresql://" + self.where.partition("@")[2]

    def log(self, version=VERSION):
        log = PostgresLog(self.where)
        log.open(version)
        self.opened.append(log)
        return log


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path / "fake.db", RealClock())
    yield place
    place.close()


@pytest.fixture
def log(place):
    return place.log()


@pytest.fixture(scope="session")
def database():
    """A PostgreSQL; where there is none, no test that needs one runs, and each says so."""
    server = postgres.started()
    if server is None:
        missing = "NO POSTGRESQL HERE: apt-get install postgresql"
        # What promises to run everything must not pass by leaving this out.
        assert "SCALEAPI_TESTS_NEED_POSTGRES" not in os.environ, missing
        pytest.skip(missing)
    yield server
    postgres.remove(server)


@pytest.fixture(scope="session")
def schemas():
    return (f"schema_{number}" for number in count())


@pytest.fixture
def shared(database, schemas):
    """A schema of its own."""
    place = SharedPlace(f"{database.address()}?schema={next(schemas)}", RealClock())
    yield place
    place.close()


@pytest.fixture(params=["sqlite", "postgres"])
def any_place(request):
    """A place of each kind in turn."""
    return request.getfixturevalue({"sqlite": "place", "postgres": "shared"}[request.param])


@pytest.fixture
def any_log(any_place):
    return any_place.log()


def call(body, world="default"):
    return Pending(world, "call", body)


def calls(count, first=1):
    return [call(f"body {number}".encode()) for number in range(first, first + count)]
