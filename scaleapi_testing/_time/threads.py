"""When a wait may end while other threads of the test are about to wait as well.

A wait moves the clock to the moment it began plus its length, if the clock is not there yet.
Virtual waits take no real time, so the first of eight threads that run into the same 429 would be
done with its wait before the others have asked. Therefore a wait looks a little, in real time,
what the test's other threads do, and goes on when each of them waits here too or does nothing.

Promised is this much, and no more:

- a test whose threads are those that there were before the fake never looks, and never loses time;
- threads that begin to wait within a few milliseconds of each other wait at the same time;
- a thread that does something else for longer than ``MOST_LOOKS * LOOK_S`` holds nobody up.

So a wait that overlaps with others depends on how the system runs threads when these take longer
than that to begin: the order of threads is outside the promise of equal bytes.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import Final, TypeAlias

LOOK_S: Final = 0.004
"""Real seconds between two looks at what the other threads do."""

QUIET_LOOKS: Final = 5
"""Looks without a change after which no other thread is taken to be about to wait."""

MOST_LOOKS: Final = 30
"""Looks that a wait gives other threads at the most."""

_real_sleep: Final = time.sleep
# Bound at import: a fake that skips `time.sleep` must not skip this one.

Activity: TypeAlias = frozenset[tuple[int, int, int]]


class Threads:
    """The threads of one fake's test."""

    def __init__(self) -> None:
        # Each waiting thread adds and removes itself.
        self._lock = threading.Lock()
        # The thread that makes the fake, and those there before it, are not of the code under test:
        # alone they cost no wait.
        self._home = threading.get_ident()
        self._before = frozenset(thread.ident for thread in threading.enumerate())
        self._waiting: set[int] = set()
        self._settled: Activity | None = None

    def let_others_begin(self) -> None:
        """Give the test's own threads the chance to begin their waits before this one ends."""
        own_id = threading.get_ident()
        if own_id == self._home and self._before.issuperset(
            thread.ident for thread in threading.enumerate()
        ):
            return
        with self._lock:
            self._waiting.add(own_id)
        try:
            seen, quiet = self._activity(), 0
            for _ in range(MOST_LOOKS):
                # As it was when the last wait went on: these threads are idle, not on their way.
                if quiet == QUIET_LOOKS or seen == self._settled:
                    break
                _real_sleep(LOOK_S)
                now = self._activity()
                seen, quiet = now, quiet + 1 if now == seen else 0
            # Remembered, so that idle threads cost the looks once and not at each wait.
            self._settled = seen
        # Whatever ends the wait: a thread that stayed in here would never be looked at again.
        finally:
            with self._lock:
                self._waiting.discard(own_id)

    def _activity(self) -> Activity:
        """Where every thread is that does not wait here; the same twice when nothing moves."""
        # No lock: a set that changes meanwhile makes one look wrong, and the next looks again.
        waiting = self._waiting
        return frozenset(
            # The place in the code as well: a thread in a loop keeps its frame and still moves.
            (thread, id(frame), frame.f_lasti)
            for thread, frame in sys._current_frames().items()
            if thread not in waiting
        )


class NoThreads(Threads):
    """Where nobody waits at the same time as somebody else."""

    def let_others_begin(self) -> None:
        """Go on at once."""
