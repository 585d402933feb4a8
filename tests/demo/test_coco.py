"""What is written loads with the reference implementation and says what the tasks said."""

import contextlib
import io
import json

import pytest
from pycocotools import mask
from pycocotools.coco import COCO

from scaleapi_testing._demo.coco import LabeledImage, coco

BOX = {
    "uuid": "u1",
    "label": "cow",
    "left": 10,
    "top": 20,
    "width": 30,
    "height": 40,
    "attributes": {"coat": "brown"},
}
IMAGES = [
    LabeledImage("a.png", 100, 80, "task-a", [BOX, {**BOX, "label": "barn", "uuid": "u2"}]),
    LabeledImage("empty.png", 50, 60, "task-b", []),
    LabeledImage("c.png", 100, 80, "task-c", [{**BOX, "uuid": "u3", "left": 0.5}]),
]


@pytest.fixture
def loaded(tmp_path):
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(coco(IMAGES, ["cow", "barn", "tree"], "a herd")))
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def test_every_image_is_there_also_one_without_boxes(loaded):
    images = loaded.loadImgs(loaded.getImgIds())

    assert [(i["file_name"], i["width"], i["height"], i["task_id"]) for i in images] == [
        ("a.png", 100, 80, "task-a"),
        ("empty.png", 50, 60, "task-b"),
        ("c.png", 100, 80, "task-c"),
    ]


def test_every_label_of_the_instruction_is_a_category_used_or_not(loaded):
    assert [(c["id"], c["name"]) for c in loaded.loadCats(loaded.getCatIds())] == [
        (1, "cow"),
        (2, "barn"),
        (3, "tree"),
    ]


def test_boxes_are_found_by_image_and_category(loaded):
    [found] = loaded.loadAnns(loaded.getAnnIds(imgIds=[1], catIds=[2]))

    assert (found["uuid"], found["bbox"], found["area"]) == ("u2", [10, 20, 30, 40], 1200)
    assert found["attributes"] == {"coat": "brown"}


def test_the_outline_of_a_box_covers_its_area(loaded):
    [cow] = loaded.loadAnns(loaded.getAnnIds(imgIds=[1], catIds=[1]))

    assert mask.area(loaded.annToRLE(cow)) == cow["area"]


def test_ids_are_unique_and_count_from_one(loaded):
    assert sorted(loaded.getAnnIds()) == [1, 2, 3]
