"""The story of the drawn scenes, told once and looked at from all sides."""

import contextlib
import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image
from pycocotools.coco import COCO

from scaleapi_testing._cli import main
from scaleapi_testing._demo.crew import audit
from scaleapi_testing._demo.scenes import LABELS, draw_scene

SEED = 5


class Told:
    """What one run of the demo left behind."""

    def __init__(self, folder, output):
        self.folder = folder
        self.output = output
        self.labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))

    def boxes(self, image):
        names = {category["id"]: category["name"] for category in self.labels["categories"]}
        return [
            {
                "label": names[found["category_id"]],
                **dict(zip(("left", "top", "width", "height"), found["bbox"], strict=True)),
            }
            for found in self.labels["annotations"]
            if found["image_id"] == image["id"]
        ]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
        code = main(["demo", "--out", str(folder), "--seed", str(SEED)])
    assert code == 0
    return Told(folder, output.getvalue())


def test_twelve_scenes_are_labeled(told):
    names = [image["file_name"] for image in told.labels["images"]]

    assert names == [f"scene-{number:02d}.png" for number in range(1, 13)]


def test_the_labels_load_as_coco(told):
    with contextlib.redirect_stdout(io.StringIO()):
        loaded = COCO(str(told.folder / "labels.json"))

    assert [c["name"] for c in loaded.loadCats(loaded.getCatIds())] == list(LABELS)
    assert len(loaded.getAnnIds()) == len(told.labels["annotations"]) > 50


@pytest.mark.slow
def test_in_the_end_labelers_have_found_every_object(told):
    findings = [
        audit(draw_scene(SEED, number).objects, told.boxes(image))
        for number, image in enumerate(told.labels["images"], 1)
    ]

    assert all(found.comment.startswith("every object has its box") for found in findings)
    assert min(found.agreement for found in findings) > 0.8


def test_labelers_are_not_exact(told):
    scene = draw_scene(SEED, 1)
    boxes = [tuple(found["bbox"]) for found in told.labels["annotations"] if found["image_id"] == 1]

    assert boxes != [there.box for there in scene.objects]


def test_animals_alone_have_a_coat(told):
    animals = {c["id"] for c in told.labels["categories"] if c["name"].endswith("cow")}
    coats = {
        (found["category_id"] in animals, "coat" in found["attributes"])
        for found in told.labels["annotations"]
    }

    assert coats == {(True, True), (False, False)}


def test_every_image_lies_where_the_labels_say(told):
    images = [told.folder / "images" / image["file_name"] for image in told.labels["images"]]

    sizes = [Image.open(io.BytesIO(path.read_bytes())).size for path in images]

    assert sizes == [(image["width"], image["height"]) for image in told.labels["images"]]


def test_one_answer_is_rejected_and_done_again(told):
    rejected = re.findall(r"audit: 11 accepted, (scene-\d\d.png) rejected \((.*)\)", told.output)

    assert len(rejected) == 1
    name, why = rejected[0]
    assert re.fullmatch(r"\d of \d+ objects (has|have) no box: .+", why)
    assert f"{name} done again and accepted" in told.output
    assert f"tasks    12 completed ({name} in a second try)" in told.output


def test_hours_pass_for_labelers_and_seconds_for_the_reader(told):
    hours, seconds = re.search(
        r"(\d+) h \d\d min of virtual time in ([\d.]+) s", told.output
    ).groups()

    assert int(hours) >= 3
    assert float(seconds) < 60


def test_the_results_are_fetched_page_by_page(told):
    assert "results: 12 accepted tasks on 3 pages" in told.output


def test_the_closing_table_says_where_the_files_are(told):
    named = re.findall(r"^(?:labels|picture|images) +(\S+)", told.output, re.MULTILINE)

    assert [told.folder / name for name in ("labels.json", "contact_sheet.png", "images")] == [
        Path(name) for name in named
    ]
    assert all(Path(name).exists() for name in named)


def test_the_contact_sheet_is_a_picture_of_all_scenes(told):
    with Image.open(told.folder / "contact_sheet.png") as sheet:
        sheet.load()

    assert sheet.width > 1500
    assert sheet.height > 1000


def test_an_auditor_counts_objects_without_a_box_of_their_label():
    truth = draw_scene(SEED, 1).objects
    boxes = [
        {
            "label": there.label,
            **dict(zip(("left", "top", "width", "height"), there.box, strict=True)),
        }
        for there in truth
    ]

    exact = audit(truth, boxes)
    lacking = audit(truth, boxes[1:])

    assert exact.agreement == 1.0
    assert lacking.agreement < 1.0
    assert lacking.comment == f"1 of {len(truth)} objects has no box: {truth[0].label}"
