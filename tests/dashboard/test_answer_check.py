"""An answer that somebody edits is held against what its task's type answers."""

import json
from functools import cache
from hashlib import sha256

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
        (
            "cruisecontrol",
            {"annotations": [5, {"label": 5, "attributes": []}]},
            [
                "response.annotations[0] is 5; right would be an object",
                "response.annotations[1].label is 5; right would be a text",
                "response.annotations[1].attributes is []; right would be an object",
            ],
        ),
        (
            "lidarsegmentation",
            {"point_segmentations": {"urls": "a"}, "annotations": {"url": 5}},
            [
                f"response.point_segmentations.urls {UNKNOWN} url, of a file that holds it",
                "response.point_segmentations.url is missing; right would be an address",
                "response.annotations.url is 5; right would be an address",
            ],
        ),
        ("pointannotation", {}, ["response.annotations is missing; right would be a list"]),
    ],
)  # fmt: skip
def test_it_is_said_what_is_wrong_where_and_what_would_be_right(task_type, response, told):
    assert of_type(task_type, response) == told


ADDRESS = "https://example.com/mask"


def masks(**changes):
    """An answer of a segmentation, with some of its parts changed."""
    mapping = {
        "sky": {"index": 1, "color": "#ff0000", "numPixels": 5},
        "car": [{"index": 2, "color": "#00ff00", "numPixels": 5}],
    }
    combined = {"image": ADDRESS, "indexedImage": ADDRESS, "extendedIndexedImage": ADDRESS}
    labeled = {"sky": ADDRESS, "car": [ADDRESS]}
    return {
        "labelMapping": mapping | changes.get("mapping", {}),
        "annotations": {
            "combined": combined | changes.get("combined", {}),
            "labeled": labeled | changes.get("labeled", {}),
            "unlabeled": changes.get("unlabeled", ADDRESS),
        },
    }


ENTRY = "one of index, color, numPixels, uuid, attributes"
MASKS = "one of image, indexedImage, extendedIndexedImage"
ONE = "1, one for each object in labelMapping"


def test_a_segmentation_that_somebody_wrote_fits():
    assert of_type("segmentannotation", masks()) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"mapping": {"sky": [{"index": 1}]}},
            'labelMapping.sky is [{"index": 1}]; right would be an object',
        ),
        (
            {"mapping": {"car": {"index": 2}}},
            'labelMapping.car is {"index": 2}; right would be a list, one for each object',
        ),
        (
            {"mapping": {"sky": {"index": 1, "color": "red"}}},
            'labelMapping.sky.color is "red"; right would be a colour such as "#ff0000"',
        ),
        (
            {"mapping": {"car": [{"index": 2, "numPixels": -1}]}},
            "labelMapping.car[0].numPixels is -1; right would be a whole number, 0 or more",
        ),
        (
            {"mapping": {"sky": {"index": 1, "colour": "#ff0000"}}},
            f"labelMapping.sky.colour {UNKNOWN} {ENTRY}",
        ),
        (
            {"combined": {"indexImage": ADDRESS}},
            f"annotations.combined.indexImage {UNKNOWN} {MASKS}",
        ),
        (
            {"labeled": {"car": [ADDRESS, ADDRESS]}},
            f"annotations.labeled.car has 2 addresses; right would be {ONE}",
        ),
        ({"unlabeled": 5}, "annotations.unlabeled is 5; right would be an address"),
        (
            {"mapping": {"moon": {"index": 9}}},
            ("labelMapping.moon: Unknown label moon in response; right would be one of the task's "
            "labels"),
        ),
    ],
)  # fmt: skip
def test_it_is_said_what_is_wrong_inside_a_segmentation(changes, told):
    (message,) = of_type("segmentannotation", masks(**changes))

    assert message == f"response.{told}"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"objects": []}, "point_objects is null; right would be a list, in the file"),
        (
            {"objects": [{"label": "cow", "index": 1}], "point_objects": []},
            'objects[0].label is "cow"; right would be one of car, bus, road',
        ),
        (
            {"objects": [{"label": "car", "index": 0}], "point_objects": []},
            "objects[0].index is 0; right would be 1, its place",
        ),
        (
            {"objects": [{"label": "car", "index": 1}], "point_objects": [[0, 1, 2]]},
            "point_objects[0][2] is 2; right would be the index of an object, 1 to 1, or 0",
        ),
    ],
)
def test_the_file_of_a_segmentation_of_points_is_looked_into(content, told):
    fake, ids = gallery()
    around = fake._world.surroundings(fake._world.store.tasks[ids["lidarsegmentation"]].account)
    written = json.dumps(content).encode()
    url = around.publish(written, "application/json", sha256(written).hexdigest()[:32])

    found = of_type(
        "lidarsegmentation", {"point_segmentations": {"url": url}, "annotations": {"url": url}}
    )

    assert found == [f"response.point_segmentations.{told}"]


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
