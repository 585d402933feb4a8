"""An answer that somebody edits is held against what its task's type answers."""

from functools import cache

import pytest

import scaleapi_testing
from scaleapi_testing import FakeScale
from scaleapi_testing._control_plane.table import controls
from scaleapi_testing._dashboard.gallery.examples import examples
from scaleapi_testing._dashboard.gallery.made import create

UNKNOWN = "is no part of an answer of this type; right would be"
TYPES = sorted(scaleapi_testing.task_types())


@cache
def gallery():
    """A fake with a completed task of each type, and the ids by type."""
    fake = FakeScale(seed=0)
    ids = {}
    for place, example in enumerate(examples()):
        ids[example.type] = create(fake, example, place, ids.get("lidarannotation", ""))
        fake.complete(ids[example.type])
    return fake, ids


def problems(fake, task, response):
    found = controls()["check_answer"].perform(fake, {"task": task, "response": response})
    assert found["fits"] is not bool(found["problems"])
    return [problem["message"] for problem in found["problems"]]


def of_type(task_type, response):
    fake, ids = gallery()
    return problems(fake, ids[task_type], response)


@pytest.mark.parametrize("task_type", TYPES)
def test_what_the_fake_itself_answers_fits(task_type):
    fake, ids = gallery()
    files = len(fake._world.store.results)

    found = of_type(task_type, fake.tasks[ids[task_type]].response)

    assert found == []
    assert len(fake._world.store.results) == files


@pytest.mark.parametrize("task_type", TYPES)
def test_an_answer_of_another_shape_is_noticed_for_each_type(task_type):
    assert of_type(task_type, {"anotations": 5})


@pytest.mark.parametrize(
    ("task_type", "response", "told"),
    [
        (
            "imageannotation",
            {"anotations": []},
            [
                f"response.anotations {UNKNOWN} annotations",
                "response.annotations is missing; right would be a list",
            ],
        ),
        (
            "imageannotation",
            {"annotations": "none"},
            ['response.annotations is "none"; right would be a list'],
        ),
        (
            "annotation",
            {"annotations": [{"label": "cow", "left": 1, "top": 1, "width": 5, "height": 5}]},
            ["response.annotations[0].label is 'cow'; right would be a label of box: car, person"],
        ),
        (
            "annotation",
            {"annotations": ["car"]},
            ['response.annotations[0] is "car"; right would be an object'],
        ),
        (
            "documenttranscription",
            {"annotations": [{"label": "sum"}]},
            ["response.annotations[0].label must be one of [vendor, date, total, paid]"],
        ),
        (
            "lidarannotation",
            {"annotations": [{"label": "car"}]},
            ['response.annotations is [{"label": "car"}]; right would be an object'],
        ),
        (
            "audiotranscription",
            {"transcript": 5, "duration": "1 s", "alignment": []},
            [
                "response.transcript is 5; right would be a text",
                'response.duration is "1 s"; right would be a number',
            ],
        ),
        ("pointannotation", {}, ["response.annotations is missing; right would be a list"]),
    ],
)  # fmt: skip
def test_it_is_said_what_is_wrong_where_and_what_would_be_right(task_type, response, told):
    assert of_type(task_type, response) == told


def test_a_file_of_another_host_may_hold_an_answer():
    assert of_type("lidarannotation", {"annotations": {"url": "https://example.com/a.json"}}) == []


def test_a_check_is_no_command_and_completing_takes_what_does_not_fit():
    fake = FakeScale(seed=0)
    task = create(fake, examples()[0], 0, "")
    before = fake.snapshot()

    found = problems(fake, task, {"moo": 1})
    same = fake.diff(before)
    fake.complete(task, {"moo": 1})

    assert found
    assert not same
    assert not controls()["check_answer"].changes
    assert fake.tasks[task].response == {"moo": 1}
