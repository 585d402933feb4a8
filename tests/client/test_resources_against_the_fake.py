"""The client's other resources against a fake that remembers."""

from __future__ import annotations

import io

import pytest

import scaleapi
from scaleapi import BatchStatus, TaskType, TeammateRole

BOXES = {
    "attachment": "https://img.example.net/belt-1.png",
    "geometries": {"box": {"objects_to_annotate": ["parcel"]}},
}


@pytest.fixture
def client(scale):
    return scale.client()


@pytest.fixture
def parcels(client):
    return client.create_project("parcels", TaskType.ImageAnnotation, {"instruction": "Box."})


@pytest.fixture
def night(client):
    """A Studio project with one labeler, ann@x.io, assigned to it."""
    project = client.create_project("night shift", TaskType.ImageAnnotation, studio=True)
    client.invite_teammates(["ann@x.io", "bob@x.io"], TeammateRole.Labeler)
    client.add_studio_assignments(["ann@x.io", "bob@x.io"], [project.name])
    return project


def test_a_project_keeps_every_version_of_its_parameters(client, parcels):
    parcels.update(patch=True, padding=5)
    client.update_project("parcels", instruction="Box all.")
    parcels.refresh()

    assert [entry["version"] for entry in parcels.param_history] == [0, 1, 2]
    assert parcels.param_history[1]["instruction"] == "Box."
    assert (parcels.version, parcels.params) == (2, parcels.param_history[2])
    assert client.get_project("parcels") == client.fetch_project("parcels") == parcels


def test_a_projects_name_is_taken_once(client, parcels):
    with pytest.raises(scaleapi.ScaleDuplicateResource, match="parcels"):
        client.create_project("parcels", TaskType.ImageAnnotation)


def test_an_unknown_project_is_not_found(client):
    with pytest.raises(scaleapi.ScaleResourceNotFound):
        client.get_project("a/b ?")


def test_projects_are_listed_archived_or_not(scale, client, parcels):
    client.create_project(project_name="spam", type="categorization")
    scale.archive(parcels)

    assert [project.name for project in client.projects()] == ["spam", "parcels"]
    assert [project.name for project in client.list_projects(archived=True)] == ["parcels"]
    assert [project.name for project in client.get_projects(archived=False)] == ["spam"]


def test_an_ontology_is_set(client, parcels):
    project = client.set_project_ontology("parcels", ["cat", {"choice": "dog"}])

    assert project.name == "parcels"


def test_a_published_template_is_read(scale, client):
    client.create_project("forms", TaskType.TextCollection)
    scale.publish_template("forms", {"prompt": {"type": "text"}})

    template = client.get_project_template("forms")

    assert template.template_variables == {"prompt": {"type": "text"}}


def test_a_batch_is_filled_finalized_and_counted(scale, client, parcels):
    batch = client.create_batch("parcels", "w10", metadata={"week": 10})
    tasks = [client.create_task(TaskType.ImageAnnotation, batch="w10", **BOXES) for _ in range(3)]
    batch.finalize()
    scale.complete(tasks[0])
    tasks[1].cancel()

    batch.get_status()

    assert (batch.tasks_pending, batch.tasks_completed, batch.tasks_canceled) == (1, 1, 1)
    assert batch.metadata == {"week": 10}
    assert client.batch_status("w10")["status"] == BatchStatus.InProgress
    assert client.finalize_batch("w10") == batch


def test_a_batchs_metadata_and_priority_are_set(client, parcels):
    batch = client.create_batch("parcels", "w/10")

    batch.set_metadata({"a": None})
    batch.prioritize(5)

    assert client.get_batch("w/10").metadata == {"a": None}
    assert batch.priority == 5
    assert client.set_batch_metadata("w/10", {}).metadata == {}


def test_a_batchs_name_is_taken_once(client, parcels):
    client.create_batch("parcels", "w10")

    with pytest.raises(scaleapi.ScaleDuplicateResource, match="w10"):
        client.create_batch("parcels", "w10")


def test_batches_are_listed_by_offset(client, parcels):
    made = [client.create_batch("parcels", f"b{n}").name for n in range(130)]

    assert [batch.name for batch in client.get_batches("parcels")] == made[::-1]
    page = client.list_batches(project="parcels", limit=10, offset=20)
    assert [batch.name for batch in page] == made[::-1][20:30]
    assert (page.total, page.has_more) == (130, True)


def test_archived_batches_can_be_left_out(scale, client, parcels):
    old = client.create_batch("parcels", "old")
    client.create_batch("parcels", "new")
    scale.archive(old)

    names = [batch.name for batch in client.get_batches(exclude_archived=True)]

    assert names == ["new"]


def test_an_uploaded_file_serves_as_attachment(client, parcels):
    file = client.upload_file(
        io.BytesIO(b"GIF89a\x02\x00\x03\x00\x00\x00\x00;"),
        project_name="parcels",
        reference_id="r1",
        metadata={"day": 1},
    )

    task = client.create_task(
        TaskType.ImageAnnotation,
        project="parcels",
        attachment=file.attachment_url,
        geometries=BOXES["geometries"],
    )

    assert file.attachment_url.startswith("scaledata://")
    assert (file.mime_type, file.size) == ("image/gif", 14)
    assert task.params["attachment"] == file.attachment_url


def test_a_reference_id_is_taken_once(client, parcels):
    client.upload_file(b"abc", project_name="parcels", reference_id="r1")

    with pytest.raises(scaleapi.ScaleDuplicateResource, match="r1"):
        client.upload_file(b"abc", project_name="parcels", reference_id="r1")


def test_a_file_is_imported(client, parcels):
    file = client.import_file("https://img.example.net/1.png", project_name="parcels")

    assert file.mime_type == "image/png"
    assert file.project_names == ["parcels"]


def test_assets_are_listed_by_metadata(client, parcels):
    files = [
        client.upload_file(b"x%d" % n, project_name="parcels", metadata={"day": n % 2})
        for n in range(4)
    ]

    assert list(client.get_assets("parcels", metadata={"day": 1})) == [files[3], files[1]]
    assert len(client.assets("parcels")) == 4


def test_people_are_invited_and_given_roles(client):
    client.invite_teammates(["ann@x.io"], TeammateRole.Member)
    team = client.update_teammates_role(["ann@x.io"], TeammateRole.Manager)

    by_email = {person.email: person for person in team}
    assert by_email["ann@x.io"].role == "manager"
    assert by_email["ann@x.io"].expiry.endswith("Z")
    assert client.list_teammates() == client.get_teammates() == team


def test_an_unknown_person_has_no_role(client):
    with pytest.raises(scaleapi.ScaleException):
        client.update_teammates_role(["nobody@x.io"], TeammateRole.Member)


def test_assignments_are_added_and_removed(client, night):
    assigned = client.list_studio_assignments()
    after = client.remove_studio_assignments(["ann@x.io"], [night.name])

    assert assigned["ann@x.io"].assigned_projects == ["night shift"]
    assert after["ann@x.io"].assigned_projects == []


def test_groups_are_made_changed_and_listed(client, night):
    group = client.create_project_group(night.name, ["ann@x.io"], "early")
    changed = client.update_project_group(night.name, "early", ["bob@x.io"], ["ann@x.io"])

    assert (group.name, group.num_workers) == ("early", 1)
    assert [worker.email for worker in changed.workers] == ["bob@x.io"]
    assert "early" in [one.name for one in client.list_project_groups(night.name)]


def test_studio_batches_are_ordered_and_given_groups(client, night):
    client.create_project_group(night.name, ["ann@x.io"], "early")
    client.create_batch(night.name, "b1")
    client.create_batch(night.name, "b2")

    assert [batch.name for batch in client.list_studio_batches()] == ["b1", "b2"]
    turned = client.set_studio_batches_priorities(["b2", "b1"])
    assert [batch.name for batch in turned] == ["b2", "b1"]
    assert [b.name for b in client.reset_studio_batches_priorities()] == ["b1", "b2"]
    assert client.assign_studio_batches("b1", ["early"]).groups == ["early"]
    assert client.set_studio_project_groups("b1", ["ann@x.io"]).groups == ["ann@x.io"]


def test_a_priority_list_must_name_every_batch(client, night):
    client.create_batch(night.name, "b1")
    client.create_batch(night.name, "b2")

    with pytest.raises(scaleapi.ScaleInvalidRequest):
        client.set_studio_batches_priorities(["b2"])


def test_training_and_evaluation_tasks_are_made_and_not_listed(client):
    client.create_project("rapid", TaskType.ImageAnnotation, rapid=True)
    answer = {"annotations": []}

    training = client.create_training_task(
        TaskType.ImageAnnotation, project="rapid", expected_response=answer, **BOXES
    )
    evaluation = client.create_evaluation_task(
        TaskType.ImageAnnotation,
        project="rapid",
        expected_response=answer,
        initial_response=answer,
        **BOXES,
    )

    assert (training.expected_response, training.initial_response) == (answer, None)
    assert evaluation.initial_response == answer
    assert list(client.tasks()) == []


def test_a_quality_task_needs_its_expected_response(client):
    client.create_project("rapid", TaskType.ImageAnnotation, rapid=True)

    with pytest.raises(scaleapi.ScaleInvalidRequest):
        client.create_evaluation_task(TaskType.ImageAnnotation, project="rapid", **BOXES)


def test_a_feature_that_is_not_enabled_is_an_error_of_its_own(scale, client):
    scale.account("live_fake").disabled_task_types = {"imageannotation"}

    with pytest.raises(scaleapi.ScaleNotEnabled):
        client.create_task(TaskType.ImageAnnotation, **BOXES)


def test_a_key_that_is_not_let_in_is_unauthorized():
    from scaleapi_testing import FakeScale

    with FakeScale(api_keys={"live_good"}) as scale:
        client = scale.client("live_wrong")
        with pytest.raises(scaleapi.ScaleUnauthorized) as caught:
            client.list_batches()

    assert caught.value.message == "Your API key does not correspond to a registered user."
