"""Answers of every 2D task type become COCO files that ``pycocotools`` loads, draws and scores."""

from __future__ import annotations

import json
from io import BytesIO
from math import cos, hypot, pi, sin

import numpy as np
import pytest
import requests
from PIL import Image
from pycocotools import mask as coco_masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from scaleapi_testing import FakeScale, Labelers

# pycocotools' own arrays do not know NumPy 2's `copy` yet.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

WIDTH, HEIGHT = 320, 240
PICTURE = "https://img.example.com/street.jpg"
SIZE = {"width": WIDTH, "height": HEIGHT}
LABELS = ["car", "bus, double-decker"]

GEOMETRIES = {
    "box": {},
    "polygon": {"min_vertices": 5},
    "line": {},
    "point": {},
    "cuboid": {"min_width": 20, "min_height": 20},
    "ellipse": {},
}
OLDER_TYPES = {
    "annotation": "box",
    "polygonannotation": "polygon",
    "lineannotation": "line",
    "laneannotation": "line",
    "pointannotation": "point",
    "cuboidannotation": "cuboid",
}
AREAL = ("box", "polygon", "cuboid", "ellipse")


# -- a small converter, as a user would write it ---------------------------------------------------


def corners(shape):
    """The outline of a shape, or its points, as ``(x, y)`` in pixels."""
    geometry = geometry_of(shape)
    if geometry == "point":
        return [(shape["x"], shape["y"])]
    if geometry == "ellipse":
        top, right, bottom, left = ((end["x"], end["y"]) for end in shape["vertices"])
        x, y = (top[0] + bottom[0]) / 2, (top[1] + bottom[1]) / 2
        across, along = (right[0] - x, right[1] - y), (top[0] - x, top[1] - y)
        turns = [2 * pi * part / 36 for part in range(36)]
        return [
            (
                x + across[0] * cos(turn) + along[0] * sin(turn),
                y + across[1] * cos(turn) + along[1] * sin(turn),
            )
            for turn in turns
        ]
    if geometry == "cuboid":
        at = {vertex["description"]: (vertex["x"], vertex["y"]) for vertex in shape["vertices"]}
        names = ("face-topleft", "face-topright", "face-bottomright", "face-bottomleft")
        return [at[name] for name in names]
    if "vertices" in shape:
        return [(vertex["x"], vertex["y"]) for vertex in shape["vertices"]]
    left, top = shape["left"], shape["top"]
    right, bottom = left + shape["width"], top + shape["height"]
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def geometry_of(shape):
    return shape.get("type") or shape["geometry"]


def surface(points):
    following = [*points[1:], points[0]]
    return abs(sum(x * b - a * y for (x, y), (a, b) in zip(points, following, strict=True))) / 2


def coco_annotation(shape):
    points = corners(shape)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    box = [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]
    flat = [number for point in points for number in point]
    if geometry_of(shape) in AREAL:
        return {"bbox": box, "segmentation": [flat], "area": surface(points), "iscrowd": 0}
    seen = [number for x, y in points for number in (x, y, 2)]
    return {"bbox": box, "keypoints": seen, "num_keypoints": len(points), "area": 0, "iscrowd": 0}


def coco_file(annotations_by_label, path, labels=LABELS):
    """Write and load a COCO file of one image; annotations are ``(label, annotation)``."""
    categories = {label: number for number, label in enumerate(labels, start=1)}
    annotations = [
        {"id": number, "image_id": 1, "category_id": categories[label], **annotation}
        for number, (label, annotation) in enumerate(annotations_by_label, start=1)
    ]
    document = {
        "info": {},
        "images": [{"id": 1, "file_name": "street.jpg", **SIZE}],
        "categories": [{"id": number, "name": label} for label, number in categories.items()],
        "annotations": annotations,
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return COCO(path)


def answered(fake, task_type, key="live_fake", **params):
    client = fake.client(key)
    task = client.create_task(task_type, attachment=PICTURE, metadata=SIZE, **params)
    fake.complete_all(status="pending")  # a test key's are answered already
    task.refresh()
    return task.response


# -- what comes of it ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_shapes_of_an_imageannotation_load_as_coco(tmp_path, geometry, seed):
    with FakeScale(seed=seed) as fake:
        options = {"objects_to_annotate": LABELS, **GEOMETRIES[geometry]}
        response = answered(fake, "imageannotation", geometries={geometry: options})

    check_shapes(response["annotations"], geometry, tmp_path / "labels.json")


@pytest.mark.parametrize("task_type", OLDER_TYPES)
def test_shapes_of_the_older_types_load_as_coco(tmp_path, task_type):
    with FakeScale(seed=1) as fake:
        response = answered(fake, task_type, objects_to_annotate=LABELS, with_labels=True)

    check_shapes(response["annotations"], OLDER_TYPES[task_type], tmp_path / "labels.json")


def check_shapes(shapes, geometry, path):
    coco = coco_file([(shape["label"], coco_annotation(shape)) for shape in shapes], path)
    loaded = coco.loadAnns(coco.getAnnIds(imgIds=[1]))

    assert {geometry_of(shape) for shape in shapes} == {geometry}
    assert len(loaded) == len(shapes) > 0
    names = {one["name"] for one in coco.loadCats([found["category_id"] for found in loaded])}
    assert names == {shape["label"] for shape in shapes}
    assert all(lies_inside(found["bbox"]) for found in loaded)
    if geometry in AREAL:
        masks = [coco.annToMask(found) for found in loaded]
        assert {mask.shape for mask in masks} == {(HEIGHT, WIDTH)}
        drawn = [int(mask.sum()) for mask in masks]
        assert drawn == pytest.approx([found["area"] for found in loaded], rel=0.15, abs=40)
    else:
        assert [found["num_keypoints"] for found in loaded] == [len(corners(s)) for s in shapes]


def lies_inside(box):
    left, top, width, height = box
    return min(left, top) >= 0 and left + width <= WIDTH + 1e-6 and top + height <= HEIGHT + 1e-6


def test_turned_boxes_keep_their_sides_and_load_as_coco(tmp_path):
    box = {"objects_to_annotate": LABELS, "can_rotate": True}
    with FakeScale(seed=4) as fake:
        shapes = answered(fake, "imageannotation", geometries={"box": box})["annotations"]

    assert any(shape["rotation"] for shape in shapes)
    sides = [side for shape in shapes for side in sides_of(corners(shape))]
    sizes = [size for shape in shapes for size in (shape["width"], shape["height"])]
    assert sides == pytest.approx(sizes, abs=0.05)
    check_shapes(shapes, "box", tmp_path / "labels.json")


def sides_of(points):
    (ax, ay), (bx, by), (cx, cy), _ = points
    return hypot(bx - ax, by - ay), hypot(cx - bx, cy - by)


@pytest.mark.parametrize("key", ["live_fake", "test_k"])
def test_masks_of_a_segmentation_load_as_coco(tmp_path, key):
    labels = ["road", {"choice": "car", "instance_label": True}]
    with FakeScale(seed=4) as fake:
        response = answered(fake, "segmentannotation", key=key, labels=labels)
        indexed = response["annotations"]["combined"]["indexedImage"]
        png = requests.get(indexed, timeout=5).content

    indexes = np.asarray(Image.open(BytesIO(png)))
    entries = [
        (label, entry)
        for label, found in response["labelMapping"].items()
        for entry in (found if isinstance(found, list) else [found])
    ]
    coco = coco_file(
        [(label, of_mask(indexes == entry["index"])) for label, entry in entries],
        tmp_path / "labels.json",
        labels=["road", "car"],
    )

    masks = [coco.annToMask(found) for found in coco.loadAnns(coco.getAnnIds())]
    assert [int(mask.sum()) for mask in masks] == [entry["numPixels"] for _, entry in entries]
    assert np.array_equal(sum(masks), np.ones((HEIGHT, WIDTH)))


def of_mask(pixels):
    encoded = coco_masks.encode(np.asfortranarray(pixels, dtype=np.uint8))
    box, area = coco_masks.toBbox(encoded), coco_masks.area(encoded)
    segmentation = {"size": encoded["size"], "counts": encoded["counts"].decode("ascii")}
    return {"bbox": box.tolist(), "area": int(area), "segmentation": segmentation, "iscrowd": 0}


@pytest.mark.parametrize(
    ("labelers", "least", "most"),
    [
        (Labelers(), 1.0, 1.0),
        (Labelers(jitter_px=3, seed=1), 0.3, 0.95),
        (Labelers(miss_rate=0.5, seed=1), 0.2, 0.8),
    ],
)
def test_answers_score_against_the_truth_as_well_as_their_labelers_work(
    tmp_path, labelers, least, most
):
    truth = [
        {"type": "box", "label": LABELS[place % 2], "left": 30 * place, "top": 20 * place}
        | {"width": 40, "height": 50}
        for place in range(9)
    ]
    described = coco_file(
        [(shape["label"], coco_annotation(shape)) for shape in truth], tmp_path / "truth.json"
    )
    box = {"objects_to_annotate": LABELS}
    with FakeScale(seed=5, labelers=labelers) as fake:
        fake.attachments.describe(PICTURE, truth=truth)
        found = answered(fake, "imageannotation", geometries={"box": box})["annotations"]

    results = [
        {"image_id": 1, "category_id": 1 + LABELS.index(shape["label"]), "score": 1.0}
        | {"bbox": coco_annotation(shape)["bbox"]}
        for shape in found
    ]
    score = COCOeval(described, described.loadRes(results), "bbox")
    score.evaluate()
    score.accumulate()
    score.summarize()
    precision = score.stats[0]
    assert least <= precision <= most
