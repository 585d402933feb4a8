"""One ordinary task of every type, for the measurement of what each type costs."""

from __future__ import annotations

from typing import Any, Final

_IMAGE: Final = {"attachment": "https://images.example.com/street.jpg"}
_FRAMES: Final = [f"https://images.example.com/drive/{n:04d}.jpg" for n in range(10)]
_SCANS: Final = [f"https://scans.example.com/drive/{n:04d}.json" for n in range(5)]
_PAGE: Final = "https://papers.example.com/invoice.pdf"
_LABELS: Final = ["car", "bicycle", "pedestrian"]
_TEXT: Final = (
    "Ada Lovelace met Charles Babbage in London in 1833, and wrote her notes on his engine ten "
    "years later, in the summer of 1843."
)
_BOX: Final = {"box": {"objects_to_annotate": _LABELS}}

EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "annotation": {**_IMAGE, "objects_to_annotate": _LABELS, "with_labels": True},
    "audiotranscription": {"attachment": "https://audio.example.com/call.mp3"},
    "categorization": {
        "attachment": "Is this a complaint?",
        "attachment_type": "text",
        "categories": ["yes", "no", "unsure"],
    },
    "chat": {"project": "chat"},
    "chatexperimental": {"project": "chatexperimental"},
    "chatlite": {"project": "chatlite"},
    "comparison": {
        "attachments": ["https://images.example.com/a.jpg", "https://images.example.com/b.jpg"],
        "attachment_type": "image",
        "choices": ["left", "right"],
    },
    "cruisecontrol": {"project": "cruisecontrol"},
    "cuboidannotation": {**_IMAGE, "objects_to_annotate": _LABELS},
    "datacollection": {
        "attachment": "https://www.example.com",
        "attachment_type": "website",
        "fields": {"imprint": "the page that names the company"},
    },
    "documentmodel": {"attachment": _PAGE},
    "documenttranscription": {
        "attachment": _PAGE,
        "features": [{"type": "block", "label": "total"}, {"type": "block", "label": "date"}],
    },
    "federal2dvideoannotation": {"attachments": _FRAMES, "geometries": _BOX},
    "imageannotation": {**_IMAGE, "geometries": _BOX},
    "laneannotation": {**_IMAGE, "objects_to_annotate": ["lane", "curb"]},
    "lidarannotation": {"attachments": _SCANS, "labels": _LABELS},
    "lidarlinking": {"lidar_task": "<lidar>"},
    "lidarsegmentation": {
        "attachments": _SCANS,
        "labels": _LABELS,
        "segmentation_labels": ["road"],
    },
    "lidartopdown": {
        "attachments": _SCANS,
        "geometries": {"polygon": {"objects_to_annotate": ["lane"]}},
    },
    "lineannotation": {**_IMAGE, "objects_to_annotate": ["lane", "curb"]},
    "multichat": {"project": "multichat"},
    "multistage": {"project": "multistage", "attachments": _SCANS, "scene_format": "split_base64"},
    "namedentityrecognition": {
        "text": _TEXT,
        "labels": [
            {"name": "person", "description": "a human being"},
            {"name": "place", "description": "a town or country"},
        ],
    },
    "phonecall": {
        "phone_number": "+1 202 555 0147",
        "entity_name": "The Night Market",
        "script": "When do you open?",
        "fields": {"hours": "opening hours"},
    },
    "pointannotation": {**_IMAGE, "objects_to_annotate": _LABELS},
    "polygonannotation": {**_IMAGE, "objects_to_annotate": _LABELS},
    "segmentannotation": {**_IMAGE, "labels": ["road", "sky", "car"]},
    "sensorfusion": {
        "attachments": ["https://scans.example.com/drive.sfs"],
        "scene_format": "sensor_fusion",
        "annotation_definition": [{"type": "cuboid", "labels": _LABELS}],
    },
    "textcollection": {
        "attachments": [{"type": "text", "content": _TEXT}],
        "fields": [
            {
                "type": "category",
                "field_id": "tone",
                "title": "Which tone?",
                "choices": [
                    {"label": "sober", "value": "sober"},
                    {"label": "excited", "value": "excited"},
                ],
            }
        ],
    },
    "transcription": {
        "attachment": "https://images.example.com/poster.jpg",
        "attachment_type": "image",
        "fields": {"title": "the largest words"},
        "repeatable_fields": {"price": "each price"},
    },
    "videoannotation": {"attachments": _FRAMES, "attachment_type": "image", "geometries": _BOX},
    "videoboxannotation": {"attachments": _FRAMES, "objects_to_annotate": _LABELS},
    "videocuboidannotation": {"attachments": _FRAMES, "objects_to_annotate": _LABELS},
    "videoplaybackannotation": {"attachments": _FRAMES, "geometries": _BOX},
}
"""Parameters by type. ``<lidar>`` stands for the id of a completed lidarannotation task, and
``project`` for a project of that name and type."""

INSTRUCTION: Final = "Do what the examples in the handbook show."
