"""Commands that make worlds and end them: as bytes, and how they are applied."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from .._arguments import LIVE_KEY, Settled
from .._errors import NoSuchRecord, WorldTaken
from .._fake import FakeScale
from .._saved.binary import fake_from, rows_of
from .._saved.packed import pack, unpack
from .._saved.snapshot import put_back, take
from .._state.account import KeyDigest
from .applier import LoggedWorld
from .apply import Done, Refused, approach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._log.command import Command
    from .apply import Outcome

_LENGTH: Final = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Made:
    """What a world is made of.

    Attributes:
        settled: the arguments of its fake, checked.
        projects: names and types of projects that every key finds.
        speed: virtual seconds for each real one.
        ttl: real seconds without a call that end it; ``None`` for never.
        rows: a state that it begins with, as ``rows_of`` gave it.
        options: what the server that made the first world was asked for, by option.
    """

    settled: Settled
    projects: tuple[tuple[str, str], ...] = ()
    speed: float = 0.0
    ttl: float | None = None
    rows: tuple[bytes, ...] = ()
    options: dict[str, Any] = field(default_factory=dict[str, Any])


def made_to_bytes(made: Made) -> bytes:
    """The command that makes a world; no key stands in it."""
    default = made.settled.default_key
    key = None
    if default is not LIVE_KEY:
        hidden = KeyDigest.of(default, made.settled.arguments.seed)
        key = [str(hidden), hidden.is_test, hidden.chance.hex()]
    head = {
        "do": "make",
        "projects": made.projects,
        "speed": made.speed,
        "ttl": made.ttl,
        "options": made.options,
        "default_key": key,
    }
    parts = [pack(made.settled.save(), "the arguments of the world"), *made.rows]
    return _encode(head) + b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def forked_to_bytes(source: str, ttl: float | None) -> bytes:
    """The command that makes a world as a copy of another."""
    return _encode({"do": "fork", "source": source, "ttl": ttl})


def ended_to_bytes() -> bytes:
    """The command that ends a world."""
    return _encode({"do": "end"})


def speed_to_bytes(speed: float) -> bytes:
    """The command that says how fast a world's time runs."""
    return _encode({"do": "speed", "speed": speed})


def keys_to_bytes(digests: list[str]) -> bytes:
    """The command that says which keys a world lets in from now on."""
    return _encode({"do": "keys", "digests": digests})


@dataclass(frozen=True, slots=True)
class Copying:
    """What is left to be done of a fork, while nobody else has either world.

    Attributes:
        source: the world that is copied.
        copy: the new one, without the state so far.
        command: that made it.
    """

    source: LoggedWorld
    copy: LoggedWorld
    command: Command

    def do(self) -> Done:
        """Copy the state."""
        put_back(self.copy.fake, take(self.source.fake))
        self.copy.fake.clock.applied_at(self.command.at_ms)
        return Done(None)


class Makings:
    """Applies commands that make and end worlds.

    Args:
        worlds: those that there are, by name.

    Attributes:
        made: how many worlds got their names from the server.
        options: what the server that made the first world was asked for.
    """

    def __init__(self, worlds: dict[str, LoggedWorld]) -> None:
        self._worlds = worlds
        self.made = 0
        self.options: dict[str, Any] = {}

    def apply(self, command: Command) -> Outcome | Copying:
        """Apply such a command, but for the copying; what is refused changes nothing."""
        line, _, content = command.body.partition(b"\n")
        head: dict[str, Any] = json.loads(line)
        do = head["do"]
        if do in {"make", "fork"} and command.world in self._worlds:
            return Refused(
                WorldTaken(
                    f"there is a world {command.world!r} on this server already; give another "
                    "name, or none"
                )
            )
        if do == "make":
            self._make(command, head, content)
        elif do == "fork":
            source = self._worlds.get(head["source"])
            if source is None:
                return _gone(head["source"])
            fake = source.fake._alike()
            fake._world.keep_to_a_log()
            self._add(command, fake, 0.0, head["ttl"])
            return Copying(source, self._worlds[command.world], command)
        else:
            world = self._worlds.get(command.world)
            if world is None:
                return _gone(command.world)
            if do == "end":
                del self._worlds[command.world]
            else:
                while approach(world.fake, command):
                    pass
                world.fake.clock.applied_at(command.at_ms)
                if do == "speed":
                    world.speed = head["speed"]
                else:
                    _let_in(world.fake, frozenset(head["digests"]))
        return Done(None)

    def _make(self, command: Command, head: dict[str, Any], content: bytes) -> None:
        saved, *rows = _parts(content)
        settled = Settled.restored(unpack(saved))
        key = head["default_key"]
        default: str = LIVE_KEY
        if key is not None:
            default = KeyDigest(key[0], is_test=key[1], chance=bytes.fromhex(key[2]))
            settled = settled.known_by(default)
        if rows:
            fake = fake_from(
                rows,
                default_key=None if key is None else default,
                prepare=lambda fake: fake._world.keep_to_a_log(),
            )
        else:
            fake = FakeScale._made_of(settled)
            fake._world.keep_to_a_log()
        if head["projects"]:
            fake.add_projects([tuple(project) for project in head["projects"]])
        if head["options"]:
            self.options = head["options"]
        self._add(command, fake, head["speed"], head["ttl"])

    def _add(self, command: Command, fake: FakeScale, speed: float, ttl: float | None) -> None:
        if command.world == f"w{self.made + 1}":
            self.made += 1
        fake.clock.applied_at(command.at_ms)
        self._worlds[command.world] = LoggedWorld(command.world, fake, speed, ttl)


def state_of(fake: FakeScale) -> tuple[bytes, ...]:
    """The state of a fake that was loaded from a file, for the world that it becomes."""
    return tuple(rows_of(fake))


def _let_in(fake: FakeScale, digests: frozenset[str]) -> None:
    # As if it had been made so: it stands in what a copy or a checkpoint is made of.
    fake._settled = replace(fake._settled, keys=digests)
    fake._world.store.let_in_digests(digests)


def _gone(name: str) -> Refused:
    return Refused(NoSuchRecord(f"no world {name!r:.60} on this server"))


def _encode(head: dict[str, Any]) -> bytes:
    return json.dumps(head, separators=(",", ":")).encode() + b"\n"


def _parts(content: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        (length,) = _LENGTH.unpack_from(content, at)
        at += _LENGTH.size
        yield content[at : at + length]
        at += length
