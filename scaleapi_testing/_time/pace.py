"""A virtual clock that runs beside real time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from .._http.wire import LAST_MS

if TYPE_CHECKING:
    from .._world.act import Unraised
    from .clock import Clock
    from .timeline import Timeline


class Pace:
    """Moves a clock as far as real time went, times ``speed``.

    What moves the clock besides (a latency, a control) comes on top. The clock is brought up to
    date before each call, and when something planned becomes due.

    Args:
        clock: the fake's.
        timeline: what is planned on it.
        unraised: takes what targets of callbacks raise.
        lock: the fake's lock.
        speed: virtual seconds for each real one; more than 0.
    """

    def __init__(
        self,
        clock: Clock,
        timeline: Timeline,
        unraised: Unraised,
        lock: threading.RLock,
        speed: float,
    ) -> None:
        self._clock = clock
        self._timeline = timeline
        self._unraised = unraised
        self._lock = lock
        self._speed = speed
        self._last = time.monotonic()
        # Wakes the thread below when an earlier event was planned than the one it sleeps for.
        self._awake = threading.Event()
        self._armed_ms: int | None = None
        self._ended = False

    def keep_up(self) -> bool:
        """Let the time that went by pass at once, for a thread that must not wait.

        Returns:
            Whether it has passed. It has not where something planned has become due, which may have
            to wait for targets, or where another thread has the state: then ``catch_up`` is to be
            called, in a thread that may wait.
        """
        if not self._lock.acquire(blocking=False):
            return False
        try:
            planned = self._timeline.peek()
            if planned is not None and planned.when_ms <= self._target():
                return False
            self.catch_up()
            return True
        finally:
            self._lock.release()

    def catch_up(self) -> None:
        """Let the real time that went by since the last look pass on the clock."""
        # Both are read together: a control in another thread may move the clock in between.
        with self._lock:
            target = self._target()
            gone_ms = target - self._clock.ms
            # By what the clock went, not up to now: fractions would add up to a clock that runs
            # late.
            # What is less than a millisecond stays for the next look.
            self._last += gone_ms / 1000 / self._speed
        if gone_ms > 0:
            # Without the lock, for it makes attempts at callbacks; nobody is above here to raise
            # to.
            self._unraised.keep(self._clock.pass_until(target))

    def _target(self) -> int:
        gone_s = time.monotonic() - self._last
        return min(self._clock.ms + int(gone_s * 1000 * self._speed), LAST_MS)

    def nudge(self) -> None:
        """Something may have been planned that comes before what is waited for."""
        # Whoever has the state may have it for long, and a loop calls this: then `run` looks.
        if not self._lock.acquire(blocking=False):
            self._awake.set()
            return
        try:
            planned = self._timeline.peek()
        finally:
            self._lock.release()
        if planned is not None and (self._armed_ms is None or planned.when_ms < self._armed_ms):
            self._awake.set()

    def run(self) -> None:
        """Catch up whenever something planned becomes due, until ``end``."""
        # Cleared before looking: an event planned after the look sets it again, and nothing is
        # slept through.
        while not self._ended:
            self._awake.clear()
            with self._lock:
                planned = self._timeline.peek()
                # Read by `nudge` without the lock: at worst it wakes this thread once for nothing.
                self._armed_ms = None if planned is None else planned.when_ms
                left_ms = None if planned is None else planned.when_ms - self._target()
            if left_ms is None or left_ms > 0:
                seconds = None if left_ms is None else left_ms / 1000 / self._speed
                # No wait of Python's takes longer, and an event may lie years ahead.
                self._awake.wait(None if seconds is None else min(seconds, threading.TIMEOUT_MAX))
            else:
                self.catch_up()

    def end(self) -> None:
        """Let ``run`` come back."""
        # Before waking it: the thread looks at this first.
        self._ended = True
        self._awake.set()
