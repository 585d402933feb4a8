"""What labelers did by themselves, as steps of a test: no call and no control tells of it.

A turnaround that is code, or set where the server was started, is not there when the test runs, so
that what it brought about is done on purpose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._fake import FakeScale
    from .._state.task import TaskRecord

_MOVES: Final[Mapping[str, str]] = {"completed": "complete", "recalled": "recall", "failed": "fail"}
_BY_CALL: Final = re.compile(r" by request (\d+)\b")
_BY_TURNAROUND: Final = " by its turnaround"
_BY_ALL: Final = "complete_all"


@dataclass(frozen=True, slots=True)
class OwnAct:
    """A move of a task that nothing else in the story makes.

    Attributes:
        task_id: of the task.
        name: the method of the fake that makes it: ``complete``, ``recall`` or ``fail``.
    """

    task_id: str
    name: str


def with_own_acts(
    fake: FakeScale,
    steps: Sequence[tuple[int, Any]],
    concerned: Sequence[str],
    *,
    has_turnaround: bool,
) -> list[tuple[int, Any]]:
    """Steps with the acts of labelers between them, each after what it followed.

    Args:
        fake: of the world.
        steps: virtual time, and a call, a deed or a text, in order.
        concerned: the ids of the tasks that they are about.
        has_turnaround: whether the test itself sets how long labelers take.
    """
    after: dict[int, list[tuple[int, OwnAct]]] = {}
    tasks = fake._world.store.tasks
    for task_id in concerned:
        record = tasks.get(task_id)
        if record is not None:
            for place, ms, name in _own_acts(record, steps, has_turnaround=has_turnaround):
                after.setdefault(place, []).append((ms, OwnAct(task_id, name)))
    woven: list[tuple[int, Any]] = []
    # From -1: labelers may have acted before the first step.
    for place in range(-1, len(steps)):
        if place >= 0:
            woven.append(steps[place])
        acts = sorted(after.get(place, ()), key=lambda entry: entry[0])
        first_ms = steps[0][0] if place < 0 and steps else 0
        # Not before the first step: the clock of the test that is written starts there.
        woven += [(max(ms, first_ms), act) for ms, act in acts]
    return woven


def _own_acts(
    record: TaskRecord, steps: Sequence[tuple[int, Any]], *, has_turnaround: bool
) -> Iterator[tuple[int, int, str]]:
    """Each act: the place of the step that it comes after, its time, its name."""
    calls = {step.n: place for place, (_, step) in enumerate(steps) if hasattr(step, "route")}
    last = calls.get(record.request_n or 0, -1)
    for ms, what in record.history:
        call = _BY_CALL.search(what)
        if call is not None and int(call[1]) in calls:
            last = calls[int(call[1])]
            continue
        name = _MOVES.get(what.partition(" by ")[0])
        # What the test's own turnaround brings about must not be done twice.
        if name is None or (has_turnaround and what.endswith(_BY_TURNAROUND)):
            continue
        deed = _deed(steps, record.id, _BY_ALL if _BY_ALL in what else name, last)
        if deed is not None:
            last = deed
            continue
        # Its moment says what came before; of several in one moment the history's order decides.
        earlier = [place for place, (at_ms, _) in enumerate(steps) if at_ms < ms]
        last = max(last, earlier[-1] if earlier else -1)
        yield last, ms, name


def _deed(steps: Sequence[tuple[int, Any]], task_id: str, name: str, last: int) -> int | None:
    """The next step that is this control of the task."""
    for place in range(last + 1, len(steps)):
        step = steps[place][1]
        if getattr(step, "name", None) == name and (
            name == _BY_ALL or step.arguments.get("task") == task_id
        ):
            return place
    return None
