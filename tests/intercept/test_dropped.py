"""A fake that was started and dropped answers until somebody ends it, and leaves nothing behind."""

from __future__ import annotations

import pytest
import requests

from scaleapi_testing import FakeScale
from scaleapi_testing._intercept import active

TASKS = "https://api.scale.com/v1/tasks"


def test_a_fake_that_is_dropped_warns_and_goes_on_answering():
    scale = FakeScale()
    scale.start()
    expected = (
        r"^the FakeScale started at tests/intercept/test_dropped\.py:\d+ was dropped without "
        r"stop\(\) and goes on answering; start it by `with FakeScale\(\) as scale:`, or "
        r"stop\(\) it$"
    )

    with pytest.warns(ResourceWarning, match=expected):
        del scale

    assert requests.get(TASKS, auth=("k", ""), timeout=5).json()["total"] == 0
    (start,) = active.activations()
    active.end(start)
    assert active.activations() == ()
