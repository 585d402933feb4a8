"""Stubs that test suites already have answer the client as they answer any use of requests."""

from __future__ import annotations

import json

import pytest
import requests
import requests_mock
import responses
from responses.matchers import header_matcher, json_params_matcher, query_param_matcher

import scaleapi

TASK = {"task_id": "t1", "type": "comparison", "status": "pending"}
URL = "https://api.scale.com/v1"


@pytest.fixture
def client():
    return scaleapi.ScaleClient("live_key_of_mine", backoff_factor=0)


def test_a_stub_of_responses_answers_a_create(client):
    with responses.RequestsMock() as stubs:
        stubs.post(
            f"{URL}/task/comparison",
            json=TASK,
            match=[
                json_params_matcher({"choices": ["a", "b"]}),
                header_matcher({"Content-Type": "application/json"}),
            ],
        )

        task = client.create_task("comparison", choices=["a", "b"])

        assert task.id == "t1"
        assert json.loads(stubs.calls[0].request.body) == {"choices": ["a", "b"]}


def test_a_stub_of_responses_answers_a_listing(client):
    page = {"docs": [TASK], "total": 1, "limit": 100, "offset": 0, "has_more": False}
    with responses.RequestsMock() as stubs:
        stubs.get(f"{URL}/tasks", json=page, match=[query_param_matcher({"status": "pending"})])

        assert [task.id for task in client.tasks(status="pending")] == ["t1"]


def test_a_stub_of_responses_that_fails_is_a_scale_exception(client):
    with responses.RequestsMock() as stubs:
        stubs.get(f"{URL}/task/t1", body=requests.ConnectionError("no route"))

        with pytest.raises(scaleapi.ScaleConnectionError, match="no route"):
            client.get_task("t1")


def test_a_stub_of_responses_is_retried_as_its_own_rules_say(client):
    with responses.RequestsMock(assert_all_requests_are_fired=True) as stubs:
        stubs.get(f"{URL}/task/t1", json={"error": "busy"}, status=503)
        stubs.get(f"{URL}/task/t1", json=TASK)

        assert client.get_task("t1").id == "t1"


def test_a_stub_of_requests_mock_answers(client):
    with requests_mock.Mocker() as stubs:
        stubs.post(f"{URL}/task/t1/setMetadata", json={**TASK, "metadata": {"a": 1}})

        assert client.set_task_metadata("t1", {"a": 1}).metadata == {"a": 1}
        assert stubs.last_request.json() == {"a": 1}
        assert stubs.last_request.headers["Authorization"].startswith("Basic ")
