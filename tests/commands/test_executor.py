"""A server that keeps a log: what it answered is there again, whatever became of it."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from datetime import UTC, datetime

import pytest

from scaleapi_testing import FakeScale
from scaleapi_testing._callbacks.targets import TargetAnswer
from scaleapi_testing._commands.executor import Executor
from scaleapi_testing._commands.making import (
    Copying,
    Made,
    ended_to_bytes,
    forked_to_bytes,
    made_to_bytes,
)
from scaleapi_testing._control_plane.errors import status_of
from scaleapi_testing._control_plane.table import controls
from scaleapi_testing._http.values import Request
from scaleapi_testing._log.command import Base, LogUnavailable, StateError
from scaleapi_testing._log.sqlite_log import SqliteLog
from scaleapi_testing._serve.apart import rows_apart
from scaleapi_testing._world.world import World

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOOK = "http://127.0.0.1:9/hook"
TASK = {"attachment": "t", "attachment_type": "text", "categories": ["a", "b"]}


class Running:
    """A server's executor with a loop of its own, as long as it lives."""

    def __init__(self, store, target=lambda request: TargetAnswer(200), speed=0.0, **options):
        made = Made(
            FakeScale(seed=7, start_time=NOON)._settled, (("cows", "categorization"),), speed
        )
        self.executor = Executor(store, lambda: made, target=target, **options)
        self.executor.open()
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.loop.call_soon_threadsafe(self.executor.run_in, self.loop)

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def request(self, method, path, body=None, key="live_fake", **headers):
        path, _, query = path.partition("?")
        token = base64.b64encode(f"{key}:".encode()).decode()
        sent = {
            "authorization": f"Basic {token}",
            **{n.replace("_", "-"): v for n, v in headers.items()},
        }
        content = b"" if body is None else json.dumps(body).encode()
        return Request(method, "http://fake.test", path, query, sent, content, deferred=True)

    def call(self, *args, world="default", **kwargs):
        return self.run(self.executor.call(world, self.request(*args, **kwargs)))

    def json(self, *args, **kwargs):
        return json.loads(self.call(*args, **kwargs).body)

    def control(self, name, world="default", **arguments):
        return json.loads(self.run(self.executor.control(world, controls()[name], arguments)))

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()
        self.executor.close()

    def crash(self):
        """End as a killed process does: nothing is finished, the file is let go."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()
        self.executor._lead.end()
        self.executor._writer.end()
        self.executor._store.close()


@pytest.fixture
def begin(tmp_path):
    """Starts a server on the same file, as often as it is called."""
    running = []
    clock = [1_000_000]

    def start(**options):
        store = SqliteLog(tmp_path / "fake.db", lambda: clock[0])
        server = Running(store, **options)
        server.clock = clock
        running.append(server)
        return server

    yield start
    for server in running:
        if not server.loop.is_closed():
            server.stop()


def everything(server):
    """What a client sees, and the dump."""
    tasks = server.call("GET", "/v1/tasks").body
    return tasks, server.control("dump")


def test_everything_answered_is_there_after_a_crash(begin):
    server = begin()
    created = [server.json("POST", "/v1/task/categorization", TASK)["task_id"] for _ in range(5)]
    server.control("complete", task=created[0])
    before = everything(server)

    server.crash()
    again = begin()

    assert everything(again) == before
    assert again.json("GET", f"/v1/task/{created[0]}")["status"] == "completed"
    assert again.executor._applier.count > 0


def test_a_clean_end_leaves_a_checkpoint_and_no_log(begin):
    server = begin()
    server.json("POST", "/v1/task/categorization", TASK)
    server.control("snapshot")
    before = everything(server)

    server.stop()
    again = begin()

    assert everything(again) == before
    assert again.executor._applier.count == 0
    assert again.control("diff", snapshot="s1")["text"] == "no difference"


def test_what_is_asked_for_again_after_a_restart_is_not_done_twice(begin):
    server = begin()
    first = server.json("POST", "/v1/task/categorization", TASK, idempotency_key="once")
    server.crash()

    second = begin().json("POST", "/v1/task/categorization", TASK, idempotency_key="once")

    assert second == first


def test_the_answers_of_a_control_and_its_refusals_are_those_in_process(begin):
    server = begin()
    task = server.json("POST", "/v1/task/categorization", TASK)["task_id"]

    with pytest.raises(LookupError, match="no task 'nothing'"):
        server.control("complete", task="nothing")
    with pytest.raises(ValueError, match="takes no 'tusk'"):
        server.control("complete", tusk=task)
    server.control("complete", task=task)
    assert server.json("GET", f"/v1/task/{task}")["status"] == "completed"


def test_calls_of_many_clients_are_written_together(begin):
    server = begin()

    async def burst():
        calls = [
            server.executor.call("default", server.request("POST", "/v1/task/categorization", TASK))
            for _ in range(64)
        ]
        return await asyncio.gather(*calls)

    replies = server.run(burst())

    ids = [json.loads(reply.body)["task_id"] for reply in replies]
    assert len(set(ids)) == 64
    assert server.json("GET", "/v1/tasks?limit=1")["total"] == 64


def test_callbacks_are_made_and_their_outcomes_are_kept(begin):
    seen = []
    arrived = threading.Event()

    def target(request):
        seen.append(request)
        arrived.set()
        return TargetAnswer(204, b"thanks")

    server = begin(target=target)
    server.json("POST", "/v1/task/categorization", {**TASK, "callback_url": HOOK}, key="test_k")
    assert arrived.wait(5)

    server.stop()
    (delivery,) = begin(target=target).control("callbacks")["items"]

    assert [attempt["status"] for attempt in delivery["attempts"]] == [204]
    assert seen[0].json["status"] == "completed"
    assert len(seen) == 1


def test_an_attempt_without_an_outcome_is_made_again(begin):
    held, seen, arrived = threading.Event(), [], threading.Event()

    def stuck(request):
        arrived.set()
        held.wait(10)
        return TargetAnswer(200)

    server = begin(target=stuck)
    server.json("POST", "/v1/task/categorization", {**TASK, "callback_url": HOOK}, key="test_k")
    assert arrived.wait(5)
    server.crash()

    made = threading.Event()

    def well(request):
        seen.append(request)
        made.set()
        return TargetAnswer(200)

    begin(target=well)
    assert made.wait(5)
    held.set()

    assert len(seen) == 1


def test_time_passes_in_the_log(begin):
    server = begin(speed=3600.0)
    server.control("turnaround", policy="2h")
    task = server.json("POST", "/v1/task/categorization", TASK)["task_id"]
    server.clock[0] += 3000

    server.executor._lead._wake.set()
    waiting = threading.Event()
    for _ in range(100):
        if server.json("GET", f"/v1/task/{task}")["status"] == "completed":
            break
        waiting.wait(0.02)

    server.crash()
    again = begin().json("GET", f"/v1/task/{task}")
    assert again["status"] == "completed"
    assert again["completed_at"] == "2026-03-02T14:00:00.000Z"


def test_a_second_server_on_the_same_file_is_refused(begin):
    begin()

    with pytest.raises(StateError, match=r"in use|another server"):
        begin()


def test_no_key_stands_in_the_file(begin, tmp_path):
    server = begin()
    server.json("POST", "/v1/task/categorization", TASK, key="live_very_secret_key")
    server.crash()

    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert b"live_very_secret" not in written
    assert b"categorization" in written


def test_a_log_that_cannot_be_reached_is_a_503_until_it_is_back(begin, monkeypatch):
    server = begin()
    append, last = server.executor._store.append, server.executor._store.last
    gone = threading.Event()
    gone.set()

    def failing(*args, **kwargs):
        if gone.is_set():
            raise LogUnavailable("the disk is full")
        return append(*args, **kwargs)

    def failing_last():
        if gone.is_set():
            raise LogUnavailable("the disk is full")
        return last()

    monkeypatch.setattr(server.executor._store, "append", failing)
    monkeypatch.setattr(server.executor._store, "last", failing_last)

    refused = server.call("POST", "/v1/task/categorization", TASK)
    with pytest.raises(LogUnavailable, match="the disk is full") as caught:
        server.control("complete_all")
    still_read = server.call("GET", "/v1/projects/cows", key="live_fake")
    gone.clear()
    waiting = threading.Event()
    for _ in range(100):
        reply = server.call("POST", "/v1/task/categorization", TASK)
        if reply.status == 200:
            break
        waiting.wait(0.05)

    assert status_of(caught.value) == 503
    assert (refused.status, dict(refused.headers)["Retry-After"]) == (503, "1")
    assert still_read.status == 503  # the first call of its key
    assert reply.status == 200
    assert server.json("GET", "/v1/tasks")["total"] == 1


def test_a_checkpoint_is_written_while_calls_go_on(begin):
    server = begin()
    server.json("POST", "/v1/task/categorization", TASK)

    server.run(server.executor.checkpoint())
    server.json("POST", "/v1/task/categorization", TASK)
    before = everything(server)
    server.crash()

    again = begin()
    assert everything(again) == before
    assert again.executor._applier.count == 1


def test_a_large_state_is_written_down_by_another_process(begin, monkeypatch):
    monkeypatch.setattr("scaleapi_testing._commands.executor.LARGE", 2)
    server = begin()
    for _ in range(4):
        server.json("POST", "/v1/task/categorization", TASK)
    before = everything(server)

    server.run(server.executor.checkpoint())
    server.crash()
    again = begin()

    assert again.executor._applier.count == 0
    assert everything(again) == before


def test_after_so_many_commands_the_lead_writes_a_checkpoint(begin, monkeypatch):
    monkeypatch.setattr("scaleapi_testing._commands.executor.CHECKPOINT_COMMANDS", 5)
    server = begin()
    for _ in range(6):
        server.json("POST", "/v1/task/categorization", TASK)

    server.executor._lead._wake.set()
    waiting = threading.Event()
    for _ in range(200):
        if server.executor._store.checkpoint() is not None:
            break
        waiting.wait(0.02)
    before = everything(server)
    server.crash()

    again = begin()
    assert again.executor._applier.count <= 1  # the last one may have come behind it
    assert everything(again) == before


def test_a_dump_of_a_large_state_is_made_by_another_process(begin, monkeypatch):
    server = begin()
    for _ in range(4):
        server.json("POST", "/v1/task/categorization", TASK)
    small = server.control("dump")
    others = []

    def noted(make):
        others.append(list(rows_apart(make)))
        return others[-1]

    monkeypatch.setattr("scaleapi_testing._serve.apart.rows_apart", noted)
    monkeypatch.setattr("scaleapi_testing._serve.apart.LARGE", 2)

    assert server.control("dump") == small
    assert [json.loads(row) for (row,) in others] == [small]


def test_a_checkpoint_whose_process_ended_is_none(begin, monkeypatch):
    monkeypatch.setattr("scaleapi_testing._commands.executor.LARGE", 2)
    server = begin()
    for _ in range(4):
        server.json("POST", "/v1/task/categorization", TASK)
    before = everything(server)
    monkeypatch.setattr("scaleapi_testing._commands.executor.rows", lambda *_: iter([b"h", 1 / 0]))

    with pytest.raises(StateError, match="the process that made it ended"):
        server.run(server.executor.checkpoint())
    server.crash()
    monkeypatch.undo()

    assert everything(begin()) == before


class Leaving:
    """Worlds of which one was left alone for too long."""

    def __init__(self, executor):
        self.executor = executor

    def sync(self):
        pass

    def touch(self, name):
        pass

    def expired(self):
        return [name for name in self.executor.worlds if name != "default"]


def test_a_world_that_is_left_alone_is_ended_by_the_lead(begin):
    server = begin()
    made = Made(FakeScale(seed=3, start_time=NOON)._settled)
    server.run(server.executor.make("ci-1", made_to_bytes(made), Base(0.0, 0)))
    assert server.call("GET", "/v1/tasks", world="ci-1").status == 200

    server.executor.tell(Leaving(server.executor))
    server.executor._lead._wake.set()
    waiting = threading.Event()
    for _ in range(200):
        if "ci-1" not in server.executor.worlds:
            break
        waiting.wait(0.02)

    server.crash()
    assert list(begin().executor.worlds) == ["default"]


class Held:
    """A method in the middle of long work: whoever calls it stays there until it may go on."""

    def __init__(self, monkeypatch, owner, name):
        self.reached = threading.Event()
        self._goes_on = threading.Event()
        method = getattr(owner, name)

        def held(*args):
            self.reached.set()
            self._goes_on.wait(20)
            return method(*args)

        monkeypatch.setattr(owner, name, held)

    def go_on(self):
        self._goes_on.set()


@pytest.fixture
def busy(begin, monkeypatch):
    """A server with a second world, whose first one is held while it completes its only task.

    The server, where it is held, and what comes of it.
    """
    server = begin()
    make(server, "other")
    server.json("POST", "/v1/task/categorization", TASK)
    held = Held(monkeypatch, World, "complete")
    completing = asyncio.run_coroutine_threadsafe(
        server.executor.control("default", controls()["complete_all"], {}), server.loop
    )
    assert held.reached.wait(10)
    return server, held, completing


def test_worlds_are_made_ended_and_called_while_another_is_busy(busy):
    server, held, completing = busy

    make(server, "third")
    created = server.json("POST", "/v1/task/categorization", TASK, world="third")
    fork(server, "other", "copy")
    server.json("POST", "/v1/task/categorization", TASK, world="copy")
    server.run(server.executor.make("other", ended_to_bytes(), None, ends=True))
    still_busy = not completing.done()
    held.go_on()

    assert still_busy
    assert json.loads(completing.result(10))["total"] == 1
    assert (
        server.json("GET", "/v1/tasks", world="third")["docs"][0]["task_id"] == created["task_id"]
    )
    assert list(server.executor.worlds) == ["default", "third", "copy"]


def looked(server, *args, world="default", **kwargs):
    """What a call that must not wait is answered."""

    async def look():
        return server.executor.look_at_once(world, server.request(*args, **kwargs))

    return server.run(look())


def test_a_call_that_changes_nothing_is_answered_at_once(begin):
    server = begin()
    server.json("POST", "/v1/task/categorization", TASK)
    logged = server.executor._applier.count

    answers = [looked(server, "GET", "/v1/tasks") for _ in range(2)]

    assert [answer.body for answer in answers] == [server.call("GET", "/v1/tasks").body] * 2
    assert server.executor._applier.count == logged


def test_a_call_that_changes_something_or_whose_world_is_gone_is_not_answered_at_once(begin):
    server = begin()

    answers = [
        looked(server, "GET", "/v1/tasks", key="live_other"),  # the first call of its key
        looked(server, "POST", "/v1/task/categorization", TASK),
        looked(server, "GET", "/v1/tasks", world="gone"),
    ]

    assert answers == [None] * 3
    assert server.executor.worlds["default"].fake._world.store.known("live_other") is None


def test_a_call_that_is_long_is_not_answered_at_once(begin, monkeypatch):
    server = begin()
    server.json("POST", "/v1/task/categorization", TASK)
    monkeypatch.setattr("scaleapi_testing._app.MANY", 1)

    assert looked(server, "GET", "/v1/tasks") is not None
    assert looked(server, "GET", "/v1/tasks?status=pending&type=categorization") is None


def test_nobody_waits_for_a_world_that_a_page_has_and_it_is_let_go_afterwards(begin):
    server = begin()
    server.json("POST", "/v1/task/categorization", TASK)
    lock = server.executor.worlds["default"].fake._world.lock

    with lock:
        meanwhile = looked(server, "GET", "/v1/tasks")
    afterwards = looked(server, "GET", "/v1/tasks")
    is_free = lock.acquire(timeout=1)
    lock.release()

    assert meanwhile is None
    assert afterwards.status == 200
    assert is_free


def test_a_call_to_a_busy_world_is_not_answered_at_once(busy):
    server, held, completing = busy

    meanwhile = looked(server, "GET", "/v1/tasks")
    held.go_on()
    completing.result(10)

    assert meanwhile is None
    assert looked(server, "GET", "/v1/tasks").status == 200


def test_a_server_that_shares_its_log_reads_it_before_every_answer(begin):
    server = begin(reads_fresh=True)
    server.json("POST", "/v1/task/categorization", TASK)

    assert looked(server, "GET", "/v1/tasks") is None
    assert server.json("GET", "/v1/tasks")["total"] == 1


def test_a_checkpoint_waits_for_a_busy_world_and_no_other_world_does(begin, busy):
    server, held, completing = busy

    saving = asyncio.run_coroutine_threadsafe(server.executor.checkpoint(), server.loop)
    server.json("POST", "/v1/task/categorization", TASK, world="other")
    still_busy = not completing.done()
    held.go_on()
    saving.result(10)
    before = everything(server)
    server.crash()

    assert still_busy
    again = begin()
    assert everything(again) == before
    assert again.executor._applier.count == 0


def test_what_comes_for_a_world_that_is_being_forked_waits_for_that(begin, monkeypatch):
    server = begin()
    server.json("POST", "/v1/task/categorization", TASK)
    held = Held(monkeypatch, Copying, "do")
    forking = asyncio.run_coroutine_threadsafe(
        server.executor.make("copy", forked_to_bytes("default", None), Base(0.0, 0)), server.loop
    )
    assert held.reached.wait(10)

    into_both = [
        asyncio.run_coroutine_threadsafe(
            server.executor.call(name, server.request("POST", "/v1/task/categorization", TASK)),
            server.loop,
        )
        for name in ("default", "copy")
    ]
    make(server, "third")
    server.json("POST", "/v1/task/categorization", TASK, world="third")
    read = looked(server, "GET", "/v1/tasks")
    waited = [not call.done() for call in (forking, *into_both)]
    held.go_on()

    assert waited == [True, True, True]
    assert read is None
    assert [call.result(10).status for call in into_both] == [200, 200]
    assert server.json("GET", "/v1/tasks", world="copy")["total"] == 2
    assert server.json("GET", "/v1/tasks")["total"] == 2


def make(server, name):
    made = Made(FakeScale(seed=7, start_time=NOON)._settled)
    server.run(server.executor.make(name, made_to_bytes(made), Base(0.0, made.settled.start)))


def fork(server, source, name):
    server.run(server.executor.make(name, forked_to_bytes(source, None), Base(0.0, 0)))
