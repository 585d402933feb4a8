"""What stands in the journal of a call that a fault struck, and what the caller still sees."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import requests

from scaleapi_testing import BadDump, FakeScale, UnspentFault

ADDRESS = "https://api.scale.com/v1/tasks"
AUTH = ("live_fake", "")


@pytest.mark.parametrize(
    "asked", [{"status": 503}, {"garbage": True}, {"status": 400, "after_commit": True}]
)
def test_the_fault_that_struck_stands_in_the_record_of_its_call(scale, asked):
    fault = scale.faults.add(**asked, times=1)

    requests.get(ADDRESS, auth=AUTH, timeout=5)
    requests.get(ADDRESS, auth=AUTH, timeout=5)

    assert [record.fault for record in scale.requests] == [fault, None]


def test_a_broken_connection_stands_in_the_record_as_such(scale):
    fault = scale.faults.add(disconnect=True, times=1)

    with pytest.raises(requests.ConnectionError):
        requests.get(ADDRESS, auth=AUTH, timeout=5)

    record = scale.requests.last
    assert (record.fault, record.outcome, record.status) == (fault, "disconnect", None)


def test_a_garbled_answer_still_says_that_it_is_json(scale):
    scale.faults.add(garbage=True, times=1)

    answer = requests.get(ADDRESS, auth=AUTH, timeout=5)

    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["Content-Length"] == str(len(answer.content))
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_a_late_and_garbled_answer_took_its_time(scale):
    scale.faults.add(garbage=True, latency=timedelta(seconds=3), times=1)
    before = scale.clock.now()

    answer = requests.get(ADDRESS, auth=AUTH, timeout=5)

    assert scale.clock.now() - before == timedelta(seconds=3)
    assert answer.elapsed >= timedelta(seconds=3)


def test_a_loaded_fault_can_be_taken_away(tmp_path):
    fake = FakeScale()
    fake.faults.add(status=503, times=2)
    fake.dump(tmp_path / "state.json")
    loaded = FakeScale.load(tmp_path / "state.json")

    (fault,) = loaded.faults
    fault.remove()

    assert list(loaded.faults) == []


def test_a_damaged_rate_limit_is_refused_by_name(tmp_path):
    path = tmp_path / "state.json"
    fake = FakeScale()
    fake.faults.rate_limit(requests=5, per=timedelta(minutes=1))
    fake.dump(path)
    document = json.loads(path.read_text())
    (limit,) = document["state"]["faults"]
    limit["rate_limit"]["requests"] = 0
    path.write_text(json.dumps(document))

    with pytest.raises(BadDump, match=r"ValueError: requests is 0\b"):
        FakeScale.load(path)


def test_a_fault_whose_call_left_the_journal_waits_for_a_further_one():
    fake = FakeScale(journal_max_entries=1)
    fake.faults.add(status=503, times=2, method="GET", path="/v1/tasks")

    fake.start()
    requests.get(ADDRESS, auth=AUTH, timeout=5)
    requests.get("https://api.scale.com/v1/teams", auth=AUTH, timeout=5)
    with pytest.raises(UnspentFault) as caught:
        fake.__exit__(None, None, None)

    assert "struck 1 time: no further request matched GET /v1/tasks. Nearest" in str(caught.value)
