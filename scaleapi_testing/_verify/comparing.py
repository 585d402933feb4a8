"""Where a reply of the fake differs from the recorded one, place by place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from .chance import ID_KEYS, OUTSIDE, TIMES_OUTSIDE, Kind, kind_of, without_ids

if TYPE_CHECKING:
    from .bindings import Bindings

What: TypeAlias = Literal["status", "error", "missing", "extra", "type", "value", "order", "body"]
"""``missing``: the fake lacks a key that was recorded; ``extra``: it has one that was not."""

NOTHING: Final = "(nothing)"
_NAMES: Final = ("task_id", "id", "name", "email")


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the two differ.

    Attributes:
        path: ``docs[0].params.categories``; ``status`` is the HTTP status.
        what: how they differ.
        recorded: what was recorded, as JSON; ``None`` where nothing was.
        fake: what the fake answered, likewise.
    """

    path: str
    what: What
    recorded: Any
    fake: Any

    @property
    def place(self) -> str:
        """The path with ``[]`` for every index, as ``--allow`` names it."""
        head, *rest = self.path.split("[")
        return head + "".join(f"[]{part.partition(']')[2]}" for part in rest)


@dataclass(slots=True)
class Comparison:
    """Compares two replies, and binds what the recorded one names for the first time.

    Attributes:
        bindings: what stands for what.
        skipped: places that are not compared, and why; by the end of their path.
        differences: what was found.
    """

    bindings: Bindings
    skipped: dict[str, str] = field(default_factory=dict[str, str])
    differences: list[Difference] = field(default_factory=list[Difference])
    notes: list[str] = field(default_factory=list[str])

    def compare(self, recorded: Any, fake: Any, path: str = "", key: str = "") -> None:
        """Compare two JSON values."""
        if path in self.skipped:
            note = self.skipped[path]
            if recorded != fake and note not in self.notes:
                self.notes.append(note)
            return
        if isinstance(recorded, dict) and isinstance(fake, dict):
            self._objects(recorded, fake, path)
        elif isinstance(recorded, list) and isinstance(fake, list):
            self._lists(recorded, fake, path, key)
        elif type_of(recorded) != type_of(fake):
            self._differ(path, "type", recorded, fake)
        elif isinstance(recorded, str):
            self._texts(recorded, fake, path, key)
        elif recorded != fake and key not in TIMES_OUTSIDE and key not in OUTSIDE:
            self._differ(path, "value", recorded, fake)

    def _objects(self, recorded: dict[str, Any], fake: dict[str, Any], path: str) -> None:
        before = f"{path}." if path else ""
        for key, value in recorded.items():
            inside = f"{before}{key}"
            if key in fake:
                self.compare(value, fake[key], inside, key)
            elif inside in self.skipped:
                self.compare(value, None, inside, key)
            elif key not in OUTSIDE:
                self._differ(inside, "missing", value, None)
        for key, value in fake.items():
            inside = f"{before}{key}"
            if key not in recorded and key not in OUTSIDE and inside not in self.skipped:
                self._differ(inside, "extra", None, value)

    def _lists(self, recorded: list[Any], fake: list[Any], path: str, key: str) -> None:
        names = self._names(recorded, fake)
        if names is not None:
            self._named(recorded, fake, names, path, key)
            return
        bound = self.bindings.value(recorded)
        plain = all(isinstance(item, str | int | float) for item in [*recorded, *fake])
        if plain and bound != fake and sorted(map(repr, bound)) == sorted(map(repr, fake)):
            self._differ(path, "order", recorded, fake)
            return
        for number in range(max(len(recorded), len(fake))):
            inside = f"{path}[{number}]"
            if number >= len(fake):
                self._differ(inside, "missing", recorded[number], None)
            elif number >= len(recorded):
                self._differ(inside, "extra", None, fake[number])
            else:
                self.compare(recorded[number], fake[number], inside, key)

    def _names(self, recorded: list[Any], fake: list[Any]) -> tuple[list[str], list[str]] | None:
        """What the objects of both lists are called, where both sides know them by that."""
        # By name where there is one: a task more or less must not shift all after it.
        for name in _NAMES:
            both = [
                [item.get(name) if isinstance(item, dict) else None for item in items]
                for items in (recorded, fake)
            ]
            if not all(isinstance(value, str) for value in [*both[0], *both[1]]):
                continue
            their_ids = [self.bindings.of(str(value)) for value in both[0]]
            known = [
                value if bound is None and kind_of(name, value) != "id" else bound
                for value, bound in zip(both[0], their_ids, strict=True)
            ]
            if None not in known and len(set(known)) == len(known) == len(recorded):
                return [str(value) for value in known], [str(value) for value in both[1]]
        return None

    def _named(
        self,
        recorded: list[Any],
        fake: list[Any],
        names: tuple[list[str], list[str]],
        path: str,
        key: str,
    ) -> None:
        theirs, ours = names
        by_name = dict(zip(ours, fake, strict=True))
        for number, (name, item) in enumerate(zip(theirs, recorded, strict=True)):
            if name not in by_name:
                self._differ(f"{path}[{number}]", "missing", item, None)
        for number, (name, item) in enumerate(zip(ours, fake, strict=True)):
            if name not in theirs:
                self._differ(f"{path}[{number}]", "extra", None, item)
        common = [name for name in theirs if name in by_name]
        # Of the same millisecond the order is that of the ids, which is chance.
        created = {name: _made(item) for name, item in zip(theirs, recorded, strict=True)}
        order = [name for name in ours if name in common]
        if common != order and [created[n] or n for n in common] != [
            created[n] or n for n in order
        ]:
            self._differ(path, "order", theirs, ours)
        for number, (name, item) in enumerate(zip(theirs, recorded, strict=True)):
            if name in by_name:
                self.compare(item, by_name[name], f"{path}[{number}]", key)

    def _texts(self, recorded: str, fake: str, path: str, key: str) -> None:
        kind = kind_of(key, recorded)
        bound = self.bindings.of(recorded)
        if self.bindings.was_sent(fake) and kind != "link":
            kind, bound = "", None  # what was sent comes back as it was sent
        if kind == "time":
            if kind_of(key, fake) != "time":
                self._differ(path, "value", recorded, fake)
            else:
                self.bindings.bind(recorded, fake)
        elif bound is not None and kind != "link":
            # Bound before: the same id must not come to mean another thing.
            if bound != fake:
                self._differ(path, "value", recorded, fake)
        elif kind in {"id", "token", "person"} and self._may_stand_for(kind, key, recorded, fake):
            self.bindings.bind(recorded, fake)
        elif kind == "link":
            self._links(recorded, fake, path)
        elif self.bindings.text(recorded) != fake:
            # Ids in sentences are chance, and no field binds them.
            if key == "error" and without_ids(self.bindings.text(recorded)) == without_ids(fake):
                return
            self._differ(path, "error" if key == "error" else "value", recorded, fake)

    def _may_stand_for(self, kind: Kind, key: str, recorded: str, fake: str) -> bool:
        """Whether the fake's value is of the same kind, and stands for no other one."""
        if recorded == fake:
            return True
        same_kind = kind_of(key, fake) == kind and (
            kind != "id" or key in ID_KEYS or len(recorded) == len(fake)
        )
        # One value of the fake's cannot stand for two recorded ones: those would be told apart.
        return same_kind and not self.bindings.is_target(fake)

    def _links(self, recorded: str, fake: str, path: str) -> None:
        """Addresses that Scale makes: their scheme is compared, http being as good as https."""
        of_web = ("http://", "https://")
        if recorded.startswith(of_web) != fake.startswith(of_web):
            self._differ(path, "value", recorded, fake)
        else:
            self.bindings.bind(recorded, fake)

    def _differ(self, path: str, what: What, recorded: Any, fake: Any) -> None:
        self.differences.append(Difference(path, what, recorded, fake))


def _made(item: Any) -> str | None:
    created = item.get("created_at") if isinstance(item, dict) else None
    return created if isinstance(created, str) else None


def type_of(value: Any) -> str:
    """The JSON type of a value; whole and broken numbers are one."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "list" if isinstance(value, list) else "object"
