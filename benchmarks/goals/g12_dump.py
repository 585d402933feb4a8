"""G12: a state is written and read in a fraction of the time that it took to come about."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from scaleapi.tasks import TaskType
from scaleapi_testing import FakeScale

from ..examples import LIVE, creating
from ..method import Effort, shares
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

STORED: Final = 20_000
STORED_WHEN_QUICK: Final = 2_000
RUNS: Final = 5


def measure(effort: Effort) -> Iterator[Row]:
    stored = STORED if effort.full else STORED_WHEN_QUICK
    note = "" if stored == STORED else f"the goal is for {STORED:,}, left out by --quick"
    scale = FakeScale()
    create = creating(scale.client(LIVE), TaskType.ImageAnnotation)
    began = time.thread_time()
    for _ in range(stored):
        scale.complete(create())
    making = time.thread_time() - began
    with TemporaryDirectory() as folder:
        path = Path(folder) / "state.json"
        for what, do in (
            ("dump", partial(scale.dump, path)),
            ("load", partial(FakeScale.load, path)),
        ):
            yield Row(
                f"{what} of {stored:,} completed tasks / making and completing them",
                shares(do, making, RUNS if effort.full else 2),
                0.15,
                note=note,
            )
