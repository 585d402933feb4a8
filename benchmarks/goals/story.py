"""story: the whole weekend that the README tells takes less than 50 ms of wall time."""

from __future__ import annotations

import importlib.util
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from scaleapi_testing import FakeScale

from ..method import WALL, Effort, Spread
from ..peers import CHECKOUT
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

STORY: Final = CHECKOUT / "tests" / "stories" / "test_pipeline_survives_an_outage.py"
MOST_MS: Final = 50.0


def measure(effort: Effort) -> Iterator[Row]:
    """Play it from a new fake to the downloaded labels, imports aside."""
    spec = importlib.util.spec_from_file_location("weekend", STORY)
    assert spec is not None
    assert spec.loader is not None
    weekend: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(weekend)
    took_ms: list[float] = []
    for _ in range(effort.pairs + 1):
        began = WALL()
        with FakeScale(start_time=weekend.FRIDAY_EVENING, turnaround=timedelta(hours=60)) as scale:
            scale.add_projects([("sounds", "categorization")])
            weekend.test_the_pipeline_survives_the_weekend(scale, scale.client())
        took_ms.append((WALL() - began) * 1000)
    # The first one imports what a test session has imported by then.
    yield Row("the weekend of the README, played once", Spread.of(took_ms[1:]), MOST_MS, "ms")
