"""What is said at the edge of the process: to forked children, and of fakes nobody stopped."""

import os
import re
from pathlib import Path

import pytest

from scaleapi_testing import FakeScale, ForkedFake
from scaleapi_testing._forked import Refusing
from scaleapi_testing._intercept import active


def test_a_fork_of_the_process(golden):
    with pytest.raises(ForkedFake) as caught, Refusing(4711):
        pass

    golden("fork", str(caught.value))


def test_a_fake_that_was_dropped(golden):
    scale = FakeScale()
    scale.start()

    with pytest.warns(ResourceWarning, match="was dropped") as caught:
        del scale
    active.end(active.activations()[-1])

    file = __file__.removeprefix(f"{Path.cwd()}{os.sep}")
    place = re.compile(f"{file}:\\d+")
    golden("dropped", f"ResourceWarning: {place.sub('test_cows.py:7', str(caught[0].message))}")
