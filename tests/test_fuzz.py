"""Random calls and controls break nothing, through whichever door they come."""

import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture
def fuzz(monkeypatch):
    monkeypatch.syspath_prepend(CHECKOUT)
    import fuzz.__main__ as fuzz

    yield fuzz
    for name in [name for name in sys.modules if name.partition(".")[0] == "fuzz"]:
        del sys.modules[name]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_random_calls_and_controls_break_nothing(fuzz, seed):
    """Twelve rounds: each door has the same number of them, since a round's door is its seed's."""
    assert fuzz.play(seed) > 0
