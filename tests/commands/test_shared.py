"""Two servers on one database are one fake."""

from __future__ import annotations

import json
import threading
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from scaleapi_testing._callbacks.targets import TargetAnswer


def _beside(name):
    spec = spec_from_file_location(Path(name).stem, Path(__file__).parent / name)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


executors = _beside("test_executor.py")
postgres = _beside("../log/postgres.py")

TASK = executors.TASK
HOOK = executors.HOOK


@pytest.fixture(scope="module")
def database():
    """A PostgreSQL of this file's own."""
    server = postgres.started()
    if server is None:
        pytest.skip(
            "NO POSTGRESQL HERE: apt-get install postgresql; servers that share are untested"
        )
    yield server
    postgres.remove(server)


@pytest.fixture
def begin(database):
    """Starts another server on the same schema, as often as it is called."""
    from scaleapi_testing._log.postgres_log import PostgresLog

    running = []
    schema = f"s{len(database.do('SELECT nspname FROM pg_namespace'))}"

    def start(**options):
        store = PostgresLog(f"{database.address()}?schema={schema}")
        server = executors.Running(store, is_shared=True, **options)
        running.append(server)
        return server

    yield start
    for server in running:
        if not server.loop.is_closed():
            server.stop()


def test_every_answered_write_is_seen_by_every_later_read_on_any_server(begin):
    servers = [begin(reads_fresh=True), begin(reads_fresh=True)]

    totals = []
    for number in range(10):
        here, there = servers[number % 2], servers[1 - number % 2]
        created = here.json("POST", "/v1/task/categorization", TASK)["task_id"]
        totals.append(there.call("GET", f"/v1/task/{created}").status)

    assert totals == [200] * 10
    assert servers[0].call("GET", "/v1/tasks").body == servers[1].call("GET", "/v1/tasks").body
    assert executors.everything(servers[0]) == executors.everything(servers[1])


def test_one_idempotency_key_makes_one_task_whichever_server_is_asked(begin):
    first, second = begin(reads_fresh=True), begin(reads_fresh=True)
    replies = []

    def create(server):
        replies.append(
            server.call("POST", "/v1/task/categorization", TASK, idempotency_key="once").body
        )

    threads = [threading.Thread(target=create, args=(s,)) for s in (first, second) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({json.loads(reply)["task_id"] for reply in replies}) == 1
    assert second.json("GET", "/v1/tasks")["total"] == 1


@pytest.mark.slow
def test_one_of_them_makes_the_callbacks_and_another_goes_on_when_it_ends(begin):
    seen = []
    arrived = threading.Semaphore(0)

    def target(request):
        seen.append(request.json["task_id"])
        arrived.release()
        return TargetAnswer(200)

    first, second = begin(target=target, reads_fresh=True), begin(target=target, reads_fresh=True)
    one = second.json(
        "POST", "/v1/task/categorization", {**TASK, "callback_url": HOOK}, key="test_k"
    )
    assert arrived.acquire(timeout=10)
    first.stop()

    two = second.json(
        "POST", "/v1/task/categorization", {**TASK, "callback_url": HOOK}, key="test_k"
    )
    assert arrived.acquire(timeout=10)

    assert seen == [one["task_id"], two["task_id"]]


def test_a_server_behind_the_log_takes_the_checkpoint_up(begin):
    first, second = begin(), begin()
    second.executor._writer._catch_up = lambda n: None  # cut off: it hears of nothing
    for _ in range(3):
        first.json("POST", "/v1/task/categorization", TASK)
    first.run(first.executor.checkpoint())
    first.json("POST", "/v1/task/categorization", TASK)

    del second.executor._writer._catch_up
    created = second.json("POST", "/v1/task/categorization", TASK)

    assert second.json("GET", "/v1/tasks")["total"] == 5
    assert created["task_id"] in second.call("GET", "/v1/tasks").body.decode()
