"""The tasks of the gallery: of each type its parameters, and what labelers should find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from . import scan, street

TEXT: Final = (
    "Ana Sosa moved to Quito in May, and found work at the observatory of the Universidad Central. "
    "Her sister Inés stayed in Guayaquil."
)
_SPANS: Final = (
    ("Ana Sosa", "person"),
    ("Quito", "place"),
    ("the observatory of the Universidad Central", "place"),
    ("Universidad Central", "organisation"),
    ("Inés", "person"),
    ("Guayaquil", "place"),
)
_LABELS: Final = ["car", "person"]
_PROMPT: Final = "Plan a menu for six; two of the guests are vegan."


@dataclass(frozen=True, slots=True)
class Example:
    """One task of the gallery.

    Attributes:
        type: its task type.
        title: what is to be seen.
        params: what it is created with.
        truth: what labelers should find at its attachment; ``None`` to let them make it up.
        project: kind of its v2 project, where it needs one.
    """

    type: str
    title: str
    params: dict[str, Any]
    truth: Any = None
    project: str | None = None


def examples() -> list[Example]:
    """One task of each type, families together."""
    return [
        *_pictures(),
        *_videos(),
        *_scenes(),
        *_documents(),
        *_texts(),
        *_questions(),
        *_chats(),
    ]


def _pictures() -> list[Example]:
    boxes = street.cars() + street.people()
    plain = [{key: value for key, value in box.items() if key != "uuid"} for box in boxes]
    picture = {"attachment": street.street()}
    older_params = picture | {"objects_to_annotate": _LABELS, "with_labels": True}
    every = [{**box, "type": "box"} for box in boxes]
    every += [
        {"type": "polygon", "label": "tree", "vertices": street.tree(1)},
        {
            "type": "line",
            "label": "lane",
            "vertices": [{"x": 0, "y": 350}, {"x": 320, "y": 350}, {"x": 640, "y": 350}],
        },
        {"type": "point", "label": "nose", "x": 303, "y": 241},
        {
            "type": "ellipse",
            "label": "sign",
            "vertices": [
                {"x": 520, "y": 161},
                {"x": 535, "y": 176},
                {"x": 520, "y": 191},
                {"x": 505, "y": 176},
            ],
        },
        {"type": "cuboid", "label": "car", "vertices": street.car_in_space()},
    ]
    geometries: dict[str, Any] = {
        "box": {"objects_to_annotate": _LABELS},
        "polygon": {"objects_to_annotate": ["tree"]},
        "line": {"objects_to_annotate": ["lane"]},
        "point": {"objects_to_annotate": ["nose"]},
        "ellipse": {"objects_to_annotate": ["sign"]},
        "cuboid": {"objects_to_annotate": ["car"]},
    }
    parked = {
        "parked": {"choices": ["yes", "no"], "conditions": {"label_condition": {"label": "car"}}}
    }
    areas = [
        {"label": "sky", "left": 0, "top": 0, "width": 640, "height": 230},
        {"label": "house", "vertices": street.houses()},
        {"label": "road", "vertices": street.road()},
        {"label": "tree", "vertices": street.tree(0)},
        {"label": "tree", "vertices": street.tree(1)},
        *({key: box[key] for key in ("label", "left", "top", "width", "height")} for box in boxes),
    ]
    lane = [
        {
            "label": "lane",
            "vertices": [{"x": 0, "y": 350}, {"x": 300, "y": 348}, {"x": 640, "y": 350}],
        }
    ]
    turned = {"geometries": {"box": {"objects_to_annotate": ["label"], "can_rotate": True}}}
    return [
        Example(
            "imageannotation",
            "Every geometry, with attributes",
            picture | {"geometries": geometries, "annotation_attributes": parked},
            every,
        ),
        Example(
            "segmentannotation",
            "A label for every pixel",
            picture
            | {
                "labels": [
                    "sky",
                    "house",
                    "road",
                    "tree",
                    {"choice": "car", "instance_label": True},
                    {"choice": "person", "instance_label": True},
                ]
            },
            areas,
        ),
        Example("annotation", "Boxes, the older way", older_params, plain),
        Example(
            "polygonannotation",
            "Polygons",
            picture | {"objects_to_annotate": ["tree", "house"], "with_labels": True},
            [
                {"label": "tree", "vertices": street.tree(0)},
                {"label": "house", "vertices": street.houses()},
            ],
        ),
        Example(
            "lineannotation",
            "Lines",
            picture | {"objects_to_annotate": ["lane"], "with_labels": True},
            lane,
        ),
        Example(
            "laneannotation",
            "Lanes",
            picture | {"objects_to_annotate": ["lane"], "with_labels": True},
            lane,
        ),
        Example(
            "pointannotation",
            "Points",
            picture | {"objects_to_annotate": ["face", "wheel"], "with_labels": True},
            [
                {"label": "face", "x": 303, "y": 240},
                {"label": "face", "x": 340, "y": 244},
                {"label": "wheel", "x": 119, "y": 317},
                {"label": "wheel", "x": 191, "y": 317},
            ],
        ),
        Example(
            "cuboidannotation",
            "Cuboids",
            picture | {"objects_to_annotate": ["car"]},
            [{"label": "car", "vertices": street.car_in_space()}],
        ),
        Example(
            "imageannotation",
            "Turned boxes, on a picture that is elsewhere",
            {"attachment": "https://img.example.com/shelf.jpg"} | turned,
        ),
    ]


def _videos() -> list[Example]:
    frames = {"attachments": [street.street(8 * frame) for frame in range(8)]}
    boxes = {"geometries": {"box": {"objects_to_annotate": _LABELS}}}
    seen = [
        [*street.cars(8 * frame), *(street.people() if frame > 2 else [])] for frame in range(8)
    ]
    truth = [{"annotations": [{**box, "type": "box"} for box in frame]} for frame in seen]
    tracks: dict[str, Any] = {}
    for key, frame in enumerate(seen):
        for box in frame:
            track = tracks.setdefault(
                box["uuid"], {"label": box["label"], "geometry": "box", "frames": []}
            )
            track["frames"].append(
                {"key": key, **{side: box[side] for side in ("left", "top", "width", "height")}}
            )
    objects = {"objects_to_annotate": _LABELS}
    elsewhere = {
        "attachments": [f"https://img.example.com/drive/{frame}.jpg" for frame in range(6)]
    }
    return [
        Example(
            "videoannotation",
            "Frames with tracks and events",
            frames | boxes | {"events_to_annotate": ["overtaking", "rain"]},
            {
                "annotations": truth,
                "events": [{"label": "overtaking", "type": "range", "start": 2, "end": 5}],
            },
        ),
        Example("videoplaybackannotation", "Tracks", frames | boxes, tracks),
        Example(
            "federal2dvideoannotation", "Tracks, in the response itself", frames | boxes, tracks
        ),
        Example("videoboxannotation", "Boxes in frames, the older way", frames | objects, truth),
        Example(
            "videocuboidannotation",
            "Cuboids in frames that are elsewhere",
            elsewhere | {"objects_to_annotate": ["car"]},
        ),
    ]


def _scenes() -> list[Example]:
    scans = {"attachments": scan.scans()}
    labels = {"labels": ["car", "bus"]}
    truth = [{"cuboids": scan.cuboids(frame)} for frame in range(scan.FRAMES)]
    shapes = [
        {"type": "polygon", "label": "crosswalk", "vertices": scan.crosswalk()},
        {"type": "line", "label": "kerb", "vertices": scan.kerb()},
    ]
    ground = {
        "polygon": {"objects_to_annotate": ["crosswalk"]},
        "line": {"objects_to_annotate": ["kerb"]},
    }
    return [
        Example("lidarannotation", "Cuboids among the points of a scan", scans | labels, truth),
        Example(
            "lidarsegmentation",
            "A label for every point",
            {"lidar_task": LIDAR, "labels": ["car", "bus"], "segmentation_labels": ["road"]},
        ),
        Example("lidarlinking", "Boxes in the cameras of a scene", {"lidar_task": LIDAR}),
        Example(
            "lidartopdown",
            "Shapes on the ground",
            scans | {"geometries": ground},
            {"annotations": shapes},
        ),
        Example(
            "sensorfusion",
            "Cuboids in time",
            {
                "attachments": ["https://scans.example.com/drive.sfs"],
                "scene_format": "sensor_fusion",
                "annotation_definition": [{"type": "cuboid", "labels": ["car", "bus"]}],
            },
        ),
        Example(
            "multistage",
            "A scene of several stages",
            scans | {"scene_format": "split_base64"},
            project="",
        ),
    ]


LIDAR: Final = "<the lidar task of the gallery>"
"""Stands for the id of the task of type ``lidarannotation``."""


def _documents() -> list[Example]:
    flags = {"total": ["money"], "date": ["date"], "paid": ["checkbox"]}
    features = [
        {"type": "text", "label": name, "flags": flags.get(name, [])} for name, *_ in street.FIELDS
    ]
    truth = [
        {
            "label": name,
            "text": text,
            "page": 0,
            "location": {"type": "box", "left": left, "top": top, "width": width, "height": height},
        }
        for name, text, left, top, width, height in street.FIELDS
    ]
    return [
        Example(
            "documenttranscription",
            "Fields where they stand on the page",
            {"attachment": street.invoice(), "features": features},
            truth,
        ),
        Example(
            "documentmodel",
            "A document that is elsewhere",
            {"attachment": "https://papers.example.com/invoice.pdf"},
        ),
    ]


def _texts() -> list[Example]:
    spans = [
        {
            "id": f"s{place}",
            "start": TEXT.index(words),
            "end": TEXT.index(words) + len(words),
            "label": label,
        }
        for place, (words, label) in enumerate(_SPANS)
    ]
    links = [
        {"id": "r1", "source_ref": "s0", "target_ref": "s1", "name": "moved_to"},
        {"id": "r2", "source_ref": "s0", "target_ref": "s3", "name": "works_at"},
    ]
    relationships = [
        {"name": name, "display_name": name.replace("_", " "), "is_directed": True}
        for name in ("moved_to", "works_at")
    ]
    labels = [{"name": name} for name in ("person", "place", "organisation")]
    return [
        Example(
            "namedentityrecognition",
            "Spans, also one in another",
            {"text": TEXT, "labels": labels, "relationships": relationships},
            {"annotations": spans, "relationships": links},
        ),
        Example(
            "audiotranscription",
            "Words on a time line",
            {"attachment": "https://audio.example.com/call.mp3"},
            "Good evening, this is the night market. We open at nine, and there is soup until "
            "the last guest has left.",
        ),
    ]


def _questions() -> list[Example]:
    picture = street.street()
    fields = [
        {"type": "text", "field_id": "caption", "title": "What is to be seen?", "required": True},
        {
            "type": "category",
            "field_id": "time",
            "title": "When was it taken?",
            "required": True,
            "choices": [
                {"label": name, "value": name.lower()} for name in ("Day", "Dusk", "Night")
            ],
        },
        {
            "type": "number",
            "field_id": "quality",
            "title": "How good is the picture?",
            "min": 0,
            "max": 10,
            "step": 1,
            "required": True,
        },
        {"type": "boolean", "field_id": "people", "title": "Are there people?", "required": True},
        {
            "type": "ranking_order",
            "field_id": "rank",
            "title": "Which captions fit best?",
            "num_options": 3,
            "required": True,
        },
    ]
    taxonomies = {
        "kind": {
            "type": "category",
            "description": "What is shown?",
            "choices": ["street", "shelf", "field"],
        },
        "seen": {
            "type": "category",
            "description": "What else?",
            "allow_multiple": True,
            "choices": ["car", "person", "tree", "cow"],
        },
        "count": {"type": "number", "description": "How many cars?", "min": 0, "max": 9},
    }
    return [
        Example(
            "textcollection",
            "A form",
            {"attachments": [{"type": "image", "content": picture}], "fields": fields},
            {
                "annotations": {
                    "caption": "Two cars meet in front of a row of houses.",
                    "time": ["day"],
                    "quality": 7,
                    "people": True,
                    "rank": ["1", "0", "2"],
                }
            },
        ),
        Example(
            "categorization",
            "Questions about a picture",
            {"attachment": picture, "attachment_type": "image", "taxonomies": taxonomies},
            {"taxonomies": {"kind": "street", "seen": ["car", "person", "tree"], "count": 2}},
        ),
        Example(
            "comparison",
            "Which of two",
            {
                "attachments": ["Soup, then rice.", "Order pizza."],
                "attachment_type": "text",
                "choices": ["left", "right"],
                "fields": {"why": "the reason"},
            },
        ),
        Example(
            "transcription",
            "Fields and rows of a page",
            {
                "attachment": street.invoice(),
                "attachment_type": "image",
                "fields": {"vendor": "whose invoice", "total": "the last sum"},
                "repeatable_fields": {"dish": "what", "price": "its price"},
            },
            {
                "fields": {"vendor": "The Night Market", "total": "$18.20"},
                "rows": [
                    {"dish": "Lentil soup", "price": "$11.50"},
                    {"dish": "Night bread", "price": "$6.70"},
                ],
            },
        ),
        Example(
            "datacollection",
            "What was found on a website",
            {
                "attachment": "https://www.example.com",
                "attachment_type": "website",
                "fields": {
                    "imprint": "the page that names the company",
                    "phone": "the number to call",
                },
            },
        ),
        Example(
            "phonecall",
            "A call and its outcome",
            {
                "phone_number": "+1 202 555 0147",
                "entity_name": "The Night Market",
                "choices": ["open", "closed"],
                "fields": {"hours": "when they open"},
            },
        ),
        Example("cruisecontrol", "Any answer at all", {"anything": ["goes"]}),
    ]


def _chats() -> list[Example]:
    params = {"prompt": _PROMPT}
    return [
        Example("chat", "Two replies, compared", params, project="RLHF: Pref Ranking"),
        Example("multichat", "A conversation of several turns", params, project="SFT"),
        Example("chatlite", "A reply that is judged", params, project="Rubrics"),
        Example("chatexperimental", "Two models, evaluated", params, project="Evals"),
    ]
