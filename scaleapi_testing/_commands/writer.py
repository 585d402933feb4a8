"""Brings commands into the log and out of it: what waits together is written together.

Two threads: one writes, one reads what other servers wrote. Both hand commands on in the one order
of the log, each command once.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .._log.command import Behind, LogUnavailable, StateError
from .applier import Failed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .._log.command import Command, LogStore, Pending
    from .applier import Entry, Waiter

LOOK_S: Final = 0.5
"""Real seconds after which a log is asked for what is new, if nobody tells."""

AGAIN_S: Final = 0.3
"""Real seconds after which a log that could not be reached is tried again."""

MOST_READ: Final = 2_000
"""Commands that are read at once."""

MOST_WRITTEN: Final = 4 * 1024 * 1024
"""Bytes of bodies from which on a group is written without the next command."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    pending: Pending
    waiter: Waiter | None
    term: int | None


class Writer:
    """The log of one server.

    Args:
        store: keeps it.
        hand_over: is given commands and who waits for them, in order; called in these threads.
        settle: tells somebody who waits, in whatever thread is theirs.
        fell_behind: the log was removed further than it was read: loads the checkpoint, and returns
            the number of its last command.
        broke: is told that the log can be used no more.
        is_shared: whether other servers may write to it.
    """

    def __init__(
        self,
        store: LogStore,
        hand_over: Callable[[list[Entry]], None],
        settle: Callable[[Waiter, Failed], None],
        fell_behind: Callable[[], int],
        broke: Callable[[StateError], None],
        *,
        is_shared: bool,
    ) -> None:
        self._store = store
        self._hand_over = hand_over
        self._settle = settle
        self._fell_behind = fell_behind
        self._broke = broke
        self.fetched = 0
        self._taken = 0
        self._waiting: list[_Waiting] = []
        self._wake = threading.Condition()
        # Held while commands are written and until they are handed on: nobody hands them on twice.
        self._order = threading.Lock()
        self._down: LogUnavailable | None = None
        self._is_shared = is_shared
        # Set where the watcher has something to do: the log is gone, or the server ends.
        self._stirred = threading.Event()
        self._fresh: list[Callable[[int], None]] = []
        self._lost: list[Callable[[LogUnavailable], None]] = []
        self._fresh_wake = threading.Condition()
        self._ends = False
        self._threads = [
            threading.Thread(target=target, name=f"scale-log-{name}", daemon=True)
            for name, target in (
                ("writer", self._write),
                ("watcher", self._watch),
                ("reader", self._look),
            )
        ]

    def start(self) -> None:
        """Begin; ``fetched`` says up to which command everything is applied already."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Write what waits, then stop."""
        with self._wake:
            self._ends = True
            self._wake.notify()
        with self._fresh_wake:
            self._fresh_wake.notify()
        self._stirred.set()
        for thread in self._threads:
            thread.join(LOOK_S + 5)

    @property
    def down(self) -> LogUnavailable | None:
        """Why the log cannot be reached just now."""
        return self._down

    def submit(
        self, pending: Pending, waiter: Waiter | None = None, *, term: int | None = None
    ) -> None:
        """Write a command as soon as may be; the waiter is told what came of it.

        Raises:
            LogUnavailable: the log cannot be reached; nothing was written.
        """
        if self._down is not None:
            raise self._down
        with self._wake:
            self._waiting.append(_Waiting(pending, waiter, term))
            if len(self._waiting) == 1:
                self._wake.notify()

    def ask_last(self, then: Callable[[int], None], lost: Callable[[LogUnavailable], None]) -> None:
        """Find out up to where the log goes now, and hand all of it on; then say so.

        Those who ask together are answered together.
        """
        if self._down is not None:
            lost(self._down)
            return
        with self._fresh_wake:
            self._fresh.append(then)
            self._lost.append(lost)
            self._fresh_wake.notify()

    # -- writing ------------------------------------------------------------------------------

    def _write(self) -> None:
        while True:
            with self._wake:
                while not self._waiting and not self._ends:
                    self._wake.wait()
                group, self._waiting = self._first(), self._waiting[self._taken :]
            if not group:
                return
            try:
                self._append(group)
            except LogUnavailable as error:
                self._goes_down(error, group)
            except StateError as error:
                self._refuse(group, error)
                if group[0].term is None:
                    self._broke(error)
                    return

    def _first(self) -> list[_Waiting]:
        """The first that wait and may be written together: of one term, and not too many bytes."""
        group: list[_Waiting] = []
        size = 0
        for waiting in self._waiting:
            size += len(waiting.pending.body)
            if group and (waiting.term != group[0].term or size > MOST_WRITTEN):
                break
            group.append(waiting)
        self._taken = len(group)
        return group

    def _append(self, group: list[_Waiting]) -> None:
        with self._order:
            commands = self._store.append([w.pending for w in group], term=group[0].term)
            self._fetch_to(commands[0].n - 1)
            self._pass_on(commands, [waiting.waiter for waiting in group])

    def _pass_on(self, commands: Sequence[Command], waiters: Sequence[Waiter | None]) -> None:
        self.fetched = commands[-1].n
        self._hand_over(list(zip(commands, waiters, strict=True)))

    def _refuse(self, group: list[_Waiting], error: BaseException) -> None:
        for waiting in group:
            if waiting.waiter is not None:
                self._settle(waiting.waiter, Failed(error))

    def _goes_down(self, error: LogUnavailable, group: list[_Waiting]) -> None:
        self._down = error
        self._stirred.set()
        with self._wake:
            group += self._waiting
            self._waiting = []
        self._refuse(group, error)

    # -- reading ------------------------------------------------------------------------------

    def _fetch_to(self, n: int) -> None:
        """Hand on what stands in the log up to ``n``; only while the order is held."""
        while self.fetched < n:
            try:
                commands = self._store.read(self.fetched, min(MOST_READ, n - self.fetched))
            except Behind:
                self.fetched = self._fell_behind()
                continue
            if not commands:
                return
            self._pass_on(commands, [None] * len(commands))

    def _catch_up(self, n: int) -> None:
        if n > self.fetched:
            with self._order:
                self._fetch_to(n)

    def _watch(self) -> None:
        """Hand on what others write, and notice when the log is back."""
        while not self._ends:
            try:
                if self._down is not None:
                    self._catch_up(self._store.last())
                    self._down = None
                elif self._is_shared:
                    self._catch_up(self._store.wait(self.fetched, LOOK_S))
                else:
                    self._stirred.wait()
                    self._stirred.clear()
            except LogUnavailable as error:
                self._goes_down(error, [])
                self._stirred.clear()
                self._stirred.wait(AGAIN_S)
            except StateError as error:
                self._broke(error)
                return

    def _look(self) -> None:
        """Find out for those who ask up to where the log goes."""
        while True:
            with self._fresh_wake:
                while not self._fresh and not self._ends:
                    self._fresh_wake.wait()
                callbacks, self._fresh = self._fresh, []
                lost, self._lost = self._lost, []
            if not callbacks:
                return
            try:
                n = self._store.last()
                self._catch_up(n)
            except LogUnavailable as error:
                self._goes_down(error, [])
                for tell in lost:
                    tell(error)
            except StateError as error:
                self._broke(error)
                return
            else:
                for then in callbacks:
                    then(n)
