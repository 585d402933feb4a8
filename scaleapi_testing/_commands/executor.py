"""What a server that keeps a log does with every call and control: log first, then apply, answer.

So whatever anybody can see is durable, and what is done live is what a replay does. What changes
nothing is answered from memory.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from .._app import READING, error_reply
from .._control_plane.table import controls
from .._errors import ApiError, NoSuchRecord
from .._http.values import Reply
from .._log.command import Base, Behind, LogUnavailable, Pending, StateError
from .._serve.apart import CAN_FORK, LARGE, performed, rows_apart
from .._state.account import digest_of
from .applier import Applier, Failed
from .apply import Done, Refused
from .checkpoint import Server, read, rows
from .codec import (
    ATTEMPT,
    CALL,
    CLOCK,
    CONTROL,
    WORLD,
    attempt_to_bytes,
    call_to_bytes,
    control_to_bytes,
    hide_keys,
    shown_keys,
    without_secrets,
)
from .lead import Lead
from .making import Copying, Made, Makings, keys_to_bytes, made_to_bytes, speed_to_bytes
from .versions import versions
from .writer import MOST_READ, Writer

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from .._callbacks.targets import Target
    from .._control_plane.operation import ControlOperation
    from .._http.values import Request
    from .._log.command import Command, LogStore
    from .applier import Entry, LoggedWorld, Waiter
    from .apply import Outcome
    from .codec import AttemptCommand

DEFAULT: Final = "default"
"""The world that answers at the root."""

RETRY_AFTER_S: Final = 1
"""What a server that cannot reach its log tells clients to wait."""

CHECKPOINT_COMMANDS: Final = 50_000
CHECKPOINT_BYTES: Final = 64 * 1024 * 1024
"""After how many commands, or bytes of them, a checkpoint is written."""


class ToldOfWorlds(Protocol):
    """Knows the worlds of a server by name, and how long each was left alone."""

    def sync(self) -> None:
        """Worlds were made or ended; called in the loop."""
        ...

    def touch(self, name: str) -> None:
        """Something was applied to a world, by whatever server; called in the loop."""
        ...

    def expired(self) -> list[str]:
        """The names of those that were left alone for too long."""
        ...


class Executor:
    """The worlds of one server that keeps a log.

    Args:
        store: keeps the log.
        make_default: says what the first world is made of, where there is no state yet.
        is_shared: whether other servers may write to the same log.
        reads_fresh: whether a read first catches up with what was committed when it came.
        target: takes callbacks that no control sent elsewhere.
        broke: is told, once, that the log can be used no more.
    """

    def __init__(
        self,
        store: LogStore,
        make_default: Callable[[], Made],
        *,
        is_shared: bool = False,
        reads_fresh: bool = False,
        target: Target,
        broke: Callable[[StateError], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._make_default = make_default
        self._reads_fresh = reads_fresh
        self._target = target
        self._tell_broken = broke
        self._controls = controls()
        self._applier = Applier(self._controls, self._apply_making, self._note_applied)
        self._makings = Makings(self._applier.worlds)
        self._writer = Writer(
            store,
            self._hand_over,
            self._settle_later,
            self._fall_behind,
            self.give_up,
            is_shared=is_shared,
        )
        self._lead = Lead(store, self)
        # Filled by the writer's thread and emptied in the loop: a deque needs no lock for that.
        self._inbox: deque[list[Entry]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        # The lead's thread and a control may both write one.
        self._checkpoint_lock = threading.Lock()
        self._is_broken = False
        self._told: ToldOfWorlds | None = None

    # -- from the start to the end ------------------------------------------------------------

    def open(self) -> None:
        """Take the state up: the newest checkpoint and all that was logged since.

        Raises:
            StateError: it cannot be used.
        """
        self._store.open(versions())
        n = self._load_checkpoint()
        while True:
            n = self._replay(n)
            # Of a state that is new, or whose beginning another server writes at this moment.
            if DEFAULT in self._applier.worlds:
                break
            if n:
                raise StateError("the log does not begin with the world that answers at the root")
            fresh = self._make_default()
            pending = Pending(DEFAULT, WORLD, made_to_bytes(fresh), base=_base_of(fresh))
            # Another server may do the same at the same time: the log has one beginning.
            self._store.append([pending], after=0)
        self._writer.fetched = n

    def settle(self, speed: float | None, keys: Iterable[str] | None) -> None:
        """Say how fast the first world's time runs and which keys it lets in; before ``run_in``.

        Args:
            speed: virtual seconds for each real one; ``None`` leaves it as it is.
            keys: API keys; likewise.

        Raises:
            LogUnavailable: the log cannot be reached.
        """
        world = self.worlds[DEFAULT]
        pending: list[Pending] = []
        if speed is not None and speed != world.speed:
            pending.append(Pending(DEFAULT, WORLD, speed_to_bytes(speed), base=Base(speed)))
        if keys is not None:
            digests = sorted(map(digest_of, keys))
            # Only what differs: starting a server anew must not lengthen the log.
            if frozenset(digests) != world.fake._settled.keys:
                pending.append(Pending(DEFAULT, WORLD, keys_to_bytes(digests)))
        if pending:
            self._store.append(pending)
            self._writer.fetched = self._replay(self._writer.fetched)

    def checkpoint_now(self) -> None:
        """Write a checkpoint; before ``run_in``."""
        self._save(self._applier.taken, rows(self._server(), self._worlds()))
        # Counted from here, so that the next one is not due at once.
        self._applier.count = self._applier.bytes = 0

    def run_in(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answer in this loop from now on; called once, in its thread."""
        self._loop = loop
        self._applier.run_in(loop)
        self._writer.start()
        self._lead.start()

    def close(self) -> None:
        """Write what waits, and a checkpoint if this server has the lead; let go of the state.

        Called when the loop has ended, or was never there.

        Raises:
            StateError: the checkpoint could not be written; the log holds everything.
        """
        # Read before the lead is ended, which forgets its term.
        has_run, term = self._loop is not None, self._lead.term
        if has_run:
            self._lead.end()
            self._writer.end()
        self._loop = None
        # Nothing can be awaited any more: what is left is applied here and now.
        self._applier.run_in(None)
        while self._inbox:
            self._applier.take(self._inbox.popleft())
        # Else its state may lack what another server appended.
        is_whole = has_run and not self._is_broken and self._writer.down is None
        try:
            if is_whole and term is not None and self._applier.finish_now() and self._applier.count:
                self._save(self._applier.taken, rows(self._server(), self._worlds()), term)
        # Whatever the checkpoint came to: connections and locks must not outlive the server.
        finally:
            self._store.close()

    @property
    def worlds(self) -> Mapping[str, LoggedWorld]:
        """The worlds by name, oldest first."""
        return self._applier.worlds

    def tell(self, worlds: ToldOfWorlds) -> None:
        """Tell this of worlds from now on."""
        self._told = worlds

    @property
    def options(self) -> dict[str, Any]:
        """What the server that made this state was asked for."""
        return self._makings.options

    @property
    def lag(self) -> int:
        """How many commands are known and not applied yet."""
        waiting = sum(len(world.commands) for world in self._applier.worlds.values())
        return waiting + max(self._writer.fetched - self._applier.taken, 0)

    # -- calls and controls -------------------------------------------------------------------

    async def call(self, name: str, request: Request) -> Reply:
        """Answer a call of the API.

        Raises:
            NoSuchRecord: there is no such world.
        """
        authorization = request.headers.get("authorization")
        caught_up = not self._reads_fresh
        # The same call is judged anew after catching up: what came meanwhile may make it a change.
        while True:
            world = await self._world(name)
            app = world.fake.app
            key = world.key_of(authorization)
            if app.changes(request, key):
                break
            if caught_up:
                lock = world.fake._world.lock
                # Much to look through, or a page or a report has the lock.
                if app.is_long(request) or not lock.acquire(blocking=False):
                    look = partial(app.look, request, key)
                    reply: Reply = await self._applier.aside(world, look)
                    return reply
                try:
                    return app.look(request, key)
                finally:
                    lock.release()
            try:
                await self._catch_up(name)
            except LogUnavailable:
                return unavailable()
            caught_up = True
        # Without the key: what is logged outlives it.
        body = call_to_bytes(without_secrets(request), key)
        try:
            outcome = await self._logged(Pending(name, CALL, body))
        except LogUnavailable:
            return unavailable()
        assert isinstance(outcome, Reply)  # of a call nothing else comes
        return outcome

    def look_at_once(self, name: str, request: Request) -> Reply | None:
        """Answer a call of the API that changes nothing, in a thread that must not wait.

        Returns:
            The reply; ``None`` where the call changes something or has to wait: then nothing was
            done, and ``call`` answers it.
        """
        world = self._applier.worlds.get(name)
        if self._reads_fresh or request.method not in READING or world is None or world.is_busy:
            return None
        app, lock = world.fake.app, world.fake._world.lock
        key = world.key_of(request.headers.get("authorization"))
        if (
            app.changes(request, key)
            or app.is_long(request)
            # A page or a report has it.
            or not lock.acquire(blocking=False)
        ):
            return None
        try:
            return app.look(request, key)
        finally:
            lock.release()

    async def control(
        self, name: str, operation: ControlOperation, arguments: Mapping[str, Any]
    ) -> Any:
        """The answer of a control, as the bytes of its JSON.

        Raises:
            LogUnavailable: the log cannot be reached.
            NoSuchRecord: there is no such world.
            Exception: what the control raises.
        """
        world = await self._world(name)
        # An account may also be named by its id, which stays as it is.
        hide = world.fake._world.store.hidden_or_id
        if operation.changes:
            operation.read(shown_keys(hide_keys(arguments, hide)))  # refused before it is logged
            body = control_to_bytes(operation.name, arguments, hide)
            return await self._answer(Pending(name, CONTROL, body))
        if self._reads_fresh:
            await self._catch_up(name)
            world = await self._world(name)
        kept_arguments = shown_keys(hide_keys(arguments, hide))
        return await self._applier.aside(
            world, partial(performed, operation, world.fake, kept_arguments)
        )

    async def make(self, name: str, body: bytes, base: Base | None, *, ends: bool = False) -> None:
        """Make a world, end one, or say how fast its time runs.

        Raises:
            LogUnavailable: the log cannot be reached.
            WorldTaken: there is a world of this name.
            NoSuchRecord: there is none.
        """
        await self._answer(Pending(name, WORLD, body, base=base, ends=ends))

    def keep_alive(self, name: str) -> None:
        """Tell all servers that a world is still called."""
        with suppress(LogUnavailable):
            self._writer.submit(Pending(name, CLOCK, b""))

    def free_name(self) -> str:
        """A name for a world that was given none."""
        number = self._makings.made + 1
        # Names that users gave may look the same.
        while f"w{number}" in self._applier.worlds:
            number += 1
        return f"w{number}"

    async def checkpoint(self) -> None:
        """Write a checkpoint now."""
        assert self._loop is not None
        snapshot: asyncio.Future[tuple[int, Iterator[bytes] | StateError]]
        snapshot = self._loop.create_future()
        self._take_state(lambda n, parts: snapshot.set_result((n, parts)))
        n, parts = await snapshot
        # Written in a thread, as it takes as long as its disk.
        await _in_a_thread(self._loop, partial(self._save, n, parts))

    async def _world(self, name: str) -> LoggedWorld:
        world = self._applier.worlds.get(name)
        if world is None:
            raise NoSuchRecord(f"no world {name!r:.60} on this server")
        # Other work has it for now; what comes after waits for its turn.
        while world.is_busy:
            await self._applier.idle(world)
            # It may have been replaced meanwhile; one that has ended still answers who waited for
            # it.
            world = self._applier.worlds.get(name) or world
        return world

    async def _answer(self, pending: Pending) -> Any:
        outcome = await self._logged(pending)
        if isinstance(outcome, Refused):
            raise outcome.error
        return outcome.answer if isinstance(outcome, Done) else None

    async def _logged(self, pending: Pending) -> Outcome:
        assert self._loop is not None
        future: asyncio.Future[Outcome] = self._loop.create_future()
        self._writer.submit(pending, partial(_settle, future))
        return await future

    async def _catch_up(self, name: str) -> None:
        loop = self._loop
        assert loop is not None
        ready: asyncio.Future[None] = loop.create_future()

        def then(n: int) -> None:
            loop.call_soon_threadsafe(self._applier.read_at, n, name, ready)

        def lost(error: LogUnavailable) -> None:
            loop.call_soon_threadsafe(_fail, ready, error)

        self._writer.ask_last(then, lost)
        await ready

    # -- for the lead -------------------------------------------------------------------------

    def submit(self, pending: Pending, waiter: Waiter | None, term: int) -> None:
        """Write a command of the lead's; from any thread.

        Raises:
            LogUnavailable: the log cannot be reached.
        """
        self._writer.submit(pending, waiter, term=term)

    def give_up(self, error: StateError) -> None:
        """The log can be used no more; whoever runs the server is told, once."""
        if not self._is_broken:
            self._is_broken = True
            self._tell_broken(error)

    def expired(self) -> list[str]:
        """The names of the worlds that were left alone for too long."""
        return [] if self._told is None else self._told.expired()

    def report(self, world: str, attempt: AttemptCommand, waiter: Waiter, term: int) -> None:
        """Write what came of an attempt at a callback."""
        self.submit(Pending(world, ATTEMPT, attempt_to_bytes(attempt)), waiter, term)

    def target_of(self, world: str) -> Callable[[str], Target]:
        """Says where callbacks to a URL go."""
        logged = self._applier.worlds.get(world)
        if logged is None:
            return lambda _: self._target
        # The test's own targets first, as in a fake without a log.
        callbacks = logged.fake._world.callbacks
        return lambda url: callbacks._target(url) or self._target

    def in_loop(self, do: Callable[[], None]) -> None:
        """Do something in the loop's thread."""
        loop = self._loop
        if loop is not None:
            try:
                loop.call_soon_threadsafe(do)
            except RuntimeError:
                # Nobody is there to be told any more.
                return  # it has ended

    def wants_checkpoint(self) -> bool:
        """Whether so much was logged since the last one that one is due."""
        applier = self._applier
        return applier.count >= CHECKPOINT_COMMANDS or applier.bytes >= CHECKPOINT_BYTES

    def checkpoint_from_a_thread(self, term: int) -> None:
        """Write a checkpoint; returns when it is written.

        Raises:
            StateError: it could not be.
        """
        done = threading.Event()
        snapshots: list[tuple[int, Iterator[bytes] | StateError]] = []

        def take(n: int, parts: Iterator[bytes] | StateError) -> None:
            snapshots.append((n, parts))
            done.set()

        self.in_loop(lambda: self._take_state(take))
        # In turns, as the loop may end without ever coming to it.
        while not done.wait(1.0):
            if self._loop is None:
                return
        n, parts = snapshots[0]
        self._save(n, parts, term)

    # -- inside -------------------------------------------------------------------------------

    def _worlds(self) -> list[LoggedWorld]:
        return list(self._applier.worlds.values())

    def _server(self) -> Server:
        return Server(self._makings.made, self._makings.options)

    def _take_state(self, then: Callable[[int, Iterator[bytes] | StateError], None]) -> None:
        """Hand the state over as it is between two commands, or why it cannot be."""

        # In the loop and between two commands: a state in the middle of one is none.
        def take() -> None:
            applier = self._applier
            applier.count = applier.bytes = 0
            try:
                parts: Iterator[bytes] | StateError = self._rows()
            except StateError as error:
                parts = error
            then(applier.taken, parts)

        self._applier.between(take, can_wait=True)

    def _rows(self) -> Iterator[bytes]:
        """The state as it is now, in rows that may be asked for in another thread."""
        worlds = self._worlds()
        if CAN_FORK and sum(len(w.fake._world.store.tasks) for w in worlds) > LARGE:
            # Where there is no memory for another process, slowly is better than not at all.
            with suppress(OSError):
                return rows_apart(lambda: rows(self._server(), worlds))
        return rows(self._server(), worlds)

    def _save(self, n: int, parts: Iterator[bytes] | StateError, term: int | None = None) -> None:
        if isinstance(parts, StateError):
            raise parts
        # One at a time: each removes what the one before has replaced.
        with self._checkpoint_lock:
            self._store.save_checkpoint(n, parts, term=term)

    def _load_checkpoint(self) -> int:
        saved = self._store.checkpoint()
        if saved is None:
            return 0
        server, worlds = read(saved.rows)
        self._makings.made, self._makings.options = server.made, server.options
        self._applier.worlds.clear()
        self._applier.worlds.update({world.name: world for world in worlds})
        self._applier.taken = saved.n
        if self._told is not None:
            self._told.sync()
        return saved.n

    def _replay(self, n: int) -> int:
        """Apply what stands in the log by now; what others write meanwhile comes later."""
        # Fixed beforehand, or servers that go on writing would keep this one from starting.
        last = self._store.last()
        while n < last and (commands := self._read(n)):
            for command in commands:
                self._applier.apply_now(command)
            n = commands[-1].n
        return n

    def _read(self, n: int) -> list[Command]:
        try:
            return self._store.read(n, MOST_READ)
        except Behind:  # another server wrote a checkpoint meanwhile
            return self._store.read(self._load_checkpoint(), MOST_READ)

    def _fall_behind(self) -> int:
        """The log was removed further than this server has read it: take the checkpoint up."""
        loaded = threading.Event()
        result: list[int] = []

        def load() -> None:
            result.append(self._load_checkpoint())
            loaded.set()

        # In the loop's thread, whose worlds are replaced by it.
        self.in_loop(lambda: self._applier.between(load))
        while not loaded.wait(1.0):
            if self._loop is None:
                return self._writer.fetched
        return result[0]

    def _apply_making(self, command: Command) -> Outcome | Copying:
        outcome = self._makings.apply(command)
        if self._told is not None:
            self._told.sync()
        return outcome

    def _note_applied(self, world: LoggedWorld, command: Command) -> None:
        if self._told is not None:
            self._told.touch(world.name)
        self._lead.note_applied(world, command)

    def _hand_over(self, entries: list[Entry]) -> None:
        self._inbox.append(entries)
        self.in_loop(self._take_inbox)

    def _take_inbox(self) -> None:
        while self._inbox:
            self._applier.take(self._inbox.popleft())

    def _settle_later(self, waiter: Waiter, failed: Failed) -> None:
        self.in_loop(partial(waiter, failed))


def _settle(future: asyncio.Future[Outcome], outcome: Outcome | Failed) -> None:
    # Whoever awaited it was canceled.
    if future.done():
        return
    if isinstance(outcome, Failed):
        future.set_exception(outcome.error)
    else:
        future.set_result(outcome)


def _fail(future: asyncio.Future[None], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)


def _end(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


async def _in_a_thread(loop: asyncio.AbstractEventLoop, work: Callable[[], None]) -> None:
    done: asyncio.Future[None] = loop.create_future()

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
            loop.call_soon_threadsafe(_fail, done, error)
        else:
            # Back in the loop's thread, to which futures belong.
            loop.call_soon_threadsafe(_end, done)

    # A daemon: a disk that hangs must not keep the process from ending.
    threading.Thread(target=run, name="scale-checkpoint", daemon=True).start()
    await done


def _base_of(made: Made) -> Base:
    return Base(made.speed, made.settled.start)


def unavailable() -> Reply:
    """What is answered while the log cannot be reached."""
    reply = error_reply(
        ApiError(
            503,
            "The fake's state cannot be reached.",
            headers=[("Retry-After", str(RETRY_AFTER_S))],
        )
    )
    reply.headers.append(("Content-Length", str(len(reply.body))))
    return reply
