"""How finished tasks are written as a COCO detection data set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class LabeledImage:
    """One finished task with its image.

    Attributes:
        file_name: relative to the folder of images.
        width: pixels.
        height: pixels.
        task_id: the task that labeled it.
        boxes: ``{"left": px, "top": px, "width": px, "height": px, "label": str, "uuid": str}``
            each, with ``attributes`` where there are any.
    """

    file_name: str
    width: int
    height: int
    task_id: str
    boxes: Sequence[Mapping[str, Any]]


def coco(images: Sequence[LabeledImage], labels: Sequence[str], description: str) -> dict[str, Any]:
    """The COCO document: ids count from 1, in the order given.

    Args:
        images: the finished tasks.
        labels: every label that could be used, in the order of the instructions.
        description: what the data set is.
    """
    category = {label: number for number, label in enumerate(labels, 1)}
    annotations: list[dict[str, Any]] = []
    for image_id, image in enumerate(images, 1):
        for box in image.boxes:
            annotations.append(
                _annotation(len(annotations) + 1, image_id, category[box["label"]], box)
            )
    return {
        "info": {"description": description},
        "licenses": [],
        "images": [
            {
                "id": image_id,
                "file_name": image.file_name,
                "width": image.width,
                "height": image.height,
                "task_id": image.task_id,
            }
            for image_id, image in enumerate(images, 1)
        ],
        "categories": [
            {"id": number, "name": label, "supercategory": ""} for label, number in category.items()
        ],
        "annotations": annotations,
    }


def _annotation(
    number: int, image_id: int, category_id: int, box: Mapping[str, Any]
) -> dict[str, Any]:
    left, top = box["left"], box["top"]
    width, height = box["width"], box["height"]
    right, low = left + width, top + height
    return {
        "id": number,
        "image_id": image_id,
        "category_id": category_id,
        "bbox": [left, top, width, height],
        "area": width * height,
        # A box has no outline of its own; tools that draw expect one all the same.
        "segmentation": [[left, top, right, top, right, low, left, low]],
        "iscrowd": 0,
        "attributes": dict(box.get("attributes") or {}),
        "uuid": box["uuid"],
    }
