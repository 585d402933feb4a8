"""What the speed goals ask for that needs no clock: modules imported, memory kept, growth."""

import gc
import json
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta
from itertools import count, cycle

import pytest

import scaleapi
from scaleapi_testing import FakeScale
from scaleapi_testing._http.wire import timestamp
from scaleapi_testing._state.idempotency import MAX_REFUSALS, IdempotencyKeys, Remembered
from scaleapi_testing._state.task import TaskRecord
from scaleapi_testing._state.task_table import KEPT_WITH_LINKS, TaskTable
from scaleapi_testing._world.history import KEPT

KB = 1024
BOXES = {
    "instruction": "Draw a box around each cow.",
    "attachment": "https://images.example/cow.jpg",
    "geometries": {"box": {"objects_to_annotate": ["cow"]}},
}
HEAVY = {"requests", "urllib3", "responses", "yaml", "faker", "pydantic"}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def imported_by(module):
    """The modules that importing this one alone brings in, in a new process."""
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def held(call, calls=1_500, *, first=0):
    """Bytes that the process holds more after so many calls, counted when ``first`` were made."""
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(first):
            call()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(calls):
            call()
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


@pytest.fixture
def herd():
    """A fake that remembers five calls, its client, and 150 tasks in it."""
    scale = FakeScale(start_time=NOON, journal_max_entries=5)
    client = scale.client()
    tasks = [
        client.create_task("imageannotation", unique_id=f"cow-{n}", **BOXES) for n in range(150)
    ]
    return scale, client, tasks


# -- what is imported -----------------------------------------------------------------------------


def test_the_pytest_plugin_imports_pytest_alone():
    brought = imported_by("scaleapi_testing.pytest_plugin") - imported_by("pytest")

    assert {name.partition(".")[0] for name in brought} == {"scaleapi_testing"}


def test_the_client_imports_of_the_heavy_packages_only_requests_and_what_that_needs():
    assert imported_by("scaleapi") & HEAVY == {"requests", "urllib3"}


def test_a_fake_that_is_made_but_not_started_imports_no_http_library():
    assert not imported_by("scaleapi_testing._fake") & HEAVY


# -- what a call leaves in the journal ------------------------------------------------------------

CALLS = 200


@pytest.fixture
def noted(herd):
    """Bytes per call that a fake holds in its journal, beyond the bodies of the last call."""
    scale, client, tasks = herd
    scale = FakeScale(start_time=NOON, journal_max_entries=CALLS)
    client = scale.client()
    tasks = [client.create_task("imageannotation", **BOXES) for _ in range(120)]

    def measure(call, *, own_bodies):
        call(client, tasks)
        scale.requests.reset()
        bytes_held = held(lambda: call(client, tasks), CALLS)
        last = scale.requests.last
        bodies = len(last.body) + len(last.response_body) if own_bodies else 0
        return bytes_held / CALLS - bodies

    return measure


@pytest.mark.slow
def test_a_journal_entry_of_a_read_task_is_below_1_kb(noted):
    assert noted(lambda client, tasks: client.get_task(tasks[0].id), own_bodies=False) < KB


@pytest.mark.slow
def test_a_journal_entry_of_a_page_of_100_tasks_is_below_2_kb(noted):
    assert noted(lambda client, _: client.tasks(limit=100), own_bodies=False) < 2 * KB


@pytest.mark.slow
def test_a_journal_entry_of_a_page_with_links_is_below_2_kb(noted):
    page = noted(
        lambda client, _: client.tasks(limit=100, include_attachment_url=True), own_bodies=False
    )

    assert page < 2 * KB


@pytest.mark.slow
def test_a_journal_entry_of_a_change_is_below_2_kb_and_its_bodies(noted):
    changed = noted(
        lambda client, tasks: client.set_task_metadata(tasks[0].id, {"note": "x" * 1000}),
        own_bodies=True,
    )

    assert changed < 2 * KB


@pytest.mark.slow
def test_a_journal_entry_of_a_refused_create_is_below_2_kb_and_its_bodies(noted):
    def refused(client, _):
        with pytest.raises(scaleapi.ScaleInvalidRequest):
            client.create_task("imageannotation", instruction="Draw.")

    assert noted(refused, own_bodies=True) < 2 * KB


def test_a_page_in_the_journal_reads_as_it_was_sent(herd):
    scale, client, tasks = herd
    page = client.tasks(limit=100)

    client.set_task_tags(tasks[149].id, ["late"])

    listed = scale.requests[-2].response_json
    assert [doc["task_id"] for doc in listed["docs"]] == [task.id for task in page]
    assert "tags" not in listed["docs"][0]


# -- what does not grow with the number of calls --------------------------------------------------

NOTHING = 1_500 * 32
"""What a few caches that fill up may take in 1,500 calls: less than any object per call."""


def ask(client, tasks):
    """Makes one call after the other, again and again the same ones; none leaves anything new."""

    def unknown():
        with pytest.raises(scaleapi.ScaleResourceNotFound):
            client.get_task("nobody")

    turns = cycle(
        (
            lambda: client.get_task(tasks[0].id),
            lambda: client.tasks(limit=100),
            lambda: client.tasks(limit=10, include_attachment_url=True),
            lambda: client.tasks(limit=50, next_token=client.tasks(limit=50).next_token),
            lambda: client.tasks(unique_id="cow-7"),
            lambda: client.set_task_tags(tasks[0].id, ["a"]),
            lambda: client.set_task_metadata(tasks[0].id, {"a": 1}),
            client.projects,
            client.batches,
            unknown,
        )
    )

    def ask_next():
        next(turns)()

    return ask_next


@pytest.mark.slow
def test_nothing_grows_with_the_number_of_calls(herd):
    _, client, tasks = herd

    assert held(ask(client, tasks), first=300) < NOTHING


@pytest.mark.slow
def test_nothing_grows_with_calls_through_requests_while_the_fake_is_started(herd):
    scale, _, tasks = herd
    client = scaleapi.ScaleClient("live_fake")

    with scale:
        grown = held(ask(client, tasks), first=300)

    assert grown < NOTHING


@pytest.mark.slow
def test_filters_that_differ_on_every_call_do_not_add_up(herd):
    _, client, _ = herd
    minutes = count(1)

    def poll():
        client.tasks(limit=1, start_time=NOON - timedelta(minutes=next(minutes)))

    assert held(poll, first=1_200) < NOTHING


def test_the_journal_keeps_as_many_calls_as_it_was_told(herd):
    scale, client, tasks = herd

    for task in tasks[:7]:
        client.get_task(task.id)

    assert [request.path for request in scale.requests] == [
        f"/v1/task/{task.id}" for task in tasks[2:7]
    ]


def test_a_task_remembers_its_last_moves_alone(herd):
    scale, _, tasks = herd

    for _ in range(KEPT // 2 + 5):
        scale.complete(tasks[0])
        scale.recall(tasks[0])

    told = scale.explain(tasks[0])
    assert told.count(" completed by ") + told.count(" recalled by ") == KEPT


@pytest.mark.slow
def test_the_callbacks_keep_the_last_ten_thousand_deliveries():
    scale = FakeScale(start_time=NOON)
    scale.callbacks.deliver_to(lambda _: 200)
    task = scale.client().create_task("imageannotation", callback_url="https://us.example", **BOXES)
    scale.complete(task)
    (first,) = scale.callbacks

    for _ in range(10_000):
        scale.callbacks.duplicate(first)

    assert len(scale.callbacks) == 10_000
    assert first not in list(scale.callbacks)


def test_idempotency_keys_of_refused_creates_are_forgotten_beyond_ten_thousand():
    keys = IdempotencyKeys()

    for n in range(MAX_REFUSALS + 5):
        keys.keep(f"key-{n}", Remembered(0, b"request", 400, b"refused"))

    assert len(keys) == MAX_REFUSALS == 10_000
    assert keys.get("key-4", 0) is None
    assert keys.get("key-5", 0) is not None


def test_the_document_with_links_is_kept_of_the_last_listed_tasks_alone():
    scale = FakeScale(start_time=NOON)
    table = TaskTable()
    records = [
        TaskRecord(
            {
                "task_id": f"{n:024x}",
                "type": "imageannotation",
                "status": "pending",
                "created_at": timestamp(n),
                "updated_at": timestamp(n),
            },
            account=scale.account(),
            request_n=1,
        )
        for n in range(KEPT_WITH_LINKS + 5)
    ]

    for record in records:
        table.keep_with_links(record, b"{}")

    assert [record.with_links for record in records[3:7]] == [None, None, b"{}", b"{}"]
