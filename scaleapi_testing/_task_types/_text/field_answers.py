"""How one worker answers the fields of a textcollection task (docs/scale/collection.md 1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeAlias

from .._language.truth import Places, number_between, untrue
from .._language.values import identity, is_number, is_true
from .fields import HOLDERS, condition_names, kind_of, placed_fields
from .writer import Writer, childless, draw_number, some

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from .._base import Job
    from .._language.noise import Noise

_ABSENT: Final = object()
_NESTED_NOTS: Final = 20
"""A condition negated more often than anybody writes is of an unknown shape."""


@dataclass(slots=True)
class Worker:
    """Who answers: the task, its words and errors."""

    job: Job
    writer: Writer
    noise: Noise
    orders: dict[int, Order] = field(default_factory=dict[int, "Order"])

    def answers(self, fields: Sequence[dict[str, Any]], truth: dict[str, Any] | None) -> Any:
        """One object field id → answer; hidden fields are absent.

        Raises:
            ValueError: the truth names a field that the task does not have, or breaks its rules.
        """
        return _Scope(self, fields, truth, None, "annotations").everything()


class _Scope:
    """The fields of one list while they are answered, those that others depend on first."""

    def __init__(
        self,
        worker: Worker,
        fields: Sequence[dict[str, Any]],
        truth: dict[str, Any] | None,
        outer: _Scope | None,
        path: str,
    ) -> None:
        self._worker = worker
        self._fields = {field["field_id"]: field for field in fields}
        # Every worker answers the same lists: their order is found once.
        order = worker.orders.get(id(fields))
        if order is None:
            order = worker.orders[id(fields)] = dependencies_first(fields)
        self._order = order
        self._truth = truth
        self._outer = outer
        self._path = path
        self._depth: int = 0 if outer is None else outer._depth + 1
        self._answered: dict[str, Any] = {}
        self._values: dict[str, dict[str, set[Identity]]] = {}
        if truth:
            places = Places(worker.job, tuple(self._fields))
            for name in truth:
                places.of(f"a field of {path}", name)

    def everything(self) -> dict[str, Any]:
        """The answers in the order of the fields."""
        for name in self._order.names:
            self._answered[name] = self._answer(name, self._fields[name])
        answers = ((name, self._answered[name]) for name in self._fields)
        return {name: answer for name, answer in answers if answer is not _ABSENT}

    def seen(self, name: str) -> AbstractSet[Identity]:
        """All answers so far to the field called ``name`` that stand here, further in, or around.

        Of conditions in a circle one is decided first; to it the others are unanswered.
        """
        own = name if name in self._fields else self._order.owners.get(name)
        if own is not None and own in self._answered:
            values = self._values.get(own)
            if values is None:  # thousands of conditions may look at the same answer
                values = self._values[own] = {}
                _gather(self._fields[own], self._answered[own], values)
            return values.get(name, frozenset())
        if name in self._fields or self._outer is None:
            return frozenset()
        return self._outer.seen(name)

    def _answer(self, name: str, field: dict[str, Any]) -> Any:
        if not conditions_hold(field.get("conditions"), self.seen):
            return _ABSENT
        if self._truth is None:
            return self._all(field, None, name)
        if name in self._truth:
            # A required field cannot be missed: no worker could hand the answer in without it.
            if not is_true(field.get("required")) and self._worker.noise.misses():
                return _ABSENT
            return self._all(field, self._truth[name], f"{self._path}.{name}")
        return self._all(field, None, name) if is_true(field.get("required")) else _ABSENT

    def _all(self, field: dict[str, Any], true: Any, path: str) -> Any:
        least, most = responses_of(field)
        if most == 1:
            return self._one(field, true, path)
        if true is None:
            # Lists within lists within lists stay short, or nobody could read the answer.
            extra = self._worker.job.random.randint(0, 2) if self._depth < 2 else 0
            return [self._one(field, None, path) for _ in range(min(least + extra, most))]
        if not isinstance(true, list) or not least <= len(true) <= most:
            raise untrue(self._worker.job, path, true, f"a list of {least} to {most} answers")
        return [self._one(field, item, f"{path}[{index}]") for index, item in enumerate(true)]

    def _one(self, field: dict[str, Any], true: Any, path: str) -> Any:
        kind = kind_of(field)
        if kind in HOLDERS:
            if true is not None and not isinstance(true, dict):
                raise untrue(self._worker.job, path, true, "an object of the fields inside")
            return _Scope(self._worker, field["fields"], true, self, path).everything()
        maker = _MAKERS[kind](self._worker, field)
        return maker.made_up() if true is None else maker.read(true, path)


def responses_of(field: dict[str, Any]) -> tuple[int, int]:
    """The least and most answers of a field."""
    least = int(field.get("min_responses_required", 1))
    return least, int(field.get("max_responses_required", 1))


class _Maker(Protocol):
    """Makes one answer of one kind of field."""

    def __init__(self, worker: Worker, field: dict[str, Any]) -> None: ...

    def made_up(self) -> Any:
        """An answer that the field allows."""
        ...

    def read(self, true: Any, path: str) -> Any:
        """The true answer with the worker's errors; ``ValueError`` if the field forbids it."""
        ...


class _Text:
    """One line that fits the title, within the limits."""

    def __init__(self, worker: Worker, field: dict[str, Any]) -> None:
        self._worker = worker
        self._field = field
        self._least = int(field.get("min_characters", 0))
        self._most = int(field["max_characters"]) if "max_characters" in field else None

    def made_up(self) -> str:
        writer = self._worker.writer
        text = writer.answer(self._field["title"], self._field.get("description", ""))
        return writer.fitted(text, self._least, self._most)

    def read(self, true: Any, path: str) -> str:
        most = self._most
        fits = isinstance(true, str) and true and len(true) >= self._least
        if not fits or (most is not None and len(true) > most):
            limits = f"a string of {max(self._least, 1)} or more characters"
            right = limits if most is None else f"{limits}, at most {most}"
            raise untrue(self._worker.job, path, true, right)
        return self._worker.noise.text(true)


class _Number:
    """A number within bounds and on the grid."""

    def __init__(self, worker: Worker, field: dict[str, Any]) -> None:
        self._worker = worker
        self._bounds = field.get("min"), field.get("max")
        self._step = field.get("step")

    def made_up(self) -> int | float:
        return draw_number(self._worker.job.random, *self._bounds, self._step)

    def read(self, true: Any, path: str) -> int | float:
        least, most = self._bounds
        fits = is_number(true)
        fits = fits and (least is None or true >= least) and (most is None or true <= most)
        if not fits:
            raise untrue(self._worker.job, path, true, number_between(least, most))
        if self._worker.noise.right():
            value_found: int | float = true
            return value_found
        return self.made_up()


class _Boolean:
    """Yes or no."""

    def __init__(self, worker: Worker, field: dict[str, Any]) -> None:
        del field
        self._worker = worker

    def made_up(self) -> bool:
        return self._worker.job.random.random() < 0.5

    def read(self, true: Any, path: str) -> bool:
        if not isinstance(true, bool):
            raise untrue(self._worker.job, path, true, "true or false")
        # Equal to the truth when right, its opposite when not: of two values there is one mistake.
        return true == self._worker.noise.right()


class _Moment:
    """A real day, a time, or both, in ISO 8601."""

    def __init__(self, worker: Worker, field: dict[str, Any]) -> None:
        self._worker = worker
        self._with_time = is_true(field.get("include_time", True))
        # With neither asked for there would be no answer: the day is left (assumed).
        self._with_date = is_true(field.get("include_date", True)) or not self._with_time

    def made_up(self) -> str:
        writer = self._worker.writer
        if not self._with_time:
            return writer.date()
        return f"{writer.date()}T{writer.time()}Z" if self._with_date else writer.time()

    def read(self, true: Any, path: str) -> str:
        parse: Callable[[str], object] = datetime.fromisoformat
        if not self._with_time:
            parse = date.fromisoformat
        elif not self._with_date:
            parse = time.fromisoformat
        try:
            parse(true)
        except (TypeError, ValueError):
            example = self.made_up()
            raise untrue(self._worker.job, path, true, f"a real moment such as {example}") from None
        value_found: str = true
        return value_found if self._worker.noise.right() else self.made_up()


class _Choices:
    """Leaf values of the field's choices, with their JSON types, in the order of the choices."""

    def __init__(self, worker: Worker, field: dict[str, Any]) -> None:
        self._worker = worker
        self._values = [leaf["value"] for leaf in childless(field["choices"], "subchoices")]
        self._least = int(field.get("min_choices", 1))
        self._most = min(int(field.get("max_choices", 1)), len(self._values))

    def made_up(self) -> list[Any]:
        chosen = some(self._worker.job.random, len(self._values), max(self._least, 1), self._most)
        return [self._values[position] for position in chosen]

    def read(self, true: Any, path: str) -> list[Any]:
        listed = true if isinstance(true, list) else [true]
        job = self._worker.job
        known = Places(job, self._values)
        places = {known.of(f"{path}[{index}]", value) for index, value in enumerate(listed)}
        if not self._least <= len(places) <= self._most or len(places) < len(listed):
            right = f"{self._least} to {self._most} different choices"
            raise untrue(job, path, true, right)
        noise = self._worker.noise
        chosen = noise.positions(sorted(places), len(self._values), max(self._least, 1))
        return [self._values[position] for position in chosen]


class _TimeRange:
    """Seconds from start to end."""

    def __init__(self, worker: Worker, field: dict[str, Any]) -> None:
        del field
        self._worker = worker

    def made_up(self) -> dict[str, float]:
        random = self._worker.job.random
        start = random.randrange(0, 300) / 10
        return {"start": start, "end": round(start + random.randint(1, 100) / 10, 1)}

    def read(self, true: Any, path: str) -> dict[str, float]:
        job, noise = self._worker.job, self._worker.noise
        start, end = (true.get("start"), true.get("end")) if isinstance(true, dict) else (0, 0)
        if not is_number(start) or not is_number(end) or not start < end:
            raise untrue(job, path, true, 'seconds, e.g. {"start": 1.5, "end": 4.0}')
        if job.labelers is None:
            return {"start": start, "end": end}
        first, last = (round(max(0.0, side + noise.shift()), 3) for side in (start, end))
        # A range that trembles away altogether was seen as it is.
        return {"start": first, "end": last} if first < last else {"start": start, "end": end}


class _Ranking:
    """Positions of the options as strings, best first."""

    def __init__(self, worker: Worker, field: dict[str, Any]) -> None:
        self._worker = worker
        self._options = int(field["num_options"])
        self._ranked = int(field.get("num_items_to_rank", self._options))

    def made_up(self) -> list[str]:
        ranked = self._worker.job.random.sample(range(self._options), self._ranked)
        return [str(position) for position in ranked]

    def read(self, true: Any, path: str) -> list[str]:
        ranked = [str(item) for item in true] if isinstance(true, list) else []
        fits = len(ranked) == self._ranked == len(set(ranked))
        if not fits or not all(
            item.isdecimal() and str(int(item)) == item and int(item) < self._options
            for item in ranked
        ):
            last = self._options - 1
            right = f'{self._ranked} different positions as strings, "0" to "{last}", best first'
            raise untrue(self._worker.job, path, true, right)
        if not self._worker.noise.right() and len(ranked) > 1:
            first = self._worker.job.random.randrange(len(ranked) - 1)
            # Neighbours change places: so the list stays a ranking of the same options.
            ranked[first], ranked[first + 1] = ranked[first + 1], ranked[first]
        return ranked


_MAKERS: Final[Mapping[str, type[_Maker]]] = {
    "text": _Text,
    "number": _Number,
    "boolean": _Boolean,
    "datetime": _Moment,
    "category": _Choices,
    "select": _Choices,
    "time_range": _TimeRange,
    "ranking_order": _Ranking,
}


Identity: TypeAlias = "tuple[str, object]"
"""What `identity` gives of one answer."""


class Order(NamedTuple):
    """The fields of one list in the order in which they can be answered."""

    names: list[str]
    owners: dict[str, str]
    """By id of a field within one of the list, the id of that one."""


def dependencies_first(fields: Sequence[dict[str, Any]]) -> Order:
    """The ids of ``fields``, each after those that its conditions, or those within it, name."""
    inside = {field["field_id"]: [field, *_below(field)] for field in fields}
    owner: dict[str, str] = {}
    for own, members in inside.items():
        for member in members:
            owner.setdefault(member["field_id"], own)
    order: dict[str, None] = {}
    begun: set[str] = set()
    for root in inside:
        stack = [root]
        while stack:
            own = stack[-1]
            if own in begun:
                order.setdefault(stack.pop())
                continue
            begun.add(own)
            names = condition_names(member.get("conditions") for member in inside[own])
            needed = (owner[name] for name in names if name in owner)
            # A stack, not recursion: how long chains of conditions are is the sender's choice.
            stack.extend(reversed([other for other in needed if other not in begun]))
    return Order(list(order), owner)


def conditions_hold(conditions: Any, identities_of: Callable[[str], AbstractSet[Identity]]) -> bool:
    """Whether a field with these ``conditions`` is shown.

    An assumed reading of a beta feature (docs/scale/collection.md 1.4).

    The sets are joined by or, the keys of one set by and, ``not`` negates the set it holds. A key
    is met when the other field's answer has one of the wanted values. No conditions, and
    conditions of an unknown shape, show the field.

    Args:
        conditions: the array as sent.
        identities_of: gives the identities of all values that another field was answered with,
            none when it is hidden.
    """
    if not isinstance(conditions, list) or not conditions:
        return True
    if not all(_is_condition_set(condition_set) for condition_set in conditions):
        return True
    return any(_is_met(condition_set, identities_of) for condition_set in conditions)


def _is_condition_set(condition_set: Any) -> bool:
    depth = 0
    while isinstance(condition_set, dict) and depth <= _NESTED_NOTS:
        plain = [value for key, value in condition_set.items() if key != "not"]
        if not all(isinstance(v, dict) and isinstance(v.get("value"), list) for v in plain):
            return False
        if "not" not in condition_set:
            return True
        condition_set, depth = condition_set["not"], depth + 1
    return False


def _is_met(
    condition_set: dict[str, Any], identities_of: Callable[[str], AbstractSet[Identity]]
) -> bool:
    for name, value in condition_set.items():
        if name == "not":
            if _is_met(value, identities_of):
                return False
        else:
            identities = identities_of(name)
            if not any(identity(choice) in identities for choice in value["value"]):
                return False
    return True


def _flat(answer: Any) -> list[Any]:
    if answer is _ABSENT:
        return []
    if isinstance(answer, list):
        return [value for item in answer for value in _flat(item)]
    return [answer]


def _below(field: dict[str, Any]) -> list[dict[str, Any]]:
    if kind_of(field) not in HOLDERS:
        return []
    return [placed.field for placed in placed_fields(field["fields"])]


def _gather(field: dict[str, Any], answer: Any, values: dict[str, set[Identity]]) -> None:
    """Put what a field, and those within it, were answered with under their ids."""
    children = field["fields"] if kind_of(field) in HOLDERS else ()
    own = values.setdefault(field["field_id"], set())
    for entry in _flat(answer):
        own.add(identity(entry))
        for child in children:
            if child["field_id"] in entry:
                _gather(child, entry[child["field_id"]], values)
