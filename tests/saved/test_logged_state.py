"""A world that keeps to a log goes on from a checkpoint as one that applied everything."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from scaleapi_testing._saved.binary import fake_from, rows_of
from scaleapi_testing._world.world import World

FOLDER = Path(__file__).parent.parent / "commands"
_spec = spec_from_file_location("history", FOLDER / "history.py")
history = module_from_spec(_spec)
_spec.loader.exec_module(history)

BODY = {"attachment": "t", "attachment_type": "text", "categories": ["a", "b", "c"]}
HOOK = "https://hooks.example.com/scale"


def at_work(world):
    """Attempts that are expected, time moved by a control, a key whose account has nothing."""
    world.control("turnaround", policy="2h")
    world.call("GET", "/v1/tasks", key="live_nobody")
    world.call(
        "POST", "/v1/task/categorization", {**BODY, "callback_url": HOOK}, idempotency_key="i"
    )
    world.call("POST", "/v1/task/categorization", BODY, key="test_fake")
    world.control("clock.advance", minutes=150)
    world.control("faults.add", status=503, times=2)


def going_on(world):
    world.call("POST", "/v1/nothing", key="live_nobody")
    world.attempt(500)
    world.pass_time(60_000)
    world.call(
        "POST", "/v1/task/categorization", {**BODY, "callback_url": HOOK}, idempotency_key="i"
    )
    world.call("POST", "/v1/task/categorization", BODY, key="live_later")
    world.call("POST", "/v1/batches", {"project": "none", "name": "b"}, key="live_nobody")
    world.call("GET", "/v1/teams", key="live_nobody")
    world.control("clock.run_until_idle")
    world.attempt(200)


@pytest.fixture
def world():
    world = history.Logged(7)
    at_work(world)
    return world


@pytest.fixture
def taken_up(world):
    """The same world, taken up from its rows."""
    other = history.Logged(7)
    other.fake = fake_from(rows_of(world.fake), prepare=lambda fake: fake._world.keep_to_a_log())
    other.now_ms, other.log = world.now_ms, list(world.log)
    other.outcomes = list(world.outcomes)
    return other


def test_it_goes_on_the_same_way(world, taken_up):
    assert taken_up.told() == world.told()
    assert len(world.told()["expected"]) == 1

    going_on(world)
    going_on(taken_up)

    assert taken_up.told() == world.told()


def test_its_rows_are_those_of_the_world_itself(world, taken_up):
    assert list(rows_of(taken_up.fake)) == list(rows_of(world.fake))


def test_without_a_log_attempts_that_were_expected_are_planned(world):
    other = fake_from(rows_of(world.fake))

    assert isinstance(other._world, World)
    assert [event.what for event in other.timeline.pending()] == [
        f"callback completed of task {world.fake.tasks[0].task_id} is tried (attempt 1)"
    ]
