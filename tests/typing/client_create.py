"""What type checkers know of creating tasks. Checked, not run."""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=error

from __future__ import annotations

from collections.abc import Generator
from typing import Any, assert_type

from scaleapi import CreateResult, ScaleClient, Task, TaskType
from scaleapi.task_params import ImageAnnotationParams  # noqa: TC001  # as users import it

client = ScaleClient("live_key", max_retries=5, timeout=(3, None))

assert_type(
    client.create_task(
        TaskType.ImageAnnotation,
        project="parcels",
        attachment="https://img.example.net/1.png",
        geometries={"box": {"objects_to_annotate": ["parcel"], "min_width": 5}},
        annotation_attributes={"side": {"type": "category", "choices": ["left", "right"]}},
        metadata={"camera": "belt-3"},
        unique_id="belt-17",
        idempotency_key="mine",
    ),
    Task,
)
assert_type(
    client.create_task(
        TaskType.TextCollection,
        attachments=[{"type": "text", "content": "Lentil soup"}],
        fields=[{"type": "text", "field_id": "dish", "title": "Dish", "required": True}],
    ),
    Task,
)
assert_type(client.create_task(task_type=TaskType.ChatLite, prompt="Plan a menu"), Task)

# A type known at run time only is given by its name, and takes any parameters.
anything: dict[str, Any] = {"attachment": "https://img.example.net/1.png"}
assert_type(client.create_task("imageannotation", whatever=1, **anything), Task)


def create_any(task_type: TaskType) -> Task:
    return client.create_task(task_type.value, **anything)


# Loose parameters fit a known type as well.
assert_type(client.create_task(TaskType.ImageAnnotation, **anything), Task)
typed: ImageAnnotationParams = {"attachment": "https://img.example.net/1.png", "padding": 3}
assert_type(client.create_task(TaskType.ImageAnnotation, **typed), Task)

client.create_task(TaskType.ImageAnnotation, geometrys={})  # type: ignore[call-arg]
client.create_task(TaskType.ImageAnnotation, padding="3")  # type: ignore[arg-type]
client.create_task(TaskType.Categorization, geometries={})  # type: ignore[call-arg]
client.create_task(TaskType.ImageAnnotation, geometries={"bx": {}})  # type: ignore[typeddict-unknown-key]

assert_type(client.create_categorization_task("Is it spam?"), Task)
assert_type(
    client.create_categorization_task(
        callback_url="https://hooks.example.net",
        instruction="Is it spam?",
        attachment_type="text",
        attachment="Buy now",
        categories=["spam", "ham"],
    ),
    Task,
)
client.create_categorization_task(category=["spam"])  # type: ignore[call-arg]
client.create_categorization_task(5)  # type: ignore[arg-type]

results = client.create_tasks(
    [typed, {"attachment": "https://img.example.net/2.png"}],
    TaskType.ImageAnnotation,
    concurrency=8,
    progress=True,
)
assert_type(results, Generator[CreateResult, None, None])
for result in results:
    assert_type(result.index, int)
    assert_type(result.task, Task | None)
    assert_type(result.error, Exception | None)
results.close()
