"""How labelers find a given truth in text, with which errors, and what a truth may not be."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any, Final

from .._text.values import identity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from .._base import Job, LabelerModel

_SHOWN: Final = 60
_LISTED: Final = 5


class Noise:
    """The errors of the labelers of one job; without labelers there are none."""

    def __init__(self, job: Job) -> None:
        self._random: Random = job.random
        self._labelers: LabelerModel | None = job.labelers

    def right(self) -> bool:
        """Whether this label, choice or text comes out as it is."""
        return self._labelers is None or self._random.random() < self._labelers.accuracy

    def misses(self) -> bool:
        """Whether this object is not found."""
        return self._labelers is not None and self._random.random() < self._labelers.miss_rate

    def shift(self) -> float:
        """How far this coordinate is off, in the medium's unit."""
        if self._labelers is None or not self._labelers.jitter_px:
            return 0.0
        return self._random.gauss(0.0, self._labelers.jitter_px)

    def text(self, text: str) -> str:
        """The text, or the same with one letter or digit mistaken for another."""
        return text if self.right() else misread(self._random, text)

    def position(self, true: int, count: int) -> int:
        """The true position of ``count``, or another one where there is one."""
        if self.right() or count < 2:
            return true
        other = self._random.randrange(count - 1)
        return other + (other >= true)

    def positions(self, true: Sequence[int], count: int, least: int) -> list[int]:
        """The true positions of ``count`` in order: some missed, some taken for others.

        Never fewer than ``least`` (as far as the truth has them), never more than the truth.
        """
        found = [position for position in true if not self.misses()]
        for position in true:
            if len(found) >= least:
                break
            if position not in found:
                found.append(position)
        for index, position in enumerate(found):
            if not self.right() and len(found) < count:
                free = [other for other in range(count) if other not in found]
                found[index] = self._random.choice(free) if free else position
        return sorted(found)


def misread(random: Random, text: str) -> str:
    """``text`` with one letter or digit replaced: never the same, never longer or shorter."""
    if not text:
        return text
    places = [index for index, sign in enumerate(text) if sign.isalnum()] or [0]
    index = random.choice(places)
    signs = string.digits if text[index].isdigit() else string.ascii_lowercase
    sign = random.choice([other for other in signs if other != text[index]])
    return f"{text[:index]}{sign}{text[index + 1 :]}"


def untrue(job: Job, path: str, found: object, right: str) -> ValueError:
    """The error for a truth that labelers cannot find because it breaks the task's rules.

    Args:
        job: whose truth it is.
        path: where in the truth, e.g. ``annotations[2].label``; empty for the whole.
        found: what stands there.
        right: what would be right there.
    """
    kind, task_id = job.common.get("type", "text"), job.common.get("task_id", "")
    shown = repr(found)
    if len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN]}..."
    where = f"the truth of {kind} task {task_id}".rstrip()
    place = f"{path} " if path else ""
    return ValueError(f"{where} cannot be found: {place}is {shown}; right would be {right}")


def some_of(names: Sequence[object]) -> str:
    """``one of a, b, c`` for the ``right`` of an error, cut at five."""
    listed = ", ".join(str(name)[:_SHOWN] for name in names[:_LISTED])
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"one of {listed}{more}"


def number_between(least: float | None, most: float | None) -> str:
    """``a number from 0 to 5`` for the ``right`` of an error; ``None`` is no bound."""
    if least is None:
        return "a number" if most is None else f"a number of at most {most}"
    return f"a number of at least {least}" if most is None else f"a number from {least} to {most}"


def place_of(job: Job, path: str, value: object, options: Sequence[object]) -> int:
    """The position of ``value`` among ``options``, its JSON type counting.

    Raises:
        ValueError: it is none of them.
    """
    wanted = identity(value)
    for position, option in enumerate(options):
        if identity(option) == wanted:
            return position
    raise untrue(job, path, value, some_of(options))


def part(job: Job, truth: Any, key: str) -> dict[str, Any] | None:
    """The object ``truth[key]``, or ``None`` when the truth does not say.

    Raises:
        ValueError: the truth, or what stands there, is no object.
    """
    if not isinstance(truth, dict):
        raise untrue(job, "", truth, f'an object like the response, e.g. {{"{key}": ...}}')
    found: dict[str, Any] | None = truth.get(key)
    if found is not None and not isinstance(found, dict):
        raise untrue(job, key, found, "an object")
    return found


def entry(job: Job, truth: Any, key: str) -> Any:
    """``truth[key]``, or ``None`` when the truth does not say.

    Raises:
        ValueError: the truth is no object.
    """
    if not isinstance(truth, dict):
        raise untrue(job, "", truth, f'an object like the response, e.g. {{"{key}": ...}}')
    return truth.get(key)


def listed(job: Job, truth: Any, key: str) -> list[dict[str, Any]]:
    """The list of objects ``truth[key]``, or the truth itself when it is that list.

    Raises:
        ValueError: it is neither, or a member is no object.
    """
    found: Any = truth if isinstance(truth, list) else entry(job, truth, key)
    if not isinstance(found, list):
        raise untrue(job, key, found, "a list of objects as in the response")
    for index, item in enumerate(found):
        if not isinstance(item, dict):
            raise untrue(job, f"{key}[{index}]", item, "an object as in the response")
    return found


def words_of(
    job: Job, noise: Noise, truth: dict[str, Any] | None, key: str, path: str
) -> str | None:
    """What labelers read where ``truth`` has the string ``key``; ``None`` where it is silent.

    Raises:
        ValueError: what stands there is no string.
    """
    if truth is None or key not in truth:
        return None
    if not isinstance(truth[key], str):
        raise untrue(job, f"{path}.{key}", truth[key], "a string")
    return noise.text(truth[key])
