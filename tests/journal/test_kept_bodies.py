"""Bodies are kept up to a size; what leaves the journal makes room for what comes."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import requests

from scaleapi_testing import FakeScale

BODY = {"note": "x" * 3_000}


def called(fake, times):
    with fake:
        for _ in range(times):
            requests.post(
                "https://api.scale.com/v1/task/none", json=BODY, auth=("live_fake", ""), timeout=5
            )


def test_calls_that_left_the_journal_take_no_room_in_it():
    fake = FakeScale(journal_max_entries=2, journal_max_bytes=8_000)

    called(fake, times=6)

    assert [record.json for record in fake.requests] == [BODY, BODY]


def test_the_oldest_bodies_are_cut_when_they_are_too_many():
    fake = FakeScale(journal_max_bytes=8_000)

    called(fake, times=4)

    assert [record.json for record in fake.requests[2:]] == [BODY, BODY]
    with pytest.raises(LookupError, match=re.escape("the body of request 1 is ")):
        _ = fake.requests[0].json


@pytest.mark.parametrize(
    ("calls", "left"),
    [(2, ""), (3, " (1 older one has left: journal_max_entries=2)")],
    ids=["none has left", "one has left"],
)
def test_an_unmet_expectation_says_how_many_calls_have_left(calls, left):
    fake = FakeScale(journal_max_entries=2, start_time=datetime(2026, 3, 2, tzinfo=UTC))
    called(fake, times=calls)

    with pytest.raises(AssertionError) as caught:
        fake.requests.expect("GET", "/v1/tasks")

    assert f" among 2 recorded requests{left}; the clock stands at " in str(caught.value)


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        (b" null ", 'json: expected {"a": 1}, got null'),
        (b"nul", "json: expected {\"a\": 1}, got a body that is not JSON: 'nul'"),
        (b"", 'json: expected {"a": 1}, got a call without a body'),
    ],
)
def test_a_body_that_is_null_is_json(scale, sent, got):
    requests.post("https://api.scale.com/v1/batches", data=sent, auth=("live_fake", ""), timeout=5)

    with pytest.raises(AssertionError) as caught:
        scale.requests.expect("POST", "/v1/batches", json={"a": 1})

    assert got in str(caught.value)
