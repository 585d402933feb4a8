"""How well the demo's labelers find what a scene truly holds, and what the demo's auditor says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from .._random import draw_uuid
from .scenes import COATS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from .pictures import Picture
    from .scenes import TrueObject

NO_BOX: Final = 0.5
"""A true object that no box of its label overlaps by this much counts as not found."""

_CAREFUL: Final = 0.012
_HASTY: Final = 0.035
"""Standard deviation of a box's edges, in shares of its width or height."""

Box: TypeAlias = dict[str, Any]


class TaskSeen(Protocol):
    """What a labeler looks at in a task."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Carries the ``file_name`` of the picture."""
        ...

    @property
    def customer_review_status(self) -> str | None:
        """``rejected`` when the task came back from the customer."""
        ...


@dataclass(frozen=True, slots=True)
class Crew:
    """Labelers of drawn scenes, to be given to ``FakeScale.respond``.

    Attributes:
        pictures: the scenes by file name.
        novice_on: the file name of the task that a hasty beginner gets; done carefully once it was
            rejected.
    """

    pictures: Mapping[str, Picture]
    novice_on: str

    def __call__(self, task: TaskSeen, random: Random) -> dict[str, Any]:
        """The response to one ``imageannotation`` task."""
        picture = self.pictures[task.metadata["file_name"]]
        hasty = picture.name == self.novice_on and task.customer_review_status != "rejected"
        missed = _missed(picture.truth, random) if hasty else frozenset[int]()
        boxes = [
            _box(true, (picture.width, picture.height), random, _HASTY if hasty else _CAREFUL)
            for at, true in enumerate(picture.truth)
            if at not in missed
        ]
        return {"annotations": boxes, "links": []}


def _missed(truth: Sequence[TrueObject], random: Random) -> frozenset[int]:
    """At least one object, at most every second."""
    return frozenset(random.sample(range(len(truth)), k=random.randint(1, max(1, len(truth) // 2))))


def _box(true: TrueObject, size: tuple[int, int], random: Random, spread: float) -> Box:
    left, top, width, height = true.box
    edges = [
        round(edge + random.gauss(0, max(1.0, spread * length)))
        for edge, length in (
            (left, width),
            (top, height),
            (left + width, width),
            (top + height, height),
        )
    ]
    near_x, near_y = max(0, edges[0]), max(0, edges[1])
    box: Box = {
        "uuid": draw_uuid(random),
        "type": "box",
        "label": true.label,
        "left": near_x,
        "top": near_y,
        "width": max(1, min(size[0], edges[2]) - near_x),
        "height": max(1, min(size[1], edges[3]) - near_y),
        "attributes": {},
    }
    if true.coat is not None:
        coat = true.coat if random.random() > spread else random.choice(COATS)
        box["attributes"] = {"coat": coat}
    return box


@dataclass(frozen=True, slots=True)
class Finding:
    """What an auditor sees in one answer.

    Attributes:
        agreement: from 0 (nothing found) to 1 (every box exact): the mean overlap of each true
            object with the best box of its label.
        comment: for the labelers, one line.
    """

    agreement: float
    comment: str


def audit(truth: Sequence[TrueObject], boxes: Sequence[Box]) -> Finding:
    """Compare an answer with what is really there."""
    best = [max((_overlap(true, box) for box in boxes), default=0.0) for true in truth]
    unfound = [true.label for true, share in zip(truth, best, strict=True) if share < NO_BOX]
    agreement = sum(best) / len(best) if best else 1.0
    if not unfound:
        return Finding(agreement, f"every object has its box; mean overlap {agreement:.2f}")
    names = ", ".join(dict.fromkeys(unfound))
    have = "has" if len(unfound) == 1 else "have"
    return Finding(agreement, f"{len(unfound)} of {len(truth)} objects {have} no box: {names}")


def _overlap(true: TrueObject, box: Box) -> float:
    """Intersection over union; 0 for another label."""
    if box["label"] != true.label:
        return 0.0
    left, top, width, height = true.box
    across = min(left + width, box["left"] + box["width"]) - max(left, box["left"])
    down = min(top + height, box["top"] + box["height"]) - max(top, box["top"])
    if across <= 0 or down <= 0:
        return 0.0
    both: float = across * down
    either: float = width * height + box["width"] * box["height"] - both
    return both / either
