"""S1: a served fake answers a good part of what the stack under it can."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ..load import TASK, made_task, served, trivial, wrk
from ..method import Effort, Spread
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator


def measure(effort: Effort) -> Iterator[Row]:
    gets: list[float] = []
    creates: list[float] = []
    seconds = 3 if effort.full else 1
    with TemporaryDirectory() as name, served() as ours:
        folder = Path(name)
        path = made_task(ours)
        with trivial(b'{"task_id":"' + path[-24:].encode() + b'"}') as other:
            for _ in range(5 if effort.full else 2):
                constant = wrk(other, path, folder, seconds)
                gets.append(constant.per_s / wrk(ours, path, folder, seconds).per_s)
                constant = wrk(other, path, folder, seconds, TASK)
                created = wrk(ours, "/v1/task/categorization", folder, seconds, TASK)
                creates.append(constant.per_s / created.per_s)
    yield Row("time of a served GET task / a constant JSON reply", Spread.of(gets), 1 / 0.6)
    yield Row("time of a served create_task / a constant JSON reply", Spread.of(creates), 1 / 0.35)
