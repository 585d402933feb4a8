"""What ``/_fake/metrics`` tells: calls by operation and status, how long they took, tasks."""

from __future__ import annotations

import importlib
from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from .durations import Durations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._worlds.worlds import Worlds

BOUNDS: Final = (
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
)  # fmt: skip
"""Upper bounds of the buckets of latency, in seconds."""

UNKNOWN: Final = "none"
"""What stands in place of an operation where no route answered."""


class Measures:
    """Counts calls; cheap enough for each of them. The library only writes down what was counted.

    Attributes:
        durations: how long the newest calls took, one by one.
        lag: how many commands of the log stand there and were not applied here yet.
    """

    def __init__(self) -> None:
        self.lag = 0
        self.durations = Durations()
        self._calls: dict[tuple[str, str, int], int] = {}
        self._buckets: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def count(self, method: str, operation: str, status: int, seconds: float) -> None:
        """Take a call into account; a status of 0 is a broken connection."""
        key = (method, operation, status)
        calls = self._calls
        calls[key] = calls.get(key, 0) + 1
        buckets = self._buckets.get(operation)
        if buckets is None:
            buckets = self._buckets[operation] = [0] * (len(BOUNDS) + 1)
            self._seconds[operation] = 0.0
        buckets[bisect_left(BOUNDS, seconds)] += 1
        self._seconds[operation] += seconds

    @staticmethod
    def prepare() -> None:
        """Import what ``text`` needs, in a thread that may take its time."""
        importlib.import_module("prometheus_client.exposition")

    def text(self, worlds: Worlds) -> tuple[bytes, str]:
        """Everything in the text format of Prometheus, and its content type."""
        # Here, for it takes long to import and only /metrics needs it.
        from prometheus_client import CollectorRegistry
        from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

        # Of its own: the global one would hold the metrics of the program under test.
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Collected(self._families(worlds)))
        return generate_latest(registry), CONTENT_TYPE_LATEST

    def _families(self, worlds: Worlds) -> Iterator[Any]:
        from prometheus_client.core import (
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        calls = CounterMetricFamily(
            "scale_fake_calls",
            "Calls answered, by operation and status.",
            labels=("method", "operation", "status"),
        )
        for (method, operation, status), number in sorted(self._calls.items()):
            calls.add_metric((method, operation, str(status or "broken")), number)
        yield calls
        latency = HistogramMetricFamily(
            "scale_fake_call_seconds", "How long calls took.", labels=("operation",)
        )
        for operation, buckets in sorted(self._buckets.items()):
            bounds = (*map(str, BOUNDS), "+Inf")
            counted = list(zip(bounds, accumulate(buckets), strict=True))
            latency.add_metric((operation,), counted, self._seconds[operation])
        yield latency
        tasks = GaugeMetricFamily("scale_fake_tasks", "Tasks, by world.", labels=("world",))
        for world in worlds:
            tasks.add_metric((world.name,), len(world.fake.tasks))
        yield tasks
        yield GaugeMetricFamily("scale_fake_worlds", "Worlds of this server.", len(worlds))
        yield GaugeMetricFamily(
            "scale_fake_log_lag_commands", "Commands of the log not applied here yet.", self.lag
        )


class _Collected:
    """What a registry asks."""

    def __init__(self, families: Iterator[Any]) -> None:
        self._families = families

    def collect(self) -> Iterator[Any]:
        """The families, once."""
        return self._families
