"""All that a fake remembers, attribute by attribute, whatever its class: for tests of copies of it.

Nothing here knows the fake's classes by name but for what is left out, so that an attribute that
somebody adds is asked about at once.
"""

from __future__ import annotations

import dataclasses
from array import array
from collections import deque
from datetime import datetime, timedelta
from random import Random
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

PLAIN = (str, bytes, int, float, bool, type(None), datetime, timedelta)
CONTAINERS = (dict, list, tuple, set, frozenset, deque, array)
CODE = (FunctionType, MethodType, BuiltinFunctionType, type)

LEFT_OUT = {
    "FakeScale._at_fork": "what a fork of the process needs",
    "FakeScale._beginning": "what a reset puts back: from the constructor",
    "FakeScale._stubs": "other hosts are stubs of the test, not Scale's state",
    "FakeScale.app": "holds the other parts and nothing of its own",
    "World.lock": "a lock",
    "World.scale_origins": "from the constructor",
    "World._first_origin": "from the constructor",
    "World._id_middle": "from the seed",
    "World._running": "an act that is under way; a snapshot waits for it",
    "World._as_view": "a class",
    "World._follow_up": "a function",
    "World.unraised": "errors of targets on their way to the test; a restore drops them",
    "World.tokens": "a notice's memory; a restore forgets it",
    "Clock._threads": "threads of this process",
    "World.is_logged": "said by whoever keeps the log",
    "Clock.ahead_ms": "of the log, which holds the moves that made it",
    "Callbacks._expected": "empty where no log acts; the tests of commands ask for it",
    "Callbacks._under_way": "see Callbacks._expected",
    "Callbacks._next_expected": "see Callbacks._expected",
    "Store._hide": "see World.is_logged",
    "Journal._own": "calls that no log holds: this process's own",
    "Journal._own_bodies": "see Journal._own",
    "Clock._lock": "a lock",
    "Clock._unraised": "see World.unraised",
    "Clock._timeline": "see World.timeline",
    "Clock._stamp": "the present moment in words, made anew",
    "Callbacks._server": "the way out of the server that the fake lives in",
    "Changes._newest": "what somebody listens for: no part of the state",
    "Changes.heard_by": "see Changes._newest",
    "Changes.number": "see Changes._newest",
    "Callbacks._nested": "calls under way in this thread",
    "Faults._lock": "a lock",
    "Faults._given": "no number is given twice, whatever is restored",
    "Faults._routes": "the table of operations",
    "Journal._lock": "a lock",
    "Store._allowed": "from the constructor",
    "Store._tasks": "all accounts' tasks together, made anew",
    "Store._adding": "an act that is under way",
    "TaskRecord.audits": "the document in parts, made anew",
    "TaskRecord.with_links": "the document with links, made anew",
    "TaskTable._views": "what listings asked for lately, made anew",
    "TaskTable._with_links": "which documents with links were made",
    "TaskTable._writing": "an act that is under way",
    "Clock._idle_ms": "how long the test has waited by now: a restore begins anew",
    "Clock.describe_idle": "a function",
    "Clock.moved_ms": "how far it was ever moved: a restore moves nothing",
    "Clock._max_idle_ms": "from the constructor",
    "Follower._follows": "from the constructor",
    "Follower._seen": "frozen time of this process: a restore looks anew",
    "Follower.notes": "see Follower._seen",
    "World.seed": "from the constructor",
    "World.test_key_tasks": "from the constructor",
    "Journal._bodies": "how many bytes its calls hold, counted anew",
    "Callbacks._bodies": "how many bytes its deliveries and mails hold, counted anew",
    "Journal._max_entries": "from the constructor",
    "Journal._now": "a function",
    "RateLimit.told": "only what must strike is told, and a limit need not",
    "Answers._faker": "made anew from the seed",
    "Answers._seed": "from the constructor",
    "Answers.labelers": "from the constructor",
}
"""Attributes that a copy of the state does not carry, and why it need not."""


def attributes(thing: object) -> dict[str, Any]:
    """Every attribute of an object, in slots or not, but for what is left out."""
    slots = [
        name
        for kind in type(thing).__mro__
        for name in vars(kind).get("__slots__", ())
        if hasattr(thing, name) and not name.startswith("__")
    ]
    values = {name: getattr(thing, name) for name in slots} | getattr(thing, "__dict__", {})
    return {
        name: value
        for name, value in values.items()
        if f"{type(thing).__name__}.{name}" not in LEFT_OUT and not isinstance(value, CODE)
    }


def is_ours(thing: object) -> bool:
    """Whether the object is one of the fake's own."""
    return type(thing).__module__.startswith("scaleapi_testing")


def is_value(thing: object) -> bool:
    """Whether nothing can change it, so that copies may share it."""
    frozen = dataclasses.is_dataclass(thing) and thing.__dataclass_params__.frozen
    return frozen or type(thing).__name__ == "RecordedRequest"


def tree(thing: Any, seen: set[int]) -> Any:
    """The object and all behind it as plain values that can be compared."""
    if isinstance(thing, PLAIN):
        return thing
    if isinstance(thing, dict):
        return [(tree(key, seen), tree(value, seen)) for key, value in thing.items()]
    if isinstance(thing, set | frozenset):
        return sorted(repr(one) for one in thing)
    if isinstance(thing, CONTAINERS):
        return [tree(one, seen) for one in thing]
    if isinstance(thing, Random):
        return thing.getstate()
    if not is_ours(thing):
        return type(thing).__name__
    if not is_value(thing):
        if id(thing) in seen:
            return "again"
        seen.add(id(thing))
    kind = type(thing).__name__
    return {f"{kind}.{name}": tree(value, seen) for name, value in attributes(thing).items()}


def changeable(thing: Any) -> dict[str, tuple[Any, str]]:
    """Of every class of the fake's own one object that can be changed, by attribute.

    The fake itself is passed by: what it holds of its own comes from its constructor.
    """
    return {
        f"{type(owner).__name__}.{name}": (owner, name)
        for owner, name in _changeable(thing, set())
        if type(owner).__name__ != "FakeScale"
    }


def _changeable(thing: Any, seen: set[int]) -> list[tuple[Any, str]]:
    if isinstance(thing, dict):
        return [one for value in thing.values() for one in _changeable(value, seen)]
    if isinstance(thing, CONTAINERS):
        return [one for value in thing for one in _changeable(value, seen)]
    if not is_ours(thing) or id(thing) in seen or is_value(thing):
        return []
    seen.add(id(thing))
    own = attributes(thing)
    return [
        *((thing, name) for name, value in own.items() if not is_ours(value) or is_value(value)),
        *(one for value in own.values() for one in _changeable(value, seen)),
    ]


def other_than(value: Any) -> Any:
    """Another value of the same type, as far as there is one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return f"{value}~"
    if isinstance(value, bytes):
        return value + b" "
    if isinstance(value, CONTAINERS) and value:
        return type(value)()
    if isinstance(value, dict):
        return type(value)({"~": "~"})
    if isinstance(value, CONTAINERS):
        return type(value)("~")
    return "~"
