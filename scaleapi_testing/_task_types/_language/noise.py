"""How labelers err: the one model of noise, for words, choices and coordinates of every medium.

Each object is missed with ``miss_rate``, each label, choice, text and point is wrong with
``1 - accuracy``, each coordinate is off by a Gaussian of ``jitter_px`` in the medium's unit.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from .._base import Job, LabelerModel

_TRIES: Final = 8


class Noise:
    """The errors of the labelers of one job; without labelers there are none.

    Nothing is drawn where nothing can go wrong, so that labelers without errors leave the numbers
    of a job as they are without labelers.
    """

    def __init__(self, job: Job) -> None:
        self._random: Random = job.random
        self._labelers: LabelerModel | None = job.labelers

    @property
    def jitters(self) -> bool:
        """Whether coordinates are off at all."""
        return self._labelers is not None and bool(self._labelers.jitter_px)

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

    def blur(self, value: float) -> float:
        """``value`` as a hand draws it, to two decimals; unchanged without jitter."""
        return round(value + self.shift(), 2) if self.jitters else value

    def text(self, text: str) -> str:
        """The text, or the same with one letter or digit mistaken for another."""
        return text if self.right() else misread(self._random, text)

    def name(self, true: str, names: Sequence[str]) -> str:
        """The true label or choice, or another one of ``names`` where there is one."""
        if len(names) < 2 or self.right():
            return true
        # Thousands of labels cost no more than two: nearly always the first try is another one.
        for _ in range(_TRIES):
            name = self._random.choice(names)
            if name != true:
                return name
        others = [name for name in names if name != true]
        return self._random.choice(others) if others else true

    def position(self, true: int, count: int) -> int:
        """The true position of ``count``, or another one where there is one."""
        if self.right() or count < 2:
            return true
        # One of the others in one draw: numbers from the true one on are shifted by one.
        other = self._random.randrange(count - 1)
        return other + (other >= true)

    def positions(self, true: Sequence[int], count: int, least: int) -> list[int]:
        """The true positions of ``count`` in order: some missed, some taken for others.

        Never fewer than ``least`` (as far as the truth has them), never more than the truth.
        """
        if self._labelers is None:
            return sorted(true)
        chosen = [position for position in true if not self.misses()]
        chosen_positions = set(chosen)
        # A task's minimum holds for labelers, too: some of the missed come back.
        chosen += [position for position in true if position not in chosen_positions][
            : max(least - len(chosen), 0)
        ]
        chosen_positions = set(chosen)
        free = [position for position in range(count) if position not in chosen_positions]
        for index, position in enumerate(chosen):
            if free and not self.right():
                place = self._random.randrange(len(free))
                # Exchanged: what was true is free now, and nothing is chosen twice.
                chosen[index], free[place] = free[place], position
        return sorted(chosen)


def misread(random: Random, text: str) -> str:
    """``text`` with one letter or digit replaced: never the same, never longer or shorter."""
    if not text:
        return text
    # Letters and digits alone: a blank replaced would make one word of two.
    places = [index for index, sign in enumerate(text) if sign.isalnum()] or [0]
    index = random.choice(places)
    signs = string.digits if text[index].isdigit() else string.ascii_lowercase
    sign = random.choice([other for other in signs if other != text[index]])
    return f"{text[:index]}{sign}{text[index + 1 :]}"
