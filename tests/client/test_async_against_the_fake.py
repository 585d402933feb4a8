"""The asynchronous client in process: it reaches its own fake, and waits on the fake's clock."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import timedelta

import pytest

import scaleapi
from scaleapi_testing import FakeScale

QUESTION = {"attachment_type": "text", "attachment": "Moo.", "categories": ["cow", "sheep"]}

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


async def test_it_reaches_its_own_fake_whoever_is_active(scale, scale_async_client):
    with FakeScale() as other:
        task = await scale_async_client.create_task("categorization", **QUESTION)

    assert [one.id for one in scale.tasks] == [task.id]
    assert not other.tasks


async def test_a_record_is_changed_and_refreshed(scale, scale_async_client):
    task = await scale_async_client.create_task("categorization", **QUESTION)

    await task.set_tags(["belt"])
    await task.set_metadata({"shift": "late"})
    scale.complete(task.id)
    await task.refresh()

    assert (task.status, task.tags, task.metadata) == ("completed", ["belt"], {"shift": "late"})


async def test_a_batch_is_filled_counted_and_listed(scale, scale_async_client):
    project = await scale_async_client.create_project("labels", "categorization")
    batch = await scale_async_client.create_batch(project.name, "monday")
    await scale_async_client.create_task(
        "categorization", project="labels", batch="monday", **QUESTION
    )

    assert await batch.pending == 1
    assert [one.name async for one in scale_async_client.get_batches("labels")] == ["monday"]
    assert [one.batch async for one in scale_async_client.get_tasks("labels")] == ["monday"]
    assert await scale_async_client.get_tasks_count("labels") == 1


async def test_a_back_off_passes_on_the_fakes_clock(scale, scale_async_client):
    began = scale.clock.now()
    scale.faults.add(status=429, retry_after=3600, times=1)

    await scale_async_client.create_task("categorization", **QUESTION)

    assert scale.clock.now() - began == timedelta(hours=1)


async def test_waits_of_many_creates_last_at_the_same_time(scale, scale_async_client):
    began = scale.clock.now()
    scale.faults.add(status=429, retry_after=30, times=8)

    results = [
        one async for one in scale_async_client.create_tasks([QUESTION] * 8, "categorization")
    ]

    assert [one.ok for one in results] == [True] * 8
    assert scale.clock.now() - began == timedelta(seconds=30)


async def test_a_lost_reply_becomes_the_task_that_was_made(scale, scale_async_client):
    scale.faults.add(disconnect=True, after_commit=True, path="/v1/task/*", times=1)

    task = await scale_async_client.create_task("categorization", unique_id="u", **QUESTION)

    assert [one.id for one in scale.tasks] == [task.id]


async def test_faults_are_the_clients_own_errors(scale, scale_async_client):
    scale.faults.add(timeout=True, times=4)
    with pytest.raises(scaleapi.exceptions.ScaleConnectionTimeout):
        await scale_async_client.tasks()

    scale.faults.add(truncate=True, times=1)
    with pytest.raises(scaleapi.ScaleConnectionError, match="peer closed connection without"):
        await scale_async_client.tasks()


async def test_an_error_of_a_callback_target_reaches_the_test(scale, scale_async_client):
    def target(*_):
        raise OSError("the disk of the handler is full")

    scale.callbacks.deliver_to(target)
    task = await scale_async_client.create_task(
        "categorization", callback_url="https://belt.example/scale", **QUESTION
    )

    with pytest.raises(OSError, match="the disk of the handler is full"):
        scale.complete(task.id)


async def test_v2_is_reached_on_worker_threads(scale, scale_async_client):
    await scale_async_client.create_project("chat", "categorization")

    answer = await scale_async_client.v2.get_projects()

    assert [one.name for one in answer.projects] == ["chat"]
    assert [one async for one in scale_async_client.v2_get_tasks(project_name="chat")] == []


async def test_the_other_forms_of_a_v2_operation_are_awaited_too(scale, scale_async_client):
    informed = await scale_async_client.v2.get_projects_with_http_info()
    unread = await scale_async_client.v2.get_projects_without_preload_content()

    assert (informed.status_code, informed.data.projects) == (200, [])
    assert unread.json()["projects"] == []


def test_the_fixture_serves_pytest_asyncio_and_anyio(tmp_path):
    pytest.importorskip("pytest_asyncio")  # its newest versions need more than the oldest pytest
    (tmp_path / "test_both.py").write_text(
        "import pytest\n"
        "@pytest.mark.asyncio\n"
        "async def test_by_pytest_asyncio(scale, scale_async_client):\n"
        "    assert await scale_async_client.projects() == []\n"
        "@pytest.mark.anyio\n"
        "async def test_by_anyio(scale, scale_async_client):\n"
        "    assert await scale_async_client.projects() == []\n"
    )

    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--rootdir={tmp_path}",
            tmp_path / "test_both.py",
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "3 passed" in ended.stdout, ended.stdout


@pytest.mark.slow
def test_without_httpx_the_fixture_says_what_to_install(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import sys\n"
        "sys.modules['httpx'] = None\n"
        "def test_it(scale, scale_async_client):\n"
        "    pass\n"
    )

    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--rootdir={tmp_path}",
            tmp_path / "test_it.py",
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "AsyncScaleClient needs the package httpx: pip install 'scaleapi[async]'" in ended.stdout
    assert "Traceback" not in ended.stdout


def test_the_client_of_a_fake_reaches_it_over_no_network_at_all():
    fake = FakeScale()

    async def call() -> str:
        project = await fake.async_client().create_project("p", "categorization")
        return project.name

    assert asyncio.run(call()) == "p"
