"""``client.v2``: names and arguments of the official client, through this client's own session."""

import importlib
import inspect
import subprocess
import sys

import pytest

import scaleapi
from scaleapi import ScaleClient
from scaleapi.v2.api import OPERATIONS
from scaleapi_testing import FakeScale

ARGUMENTS = {
    "get_task": "task_id expand opts",
    "get_tasks": "project_id project_name batch_id batch_name status completed_after "
    "completed_before limit next_token expand opts",
    "get_batch": "batch_id batch_name expand",
    "get_batches": "project_id project_name status created_after created_before completed_after "
    "completed_before limit next_token expand",
    "get_project": "project_id project_name",
    "get_projects": "created_after created_before",
    "get_deliveries": "project_id project_name delivered_after delivered_before expand",
    "get_delivery": "delivery_id delivery_name project_id project_name limit next_token expand "
    "opts",
    "get_delivery_tasks": "delivery_id project_id project_name status completed_after "
    "completed_before limit next_token",
    "get_schema": "schema_id",
    "get_annotation": "annotation_id",
    "get_datasets": "",
    "get_dataset_deliveries": "dataset_id delivered_after delivered_before expand",
    "get_dataset_delivery": "delivery_id limit next_token expand",
    "get_dataset_task": "task_id expand",
    "get_dataset_tasks": "dataset_id delivery_id delivered_after delivered_before limit next_token "
    "expand",
    "get_dataset_task_response_url": "task_id attachment_id",
    "create_chat_task": "create_chat_task_request",
    "create_batch": "create_batch_request",
    "finalize_batch": "batch_operation_request",
    "pause_batch": "batch_operation_request",
    "resume_batch": "batch_operation_request",
    "cancel_batch": "batch_operation_request",
    "set_batch_metadata": "set_batch_metadata_request",
    "set_task_metadata": "set_task_metadata_request",
}
"""Documented by the official client 2.18, in its order."""


def test_there_is_a_method_for_each_operation():
    assert set(OPERATIONS) == set(ARGUMENTS)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_method_takes_the_official_arguments_in_their_order(name):
    parameters = list(inspect.signature(getattr(scaleapi.V2Api, name)).parameters)

    assert parameters == ["self", *ARGUMENTS[name].split(), "options"]


@pytest.mark.parametrize("name", ARGUMENTS)
@pytest.mark.parametrize("form", ["_with_http_info", "_without_preload_content"])
def test_each_operation_has_its_other_forms(name, form):
    assert callable(getattr(scaleapi.V2Api, f"{name}{form}"))


PATHS = [
    "scaleapi:Api", "scaleapi:ApiClient", "scaleapi:Configuration", "scaleapi:ExpandableEnumTask",
    "scaleapi:Option", "scaleapi:V2Api", "scaleapi:V2Task", "scaleapi.api:Api",
    "scaleapi.api_client.v2:V2Api", "scaleapi.api_client.v2:Task",
    "scaleapi.api_client.v2:ApiException",
    "scaleapi.api_client.v2.api.v2_api:V2Api", "scaleapi.api_client.v2.api_client:ApiClient",
    "scaleapi.api_client.v2.api_response:ApiResponse",
    "scaleapi.api_client.v2.configuration:Configuration",
    "scaleapi.api_client.v2.exceptions:NotFoundException",
    "scaleapi.api_client.v2.models:GetTasksResponse",
    "scaleapi.api_client.v2.models.create_batch_request:CreateBatchRequest",
    "scaleapi.api_client.v2.models.cancel_batch200_response:CancelBatch200Response",
    "scaleapi.api_client.v2.models.gen_ai_project_type:GenAIProjectType",
    "scaleapi.api_client.v2.models.v1_task_task_id_get200_response:V1TaskTaskIdGet200Response",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_an_import_of_the_official_package_works(path):
    module, _, name = path.partition(":")

    assert getattr(importlib.import_module(module), name)


def run(code):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_importing_the_client_and_making_one_does_not_load_pydantic():
    code = "import sys, scaleapi; scaleapi.ScaleClient('k'); print('pydantic' in sys.modules)"

    assert run(code) == "False\n"


def test_without_pydantic_one_sentence_names_the_extra():
    code = """
import sys
class Missing:
    def find_spec(self, name, *_):
        if name == "pydantic":
            raise ModuleNotFoundError(name)
import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "pydantic" else real(name, *more)
import scaleapi
try:
    scaleapi.ScaleClient("live_abc").v2
except ImportError as error:
    print(error)
"""

    assert run(code) == "client.v2 needs the package pydantic: pip install 'scaleapi[v2]'\n"


REFUSED = [
    (lambda v2: v2.get_task(5), "task_id must be a string, got 5"),
    (lambda v2: v2.get_task(""), "task_id must not be empty"),
    (lambda v2: v2.get_tasks(limit=0), "limit must be a whole number from 1 to 100, got 0"),
    (lambda v2: v2.get_tasks(limit="5"), "limit must be a whole number from 1 to 100, got '5'"),
    (
        lambda v2: v2.get_tasks(expand="project"),
        "expand must be a list such as ['project'], got 'project'",
    ),
    (
        lambda v2: v2.get_projects(created_after="soon"),
        "created_after must be a date in ISO 8601, got 'soon'",
    ),
    (
        lambda v2: v2.create_batch("w1"),
        "create_batch_request must be a CreateBatchRequest or a dict of its fields, got 'w1'",
    ),
    (
        lambda v2: v2.create_batch({"nam": "w1"}),
        "create_batch_request has no field 'nam'; did you mean 'name'?",
    ),
    (lambda v2: v2.create_batch({}), "create_batch_request.name: field required"),
    (
        lambda v2: v2.get_projects(_host_index=1),
        "_host_index must be 0, for there is one host; got 1",
    ),
]


@pytest.mark.parametrize(("call", "text"), REFUSED)
def test_a_wrong_argument_is_refused_before_anything_is_sent(scale, v2, call, text):
    with pytest.raises(scaleapi.ScaleInvalidRequest) as refused:
        call(v2)

    assert str(refused.value) == text
    assert len(scale.requests) == 0


def test_a_refusal_is_the_error_of_v1_under_the_names_of_v2(v2):
    from scaleapi.api_client.v2.exceptions import ApiException, NotFoundException

    with pytest.raises(NotFoundException) as refused:
        v2.get_task("nope")

    error = refused.value
    assert isinstance(error, ApiException)
    assert isinstance(error, scaleapi.ScaleResourceNotFound)
    assert (error.status, error.reason) == (404, "Not Found")
    assert error.body == '{"status_code":404,"error":"No task with id nope"}'


def test_with_http_info_gives_what_came_with_the_answer(v2):
    answer = v2.get_projects_with_http_info()

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert [one.name for one in answer.data.projects] == ["Garden", "Kitchen"]
    assert answer.raw_data.startswith(b'{"projects":')


def test_without_preload_content_judges_nothing(v2):
    answer = v2.get_task_without_preload_content("nope")

    assert answer.status == 404
    assert b"No task" in answer.read()


@pytest.mark.parametrize("path", ["", "/v1", "/v1/", "/deep/down/v1"])
def test_v2_lies_beside_v1_wherever_that_is(path):
    client = ScaleClient("live_abc", api_instance_url=f"https://scale.example.com{path}")

    root = f"https://scale.example.com{path.rstrip('/').removesuffix('/v1')}"
    assert client.v2.api_client.configuration.host == root


def test_the_host_can_be_set_as_in_the_official_client(scale, client):
    with FakeScale() as other, other.serve() as server:
        direct = ScaleClient("live_abc")
        direct.v2.api_client.configuration.host = server.url

        direct.v2.get_projects()

        assert [call.path for call in other.requests] == ["/v2/projects"]


def test_the_key_goes_as_a_bearer_token_and_is_not_sent_to_where_files_lie(scale, v2):
    dataset = scale.add_dataset("Recipes", [({}, {"a": b"x"})])

    v2.download_dataset_task_response(dataset.tasks[0], "a")

    asked, fetched = scale.requests
    assert asked.headers["authorization"].startswith("Bearer ")
    assert "authorization" not in fetched.headers


def test_an_api_of_its_own_needs_a_key():
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="needs an access_token"):
        scaleapi.V2Api().get_projects()


def test_an_api_of_its_own_works_with_a_key(scale):
    configuration = scaleapi.Configuration(access_token="live_fake")
    api = scaleapi.V2Api(scaleapi.ApiClient(configuration))

    assert len(api.get_projects().projects) == 2
    assert "live_fake" not in repr(configuration)


def test_the_raw_api_calls_v1_by_its_paths(scale):
    api = scaleapi.Api("live_fake")

    made = api.post_request("projects", {"name": "photos", "type": "imageannotation"})
    listed = api.get_request("projects", {"archived": False})

    assert made["name"] == "photos"
    assert "photos" in [one["name"] for one in listed]


def test_the_generator_of_the_client_goes_through_every_page(client, ask):
    made = [ask().task_id for _ in range(3)]

    listed = [task.task_id for task in client.v2_get_tasks(project_name="Kitchen", limit=2)]

    assert listed == made[::-1]


def test_a_listing_that_does_not_go_on_is_an_error(scale, v2):
    import responses

    page = {"tasks": [], "next_token": "again"}
    with responses.RequestsMock() as mock:
        mock.get("https://elsewhere.example.com/v2/tasks", json=page)
        stuck = ScaleClient("live_abc", api_instance_url="https://elsewhere.example.com/v1")

        with pytest.raises(scaleapi.ScaleException, match="does not go on"):
            list(stuck.v2.iter_tasks(project_name="x"))


WRONG_OPTIONS = {
    "a misspelt argument": (
        {"statuss": "completed"},
        "get_tasks has no argument 'statuss'; did you mean 'status'?",
    ),
    "a misspelt option": (
        {"_request_timeot": 3},
        "get_tasks has no argument '_request_timeot'; did you mean '_request_timeout'?",
    ),
    "no time to wait": (
        {"_request_timeout": 0},
        "_request_timeout must be a positive number of seconds, got 0",
    ),
    "three times": (
        {"_request_timeout": (1, 2, 3)},
        "_request_timeout must be seconds or a pair of them, got (1, 2, 3)",
    ),
    "headers that are none": (
        {"_headers": ["a"]},
        "_headers must be a mapping of names to values, got ['a']",
    ),
    "a header of two lines": (
        {"_headers": {"X-Trace": "a\r\nHost: b"}},
        (
            "_headers['X-Trace'] is sent in a header, which holds latin-1 characters and no line "
            r"ends or other control characters, got 'a\r\nHost: b'"
        ),
    ),
    "a name that no header has": (
        {"_headers": {"X Trace": "a"}},
        "_headers has a name that no header can have: 'X Trace'",
    ),
    "no authorization": (
        {"_request_auth": {"key": "live_a"}},
        "_request_auth must be a mapping such as {'value': 'Bearer ...'}",
    ),
    "an authorization of two lines": (
        {"_request_auth": {"value": "Bearer live_a\r\n"}},
        "_request_auth['value'] is nothing that a header can hold",
    ),
}


@pytest.mark.parametrize("case", WRONG_OPTIONS)
@pytest.mark.parametrize("form", ["get_tasks", "get_tasks_with_http_info"])
def test_an_option_that_is_none_is_refused_before_anything_is_sent(scale, v2, case, form):
    options, text = WRONG_OPTIONS[case]

    with pytest.raises(scaleapi.ScaleInvalidRequest) as refused:
        getattr(v2, form)(project_name="Kitchen", **options)

    assert refused.value.message == text
    assert len(scale.requests.to("GET", "/v2/tasks")) == 0


def test_a_misspelt_attribute_or_method_is_answered_with_the_nearest(v2, ask):
    task = ask()

    with pytest.raises(AttributeError, match=r"^this Task has no 'staus' \(nearest: status\)$"):
        task.staus  # noqa: B018 - read on purpose
    with pytest.raises(AttributeError, match=r"^this Task has no 'zzz'; it has batch, comp"):
        task.zzz  # noqa: B018 - the same
    with pytest.raises(AttributeError, match=r"^the API v2 has no 'get_tsk' \(nearest: get_task"):
        v2.get_tsk  # noqa: B018 - the same
    assert not hasattr(task, "__wrapped__")
