"""What becomes of a fake that was started and never stopped."""

from __future__ import annotations

import copy
import gc
import pickle
import subprocess
import sys

import pytest

from scaleapi_testing import FakeScale


def test_a_fake_that_was_stopped_is_dropped_in_silence(recwarn):
    scale = FakeScale().start()
    scale.stop()

    del scale
    gc.collect()

    assert list(recwarn) == []


@pytest.mark.slow
def test_the_end_of_a_program_that_never_stopped_its_fake_is_no_traceback():
    program = "from scaleapi_testing import FakeScale; scale = FakeScale().start()"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


SUITE = """
import pytest, requests
from scaleapi_testing import FakeScale

def test_starts():
    scale = FakeScale()
    scale.start()
    assert requests.get("https://api.scale.com/v1/tasks", auth=("k", "")).json()["total"] == 0

def test_next():
    assert not hasattr(requests.Session, "_scaleapi_interception")

@pytest.fixture(scope="module")
def wide():
    with FakeScale() as scale:
        yield scale

def test_wide_1(wide):
    assert wide.is_active

def test_wide_2(wide):
    assert wide.is_active
"""


@pytest.mark.slow
def test_the_plugin_ends_a_fake_with_the_test_that_started_it_and_says_so(tmp_path):
    (tmp_path / "test_suite.py").write_text(SUITE)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert "4 passed" in done.stdout
    said = (
        "PytestWarning: test_suite.py::test_starts: the FakeScale started at test_suite.py:7 was "
        "not stopped; it was ended with this test, or it would have answered the next ones. Start "
        "it by `with FakeScale() as scale:`, or stop() it"
    )
    assert said in done.stdout


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickle.dumps], ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    "part", ["clock", "timeline", "faults", "callbacks", "requests", "tasks", "projects"]
)
def test_a_part_of_a_fake_that_is_copied_says_what_to_do(part, way):
    with pytest.raises(TypeError, match=r"^\w+ is a part of a FakeScale, .*scale\.snapshot\(\)"):
        way(getattr(FakeScale(), part))


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickle.dumps], ids=lambda f: f.__name__)
def test_what_cannot_be_copied_says_what_to_do(way):
    scale = FakeScale()

    with pytest.raises(TypeError, match=r"^a FakeScale is not copied or pickled: scale\.fork\(\)"):
        way(scale)
    with pytest.raises(TypeError, match=r"^a snapshot is not copied or pickled: .*scale\.dump"):
        way(scale.snapshot())
    with pytest.raises(TypeError, match=r"^a ScaleClient cannot be pickled or deep-copied"):
        copy.deepcopy(scale.client())
