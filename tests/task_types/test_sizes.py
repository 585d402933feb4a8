"""Nothing that a task's params carry costs more than its size: four times as much, four times.

Measured in the thread's own time, on answers too where the params are valid. A step that looks
through a list for each entry of another costs sixteen times as much, and minutes for what one
request may carry.
"""

from __future__ import annotations

import gc
from time import thread_time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = 1_500
LARGE = 4 * SMALL
ALLOWED = 9
"""Times: four for the size, the rest for garbage and a busy machine; sixteen is a square."""

UNMEASURABLE_S = 0.04
URL = "https://e.example/a.jpg"
IMAGE = {"attachment": URL}
FRAMES = {"attachments": [f"https://e.example/{frame}.jpg" for frame in range(5)]}


def labels(count: int) -> list[str]:
    return [f"label {number}" for number in range(count)]


def nested(count: int) -> list[Any]:
    return [
        {"choice": f"group {number}", "subchoices": [f"label {number}", f"other {number}"]}
        for number in range(count)
    ]


def singles(count: int) -> list[Any]:
    return [
        {"choice": f"label {number}", "instance_label": number % 2 == 0} for number in range(count)
    ]


def urls(count: int) -> list[str]:
    return [f"https://e.example/{number}.jpg" for number in range(count)]


def boxes(count: int) -> dict[str, Any]:
    return {"box": {"objects_to_annotate": labels(count)}}


def attributes(count: int) -> dict[str, Any]:
    """Each applies to some labels and hangs on the one before it."""
    made: dict[str, Any] = {"a0": {"choices": ["yes", "no"]}}
    for number in range(1, count):
        made[f"a{number}"] = {
            "choices": ["yes", "no"],
            "conditions": {
                "label_condition": {"label": [f"label {number}"]},
                "attribute_conditions": [{f"a{number - 1}": ["yes", "maybe"]}],
            },
        }
    return made


def conditions(count: int) -> dict[str, Any]:
    """One attribute on as many conditions, each with a value that others have, too."""
    alternatives = [{"open": [f"value {number}", "yes"]} for number in range(count)]
    return {
        "open": {"choices": ["yes", "no", *(f"value {number}" for number in range(count))]},
        "kind": {
            "choices": labels(count),
            "conditions": {
                "label_condition": {"label": labels(count)},
                "attribute_conditions": alternatives,
            },
        },
    }


def links(count: int) -> dict[str, Any]:
    ends = {"from_allowed_labels": ["label 0"], "to_allowed_labels": ["label 1"]}
    every = {"from_allowed_labels": labels(count), "to_allowed_labels": labels(count)}
    return {"many": [{"is_bidirectional": False, **ends}] * count, "wide": [every]}


def shapes(count: int) -> list[dict[str, Any]]:
    return [
        {"uuid": f"u{n}", "type": "box", "label": f"label {n}", "left": 1, "top": 1}
        | {"width": 9, "height": 9}
        for n in range(count)
    ]


def frames_of(count: int) -> list[dict[str, Any]]:
    return [{"annotations": [shape]} for shape in shapes(count)]


def tracks(count: int) -> dict[str, Any]:
    frame = {"key": 0, "left": 1, "top": 1, "width": 9, "height": 9}
    return {
        f"u{n}": {"label": f"label {n}", "geometry": "box", "frames": [frame]} for n in range(count)
    }


def cuboids(count: int) -> list[dict[str, Any]]:
    place = {"position": {"x": 1, "y": 9, "z": 0}, "dimensions": {"x": 2, "y": 4, "z": 1}}
    made = [{"uuid": f"u{n}", "label": f"label {n}", **place} for n in range(count)]
    return [{"cuboids": made}]


def fields(count: int) -> dict[str, str]:
    return {f"key {number}": "what stands there" for number in range(count)}


def choices(count: int) -> list[dict[str, Any]]:
    return [{"label": f"c{number}", "value": number} for number in range(count)]


def text_field(number: int, **more: Any) -> dict[str, Any]:
    return {"type": "text", "field_id": f"f{number}", "title": "What?", "required": True, **more}


def watching(count: int) -> list[dict[str, Any]]:
    """Fields that are shown as another one, and those within a third one, are answered."""
    watched = {
        "type": "category",
        "field_id": "watched",
        "title": "Which?",
        "required": True,
        "choices": choices(count),
        "min_choices": count,
        "max_choices": count,
    }
    inner = [text_field(number) for number in range(count)]
    holder = {"type": "form", "field_id": "holder", "title": "All", "required": True}
    wanted = [{"watched": {"value": [1]}, "f1": {"value": ["x"]}}]
    watchers = [text_field(count + number, conditions=wanted) for number in range(count)]
    return [watched, {**holder, "fields": inner}, *watchers]


def collection(asked: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"attachments": [{"type": "text", "content": "a text"}], "fields": asked, **more}


def forms(count: int) -> dict[str, Any]:
    asked = [
        {"type": "form", "field_id": f"form{n}", "title": "F", "fields": [text_field(n)]}
        for n in range(count)
    ]
    shown = [f"form{number}" for number in range(count)]
    return {"attachments": [{"type": "text", "content": "x", "forms": shown}], "fields": asked}


def chain(count: int) -> list[dict[str, Any]]:
    """Labels that each hold the next one, and as many beside them."""
    made: list[dict[str, Any]] = []
    for number in range(400):  # JSON nested deeper is refused at the door
        made = [{"name": f"deep {number}", "children": made} if made else {"name": "deepest"}]
    return [*made, *({"name": f"label {number}"} for number in range(count))]


def entities(count: int) -> dict[str, Any]:
    definitions = [
        {
            "name": f"r{number}",
            "display_name": "knows",
            "source_label": f"label {number}",
            "target_label": "deep 399",
        }
        for number in range(count)
    ]
    text = "Ada met Ben in Rome. " * count
    return {"text": text, "labels": chain(count), "relationships": definitions}


def document(count: int) -> dict[str, Any]:
    pairs = [
        {"type": "text", "label": f"line {number // 2} {kind}", "flags": [kind]}
        for number in range(count)
        for kind in [("key", "value")[number % 2]]
    ]
    members = [{"type": "text", "label": f"member {number}"} for number in range(count)]
    group = {"type": "group", "title": "all", "features": members}
    return {"attachments": urls(count), "features": [*pairs, group]}


def linked(count: int) -> dict[str, Any]:
    return {
        f"on {number}": {
            "type": "linked",
            "allowed_labels": [f"label {number}"],
            "required": True,
        }
        for number in range(count)
    }


CARRIED: dict[str, tuple[str, Callable[[int], dict[str, Any]]]] = {
    "labels of boxes": ("imageannotation", lambda n: {**IMAGE, "geometries": boxes(n)}),
    "nested labels": ("annotation", lambda n: {**IMAGE, "objects_to_annotate": nested(n)}),
    "attributes": (
        "imageannotation",
        lambda n: {**IMAGE, "geometries": boxes(n), "annotation_attributes": attributes(n)},
    ),
    "conditions": (
        "imageannotation",
        lambda n: {**IMAGE, "geometries": boxes(n), "annotation_attributes": conditions(n)},
    ),
    "attributes for labels that are not there": (
        "imageannotation",
        lambda n: {
            **IMAGE,
            "geometries": {"box": {"objects_to_annotate": nested(n)}},
            "annotation_attributes": {
                f"a{k}": {
                    "choices": ["yes"],
                    "conditions": {"label_condition": {"label": [f"group {k}"]}},
                }
                for k in range(n)
            },
        },
    ),
    "dependent tasks": (
        "lidarannotation",
        lambda n: {
            **FRAMES,
            "labels": labels(n),
            "dependents": {
                "defs": [
                    {
                        "type": "lidarlinking",
                        "annotation_attributes": {
                            "a": {
                                "choices": ["yes"],
                                "conditions": {"label_condition": {"label": ["label 0"]}},
                            }
                        },
                    }
                ]
                * n
            },
        },
    ),
    "linked attributes": (
        "imageannotation",
        lambda n: {**IMAGE, "geometries": boxes(n), "annotation_attributes": linked(n)},
    ),
    "links": ("imageannotation", lambda n: {**IMAGE, "geometries": boxes(n), "links": links(n)}),
    "links beside a hypothesis": (
        "imageannotation",
        lambda n: {
            **IMAGE,
            "geometries": boxes(n),
            "links": links(n),
            "base_annotations": {"annotations": shapes(n)},
        },
    ),
    "a hypothesis with wrong labels": (
        "imageannotation",
        lambda n: {
            **IMAGE,
            "geometries": {"box": {"objects_to_annotate": nested(n)}},
            "hypothesis": {"annotations": [{**shape, "label": "wrong"} for shape in shapes(n)]},
        },
    ),
    "context and layers": (
        "imageannotation",
        lambda n: {
            **IMAGE,
            "geometries": boxes(5),
            "context_attachments": [{"attachment": url} for url in urls(n)],
            "layers": {"boxes": shapes(n)},
        },
    ),
    "connections of points": (
        "imageannotation",
        lambda n: {
            **IMAGE,
            "geometries": {
                "point": {
                    "objects_to_annotate": labels(n),
                    "connections": [{"pair": ["label 0", f"label {n - 1}"]}] * n,
                }
            },
        },
    ),
    "instance labels": ("segmentannotation", lambda n: {**IMAGE, "labels": singles(n)}),
    "examples": (
        "polygonannotation",
        lambda n: {
            **IMAGE,
            "objects_to_annotate": ["a"],
            "examples": [{"correct": True, "image": URL}] * n,
        },
    ),
    "frames of a video": (
        "videoannotation",
        lambda n: {"attachments": urls(n), "geometries": boxes(n), "links": links(n)},
    ),
    "a flat hypothesis of many frames": (
        "videoannotation",
        lambda n: {
            "attachments": urls(n),
            "geometries": boxes(n),
            "hypothesis": {"annotations": shapes(n // 20)},
        },
    ),
    "a hypothesis by frames": (
        "videoannotation",
        lambda n: {
            "attachments": urls(n),
            "geometries": boxes(n),
            "hypothesis": {"annotations": frames_of(n)},
        },
    ),
    "a hypothesis of tracks": (
        "videoplaybackannotation",
        lambda n: {
            **FRAMES,
            "geometries": boxes(n),
            "hypothesis": {"annotations": tracks(n)},
            "events_to_annotate": labels(n),
        },
    ),
    "tracks with wrong labels": (
        "videoplaybackannotation",
        lambda n: {**FRAMES, "geometries": boxes(5), "hypothesis": {"annotations": tracks(n)}},
    ),
    "lidar frames": (
        "lidarannotation",
        lambda n: {"attachments": urls(n), "labels": labels(n), "links": links(n)},
    ),
    "cuboids before labeling": (
        "lidarannotation",
        lambda n: {
            "attachments": urls(2),
            "labels": labels(n),
            "hypothesis": {"annotations": cuboids(n)},
        },
    ),
    "labels of points": (
        "lidarsegmentation",
        lambda n: {**FRAMES, "labels": singles(n), "segmentation_labels": labels(n)},
    ),
    "shapes from above": (
        "lidartopdown",
        lambda n: {
            **FRAMES,
            "geometries": {"polygon": {"objects_to_annotate": labels(n)}},
            "links": links(n),
        },
    ),
    "definitions of a scene": (
        "sensorfusion",
        lambda n: {
            "attachments": [URL],
            "scene_format": "sensor_fusion",
            "annotation_definition": [{"labels": labels(n)}, *({"label": x} for x in labels(n))],
        },
    ),
    "categories and ids": (
        "categorization",
        lambda n: {
            "attachment": "x",
            "attachment_type": "text",
            "categories": labels(n),
            "category_ids": {str(number): f"label {number}" for number in range(n)},
            "allow_multiple": True,
        },
    ),
    "taxonomies": (
        "categorization",
        lambda n: {
            "attachment": "x",
            "attachment_type": "text",
            "taxonomies": {
                "wide": {"type": "category", "choices": nested(n), "allow_multiple": True},
                **{f"q{k}": {"type": "category", "choices": ["a"]} for k in range(n)},
            },
        },
    ),
    "things to compare": (
        "comparison",
        lambda n: {
            "attachments": urls(n),
            "attachment_type": "image",
            "choices": labels(n),
            "fields": fields(n),
        },
    ),
    "fields and rows": (
        "transcription",
        lambda n: {
            **IMAGE,
            "attachment_type": "image",
            "fields": fields(n),
            "repeatable_fields": fields(n),
        },
    ),
    "phrases": ("audiotranscription", lambda n: {**IMAGE, "phrases": labels(n)}),
    "a chat": (
        "chat",
        lambda n: {"project": "p", "messages": [{"role": "user", "content": "hi"}] * n},
    ),
    "features of a document": ("documenttranscription", document),
    "entities": ("namedentityrecognition", entities),
    "fields that watch others": ("textcollection", lambda n: collection(watching(n))),
    "forms": ("textcollection", forms),
}


def seconds(job: Any, name: str, params: dict[str, Any]) -> float:
    """What it costs to check the params, to tell what is unread in them, and to answer."""
    kind = job.type(name)
    gc.collect()
    began = thread_time()
    violations = job.violations(name, params)
    list(kind.unread(params) if kind.unread else ())
    answers = [] if violations else [kind.respond, kind.mock or kind.respond]
    for answer in answers:
        answer(job(name, params))
    return thread_time() - began


@pytest.mark.slow
@pytest.mark.parametrize("what", CARRIED)
def test_four_times_as_much_costs_about_four_times(job, what):
    name, carrying = CARRIED[what]
    seconds(job, name, carrying(5))  # imports the type

    small = min(seconds(job, name, carrying(SMALL)) for _ in range(2))
    large = min(seconds(job, name, carrying(LARGE)) for _ in range(2))

    assert large < ALLOWED * small + UNMEASURABLE_S
