"""The documents of the control plane and of the fake's own operations hold."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from scaleapi_testing import operations

EACH = settings(
    max_examples=5,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

CONFORMS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


@pytest.mark.parametrize("name", ["openapi.json", "scale-openapi.json"])
def test_the_document_is_valid(control, name):
    document = control("GET", f"/{name}").json()

    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    assert document["openapi"] == "3.1.0"


def test_every_operation_of_the_fake_is_in_its_document(control):
    paths = control("GET", "/scale-openapi.json").json()["paths"]

    described = {f"{verb.upper()} {path}" for path, verbs in paths.items() for verb in verbs}

    assert described == {f"{operation.method} {operation.path}" for operation in operations()}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_schemathesis_finds_nothing_in_the_control_plane(scale_server):
    schema = schemathesis.openapi.from_url(f"{scale_server.url}/_fake/openapi.json")

    found = [entry for result in schema.get_all_operations() for entry in judged(result.ok())]

    assert found == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_what_scales_operations_answer_is_as_described(scale_server):
    schema = schemathesis.openapi.from_url(f"{scale_server.url}/_fake/scale-openapi.json")

    found = [
        entry
        for result in schema.get_all_operations()
        for entry in judged(result.ok(), auth=("live_x", ""), checks=CONFORMS)
    ]

    assert found == []


def judged(operation, **how):
    """What schemathesis has to say of an operation: the same each time."""
    found = []

    @EACH
    @given(operation.as_strategy())
    def call(case):
        try:
            case.call_and_validate(**how)
        except schemathesis.errors.FailureGroup as group:
            found.extend(f"{case.as_curl_command()}: {failure}" for failure in group.exceptions)

    call()
    return found
