"""One operation of the control plane, as a value: from it come route, checks, OpenAPI and docs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from .._messages import did_you_mean, listed
from .kinds import Kind

if TYPE_CHECKING:
    from types import ModuleType

    from .._messages import JSON

Perform: TypeAlias = Callable[..., Any]

NOT_GIVEN: Final = object()


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an operation: a placeholder of its path, else of the query or the body.

    Attributes:
        name: as JSON names it.
        kind: what it may be.
        help: what it means, half a sentence.
        required: whether it must be given; one that is not may be ``null`` as well.
    """

    name: str
    kind: Kind
    help: str
    required: bool = False


class WrongArgument(ValueError):
    """An argument of a control that means nothing: which, and what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlOperation:
    """One control, as data.

    Attributes:
        name: its own, with dots: ``clock.advance``.
        method: ``GET``, ``POST`` or ``DELETE``.
        path: below ``/_fake``, e.g. ``/clock/advance``.
        changes: whether it changes something, so that a log must hold it.
        arguments: what it takes.
        act: does it: ``act(subject, **arguments)``; what it gives is JSON.
        filters: names of the wire that are taken too, and given as ``filters``; so are others that
            a record has.
        choices: of some of these filters, what they can be; the control refuses all else.
        rules: what its JSON Schema says besides of all arguments together.
        of_server: whether ``subject`` is a ``Caller`` of ``_worlds`` and not a fake: it makes or
            ends worlds, or sets what belongs to the server.
        gives: the JSON Schema of its answer.
    """

    name: str
    method: str
    path: str
    changes: bool
    arguments: tuple[Argument, ...]
    act: Perform
    filters: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    rules: Mapping[str, Any] = field(default_factory=dict[str, Any])
    of_server: bool = False
    gives: Mapping[str, Any]

    @property
    def summary(self) -> str:
        """The first line of what does it."""
        return (self.act.__doc__ or "").strip().split("\n")[0]

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names that stand in its path."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    def perform(self, subject: Any, arguments: Mapping[str, JSON]) -> JSON:
        """Do it, with arguments as JSON has them.

        Args:
            subject: a ``FakeScale``; a ``Caller`` of ``_worlds`` where ``of_server``.
            arguments: JSON values by name; ``None`` for one that is not required is not given.

        Returns:
            The answer, as JSON.

        Raises:
            WrongArgument: one is missing, unknown, or means nothing.
            Exception: what the control raises.
        """
        return self.act(subject, **self.read(arguments))

    def fit(self, arguments: Mapping[str, JSON]) -> bool:
        """Whether each argument is of the type and within the bounds that its schema names.

        What is refused nevertheless is no argument's own fault: they contradict each other, or the
        state.
        """
        # Rules tie arguments to each other, so that no argument's own kind can hold them.
        together = Kind("arguments", {"type": "object", **self.rules}, lambda values: values)
        names = {*self.filters, *(argument.name for argument in self.arguments)}
        for name, choices in self.choices.items():
            value = arguments.get(name, [])
            if not all(
                entry in choices for entry in (value if isinstance(value, list) else [value])
            ):
                return False
        return (arguments.keys() <= names and together.fits(dict(arguments))) and all(
            argument.kind.fits(arguments[argument.name])
            for argument in self.arguments
            # A null is an argument that is not given, as in `read`.
            if arguments.get(argument.name) is not None
        )

    def read(self, arguments: Mapping[str, JSON]) -> dict[str, Any]:
        """What the arguments mean.

        Raises:
            WrongArgument: one is missing, unknown, or means nothing.
        """
        by_name = {argument.name: argument for argument in self.arguments}
        free: dict[str, Any] = {}
        for name, value in arguments.items():
            if name in by_name:
                continue
            if not self.filters:
                raise WrongArgument(self._unknown(name, by_name))
            # Kept unchecked: what a record has on the wire is an open set, which the view knows.
            free[name] = value
        keywords: dict[str, Any] = {}
        for name, argument in by_name.items():
            value = arguments.get(name)
            # A null for a required one may be a value of its own, as the policy that is none.
            if value is None and (name not in arguments or not argument.required):
                if argument.required:
                    raise WrongArgument(
                        f"{self.name} needs {name!r}: {argument.help} ({argument.kind.name})"
                    )
                continue
            try:
                keywords[name] = argument.kind.read(value)
            except (TypeError, ValueError) as error:
                raise WrongArgument(f"{self.name} got {name!r}: {error}") from error
        if self.filters:
            keywords["filters"] = free
        return keywords

    def from_query(self, pairs: Iterable[tuple[str, str]]) -> dict[str, JSON]:
        """Arguments that stand in a query: repeated ones are lists."""
        kinds = {argument.name: argument.kind for argument in self.arguments}
        arguments: dict[str, Any] = {}
        several: dict[str, list[Any]] = {}
        for name, text in pairs:
            kind = kinds.get(name)
            # A query has no lists: repeating a name is how HTML forms and requests send them.
            values = several.setdefault(name, [])
            values.append(text if kind is None else kind.from_query(text))
            if kind is None:
                # Of a filter it is not known whether the wire has a text there: both are meant.
                with suppress(ValueError, RecursionError):
                    values.append(json.loads(text))
            arguments[name] = values[0] if len(values) == 1 else values
        return arguments

    def _unknown(self, name: str, known: Mapping[str, Argument]) -> str:
        near = did_you_mean(name, known, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        takes = listed(known, 20) or "no arguments"
        return f"{self.name} takes no {name!r:.62}; {hint}it takes {takes}"


def control(
    name: str,
    *arguments: Argument,
    method: str = "POST",
    path: str | None = None,
    changes: bool | None = None,
    filters: tuple[str, ...] = (),
    choices: Mapping[str, tuple[str, ...]] | None = None,
    rules: Mapping[str, Any] | None = None,
    of_server: bool = False,
    gives: Mapping[str, Any] | None = None,
) -> Callable[[Perform], ControlOperation]:
    """Mark a function as what does an operation; the mark returns a ``ControlOperation``.

    Args:
        name: its own; where no path is given it says that too: ``clock.advance`` is
            ``/clock/advance``.
        arguments: what it takes.
        method: the verb.
        path: below ``/_fake``.
        changes: whether it changes something; unless told, what is no ``GET`` does.
        filters: names of the wire that are taken too.
        choices: of some of them, what they can be.
        rules: what its JSON Schema says besides.
        of_server: whether it is given a ``Caller`` of ``_worlds`` in place of a fake.
        gives: the JSON Schema of its answer.
    """

    def mark(act: Perform) -> ControlOperation:
        return ControlOperation(
            name=name,
            method=method,
            path=path or "/" + name.replace(".", "/"),
            changes=method != "GET" if changes is None else changes,
            arguments=arguments,
            act=act,
            filters=filters,
            choices={} if choices is None else choices,
            rules={} if rules is None else rules,
            of_server=of_server,
            gives={"type": "object"} if gives is None else gives,
        )

    return mark


def collect(modules: Iterable[ModuleType]) -> dict[str, ControlOperation]:
    """Every operation that these modules define, by name, in the order they stand there.

    Raises:
        TypeError: two have the same name, or the same method and path.
    """
    by_name: dict[str, ControlOperation] = {}
    routes: set[tuple[str, str]] = set()
    for module in modules:
        for value in vars(module).values():
            if not isinstance(value, ControlOperation):
                continue
            if value.name in by_name or (value.method, value.path) in routes:
                raise TypeError(f"two controls are {value.name}: the second in {module.__name__}")
            by_name[value.name] = value
            routes.add((value.method, value.path))
    return by_name
