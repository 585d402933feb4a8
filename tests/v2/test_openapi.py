"""The OpenAPI document of v2 is valid, and tells of every operation and every answer."""

import pytest
import requests
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from scaleapi_testing import operations


@pytest.fixture
def document(scale):
    return requests.get("https://api.scale.com/v2/openapi").json()


def test_it_is_a_valid_openapi_3_1_document(document):
    validate(document)

    assert (document["openapi"], document["info"]["title"]) == ("3.1.0", "GenAI API Spec")


def test_every_operation_of_v2_is_in_it(document):
    told = {(method.upper(), path) for path, item in document["paths"].items() for method in item}

    there = {(one.method, one.path) for one in operations() if one.path.startswith("/v2/")}
    assert told == there
    assert len(told) >= 26


@pytest.mark.parametrize("types", [["RLHF: Pref Ranking with Rewrites"], ["Rubrics"], ["Evals"]])
def test_a_completed_task_is_as_the_document_says(scale, document, ask, types):
    scale.configure_project("Kitchen", types=types)
    task_id = ask().task_id
    scale.complete(task_id)
    query = "expand=project&opts=annotation_details&opts=model_parameters&opts=submissions"
    answer = requests.get(
        f"https://api.scale.com/v2/task?task_id={task_id}&{query}", auth=("live_fake", "")
    )

    schema = {**document["components"]["schemas"]["Task"], "components": document["components"]}

    Draft202012Validator(schema).validate(answer.json())
