"""The engine says before it acts whether a call would change something, and keeps its word."""

from __future__ import annotations

import json
from contextlib import suppress
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from scaleapi_testing import operations
from scaleapi_testing._control_plane.table import controls

_spec = spec_from_file_location("history", Path(__file__).with_name("history.py"))
history = module_from_spec(_spec)
_spec.loader.exec_module(history)

HOOK = "https://hooks.example.com/scale"
TASK = {"attachment": "t", "attachment_type": "text", "categories": ["a", "b"]}
PICTURE = {"attachment": "https://i.example/a.png", "labels": ["sky", "cow"], "project": "pictures"}


@pytest.fixture(scope="module")
def full():
    """A world with something of everything, in which nothing waits for a read."""
    world = history.Logged(5)
    world.control("add_projects", projects=["cows"])
    world.call("POST", "/v1/projects", {"name": "p", "type": "categorization"})
    world.call("POST", "/v1/projects", {"name": "pictures", "type": "segmentannotation"})
    world.call("POST", "/v1/batches", {"project": "p", "name": "b", "callback": HOOK})
    world.call("POST", "/v1/task/categorization", {**TASK, "batch": "b", "unique_id": "u"})
    world.call("POST", "/v1/task/categorization", {**TASK, "callback_url": HOOK})
    world.call("POST", "/v1/task/segmentannotation", PICTURE)
    world.call("POST", "/v1/teams/invite", {"emails": ["a@example.com"], "team_role": "labeler"})
    world.control("complete_all")
    return world


def paths(world):
    """Every operation that reads, at what is there and at what is not."""
    store = world.fake._world.store
    task = next(iter(store.tasks))
    batch = next(iter(world.fake.batches)).id
    known = {
        "task_id": task,
        "project_name": "p",
        "batch_name": "b",
        "uuid": next(iter(store.results)),
    }
    queries = {
        "/v2/task": f"?task_id={task}",
        "/v2/tasks": "?project_name=p",
        "/v2/project": "?project_name=p",
        "/v2/batch": f"?batch_id={batch}",
        "/v2/batches": "?project_name=p",
        "/v1/tasks": "?limit=1",
    }
    reading = [operation for operation in operations() if operation.method == "GET"]
    assert len(reading) > 20
    for values in (known, {}):
        for operation in reading:
            parts = [
                values.get(part[1:-1], "nothing") if part.startswith("{") else part
                for part in operation.path.split("/")
            ]
            yield "/".join(parts) + queries.get(operation.path, "")


def test_a_call_that_changes_nothing_leaves_no_trace(full):
    before, length = history.dump_of(full.fake), len(full.log)

    statuses = {full.call("GET", path).status for path in paths(full)}

    assert len(full.log) == length
    assert history.dump_of(full.fake) == before
    assert 200 in statuses
    assert 404 in statuses


def test_calls_that_change_nothing_are_in_the_journal_and_not_in_the_state(full):
    full.call("GET", "/v1/tasks?limit=2")

    last = full.fake.requests.last

    assert (last.path, bool(last.own), last.status) == ("/v1/tasks", True, 200)
    assert last.n == full.fake.requests.snapshot().next_n - 1
    assert repr(last).startswith(f"<RecordedRequest after {last.n} GET /v1/tasks 200")
    assert all(not record.own for record in full.fake.requests.snapshot().records)


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("POST", "/nowhere", "live_fake"),
        ("GET", "/nowhere", "live_new"),
        ("DELETE", "/v1/tasks", "live_new"),
    ],
)
def test_what_no_handler_sees_is_no_command(world, method, path, key):
    assert world.call(method, path, key=key).status == 404

    assert world.log == []


@pytest.mark.parametrize(
    ("method", "path", "key", "status"),
    [
        ("POST", "/v1/task/categorization", "", 401),
        ("GET", "/v1/tasks", "", 401),
        ("GET", "/results/nothing", "", 404),
        ("GET", "/results/nothing", "live_new", 404),
    ],
)
def test_what_needs_a_key_and_has_none_is_no_command_nor_is_what_needs_none(
    world, method, path, key, status
):
    assert world.call(method, path, key=key).status == status

    assert world.log == []


def test_an_unknown_route_under_a_new_key_leaves_no_account(world):
    reply = world.call("GET", "/v1/taks", key="live_new")

    assert (reply.status, reply.body) == (404, b'{"status_code":404,"error":"Not Found"}')
    assert world.fake._world.store.number_of_accounts() == 0
    assert "no route GET /v1/taks. Nearest: GET /v1/tasks" in str(world.fake.requests.last.notices)


def test_a_read_of_v2_is_a_command_where_the_task_waits_for_it(world):
    world.control("turnaround", policy={"after_polls": 2})
    task = world.call("POST", "/v1/task/categorization", TASK).body.decode()[12:36]
    length = len(world.log)

    statuses = [world.call("GET", f"/v2/task?task_id={task}").status for _ in range(3)]

    assert statuses == [200, 200, 200]
    assert len(world.log) == length + 2


def test_a_key_that_is_not_let_in_makes_no_command(world):
    world.fake._world.store.let_in(["live_mine"])

    statuses = [
        world.call("POST", "/v1/task/categorization", TASK, key=k).status
        for k in ("live_mine", "live_other")
    ]

    assert statuses == [200, 401]
    assert len(world.log) == 1


def test_what_no_handler_sees_is_a_command_where_a_fault_strikes_it(world):
    world.control("faults.add", status=503, times=1)

    assert world.call("GET", "/nowhere").status == 503
    assert world.call("GET", "/nowhere").status == 404

    assert [command.kind for command in world.log] == ["control", "call"]


def test_a_read_is_a_command_where_the_task_waits_for_it(world):
    world.control("turnaround", policy={"after_polls": 3})
    task = world.call("POST", "/v1/task/categorization", TASK).body.decode()[12:36]
    length = len(world.log)

    replies = [world.call("GET", f"/v1/task/{task}") for _ in range(4)]

    assert [b'"completed"' in reply.body for reply in replies] == [False, False, True, True]
    assert len(world.log) == length + 3


def test_a_read_is_a_command_where_a_limit_counts_it(world):
    world.call("GET", "/v1/tasks")
    world.control("faults.rate_limit", requests=1, per="1m")

    statuses = [world.call("GET", "/v1/tasks").status for _ in range(3)]

    assert statuses == [200, 429, 429]
    assert len(world.log) == 1 + 1 + 3


def test_a_call_without_a_key_is_no_command_where_a_limit_counts_keys(world):
    world.control("faults.rate_limit", requests=1, per="1m")
    commands = len(world.log)

    answers = [world.call("GET", "/v1/tasks", key="") for _ in range(3)]

    assert {answer.status for answer in answers} == {401}
    assert len(world.log) == commands


def test_the_first_call_of_a_key_is_a_command(world):
    world.call("GET", "/v1/tasks", key="live_new")
    world.call("GET", "/v1/tasks", key="live_new")

    assert [command.kind for command in world.log] == ["call"]


def test_a_read_is_a_command_where_it_uses_a_prepared_project(world):
    world.control("add_projects", projects=["cows"])
    world.call("GET", "/v1/projects", key="live_other")
    length = len(world.log)

    world.call("GET", "/v1/projects/cows", key="live_other")
    world.call("GET", "/v1/projects/cows", key="live_other")

    assert len(world.log) == length + 1


def test_no_key_stands_in_a_command_or_in_the_state(full):
    full.control("add_projects", projects=["secret"], api_key="live_secret_of_a_control")
    full.call("GET", "/v1/tasks", key="live_secret_of_a_call", cookie="session=live_secret")

    assert all(b"live_" not in command.body for command in full.log)
    assert b"live_" not in history.dump_of(full.fake)


def test_an_account_known_by_digest_alone_is_what_it_is_in_process(world):
    world.call("POST", "/v1/task/categorization", TASK, key="test_k")
    beside = history.FakeScale(seed=7, start_time=history.NOON)

    account = world.fake.account("test_k")

    assert account.is_test
    assert account.callback_auth_key == beside.account("test_k").callback_auth_key
    assert account.customer_id == beside.account("test_k").customer_id


def test_attempts_at_callbacks_wait_for_whoever_keeps_the_log(world):
    world.call("POST", "/v1/task/categorization", {**TASK, "callback_url": HOOK}, key="test_k")
    (expected,) = world.fake._world.callbacks.expected.values()

    world.attempt(None)
    world.control("clock.run_until_idle")
    world.attempt(200)

    (delivery,) = world.fake.callbacks
    assert (expected.url, expected.delivery) == (HOOK, delivery.number)
    assert [attempt.status for attempt in delivery.attempts] == [None, 200]
    assert not world.fake._world.callbacks.expected
    assert [event.what for event in world.fake.timeline.pending()] == []


def test_what_fail_next_refuses_is_refused_without_an_attempt(world):
    world.control("callbacks.fail_next", times=1)

    world.call("POST", "/v1/task/categorization", {**TASK, "callback_url": HOOK}, key="test_k")

    assert not world.fake._world.callbacks.expected
    assert [attempt.status for attempt in world.fake.callbacks.last.attempts] == [500]


def test_what_controls_add_to_the_clock_stays_ahead_of_the_log(world):
    world.control("clock.advance", minutes=10)
    world.pass_time(60_000)

    assert world.fake.clock.ms == history.NOON_MS + 11 * 60_000
    assert world.fake.clock.ahead_ms == 10 * 60_000


def test_a_state_that_is_put_back_takes_its_time_with_it(world):
    world.control("clock.advance", minutes=10)
    world.control("reset")
    world.pass_time(60_000)

    assert world.fake.clock.ms == history.NOON_MS + 60_000


def test_an_attempt_that_was_under_way_is_tried_again_by_a_fake_without_a_log(world, tmp_path):
    world.call("POST", "/v1/task/categorization", {**TASK, "callback_url": HOOK}, key="test_k")
    world.fake.dump(tmp_path / "dump.json")

    loaded = history.FakeScale.load(tmp_path / "dump.json")
    loaded.clock.run_until_idle()

    assert [attempt.status for attempt in loaded.callbacks.last.attempts] == [200]


READING = [operation for operation in controls().values() if not operation.changes]


@pytest.mark.parametrize("operation", READING, ids=[operation.name for operation in READING])
@pytest.mark.parametrize("is_new", [True, False])
def test_a_control_that_says_so_changes_nothing(world, full, operation, is_new):
    fake = world.fake if is_new else full.fake
    before = history.dump_of(fake)
    known = {"task": "nothing", "task_id": "nothing", "id": "nothing", "name": "p"}
    arguments = {
        argument.name: known.get(argument.name, 1 if "number" in argument.kind.name else "x")
        for argument in operation.arguments
        if argument.required
    }

    with suppress(LookupError, ValueError, TypeError, AttributeError, AssertionError):
        operation.perform(fake, arguments)

    assert history.dump_of(fake) == before


def test_the_account_of_a_control_may_be_named_by_its_id(world):
    world.call("POST", "/v1/projects", {"name": "p", "type": "categorization"}, key="live_other")
    account = world.fake.account("live_other")

    assert world.fake._world.store.hidden_or_id(account.digest) is account.key
    assert world.fake._world.store.hidden_or_id("live_other") == account.key


def test_calls_that_no_log_holds_have_places_between_those_that_it_does(world):
    world.call("POST", "/v1/projects", {"name": "p", "type": "categorization"})
    world.call("GET", "/v1/projects")
    world.call("GET", "/v1/projects/p")
    world.call("POST", "/v1/projects", {"name": "q", "type": "categorization"})
    listed = controls()["requests"].perform(world.fake, {})["items"]
    after = controls()["requests"].perform(world.fake, {"after": listed[1]["place"]})["items"]

    assert [(call["n"], call["own"]) for call in listed] == [
        (1, False),
        (1, True),
        (1, True),
        (2, False),
    ]
    assert len({call["place"] for call in listed}) == 4
    assert [call["path"] for call in after] == ["/v1/projects/p", "/v1/projects"]


def test_a_call_that_is_made_again_is_that_of_the_log_with_its_key(world):
    world.call("POST", "/v1/projects", {"name": "p", "type": "categorization"}, key="live_other")
    world.call("GET", "/v1/projects", key="live_other")

    again = world.control("requests.replay", n=1).answer

    assert (again["n"], again["method"], again["status"]) == (2, "POST", 409)


def test_a_read_at_another_address_does_not_change_where_answers_point(world):
    pictures = {"name": "pictures", "type": "segmentannotation"}
    world.call("POST", "/v1/projects", pictures, origin="http://first.test")
    created = world.call("POST", "/v1/task/segmentannotation", PICTURE, origin="http://first.test")
    task = json.loads(created.body)["task_id"]

    world.call("GET", f"/v1/task/{task}", origin="http://second.test")
    world.control("complete", task=task)

    answer = world.call("GET", f"/v1/task/{task}", origin="http://second.test").body
    assert b"http://first.test/results/" in answer
    assert b"http://second.test/results/" not in answer
