"""The whole state of a server that keeps a log, as rows of bytes: each world and what it kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .._callbacks.loopback import Loopback
from .._log.command import StateError
from .._saved.binary import fake_from, rows_of
from .._saved.snapshot import put_back
from .._state.account import KeyDigest
from .applier import LoggedWorld

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .._fake import FakeScale

FORMAT: Final = "scaleapi_testing worlds"
VERSION: Final = 1

HEAD: Final = b"h"
OF_WORLD: Final = b"w"
OF_SNAPSHOT: Final = b"s"
ROW: Final = b"r"
END: Final = b"e"


@dataclass(frozen=True, slots=True)
class Server:
    """What is remembered beside the worlds.

    Attributes:
        made: how many worlds were given a name by the server.
        options: what the first server of this state was asked for, by option.
    """

    made: int
    options: dict[str, Any]


def rows(server: Server, worlds: Iterable[LoggedWorld]) -> Iterator[bytes]:
    """The state as it is when this is called, in rows that are made as they are asked for.

    Raises:
        StateError: something in it cannot be saved.
    """
    # Begun for all worlds before any row is asked for: together they are one moment.
    parts: list[tuple[bytes, Iterator[bytes]]] = []
    for world in worlds:
        fake = world.fake
        parts.append((OF_WORLD + _encode(_facts(world)), rows_of(fake)))
        for name, snapshot in fake.kept_snapshots.items():
            # A snapshot is put into a fake of the same kind, as rows are made of fakes.
            other = fake._alike()
            other._world.keep_to_a_log()
            put_back(other, snapshot)
            parts.append((OF_SNAPSHOT + _encode({"name": name}), rows_of(other)))
    head = {"format": FORMAT, "version": VERSION, "made": server.made, "options": server.options}
    return _written(HEAD + _encode(head), parts)


def read(stored: Iterable[bytes]) -> tuple[Server, list[LoggedWorld]]:
    """What ``rows`` gave.

    Raises:
        StateError: it is damaged, incomplete, something else, or newer.
    """
    every = iter(stored)
    head = _decoded(next(every, b""), HEAD)
    if head.get("format") != FORMAT:
        raise StateError("the checkpoint is no state of scaleapi_testing; nothing was loaded")
    if head["version"] > VERSION:
        raise StateError(
            f"the checkpoint has version {head['version']}, and this scaleapi_testing reads up to "
            f"{VERSION}; upgrade scaleapi_testing"
        )
    worlds: list[LoggedWorld] = []
    mark = next(every, b"")
    # By marks, since the number of worlds is not known before they were written.
    while mark[:1] in {OF_WORLD, OF_SNAPSHOT}:
        part = _Part(every)
        if mark[:1] == OF_WORLD:
            worlds.append(_world(_decoded(mark, OF_WORLD), part))
        else:
            name = _decoded(mark, OF_SNAPSHOT)["name"]
            # Behind its world, so it belongs to the last one read.
            worlds[-1].fake.kept_snapshots[name] = fake_from(part, prepare=_prepare).snapshot()
        mark = part.rest()
    # The last row of all: a checkpoint that broke off is told by its absence.
    if mark != END:
        raise StateError("the checkpoint does not hold together: its end is missing")
    return Server(head["made"], head["options"]), worlds


def _facts(world: LoggedWorld) -> dict[str, Any]:
    fake = world.fake
    default = fake._settled.default_key
    clock = fake._world.clock
    return {
        "name": world.name,
        "speed": world.speed,
        "ttl": world.ttl,
        "ahead_ms": clock.ahead_ms,
        "idle_ms": clock._idle_ms,
        "default_key": [str(default), default.is_test, default.chance.hex()]
        if isinstance(default, KeyDigest)
        else None,
        "targets": [
            [prefix, target.base]
            for prefix, target in fake._world.callbacks._targets.items()
            # Only addresses of this machine can be written down; other targets live in a process.
            if type(target) is Loopback
        ],
    }


def _world(facts: dict[str, Any], part: Iterable[bytes]) -> LoggedWorld:
    key = facts["default_key"]
    default = None
    if key is not None:
        default = KeyDigest(key[0], is_test=key[1], chance=bytes.fromhex(key[2]))
    fake = fake_from(part, default_key=default, prepare=_prepare)
    clock = fake._world.clock
    clock.ahead_ms, clock._idle_ms = facts["ahead_ms"], facts["idle_ms"]
    for prefix, base in facts["targets"]:
        fake.callbacks.deliver_to(base, prefix)
    return LoggedWorld(facts["name"], fake, facts["speed"], facts["ttl"])


def _prepare(fake: FakeScale) -> None:
    fake._world.keep_to_a_log()


def _written(head: bytes, parts: list[tuple[bytes, Iterator[bytes]]]) -> Iterator[bytes]:
    yield head
    for mark, part in parts:
        yield mark
        for row in part:
            yield ROW + row
    yield END


class _Part:
    """The rows of one fake; what comes behind them is kept."""

    def __init__(self, every: Iterator[bytes]) -> None:
        self._every = every
        self._behind = b""

    def __iter__(self) -> Iterator[bytes]:
        for row in self._every:
            if row[:1] != ROW:
                self._behind = row
                return
            yield row[1:]

    def rest(self) -> bytes:
        """The row behind the last one."""
        return self._behind or next(self._every, b"")


def _encode(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _decoded(row: bytes, mark: bytes) -> dict[str, Any]:
    value: Any = None
    if row[:1] == mark:
        try:
            value = json.loads(row[1:])
        except ValueError:
            value = None
    if not isinstance(value, dict):
        raise StateError("the checkpoint does not hold together: a row is not what it should be")
    return value
