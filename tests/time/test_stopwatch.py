"""How long something takes, in real time."""

from __future__ import annotations

from types import SimpleNamespace

from scaleapi_testing._time import stopwatch as module
from scaleapi_testing._time.stopwatch import Stopwatch


def test_a_stopwatch_runs_from_when_it_is_made(monkeypatch):
    real = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: real.seconds))
    real.seconds += 5
    watch = Stopwatch()

    real.seconds += 0.25

    assert watch.seconds == 0.25
