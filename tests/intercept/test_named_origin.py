"""`SCALE_API_BASE_URL` names where Scale is; an active fake answers there, unless a fake does."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
import requests

import scaleapi
from scaleapi_testing import FakeScale

VARIABLE = "SCALE_API_BASE_URL"


@pytest.mark.parametrize(
    "origin", ["https://scale.proxy.example", "http://127.0.0.1:9", "https://scale.proxy.example/"]
)
def test_an_active_fake_answers_for_the_named_origin(scale, monkeypatch, origin):
    monkeypatch.setenv(VARIABLE, origin)

    client = scaleapi.ScaleClient("live_abc")
    client.create_project("cows", "imageannotation")

    assert client.api_instance_url == f"{origin.rstrip('/')}/v1"
    assert [project.name for project in scale.projects] == ["cows"]


def test_another_fake_s_server_answers_for_itself(scale, monkeypatch):
    with FakeScale().serve() as server:
        monkeypatch.setenv(VARIABLE, server.url)
        scaleapi.ScaleClient("live_abc").create_project("cows", "imageannotation")

    assert len(scale.projects) == 0


@pytest.mark.slow
def test_a_stranger_on_this_machine_is_not_asked_for_tasks(scale, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        monkeypatch.setenv(VARIABLE, f"http://127.0.0.1:{deaf.getsockname()[1]}")
        client = scaleapi.ScaleClient("live_abc")

        assert client.tasks().total == 0


def test_other_origins_stay_themselves(scale, monkeypatch):
    monkeypatch.setenv(VARIABLE, "https://scale.proxy.example")

    with pytest.raises(requests.ConnectionError):
        requests.get("http://127.0.0.1:9/v1/tasks", timeout=5)

    assert len(scale.requests) == 0


def test_a_given_address_goes_before_the_named_one(scale, monkeypatch):
    monkeypatch.setenv(VARIABLE, "http://127.0.0.1:9")

    client = scaleapi.ScaleClient("k", api_instance_url="https://api.scale.com/v1")

    assert client.api_instance_url == "https://api.scale.com/v1"
    assert scale.client().api_instance_url == "https://api.scale.com/v1"


@pytest.mark.parametrize("value", ["https://api.scale.com/v1", "api.scale.com", "http://[x"])
def test_what_is_no_origin_is_refused(monkeypatch, value):
    monkeypatch.setenv(VARIABLE, value)

    with pytest.raises(scaleapi.ScaleInvalidRequest, match="it names the origin alone, without"):
        scaleapi.ScaleClient("live_abc")


CHILD = (
    "import scaleapi; scaleapi.ScaleClient('live_abc').create_project('cows', 'imageannotation')"
)


def test_a_child_process_finds_the_served_fake(scale, scale_server, monkeypatch):
    monkeypatch.setenv(VARIABLE, scale_server.url)

    subprocess.run([sys.executable, "-c", CHILD], check=True, timeout=60)

    assert [project.name for project in scale.projects] == ["cows"]
