"""What each operation of v2 answers, as docs/scale/v2.md says it."""

import base64
import json

import pytest
import requests

KEY = {"Authorization": "Bearer live_fake"}
ORIGIN = "https://api.scale.com"


@pytest.fixture
def get(scale):
    def call(path, **query):
        answer = requests.get(f"{ORIGIN}{path}", headers=KEY, params=query, allow_redirects=False)
        return answer.status_code, answer.json() if answer.content else None

    return call


@pytest.fixture
def post(scale):
    def call(path, body):
        answer = requests.post(f"{ORIGIN}{path}", headers=KEY, json=body)
        return answer.status_code, answer.json()

    return call


def refusal(status, text):
    return status, {"status_code": status, "error": text}


@pytest.mark.parametrize("header", ["Bearer live_fake", "Basic bGl2ZV9mYWtlOg=="])
def test_the_key_comes_as_a_bearer_token_or_as_a_basic_user(scale, header):
    answer = requests.get(f"{ORIGIN}/v2/projects", headers={"Authorization": header})

    assert [one["name"] for one in answer.json()["projects"]] == ["Garden", "Kitchen"]


def test_without_a_key_nothing_is_told(scale):
    answer = requests.get(f"{ORIGIN}/v2/projects")

    assert answer.status_code == 401
    assert set(answer.json()) == {"status_code", "error"}


NEEDS = [
    ("/v2/task", "Please include a task_id parameter."),
    (
        "/v2/tasks",
        "Please include one of these parameters: project_id project_name batch_id batch_name.",
    ),
    ("/v2/batch", "Please include one of these parameters: batch_id batch_name."),
    ("/v2/project", "Please include one of these parameters: project_id project_name."),
    ("/v2/deliveries", "Please include one of these parameters: project_id project_name."),
    ("/v2/delivery", "Please include one of these parameters: delivery_id delivery_name."),
    (
        "/v2/delivery/tasks",
        "Please include one of these parameters: delivery_id project_id project_name.",
    ),
    ("/v2/schema", "Please include a schema_id parameter."),
    ("/v2/annotation", "Please include a annotation_id parameter."),
    ("/v2/datasets/delivery", "Please include a delivery_id parameter."),
    ("/v2/datasets/task", "Please include a task_id parameter."),
    ("/v2/datasets/tasks", "Please include one of these parameters: dataset_id delivery_id."),
]


@pytest.mark.parametrize(("path", "text"), NEEDS)
def test_a_parameter_that_is_needed_is_asked_for(get, path, text):
    assert get(path) == refusal(400, text)


UNKNOWN = [
    ("/v2/task", {"task_id": "x"}, "No task with id x"),
    ("/v2/tasks", {"project_name": "x"}, "No project with name x"),
    ("/v2/tasks", {"batch_id": "x"}, "No batch with id x"),
    ("/v2/batch", {"batch_name": "x"}, "No batch with name x"),
    ("/v2/project", {"project_id": "x"}, "No project with id x"),
    ("/v2/delivery", {"delivery_id": "x"}, "No delivery with id x"),
    ("/v2/schema", {"schema_id": "a" * 24}, f"No schema with id {'a' * 24}"),
    ("/v2/annotation", {"annotation_id": "x"}, "No annotation with id x"),
    ("/v2/datasets/delivery", {"delivery_id": "x"}, "No delivery with id x"),
    ("/v2/datasets/task", {"task_id": "x"}, "No task with id x"),
    ("/v2/datasets/tasks", {"dataset_id": "x"}, "No dataset with id x"),
    ("/v2/datasets/deliveries", {"dataset_id": "x"}, "No dataset with id x"),
]


@pytest.mark.parametrize(("path", "query", "text"), UNKNOWN)
def test_what_does_not_exist_is_404(get, path, query, text):
    assert get(path, **query) == refusal(404, text)


def test_a_schema_id_is_an_object_id(get):
    assert get("/v2/schema", schema_id="x") == refusal(
        400, "schema_id must be a 24 character hex string"
    )


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"limit": "0"}, "Invalid limit - must be an integer between 1 and 100."),
        ({"limit": "101"}, "Invalid limit - must be an integer between 1 and 100."),
        ({"expand": "delivery"}, "Invalid expand - please choose one of these: project batch"),
        (
            {"opts": "all"},
            (
                "Invalid opts - please choose one of these: annotation_details attachment_details "
                "model_parameters submissions"
            ),
        ),
        (
            {"status": "done"},
            "Invalid status - please choose one of these: pending completed canceled error deleted",
        ),
        ({"completed_after": "x"}, "Invalid completed_after - expected an ISO 8601 date."),
        ({"next_token": "???"}, "Invalid next_token."),
        ({"next_token": base64.b64encode(b'{"skip":-1}').decode()}, "Invalid next_token."),
    ],
)
def test_a_value_that_means_nothing_is_400(get, query, text):
    assert get("/v2/tasks", project_name="Kitchen", **query) == refusal(400, text)


def test_pages_end_without_a_token(get, ask):
    ids = [ask().task_id for _ in range(3)]

    _, first = get("/v2/tasks", project_name="Kitchen", limit=2)
    _, last = get("/v2/tasks", project_name="Kitchen", limit=2, next_token=first["next_token"])

    assert json.loads(base64.b64decode(first["next_token"])) == {"skip": 2}
    listed = [task["task_id"] for task in first["tasks"] + last["tasks"]]
    assert listed == ids[::-1]
    assert "next_token" not in last


def test_expanded_objects_stand_whole_one_level_deep(v2, get, ask):
    v2.create_batch({"name": "w1", "project_name": "Kitchen"})
    task_id = ask(batch_name="w1").task_id

    _, task = get("/v2/task", task_id=task_id, expand=["project", "batch"])

    assert task["project"]["name"] == "Kitchen"
    assert task["batch"]["name"] == "w1"
    assert task["batch"]["project"] == task["project"]["id"]


@pytest.mark.parametrize("query", [{"expand[]": "project"}, {"expand": "project,batch"}])
def test_lists_of_a_query_have_several_spellings(get, ask, query):
    _, task = get("/v2/task", task_id=ask().task_id, **query)

    assert task["project"]["name"] == "Kitchen"


def test_options_add_details_and_nothing_else(scale, get, ask):
    task_id = ask().task_id
    scale.complete(task_id)
    every = ["annotation_details", "model_parameters", "submissions"]

    _, plain = get("/v2/task", task_id=task_id)
    _, rich = get("/v2/task", task_id=task_id, opts=every)

    bare, full = plain["threads"][0], rich["threads"][0]
    assert set(full) - set(bare) == {"submissions"}
    bare_reply, full_reply = (one["turns"][0]["messages"][1] for one in (bare, full))
    assert set(full_reply) - set(bare_reply) == {"model_parameters"}
    assert set(bare_reply["annotations"][0]) == {"id", "key", "type", "value"}
    assert {"title", "possible_values"} <= set(full_reply["annotations"][0])


def test_strictly_after_and_before(scale, v2, get, ask):
    task = ask()
    scale.complete(task.task_id)
    moment = get("/v2/task", task_id=task.task_id)[1]["completed_at"]

    def found(**bounds):
        return len(get("/v2/tasks", project_name="Kitchen", **bounds)[1]["tasks"])

    assert found(completed_after=moment) == found(completed_before=moment) == 0
    assert found(completed_after="2026-03-02T08:59:59.999999+0000") == 1
    assert found(completed_before="2026-03-02T09:00:00.000001") == 1


def test_metadata_is_replaced_or_merged_deep(post, ask):
    task_id = ask(metadata={"a": {"x": 1, "y": [1]}, "b": 2}).task_id
    body = {"task_id": task_id, "metadata": {"a": {"y": [2], "z": None}}}

    _, merged = post("/v2/task/metadata", {**body, "merge": True})
    _, replaced = post("/v2/task/metadata", body)

    assert merged["metadata"] == {"a": {"x": 1, "y": [2], "z": None}, "b": 2}
    assert replaced["metadata"] == {"a": {"y": [2], "z": None}}


@pytest.mark.parametrize("key", ["project", "project_id", "project_name"])
def test_a_batch_is_created_in_a_project_however_it_is_named(scale, post, key):
    project = scale.projects["Kitchen"]

    status, batch = post(
        "/v2/batch", {"name": "w1", key: project.id if key == "project_id" else "Kitchen"}
    )

    assert (status, batch["project"], batch["metadata"]) == (200, project.id, {})
    assert batch["status"] == "in_progress"


def test_a_batch_name_is_taken_once(post):
    post("/v2/batch", {"name": "w1", "project": "Kitchen"})

    status, body = post("/v2/batch", {"name": "w1", "project": "Garden"})

    assert (status, body["error"]) == (409, 'A batch with name "w1" already exists.')


def test_a_unique_id_is_taken_once_over_both_versions(post, client, ask):
    task_id = ask(unique_id="u1").task_id

    answer = post("/v2/task/chat", {"project_name": "Kitchen", "unique_id": "u1"})

    text = f'The unique_id ("u1") is already used for a different task ({task_id}).'
    assert answer == refusal(409, text)
    assert client.get_task(task_id).unique_id == "u1"


def test_the_readme_s_path_creates_a_chat_task_too(post):
    assert post("/v2/task", {"project_name": "Kitchen"})[0] == 200


def test_a_batch_of_another_project_is_refused(v2, post):
    v2.create_batch({"name": "w1", "project_name": "Garden"})

    answer = post("/v2/task/chat", {"project_name": "Kitchen", "batch_name": "w1"})

    assert answer == refusal(400, "Batch w1 does not belong to project Kitchen.")


def test_a_task_of_v1_is_seen_through_v2(scale, client, get):
    client.create_project("photos", "imageannotation")
    task = client.create_task(
        "imageannotation",
        project="photos",
        instruction="Box cows.",
        attachment="https://example.com/a.jpg",
        geometries={"box": {"objects_to_annotate": ["cow"]}},
    )
    scale.complete(task)

    _, seen = get("/v2/task", task_id=task.id)

    assert (seen["status"], seen["threads"]) == ("completed", [])
    assert seen["project"] == scale.projects["photos"].id


def test_an_error_tells_why(scale, get, ask):
    task_id = ask().task_id
    scale.fail(task_id, "the prompt is Dutch")

    _, task = get("/v2/task", task_id=task_id)

    assert (task["status"], task["errors"]) == ("error", [{"message": "the prompt is Dutch"}])


def test_reported_content_hides_the_threads(scale, get, ask):
    task_id = ask().task_id
    scale.report_sensitive_content(task_id, "personal_data", "A phone number is visible")

    _, task = get("/v2/task", task_id=task_id)

    assert "threads" not in task
    assert task["sensitive_content_reports"] == [
        {"type": "personal_data", "message": "A phone number is visible"}
    ]


def test_a_deleted_task_is_called_so(scale, get, ask):
    kept, gone = ask().task_id, ask().task_id
    scale.delete(gone)

    def listed(status):
        page = get("/v2/tasks", project_name="Kitchen", status=status)[1]
        return [task["task_id"] for task in page["tasks"]]

    assert (listed("deleted"), listed("pending")) == ([gone], [kept])


def test_a_deletion_is_explained_once(scale, ask):
    task_id = ask().task_id
    scale.delete(task_id)
    scale.delete(task_id)

    assert scale.explain(task_id).count("deleted by scale.delete(), as v2 shows it") == 1


def test_polls_of_v2_count_as_polls(scale, v2, ask):
    from scaleapi_testing import policies

    scale.turnaround(policies.after_polls(2))
    task = ask()

    assert [v2.get_task(task.task_id).status for _ in range(2)] == ["pending", "completed"]


def test_a_file_is_redirected_to_and_needs_no_key(scale):
    dataset = scale.add_dataset("Recipes", [({}, {"att 1": b"hello"})])
    path = f"/v2/datasets/task/{dataset.tasks[0]}/response_url/att%201"

    first = requests.get(f"{ORIGIN}{path}", headers=KEY, allow_redirects=False)
    file = requests.get(first.headers["Location"])

    assert (first.status_code, first.content, file.content) == (302, b"", b"hello")
    assert requests.get(first.headers["Location"].partition("?")[0]).status_code == 404


def test_a_wrong_method_is_an_unknown_route(scale):
    answer = requests.put(f"{ORIGIN}/v2/task", headers=KEY)

    assert (answer.status_code, answer.json()["error"]) == (404, "Not Found")


def test_an_unread_parameter_is_said_and_in_strict_mode_refused(get, scale):
    get("/v2/projects", creatd_after="2026-01-01")

    assert "created_after" in str(scale.requests.last.unread)
