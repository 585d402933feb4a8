"""Makes the attempts at callbacks that a log expects, for the server that has the lead.

Attempts at one receiver are made one after another, in their order; receivers do not wait for each
other. What came back is a command; an attempt whose outcome was lost is made again.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from .._callbacks.callbacks import KEPT_ANSWER
from .._callbacks.targets import TargetAnswer
from .._log.command import LogUnavailable
from .applier import Failed
from .codec import AttemptCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .._callbacks.delivery import Expected
    from .applier import Waiter

MOST_AT_ONCE: Final = 16
"""Receivers that are waited for at the same time; each may take 30 seconds."""

AGAIN_S: Final = 0.3
"""Real seconds until an outcome that could not be written is written again."""


class Courier:
    """Makes attempts in threads of its own.

    Args:
        send: makes one attempt, of a world's.
        report: writes its outcome as a command; the waiter is told what came of that.
        again: is told of a world whose attempts are to be looked through again.
    """

    def __init__(
        self,
        send: Callable[[str, Expected], TargetAnswer],
        report: Callable[[str, AttemptCommand, Waiter], None],
        again: Callable[[str], None],
    ) -> None:
        self._send = send
        self._report = report
        self._again = again
        # Held for the lanes only, never while a receiver is waited for.
        self._lock = threading.Lock()
        self._under_way: set[tuple[str, int]] = set()
        self._lanes: dict[tuple[str, str], deque[Expected]] = {}
        self._waiting: deque[tuple[str, str]] = deque()
        self._workers = 0
        self._stopped = threading.Event()

    def take(self, world: str, attempts: Iterable[Expected]) -> None:
        """Make these attempts, but for those that are under way."""
        with self._lock:
            for expected in attempts:
                # The same attempt is expected until its outcome is applied, and is looked through
                # again and again.
                if self._stopped.is_set() or (world, expected.number) in self._under_way:
                    continue
                self._under_way.add((world, expected.number))
                # By receiver: its callbacks come in order, and a slow one holds up its own alone.
                lane = world, _receiver(expected.url)
                if lane in self._lanes:
                    self._lanes[lane].append(expected)
                    continue
                self._lanes[lane] = deque([expected])
                self._waiting.append(lane)
                if self._workers < MOST_AT_ONCE:
                    self._workers += 1
                    threading.Thread(target=self._work, name="scale-courier", daemon=True).start()

    def drop_all(self) -> None:
        """Another server has the lead: make none of what waits."""
        with self._lock:
            for (world, _), attempts in self._lanes.items():
                # Those being made right now stay, for their outcome is still to be told.
                self._under_way -= {(world, expected.number) for expected in attempts}
                attempts.clear()

    def stop(self) -> None:
        """Begin no further attempt; those under way are made again by the next lead."""
        self._stopped.set()
        self.drop_all()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._workers -= 1
                    return
                lane = self._waiting.popleft()
                attempts = self._lanes[lane]
                # Left in place until it is empty and its turn comes: an attempt may join it
                # meanwhile.
                if not attempts:
                    del self._lanes[lane]
                    continue
                expected = attempts.popleft()
            self._attempt(lane[0], expected)
            with self._lock:
                # At the end, so that each receiver has its turn.
                self._waiting.append(lane)

    def _attempt(self, world: str, expected: Expected) -> None:
        try:
            answer = self._send(world, expected)
        # A thread that ended here would leave its lane to nobody.
        except Exception as error:  # noqa: BLE001 - whatever it is, no answer came back
            answer = TargetAnswer(None, why=str(error))
        outcome = AttemptCommand(expected.number, answer.status, answer.body[:KEPT_ANSWER])

        def told(result: object) -> None:
            with self._lock:
                self._under_way.discard((world, expected.number))
            if isinstance(result, Failed):
                self._again(world)  # nobody knows whether it was written

        # Until it is written or this server has no lead: nobody else knows the outcome.
        while not self._stopped.is_set():
            try:
                self._report(world, outcome, told)
            except LogUnavailable:
                self._stopped.wait(AGAIN_S)
            else:
                return


def _receiver(url: str) -> str:
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}".lower()
    except ValueError:
        # Odd addresses have a lane of their own.
        return url
