"""How long something may be left alone, in real time."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from scaleapi_testing._time import lifetime as module
from scaleapi_testing._time.lifetime import Lifetime


@pytest.fixture
def real(monkeypatch):
    real = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: real.seconds))
    return real


def test_it_ends_so_many_seconds_after_it_began(real):
    lifetime = Lifetime(30)
    real.seconds += 29.5
    assert (lifetime.seconds, lifetime.left, lifetime.is_over) == (30, 0.5, False)

    real.seconds += 0.5

    assert (lifetime.left, lifetime.is_over) == (0, True)


def test_it_begins_anew_when_it_is_touched(real):
    lifetime = Lifetime(30)
    real.seconds += 29
    lifetime.touch()
    real.seconds += 29

    assert (lifetime.left, lifetime.is_over) == (1, False)


def test_without_a_length_it_never_ends(real):
    lifetime = Lifetime(None)
    real.seconds += 1e9

    assert (lifetime.left, lifetime.is_over) == (None, False)
