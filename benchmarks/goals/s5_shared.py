"""S5: three servers on one database answer more than one, and write hardly less."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Final

from ..load import TASK, made_task, served, wrk
from ..method import Effort, Spread
from ..peers import Unavailable
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

CORES_NEEDED: Final = 7
"""Three servers, three that ask, and the database."""


def measure(effort: Effort) -> Iterator[Row]:
    from tests.log import postgres

    seconds = 3 if effort.full else 1
    with ExitStack() as cleanup:
        database = postgres.started(settings=())
        if database is None:
            raise Unavailable("NO POSTGRESQL HERE: apt-get install postgresql")
        cleanup.callback(postgres.remove, database)
        folder = Path(cleanup.enter_context(TemporaryDirectory()))
        options = (f"--state={database.address()}", "--reads=local")
        ports = [cleanup.enter_context(served(*options)) for _ in range(3)]
        path = made_task(ports[0])
        for port in ports:
            wrk(port, "/v1/tasks?limit=1", folder, 1)

        def together(what: str, body: object = None) -> float:
            """Calls per second of all three, asked at once."""
            answered: list[float] = []

            def ask(port: int) -> None:
                own = folder / str(port)
                own.mkdir(exist_ok=True)
                answered.append(wrk(port, what, own, seconds, body).per_s)

            threads = [Thread(target=ask, args=[port]) for port in ports]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return sum(answered)

        gets: list[float] = []
        creates: list[float] = []
        for _ in range(5 if effort.full else 2):
            gets.append(wrk(ports[0], path, folder, seconds).per_s / together(path))
            create = "/v1/task/categorization"
            creates.append(
                wrk(ports[0], create, folder, seconds, TASK).per_s / together(create, TASK)
            )
    cores = os.cpu_count() or 1
    enough = cores >= CORES_NEEDED
    yield Row(
        "time of a GET task with --reads local, three servers on one database / one of them",
        Spread.of(gets),
        1 / 2.5 if enough else None,
        note="" if enough else f"the goal, 0.4, is for {CORES_NEEDED} cores; here are {cores}",
    )
    yield Row(
        "time of a create_task, three servers on one database / one of them",
        Spread.of(creates),
        1 / 0.7,
    )
