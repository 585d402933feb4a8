"""Worlds: making, listing and ending them, how fast their time runs, and a copy of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .kinds import FLAG, LENGTH, MOMENT, NUMBER, OBJECT, POLICY, PROJECTS, TEXT, TEXTS, WHOLE
from .operation import Argument, control

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._messages import JSON
    from .._worlds.worlds import Caller

WORLD: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["name", "url", "v1", "v2", "control", "seed", "now", "speed", "ttl", "expires_in"],
    "properties": {
        "name": {"type": "string"},
        "url": {"type": "string", "description": "its address, in place of https://api.scale.com"},
        "v1": {"type": "string"},
        "v2": {"type": "string"},
        "control": {"type": "string"},
        "seed": {"type": "integer"},
        "now": {"type": "string", "format": "date-time"},
        "speed": {"type": "number"},
        "ttl": {"type": ["number", "null"], "description": "real seconds without a call"},
        "expires_in": {"type": ["number", "null"]},
        "tasks": {"type": "integer"},
    },
}
NAME: Final = Argument(
    "name", TEXT.within(pattern="^[a-z0-9-]{1,40}$"), "letters a-z, digits and -, 1 to 40 of them"
)
TTL: Final = Argument(
    "ttl",
    NUMBER.within(exclusiveMinimum=0, maximum=1e9),
    "real seconds without a call that end it; a day unless given",
)

SPEED: Final = NUMBER.within(minimum=0, maximum=1e9)

_CHANCE: Final = {"type": "number", "minimum": 0, "maximum": 1}

LABELERS: Final = OBJECT.within(
    additionalProperties=False,
    properties={
        "accuracy": _CHANCE,
        "jitter_px": {"type": "number", "minimum": 0},
        "miss_rate": _CHANCE,
        "seed": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    },
)

OF_FAKE: Final = (
    Argument("seed", WHOLE.unchecked, "the only source of randomness"),
    Argument("start_time", MOMENT, "where its clock starts"),
    Argument("turnaround", POLICY, "how long labelers take"),
    Argument("api_keys", TEXTS.unchecked, "the keys let in; any unless given"),
    Argument(
        "base_urls",
        TEXTS.within(items={"type": "string", "pattern": "^https?://."}).unchecked,
        "the origins it stands in for",
    ),
    Argument(
        "test_key_tasks",
        TEXT.within(enum=["complete_at_once", "complete_on_read", "stay_pending"]).unchecked,
        "complete_at_once, complete_on_read or stay_pending",
    ),
    Argument("skip_sleep", FLAG.unchecked, "kept for RemoteFake, whose process sleeps"),
    Argument("strict", FLAG.unchecked, "refuse what Scale tolerates but nobody means"),
    Argument("block_network", FLAG.unchecked, "kept for RemoteFake, whose process calls others"),
    Argument("labelers", LABELERS, "{accuracy, jitter_px, miss_rate, seed}"),
    Argument(
        "journal_max_entries", WHOLE.within(minimum=1).unchecked, "how many calls the journal keeps"
    ),
    Argument(
        "journal_max_bytes", WHOLE.within(minimum=0).unchecked, "and how many bytes of their bodies"
    ),
    Argument("check", FLAG.unchecked, "kept for RemoteFake, which looks for unspent faults"),
    Argument("max_idle", LENGTH, "how far skipped waits move the clock for nothing"),
    Argument(
        "forked",
        TEXT.within(enum=["refuse", "copy"]).unchecked,
        "kept for RemoteFake: refuse or copy",
    ),
    Argument("projects", PROJECTS, "as add_projects takes them"),
)
"""The arguments of ``FakeScale`` that are data, and projects that are there from the start."""


@control(
    "worlds.create",
    NAME,
    TTL,
    Argument("speed", SPEED, "virtual seconds for each real one; 0 unless given"),
    *OF_FAKE,
    path="/worlds",
    of_server=True,
    gives=WORLD,
)
def create(caller: Caller, **arguments: Any) -> JSON:
    """Make another world, and answer its addresses."""
    return caller.worlds.create(**arguments).shown(caller.origin)


@control(
    "worlds",
    method="GET",
    of_server=True,
    gives={
        "type": "object",
        "required": ["items", "total"],
        "properties": {
            "items": {"type": "array", "items": WORLD},
            "total": {"type": "integer"},
        },
    },
)
def every(caller: Caller) -> JSON:
    """The worlds of this server, oldest first."""
    shown = [world.shown(caller.origin) for world in caller.worlds]
    return {"items": shown, "total": len(shown)}


@control(
    "worlds.get",
    Argument("name", TEXT, "its name", required=True),
    method="GET",
    path="/worlds/{name}",
    of_server=True,
    gives=WORLD,
)
def get(caller: Caller, name: str) -> JSON:
    """One world."""
    return caller.worlds.get(name).shown(caller.origin)


@control(
    "worlds.delete",
    Argument("name", TEXT, "its name", required=True),
    method="DELETE",
    path="/worlds/{name}",
    of_server=True,
    gives={"type": "object", "maxProperties": 0},
)
def delete(caller: Caller, name: str) -> JSON:
    """End a world; what calls it afterwards gets 404."""
    caller.worlds.delete(name)
    return {}


@control("fork", NAME, TTL, of_server=True, gives=WORLD)
def fork(caller: Caller, name: str | None = None, ttl: float | None = None) -> JSON:
    """Make another world with a copy of the whole state of this one."""
    return caller.worlds.fork(caller.world, name, ttl).shown(caller.origin)


@control(
    "clock.speed",
    Argument(
        "speed",
        NUMBER.within(minimum=0, maximum=1e9),
        "virtual seconds for each real one; 0 stands still",
    ),
    of_server=True,
    gives={"type": "object", "required": ["speed"]},
)
def speed(caller: Caller, speed: float | None = None) -> JSON:
    """How fast virtual time runs beside real time; sets it where `speed` is given."""
    if speed is not None:
        caller.world.set_speed(speed)
    return {"speed": caller.world.speed}
