"""The objects that calls give: their attributes, methods, equality and texts."""

from __future__ import annotations

import pytest

import scaleapi
from scaleapi import Batch, File, Project, Task, TaskStatus, TaskType
from scaleapi.quality_tasks import EvaluationTask, TrainingTask
from scaleapi.studio import StudioBatch, StudioLabelerAssignment, StudioProjectGroup
from scaleapi.teams import Teammate

TASK = {
    "task_id": "t1",
    "type": "imageannotation",
    "status": "completed",
    "params": {"attachment": "https://x"},
    "response": {"annotations": []},
}


def test_a_task_reads_its_json_as_attributes():
    task = Task(TASK)

    assert task.id == task.task_id == "t1"
    assert task.params == {"attachment": "https://x"}
    assert task.response == {"annotations": []}
    assert task.as_dict() is task.__dict__["param_dict"] is task.param_dict
    assert task.as_dict() == TASK
    assert "response" in dir(task)


def test_what_scale_left_out_is_an_attribute_error_that_names_what_is_there():
    task = Task({"task_id": "t1", "status": "pending"})

    with pytest.raises(AttributeError) as caught:
        task.tags  # noqa: B018
    assert str(caught.value) == (
        "this task has no 'tags': it was fetched while pending; refresh() fetches its present"
        " state. It has task_id, status"
    )
    assert not hasattr(task, "response")


@pytest.mark.parametrize(
    ("record", "name", "text"),
    [
        (Task(TASK), "respons", "this task has no 'respons' (nearest: response)"),
        (Task(TASK), "atachment", "this task has no 'atachment' (nearest: attachment)"),
        (Task(TASK), "zzz", "this task has no 'zzz'"),
        (File({"id": "f", "attachment_url": "x"}), "size", "this file has no 'size'"),
    ],
)
def test_a_misspelt_attribute_names_the_nearest_one(record, name, text):
    with pytest.raises(AttributeError) as caught:
        getattr(record, name)

    assert str(caught.value) == f"{text}; it has {', '.join(record.as_dict())}"


def test_the_parameters_of_a_task_are_its_attributes_too():
    task = Task(
        {"task_id": "t1", "type": "x", "params": {"attachment": "a", "type": "y", "geometries": {}}}
    )

    assert (task.attachment, task.geometries, task.type) == ("a", {}, "x")
    assert {"attachment", "geometries"} <= set(dir(task))


def test_a_task_without_parameters_has_none_as_attributes():
    assert not hasattr(Task({"task_id": "t1"}), "geometries")
    assert not hasattr(Task({"task_id": "t1", "params": None}), "geometries")


def test_the_json_of_a_record_is_found_under_its_private_name_of_the_official_client():
    task = Task(TASK)
    assert task._json is task.param_dict

    task._json = {"task_id": "t2"}
    assert task.id == "t2"


def test_a_project_reads_as_the_dict_that_the_1_0_client_gave():
    project = Project({"name": "p", "type": "comparison"})

    assert (project["name"], project.get("type"), project.get("params", 5)) == (
        "p",
        "comparison",
        5,
    )
    assert "name" in project
    assert "params" not in project
    assert dict(project) == {**project} == {"name": "p", "type": "comparison"}
    assert list(project) == ["name", "type"]
    with pytest.raises(KeyError):
        project["params"]


def test_a_task_compares_with_enumerations():
    task = Task(TASK)

    assert task.status == TaskStatus.Completed
    assert task.type == TaskType.ImageAnnotation
    assert task.type != TaskType.Comparison
    assert {TaskType.ImageAnnotation: 1}[task.type] == 1
    assert TaskType("imageannotation") is TaskType.ImageAnnotation
    assert f"{TaskType.ImageAnnotation} {TaskStatus.Completed}" == "imageannotation completed"


def test_tasks_are_equal_by_their_id():
    assert Task(TASK) == Task({"task_id": "t1", "status": "pending"})
    assert Task(TASK) != Task({"task_id": "t2"})
    assert Task(TASK) != "t1"
    assert len({Task(TASK), Task(TASK)}) == 1


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (Task(TASK), "Task(id='t1', type='imageannotation', status='completed')"),
        (Task({"task_id": "t1"}), "Task(id='t1')"),
        (Batch({"name": "b", "status": "staging"}), "Batch(name='b', status='staging')"),
        (
            Project({"name": "p", "type": "comparison", "param_history": [{"version": 4}]}),
            "Project(name='p', type='comparison', version=4)",
        ),
        (
            File({"id": "f", "attachment_url": "scaledata://a/f"}),
            "File(id='f', attachment_url='scaledata://a/f')",
        ),
        (
            Teammate({"email": "a@x.io", "role": "member"}),
            "Teammate(email='a@x.io', role='member')",
        ),
        (
            StudioProjectGroup({"id": "g", "name": "n", "numWorkers": 2}),
            "StudioProjectGroup(name='n', num_workers=2)",
        ),
        (
            StudioBatch({"id": "s", "name": "b", "completed": 1, "total": 3}),
            "StudioBatch(name='b', completed=1, total=3)",
        ),
        (
            StudioLabelerAssignment({"email": "a@x.io", "assigned_projects": ["p"]}),
            "StudioLabelerAssignment(email='a@x.io', assigned_projects=['p'])",
        ),
        (TrainingTask({"id": "q", "expected_response": {}}), "TrainingTask(id='q')"),
        (
            scaleapi.TaskTemplate({"id": "m", "version": 2}),
            "TaskTemplate(id='m', version=2)",
        ),
        (
            scaleapi.StudioWorker({"id": "w", "email": "a@x.io"}),
            "StudioWorker(id='w', email='a@x.io')",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_repr_is_short_and_says_which_object_it_is(record, text):
    assert repr(record) == text


def test_the_text_of_a_record_names_it_as_the_official_client_does():
    assert str(Task(TASK)) == "Task(id=t1)"
    assert str(Batch({"name": "b", "status": "staging"})) == "Batch(name=b)"


@pytest.mark.parametrize(
    ("kind", "key", "rest"),
    [
        (Batch, "name", {"status": "staging"}),
        (Project, "name", {"type": "comparison"}),
        (File, "id", {"attachment_url": "x"}),
        (Teammate, "email", {"role": "member"}),
        (EvaluationTask, "id", {"expected_response": {}}),
    ],
)
def test_records_are_equal_by_what_names_them(kind, key, rest):
    one, same, other = (kind({key: value, **rest}) for value in ("a", "a", "b"))

    assert one == same
    assert one != other
    assert one != "a"
    assert len({one, same, other}) == 2


def test_refreshing_a_task_changes_it_in_place(server, client, answer):
    task = Task({"task_id": "t1", "status": "pending"}, client)
    server.answers(answer(TASK))

    task.refresh()

    assert task.status == "completed"


@pytest.mark.parametrize(
    ("act", "verb", "path"),
    [
        (lambda task: task.cancel(), "POST", "/v1/task/t1/cancel"),
        (
            lambda task: task.cancel(clear_unique_id=True),
            "POST",
            "/v1/task/t1/cancel?clear_unique_id=true",
        ),
        (lambda task: task.update_unique_id("u"), "POST", "/v1/task/t1/unique_id"),
        (lambda task: task.clear_unique_id(), "DELETE", "/v1/task/t1/unique_id"),
        (lambda task: task.set_metadata({}), "POST", "/v1/task/t1/setMetadata"),
        (lambda task: task.set_tags(["a"]), "POST", "/v1/task/t1/tags"),
        (lambda task: task.add_tags(["a"]), "PUT", "/v1/task/t1/tags"),
        (lambda task: task.delete_tags(["a"]), "DELETE", "/v1/task/t1/tags"),
        (lambda task: task.send_callback(), "POST", "/v1/task/t1/send-callback"),
    ],
)
def test_a_task_takes_over_what_its_methods_are_answered(server, client, answer, act, verb, path):
    task = Task({"task_id": "t1", "status": "pending"}, client)
    server.answers(answer({"task_id": "t1", "status": "answered"}))

    act(task)

    assert task.status == "answered"
    assert (server.received[0].method, server.received[0].path) == (verb, path)


def test_a_task_can_be_audited(server, client, answer):
    server.answers(answer(body=b"OK"))

    Task(TASK, client).audit(True, "well done")

    assert server.received[0].path == "/v1/task/t1/audit"
    assert server.received[0].json == {"accepted": True, "comments": "well done"}


def test_a_batch_knows_its_counts_once_it_was_asked(server, client, answer):
    batch = Batch({"name": "b", "status": "staging"}, client)
    before = (batch.tasks_pending, batch.tasks_completed, batch.tasks_error, batch.tasks_canceled)
    server.answers(answer({"status": "in_progress", "pending": 7, "completed": 2}))

    status = batch.get_status()

    assert before == (None, None, None, None)
    assert (batch.tasks_pending, batch.tasks_completed) == (7, 2)
    assert (batch.tasks_error, batch.tasks_canceled) == (0, 0)
    assert (batch.pending, batch.completed, batch.error, batch.canceled) == (7, 2, 0, 0)
    assert batch.status == "in_progress"
    assert status == {"status": "in_progress", "pending": 7, "completed": 2}


@pytest.mark.parametrize(
    ("act", "verb", "path"),
    [
        (lambda batch: batch.refresh(), "GET", "/v1/batches/b"),
        (lambda batch: batch.finalize(), "POST", "/v1/batches/b/finalize"),
        (lambda batch: batch.set_metadata({}), "POST", "/v1/batches/b/setMetadata"),
        (lambda batch: batch.prioritize(3), "POST", "/v1/batches/b/prioritize"),
    ],
)
def test_a_batch_takes_over_what_its_methods_are_answered(server, client, answer, act, verb, path):
    batch = Batch({"name": "b", "status": "staging"}, client)
    server.answers(answer({"name": "b", "status": "in_progress"}))

    act(batch)

    assert batch.status == "in_progress"
    assert (server.received[0].method, server.received[0].path) == (verb, path)


def test_a_project_shows_its_newest_parameters(server, client, answer):
    history = [
        {"version": 0, "created_at": "x", "instruction": "old"},
        {"version": 1, "created_at": "y", "instruction": "new", "padding": 3},
    ]
    project = Project({"name": "p", "type": "comparison", "param_history": history}, client)

    assert (project.version, project.instruction) == (1, "new")
    assert project.params == history[1]


def test_a_project_without_parameters_has_no_version():
    project = Project({"name": "p", "type": "comparison", "param_history": []})

    assert (project.version, project.instruction, project.params) == (None, None, None)


@pytest.mark.parametrize(
    ("act", "verb", "path"),
    [
        (lambda project: project.refresh(), "GET", "/v1/projects/p"),
        (lambda project: project.update(padding=1), "POST", "/v1/projects/p/setParams"),
    ],
)
def test_a_project_takes_over_what_its_methods_are_answered(
    server, client, answer, act, verb, path
):
    project = Project({"name": "p", "type": "comparison"}, client)
    history = [{"version": 9, "created_at": "x"}]
    server.answers(answer({"name": "p", "type": "comparison", "param_history": history}))

    act(project)

    assert project.version == 9
    assert (server.received[0].method, server.received[0].path) == (verb, path)


def test_people_and_studio_records_have_names_of_both_spellings():
    person = Teammate({"email": "a", "role": "member", "firstName": "Ann", "isStudioLabeler": True})
    group = StudioProjectGroup(
        {"id": "g", "name": "n", "numWorkers": 1, "isSingleton": True, "workers": [WORKER]}
    )
    batch = StudioBatch(
        {"id": "s", "name": "b", "projectId": "i", "projectName": "p", "batchType": "Calibration"}
    )

    assert (person.first_name, person.firstName, person.last_name) == ("Ann", "Ann", None)
    assert person.is_studio_labeler is True
    assert (group.num_workers, group.numWorkers, group.is_singleton) == (1, 1, True)
    assert [worker.email for worker in group.workers] == ["a@x.io"]
    assert (batch.project_id, batch.project_name, batch.batch_type) == ("i", "p", "Calibration")
    assert (batch.projectId, batch.studio_priority) == ("i", None)


WORKER = {"id": "w", "email": "a@x.io"}


def test_assignments_come_by_email(server, client, answer):
    server.answers(answer({"a@x.io": ["p"], "b@x.io": []}))

    assignments = client.list_studio_assignments()

    assert assignments["a@x.io"].assigned_projects == ["p"]
    assert assignments["b@x.io"].as_dict() == {"email": "b@x.io", "assigned_projects": []}


def test_a_quality_task_shows_both_responses():
    task = EvaluationTask({"id": "q", "expected_response": {"a": 1}})

    assert (task.expected_response, task.initial_response) == ({"a": 1}, None)


@pytest.mark.parametrize(
    ("kind", "json", "text"),
    [
        (Task, {}, "expected a task with task_id, got the keys "),
        (Batch, {"name": "b"}, "expected a batch with status, got the keys name"),
        (Project, [], r"expected a project as a JSON object, got \[\]"),
    ],
)
def test_json_of_something_else_is_refused(kind, json, text):
    with pytest.raises(scaleapi.ScaleUnreadableReply, match=text):
        kind(json)
