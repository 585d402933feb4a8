"""G5: a full store slows creating hardly down, and takes little more memory than its JSON."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scaleapi.tasks import TaskType
from scaleapi_testing import FakeScale

from ..examples import LIVE, creating
from ..method import Effort, Side, Spread, compare
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

STATM: Final = Path("/proc/self/statm")
STORED: Final = 100_000
LISTED: Final[tuple[dict[str, Any], ...]] = (
    {"completed_after": "2020-01-01"},
    {"updated_after": "2020-01-01"},
    {"tags": ["night", "day"]},
    {"customer_review_status": ["pending", "accepted"]},
    {"type": "imageannotation", "status": "pending"},
    {"status": "pending", "updated_after": "2020-01-01"},
)
"""By what an index is kept from the first listing on."""

STORED_WHEN_QUICK: Final = 10_000


def measure(effort: Effort) -> Iterator[Row]:
    stored = STORED if effort.full else STORED_WHEN_QUICK
    note = "" if stored == STORED else f"the goal is for {STORED:,}, left out by --quick"
    warm = FakeScale()
    creating(warm.client(LIVE), TaskType.ImageAnnotation)()
    gc.collect()

    before = _resident()
    scale = FakeScale()
    create = creating(scale.client(LIVE), TaskType.ImageAnnotation)
    for _ in range(stored):
        create()
    client = scale.client(LIVE)
    for asked in LISTED:
        client.tasks(limit=100, **asked)
    gc.collect()
    grown = _resident() - before
    size = sum(len(record.wire) for record in scale.account(LIVE).tasks)
    known = STATM.exists()
    yield Row(
        f"resident memory of {stored:,} tasks, journal and all that listings keep / their JSON",
        Spread.exact(grown / size) if known else None,
        2.0,
        note=note or (f"{size // stored:,} bytes of JSON per task" if known else f"no {STATM}"),
    )

    for gc_runs, said in ((False, ""), (True, ", garbage collector running")):
        empty = creating(FakeScale().client(LIVE), TaskType.ImageAnnotation)
        yield Row(
            f"create_task with {stored:,} tasks / with none{said}",
            compare(Side(create), Side(empty), effort, gc_runs=gc_runs),
            1.1,
            note=note,
        )


def _resident() -> int:
    """Bytes of this process that are in memory; 0 where the system does not tell."""
    if not STATM.exists():
        return 0
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
