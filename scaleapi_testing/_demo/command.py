"""What the command `demo` takes, leaves on disk, prints and returns."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Final

from .coco import coco
from .contact_sheet import MOST, Entry, contact_sheet
from .pictures import Picture, Refused, in_folder, scenes
from .story import play

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from .story import Result

DONE: Final = 0
FAILED: Final = 1


def demo(images: Path | None, out: Path, seed: int) -> int:
    """Play the project and write its results.

    Args:
        images: folder of JPEG and PNG files; ``None`` draws scenes.
        out: folder for the results; made when it is not there.
        seed: what scenes, labelers and ids follow from.

    Returns:
        The exit code: 0, or 1 when a file or folder could not be used (one line on stderr each).
    """
    began = time.perf_counter()
    sources = list(scenes(seed) if images is None else in_folder(images))
    pictures = [picture for picture in sources if isinstance(picture, Picture)]
    refused = [picture for picture in sources if isinstance(picture, Refused)]
    for reason in refused:
        _complain(reason.reason)
    if not pictures:
        return FAILED
    folder = out / "images"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for picture in pictures:
            (folder / picture.name).write_bytes(picture.content)
        result = play(pictures, folder, seed, _say)
        _write(result, pictures, out)
    except OSError as error:
        _complain(f"{error.filename or out}: cannot be written ({error.strerror or error})")
        return FAILED
    _say("")
    _say(summary(result, out, time.perf_counter() - began))
    if result.work.note:
        _say(f"\n{result.work.note.capitalize()}: no one has looked at the images.")
    if refused:
        files = "file" if len(refused) == 1 else "files"
        _complain(f"{len(refused)} {files} left out, see above; the others are done")
    return FAILED if refused else DONE


def summary(result: Result, out: Path, wall_s: float) -> str:
    """The closing table: tasks by status, boxes by label, time, calls, and where the files are."""
    labels = Counter(str(box["label"]) for image in result.images for box in image.boxes)
    boxes = ", ".join(f"{labels[label]} {label}" for label in result.work.labels if labels[label])
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(result.by_status.items()))
    rows = (
        ("tasks", f"{statuses} ({result.redone} in a second try)"),
        ("boxes", f"{labels.total()}: {boxes}" if boxes else "0"),
        ("time", f"{_hours(result.virtual)} of virtual time in {wall_s:.1f} s"),
        ("calls", f"{result.calls}, all answered in this process"),
        ("labels", f"{out / 'labels.json'} (COCO)"),
        ("picture", str(out / "contact_sheet.png")),
        ("images", str(out / "images")),
    )
    return "\n".join(f"{name:<9}{value}" for name, value in rows)


def _write(result: Result, pictures: list[Picture], out: Path) -> None:
    work = result.work
    document = coco(
        result.images,
        work.labels,
        f"project {work.project}: {work.instruction} file_name is relative to images/.",
    )
    text = json.dumps(document, indent=1, ensure_ascii=False)
    (out / "labels.json").write_text(text + "\n", encoding="utf-8")
    by_name = {picture.name: picture for picture in pictures}
    entries = [
        Entry(
            picture=by_name[image.file_name].shown,
            boxes=image.boxes,
            caption=image.file_name,
            badge="rejected once, done again" if image.file_name == result.redone else "",
        )
        for image in result.images
    ]
    boxes = sum(len(image.boxes) for image in result.images)
    subtitle = f"{_count(len(entries), 'image', 'images')}, {_count(boxes, 'box', 'boxes')}"
    if work.note:
        subtitle += f"; {work.note}"
    if len(entries) > MOST:
        subtitle += f"; the first {MOST} images are shown"
    title = f"Project {work.project}"
    contact_sheet(entries, work.labels, title, subtitle).save(out / "contact_sheet.png")


def _count(number: int, singular: str, many: str) -> str:
    return f"{number} {singular if number == 1 else many}"


def _hours(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _complain(line: str) -> None:
    sys.stderr.write(f"scaleapi-testing demo: {line}\n")
    sys.stderr.flush()
