"""What is said at the edge of the process: to forked children, and of fakes nobody stopped."""

from __future__ import annotations

import os

import pytest

from scaleapi_testing import FakeScale
from tests.process.forked_child import in_child

BASE = ("-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:asyncio", "-n0", "-s")
DROPPING = """
import pytest
from scaleapi_testing import FakeScale

def test_it():
    scale = FakeScale()
    scale.start()
    with pytest.warns(ResourceWarning) as caught:
        del scale
    print()
    print(f"ResourceWarning: {caught[0].message}")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks are Unix's")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_fork_of_the_process(golden):
    with FakeScale() as scale:
        told = in_child(lambda: len(scale.tasks))

    golden("fork", told.removeprefix("ForkedFake: ").replace(str(os.getpid()), "4711"))


def test_a_fake_that_was_dropped(golden, pytester):
    (pytester.path / "test_cows.py").write_text(DROPPING)

    lines = pytester.runpytest_inprocess(*BASE).outlines

    golden("dropped", next(line for line in lines if line.startswith("ResourceWarning: ")))
