"""What lies beyond the year 9999, or is no length at all, is refused where it is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scaleapi_testing import FakeScale, policies

QUESTION = {"attachment_type": "text", "attachment": "Moo.", "categories": ["cow", "sheep"]}
EVE = datetime(9999, 12, 31, 23, 59, 50, tzinfo=UTC)


@pytest.mark.parametrize("length", [float("nan"), float("inf"), -float("inf")])
def test_a_length_that_is_no_number_is_refused(scale, length):
    with pytest.raises(ValueError, match=r"^advance\(seconds=-?(nan|inf)\): no length of time; "):
        scale.clock.advance(seconds=length)


@pytest.mark.parametrize(
    "ask",
    [
        lambda scale: scale.callbacks.delay(timedelta.max),
        lambda scale: scale.turnaround(timedelta.max),
        lambda scale: policies.completed(after=timedelta.max),
        lambda scale: scale.faults.add(latency=timedelta.max),
        lambda scale: FakeScale(turnaround=timedelta.max),
        lambda scale: FakeScale(max_idle=timedelta.max),
    ],
)
def test_a_length_that_no_clock_can_hold_is_refused_at_once(scale, ask):
    with pytest.raises(ValueError, match="at most 365000 days"):
        ask(scale)


def test_a_callable_that_gives_such_a_length_is_named(scale, scale_client):
    scale.turnaround(lambda task, random: timedelta.max)

    with pytest.raises(ValueError, match="returned 999999999 days"):
        scale_client.create_task("categorization", **QUESTION)


@pytest.mark.scale(start_time=EVE)
def test_what_would_come_after_the_year_9999_comes_in_its_last_moment(scale, scale_client):
    scale.callbacks.fail_next(times=50)
    task = scale_client.create_task(
        "categorization", callback_url="https://h.example.com/x", **QUESTION
    )
    scale.complete(task)

    scale.clock.run_until_idle()

    assert scale.clock.now() == datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
    assert len(scale.callbacks.last.attempts) == 20


@pytest.mark.scale(start_time=EVE)
def test_a_clock_is_not_moved_beyond_the_year_9999(scale):
    with pytest.raises(ValueError, match=r"^cannot move the clock from 9999-12-31T23:59:50"):
        scale.clock.advance(minutes=1)
    scale.clock.run_until_idle(limit=timedelta.max)


@pytest.mark.parametrize("wrong", [3, None, "30 days"])
def test_max_idle_is_a_timedelta(wrong):
    with pytest.raises(TypeError, match=r"^max_idle takes a timedelta, "):
        FakeScale(max_idle=wrong)


@pytest.mark.parametrize("wrong", [timedelta(0), timedelta(days=-1)])
def test_max_idle_is_positive(wrong):
    with pytest.raises(ValueError, match=r"^max_idle=.*: no wait could move the clock"):
        FakeScale(max_idle=wrong)
