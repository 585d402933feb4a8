"""Bodies are kept up to a size; what leaves the journal makes room for what comes."""

from __future__ import annotations

import re

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
