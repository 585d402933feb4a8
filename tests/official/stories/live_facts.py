"""What the official package's own live tests hold true of Scale under a test key."""

import io
import json
from datetime import UTC, datetime, timedelta

import scaleapi
from scaleapi.batches import BatchStatus
from scaleapi.exceptions import ScaleException
from scaleapi.tasks import TaskReviewStatus, TaskStatus, TaskType
from scaleapi.teams import TeammateRole
from scaleapi_testing import FakeScale

TEXT = {"attachment": "The cat sat.", "attachment_type": "text", "categories": ["cat", "dog"]}
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BOXES = {
    "attachment": "https://images.example/cow.jpg",
    "geometries": {"box": {"objects_to_annotate": ["cow"]}},
}
seen = {}


def refusal(act):
    """The class and status of the error that a call ends in."""
    try:
        act()
    except ScaleException as error:
        return [type(error).__name__, error.code]
    return None


def days(count):
    """A time as the live tests send it: naive, in UTC."""
    return (NOW + timedelta(days=count)).replace(tzinfo=None).isoformat()


with FakeScale(seed=3, start_time=NOW) as scale:
    client = scaleapi.ScaleClient("test_official", "live tests")

    def make(**fields):
        return client.create_task(TaskType.Categorization, **{**TEXT, **fields})

    task = make(unique_id="first")
    seen["completed at once"] = [task.status, client.get_task(task.id).status]
    seen["canceled"] = refusal(task.cancel)
    seen["duplicate"] = refusal(lambda: make(unique_id="first"))
    task.update_unique_id("second")
    seen["unique_id"] = client.get_task(task.id).unique_id
    other = make(unique_id="third")
    seen["duplicate update"] = refusal(lambda: other.update_unique_id("second"))
    task.clear_unique_id()
    seen["cleared"] = "unique_id" not in client.get_task(task.id).as_dict()

    seen["metadata"] = [task.metadata]
    for metadata in ({"shift": "late", "n": [1, 2.5]}, {}):
        task.set_metadata(metadata)
        task.refresh()
        seen["metadata"].append(task.metadata)

    seen["tags"] = ["tags" in task.as_dict()]
    for change, tags in (
        (task.set_tags, ["b", "a"]),
        (task.add_tags, ["a", "c"]),
        (task.delete_tags, ["b", "z"]),
        (task.set_tags, []),
    ):
        change(tags)
        task.refresh()
        seen["tags"].append(task.tags)

    seen["missing fields"] = [
        kind.value
        for kind in TaskType
        if kind.value != "cruisecontrol"  # the one type that needs nothing
        and refusal(lambda kind=kind: client.create_task(kind)) != ["ScaleInvalidRequest", 400]
    ]
    seen["unknown"] = [
        refusal(lambda: client.get_task("fake_id_qwertyuiop")),
        refusal(lambda: client.get_project("nowhere")),
        refusal(lambda: client.get_batch("nowhere")),
        refusal(lambda: make(project="nowhere")),
    ]

    project = client.create_project("cats", TaskType.Categorization)
    seen["project"] = [project.name, project.type, project.version, project.instruction]
    seen["project again"] = refusal(lambda: client.create_project("cats", TaskType.Comparison))
    project = client.update_project("cats", patch=False, instruction="Look closely.")
    seen["params"] = [project.version, project.instruction]
    project = client.update_project("cats", patch=True, allow_multiple=True)
    seen["patched"] = [project.version, project.instruction, len(client.get_projects())]

    batch = client.create_batch("cats", "monday", metadata={"week": 10})
    seen["batch"] = [batch.status, batch.project, batch.metadata]
    seen["batch again"] = refusal(lambda: client.create_batch("cats", "monday"))
    seen["finalized"] = batch.finalize().status
    seen["batch metadata"] = [
        client.set_batch_metadata("monday", {"week": 11}).metadata,
        client.set_batch_metadata("monday", {}).metadata,
        client.get_batch("monday").metadata,
    ]
    for number in range(3):
        make(batch="monday", unique_id=f"task/{number} a")
    batch.get_status()
    seen["counts"] = [batch.status, batch.tasks_completed, batch.tasks_pending]
    seen["batches"] = [
        [one.name for one in client.get_batches("cats", BatchStatus.Completed, days(-1), days(1))],
        [one.name for one in client.get_batches(exclude_archived=True)],
        client.batches(project="cats", limit=1).total,
    ]

    scale.clock.advance(seconds=1)
    newest = make(project="cats", unique_id="newest")
    page = client.tasks(limit=1)
    seen["newest first"] = [page[0].unique_id, len(page), page.has_more, page.offset]
    seen["listed"] = [
        [one.unique_id for one in client.get_tasks("cats", "monday", limit=2)],
        [one.status for one in client.get_tasks("cats", status=TaskStatus.Pending)],
        [one.id == newest.id for one in client.get_tasks("cats", unique_id=["newest", "none"])],
        client.get_tasks_count("cats", created_after=days(-1), created_before=days(1)),
        client.tasks(start_time=days(-9), end_time=days(-8)).docs,
    ]
    client.audit_task(newest.id, False, "look again")
    seen["audited"] = [
        [one.unique_id for one in client.get_tasks("cats", review_status=review)]
        for review in (TaskReviewStatus.Rejected, TaskReviewStatus.Accepted)
    ]

    file = io.BytesIO(b"some words")
    file.name = "words.txt"
    uploaded = client.upload_file(file, project_name="cats")
    imported = client.import_file("https://images.example/cow.jpg", project_name="cats")
    seen["files"] = [
        one.attachment_url.startswith("scaledata://") and one.attachment_url.endswith(one.id)
        for one in (uploaded, imported)
    ]

    odd = "a b/c?%#é"
    client.create_project(odd, TaskType.Categorization)
    client.create_batch(odd, odd)
    seen["odd names"] = [client.get_project(odd).name == odd, client.batch_status(odd)]

    seen["teammates"] = [one.role for one in client.list_teammates()]
    client.invite_teammates(["ann@example.com"], TeammateRole.Labeler)
    seen["invited"] = client.list_teammates()[1].expiry is not None
    client.create_project("night", TaskType.ImageAnnotation, studio=True)
    client.create_batch("night", "shift")
    assigned = client.add_studio_assignments(["ann@example.com"], ["night"])
    seen["assigned"] = assigned["ann@example.com"].assigned_projects
    group = client.create_project_group(
        project="night", emails=["ann@example.com"], project_group="owls"
    )
    seen["group"] = [group.name, group.numWorkers, group.isSingleton]
    seen["studio"] = [
        client.assign_studio_batches("shift", ["owls"]).groups,
        [one.name for one in client.set_studio_batches_priorities(["shift"])],
        [one.studio_priority for one in client.reset_studio_batches_priorities()],
    ]
    client.create_project("rapid", TaskType.ImageAnnotation, rapid=True)
    seen["quality"] = [
        client.create_training_task(
            TaskType.ImageAnnotation,
            project="rapid",
            expected_response={"annotations": []},
            **BOXES,
        ).expected_response,
        client.create_evaluation_task(
            TaskType.ImageAnnotation,
            project="rapid",
            expected_response={"annotations": []},
            **BOXES,
        ).initial_response,
    ]

with FakeScale(api_keys=["the_only_key"]):
    seen["bogus key"] = refusal(lambda: scaleapi.ScaleClient("bogus").batches())

print(json.dumps(seen))
