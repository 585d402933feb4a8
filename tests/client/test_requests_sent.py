"""What each method sends, and what it makes of the answer."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

import scaleapi
from scaleapi import TaskType, TeammateRole

TASK = {"task_id": "t1", "type": "imageannotation", "status": "pending"}
BATCH = {"name": "b", "project": "p", "status": "staging", "created_at": "x", "metadata": {}}
PROJECT = {
    "name": "p",
    "type": "imageannotation",
    "created_at": "x",
    "param_history": [
        {"version": 0, "created_at": "x", "instruction": "old"},
        {"version": 1, "created_at": "y", "instruction": "new", "with_labels": True},
    ],
}
FILE = {"id": "f", "attachment_url": "scaledata://o/f", "mime_type": "image/png", "size": 3}
TEAM = [{"email": "a@x.io", "role": "member", "firstName": "Ann", "lastName": "Li"}]
GROUP = {
    "id": "g",
    "name": "night",
    "numWorkers": 1,
    "isSingleton": False,
    "workers": [{"id": "w", "email": "a@x.io"}],
}
STUDIO_BATCH = {
    "id": "s",
    "name": "b",
    "projectId": "i",
    "projectName": "p",
    "batchType": "Production",
    "studioPriority": 1,
    "total": 9,
    "completed": 2,
    "groups": ["night"],
}
ASSIGNED = {"a@x.io": ["p"], "b@x.io": []}
QUALITY = {"id": "q", "expected_response": {"annotations": []}}
TEMPLATE = {
    "id": "m",
    "version": 1,
    "created_at": "x",
    "updated_at": "x",
    "template_variables": {"prompt": {"type": "text"}},
}

# name, call, answer, verb, path, body
CALLS = [
    ("get_task", lambda c: c.get_task("t1"), TASK, "GET", "/task/t1", None),
    ("fetch_task", lambda c: c.fetch_task("t1"), TASK, "GET", "/task/t1", None),
    ("cancel_task", lambda c: c.cancel_task("t1"), TASK, "POST", "/task/t1/cancel", None),
    (
        "cancel_task, clearing",
        lambda c: c.cancel_task("t1", clear_unique_id=True),
        TASK,
        "POST",
        "/task/t1/cancel?clear_unique_id=true",
        None,
    ),
    (
        "audit_task",
        lambda c: c.audit_task("t1", accepted=True),
        "OK",
        "POST",
        "/task/t1/audit",
        {"accepted": True, "comments": None},
    ),
    (
        "update_task_unique_id",
        lambda c: c.update_task_unique_id("t1", "u"),
        TASK,
        "POST",
        "/task/t1/unique_id",
        {"unique_id": "u"},
    ),
    (
        "clear_task_unique_id",
        lambda c: c.clear_task_unique_id("t1"),
        TASK,
        "DELETE",
        "/task/t1/unique_id",
        None,
    ),
    (
        "set_task_metadata",
        lambda c: c.set_task_metadata("t1", {"a": 1}),
        TASK,
        "POST",
        "/task/t1/setMetadata",
        {"a": 1},
    ),
    ("set_task_tags", lambda c: c.set_task_tags("t1", ["x"]), TASK, "POST", "/task/t1/tags", ["x"]),
    ("add_task_tags", lambda c: c.add_task_tags("t1", ["x"]), TASK, "PUT", "/task/t1/tags", ["x"]),
    (
        "delete_task_tags",
        lambda c: c.delete_task_tags("t1", ["x"]),
        TASK,
        "DELETE",
        "/task/t1/tags",
        ["x"],
    ),
    (
        "send_task_callback",
        lambda c: c.send_task_callback("t1"),
        TASK,
        "POST",
        "/task/t1/send-callback",
        None,
    ),
    (
        "create_batch",
        lambda c: c.create_batch("p", "b", "https://x", metadata={"a": 1}),
        BATCH,
        "POST",
        "/batches",
        {
            "project": "p",
            "name": "b",
            "callback": "https://x",
            "calibration_batch": False,
            "self_label_batch": False,
            "metadata": {"a": 1},
        },
    ),
    ("get_batch", lambda c: c.get_batch("b/1"), BATCH, "GET", "/batches/b%2F1", None),
    ("fetch_batch", lambda c: c.fetch_batch("b"), BATCH, "GET", "/batches/b", None),
    (
        "batch_status",
        lambda c: c.batch_status("b"),
        {"status": "staging"},
        "GET",
        "/batches/b/status",
        None,
    ),
    ("finalize_batch", lambda c: c.finalize_batch("b"), BATCH, "POST", "/batches/b/finalize", None),
    (
        "set_batch_metadata",
        lambda c: c.set_batch_metadata("b", {}),
        BATCH,
        "POST",
        "/batches/b/setMetadata",
        {},
    ),
    (
        "prioritize_batch",
        lambda c: c.prioritize_batch("b", 5),
        BATCH,
        "POST",
        "/batches/b/prioritize",
        {"priority": 5},
    ),
    (
        "create_project",
        lambda c: c.create_project("p", TaskType.ImageAnnotation, {"instruction": "i"}),
        PROJECT,
        "POST",
        "/projects",
        {
            "type": "imageannotation",
            "name": "p",
            "params": {"instruction": "i"},
            "rapid": False,
            "studio": False,
            "datasetId": None,
        },
    ),
    (
        "create_project, as in 1.0",
        lambda c: c.create_project(project_name="p", type="comparison", params=None),
        PROJECT,
        "POST",
        "/projects",
        {
            "type": "comparison",
            "name": "p",
            "params": None,
            "rapid": False,
            "studio": False,
            "datasetId": None,
        },
    ),
    (
        "create_project, consensus",
        lambda c: c.create_project(
            "p",
            "comparison",
            studio=True,
            dataset_id="d",
            pipeline="consensus_task",
            consensus_attempts=3,
        ),
        PROJECT,
        "POST",
        "/projects",
        {
            "type": "comparison",
            "name": "p",
            "params": None,
            "rapid": False,
            "studio": True,
            "datasetId": "d",
            "pipeline": "consensus_task",
            "consensus_attempts": 3,
        },
    ),
    ("get_project", lambda c: c.get_project("p"), PROJECT, "GET", "/projects/p", None),
    ("fetch_project", lambda c: c.fetch_project("p"), PROJECT, "GET", "/projects/p", None),
    ("projects", lambda c: c.projects(), [PROJECT], "GET", "/projects", None),
    (
        "list_projects",
        lambda c: c.list_projects(archived=True),
        [PROJECT],
        "GET",
        "/projects?archived=true",
        None,
    ),
    ("get_projects", lambda c: list(c.get_projects()), [PROJECT], "GET", "/projects", None),
    (
        "update_project",
        lambda c: c.update_project("p", patch=True, instruction="i"),
        PROJECT,
        "POST",
        "/projects/p/setParams",
        {"patch": True, "instruction": "i"},
    ),
    (
        "set_project_ontology",
        lambda c: c.set_project_ontology("p", ["cat", {"choice": "dog"}], name="n"),
        PROJECT,
        "POST",
        "/projects/p/setOntology",
        {"ontology": ["cat", {"choice": "dog"}], "name": "n"},
    ),
    (
        "get_project_template",
        lambda c: c.get_project_template("p"),
        TEMPLATE,
        "GET",
        "/projects/p/taskTemplates",
        None,
    ),
    (
        "import_file",
        lambda c: c.import_file("https://x/a.png", project_name="p", metadata={"a": 1}),
        FILE,
        "POST",
        "/files/import",
        {"file_url": "https://x/a.png", "project_name": "p", "metadata": {"a": 1}},
    ),
    ("list_teammates", lambda c: c.list_teammates(), TEAM, "GET", "/teams", None),
    ("get_teammates", lambda c: c.get_teammates(), TEAM, "GET", "/teams", None),
    (
        "invite_teammates",
        lambda c: c.invite_teammates(["a@x.io"], TeammateRole.Member),
        TEAM,
        "POST",
        "/teams/invite",
        {"emails": ["a@x.io"], "team_role": "member"},
    ),
    (
        "invite_team_members",
        lambda c: c.invite_team_members(["a@x.io"], "labeler"),
        TEAM,
        "POST",
        "/teams/invite",
        {"emails": ["a@x.io"], "team_role": "labeler"},
    ),
    (
        "update_teammates_role",
        lambda c: c.update_teammates_role(["a@x.io"], TeammateRole.Manager),
        TEAM,
        "POST",
        "/teams/set_role",
        {"emails": ["a@x.io"], "team_role": "manager"},
    ),
    (
        "list_studio_assignments",
        lambda c: c.list_studio_assignments(),
        ASSIGNED,
        "GET",
        "/studio/assignments",
        None,
    ),
    (
        "add_studio_assignments",
        lambda c: c.add_studio_assignments(["a@x.io"], ["p"]),
        ASSIGNED,
        "POST",
        "/studio/assignments/add",
        {"emails": ["a@x.io"], "projects": ["p"]},
    ),
    (
        "remove_studio_assignments",
        lambda c: c.remove_studio_assignments(["a@x.io"], ["p"]),
        ASSIGNED,
        "POST",
        "/studio/assignments/remove",
        {"emails": ["a@x.io"], "projects": ["p"]},
    ),
    (
        "list_project_groups",
        lambda c: c.list_project_groups("p"),
        [GROUP],
        "GET",
        "/studio/projects/p/groups",
        None,
    ),
    (
        "create_project_group",
        lambda c: c.create_project_group("p", ["a@x.io"], "night"),
        GROUP,
        "POST",
        "/studio/projects/p/groups",
        {"name": "night", "emails": ["a@x.io"]},
    ),
    (
        "update_project_group",
        lambda c: c.update_project_group("p", "night/1", ["a@x.io"], ["b@x.io"]),
        GROUP,
        "PUT",
        "/studio/projects/p/groups/night%2F1",
        {"add_emails": ["a@x.io"], "remove_emails": ["b@x.io"]},
    ),
    (
        "list_studio_batches",
        lambda c: c.list_studio_batches(),
        [STUDIO_BATCH],
        "GET",
        "/studio/batches",
        None,
    ),
    (
        "assign_studio_batches",
        lambda c: c.assign_studio_batches("b", ["night"]),
        STUDIO_BATCH,
        "PUT",
        "/studio/batches/b",
        {"groups": ["night"]},
    ),
    (
        "set_studio_project_groups",
        lambda c: c.set_studio_project_groups("b", ["night"]),
        STUDIO_BATCH,
        "PUT",
        "/studio/batches/b",
        {"groups": ["night"]},
    ),
    (
        "set_studio_batches_priorities",
        lambda c: c.set_studio_batches_priorities(["b2", "b1"]),
        [STUDIO_BATCH],
        "POST",
        "/studio/batches/set_priorities",
        {"batches": [{"name": "b2"}, {"name": "b1"}]},
    ),
    (
        "reset_studio_batches_priorities",
        lambda c: c.reset_studio_batches_priorities(),
        [STUDIO_BATCH],
        "POST",
        "/studio/batches/reset_priorities",
        None,
    ),
    (
        "create_training_task",
        lambda c: c.create_training_task(TaskType.TextCollection, project="p", **QUALITY_PARAMS),
        QUALITY,
        "POST",
        "/training_tasks/textcollection",
        {"project": "p", "expected_response": {"annotations": []}},
    ),
    (
        "create_evaluation_task",
        lambda c: c.create_evaluation_task(
            "imageannotation", project="p", initial_response={"annotations": [1]}, **QUALITY_PARAMS
        ),
        QUALITY,
        "POST",
        "/evaluation_tasks/imageannotation",
        {
            "project": "p",
            "expected_response": {"annotations": []},
            "initial_response": {"annotations": [1]},
        },
    ),
]
QUALITY_PARAMS = {"expected_response": {"annotations": []}}


@pytest.mark.parametrize(
    ("call", "reply", "verb", "path", "body"),
    [case[1:] for case in CALLS],
    ids=[case[0] for case in CALLS],
)
def test_a_method_sends_what_the_api_expects(server, client, answer, call, reply, verb, path, body):
    server.answers(answer(reply))

    call(client)

    (request,) = server.received
    assert (request.method, request.path) == (verb, "/v1" + path)
    assert (json.loads(request.body) if request.body else None) == body


@pytest.mark.parametrize("task_type", list(TaskType), ids=str)
def test_every_task_type_has_its_creator(server, client, task_type):
    creator = getattr(client, f"create_{task_type.value}_task")

    creator("what to do", callback_url="https://x.example")
    creator(instruction="by name")

    assert [(request.path, request.json) for request in server.received] == [
        (
            f"/v1/task/{task_type.value}",
            {"instruction": "what to do", "callback_url": "https://x.example"},
        ),
        (f"/v1/task/{task_type.value}", {"instruction": "by name"}),
    ]


def test_no_creator_stands_for_no_task_type():
    creators = [n for n in dir(scaleapi.ScaleClient) if n.startswith("create_")]
    others = {
        "create_task", "create_task_from", "create_tasks", "create_batch", "create_project",
        "create_project_group", "create_training_task", "create_evaluation_task",
    }  # fmt: skip

    assert sorted(set(creators) - others) == sorted(f"create_{t.value}_task" for t in TaskType)


def test_enumerations_inside_parameters_are_sent_as_their_values(server, client):
    client.create_task(TaskType.Comparison, metadata={"kind": TaskType.Comparison, "n": (1, 2)})

    assert server.received[0].json == {"metadata": {"kind": "comparison", "n": [1, 2]}}


def test_dates_and_mappings_inside_parameters_are_sent_as_json(server, client):
    when = datetime(2026, 3, 2, 12, tzinfo=UTC)

    client.create_task("comparison", metadata=MappingProxyType({"at": when, "on": when.date()}))

    assert server.received[0].json == {
        "metadata": {"at": "2026-03-02T12:00:00+00:00", "on": "2026-03-02"}
    }


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.set_task_tags("t", "night"),
        lambda c: c.add_task_tags("t", "night"),
        lambda c: c.delete_task_tags("t", "night"),
        lambda c: c.invite_teammates("a@x.io", "member"),
        lambda c: c.add_studio_assignments(["a@x.io"], "p"),
        lambda c: c.assign_studio_batches("b", "night"),
    ],
)
def test_one_string_is_not_taken_for_a_list_of_letters(server, client, call):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="must be a list of strings, got the"):
        call(client)

    assert server.received == []


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.set_task_metadata("t", ["a"]),
        lambda c: c.set_batch_metadata("b", "a"),
        lambda c: c.create_project("p", "comparison", ["a"]),
        lambda c: c.upload_file(b"", metadata="[1]"),
        lambda c: c.import_file("https://x", metadata=5),
    ],
)
def test_what_must_be_an_object_is_refused_when_it_is_none(server, client, call):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="must be a mapping"):
        call(client)

    assert server.received == []


def test_a_project_without_type_is_refused(server, client):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="create_project needs a task_type"):
        client.create_project("p")

    assert server.received == []


def parts_of(request):
    """Headers and content of each part of a multipart body."""
    boundary = request.headers["content-type"].split("boundary=")[1].encode()
    parts = request.body.split(b"--" + boundary)[1:-1]
    return [tuple(part.strip(b"\r\n").split(b"\r\n\r\n", 1)) for part in parts]


def test_an_upload_is_a_multipart_form(server, client, answer):
    server.answers(answer(FILE))
    photo = io.BytesIO(b"abc")
    photo.name = "/photos/cow 1.png"

    file = client.upload_file(
        file=photo,
        project_name="p",
        display_name="Cow",
        reference_id="r",
        metadata={"day": 1},
    )

    (request,) = server.received
    assert (request.method, request.path) == ("POST", "/v1/files/upload")
    disposition = b'Content-Disposition: form-data; name="file"; filename="cow 1.png"'
    assert parts_of(request) == [
        (disposition + b"\r\nContent-Type: image/png", b"abc"),
        (b'Content-Disposition: form-data; name="project_name"', b"p"),
        (b'Content-Disposition: form-data; name="display_name"', b"Cow"),
        (b'Content-Disposition: form-data; name="reference_id"', b"r"),
        (b'Content-Disposition: form-data; name="metadata"', b'{"day": 1}'),
    ]
    assert (file.id, file.attachment_url, file.size) == ("f", "scaledata://o/f", 3)


def test_an_upload_that_is_tried_again_is_whole(server, client, answer):
    server.answers(answer({}, status=503), answer(FILE))

    client.upload_file(io.BytesIO(b"abc"))

    assert server.received[0].body == server.received[1].body


def test_a_file_is_uploaded_by_its_path(server, client, answer, tmp_path):
    server.answers(answer(FILE))
    path = tmp_path / "note.txt"
    path.write_bytes(b"xyz")

    client.upload_file(path)

    ((head, content),) = parts_of(server.received[0])
    assert b'filename="note.txt"\r\nContent-Type: text/plain' in head
    assert content == b"xyz"


def test_a_file_opened_as_text_is_refused(server, client):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="open it with mode 'rb'"):
        client.upload_file(io.StringIO("abc"))

    assert server.received == []


def test_what_is_no_file_is_refused(client):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="must be an open file, a path or"):
        client.upload_file(7)


def test_a_missing_file_is_an_os_error(client, tmp_path):
    with pytest.raises(FileNotFoundError):
        client.upload_file(tmp_path / "missing.png")


@pytest.mark.parametrize("metadata", [{"week": 10}, '{"week": 10}'], ids=["mapping", "text"])
def test_the_metadata_of_a_file_may_be_json_text(server, client, answer, metadata):
    server.otherwise = lambda request: answer({"id": "f", "attachment_url": "scaledata://f"})

    client.import_file("https://img.example/1.png", metadata=metadata)
    client.upload_file(b"words", metadata=metadata)

    assert server.received[0].json["metadata"] == {"week": 10}
    assert b'name="metadata"\r\n\r\n{"week": 10}\r\n' in server.received[1].body


def test_metadata_that_is_text_and_no_json_is_refused(server, client):
    with pytest.raises(scaleapi.ScaleInvalidRequest) as caught:
        client.upload_file(b"", metadata="week 10")

    assert caught.value.message == (
        "metadata is text, and not JSON: 'week 10' (Expecting value: line 1 column 1 (char 0))"
    )
    assert server.received == []
