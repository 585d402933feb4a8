"""types: no task type costs more than twice the median one, through client and fake."""

from __future__ import annotations

import gc
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import scaleapi_testing
from scaleapi_testing import FakeScale

from ..every_type import EXAMPLES, INSTRUCTION
from ..method import CPU, Effort, Spread
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

TASKS: Final = 2_000
TASKS_WHEN_QUICK: Final = 700


def measure(effort: Effort) -> Iterator[Row]:
    """Create, complete with a generated answer, and fetch; the types take turns."""
    absent = sorted(set(scaleapi_testing.task_types()) - set(EXAMPLES))
    assert not absent, f"every_type.py lacks {', '.join(absent)}"
    scale = FakeScale(seed=1)
    client = scale.client()
    scale.add_projects([(p["project"], name) for name, p in EXAMPLES.items() if "project" in p])
    lidar = client.create_task("lidarannotation", **EXAMPLES["lidarannotation"])
    scale.complete(lidar)
    prepared = {
        name: {
            "instruction": INSTRUCTION,
            **{key: lidar.id if value == "<lidar>" else value for key, value in params.items()},
        }
        for name, params in EXAMPLES.items()
    }
    rounds = max((TASKS if effort.full else TASKS_WHEN_QUICK) // len(prepared), 2)
    for name, params in prepared.items():
        _live(scale, client, name, params)  # imports the type
    costs: dict[str, list[float]] = {name: [] for name in prepared}
    middle: list[float] = []
    gc.disable()
    for _ in range(rounds):
        gc.collect()
        for name, params in prepared.items():
            began = CPU()
            _live(scale, client, name, params)
            costs[name].append(CPU() - began)
        middle.append(median(spent[-1] for spent in costs.values()))
    gc.enable()
    # Files that answers point at are made when they are fetched, which nobody does here.
    for name, spent in sorted(costs.items(), key=lambda item: -median(item[1])):
        ratios = [cost / usual for cost, usual in zip(spent, middle, strict=True)]
        yield Row(f"{name}: created, completed, fetched / the median type", Spread.of(ratios), 2.0)


def _live(scale: FakeScale, client: Any, name: str, params: dict[str, Any]) -> None:
    task = client.create_task(name, **params)
    scale.complete(task)
    task.refresh()
