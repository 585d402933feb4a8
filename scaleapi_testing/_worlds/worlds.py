"""Worlds: fakes of one server, each with its own state, clock, seed, faults and journal."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from .._errors import NoSuchRecord, WorldTaken
from .._messages import did_you_mean
from .._time.lifetime import Lifetime
from .._time.pace import Pace
from .._world.labelers import Labelers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .._fake import FakeScale

DEFAULT: Final = "default"
"""The world that answers at the root; it never ends."""

TTL_S: Final = 24 * 3600.0
"""Real seconds without a call that end a world, unless told otherwise."""

_OF_LABELERS: Final = tuple(field.name for field in fields(Labelers))

_NAME: Final = re.compile(r"[a-z0-9-]{1,40}")


class HostedWorld:
    """One fake under a name.

    Args:
        name: its own.
        fake: who answers; never activated.
        ttl: real seconds without a call that end it; ``None`` for never.
    """

    def __init__(self, name: str, fake: FakeScale, ttl: float | None) -> None:
        self.name = name
        self.fake = fake
        self.lifetime = Lifetime(ttl)
        self.pace: Pace | None = None
        self._speed = 0.0

    @property
    def path(self) -> str:
        """What stands before ``/v1`` in its address."""
        return "" if self.name == DEFAULT else f"/w/{self.name}"

    @property
    def speed(self) -> float:
        """Virtual seconds for each real one."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Let virtual time run beside real time from now on; 0 lets it stand still.

        Raises:
            ValueError: a negative speed, or one above a billion.
        """
        if not 0 <= speed <= 1e9:
            raise ValueError(
                f"speed={speed:g}: give how many virtual seconds pass in a real one: 1, 3600, "
                "or 0 for none"
            )
        if self.pace is not None:
            # What passed until now passed at the speed of before.
            self.pace.catch_up()
            self.pace.end()
            self.pace = None
        self._speed = speed
        if speed:
            world = self.fake._world
            self.pace = Pace(world.clock, world.timeline, world.unraised, world.lock, speed)
            threading.Thread(
                target=self.pace.run, name=f"scale-clock-{self.name}", daemon=True
            ).start()

    def end(self) -> None:
        """Stop its clock; it answers nothing any more."""
        if self.pace is not None:
            self.pace.end()

    def shown(self, origin: str) -> dict[str, Any]:
        """Its addresses and how it is.

        Args:
            origin: how the server was called, e.g. ``http://127.0.0.1:8765``.
        """
        url = origin + self.path
        left = self.lifetime.left
        return {
            "name": self.name,
            "url": url,
            "v1": f"{url}/v1",
            "v2": f"{url}/v2",
            "control": f"{url}/_fake",
            "seed": self.fake.seed,
            "now": self.fake.clock.now().isoformat(),
            "speed": self.speed,
            "ttl": self.lifetime.seconds,
            "expires_in": None if left is None else round(left, 3),
            "tasks": len(self.fake.tasks),
        }


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks for something that belongs to the server.

    Attributes:
        world: the world below whose address it was asked for.
        worlds: all of them.
        origin: how the server was called.
    """

    world: HostedWorld
    worlds: Worlds
    origin: str


class Worlds:
    """The worlds of one server, by name, oldest first.

    Args:
        fake: the one that answers at the root.
        make: makes another fake, of the arguments of ``FakeScale``.
        prepare: gives each fake what it has of the server.
    """

    def __init__(
        self,
        fake: FakeScale,
        make: Callable[..., FakeScale],
        prepare: Callable[[FakeScale], None] = lambda _: None,
    ) -> None:
        prepare(fake)
        self._prepare = prepare
        self.default = HostedWorld(DEFAULT, fake, None)
        self._make = make
        self._by_name = {DEFAULT: self.default}
        self._made = 0
        # Worlds are made and ended by the threads that controls run in.
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[HostedWorld]:
        self.sweep()
        # A copy: another thread may make or end a world meanwhile.
        return iter(list(self._by_name.values()))

    def __len__(self) -> int:
        return len(self._by_name)

    def find(self, name: str) -> HostedWorld | None:
        """The world of this name, which lives on from now; ``None`` where there is none."""
        world = self._by_name.get(name)
        if world is None:
            return None
        if world.lifetime.is_over:
            self._forget(world)
            return None
        world.lifetime.touch()
        return world

    def get(self, name: str) -> HostedWorld:
        """The world of this name; being looked at is no call that keeps it alive.

        Raises:
            NoSuchRecord: there is none.
        """
        self.sweep()
        world = self._by_name.get(name)
        if world is None:
            raise NoSuchRecord(self.none(name))
        return world

    def none(self, name: str) -> str:
        """What is said of a name that no world has."""
        # Of the newest alone: names that nobody has come from anybody, and comparing costs.
        near = did_you_mean(name, list(self._by_name)[-1000:], 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"no world {name!r:.60} on this server{hint}"

    def create(
        self,
        name: str | None = None,
        ttl: float | None = None,
        speed: float = 0.0,
        projects: list[Any] | None = None,
        labelers: dict[str, Any] | None = None,
        **arguments: Any,
    ) -> HostedWorld:
        """Make another world.

        Args:
            name: its own; ``w1``, ``w2``, ... unless given.
            ttl: real seconds without a call that end it; a day unless given.
            speed: virtual seconds for each real one.
            projects: as ``add_projects`` takes them.
            labelers: the arguments of ``Labelers``.
            arguments: of ``FakeScale``; what is left out comes from there.

        Raises:
            WorldTaken: there is one of this name.
            TypeError: an argument of the wrong type.
            ValueError: a value that means nothing.
        """
        self._check(name, ttl)
        if labelers is not None:
            strange = sorted(labelers.keys() - _OF_LABELERS)
            if strange:
                near = did_you_mean(strange[0], _OF_LABELERS, 1)
                hint = f"did you mean {near[0]!r}? " if near else ""
                known = ", ".join(_OF_LABELERS)
                raise TypeError(f"labelers takes no {strange[0]!r:.60}; {hint}it takes {known}")
            arguments["labelers"] = Labelers(**labelers)
        # Outside of the lock, so that others make worlds meanwhile.
        fake = self._make(**arguments)
        if projects:
            fake.add_projects(
                [tuple(entry) if isinstance(entry, list) else entry for entry in projects]
            )
        return self.add(fake, name, ttl, speed)

    def fork(self, world: HostedWorld, name: str | None, ttl: float | None) -> HostedWorld:
        """Make another world with a copy of the whole state of ``world``; its time stands still.

        Raises:
            WorldTaken: there is one of this name.
            ValueError: no name, or no time to live.
        """
        self._check(name, ttl)
        return self.add(world.fake.fork(), name, ttl, 0.0)

    def add(
        self, fake: FakeScale, name: str | None, ttl: float | None, speed: float
    ) -> HostedWorld:
        """Take in a fake under a name.

        Raises:
            WorldTaken: there is one of this name.
            ValueError: no name, no time to live, or no speed.
        """
        self._check(name, ttl)
        self.sweep()
        self._prepare(fake)
        with self._lock:
            if name is None:
                name = self._free_name()
            # Once more: the check before was without the lock.
            if name in self._by_name:
                raise WorldTaken(_taken(name))
            # Its clients are in other processes.
            fake._world.clock.look_at_no_threads()
            world = HostedWorld(name, fake, TTL_S if ttl is None else ttl)
            world.set_speed(speed)
            self._by_name[name] = world
        return world

    def _free_name(self) -> str:
        while True:
            self._made += 1
            if f"w{self._made}" not in self._by_name:
                return f"w{self._made}"

    def _check(self, name: str | None, ttl: float | None) -> None:
        if name is not None and not _NAME.fullmatch(name):
            raise ValueError(f"name={name!r:.60}: give 1 to 40 of the letters a-z, digits and '-'")
        # find() ends one whose time is over, which frees its name.
        if name is not None and name in self._by_name and self.find(name) is not None:
            raise WorldTaken(_taken(name))
        if ttl is not None and not 0 < ttl <= 1e9:
            raise ValueError(f"ttl={ttl:g}: give real seconds above 0, at most a billion")

    def delete(self, name: str) -> None:
        """End a world.

        Raises:
            NoSuchRecord: there is none.
            ValueError: it is the one at the root.
        """
        if name == DEFAULT:
            raise ValueError("the world 'default' answers at the root and is never ended; reset it")
        self._forget(self.get(name))

    def sweep(self) -> None:
        """End the worlds whose time is over."""
        for world in list(self._by_name.values()):
            if world.lifetime.is_over:
                self._forget(world)

    def end(self) -> None:
        """Stop every clock."""
        for world in list(self._by_name.values()):
            world.end()

    def _forget(self, world: HostedWorld) -> None:
        with self._lock:
            # Another may have ended it meanwhile, and a new one taken its name.
            if self._by_name.get(world.name) is world:
                del self._by_name[world.name]
        world.end()


def _taken(name: str) -> str:
    return f"there is a world {name!r} on this server already; give another name, or none"
