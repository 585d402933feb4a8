"""State as a value: taking it, putting it back, and telling what changed since."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from .._errors import PUBLIC
from .._http.wire import timestamp
from .._messages import listed, mask_key, shortened
from .._state.idempotency import IdempotencyKeys
from .._state.task import TaskRecord
from .._state.task_table import TableState, TaskTable
from .._time.turns import in_turns

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import SupportsIndex

    from .._fake import FakeScale
    from .._state.account import Account

RECORDS: Final = {  # a table of names, never the state of a fake
    "batches": "batch",
    "projects": "project",
    "files": "file",
    "teammates": "teammate",
    "quality_tasks": "quality_task",
    "deliveries": "delivery",
    "schemas": "schema",
    "datasets": "dataset",
    "dataset_deliveries": "dataset_delivery",
    "dataset_tasks": "dataset_task",
}
"""Attributes of an account whose records ``diff`` compares besides its tasks, and their kind."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole state of a fake at one moment; ``scale.restore(snapshot)`` puts it back.

    Attributes:
        clock_ms: the virtual time, in milliseconds since 1970.
        parts: everything else, for the fake's own use.
    """

    clock_ms: int
    parts: dict[str, Any] = field(repr=False)

    # It holds callables and objects of this process.
    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(
            "a snapshot is not copied or pickled: it lives in this process, for scale.restore(); "
            "nothing changes it, so one may be kept and shared. scale.dump(path) writes the state "
            "to a file that FakeScale.load(path) reads in any process"
        )

    @property
    def tasks(self) -> int:
        """How many tasks it holds."""
        return sum(len(state["tasks"].records) for state in self.parts["accounts"].values())


@dataclass(frozen=True, slots=True)
class Change:
    """One object that differs between two states.

    Attributes:
        kind: ``task``, ``batch``, ``project``, ``file``, ``teammate``, ``quality_task``,
            ``delivery``, ``schema``, ``dataset``, ``dataset_delivery`` or ``dataset_task``.
        id: its id or name.
        account: the first characters of its account's key.
        fields: of a changed one, ``name -> (before, after)``; ``None`` where it was absent.
    """

    kind: str
    id: str
    account: str
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict[str, "tuple[Any, Any]"])

    def __str__(self) -> str:
        lines = [
            f"{name}: {shortened(repr(before), 60)} -> {shortened(repr(after), 60)}"
            for name, (before, after) in self.fields.items()
        ]
        return f"{self.kind} {self.id}" + (f" ({listed(lines)})" if lines else "")


@dataclass(frozen=True, slots=True)
class Diff:
    """What differs from a snapshot: objects added, changed and gone, and how far time moved."""

    added: tuple[Change, ...]
    changed: tuple[Change, ...]
    gone: tuple[Change, ...]
    clock_before: str
    clock_after: str

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)

    def __str__(self) -> str:
        lines = [
            f"{mark} {change}"
            for mark, changes in (("+", self.added), ("~", self.changed), ("-", self.gone))
            for change in changes
        ]
        if self.clock_before != self.clock_after:
            lines.append(f"clock {self.clock_before} -> {self.clock_after}")
        return "\n".join(lines) or "no difference"


for _public in (Snapshot, Change, Diff):
    _public.__module__ = PUBLIC
del _public


def take(fake: FakeScale) -> Snapshot:
    """The state of ``fake`` as a value."""
    world = fake._world
    # Under the lock: a state in the middle of an act is none.
    with world.lock:
        parts: dict[str, Any] = {
            "counter": world._counter,
            "untouched": world.clock.follower.untouched,
            "timeline": world.timeline.save(),
            "accounts": {account.key: _account(account) for account in world.store.everyone()},
            "seeds": dict(world.seeds),
            "loaded": [account.key for account in world.store.loaded()],
            "results": dict(world.store.results),
            "attachments": world.attachments.save(),
            "responses": dict(world.answers.set_by_type),
            "forms": dict(world.answers.forms),
            # Copies, for what is left of a rule goes down in the rule itself.
            "rules": [copy.copy(rule) for rule in world.rules],
            "callbacks": world.callbacks.save(),
            "journal": fake.requests.snapshot(),
            "faults": fake.faults.snapshot(),
            # None of it while nobody drew: seeding takes longer than everything else.
            "chance": [source.getstate() for source in fake._sources or ()],
        }
        return Snapshot(world.clock.ms, parts)


def put_back(fake: FakeScale, snapshot: Snapshot) -> None:
    """Give ``fake`` the state of ``snapshot``; objects that are in both stay the same objects."""
    world, parts = fake._world, snapshot.parts
    with world.lock:
        world.clock.put(snapshot.clock_ms, untouched=parts.get("untouched", False))
        world._counter = parts["counter"]
        world.seeds = dict(parts["seeds"])
        world.timeline.restore(parts["timeline"])
        world.store.replace(
            [
                # The account that is there, so that whoever holds one sees the old state in it.
                _restored(world.store.known(key), key, state, world.store.make)
                for key, state in parts["accounts"].items()
            ],
            loaded=parts["loaded"],
        )
        world.store.results = dict(parts["results"])
        world.attachments.restore(parts["attachments"])
        world.answers.set_by_type = dict(parts["responses"])
        world.answers.forms = dict(parts["forms"])
        world.rules = [copy.copy(rule) for rule in parts["rules"]]
        world.callbacks.restore(parts["callbacks"])
        world.tokens.clear()
        # What was raised belongs to what is undone.
        world.unraised.take()
        fake.requests.restore(parts["journal"])
        fake.faults.restore(parts["faults"])
        if parts["chance"]:
            for source, state in zip(fake._chance(), parts["chance"], strict=True):
                source.setstate(state)
        else:
            # Nobody had drawn yet: they are seeded anew when somebody does.
            fake._sources = None


def _account(account: Account) -> dict[str, Any]:
    """An account's attributes; records are copied, values in them never change in place."""
    return {name: _value(value) for name, value in vars(account).items()}


def _value(value: Any) -> Any:
    if isinstance(value, TaskTable):
        return value.save()
    if isinstance(value, IdempotencyKeys):
        return value.copy()
    if isinstance(value, dict):
        # One level is enough: values in records are replaced and never changed in place.
        return {key: copy.copy(record) for key, record in value.items()}
    if isinstance(value, set):
        return set(value)
    return copy.copy(value)


def _restored(
    account: Account | None,
    key: str,
    state: dict[str, Any],
    make: Callable[[str, int], Account],
) -> Account:
    if account is None:
        account = make(key, state["number"])
    for name, value in state.items():
        now = getattr(account, name, None)
        # In place, so that records that tests hold stay the same objects.
        if isinstance(value, TableState):
            assert isinstance(now, TaskTable)
            now.restore(account, value)
        elif isinstance(now, dict) and isinstance(value, dict):
            _put_records_back(now, value)
        else:
            setattr(account, name, _value(value))
    return account


def _put_records_back(now: dict[str, Any], state: dict[str, Any]) -> None:
    # In the order of the state, not in the one that is here.
    rest_of_now = dict(now)
    now.clear()
    for key, saved in state.items():
        record = rest_of_now.get(key)
        slots = getattr(type(saved), "__slots__", None)
        if record is None or slots is None or type(record) is not type(saved):
            now[key] = copy.copy(saved)
            continue
        for name in slots:
            setattr(record, name, getattr(saved, name))
        now[key] = record


def compare(before: Snapshot, after: Snapshot) -> Diff:
    """What differs between two states of the same fake."""
    added: list[Change] = []
    changed: list[Change] = []
    removed: list[Change] = []
    old, new = _objects(before), _objects(after)
    for place, value in in_turns(new.items()):
        kind, key, name = place
        if place not in old:
            added.append(Change(kind, name, mask_key(key)))
        # Compared as bytes first: most are the same, and need not be decoded.
        elif old[place] != value:
            fields = _fields(old[place], value)
            if fields:
                changed.append(Change(kind, name, mask_key(key), fields))
    removed.extend(Change(kind, name, mask_key(key)) for kind, key, name in old.keys() - new.keys())
    return Diff(
        tuple(added),
        tuple(changed),
        # Sorted, as a difference of sets has no order of its own.
        tuple(sorted(removed, key=lambda change: (change.kind, change.id))),
        timestamp(before.clock_ms),
        timestamp(after.clock_ms),
    )


def _objects(snapshot: Snapshot) -> dict[tuple[str, str, str], Any]:
    objects: dict[tuple[str, str, str], Any] = {}
    for key, state in snapshot.parts["accounts"].items():
        for saved in in_turns(state["tasks"].records):
            record = TaskRecord.restored(None, saved)
            objects["task", key, record.id] = record.wire
        for attribute, kind in RECORDS.items():
            for name, record in state[attribute].items():
                # A copy of a prepared project that its key has not used is not there for anybody.
                if kind != "project" or not state["untouched"].get(name):
                    objects[kind, key, name] = record
    return objects


def _fields(before: Any, after: Any) -> dict[str, tuple[Any, Any]]:
    if isinstance(before, bytes):
        old, new = json.loads(before), json.loads(after)
    else:
        old = {name: getattr(before, name) for name in type(before).__slots__}
        new = {name: getattr(after, name) for name in type(after).__slots__}
    names = [*old, *(name for name in new if name not in old)]
    return {
        name: (old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)
    }
