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
wires = _beside("../log/wire.py")

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

    def start(port=database.port, **options):
        address = database.address().replace(f":{database.port}/", f":{port}/")
        store = PostgresLog(f"{address}?schema={schema}")
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


@pytest.fixture
def wire(database):
    """The network between one server and the database."""
    wire = wires.Wire(database.port)
    yield wire
    wire.end()


def until(holds, seconds):
    """Whether ``holds()`` becomes true within some real seconds."""
    pause = threading.Event()
    return any(holds() or pause.wait(0.1) for _ in range(int(seconds * 10)))


@pytest.mark.slow
def test_a_server_that_is_cut_off_loses_the_lead_and_catches_up_when_it_is_back(begin, wire):
    seen = []

    def target(request):
        seen.append(request.json["task_id"])
        return TargetAnswer(200)

    cut = begin(wire.port, target=target, reads_fresh=True)
    assert until(lambda: cut.executor._lead.term is not None, 10)
    other = begin(target=target, reads_fresh=True)
    before = called_back(cut)
    assert until(lambda: before in seen, 10)
    writer = Writing(cut)
    assert until(lambda: writer.answered, 10)

    wire.cut()
    meanwhile = called_back(other)
    refused = cut.call("GET", "/v1/tasks")
    not_written = cut.call("POST", "/v1/task/categorization", TASK)
    lost = until(lambda: cut.executor._lead.term is None, 15)
    taken = until(lambda: other.executor._lead.term is not None, 30)
    arrived = until(lambda: meanwhile in seen, 10)
    wire.heal()
    back = until(lambda: cut.call("GET", "/v1/tasks").status == 200, 20)
    so_far = len(writer.answered)
    goes_on = until(lambda: len(writer.answered) > so_far, 10)
    writer.end()

    assert goes_on
    assert (lost, taken, arrived, back) == (True, True, True, True)
    for reply in (refused, not_written):
        assert (reply.status, dict(reply.headers)["Retry-After"]) == (503, "1")
    after = called_back(cut)
    assert until(lambda: after in seen, 10)
    assert executors.everything(cut) == executors.everything(other)
    ids = [document["task_id"] for document in every_task(other)]
    assert len(set(ids)) == len(ids)
    assert {before, meanwhile, after, *writer.answered} <= set(ids)


def called_back(server):
    """The id of a task of which a callback goes out at once."""
    body = {**TASK, "callback_url": HOOK}
    return server.json("POST", "/v1/task/categorization", body, key="test_k")["task_id"]


def every_task(server):
    pages = [server.json("GET", "/v1/tasks?limit=100", key=key) for key in ("test_k", "live_fake")]
    assert [page["has_more"] for page in pages] == [False, False]
    return [document for page in pages for document in page["docs"]]


class Writing:
    """Creates tasks on a server, one after another, and keeps the ids that were answered."""

    def __init__(self, server):
        self._server = server
        self._ends = threading.Event()
        self.answered = []
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def end(self):
        self._ends.set()
        self._thread.join(30)

    def _write(self):
        number = 0
        while not self._ends.wait(0.2):
            number += 1
            headers = {"idempotency_key": f"w{number}"}
            reply = self._server.call("POST", "/v1/task/categorization", TASK, **headers)
            if reply.status == 200:
                self.answered.append(json.loads(reply.body)["task_id"])
