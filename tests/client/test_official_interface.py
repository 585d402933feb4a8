"""What programs written for the official package rely on: names, orders, kinds of results."""

from __future__ import annotations

import inspect

import pytest

import scaleapi
from scaleapi import Batch, Project, ScaleClient, TaskType, exceptions
from scaleapi.projects import TaskTemplate
from scaleapi.studio import StudioBatch, StudioBatchStatus
from scaleapi.teams import Teammate

ORDERS = {
    "audit_task": "task_id accepted comments",
    "cancel_task": "task_id clear_unique_id",
    "create_batch": "project batch_name callback calibration_batch self_label_batch metadata",
    "create_project": "project_name task_type params rapid studio dataset_id",
    "create_project_group": "project emails project_group",
    "get_batches": "project_name batch_status created_after created_before exclude_archived",
    "get_tasks": (
        "project_name batch_name task_type status review_status unique_id completed_after "
        "completed_before updated_after updated_before created_after created_before tags "
        "include_attachment_url limited_response limit"
    ),
    "get_tasks_count": (
        "project_name batch_name task_type status review_status unique_id completed_after "
        "completed_before updated_after updated_before created_after created_before tags "
        "include_attachment_url"
    ),
    "list_project_groups": "project",
    "update_project_group": "project project_group add_emails remove_emails",
    "update_teammates_role": "emails role",
}


@pytest.mark.parametrize("name", ORDERS)
def test_a_method_takes_the_official_arguments_in_their_order(name):
    ours = [
        one for one in inspect.signature(getattr(ScaleClient, name)).parameters if one != "self"
    ]
    official = ORDERS[name].split()

    assert ours[: len(official)] == official


def test_all_projects_are_a_list(server, client, answer):
    server.answers(answer([{"name": "cows", "type": "imageannotation"}]))

    projects = client.get_projects()

    assert (len(projects), projects[0].name) == (1, "cows")


def test_a_finalized_batch_is_given_back(server, client, answer):
    batch = Batch({"name": "b", "status": "staging"}, client)
    server.answers(answer({"name": "b", "status": "in_progress"}))

    assert batch.finalize() is batch
    assert batch.status == "in_progress"


def test_the_counts_of_the_1_0_client_are_zero_until_they_are_fetched():
    batch = Batch({"name": "b", "status": "staging"})

    assert (batch.pending, batch.completed, batch.error, batch.canceled) == (0, 0, 0, 0)


def test_a_project_fetches_its_template(server, client, answer):
    document = {"id": "e1", "version": 2, "template_variables": {"prompt": {"type": "text"}}}
    server.answers(answer(document))

    template = Project({"name": "chats", "type": "chat"}, client).get_template()

    assert server.received[0].path == "/v1/projects/chats/taskTemplates"
    assert template.get_template_variables() == {"prompt": {"type": "text"}}
    assert (template.get_response_schema(), template.auto_onboard_enabled) == (None, False)
    assert template.is_auto_onboardable() is False


def test_a_template_knows_its_response_schema_where_the_account_has_it():
    document = {
        "id": "e1",
        "version": 2,
        "template_variables": {},
        "response_schema": {"type": "object"},
        "auto_onboard_enabled": True,
    }
    template = TaskTemplate(document)

    assert template.get_response_schema() == template.response_schema == {"type": "object"}
    assert template.is_auto_onboardable() is True


def test_what_is_unknown_of_a_teammate_is_none():
    teammate = Teammate({"email": "ann@x.io", "role": "member"})

    assert (teammate.first_name, teammate.last_name) == (None, None)
    assert (teammate.company, teammate.expiry) == (None, None)


def test_a_teammate_gets_another_role(server, client, answer):
    ann = Teammate({"email": "ann@x.io", "role": "member"}, client)
    server.answers(
        answer([{"email": "bo@x.io", "role": "admin"}, {"email": "ann@x.io", "role": "manager"}])
    )

    everybody = ann.update_teammate_role(scaleapi.TeammateRole.Manager)

    assert server.received[0].json == {"emails": ["ann@x.io"], "team_role": "manager"}
    assert [one.role for one in everybody] == ["admin", "manager"]
    assert ann.role == "manager"


def test_a_studio_batch_says_what_it_is_for():
    batch = StudioBatch({"id": "e1", "name": "b", "batchType": "Production"})

    assert batch.batch_type == StudioBatchStatus.Production


def test_the_counts_of_the_1_0_client_are_fetched_when_they_are_first_read(server, client, answer):
    batch = Batch({"name": "b", "status": "staging"}, client)
    server.answers(answer({"status": "in_progress", "pending": 7}))

    assert (batch.pending, batch.completed) == (7, 0)
    assert [request.path for request in server.received] == ["/v1/batches/b/status"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (exceptions.ScaleDuplicateResource("taken"), 409),
        (exceptions.ScaleException("odd", errcode=418), 418),
        (exceptions.ScaleException("odd", 418), 418),
        (exceptions.ScaleException("odd"), None),
    ],
)
def test_an_error_that_a_program_makes_itself_has_the_official_code(error, code):
    assert error.code == code


def test_a_misspelt_member_names_the_nearest_one():
    with pytest.raises(AttributeError) as attribute:
        _ = TaskType.ImageAnotation
    with pytest.raises(KeyError) as key:
        _ = TaskType["ImageAnotation"]
    with pytest.raises(ValueError, match="anotation") as value:
        TaskType("imageanotation")

    assert str(attribute.value) == "TaskType has no 'ImageAnotation' (nearest: ImageAnnotation)"
    assert key.value.args == ("TaskType has no 'ImageAnotation' (nearest: ImageAnnotation)",)
    assert str(value.value) == "TaskType has no 'imageanotation' (nearest: imageannotation)"


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda client: client.get_tasks(project="cows"),
            "unknown filter for get_tasks: project (nearest: project_name). Known are: ",
        ),
        (
            lambda client: client.get_tasks(start_time="2026-01-01"),
            "unknown filter for get_tasks: start_time (nearest: created_after). Known are: ",
        ),
        (
            lambda client: client.tasks(created_after="2026-01-01"),
            "unknown filter for tasks: created_after (nearest: start_time). Known are: ",
        ),
    ],
)
def test_a_filter_under_the_name_of_a_neighbouring_method_is_told_its_own(client, call, text):
    with pytest.raises(scaleapi.ScaleInvalidRequest) as caught:
        call(client)

    assert caught.value.message.startswith(text)


@pytest.mark.parametrize(("status", "error"), exceptions.ExceptionMap.items())
def test_a_class_of_errors_knows_the_status_that_is_raised_as_it(status, error):
    assert error.code == status
    assert exceptions.ScaleException.code is None


def test_filters_may_be_given_by_their_place(server, client, answer):
    empty = {"docs": [], "total": 0, "limit": 100, "offset": 0, "has_more": False}
    server.answers(answer(empty))

    list(client.get_tasks("cows", "monday", TaskType.ImageAnnotation, "completed", ["fixed"], "u1"))

    assert server.received[0].path == (
        "/v1/tasks?project=cows&batch=monday&type=imageannotation&status=completed"
        "&customer_review_status=fixed&unique_id=u1&include_attachment_url=true"
    )


def test_the_word_about_a_program_has_its_name_of_the_1_0_client_too(server, answer):
    client = ScaleClient("k", api_instance_url=server.url, user_agent_extension="herd/2")
    server.answers(answer([]))

    client.projects()

    assert server.received[0].headers["user-agent"].endswith(" herd/2")
