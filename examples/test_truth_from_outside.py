"""A report on real labels: tried with exported tasks, a recording, and a contract with Scale."""

import json
from collections import Counter

import pytest

import scaleapi
from scaleapi_testing import verify

# -- the application ----------------------------------------------------------------------------


def votes(client, project):
    """How often each category was chosen."""
    done = client.get_tasks(project_name=project, status=scaleapi.TaskStatus.Completed)
    return Counter(task.response["category"] for task in done)


# -- its tests ----------------------------------------------------------------------------------


def exported(number, category=None):
    """A task as `GET /v1/tasks` told it; in a real suite a file: tasks="tests/data/tasks.json"."""
    ended = {"status": "completed", "completed_at": "2024-03-02T11:40:50.990Z"}
    return {
        "task_id": f"65e2f0{number:018x}",
        "created_at": f"2024-03-02T09:15:{number:02d}.120Z",
        "updated_at": "2024-03-02T11:40:51.007Z",
        "type": "categorization",
        "status": "pending",
        "project": "sounds",
        "params": {"attachment": "Moo.", "attachment_type": "text", "categories": ["cow", "sheep"]},
        **({} if category is None else {**ended, "response": {"category": category}}),
    }


@pytest.mark.scale(
    tasks=[exported(1, "cow"), exported(2, "cow"), exported(3, "sheep"), exported(4)]
)
def test_real_tasks_are_counted(scale, scale_client):
    assert votes(scale_client, "sounds") == {"cow": 2, "sheep": 1}

    scale.complete(scale.tasks(status="pending")[0], {"category": "sheep"})
    assert votes(scale_client, "sounds") == {"cow": 2, "sheep": 2}


def test_the_fake_lists_as_scale_did_when_it_was_recorded(tmp_path):
    page = {
        "docs": [exported(2, "cow"), exported(1)],
        "total": 2,
        "limit": 100,
        "offset": 0,
        "has_more": False,
    }
    recording = {
        "request": {
            "method": "GET",
            "uri": "https://api.scale.com/v1/tasks?project=sounds",
            "headers": {},
            "body": None,
        },
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": {},
            "body": {"string": json.dumps(page)},
        },
    }
    cassette = tmp_path / "listing.json"
    cassette.write_text(json.dumps({"version": 1, "interactions": [recording]}))

    verification = verify(cassette)

    assert verification.ok, str(verification)


@pytest.mark.scale_contract  # `SCALE_TEST_API_KEY=test_... pytest --scale-live` asks Scale, too
@pytest.mark.scale(projects=[("sounds", "categorization")])
def test_what_the_report_relies_on(scale, scale_client):
    task = scale_client.create_task("categorization", project="sounds", **exported(1)["params"])

    assert task.response["category"] in {"cow", "sheep"}
    assert sum(votes(scale_client, "sounds").values()) >= 1
