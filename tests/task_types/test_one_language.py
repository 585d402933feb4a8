"""One mistake is told in one way, whatever the medium of the task type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from scaleapi_testing import FakeScale

ATTRIBUTES = {
    "n": {"type": "number", "min": 0, "max": 5},
    "c": {"choices": ["yes", "no"]},
    "made_by": {"type": "text"},
}
EVENT_ATTRIBUTES = {
    key: {**spec, "conditions": {"is_global": True}} for key, spec in ATTRIBUTES.items()
}
BOX = {"label": "car", "left": 10, "top": 20, "width": 80, "height": 40}
CUBOID = {
    "uuid": "a",
    "label": "car",
    "position": {"x": 1, "y": 10, "z": 0},
    "dimensions": {"x": 2, "y": 4, "z": 1.5},
}
FRAMES = ["https://example.com/0.json"]
BOXES = {"box": {"objects_to_annotate": ["car"]}}
SHAPES = {"geometries": BOXES, "annotation_attributes": ATTRIBUTES}
IMAGE = {"attachment": "https://example.com/street.jpg"}
PICTURES = {"attachments": ["https://example.com/0.jpg"]}
VIDEO = {"attachment": "https://example.com/drive.mp4"}


def framed(values: dict[str, Any]) -> list[Any]:
    return [{"annotations": [{"uuid": "a", **BOX, "attributes": values}]}]


def played(values: dict[str, Any]) -> dict[str, Any]:
    shape = {key: value for key, value in BOX.items() if key != "label"}
    frame = {"key": 0, **shape, "attributes": values}
    return {"a": {"label": "car", "geometry": "box", "frames": [frame]}}


def cuboids(values: dict[str, Any]) -> list[Any]:
    return [{"cuboids": [{**CUBOID, "attributes": values}]}]


def events(values: dict[str, Any]) -> dict[str, Any]:
    event = {"label": "stop", "start": 0, "attributes": values}
    return {"annotations": {}, "events": [event]}


TOLD = {
    "imageannotation": ({**IMAGE, **SHAPES}, lambda values: [{**BOX, "attributes": values}]),
    "image as a whole": (
        {**IMAGE, "geometries": BOXES, "annotation_attributes": EVENT_ATTRIBUTES},
        lambda values: {"annotations": [BOX], "global_attributes": values},
    ),
    "annotation": (
        {**IMAGE, "objects_to_annotate": ["car"], "annotation_attributes": ATTRIBUTES},
        lambda values: [{**BOX, "attributes": values}],
    ),
    "segmentannotation": (
        {**IMAGE, "labels": ["car"], "annotation_attributes": ATTRIBUTES},
        lambda values: [{**BOX, "attributes": values}],
    ),
    "videoannotation": ({**PICTURES, **SHAPES}, framed),
    "videoboxannotation": (
        {**PICTURES, "objects_to_annotate": ["car"], "annotation_attributes": ATTRIBUTES},
        framed,
    ),
    "videoplaybackannotation": ({**VIDEO, **SHAPES}, played),
    "federal2dvideoannotation": ({**VIDEO, **SHAPES}, played),
    "events of a video": (
        {
            **VIDEO,
            "geometries": BOXES,
            "events_to_annotate": ["stop"],
            "annotation_attributes": EVENT_ATTRIBUTES,
        },
        events,
    ),
    "lidarannotation": (
        {"attachments": FRAMES, "labels": ["car"], "annotation_attributes": ATTRIBUTES},
        cuboids,
    ),
    "lidartopdown": (
        {
            **IMAGE,
            "geometries": {"point": {"objects_to_annotate": ["car"]}},
            "annotation_attributes": ATTRIBUTES,
        },
        lambda values: [{"label": "car", "x": 5, "y": 5, "attributes": values}],
    ),
}
TYPES = {"image as a whole": "imageannotation", "events of a video": "videoplaybackannotation"}
WRONG = {
    "n as a text": ({"n": "abc"}, "n is 'abc'; right would be a number"),
    "n too large": ({"n": 99}, "n is 99; right would be a number from 0 to 5"),
    "c not offered": ({"c": "zzz"}, "c is 'zzz'; right would be one or more of yes, no"),
    "an unknown key": (
        {"speed": 1},
        "attributes is 'speed'; right would be a key of annotation_attributes: n, c, made_by",
    ),
}


def completed(scale: FakeScale, case: str, values: dict[str, Any]) -> Any:
    params, truth = TOLD[case]
    metadata = {"scaleapi_testing_truth": truth(values)}
    name = TYPES.get(case, case)
    task = scale.client().create_task(name, **params, metadata=metadata)  # type: ignore[call-overload]
    scale.complete(task)
    return scale.tasks[task.id]


@pytest.mark.parametrize("mistake", WRONG)
@pytest.mark.parametrize("case", TOLD)
def test_a_truth_with_a_wrong_attribute_is_refused_in_every_medium(scale, case, mistake):
    values, right = WRONG[mistake]

    with pytest.raises(ValueError, match="right would be") as caught:
        completed(scale, case, values)

    assert str(caught.value).endswith(right)


def test_cameras_of_a_lidar_scene_refuse_the_same_attributes(scale):
    client = scale.client()
    root = client.create_task("lidarannotation", attachments=FRAMES, labels=["car"])
    scale.complete(root)
    shape = {**BOX, "cuboid_uuid": "a", "attributes": {"n": "abc"}}
    truth = [{"camera_responses": [{"camera_used": 0, "annotations": [shape]}]}]
    task = client.create_task(
        "lidarlinking",
        lidar_task=root.id,
        annotation_attributes=ATTRIBUTES,
        metadata={"scaleapi_testing_truth": truth},
    )

    with pytest.raises(ValueError, match="n is 'abc'; right would be a number"):
        scale.complete(task)


@pytest.mark.parametrize("case", TOLD)
def test_right_attributes_of_a_truth_are_found_in_every_medium(scale, case):
    task = completed(scale, case, {"n": 3, "c": "no", "made_by": "Ana"})

    assert task.status == "completed"


WITH_ADDRESS = {
    "categorization": {"attachment_type": "image", "categories": ["a"]},
    "transcription": {"attachment_type": "pdf", "fields": {"a": "b"}},
    "datacollection": {"attachment_type": "website", "fields": {"a": "b"}},
    "audiotranscription": {},
    "documenttranscription": {"features": [{"type": "block", "label": "a"}]},
    "documentmodel": {},
    "imageannotation": {"geometries": BOXES},
    "annotation": {"objects_to_annotate": ["car"]},
    "segmentannotation": {"labels": ["car"]},
    "videoannotation": {"geometries": BOXES},
    "videoplaybackannotation": {"geometries": BOXES},
    "lidartopdown": {"labels": ["car"]},
}


@pytest.mark.parametrize("address", ["ftp://example.com/a", "some_non_url", "https:a", "s3://"])
@pytest.mark.parametrize("name", WITH_ADDRESS)
def test_what_is_no_address_is_none_for_every_type(scale, name, address):
    client = scale.client()

    with pytest.raises(Exception, match=r"URL|uri") as caught:
        client.create_task(name, attachment=address, **WITH_ADDRESS[name])

    assert caught.value.code == 400


@pytest.mark.parametrize(
    "address", ["https://e.org/a", "S3://bucket/a", "gs://b/a", "data:text/plain,a"]
)
@pytest.mark.parametrize("name", WITH_ADDRESS)
def test_what_is_an_address_is_one_for_every_type(scale, name, address):
    client = scale.client()

    task = client.create_task(name, attachment=address, **WITH_ADDRESS[name])

    assert task.status == "pending"


FLAGS = {
    "categorization": ({**WITH_ADDRESS["categorization"], **IMAGE}, "allow_multiple"),
    "audiotranscription": (IMAGE, "verbatim"),
    "imageannotation": ({**IMAGE, "geometries": BOXES}, "with_labels"),
    "annotation": ({**IMAGE, "objects_to_annotate": ["car"]}, "with_labels"),
    "segmentannotation": ({**IMAGE, "labels": ["car"]}, "allow_unlabeled"),
    "videoplaybackannotation": ({**VIDEO, "geometries": BOXES}, "with_labels"),
    "lidarannotation": ({"attachments": FRAMES, "labels": ["car"]}, "pitch_and_roll_enabled"),
}


@pytest.mark.parametrize("name", FLAGS)
def test_what_is_no_boolean_is_told_in_one_sentence(scale, name):
    params, flag = FLAGS[name]
    client = scale.client()

    with pytest.raises(Exception, match=f"400: Invalid {flag} - expected boolean\\. ") as caught:
        client.create_task(name, **params, **{flag: "perhaps"})

    assert caught.value.code == 400
