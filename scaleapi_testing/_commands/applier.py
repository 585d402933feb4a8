"""Applies commands in an event loop, a little at a time, each world's in their order.

Commands of one world wait for each other; worlds do not. What takes long is done in a thread, or in
slices between which the loop answers others.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from .._errors import NoSuchRecord
from .._http.auth import key_of
from .._http.values import Reply
from .._serve.answers import encoded
from .._serve.executor import aside
from .._time.turns import taking_turns
from .apply import Done, Refused, act, approach
from .codec import CONTROL, WORLD, worlds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .._fake import FakeScale
    from .._log.command import Command
    from .._state.account import KeyDigest
    from .apply import Control, Outcome

SLICE_S: Final = 0.002
"""How long the loop is kept from everything else, if what is done can be divided."""


KEYS_KNOWN: Final = 1_000
"""Headers of which it is remembered what is kept of their keys, in memory alone."""

MOST_PUT_OFF: Final = 10_000
"""For how many commands a checkpoint waits until no world is busy."""

AGAIN_S: Final = 0.001
"""After how long a world is tried again whose lock a page or a report had."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A command was not applied.

    Attributes:
        error: why.
    """

    error: BaseException


class Making(Protocol):
    """A world that is made and lacks its state, which takes a while to copy."""

    @property
    def source(self) -> LoggedWorld:
        """The world that is copied."""
        ...

    @property
    def copy(self) -> LoggedWorld:
        """The new one."""
        ...

    def do(self) -> Outcome:
        """Copy, while nobody else has either."""
        ...


@dataclass(frozen=True, slots=True)
class _Barrier:
    """What is done between two commands.

    Attributes:
        do: does it, in the loop.
        worlds: the names of those in which nothing may be under way; ``None`` for all.
    """

    do: Callable[[], None]
    worlds: frozenset[str] | None = None


Waiter: TypeAlias = "Callable[[Outcome | Failed], None]"
"""Is told, in the loop, what came of a command."""

Entry: TypeAlias = "tuple[Command, Waiter | None]"


@dataclass(slots=True, eq=False)
class LoggedWorld:
    """A world whose state a log makes.

    Attributes:
        name: its own.
        fake: who answers, never activated.
        speed: virtual seconds for each real one.
        ttl: real seconds without a call that end it; ``None`` for never.
        commands: what is to be applied, in order.
        is_busy: whether a thread has it.
        reads: who waits until it has nothing to apply up to a certain number.
    """

    name: str
    fake: FakeScale
    speed: float = 0.0
    ttl: float | None = None
    commands: deque[Entry] = field(default_factory=deque["Entry"])
    is_busy: bool = False
    is_ready: bool = False
    reads: list[tuple[int, asyncio.Future[None]]] = field(
        default_factory=list["tuple[int, asyncio.Future[None]]"]
    )
    idle: list[asyncio.Future[None]] = field(default_factory=list["asyncio.Future[None]"])
    _keys: dict[str, KeyDigest | None] = field(
        default_factory=dict["str", "KeyDigest | None"], repr=False
    )

    def key_of(self, authorization: str | None) -> KeyDigest | None:
        """What is kept of the key in an ``Authorization`` header; ``None`` where there is none."""
        if authorization is None:
            return None
        keys = self._keys
        if authorization not in keys:
            if len(keys) >= KEYS_KNOWN:
                keys.clear()
            key = key_of(authorization)
            keys[authorization] = None if key is None else self.fake._world.store.hidden(key)
        return keys[authorization]


class Applier:
    """The worlds of one server that keeps a log, and what is to be applied to them.

    All but ``apply_now`` is called in the loop's thread.

    Args:
        controls: the controls that there are, by name.
        of_worlds: applies a command that makes or ends worlds.
        applied: is told of each world to which something was applied.
    """

    def __init__(
        self,
        controls: Mapping[str, Control],
        of_worlds: Callable[[Command], Outcome | Making],
        applied: Callable[[LoggedWorld, Command], None] = lambda _, __: None,
    ) -> None:
        self.worlds: dict[str, LoggedWorld] = {}
        self.taken = 0
        self.count = 0
        self.bytes = 0
        self._controls = controls
        self._of_worlds = of_worlds
        self._applied = applied
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready: deque[LoggedWorld] = deque()
        self._is_scheduled = False
        self._later: deque[Entry] = deque()
        self._held: set[str] = set()
        self._barriers: deque[_Barrier] = deque()
        # What waits for a moment at which nothing that takes long is under way.
        self._wanted: deque[Callable[[], None]] = deque()
        self._wanted_since = 0
        self._fresh: list[tuple[int, str, asyncio.Future[None]]] = []

    def run_in(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Apply in this loop from now on; in none any more."""
        self._loop = loop

    def apply_now(self, command: Command) -> None:
        """Apply a command at once, before there is a loop."""
        self._count(command)
        self._apply(command)

    def _apply(self, command: Command) -> None:
        if command.kind == WORLD:
            outcome = self._of_worlds(command)
            if isinstance(outcome, (Reply, Done, Refused)) or outcome is None:
                return
            outcome.do()
            return
        world = self.worlds.get(command.world)
        if world is not None:
            while approach(world.fake, command):
                pass
            act(world.fake, command, self._controls)

    def finish_now(self) -> bool:
        """Apply what is left, when the loop has ended; false where a thread is in the middle."""
        if any(world.is_busy for world in self.worlds.values()):
            return False
        left = [entry for world in self.worlds.values() for entry in world.commands]
        left.sort(key=lambda entry: entry[0].n)
        later, self._later = self._later, deque()
        self._barriers.clear()
        self._wanted.clear()
        for world in self.worlds.values():
            world.commands.clear()
        for command, _ in left:
            self._apply(command)
        for command, _ in later:
            self.apply_now(command)
        return True

    def take(self, entries: Iterable[Entry]) -> None:
        """Apply these after what was taken before."""
        for entry in entries:
            self._route(entry)
        self._schedule()

    def between(self, do: Callable[[], None], *, can_wait: bool = False) -> None:
        """Do something when all that was taken is applied, before what is taken later.

        Args:
            do: is called in the loop.
            can_wait: not while a thread is busy with a world, so that the other worlds need not
                wait for that one; at the latest ``MOST_PUT_OFF`` commands later.
        """
        if can_wait:
            self._wanted_since = self._wanted_since if self._wanted else self.taken
            self._wanted.append(do)
        else:
            self._bar(_Barrier(do))
        self._schedule()

    def read_at(self, n: int, world: str, ready: asyncio.Future[None]) -> None:
        """Say when all that this world has to apply up to command ``n`` is applied."""
        entry = (n, world, ready)
        if self._is_held(world) and any(c.n <= n and c.world == world for c, _ in self._later):
            self._fresh.append(entry)
        else:
            self._wait_for(entry)

    async def idle(self, world: LoggedWorld) -> None:
        """Return when no thread has this world."""
        while world.is_busy:
            ready = asyncio.get_running_loop().create_future()
            world.idle.append(ready)
            await ready

    async def aside(self, world: LoggedWorld, work: Callable[[], Any]) -> Any:
        """The result of ``work``, done in a thread while nothing else is done to this world."""
        await self.idle(world)
        world.is_busy = True
        return await aside(work, then=lambda: self._release(world))

    # -- in order -----------------------------------------------------------------------------

    def _count(self, command: Command) -> None:
        self.taken = max(self.taken, command.n)
        self.count += 1
        self.bytes += len(command.body)

    def _route(self, entry: Entry) -> None:
        command, waiter = entry
        if self._is_held(command.world) or (self._barriers and command.kind == WORLD):
            self._later.append(entry)
            if command.kind == WORLD:
                self._held |= worlds_of(command)
            return
        if command.kind == WORLD:
            self._later.append(entry)
            barrier = _Barrier(self._make_or_end, worlds_of(command))
            if self._is_passable(barrier):
                barrier.do()
            else:
                self._bar(barrier)
            return
        self._count(command)
        world = self.worlds.get(command.world)
        if world is None:
            if waiter is not None:
                waiter(Failed(NoSuchRecord(f"the world {command.world!r} has ended")))
            return
        world.commands.append(entry)
        self._list(world)

    def _make_or_end(self) -> None:
        command, waiter = self._later.popleft()
        self._count(command)
        outcome: Outcome | Failed | Making
        try:
            outcome = self._of_worlds(command)
        except Exception as error:  # noqa: BLE001 - the same on every server: the log goes on
            outcome = Failed(error)
        if isinstance(outcome, (Reply, Done, Refused, Failed)) or outcome is None:
            if waiter is not None:
                waiter(outcome)
        else:
            self._make_in_a_thread(outcome, waiter)

    def _make_in_a_thread(self, making: Making, waiter: Waiter | None) -> None:
        loop = self._loop
        assert loop is not None
        making.source.is_busy = making.copy.is_busy = True

        def end(outcome: Outcome | Failed) -> None:
            if waiter is not None:
                waiter(outcome)
            self._release(making.source)
            self._release(making.copy)

        def run() -> None:
            outcome: Outcome | Failed
            try:
                with taking_turns(loop):
                    outcome = making.do()
            except Exception as error:  # noqa: BLE001 - the same on every server: the log goes on
                outcome = Failed(error)
            loop.call_soon_threadsafe(end, outcome)

        threading.Thread(target=run, name="scale-server-fork", daemon=True).start()

    def _list(self, world: LoggedWorld) -> None:
        if not world.is_ready and not world.is_busy and world.commands:
            world.is_ready = True
            self._ready.append(world)

    def _schedule(self) -> None:
        if not self._is_scheduled and self._loop is not None:
            self._is_scheduled = True
            self._loop.call_soon(self._pump)

    def _pump(self) -> None:
        assert self._loop is not None
        self._is_scheduled = False
        end = self._loop.time() + SLICE_S
        while self._ready:
            world = self._ready.popleft()
            world.is_ready = False
            if not world.is_busy:
                self._work_alone(world, end)
            if self._loop.time() >= end:
                break
        if self._ready:
            self._schedule()
        elif self._barriers:
            if self._is_passable(self._barriers[0]):
                self._pass_a_barrier()
        elif self._wanted and self._may_want():
            self._bar(_Barrier(self._wanted.popleft()))
            self._wanted_since = self.taken
            self._schedule()

    def _bar(self, barrier: _Barrier) -> None:
        self._barriers.append(barrier)
        self._held |= barrier.worlds or frozenset()

    def _is_held(self, world: str) -> bool:
        """Whether what comes for a world waits for a barrier."""
        barriers = self._barriers
        return bool(barriers) and (
            world in self._held or any(barrier.worlds is None for barrier in barriers)
        )

    def _is_passable(self, barrier: _Barrier) -> bool:
        worlds = self.worlds
        needed = worlds if barrier.worlds is None else barrier.worlds & worlds.keys()
        return not any(worlds[name].is_busy or worlds[name].commands for name in needed)

    def _may_want(self) -> bool:
        """Whether a barrier now would soon be passed, or was put off for long enough."""
        if self.taken - self._wanted_since >= MOST_PUT_OFF:
            return True
        return not any(
            world.is_busy or any(command.kind == CONTROL for command, _ in world.commands)
            for world in self.worlds.values()
        )

    def _pass_a_barrier(self) -> None:
        self._barriers.popleft().do()
        later, self._later = self._later, deque()
        self._held = {name for barrier in self._barriers for name in barrier.worlds or ()}
        for entry in later:
            self._route(entry)
        fresh, self._fresh = self._fresh, []
        for n, name, ready in fresh:
            self.read_at(n, name, ready)
        self._schedule()

    def _work_alone(self, world: LoggedWorld, end: float) -> None:
        """Work under the world's lock, or later where somebody who only looks has it."""
        assert self._loop is not None
        lock = world.fake._world.lock
        if not lock.acquire(blocking=False):
            world.is_busy = True
            self._loop.call_later(AGAIN_S, self._release, world)
            return
        try:
            self._work(world, end)
        finally:
            lock.release()
        self._list(world)

    def _work(self, world: LoggedWorld, end: float) -> None:
        """Apply what this world has to apply, until the slice ends or a thread takes over."""
        assert self._loop is not None
        fake = world.fake
        while world.commands:
            command, waiter = world.commands[0]
            while approach(fake, command):
                if self._loop.time() >= end:
                    return
            if command.kind == CONTROL:
                self._in_a_thread(world, command, waiter)
                return
            outcome = self._acted(world, command)
            world.commands.popleft()
            self._done(world, command, waiter, outcome)
            if self._loop.time() >= end:
                return

    def _acted(self, world: LoggedWorld, command: Command) -> Outcome | Failed:
        try:
            return act(world.fake, command, self._controls)
        except Exception as error:  # noqa: BLE001 - the same on every server: the log goes on
            return Failed(error)

    def _in_a_thread(self, world: LoggedWorld, command: Command, waiter: Waiter | None) -> None:
        loop = self._loop
        assert loop is not None
        world.is_busy = True

        def end(outcome: Outcome | Failed) -> None:
            world.commands.popleft()
            self._done(world, command, waiter, outcome)
            self._release(world)

        def run() -> None:
            with taking_turns(loop):
                outcome = self._acted(world, command)
                if isinstance(outcome, Done):
                    outcome = Done(encoded(outcome.answer))
            loop.call_soon_threadsafe(end, outcome)

        threading.Thread(target=run, name="scale-server-control", daemon=True).start()

    def _done(
        self,
        world: LoggedWorld,
        command: Command,
        waiter: Waiter | None,
        outcome: Outcome | Failed,
    ) -> None:
        if waiter is not None:
            waiter(outcome)
        if world.reads:
            self._answer_reads(world)
        self._applied(world, command)

    def _release(self, world: LoggedWorld) -> None:
        world.is_busy = False
        waiting, world.idle = world.idle, []
        for ready in waiting:
            if not ready.done():
                ready.set_result(None)
        self._list(world)
        self._schedule()

    # -- reads --------------------------------------------------------------------------------

    def _wait_for(self, entry: tuple[int, str, asyncio.Future[None]]) -> None:
        n, name, ready = entry
        world = self.worlds.get(name)
        if world is not None and world.commands and world.commands[0][0].n <= n:
            world.reads.append((n, ready))
        elif not ready.done():
            ready.set_result(None)

    @staticmethod
    def _answer_reads(world: LoggedWorld) -> None:
        next_n = world.commands[0][0].n if world.commands else None
        waiting, world.reads = world.reads, []
        for n, ready in waiting:
            if next_n is not None and next_n <= n:
                world.reads.append((n, ready))
            elif not ready.done():
                ready.set_result(None)
