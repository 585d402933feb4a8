"""The image holds the server and what it needs, runs as nobody, and keeps its state."""

import subprocess

import pytest
import requests

from .conftest import CHECKOUT, ENVIRONMENT, instructions

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

AUTH = (ENVIRONMENT["SCALE_FAKE_ALLOW_KEY"], "")


def test_the_steps_end_in_a_server_that_is_healthy_and_answers(image):
    with image.running(**ENVIRONMENT) as container:
        tasks = requests.get(f"{container.url}/v1/tasks", auth=AUTH)
        stranger = requests.get(f"{container.url}/v1/tasks", auth=("live_other", ""))

    assert (tasks.status_code, tasks.json()["total"]) == (200, 0)
    assert stranger.status_code == 401
    assert container.process.returncode == 0
    assert ENVIRONMENT["SCALE_FAKE_ADMIN_TOKEN"] not in container.said
    assert AUTH[0] not in container.said


def test_it_is_not_healthy_before_it_serves(image):
    container = image.running(**ENVIRONMENT)

    assert image.health
    assert not container.is_healthy()


def test_its_state_survives_it(image):
    state = {**ENVIRONMENT, "SCALE_FAKE_STATE": "fake.db"}
    with image.running(**state) as container:
        made = requests.post(
            f"{container.url}/v1/projects",
            json={"name": "cows", "type": "categorization", "params": {"instruction": "?"}},
            auth=AUTH,
        )
    with image.running(**state) as container:
        projects = requests.get(f"{container.url}/v1/projects", auth=AUTH)

    assert [project["id"] for project in projects.json()] == [made.json()["id"]]


def test_it_refuses_to_serve_everybody_without_a_key(image):
    done = subprocess.run(
        image.entry, env=image.environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "--allow-key" in done.stderr


def test_no_client_is_in_it(image):
    done = subprocess.run(
        [image.folder / "opt/scale/bin/python", "-m", "pip", "list", "--format", "freeze"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    names = {line.partition("==")[0].lower() for line in done.stdout.splitlines()}

    assert {"scaleapi-testing", "uvicorn", "starlette", "psycopg"} <= names
    assert "scaleapi" not in names


def test_no_step_holds_a_secret():
    words = " ".join(arguments for _, arguments in instructions()).upper()

    assert [word for word in ("TOKEN", "PASSWORD", "SECRET", "KEY=") if word in words] == []


def test_only_the_package_is_sent_to_the_builder():
    ignored = (CHECKOUT / ".dockerignore").read_text().splitlines()

    assert ignored == ["*", "!scaleapi_testing", "**/__pycache__"]
