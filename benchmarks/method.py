"""How two things are compared: short blocks in turn, a ratio inside each pair, the median of many.

An absolute time means nothing on a machine that runs at two speeds and is shared with others; two
blocks that follow each other within milliseconds have met the same machine.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Final

Clock = Callable[[], float]

CPU: Final[Clock] = time.thread_time
"""The calling thread's own work, in seconds: what other programs do in between does not count.

For comparisons in which nothing waits.
"""

WALL: Final[Clock] = time.perf_counter
"""Time as it passes, in seconds, for comparisons in which threads or sockets are waited for."""


@dataclass(frozen=True)
class Effort:
    """How much a measurement does.

    Attributes:
        pairs: how many pairs of blocks.
        block_s: how long a block lasts, in seconds.
        full: whether what takes minutes is measured at its real size.
    """

    pairs: int = 21
    block_s: float = 0.008
    full: bool = True


QUICK: Final = Effort(pairs=5, block_s=0.004, full=False)
FULL: Final = Effort()


@dataclass(frozen=True)
class Spread:
    """A median with its quartiles."""

    median: float
    lower: float
    upper: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """The spread of two values or more."""
        lower, median, upper = quantiles(values, n=4, method="inclusive")
        return cls(median, lower, upper)

    @classmethod
    def exact(cls, value: float) -> Spread:
        """Of something that is counted and not timed."""
        return cls(value, value, value)


@dataclass(frozen=True)
class Side:
    """One of the two things compared.

    Attributes:
        call: does it once.
        around: what each block happens inside of; entered and left outside the clock.
    """

    call: Callable[[], object]
    around: Callable[[], AbstractContextManager[object]] = field(default=nullcontext)


def compare(
    one: Side, other: Side, effort: Effort, *, clock: Clock = CPU, gc_runs: bool = False
) -> Spread:
    """How many times as long ``one`` takes as ``other``.

    Args:
        one: what stands above the fraction line.
        other: what stands below it.
        effort: how many pairs, of how long blocks.
        clock: what time is read from.
        gc_runs: whether the garbage collector may also run inside the blocks; it never does
            otherwise, and has collected before each.
    """
    gc.collect()
    gc.freeze()
    try:
        calls = _calls(one, effort, clock), _calls(other, effort, clock)
        ratios: list[float] = []
        for number in range(effort.pairs):
            if number % 2:
                below = _block(other, calls[1], clock, gc_runs=gc_runs)
                above = _block(one, calls[0], clock, gc_runs=gc_runs)
            else:
                above = _block(one, calls[0], clock, gc_runs=gc_runs)
                below = _block(other, calls[1], clock, gc_runs=gc_runs)
            ratios.append(above / below)
    finally:
        gc.unfreeze()
    return Spread.of(ratios)


def shares(call: Callable[[], object], whole: float, runs: int) -> Spread:
    """What share of ``whole`` seconds a call takes that is long enough to be timed by itself.

    The garbage collector runs as it does for everybody.

    Args:
        call: does it once.
        whole: CPU seconds of this thread.
        runs: how often; at least 2.
    """
    values: list[float] = []
    for _ in range(runs):
        gc.collect()
        began = CPU()
        call()
        values.append((CPU() - began) / whole)
    return Spread.of(values)


def _calls(side: Side, effort: Effort, clock: Clock) -> int:
    """How many calls of it fill a block."""
    _block(side, 1, clock, gc_runs=False)  # the first call imports and fills caches
    calls = 1
    while True:
        seconds = _block(side, calls, clock, gc_runs=False) * calls
        if seconds >= effort.block_s / 2:
            return max(1, round(calls * effort.block_s / seconds))
        calls *= 4


def _block(side: Side, calls: int, clock: Clock, *, gc_runs: bool) -> float:
    """Seconds per call."""
    call = side.call
    with side.around():
        gc.collect()
        if not gc_runs:
            gc.disable()
        try:
            began = clock()
            for _ in range(calls):
                call()
            return (clock() - began) / calls
        finally:
            gc.enable()
