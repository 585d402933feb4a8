"""G10: generating a response costs little more than drawing its numbers bare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from scaleapi_testing import FakeScale
from scaleapi_testing._random import seeded
from scaleapi_testing._task_types import task_type
from scaleapi_testing._task_types._base import Job

from ..examples import BOXES, LIVE
from ..method import Effort, Side, compare
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

BOX_COUNT: Final = 5
WIDTH: Final = 640
HEIGHT: Final = 480
SMALLEST: Final = 10


def measure(effort: Effort) -> Iterator[Row]:
    kind = task_type("imageannotation")
    assert kind is not None
    scale = FakeScale()
    surroundings = scale._world.surroundings(scale.account(LIVE))
    params = {"attachment": BOXES["attachment"], "geometries": BOXES["geometries"]}

    def job(random: Random) -> Job:
        return Job(params, BOXES, random, surroundings, words=lambda: None)  # type: ignore[arg-type, return-value]  # no words are drawn

    def generated(number: int) -> dict[str, Any]:
        found: dict[str, Any] = kind.respond(job(seeded(0, "answer", number)))
        return found

    number = next(n for n in range(1_000) if len(generated(n)["annotations"]) == BOX_COUNT)

    def bare() -> dict[str, Any]:
        return _drawn(seeded(0, "answer", number))

    yield Row(
        "response with five boxes / the same drawn from a bare random.Random",
        compare(Side(lambda: generated(number)), Side(bare), effort),
        1.2,
        note="both seed a generator for the task",
    )


def _drawn(random: Random) -> dict[str, Any]:
    """What somebody would write who needed five boxes for this one task."""
    labels = BOXES["geometries"]["box"]["objects_to_annotate"]
    annotations: list[dict[str, Any]] = []
    for _ in range(BOX_COUNT):
        width = round(random.uniform(SMALLEST, WIDTH), 2)
        height = round(random.uniform(SMALLEST, HEIGHT), 2)
        annotations.append(
            {
                "label": random.choice(labels),
                "uuid": str(UUID(int=random.getrandbits(128), version=4)),
                "left": round(random.uniform(0, WIDTH - width), 2),
                "top": round(random.uniform(0, HEIGHT - height), 2),
                "height": height,
                "width": width,
                "type": "box",
            }
        )
    return {
        "links": [],
        "annotations": annotations,
        "global_attributes": {},
        "is_customer_fix": False,
    }
