"""S4: a server's checkpoint is written and taken up in a fraction of what its tasks took."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final

from scaleapi.tasks import TaskType
from scaleapi_testing import FakeScale
from scaleapi_testing._saved.binary import fake_from, rows_of

from ..examples import LIVE, creating
from ..method import Effort, shares
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

STORED: Final = 100_000
STORED_WHEN_QUICK: Final = 5_000
RUNS: Final = 5


def measure(effort: Effort) -> Iterator[Row]:
    stored = STORED if effort.full else STORED_WHEN_QUICK
    note = "" if stored == STORED else f"the goal is for {STORED:,}, left out by --quick"
    scale = FakeScale()
    create = creating(scale.client(LIVE), TaskType.ImageAnnotation)
    began = time.thread_time()
    for _ in range(stored):
        create()
    making = time.thread_time() - began
    rows = list(rows_of(scale))
    for what, do in (
        ("a checkpoint", lambda: list(rows_of(scale))),
        ("a start from a checkpoint", partial(fake_from, rows)),
    ):
        yield Row(
            f"{what} of {stored:,} tasks, the store apart / making them in process",
            shares(do, making, RUNS if effort.full else 2),
            0.1,
            note=note,
        )
