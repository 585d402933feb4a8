"""S3: a call waits hardly longer on a served fake than its stack makes it, whatever goes on."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from ..load import TASK, asked, fetched, made_task, served, trivial, wrk
from ..method import Effort, Spread
from ..rows import Row
from ..stores import filled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STORED: Final = 100_000
STORED_WHEN_QUICK: Final = 5_000
IDLE: Final = 500
TARGET: Final = 3.0
SECONDS: Final = 20
"""How long calls are made beside tasks that are completed."""

REFUSED: Final = {**TASK, "categories": None, "instruction": "x" * 100_000}
"""Refused, and so no task; but soon after 660 of them in the log a checkpoint is due."""


def measure(effort: Effort) -> Iterator[Row]:
    stored = STORED if effort.full else STORED_WHEN_QUICK
    rounds = 5 if effort.full else 2
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(TemporaryDirectory()))
        filled(stored)[0].dump(folder / "begin.json")
        state = folder / "fake.db"
        ours = cleanup.enter_context(served(f"--state={state}", f"--load={folder / 'begin.json'}"))
        path = made_task(ours)
        asked(ours, "POST", "/_fake/worlds", {"name": "other"})
        elsewhere = asked(ours, "POST", "/w/other/v1/task/categorization", TASK)
        elsewhere_path = f"/w/other/v1/task/{elsewhere['task_id']}"
        other = cleanup.enter_context(trivial(b'{"task_id":"' + path[-24:].encode() + b'"}'))

        def waited(port: int, what: str) -> float:
            return wrk(port, what, folder, 2 if effort.full else 1).p99_s

        def compared(what: str, during: Callable[[], Any] | None = None) -> Spread:
            ratios: list[float] = []
            for _ in range(rounds):
                constant = waited(other, path)
                if during is None:
                    ratios.append(waited(ours, what) / constant)
                    continue
                beside = Thread(target=during)
                beside.start()
                ratios.append(waited(ours, what) / constant)
                beside.join()
            return Spread.of(ratios)

        yield Row("p99 of a served GET task / a constant JSON reply", compared(path), TARGET)
        with _idle_connections(ours):
            yield Row(f"the same beside {IDLE} idle connections", compared(path), TARGET)
        yield Row(
            f"the same while a checkpoint of {stored:,} tasks is written",
            _while_checkpoints(ours, state, folder, lambda: waited(other, path), path, rounds),
            TARGET,
        )
        yield Row(
            f"the same in another world while {stored:,} tasks are dumped",
            compared(elsewhere_path, lambda: fetched(ours, "GET", "/_fake/dump")),
            TARGET,
        )
        yield Row(
            f"the same in another world while {stored // 2:,} tasks are completed",
            _once(
                ours,
                lambda: waited(other, path),
                elsewhere_path,
                folder,
                lambda: asked(ours, "POST", "/_fake/complete_all", {"status": "pending"}),
            ),
            TARGET,
            note="of each second of it",
        )


def _once(
    port: int, constant: Callable[[], float], path: str, folder: Path, during: Callable[[], Any]
) -> Spread:
    below = median(constant() for _ in range(3))
    beside = Thread(target=during)
    beside.start()
    ratios = [wrk(port, path, folder, 1).p99_s / below]
    # Not to its end: beside so many calls it takes minutes, and seconds without them.
    while beside.is_alive() and len(ratios) < SECONDS:
        ratios.append(wrk(port, path, folder, 1).p99_s / below)
    beside.join()
    return Spread.of(ratios)


def _while_checkpoints(
    port: int,
    state: Path,
    folder: Path,
    constant: Callable[[], float],
    path: str,
    rounds: int,
) -> Spread:
    ratios: list[float] = []
    for _ in range(min(rounds, 3)):
        before = _checkpoints(state, folder)
        for _ in range(660):
            _refused(port)
        below = constant()
        beside = Thread(target=lambda: [_refused(port) for _ in range(20)])
        beside.start()
        worst = 0.0
        while _checkpoints(state, folder) == before:
            worst = max(worst, wrk(port, path, folder, 3).p99_s)
        beside.join()
        ratios.append(worst / below)
    return Spread.of(ratios)


def _refused(port: int) -> None:
    try:
        asked(port, "POST", "/v1/task/categorization", REFUSED)
    except RuntimeError:
        return
    raise RuntimeError("a task without categories was taken")


def _checkpoints(state: Path, folder: Path) -> int:
    """The number of the newest whole checkpoint, read from a copy: the server has the file."""
    copy = folder / "copy.db"
    for suffix in ("", "-wal"):
        if Path(f"{state}{suffix}").exists():
            shutil.copyfile(f"{state}{suffix}", f"{copy}{suffix}")
    try:
        connection = sqlite3.connect(copy)
        row = connection.execute("SELECT max(id) FROM checkpoint WHERE rows IS NOT NULL").fetchone()
        connection.close()
    except sqlite3.DatabaseError:  # copied in the middle of a write
        time.sleep(0.1)
        return _checkpoints(state, folder)
    return int(row[0] or 0)


@contextmanager
def _idle_connections(port: int) -> Iterator[None]:
    with ExitStack() as cleanup:
        for _ in range(IDLE):
            cleanup.enter_context(socket.create_connection(("127.0.0.1", port)))
        yield
