"""S2: writing down what is done costs a create no more than it takes itself."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ..load import TASK, served, wrk
from ..method import Effort, Spread
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator


def measure(effort: Effort) -> Iterator[Row]:
    ratios: list[float] = []
    seconds = 3 if effort.full else 1
    with (
        TemporaryDirectory() as name,
        served(f"--state={name}/fake.db") as kept,
        served() as other,
    ):
        folder = Path(name)
        for _ in range(5 if effort.full else 2):
            without = wrk(other, "/v1/task/categorization", folder, seconds, TASK)
            durable = wrk(kept, "/v1/task/categorization", folder, seconds, TASK)
            ratios.append(without.per_s / durable.per_s)
    yield Row(
        "time of a served create_task on 64 connections, --state fake.db / without",
        Spread.of(ratios),
        2,
    )
