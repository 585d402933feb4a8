"""A server's worlds, calls and controls where a log is kept: as ``_serve`` asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._errors import ApiError, NoSuchRecord, WorldTaken
from .._fake import FakeScale
from .._log.command import Base, StateError
from .._serve.executor import Executor as InMemory
from .._serve.executor import failed
from .._serve.limits import refusal
from .._world.act import INTERRUPTS
from .._world.labelers import Labelers
from .._worlds.worlds import DEFAULT, TTL_S, HostedWorld, Worlds
from .executor import unavailable
from .making import Made, ended_to_bytes, forked_to_bytes, made_to_bytes, speed_to_bytes

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Mapping

    from .._control_plane.operation import ControlOperation
    from .._http.values import Reply, Request
    from .._worlds.worlds import Caller
    from .executor import Executor

KEPT_ALIVE: Final = 0.75
"""Which part of its time to live a world may have left before a read is told to the others."""


class LoggedWorlds(Worlds):
    """The worlds of a server that keeps a log: those that the log has made.

    Args:
        executor: applies the log; opened.
        prepare: gives each fake what it has of the server.
    """

    def __init__(self, executor: Executor, prepare: Callable[[FakeScale], None]) -> None:
        self._executor = executor
        super().__init__(executor.worlds[DEFAULT].fake, FakeScale, prepare)
        self.sync()
        executor.tell(self)

    def sync(self) -> None:
        """Have the worlds that the log has made by now, and no others."""
        logged = self._executor.worlds
        for name in [name for name in self._by_name if name not in logged]:
            del self._by_name[name]
        for name, world in logged.items():
            hosted = self._by_name.get(name)
            if hosted is None or hosted.fake is not world.fake:
                self._prepare(world.fake)
                hosted = HostedWorld(name, world.fake, world.ttl)
                self._by_name[name] = hosted
            hosted._speed = world.speed
        self.default = self._by_name[DEFAULT]

    def sweep(self) -> None:
        """End no world: whoever has the lead does, for all servers."""

    def find(self, name: str) -> HostedWorld | None:
        """The world of this name, which lives on from now; ``None`` where there is none."""
        world = self._by_name.get(name)
        if world is None:
            return None
        left = world.lifetime.left
        if left is not None and left < KEPT_ALIVE * (world.lifetime.seconds or 0.0):
            self._executor.keep_alive(name)
        world.lifetime.touch()
        return world

    def expired(self) -> list[str]:
        """The names of the worlds whose time to live is over, as far as this server knows."""
        return [name for name, world in list(self._by_name.items()) if world.lifetime.is_over]

    def touch(self, name: str) -> None:
        """A world was acted on, by whatever server."""
        world = self._by_name.get(name)
        if world is not None:
            world.lifetime.touch()


class Logged(InMemory):
    """Carries out calls and controls by way of the log.

    Args:
        executor: keeps it.
        worlds: of this server.
    """

    def __init__(self, executor: Executor, worlds: LoggedWorlds) -> None:
        super().__init__(may_fork=True)
        self._executor = executor
        self._worlds = worlds

    def run_in(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin, in the server's loop."""
        self._executor.run_in(loop)

    def begin(self, world: HostedWorld, request: Request) -> Reply | Awaitable[Reply]:
        """Answer a call at once, or say what is to be awaited for its reply."""
        try:
            reply = self._executor.look_at_once(world.name, request)
        except INTERRUPTS:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            return failed(error)
        return self._called(world, request) if reply is None else reply

    async def _called(self, world: HostedWorld, request: Request) -> Reply:
        try:
            return await self._executor.call(world.name, request)
        except INTERRUPTS:
            raise
        except NoSuchRecord as error:  # the world has ended meanwhile
            return refusal(ApiError(404, str(error)))
        except StateError:
            return unavailable()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            return failed(error)

    async def control(
        self, caller: Caller, operation: ControlOperation, arguments: Mapping[str, Any]
    ) -> Any:
        """Do a control in a world, or, where it is the server's, on all of them."""
        if not operation.of_server:
            return await self._executor.control(caller.world.name, operation, arguments)
        read_arguments = operation.read(arguments)
        acts: dict[str, Callable[..., Awaitable[Any]]] = {
            "worlds.create": self._create,
            "worlds.delete": self._delete,
            "fork": self._fork,
            "clock.speed": self._speed,
        }
        act = acts.get(operation.name)
        if act is None:
            return operation.perform(caller, arguments)
        return await act(caller, **read_arguments)

    async def _create(
        self,
        caller: Caller,
        name: str | None = None,
        ttl: float | None = None,
        speed: float = 0.0,
        projects: list[Any] | None = None,
        labelers: dict[str, Any] | None = None,
        **arguments: Any,
    ) -> Any:
        self._worlds._check(name, ttl)
        if labelers is not None:
            arguments["labelers"] = Labelers(**labelers)
        fake = FakeScale(**arguments)
        pairs = [tuple(entry) if isinstance(entry, list) else entry for entry in projects or ()]
        if pairs:
            fake.add_projects(pairs)  # refuses what is wrong with them
        _check_speed(speed)
        made = Made(
            fake._settled,
            tuple((p, "imageannotation") if isinstance(p, str) else p for p in pairs),
            speed,
            TTL_S if ttl is None else ttl,
        )
        base = Base(speed, fake._settled.start)
        return await self._add(caller, name, made_to_bytes(made), base)

    async def _fork(self, caller: Caller, name: str | None = None, ttl: float | None = None) -> Any:
        self._worlds._check(name, ttl)
        world = caller.world
        body = forked_to_bytes(world.name, TTL_S if ttl is None else ttl)
        return await self._add(caller, name, body, Base(0.0, world.fake.clock.ms))

    async def _add(self, caller: Caller, name: str | None, body: bytes, base: Base) -> Any:
        while True:
            chosen = name or self._executor.free_name()
            try:
                await self._executor.make(chosen, body, base)
            except WorldTaken:
                if name is not None:
                    raise
            else:
                return self._worlds.get(chosen).shown(caller.origin)

    async def _delete(self, caller: Caller, name: str) -> Any:
        del caller
        if name == DEFAULT:
            raise ValueError("the world 'default' answers at the root and is never ended; reset it")
        self._worlds.get(name)
        await self._executor.make(name, ended_to_bytes(), None, ends=True)
        return {}

    async def _speed(self, caller: Caller, speed: float | None = None) -> Any:
        name = caller.world.name
        if speed is not None:
            _check_speed(speed)
            await self._executor.make(name, speed_to_bytes(speed), Base(speed))
        return {"speed": self._worlds.get(name).speed}


def _check_speed(speed: float) -> None:
    if not 0 <= speed <= 1e9:
        raise ValueError(
            f"speed={speed:g}: give how many virtual seconds pass in a real one: 1, 3600, "
            "or 0 for none"
        )
