"""Each code block of the client's first README runs as written.

Changed are the task ids that it invents, and the colon that its `try` lacks.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest

import scaleapi
from scaleapi_testing import FakeScale

PAGE = Path(__file__).with_name("seed-readme.rst")
MADE_UP_ID = "asdfasdfasdfasdfasdfasdf"
BLOCK = re.compile(r"^\.\. code-block ?:: (\w+)\n((?:\n|[ ]+.*\n?)+)", re.MULTILINE)

BASH, USAGE, CATEGORIZE, ANNOTATE, FETCH, CANCEL, LIST, ERRORS = (
    dedent(body) for _, body in BLOCK.findall(PAGE.read_text(encoding="utf-8"))
)


@pytest.fixture
def scale():
    with FakeScale(start_time=datetime(2020, 11, 2, tzinfo=UTC)) as scale:
        yield scale


@pytest.fixture
def names(scale):
    """What the page's first block leaves behind."""
    names = {}
    exec(USAGE, names)
    return names


def run(block, names):
    exec(compile(block, PAGE.name, "exec"), names)
    return names


def test_the_page_has_eight_blocks_of_which_seven_are_python():
    languages = [language for language, _ in BLOCK.findall(PAGE.read_text(encoding="utf-8"))]

    assert languages == ["bash"] + ["python"] * 7


def test_the_client_is_made_from_a_key_alone(names):
    assert isinstance(names["client"], scaleapi.ScaleClient)


def test_the_categorization_task_is_created(names, scale):
    task = run(CATEGORIZE, names)["task"]

    assert isinstance(task, scaleapi.Task)
    assert scale.tasks[task.id].params["categories"] == ["public", "private"]


def test_the_annotation_task_is_created(names, scale):
    run(ANNOTATE, names)

    [task] = scale.tasks
    assert (task.type, task.params["attachment_type"]) == ("annotation", "image")


def test_a_task_is_retrieved_by_its_id(names):
    created = run(CATEGORIZE, names)["task"]

    fetched = run(FETCH.replace(MADE_UP_ID, created.id), names)["task"]

    assert fetched.id == created.id
    assert fetched.instruction == "Is this company public or private?"


def test_a_task_is_canceled_by_its_id(names, scale):
    created = run(CATEGORIZE, names)["task"]

    canceled = run(CANCEL.replace(MADE_UP_ID, created.id), names)["task"]

    assert canceled.status == scale.tasks[created.id].status == "canceled"


def test_all_accepted_tasks_are_listed_page_by_page(names, scale, capsys):
    client = names["client"]
    wanted = {"attachment_type": "text", "attachment": "moo", "categories": ["cow"]}
    made = client.create_tasks([wanted] * 105, task_type=scaleapi.TaskType.Categorization)
    ids = [result.task.id for result in made]
    scale.complete_all()
    accepted = ids[:103]
    for task_id in accepted:
        client.audit_task(task_id, True)

    listed = run(LIST, names)["all_tasks"]

    assert sorted(task["task_id"] for task in listed) == sorted(accepted)
    assert "Downloading Task 103 | " in capsys.readouterr().out
    assert len(scale.requests.to("GET", "/v1/tasks")) == 2


def test_missing_parameters_are_an_error_that_names_them(names, capsys):
    run(ERRORS.replace("try\n", "try:\n"), names)

    code, message = capsys.readouterr().out.splitlines()
    assert code == "400"
    assert "attachment" in message
