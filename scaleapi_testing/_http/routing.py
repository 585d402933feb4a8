"""Which operation a method and a path mean, and which one was nearly meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import ModuleType

    from .._provenance import Source

Handler: TypeAlias = "Callable[[Any], Any]"
Touches: TypeAlias = "Callable[[Any, Any, Mapping[str, str], str], bool]"


# Not slotted: its segments are computed once and kept in its dict.
@dataclass(frozen=True)
class Endpoint:
    """One operation of the API, as a value.

    Attributes:
        method: upper-case verb.
        path: pattern with placeholders, e.g. ``/v1/task/{task_id}/cancel``.
        source: where the operation's facts come from.
        public: true when it needs no key.
        query: the query parameters that it reads; ``None`` when the handler itself says which
            of them nothing reads.
        touches: of one that reads, whether a call of it would change something all the same, given
            the world, the account, what the placeholders stand for and the query; ``None`` for
            never.
        handler: what answers it.
    """

    method: str
    path: str
    source: Source
    handler: Handler
    public: bool = False
    # Empty and not None: an operation that declares nothing reads no parameter.
    query: tuple[str, ...] | None = ()
    touches: Touches | None = None

    @property
    def name(self) -> str:
        """Method and path, as messages and tables show it."""
        return f"{self.method} {self.path}"

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The pattern's segments."""
        return tuple(self.path.strip("/").split("/"))

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (self.handler.__doc__ or "").strip().split("\n")[0]


def endpoint(
    method: str,
    path: str,
    *,
    source: Source,
    public: bool = False,
    query: tuple[str, ...] | None = (),
    touches: Touches | None = None,
) -> Callable[[Handler], Endpoint]:
    """Mark a function as the handler of an operation; the mark returns an ``Endpoint``."""

    def mark(handler: Handler) -> Endpoint:
        return Endpoint(method, path, source, handler, public=public, query=query, touches=touches)

    return mark


def collect(modules: Iterable[ModuleType]) -> tuple[Endpoint, ...]:
    """Every endpoint that these modules define, in the order they stand there.

    Raises:
        TypeError: two endpoints have the same method and path.
    """
    by_route: dict[tuple[str, str], Endpoint] = {}
    for module in modules:
        # In the order of definition, which a module's dict keeps: tables and docs list them so.
        for value in vars(module).values():
            if not isinstance(value, Endpoint):
                continue
            # Placeholders count as equal, whatever their names: no call could tell them apart.
            shape = "/".join("{}" if part.startswith("{") else part for part in value.segments)
            if (value.method, shape) in by_route:
                raise TypeError(
                    f"two endpoints answer {value.name}: the second in {module.__name__}"
                )
            by_route[value.method, shape] = value
    return tuple(by_route.values())


@dataclass(slots=True)
# A tree by segments: finding one costs the path's length, not the number of operations.
class _Node:
    literal: dict[str, _Node] = field(default_factory=dict["str", "_Node"])
    placeholder: _Node | None = None
    by_method: dict[str, tuple[Endpoint, tuple[str, ...]]] = field(
        default_factory=dict["str", "tuple[Endpoint, tuple[str, ...]]"]
    )


class Router:
    """Finds endpoints by segments: a literal before a placeholder."""

    def __init__(self, endpoints: tuple[Endpoint, ...]) -> None:
        self.endpoints = endpoints
        self._root = _Node()
        # Once per process, as all fakes have the same operations.
        for route in endpoints:
            node = self._root
            names: list[str] = []
            for part in route.segments:
                if part.startswith("{"):
                    names.append(part[1:-1])
                    node.placeholder = node.placeholder or _Node()
                    node = node.placeholder
                else:
                    node = node.literal.setdefault(part, _Node())
            node.by_method[route.method] = route, tuple(names)

    def find(
        self, method: str, segments: tuple[str, ...]
    ) -> tuple[Endpoint, dict[str, str]] | None:
        """The endpoint for decoded ``segments``, with what its placeholders stand for."""
        node = self._root
        values: list[str] = []
        # The common way without recursion: a literal wherever there is one.
        for segment in segments:
            child = node.literal.get(segment)
            if child is None:
                child = node.placeholder
                # An empty segment names nothing: `/v1/task/` is no task.
                if child is None or not segment:
                    return self._find(self._root, method, segments, 0, ())
                values.append(segment)
            node = child
        matched = node.by_method.get(method)
        if matched is None:  # where a word was followed, a placeholder may lead on
            return self._find(self._root, method, segments, 0, ())
        return matched[0], dict(zip(matched[1], values, strict=True))

    def _find(
        self,
        node: _Node,
        method: str,
        segments: tuple[str, ...],
        at: int,
        values: tuple[str, ...],
    ) -> tuple[Endpoint, dict[str, str]] | None:
        if at == len(segments):
            matched = node.by_method.get(method)
            return (matched[0], dict(zip(matched[1], values, strict=True))) if matched else None
        segment = segments[at]
        child = node.literal.get(segment)
        if child is not None:
            match = self._find(child, method, segments, at + 1, values)
            if match is not None:
                return match
        # Only after the literal way failed: files and order of registration never decide.
        if node.placeholder is not None and segment:
            return self._find(node.placeholder, method, segments, at + 1, (*values, segment))
        return None

    @property
    def methods(self) -> list[str]:
        """The verbs that some operation has, in alphabetical order."""
        return sorted({known.method for known in self.endpoints})

    def matches_any(self, method: str | None, pattern: str | None) -> bool:
        """Whether some operation could be called by ``method`` at a path like ``pattern``.

        Args:
            method: a verb, or ``None`` for any.
            pattern: a path in which ``*`` is one segment, or ``None`` for any.
        """
        pattern_segments = None if pattern is None else pattern.strip("/").split("/")
        return any(
            (method is None or known.method == method.upper())
            and (pattern_segments is None or _could_be(known.segments, pattern_segments))
            for known in self.endpoints
        )

    def nearest(self, method: str | None, pattern: str, most: int = 3) -> list[str]:
        """The operations most like ``method`` and ``pattern``, e.g. ``POST /v1/task/{type}``."""
        pattern_segments = pattern.strip("/").split("/")
        candidates = [pattern_segments]
        if pattern_segments != [""] and all(
            known.segments[0] != pattern_segments[0] for known in self.endpoints
        ):
            # The version is easily left out, by a base address without it for instance.
            candidates.append(["v1", *pattern_segments])

        def likeness(known: Endpoint) -> tuple[float, bool]:
            same_verb = method is None or known.method == method.upper()
            # The verb only breaks ties: whoever has the path wrong mostly has the verb right.
            alike = max(_likeness(known.segments, path) for path in candidates)
            return alike + (0.05 if same_verb else 0), same_verb

        ranked = sorted(
            self.endpoints, key=lambda known: (likeness(known), known.name), reverse=True
        )
        return [known.name for known in ranked[:most]]


def _could_be(segments: tuple[str, ...], pattern_segments: list[str]) -> bool:
    return len(segments) == len(pattern_segments) and all(
        pattern in (part, "*") or part.startswith("{")
        for part, pattern in zip(segments, pattern_segments, strict=True)
    )


def _likeness(segments: tuple[str, ...], pattern_segments: list[str]) -> float:
    """How alike two paths are, 0 to 1; a placeholder is half as good as the word itself."""
    total = 0.0
    for part, pattern in zip(segments, pattern_segments, strict=False):
        if part.startswith("{") or pattern == "*":
            total += 0.5
        else:
            # Cut, for likeness grows with the square of the length, and a segment may be very long.
            total += SequenceMatcher(None, part, pattern[:100]).ratio()
    return total / max(len(segments), len(pattern_segments))


def split_path(path: str) -> tuple[str, ...]:
    """The decoded segments of a raw path; ``%2F`` stays inside its segment."""
    parts = path.strip("/").split("/")
    # Nearly every path: nothing to decode, and splitting is all.
    if "%" not in path:
        return tuple(parts)
    # After splitting, so that %2F stays inside its segment.
    return tuple(unquote(part) if "%" in part else part for part in parts)
