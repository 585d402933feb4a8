"""What the faults say, whole: when they are refused, and when they were never spent."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
import requests

from scaleapi_testing import FakeScale, UnspentFault


@pytest.fixture
def faults():
    return FakeScale().faults


def get(path):
    requests.get(f"https://api.scale.com{path}", auth=("live_fake", ""), timeout=10)


@contextmanager
def unspent_at_the_end():
    """A fake whose block ends with unspent faults; what it says then is put into the list."""
    said = []
    with pytest.raises(UnspentFault) as told, FakeScale() as fake:
        yield fake, said
    said.append(str(told.value))


def said(error, act, **arguments):
    with pytest.raises(error) as told:
        act(**arguments)
    return str(told.value)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("fault_nothing_asked_for", {"times": 2}),
        ("fault_two_kinds", {"status": 503, "disconnect": True}),
        ("fault_no_error_status", {"status": 200}),
        ("fault_retry_after_without_status", {"retry_after": 30, "times": 1}),
        ("fault_retry_after_on_404", {"retry_after": 30, "status": 404}),
        ("fault_connect_timeout_after_commit", {"connect_timeout": True, "after_commit": True}),
        ("fault_late_timeout", {"timeout": True, "latency": timedelta(seconds=3)}),
        ("fault_message_without_status", {"timeout": True, "message": "too slow"}),
        (
            "fault_all_wrong",
            {"status": 99, "timeout": True, "garbage": True, "times": 0, "retry_after": -1},
        ),
        ("fault_no_route", {"status": 503, "method": "POST", "path": "/v1/taks/*"}),
        ("fault_no_route_by_method", {"status": 503, "method": "DELETE", "path": "/v1/tasks"}),
        ("fault_no_such_method", {"status": 503, "method": "PATCH"}),
    ],
)
def test_a_fault_that_means_nothing(golden, faults, name, arguments):
    golden(name, said(ValueError, faults.add, **arguments))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("fault_latency_is_a_number", {"latency": 3}),
        ("fault_status_is_a_text", {"status": "503"}),
        ("fault_when_is_no_callable", {"status": 503, "when": True}),
        ("fault_switch_is_a_text", {"disconnect": "yes"}),
    ],
)
def test_a_fault_of_wrong_types(golden, faults, name, arguments):
    golden(name, said(TypeError, faults.add, **arguments))


def test_a_rate_limit_that_lets_nobody_in(golden, faults):
    text = said(ValueError, faults.rate_limit, requests=0, per=timedelta(minutes=1))
    golden("rate_limit_of_nothing", text)


def test_a_fault_that_no_file_can_hold(golden, tmp_path):
    fake = FakeScale()
    fake.faults.add(status=503, times=1, when=callable)
    golden("fault_when_in_a_dump", said(ValueError, fake.dump, path=tmp_path / "state.json"))


def test_unspent_without_any_call(golden):
    with unspent_at_the_end() as (fake, said):
        fake.faults.add(status=503, times=1)

    golden("unspent_no_calls", *said)


def test_unspent_because_the_path_has_a_typing_error(golden):
    with unspent_at_the_end() as (fake, said):
        fake.faults.add(status=503, method="POST", path="/v1/task/imageanotation", times=2)
        get("/v1/tasks")
        fake.client().create_task(
            "imageannotation",
            attachment="https://img.example.net/belt-17.png",
            geometries={"box": {"objects_to_annotate": ["cow"]}},
        )

    golden("unspent_no_match", *said)


def test_unspent_because_another_fault_comes_first(golden):
    with unspent_at_the_end() as (fake, said):
        fake.faults.add(latency=timedelta(seconds=3))
        fake.faults.add(status=503, path="/v1/tasks", times=1)
        get("/v1/tasks")
        get("/v1/tasks")

    golden("unspent_shadowed", *said)


def test_unspent_though_several_others_came_first_names_the_last_of_them():
    with unspent_at_the_end() as (fake, said):
        fake.faults.add(times=2, status=500)
        fake.faults.add(path="/v1/tasks", times=1, status=502)
        fake.faults.add(path="/v1/tasks", times=1, status=503)
        get("/v1/tasks")
        get("/v1/tasks")
        get("/v1/tasks")

    assert (
        "3 matching calls went to a fault that comes before it: <Fault 502 on /v1/tasks hits=1"
    ) in said[0]


def test_unspent_with_a_when_that_every_call_met_had_too_few_calls():
    with unspent_at_the_end() as (fake, said):
        fake.faults.add(path="/v1/tasks", status=503, times=2, when=lambda _: True)
        get("/v1/tasks")

    assert "only 1 request matched /v1/tasks" in said[0]


def test_unspent_because_when_says_no(golden):
    with unspent_at_the_end() as (fake, said):
        fake.faults.add(status=503, path="/v1/tasks", times=1, when=lambda request: False)
        get("/v1/tasks")

    golden("unspent_when", *said)


def test_unspent_because_there_were_too_few_calls(golden):
    with unspent_at_the_end() as (fake, said):
        fake.faults.add(status=503, path="/v1/tasks", times=3)
        get("/v1/tasks")
        get("/v1/batches/w10")

    golden("unspent_too_few_calls", *said)


def test_unspent_twice(golden):
    with unspent_at_the_end() as (fake, said):
        fake.faults.add(status=503, path="/v1/tasks", times=1)
        fake.faults.add(disconnect=True, path="/v1/task/*", times=1)

    golden("unspent_two_faults", *said)
