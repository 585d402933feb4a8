"""What is done to the servers while they are written to."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from threading import Event
from typing import TYPE_CHECKING, Final

from .books import Books
from .check import Seen, is_settled
from .receiver import Receiver
from .servers import Serving
from .writers import Writer, make_project

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

WRITERS: Final = 16
QUIET_S: Final = 120.0
CHECKOUT: Final = Path(__file__).parents[1]


def alone(folder: Path, seed: int, kills: int) -> int:
    """Kill one server with a file over and over; the number of faults.

    Args:
        folder: for all files.
        seed: of what is written, and when it is killed.
        kills: how many times.
    """
    random = Random(seed)
    with ExitStack() as cleanup:
        server = Serving(str(folder / "fake.db"), folder, seed)
        cleanup.callback(server.kill)
        server.start()
        server.wait()
        make_project(server.port)
        with _written_to(folder, [server], seed) as books:
            for number in range(kills):
                time.sleep(random.uniform(0.05, 0.8))
                server.kill(_told_before(random, number))
                server.start()
                took = server.wait()
                _say(f"kill {number + 1} of {kills}: it answers again after {took:.1f} s")
        _wait_until_quiet(server)
        code, before = _checked(books, [server])
        ended = server.end()
        server.start()
        server.wait()
        again, after = _checked(books, [server])
    if ended or before != after:
        print(f"after a clean end (code {ended}) it answers otherwise than before")
        return 1
    return code or again


def shared(folder: Path, seed: int, seconds: float, every_s: float = 4.0) -> int:
    """Kill one of three servers every few seconds, and their database twice; the faults.

    Args:
        folder: for all files.
        seed: of what is written, and who is killed.
        seconds: how long.
        every_s: seconds between two kills.
    """
    from tests.log import postgres

    random = Random(seed)
    with ExitStack() as cleanup:
        database = postgres.started(settings=())
        if database is None:
            raise SystemExit("NO POSTGRESQL HERE: apt-get install postgresql")
        cleanup.callback(postgres.remove, database)
        servers = [Serving(database.address(), folder, seed) for _ in range(3)]
        for server in servers:
            cleanup.callback(server.kill)
            server.start()
        for server in servers:
            server.wait()
        make_project(servers[0].port)
        kills = max(int(seconds / every_s), 3)
        stops = {kills // 3: "SIGINT", kills * 2 // 3: "SIGQUIT"}
        with _written_to(folder, servers, seed) as books:
            for number in range(kills):
                time.sleep(every_s * random.uniform(0.5, 1.0))
                victim = random.choice(servers)
                victim.kill(_told_before(random, number))
                if number in stops:
                    _say(f"the database is restarted by {stops[number]}")
                    database.restart(getattr(postgres.signal, stops[number]))
                victim.start()
                took = victim.wait()
                _say(f"kill {number + 1} of {kills}: it answers again after {took:.1f} s")
        _wait_until_quiet(servers[0])
        code, _ = _checked(books, servers)
        ended = [server.end() for server in servers]
    if any(ended):
        print(f"servers ended with codes {ended}")
        return 1
    return code


@contextmanager
def _written_to(folder: Path, servers: Sequence[Serving], seed: int) -> Generator[Path]:
    """Writers and a receiver of callbacks; the writers end first, each answered."""
    path = folder / "books.jsonl"
    books = Books(path)
    receiver = Receiver(books, seed)
    ended = Event()
    ports = [server.port for server in servers]
    writers = [Writer(number, ports, books, receiver.url, seed, ended) for number in range(WRITERS)]
    for writer in writers:
        writer.thread.start()
    try:
        yield path
    finally:
        ended.set()
        for writer in writers:
            writer.thread.join(60)
    stuck = sum(writer.thread.is_alive() for writer in writers)
    if stuck:
        raise SystemExit(f"{stuck} writers are still not answered")
    # The receiver stays: callbacks come until the process ends.


def _wait_until_quiet(server: Serving) -> None:
    """Wait until every task has ended, and knows that its callback was answered."""
    ends = time.monotonic() + QUIET_S
    while time.monotonic() < ends:
        seen = Seen(server.port)
        seen.look()
        if all(is_settled(task) for task in seen.tasks):
            return
        time.sleep(0.3)


def _checked(books: Path, servers: Sequence[Serving]) -> tuple[int, str]:
    """The verdict of a process of its own, and the sum of all answers."""
    done = subprocess.run(
        [sys.executable, "-m", "chaos.check", str(books), *[str(s.port) for s in servers]],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    *said, total = done.stdout.splitlines() or [""]
    print("\n".join(said), flush=True)
    return done.returncode, total


def _told_before(random: Random, number: int) -> float:
    """Every third time it has begun to write a checkpoint, or has just written one."""
    return random.choice([0.05, 0.3, 1.0, 20.0]) if number % 3 == 2 else 0.0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
