"""What takes long in one world holds up no other one: it takes turns with the server's loop."""

import asyncio
import json
import threading
from datetime import timedelta

import pytest
import requests

from scaleapi_testing._time import turns
from tests.conftest import CATEGORIZATION

TASKS = 30


@pytest.fixture
def ask(scale_server):
    """Calls the server: ``ask("POST", "/_fake/reset", {})``; the answer's JSON."""
    with requests.Session() as session:

        def call(method, path, body=None):
            answer = session.request(
                method, scale_server.url + path, json=body, auth=("live_fake", ""), timeout=10
            )
            assert answer.status_code == 200, answer.text
            is_json = answer.headers["Content-Type"].startswith("application/json")
            return answer.json() if is_json else answer.text

        yield call


@pytest.fixture
def in_the_middle(monkeypatch, ask):
    """Asks another world and the server's health in the middle of what takes long."""
    made = ask("POST", "/_fake/worlds", {"name": "other"})
    told, moments = [], [TASKS // 2]

    def step(_):
        told.append(None)
        if len(told) in moments:
            task = ask("POST", f"/w/{made['name']}/v1/task/categorization", CATEGORIZATION)
            again = ask("GET", f"/w/{made['name']}/v1/task/{task['task_id']}")
            told[-1] = (again["task_id"] == task["task_id"], ask("GET", "/_fake/health")["status"])

    def begin(at=TASKS // 2):
        moments[:] = [at]
        monkeypatch.setattr(turns.Turn, "step", step)
        return told

    return begin


@pytest.mark.parametrize(
    ("method", "path", "body", "steps"),
    [
        # Completed one by one, then named one by one.
        pytest.param("POST", "/_fake/complete_all", {}, 2 * TASKS, id="complete_all"),
        pytest.param("POST", "/_fake/clock/run_until_idle", {}, TASKS, id="run_until_idle"),
        pytest.param("POST", "/_fake/snapshot", {}, TASKS, id="snapshot"),
        pytest.param("POST", "/_fake/restore", {"snapshot": "s1"}, TASKS, id="restore"),
        # Taken, then put there.
        pytest.param("POST", "/_fake/fork", {"name": "copy"}, 2 * TASKS, id="fork"),
        pytest.param("GET", "/_fake/diff?snapshot=s1", None, 2 * TASKS, id="diff"),
        pytest.param("GET", "/_fake/ui/tasks?q=cat&order=updated", None, TASKS, id="search"),
        pytest.param(
            "GET", "/v1/tasks?status=pending&type=categorization", None, TASKS, id="two filters"
        ),
        pytest.param("GET", "/v1/tasks?updated_after=2020-01-01", None, TASKS, id="a time"),
    ],
)
def test_another_world_and_health_answer_in_the_middle_of(
    scale, ask, in_the_middle, monkeypatch, method, path, body, steps
):
    monkeypatch.setattr("scaleapi_testing._app.MANY", TASKS)
    scale.turnaround(timedelta(hours=2))
    for _ in range(TASKS):
        ask("POST", "/v1/task/categorization", CATEGORIZATION)
    ask("POST", "/_fake/snapshot", {})
    ask("GET", "/_fake/ui/tasks")

    told = in_the_middle()
    ask(method, path, body)

    assert told[TASKS // 2 - 1] == (True, "ok")
    assert len(told) >= steps


def test_another_world_and_health_answer_in_the_middle_of_a_load(ask, in_the_middle):
    for _ in range(TASKS):
        ask("POST", "/v1/task/categorization", CATEGORIZATION)
    dump = ask("GET", "/_fake/dump")

    told = in_the_middle()
    ask("POST", "/_fake/load", {"dump": dump})

    assert told[TASKS // 2 - 1] == (True, "ok")
    assert len(told) >= TASKS
    assert ask("GET", "/v1/tasks")["total"] == TASKS


def test_another_world_and_health_answer_in_the_middle_of_a_mask(scale, ask, in_the_middle):
    body = {"attachment": "https://a.test/1.png", "labels": ["cow"], "allow_unlabeled": True}
    task = ask("POST", "/v1/task/segmentannotation", body)
    scale.complete(task["task_id"])
    answer = ask("GET", f"/v1/task/{task['task_id']}")
    url = answer["response"]["annotations"]["combined"]["image"]

    told = in_the_middle(at=1)  # of a few stripes, in each of which all rows are alike
    content = requests.get(url, timeout=10).content

    assert content.startswith(b"\x89PNG")
    assert told[0] == (True, "ok")


@pytest.fixture
def loop():
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


def test_what_waits_in_the_loop_is_done_between_two_slices(monkeypatch, loop):
    monkeypatch.setattr(turns, "SLICE_S", 0)
    done, seen = [], []

    with turns.taking_turns(loop):
        for number in turns.in_turns(range(50)):
            seen.append(list(done) == list(range(number)))
            loop.call_soon_threadsafe(done.append, number)

    assert seen == [True] * 50


def test_a_loop_that_waits_for_this_thread_is_not_waited_for(monkeypatch, loop):
    monkeypatch.setattr(turns, "SLICE_S", 0)
    monkeypatch.setattr(turns, "PATIENCE_S", 0.01)
    computed = threading.Event()
    loop.call_soon_threadsafe(computed.wait, 5)

    with turns.taking_turns(loop):
        steps = list(turns.in_turns(range(50)))
    computed.set()

    assert steps == list(range(50))


def test_a_loop_that_has_ended_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(turns, "SLICE_S", 0)
    loop = asyncio.new_event_loop()
    loop.close()

    with turns.taking_turns(loop):
        steps = list(turns.in_turns(range(3)))

    assert steps == [0, 1, 2]


@pytest.mark.parametrize(
    "answer",
    [
        {"items": ["a", {"b": [1, None]}] * 400, "total": 800, "text": "ü"},
        {"none": [], "long": list(range(501))},
        [[1, 2]] * 1001,
        list(range(500)),
        "text",
        {},
        None,
    ],
    ids=["records", "numbers", "a list", "a short list", "a text", "an empty object", "null"],
)
def test_a_long_answer_is_written_as_a_short_one(answer):
    from scaleapi_testing._serve.answers import encoded

    assert encoded(answer) == json.dumps(answer).encode()
