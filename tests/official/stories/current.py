"""A day with the official package 2.18: create, list, cancel, audit, tags, a lost reply."""

import json
from importlib.metadata import version
from pathlib import Path

import scaleapi
from scaleapi.exceptions import ScaleDuplicateResource, ScaleResourceNotFound
from scaleapi.tasks import TaskReviewStatus, TaskStatus, TaskType
from scaleapi_testing import FakeScale

BOXES = {
    "instruction": "Draw a box around each cow.",
    "attachment": "https://images.example/cow.jpg",
    "geometries": {"box": {"objects_to_annotate": ["cow"]}},
}
seen = {"from": [Path(scaleapi.__file__).parent.parent.name, version("scaleapi")]}

with FakeScale(seed=1) as scale:
    client = scaleapi.ScaleClient("live_official")

    client.create_project("cows", TaskType.ImageAnnotation)
    client.create_batch("cows", "monday")
    tasks = [
        client.create_task(
            TaskType.ImageAnnotation, project="cows", batch="monday", unique_id=f"cow-{n}", **BOXES
        )
        for n in range(5)
    ]
    client.finalize_batch("monday")
    seen["created"] = [task.status for task in tasks]

    seen["canceled"] = client.cancel_task(tasks[4].id, clear_unique_id=True).status
    for task in tasks[:3]:
        scale.complete(task)
    client.audit_task(tasks[0].id, True)
    client.audit_task(tasks[1].id, False, "one cow is missing")
    tasks[0].refresh()
    seen["audited"] = tasks[0].as_dict()["customer_review_status"]

    seen["listed"] = [
        task.as_dict().get("unique_id") for task in client.get_tasks(project_name="cows", limit=2)
    ]
    seen["completed"] = sorted(
        task.unique_id
        for task in client.get_tasks(project_name="cows", status=TaskStatus.Completed)
    )
    seen["rejected"] = [
        task.unique_id
        for task in client.get_tasks(project_name="cows", review_status=TaskReviewStatus.Rejected)
    ]
    seen["count"] = client.get_tasks_count(project_name="cows")
    seen["labels"] = {
        annotation["label"] for annotation in client.get_task(tasks[0].id).response["annotations"]
    }.issubset({"cow"})
    seen["tags"] = client.add_task_tags(tasks[3].id, ["urgent"]).tags
    seen["batch"] = client.batch_status("monday")["pending"]

    try:
        client.create_task(TaskType.ImageAnnotation, project="cows", unique_id="cow-0", **BOXES)
    except ScaleDuplicateResource as error:
        seen["duplicate"] = error.code
    try:
        client.get_task("0" * 24)
    except ScaleResourceNotFound as error:
        seen["unknown"] = error.code

    before = len(scale.tasks)
    scale.faults.add(status=503, after_commit=True, method="POST", times=1)
    recovered = client.create_task(
        TaskType.ImageAnnotation, project="cows", unique_id="cow-lost", **BOXES
    )
    seen["recovered"] = [recovered.unique_id, len(scale.tasks) - before]
    seen["recovered by"] = [[call.method, call.status] for call in list(scale.requests)[-3:]]

print(json.dumps(seen))
