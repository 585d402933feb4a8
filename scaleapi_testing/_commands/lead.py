"""What one server does for all that share a log: time that passes, callbacks, checkpoints."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from .._callbacks.targets import CallbackRequest
from .._log.command import LogUnavailable, Pending, StateError
from .codec import CLOCK, CONTROL, WORLD
from .courier import Courier
from .making import ended_to_bytes

if TYPE_CHECKING:
    from .._callbacks.delivery import Expected
    from .._callbacks.targets import TargetAnswer
    from .._log.command import Command, LogStore
    from .applier import Failed, LoggedWorld, Waiter
    from .apply import Outcome
    from .codec import AttemptCommand
    from .executor import Executor

ASK_S: Final = 1.0
"""Real seconds after which the lead is asked for again."""

SHORTEST_S: Final = 0.002
LOCK_S: Final = 0.2
"""Real seconds that a world which is busy is waited for."""


class Lead:
    """Does what the server with the lead does, while this one has it.

    Args:
        store: says who has the lead, and what time it is in each world.
        executor: whose worlds they are.
    """

    def __init__(self, store: LogStore, executor: Executor) -> None:
        self._store = store
        self._executor = executor
        self._courier = Courier(self._send, self._report, self._look_again)
        self._term: int | None = None
        self._ends = False
        self._wake = threading.Event()
        # Of each world: when the next event is looked for, and which attempts were seen.
        self._armed: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        self._clocked: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="scale-lead", daemon=True)
        self._saver: threading.Thread | None = None

    @property
    def term(self) -> int | None:
        """The term of this server's lead; ``None`` while another one has it."""
        return self._term

    def start(self) -> None:
        """Ask for the lead from now on."""
        self._thread.start()

    def end(self) -> None:
        """Do nothing any more."""
        self._ends = True
        self._wake.set()
        self._courier.stop()
        self._thread.join(ASK_S + 5)
        if self._saver is not None:
            self._saver.join(60.0)

    def note_applied(self, world: LoggedWorld, command: Command) -> None:
        """Something was applied to a world; in the loop's thread."""
        if self._term is None:
            return
        callbacks = world.fake._world.callbacks
        if command.kind == CONTROL:
            self._seen.pop(world.name, None)  # a state may have been put back
        if callbacks.expected:
            self._collect(world)
        if world.speed:
            planned = world.fake._world.timeline.peek()
            armed = self._armed.get(world.name)
            if planned is not None and (armed is None or planned.when_ms < armed):
                self._wake.set()

    # -- the lead's thread --------------------------------------------------------------------

    def _run(self) -> None:
        while not self._ends:
            self._wake.clear()
            wait_s = ASK_S
            try:
                term = self._store.lead()
                if term != self._term:
                    self._change(term)
                if term is not None:
                    wait_s = self._tick(term)
            except LogUnavailable:
                self._change(None)
            except StateError as error:
                self._executor.give_up(error)
                return
            self._wake.wait(wait_s)

    def _change(self, term: int | None) -> None:
        self._term = term
        self._clocked.clear()
        if term is None:
            self._courier.drop_all()
            return
        self._executor.in_loop(self._collect_all)

    def _tick(self, term: int) -> float:
        """Let time pass where something is due; returns the seconds until it is to be asked."""
        wait_s = ASK_S
        times = self._store.times()
        for name, world in list(self._executor.worlds.items()):
            if not world.speed or name not in times or name in self._clocked:
                continue
            due_ms = self._next_ms(world)
            if due_ms is None:
                continue
            left_s = (due_ms - times[name]) / 1000 / world.speed
            if left_s <= 0:
                self._let_pass(name, term)
            else:
                wait_s = min(wait_s, left_s)
        for name in self._executor.expired():
            self._end_world(name, term)
        if self._saver is None and self._executor.wants_checkpoint():
            self._saver = threading.Thread(
                target=self._save, args=(term,), name="scale-checkpoint", daemon=True
            )
            self._saver.start()
        return max(wait_s, SHORTEST_S)

    def _next_ms(self, world: LoggedWorld) -> int | None:
        """When the next event of a world is due, on the log's time; ``None`` for none or busy."""
        lock = world.fake._world.lock
        if not lock.acquire(timeout=LOCK_S):
            return None
        try:
            planned = world.fake._world.timeline.peek()
            if planned is None:
                self._armed.pop(world.name, None)
                return None
            self._armed[world.name] = planned.when_ms
            return planned.when_ms - world.fake.clock.ahead_ms
        finally:
            lock.release()

    def _let_pass(self, name: str, term: int) -> None:
        self._clocked.add(name)

        def told(_: Outcome | Failed) -> None:
            self._clocked.discard(name)
            self._wake.set()

        try:
            self._executor.submit(Pending(name, CLOCK, b""), told, term)
        except LogUnavailable:
            self._clocked.discard(name)

    def _end_world(self, name: str, term: int) -> None:
        if name not in self._clocked:
            self._clocked.add(name)
            with suppress(LogUnavailable):
                pending = Pending(name, WORLD, ended_to_bytes(), ends=True)
                self._executor.submit(pending, lambda _: self._clocked.discard(name), term)

    def _save(self, term: int) -> None:
        try:
            self._executor.checkpoint_from_a_thread(term)
        except StateError:
            pass  # the log is whole without it, and the next one is tried
        finally:
            self._saver = None

    # -- callbacks ----------------------------------------------------------------------------

    def _collect_all(self) -> None:
        self._seen.clear()
        for world in self._executor.worlds.values():
            self._collect(world)

    def _collect(self, world: LoggedWorld) -> None:
        """Give the courier the attempts that it does not know yet; in the loop's thread."""
        seen = self._seen.get(world.name, 0)
        fresh: list[Expected] = []
        expected = world.fake._world.callbacks.expected
        for number in reversed(expected):
            if number <= seen:
                break
            fresh.append(expected[number])
        if fresh:
            self._seen[world.name] = fresh[0].number
            self._courier.take(world.name, reversed(fresh))

    def _look_again(self, world: str) -> None:
        self._seen.pop(world, None)

    def _send(self, world: str, expected: Expected) -> TargetAnswer:
        target = self._executor.target_of(world)(expected.url)
        return target(CallbackRequest.of(expected.url, expected.headers, expected.body))

    def _report(self, world: str, attempt: AttemptCommand, waiter: Waiter) -> None:
        term = self._term
        if term is None:
            raise LogUnavailable("another server has the lead")
        self._executor.report(world, attempt, waiter, term)
