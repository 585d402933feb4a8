"""Tasks as files: JSON, a line of JSON for each, or a COCO data set of their shapes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ..._http.wire import encode
from ..._time.turns import in_turns
from ..drawings.shapes import kind_of, outline
from ..drawings.subject import as_dict, dicts, id_of, label_of
from ..layout import HEADERS
from ..task_search import find_tasks, read_search
from ..visit import Answer, NoSuchPage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..._fake import FakeScale
    from ..._state.task import TaskRecord
    from ..visit import Visit

FORMATS: Final = {
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "coco": "application/json",
}
MOST: Final = 20_000
"""Tasks of a file; the rest is in the files of narrower filters."""


def export(visit: Visit) -> Answer:
    """A file of the tasks that the address names, or that its filters leave.

    Raises:
        NoSuchPage: of another format than there are.
    """
    name = visit.asked("format", "json")
    if name not in FORMATS:
        raise NoSuchPage(f"Tasks are exported as {', '.join(FORMATS)}, not as {name[:40]}.")
    records = list(_records(visit))
    if name == "coco":
        body = encode(coco(visit.fake, records))
    elif name == "jsonl":
        body = b"".join(record.wire + b"\n" for record in records)
    else:
        body = b"[" + b",\n".join(record.wire for record in records) + b"]\n"
    file = f'attachment; filename="tasks.{"coco.json" if name == "coco" else name}"'
    return Answer(body, FORMATS[name], headers=(("Content-Disposition", file), *HEADERS))


def _records(visit: Visit) -> Iterator[TaskRecord]:
    store = visit.fake._world.store
    chosen = visit.every("task")
    if chosen:
        tasks = store.tasks
        # What is not there any more is left out: a restore may have come since the boxes were
        # ticked.
        yield from (tasks[task_id] for task_id in chosen[:MOST] if task_id in tasks)
        return
    search = read_search(visit)
    count = 0
    while count < MOST:
        shown = find_tasks(store, search)
        yield from in_turns(shown.tasks)
        count += len(shown.tasks)
        if not shown.next:
            return
        at, _, task_id = shown.next.partition(".")
        # By key and not by offset: tasks that come meanwhile shift nothing.
        search = replace(search, after=(int(at), task_id))


def coco(fake: FakeScale, records: Sequence[TaskRecord]) -> dict[str, Any]:
    """The boxes and polygons of finished image tasks as a COCO data set; ids count from 1."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    categories: dict[str, int] = {}
    for record in in_turns(records):
        document = record.document()
        url = as_dict(document.get("params")).get("attachment")
        shapes = dicts(as_dict(document.get("response")).get("annotations"))
        drawn = [
            shape for shape in shapes if kind_of(shape) in {"box", "polygon"} and outline(shape)
        ]
        # COCO's readers stumble over images without a file or a shape.
        if not isinstance(url, str) or not drawn:
            continue
        media = fake.attachments.media(url, as_dict(document.get("metadata")), record.account)
        images.append(
            {
                "id": len(images) + 1,
                # A data URL is the picture itself, and no name that a tool could open.
                "file_name": f"{record.id}" if url.startswith("data:") else url,
                "width": media.width,
                "height": media.height,
                "task_id": record.id,
            }
        )
        for shape in drawn:
            category = categories.setdefault(label_of(shape), len(categories) + 1)
            annotations.append(_annotation(len(annotations) + 1, len(images), category, shape))
    return {
        "info": {"description": "Tasks of a fake Scale"},
        "licenses": [],
        "images": images,
        "categories": [
            {"id": number, "name": label, "supercategory": ""}
            for label, number in categories.items()
        ],
        "annotations": annotations,
    }


def _annotation(number: int, image: int, category: int, shape: dict[str, Any]) -> dict[str, Any]:
    corners = outline(shape)
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    right, low = max(x for x, _ in corners), max(y for _, y in corners)
    # The area inside, by the shoelace formula.
    pairs = zip(corners, [*corners[1:], corners[0]], strict=True)
    area = abs(sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairs)) / 2
    return {
        "id": number,
        "image_id": image,
        "category_id": category,
        "bbox": [left, top, right - left, low - top],
        "area": area,
        "segmentation": [[side for corner in corners for side in corner]],
        "iscrowd": 0,
        "attributes": as_dict(shape.get("attributes")),
        "uuid": id_of(shape),
    }
