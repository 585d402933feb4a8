"""The asynchronous client as type checkers see it: what is awaited gives what it promises."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, assert_type

from scaleapi import AsyncBatch, AsyncProject, AsyncScaleClient, AsyncTask, File, TaskType, V2Task

if TYPE_CHECKING:
    from scaleapi_testing import FakeScale


async def every_kind(client: AsyncScaleClient) -> None:
    task = await client.create_task(TaskType.Categorization, attachment="Moo.", categories=["cow"])
    assert_type(task, AsyncTask)
    assert_type(await client.create_categorization_task("Which?", attachment="Moo."), AsyncTask)
    assert_type(await task.refresh(), None)
    assert_type(client.get_tasks("p"), AsyncGenerator[AsyncTask, None])
    assert_type(await client.get_tasks_count("p"), int)

    batch = await client.get_batch("b")
    assert_type(batch, AsyncBatch)
    assert_type(await batch.finalize(), AsyncBatch)
    assert_type(await batch.pending, int)
    assert_type(await client.get_project("p"), AsyncProject)
    assert_type(await client.upload_file(b"x"), File)

    assert_type(await client.v2.get_task("t"), V2Task)
    assert_type(client.v2.iter_tasks("p"), AsyncGenerator[V2Task, None])

    async for result in client.create_tasks([{}], "categorization"):
        assert_type(result.task, AsyncTask | None)
        assert_type(result.error, Exception | None)


def of_a_fake(scale: FakeScale) -> None:
    assert_type(scale.async_client(), AsyncScaleClient)
