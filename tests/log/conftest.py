"""Places for a log: a file, and a real clock that stands still."""

from dataclasses import dataclass, field

import pytest

from scaleapi_testing._log.command import Pending
from scaleapi_testing._log.sqlite_log import SqliteLog

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


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path / "fake.db", RealClock())
    yield place
    place.close()


@pytest.fixture
def log(place):
    return place.log()


def call(body, world="default"):
    return Pending(world, "call", body)


def calls(count, first=1):
    return [call(f"body {number}".encode()) for number in range(first, first + count)]
