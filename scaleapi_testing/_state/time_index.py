"""Which of some tasks have a time within bounds: those places in order of creation, and how many.

Tasks stand in order of the time, in blocks. Of each block, and of each group of blocks, the places
are kept in order of creation too, made when they are first asked for. So whatever the bounds, the
answer is a few dozen ordered runs, whose ends are all that a page looks at.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from operator import le
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .query import Bounds

# One insertion moves a block's bytes and no more; a page looks at the ends of all blocks.
BLOCK: Final = 1024
MOST_EMPTY: Final = 4
"""How many times the room that is needed is taken at most."""

GROUP: Final = 32
# An answer over very many tasks is then some dozens of runs instead of hundreds.
"""How many blocks are kept together as one run."""

# Below every time, so that whatever is earliest has a block to stand in.
_EARLIEST: Final = (-(2**63), 0)


class _Block:
    """Some tasks that follow each other: times, places, and the places in order of creation."""

    __slots__ = ("ordered", "seqs", "times")

    def __init__(self, times: Iterable[int] = (), seqs: Iterable[int] = ()) -> None:
        # Arrays: 12 bytes for a task where tuples in a list take about a hundred.
        self.times = array("q", times)
        self.seqs = array("I", seqs)
        self.ordered: array[int] | None = None

    def place(self, ms: int, seq: int) -> int:
        """Where a task stands, or would stand."""
        low = bisect_left(self.times, ms)
        # Of one millisecond by place: both sort keys together make each task's spot unique.
        return bisect_left(self.seqs, seq, low, bisect_right(self.times, ms, low))

    def run(self) -> array[int]:
        # Sorted when a page needs it: most blocks change many times between two listings.
        if self.ordered is None:
            self.ordered = array("I", sorted(self.seqs))
        return self.ordered


class TimeIndex:
    """The tasks of one view by one of their times; those without that time are not in it.

    Args:
        tasks: time and place of each, by place.
    """

    __slots__ = ("_blocks", "_count", "_firsts", "_groups")

    def __init__(self, tasks: Iterable[tuple[int, int]]) -> None:
        times, seqs = array("q"), array("I")
        for ms, seq in tasks:
            times.append(ms)
            seqs.append(seq)
        self._build(times, seqs)

    def _build(self, times: array[int], seqs: array[int]) -> None:
        count = self._count = len(times)
        # Tasks made in order have their times in order, and need no sorting.
        if not all(map(le, times, times[1:])):
            # No pairs: those of very many tasks would take more memory than what is kept.
            order = sorted(range(count), key=times.__getitem__)  # of one time they stay by place
            times = array("q", [times[at] for at in order])
            seqs = array("I", [seqs[at] for at in order])
        begins = range(0, max(count, 1), BLOCK)
        self._blocks = [_Block(times[at : at + BLOCK], seqs[at : at + BLOCK]) for at in begins]
        # What stands before the first entry of a block is in an earlier one.
        self._firsts = [_EARLIEST, *((times[at], seqs[at]) for at in begins[1:])]
        self._groups: dict[int, array[int]] = {}

    def add(self, ms: int, seq: int) -> None:
        """Take in a task."""
        last = self._blocks[-1]
        if 0 < len(last.times) < BLOCK and (ms, seq) > (last.times[-1], last.seqs[-1]):
            last.times.append(ms)  # as most do
            last.seqs.append(seq)
            self._count += 1
            self._changed(len(self._blocks) - 1, last)
            return
        number = self._number(ms, seq)
        block = self._blocks[number]
        if len(block.times) >= BLOCK:
            # Splitting alone would never give back what emptied: the room grows with each change,
            # not with each task.
            if len(self._blocks) * BLOCK > MOST_EMPTY * self._count:
                # Tasks that change leave the blocks of their old times, and many are empty by now.
                times, seqs = array("q"), array("I")
                for each in self._blocks:
                    times += each.times
                    seqs += each.seqs
                self._build(times, seqs)
                number = self._number(ms, seq)
            if len(self._blocks[number].times) >= BLOCK:
                number = self._split(number, ms, seq)
            # Building or splitting moved its spot.
            block = self._blocks[number]
        at = block.place(ms, seq)
        block.times.insert(at, ms)
        block.seqs.insert(at, seq)
        self._count += 1
        self._changed(number, block)

    def remove(self, ms: int, seq: int) -> None:
        """Let a task go that is in it."""
        number = self._number(ms, seq)
        block = self._blocks[number]
        at = block.place(ms, seq)
        del block.times[at]
        # An emptied block stays: its first entry still says what belongs before and after it.
        del block.seqs[at]
        self._count -= 1
        self._changed(number, block)

    def runs(self, bounds: Bounds) -> list[Sequence[int]]:
        """The places of those within the bounds, as runs that have none in common."""
        least, greatest = bounds
        blocks = self._blocks
        begin = 0 if least is None else max(bisect_left(self._firsts, (least, 0)) - 1, 0)
        end = len(blocks)
        if greatest is not None:
            # Places are compared after times: nothing of the next millisecond comes in.
            end = bisect_left(self._firsts, (greatest + 1, 0))
        runs: list[Sequence[int]] = []
        number = begin
        while number < end:
            # The first and the last block may lie within the bounds in part.
            if number in {begin, end - 1}:
                runs.append(_within(blocks[number], least, greatest))
                number += 1
            # Never the group that holds the last block, of which a part may be out of bounds.
            elif number % GROUP == 0 and number + GROUP < end:
                runs.append(self._group(number // GROUP))
                number += GROUP
            else:
                runs.append(blocks[number].run())
                number += 1
        # Empty ones have no end to look at.
        return [run for run in runs if run]

    def _number(self, ms: int, seq: int) -> int:
        """In which block a task stands."""
        return max(bisect_right(self._firsts, (ms, seq)) - 1, 0)

    def _split(self, number: int, ms: int, seq: int) -> int:
        """Make room in a full block; returns in which one the task stands now."""
        block = self._blocks[number]
        is_last = number == len(self._blocks) - 1
        # Most come last: then what is full stays so.
        half = BLOCK if is_last and block.place(ms, seq) == BLOCK else BLOCK // 2
        later = _Block(block.times[half:], block.seqs[half:])
        del block.times[half:], block.seqs[half:]
        block.ordered = None
        first = (later.times[0], later.seqs[0]) if later.times else (ms, seq)
        self._blocks.insert(number + 1, later)
        self._firsts.insert(number + 1, first)
        # Blocks behind it have moved by one, and so groups hold others.
        for group in [group for group in self._groups if group >= number // GROUP]:
            del self._groups[group]
        return self._number(ms, seq)

    def _changed(self, number: int, block: _Block) -> None:
        block.ordered = None
        self._groups.pop(number // GROUP, None)

    def _group(self, number: int) -> array[int]:
        run = self._groups.get(number)
        if run is None:
            together: list[int] = []
            for block in self._blocks[number * GROUP : (number + 1) * GROUP]:
                together += block.run()
            together.sort()
            # Kept, since most groups lie in times that no longer change.
            run = self._groups[number] = array("I", together)
        return run


def _within(block: _Block, least: int | None, greatest: int | None) -> Sequence[int]:
    low = 0 if least is None else bisect_left(block.times, least)
    high = len(block.times) if greatest is None else bisect_right(block.times, greatest)
    if low == 0 and high == len(block.times):
        return block.run()
    # A part of a block is not kept: its bounds are of this listing alone.
    return sorted(block.seqs[low:high])
