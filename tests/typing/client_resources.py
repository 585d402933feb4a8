"""What type checkers know of everything but creating tasks. Checked, not run."""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=error

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, assert_type

import scaleapi
from scaleapi import ScaleClient
from scaleapi.batches import Batch, Batchlist, BatchStatus
from scaleapi.callbacks import BatchCallback, TaskCallback, parse_callback
from scaleapi.evaluation_tasks import EvaluationTask
from scaleapi.exceptions import ScaleDuplicateResource, ScaleException
from scaleapi.files import Assetlist, File
from scaleapi.projects import Project, TaskTemplate
from scaleapi.studio import StudioBatch, StudioLabelerAssignment, StudioProjectGroup
from scaleapi.tasks import Task, Tasklist, TaskReviewStatus, TaskStatus, TaskType
from scaleapi.teams import Teammate, TeammateRole
from scaleapi.training_tasks import TrainingTask

with ScaleClient("key", "source", "https://api.scale.com/v1", True, {"https": "p"}) as client:
    assert_type(client, ScaleClient)

task = client.get_task("66f0")
assert_type(task, Task)
assert_type(task.id, str)
assert_type(task.status, str)
assert_type(task.params, dict[str, Any])
assert_type(task.tags, list[str])
assert_type(task.as_dict(), dict[str, Any])
assert_type(task.client.get_task("66f0"), Task)
print(task.statuss)  # type: ignore[attr-defined]
task.audit(True, "good")
task.audit("yes")  # type: ignore[arg-type]

assert_type(client.tasks(status=TaskStatus.Pending, limit=3, next_token=None), Tasklist)
assert_type(client.tasks()[0], Task)
assert_type(client.tasks().next_token, str | None)
client.tasks(stat="pending")  # type: ignore[call-arg]
assert_type(
    client.get_tasks(
        "parcels",
        task_type=TaskType.ImageAnnotation,
        review_status=[TaskReviewStatus.Accepted, "fixed"],
        created_after=datetime(2026, 1, 1, tzinfo=UTC),
        created_before=date(2026, 2, 1),
        unique_id=["a", "b"],
    ),
    Iterator[Task],
)
client.get_tasks("parcels", limit="3")  # type: ignore[arg-type]
client.get_tasks("parcels", stat="pending")  # type: ignore[call-arg]
assert_type(client.get_tasks_count(batch_name="w10"), int)
assert_type(client.cancel_task("66f0", clear_unique_id=True), Task)
assert_type(client.add_task_tags("66f0", ("night",)), Task)

batch = client.create_batch("parcels", "w10", metadata={"week": 10})
assert_type(batch, Batch)
assert_type(batch.tasks_pending, int | None)
assert_type(batch.pending, int)
assert_type(batch.finalize(), Batch)
assert_type(client.batches(status=BatchStatus.Staging), Batchlist)
assert_type(client.get_batches("parcels", BatchStatus.Completed), Iterator[Batch])

project = client.create_project("parcels", TaskType.ImageAnnotation, {"instruction": "Box."})
assert_type(project, Project)
assert_type(project.version, int | None)
assert_type(client.projects(), list[Project])
assert_type(client.get_projects(), list[Project])
assert_type(project.get_template().get_response_schema(), dict[str, Any] | None)
assert_type(client.update_project("parcels", patch=True, instruction="Box all."), Project)
assert_type(client.get_project_template("chats"), TaskTemplate)

with Path("a.png").open("rb") as opened:
    assert_type(client.upload_file(opened, project_name="parcels"), File)
assert_type(client.upload_file(Path("a.png")).attachment_url, str)
assert_type(client.import_file("https://img.example.net/1.png"), File)
assert_type(client.assets("parcels"), Assetlist)

assert_type(client.list_teammates(), list[Teammate])
assert_type(client.invite_teammates(["a@x.io"], TeammateRole.Labeler)[0].email, str)
assert_type(client.list_studio_assignments(), dict[str, StudioLabelerAssignment])
assert_type(client.create_project_group("p", ["a@x.io"], "night"), StudioProjectGroup)
assert_type(client.set_studio_batches_priorities(["b2", "b1"]), list[StudioBatch])

assert_type(
    client.create_training_task(TaskType.TextCollection, expected_response={}), TrainingTask
)
assert_type(client.create_evaluation_task("imageannotation", expected_response={}), EvaluationTask)

assert_type(parse_callback(b"{}", {}, "secret", client), TaskCallback | BatchCallback)

try:
    client.get_task("66f0")
except ScaleDuplicateResource as error:
    assert_type(error.code, int | None)
except scaleapi.ValidationError as error:
    assert_type(error.message, str)
except ScaleException as error:
    assert_type(error.message, str)
