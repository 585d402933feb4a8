"""Two thousand tasks of all types, mixed, go through the client and the fake without one lost."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from itertools import cycle, islice

import pytest
import requests
from PIL import Image

import scaleapi_testing
from scaleapi_testing import FakeScale

COUNT = 2_000
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PICTURE = {"attachment": "https://img.example.com/street.jpg"}
FRAMES = {"attachments": [f"https://img.example.com/drive/{n}.jpg" for n in range(4)]}
SCANS = {"attachments": [f"https://scans.example.com/drive/{n}.json" for n in range(3)]}
LABELS = ["car", "bus"]
OBJECTS = {"objects_to_annotate": LABELS}
BOXES = {"geometries": {"box": OBJECTS}}
TEXT = "Ana Sosa moved to Quito in May, and found work at the observatory."

PARAMS = {
    "annotation": PICTURE | OBJECTS,
    "audiotranscription": {"attachment": "https://audio.example.com/call.mp3"},
    "categorization": {
        "attachment": TEXT,
        "attachment_type": "text",
        "categories": ["news", "gossip"],
    },
    "chat": {"project": "chat", "prompt": "Plan a menu."},
    "chatexperimental": {"project": "chatexperimental", "prompt": "Plan a menu."},
    "chatlite": {"project": "chatlite", "prompt": "Plan a menu."},
    "comparison": {
        "attachments": ["one", "two"],
        "attachment_type": "text",
        "choices": ["left", "right"],
    },
    "cruisecontrol": {"anything": ["goes"]},
    "cuboidannotation": PICTURE | OBJECTS,
    "datacollection": {
        "attachment": "https://www.example.com",
        "attachment_type": "website",
        "fields": {"imprint": "the page that names the company"},
    },
    "documentmodel": {"attachment": "https://papers.example.com/invoice.pdf"},
    "documenttranscription": {
        "attachment": "https://papers.example.com/invoice.pdf",
        "features": [{"type": "text", "label": "total", "flags": ["money"]}],
    },
    "federal2dvideoannotation": FRAMES | BOXES,
    "imageannotation": PICTURE | BOXES,
    "laneannotation": PICTURE | OBJECTS,
    "lidarannotation": SCANS | {"labels": LABELS},
    "lidarlinking": {"lidar_task": "<lidar>"},
    "lidarsegmentation": SCANS | {"labels": LABELS, "segmentation_labels": ["road"]},
    "lidartopdown": SCANS | {"geometries": {"polygon": OBJECTS}},
    "lineannotation": PICTURE | OBJECTS,
    "multichat": {"project": "multichat", "prompt": "Plan a menu."},
    "multistage": SCANS | {"project": "multistage", "scene_format": "split_base64"},
    "namedentityrecognition": {"text": TEXT, "labels": [{"name": "person"}, {"name": "place"}]},
    "phonecall": {"phone_number": "+1 202 555 0147", "entity_name": "The Night Market"},
    "pointannotation": PICTURE | OBJECTS,
    "polygonannotation": PICTURE | OBJECTS,
    "segmentannotation": PICTURE | {"labels": ["road", "sky"]},
    "sensorfusion": {
        "attachments": ["https://scans.example.com/drive.sfs"],
        "scene_format": "sensor_fusion",
        "annotation_definition": [{"type": "cuboid", "labels": LABELS}],
    },
    "textcollection": {
        "attachments": [{"type": "text", "content": TEXT}],
        "fields": [{"type": "number", "field_id": "age", "title": "How old?", "required": True}],
    },
    "transcription": PICTURE | {"attachment_type": "image", "fields": {"title": "largest words"}},
    "videoannotation": FRAMES | BOXES | {"attachment_type": "image"},
    "videoboxannotation": FRAMES | OBJECTS,
    "videocuboidannotation": FRAMES | OBJECTS,
    "videoplaybackannotation": FRAMES | BOXES,
}
WITH_PROJECT = [(params["project"], name) for name, params in PARAMS.items() if "project" in params]


def worked_off(fake, count):
    """Create ``count`` tasks, the types in turn, complete them, and list them, oldest first."""
    client = fake.client()
    for project, task_type in WITH_PROJECT:
        client.create_project(project, task_type)
    lidar = client.create_task("lidarannotation", **PARAMS["lidarannotation"])
    fake.complete(lidar)
    examples = PARAMS | {"lidarlinking": {"lidar_task": lidar.id}}
    for number, (name, params) in enumerate(islice(cycle(examples.items()), count)):
        client.create_task(name, unique_id=f"mixed-{number}", tags=["mixed"], **params)
    fake.complete_all(status="pending")
    listed, page = [], None
    while page is None or page.next_token:
        page = client.tasks(tags=["mixed"], next_token=page.next_token if page else None)
        listed.extend(task.as_dict() for task in page)
    return listed[::-1]


def test_every_type_is_among_the_mixed_ones():
    assert sorted(PARAMS) == sorted(scaleapi_testing.task_types())


def test_the_same_mixed_tasks_are_the_same_on_another_fake():
    first = worked_off(FakeScale(seed=3, start_time=NOON), len(PARAMS))
    second = worked_off(FakeScale(seed=3, start_time=NOON), len(PARAMS))

    assert first == second


@pytest.mark.slow
def test_two_thousand_mixed_tasks_are_created_completed_and_listed():
    with FakeScale(seed=3, start_time=NOON) as fake:
        tasks = worked_off(fake, COUNT)

        assert [task["unique_id"] for task in tasks] == [f"mixed-{n}" for n in range(COUNT)]
        assert [task["type"] for task in tasks] == list(islice(cycle(PARAMS), COUNT))
        assert {task["status"] for task in tasks} == {"completed"}
        assert all(task["response"] for task in tasks)

        boxes = annotations_of(tasks, "imageannotation")
        assert {box["label"] for box in boxes} == set(LABELS)
        assert all(0 <= box["left"] <= box["left"] + box["width"] <= 640.001 for box in boxes)
        assert all(0 <= box["top"] <= box["top"] + box["height"] <= 480.001 for box in boxes)

        spans = annotations_of(tasks, "namedentityrecognition")
        assert {span["label"] for span in spans} == {"person", "place"}
        assert all(span["text"] == TEXT[span["start"] : span["end"]] for span in spans)

        masks = [
            response["annotations"]["combined"]["indexedImage"]
            for response in responses_of(tasks, "segmentannotation")
        ]
        assert len(set(masks)) == len(masks) >= COUNT // len(PARAMS)
        decoded = [Image.open(BytesIO(requests.get(url, timeout=5).content)) for url in masks[:5]]
        assert {mask.size for mask in decoded} == {(640, 480)}
        assert {value for mask in decoded for _, value in mask.getcolors()} <= {1, 2}


def responses_of(tasks, task_type):
    return [task["response"] for task in tasks if task["type"] == task_type]


def annotations_of(tasks, task_type):
    responses = responses_of(tasks, task_type)
    return [one for response in responses for one in response["annotations"]]
