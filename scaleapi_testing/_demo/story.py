"""What happens in the demo, from the first upload to the last accepted task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from .._fake import FakeScale
from .._random import seeded
from .coco import LabeledImage
from .crew import Crew, Finding, audit
from .scenes import COATS, LABELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from random import Random

    from scaleapi import ScaleClient
    from scaleapi.tasks import Task

    from .pictures import Picture

MONDAY: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When the project starts: fixed, so that the same seed writes the same files."""

BATCH: Final = "monday"
PAGE: Final = 5
"""Tasks per page when the results are fetched: small, so that there is more than one page."""

PHOTO_LABELS: Final = ("region A", "region B")
"""Nobody looks at a photograph here, so its boxes cannot be called by what is in them."""


@dataclass(frozen=True, slots=True)
class Work:
    """What the labelers are asked to do.

    Attributes:
        project: the project's name.
        instruction: what they read.
        labels: what a box may be called.
        parameters: of a picture's task, besides its attachment.
        note: what is to be known of the boxes; may be empty.
    """

    project: str
    instruction: str
    labels: tuple[str, ...]
    parameters: Callable[[Picture], dict[str, Any]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """How the project ended.

    Attributes:
        work: what was asked for.
        images: the labeled images, in the order of their names.
        redone: file name of the task that was rejected and done again.
        by_status: number of tasks by status.
        virtual: how long it took by the fake's clock.
        calls: how many calls the client made.
    """

    work: Work
    images: tuple[LabeledImage, ...]
    redone: str
    by_status: dict[str, int]
    virtual: timedelta
    calls: int


def play(
    pictures: Sequence[Picture], folder: Path, seed: int, say: Callable[[str], None]
) -> Result:
    """Play the project, through whichever client is installed: the official one or ours.

    Args:
        pictures: at least one; each lies in ``folder`` under its name.
        folder: where the files to upload are.
        seed: the fake's seed; the same one gives the same result.
        say: told each step, one line.
    """
    from scaleapi import ScaleClient

    by_name = {picture.name: picture for picture in pictures}
    drawn = all(picture.truth for picture in pictures)
    chosen = seeded(seed, "novice").choice(sorted(by_name))
    work = scene_work() if drawn else photo_work()
    with FakeScale(seed=seed, start_time=MONDAY, turnaround=turnaround) as scale:
        if drawn:
            scale.respond("imageannotation", Crew(by_name, chosen))
        client = ScaleClient("live_demo")

        def tell(line: str) -> None:
            say(f"{scale.clock.now():%a %H:%M}  {line}")

        _submit(client, work, pictures, folder, tell)
        _wait(scale, client, tell)
        rejected = _review(client, by_name, chosen, drawn=drawn, tell=tell)
        _redo(scale, client, rejected, tell)
        return Result(
            work=work,
            images=tuple(_results(client, by_name, tell)),
            redone=str(rejected.metadata["file_name"]),
            by_status=_by_status(client),
            virtual=scale.clock.now() - MONDAY,
            calls=scale.requests.last.n,
        )


def scene_work() -> Work:
    return Work(
        project="cows",
        instruction="Draw a box around each cow, tree and barn.",
        labels=LABELS,
        parameters=lambda _: {
            "geometries": {"box": {"objects_to_annotate": list(LABELS), "integer_pixels": True}},
            "annotation_attributes": {
                "coat": {
                    "type": "category",
                    "description": "Which coat has the animal?",
                    "choices": list(COATS),
                    "conditions": {"label_condition": {"label": ["big cow", "baby cow"]}},
                }
            },
        },
    )


def photo_work() -> Work:
    return Work(
        project="photographs",
        instruction="Draw a box around each region of interest.",
        labels=PHOTO_LABELS,
        parameters=lambda picture: {
            "geometries": {
                "box": {
                    "objects_to_annotate": list(PHOTO_LABELS),
                    "integer_pixels": True,
                    "min_width": picture.width // 8,
                    "min_height": picture.height // 8,
                }
            }
        },
        note="boxes made up by the fake",
    )


def turnaround(_task: object, random: Random) -> timedelta:
    return timedelta(minutes=random.randint(40, 400))


def _submit(
    client: ScaleClient,
    work: Work,
    pictures: Sequence[Picture],
    folder: Path,
    tell: Callable[[str], None],
) -> None:
    from tqdm import tqdm

    from scaleapi.tasks import TaskType

    client.create_project(work.project, TaskType.ImageAnnotation)
    client.create_batch(work.project, BATCH)
    tell(f"project {work.project}, batch {BATCH}: uploading {_count(len(pictures), 'image')}")
    # One at a time: the order of threads would decide which task gets which id, and the same seed
    # would not write the same files.
    for picture in tqdm(pictures, unit="task", mininterval=0):
        with (folder / picture.name).open("rb") as content:
            uploaded = client.upload_file(content, project_name=work.project)
        client.create_task(
            TaskType.ImageAnnotation,
            batch=BATCH,
            instruction=work.instruction,
            attachment=uploaded.attachment_url,
            metadata={"file_name": picture.name},
            **work.parameters(picture),
        )
    client.finalize_batch(BATCH)
    tell(f"{_count(len(pictures), 'task')} created, batch finalized: labelers start")


def _wait(scale: FakeScale, client: ScaleClient, tell: Callable[[str], None]) -> None:
    """Let hours pass until everything is done, looking every two."""
    while True:
        scale.clock.advance(hours=2)
        batch = client.get_batch(BATCH)
        batch.get_status()
        done, waiting = batch.tasks_completed or 0, batch.tasks_pending or 0
        if not waiting:
            tell(f"{_all(done)} done")
            return
        tell(f"{done} of {_count(done + waiting, 'task')} done")


def _review(
    client: ScaleClient,
    by_name: dict[str, Picture],
    chosen: str,
    *,
    drawn: bool,
    tell: Callable[[str], None],
) -> Task:
    """Accept all answers but the worst, which is rejected and returned."""
    findings: dict[str, Finding] = {}
    tasks = list(client.get_tasks(batch_name=BATCH))
    for task in tasks:
        name = task.metadata["file_name"]
        boxes = task.response["annotations"]
        if drawn:
            findings[name] = audit(by_name[name].truth, boxes)
        else:
            # Nothing is known of a photograph: the spot check finds fault with one by lot.
            findings[name] = Finding(float(name != chosen), "the boxes could sit closer")
    worst = min(tasks, key=lambda task: findings[task.metadata["file_name"]].agreement)
    for task in tasks:
        name = task.metadata["file_name"]
        client.audit_task(task.id, task is not worst, findings[name].comment)
    name = worst.metadata["file_name"]
    tell(f"audit: {len(tasks) - 1} accepted, {name} rejected ({findings[name].comment})")
    return worst


def _redo(
    scale: FakeScale, client: ScaleClient, rejected: Task, tell: Callable[[str], None]
) -> None:
    scale.recall(rejected)
    tell(f"{rejected.metadata['file_name']} goes back to the labelers")
    scale.clock.advance(hours=1, minutes=10)
    scale.complete(rejected)
    client.audit_task(rejected.id, True, "good now")
    tell(f"{rejected.metadata['file_name']} done again and accepted")


def _results(
    client: ScaleClient, by_name: dict[str, Picture], tell: Callable[[str], None]
) -> Iterator[LabeledImage]:
    """Every accepted task, fetched page by page, in the order of the images' names."""
    tasks: list[Task] = []
    pages = 0
    next_token: str | None = None
    while True:
        page = client.tasks(
            batch=BATCH,
            status="completed",
            customer_review_status="accepted",
            limit=PAGE,
            next_token=next_token,
        )
        tasks += page
        pages += 1
        next_token = page.next_token
        if next_token is None:
            break
    tell(f"results: {_count(len(tasks), 'accepted task')} on {_count(pages, 'page')}")
    for task in sorted(tasks, key=lambda task: str(task.metadata["file_name"])):
        picture = by_name[task.metadata["file_name"]]
        yield LabeledImage(
            picture.name, picture.width, picture.height, task.id, task.response["annotations"]
        )


def _by_status(client: ScaleClient) -> dict[str, int]:
    counts: dict[str, int] = {}
    for task in client.get_tasks(batch_name=BATCH):
        counts[task.status] = counts.get(task.status, 0) + 1
    return counts


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _all(number: int) -> str:
    return "the task is" if number == 1 else f"all {_count(number, 'task')} are"
