"""A spoiled answer as a value: what every door is given to break a call by."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from scaleapi_testing import FakeScale
from scaleapi_testing._http.values import Request

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HEADERS = {"authorization": "Basic dGVzdF9hOg=="}  # test_a, whose tasks complete at once
TASK = {
    "attachment": "a",
    "attachment_type": "text",
    "categories": ["a", "b"],
    "callback_url": "https://my.example/scale",
}
LISTED = b'{"docs":[],"total":0,"limit":100,"offset":0,"has_more":false}'


@pytest.fixture
def fake():
    return FakeScale(seed=7, start_time=NOON, check=False)


def listing(fake, **more):
    return fake.app.handle(
        Request("GET", "https://api.scale.com", "/v1/tasks", "", HEADERS, b"", **more)
    )


def create(fake, **more):
    body = json.dumps(TASK).encode()
    path = "/v1/task/categorization"
    return fake.app.handle(
        Request("POST", "https://api.scale.com", path, "", HEADERS, body, **more)
    )


def of(reply):
    """What a door does with a reply."""
    return reply.status, reply.body, reply.broken, reply.waited_ms


def headers_of(reply):
    return {name.lower(): value for name, value in reply.headers}


def test_an_answer_that_nothing_spoils_is_whole(fake):
    reply = listing(fake)

    assert of(reply) == (200, LISTED, "", 0)
    assert fake.requests.last.base == "https://api.scale.com"
    assert headers_of(reply) == {
        "content-type": "application/json; charset=utf-8",
        "content-length": str(len(LISTED)),
    }


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"disconnect": True}, (0, b"", "disconnect", 0)),
        ({"disconnect": True, "after_commit": True}, (0, b"", "disconnect", 0)),
        ({"timeout": True}, (0, b"", "read_timeout", 4_000)),
        ({"timeout": True, "after_commit": True}, (0, b"", "read_timeout", 4_000)),
        ({"connect_timeout": True}, (0, b"", "connect_timeout", 2_000)),
        ({"truncate": True}, (200, LISTED[: len(LISTED) // 2], "truncate", 0)),
        ({"garbage": True}, (200, LISTED[: len(LISTED) // 2] + b"\0<html>", "", 0)),
        ({"latency": timedelta(seconds=3)}, (200, LISTED, "", 3_000)),
        ({"latency": timedelta(seconds=5)}, (0, b"", "read_timeout", 4_000)),
        ({"latency": timedelta(seconds=4)}, (200, LISTED, "", 4_000)),
        (
            {"status": 503},
            (503, b'{"status_code":503,"error":"Service Unavailable"}', "", 0),
        ),
        ({"status": 599}, (599, b'{"status_code":599,"error":"Error"}', "", 0)),
        ({"status": 429}, (429, b'{"status_code":429,"error":"Too many requests."}', "", 0)),
        (
            {"status": 503, "message": "busy", "latency": timedelta(seconds=1)},
            (503, b'{"status_code":503,"error":"busy"}', "", 1_000),
        ),
        (
            {"status": 503, "latency": timedelta(seconds=5)},
            (0, b"", "read_timeout", 4_000),
        ),
    ],
)
def test_a_fault_makes_exactly_this_of_an_answer(fake, fault, expected):
    fake.faults.add(**fault)

    assert of(listing(fake, read_timeout=4, connect_timeout=2)) == expected


@pytest.mark.parametrize("kind", ["timeout", "connect_timeout"])
def test_a_client_that_waits_for_ever_waits_a_minute(fake, kind):
    fake.faults.add(**{kind: True})

    assert listing(fake).waited_ms == 60_000
    assert fake.clock.now() == NOON + timedelta(minutes=1)


def test_waits_that_began_together_overlap(fake):
    fake.faults.add(latency=timedelta(seconds=3), times=2)
    began = int(NOON.timestamp() * 1000)

    replies = [listing(fake, began_ms=began) for _ in range(2)]

    assert [reply.waited_ms for reply in replies] == [3_000, 3_000]
    assert fake.clock.now() == NOON + timedelta(seconds=3)


def test_a_refusal_asks_to_wait_and_says_its_length(fake):
    fake.faults.add(status=503, retry_after=7, message="busy")

    reply = listing(fake)

    assert headers_of(reply) == {
        "content-type": "application/json; charset=utf-8",
        "content-length": str(len(reply.body)),
        "retry-after": "7",
    }


def test_garbage_has_the_length_that_its_header_says(fake):
    fake.faults.add(garbage=True)

    reply = listing(fake)

    assert headers_of(reply) == {
        "content-type": "application/json; charset=utf-8",
        "content-length": str(len(reply.body)),
    }


@pytest.mark.parametrize(
    "fault",
    [
        {"disconnect": True, "after_commit": True},
        {"timeout": True, "after_commit": True},
        {"status": 503, "after_commit": True},
        {"status": 503, "after_commit": True, "latency": timedelta(seconds=1)},
        {"truncate": True},
        {"garbage": True},
        {"latency": timedelta(seconds=1)},
        {"latency": timedelta(hours=1)},
    ],
    ids=" ".join,
)
def test_what_a_target_raises_is_not_lost_with_the_answer(fake, fault):
    error = AssertionError("not like this")

    def refuse(request):
        raise error

    fake.callbacks.deliver_to(refuse)
    fake.faults.add(**fault)

    reply = create(fake, read_timeout=5)

    assert [task.status for task in fake.tasks] == ["completed"]
    assert reply.raised == [error]


def test_what_a_door_cannot_pass_on_is_raised_by_the_next_control(fake):
    fake.app.keep([AssertionError("first"), ValueError("second")])

    with pytest.raises(AssertionError, match="first") as raised:
        fake.complete_all()

    assert raised.value.__notes__ == ["and then: ValueError: second"]


def boom(task, random):
    raise ValueError("no answer today")


def test_what_a_callable_of_the_test_raises_comes_out_of_the_call(fake):
    fake.respond("categorization", boom)

    with pytest.raises(ValueError, match="no answer today"):
        create(fake)

    assert (fake.requests.last.status, len(fake.tasks)) == (500, 1)


def test_a_door_that_cannot_raise_answers_500_and_leaves_it_to_the_next_control(fake):
    fake.respond("categorization", boom)

    reply = create(fake, deferred=True)

    assert of(reply) == (500, b'{"status_code":500,"error":"Internal Server Error"}', "", 0)
    with pytest.raises(ValueError, match="no answer today"):
        fake.start_work(fake.tasks[0])
