"""Recordings as their own programs write them, with a served fake in the role of Scale."""

from __future__ import annotations

import pytest
import requests
import vcr
from responses._recorder import Recorder

from scaleapi_testing import FakeScale, verify

PARAMS = {"attachment": "Moo.", "attachment_type": "text", "categories": ["cow", "sheep"]}
KEY = ("live_0123456789abcdef", "")


@pytest.fixture(scope="module")
def scale_elsewhere():
    with FakeScale(seed=5).serve() as server:
        yield server.url


def a_program(url):
    made = requests.post(f"{url}/v1/task/categorization", json=PARAMS, auth=KEY, timeout=10).json()
    requests.get(f"{url}/v1/task/{made['task_id']}", auth=KEY, timeout=10)
    requests.post(f"{url}/v1/task/{made['task_id']}/cancel", auth=KEY, timeout=10)
    requests.get(f"{url}/v1/tasks", params={"status": "canceled"}, auth=KEY, timeout=10)
    requests.get(f"{url}/v1/task/nonsense", auth=KEY, timeout=10)


@pytest.mark.parametrize("serializer", ["yaml", "json"])
def test_a_cassette_of_vcrpy(scale_elsewhere, tmp_path, serializer):
    file = tmp_path / f"program.{serializer}"
    recorder = vcr.VCR(serializer=serializer, filter_headers=["authorization"])
    with recorder.use_cassette(str(file)):
        a_program(scale_elsewhere)

    verification = verify(file)

    assert (len(verification.same), verification.ok) == (5, True), str(verification)


def test_a_file_of_the_recorder_of_responses(scale_elsewhere, tmp_path):
    file = tmp_path / "program.yaml"
    with Recorder() as recorder:
        a_program(scale_elsewhere)
        recorder.dump_to_file(file)

    verification = verify(file)

    assert verification.ok, str(verification)
    assert (len(verification.same), len(verification.not_comparable)) == (4, 1)
