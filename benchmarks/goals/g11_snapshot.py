"""G11: state as a value is cheap, and so is forgetting it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from scaleapi.tasks import TaskType
from scaleapi_testing import FakeScale

from ..examples import LIVE, creating
from ..method import Effort, Side, Spread, compare
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

STORED: Final = 10_000
FEW: Final = 10
FAKES: Final = 1_500
"""More than are reset in one block."""


def measure(effort: Effort) -> Iterator[Row]:
    full = FakeScale()
    create = creating(full.client(LIVE), TaskType.ImageAnnotation)
    for _ in range(STORED):
        create()

    def there_and_back() -> None:
        full.restore(full.snapshot())

    again = creating(FakeScale().client(LIVE), TaskType.ImageAnnotation)
    one = compare(Side(there_and_back), Side(again), effort)
    yield Row(
        f"snapshot and restore of {STORED:,} tasks / making them again",
        Spread(one.median / STORED, one.lower / STORED, one.upper / STORED),
        0.01,
        note="making them: one create, times their number",
    )

    model = FakeScale()
    client = model.client(LIVE)
    create_one = creating(client, TaskType.ImageAnnotation)
    task, *_ = (create_one() for _ in range(FEW))
    waiting: list[FakeScale] = []

    @contextmanager
    def with_forks() -> Iterator[None]:
        waiting.extend(model.fork() for _ in range(FAKES - len(waiting)))
        yield

    def reset() -> None:
        waiting.pop().reset()

    yield Row(
        "reset() of a fake with ten tasks / one intercepted get_task",
        compare(Side(reset, with_forks), Side(lambda: client.get_task(task.id)), effort),
        0.4,
    )
