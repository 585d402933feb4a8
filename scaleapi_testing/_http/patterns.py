"""Which requests a method and a path pattern mean: one rule for the journal and the faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from .._messages import did_you_mean, likeness, listed, shown

METHODS: Final = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class RequestPattern:
    """A method and a path pattern, read and checked.

    Attributes:
        method: upper-case verb, ``None`` for any.
        path: the pattern with ``*`` for each free segment, ``None`` for any path.
        segments: the pattern's segments, ``None`` for any path.
    """

    method: str | None
    path: str | None
    segments: tuple[str, ...] | None

    @classmethod
    def parse(cls, method: str | None, path: str | None) -> RequestPattern:
        """The pattern that ``method`` and ``path`` describe.

        Args:
            method: a verb in any case; ``None`` or ``"*"`` for any.
            path: begins with ``/``; ``*`` (or a route's ``{name}``) stands for one whole segment;
                a slash inside a segment is written ``%2F``; a trailing slash means nothing;
                ``None`` for any path.

        Raises:
            TypeError: one of them is no string.
            ValueError: an unknown verb, or a pattern that could match no request's path.
        """
        verb = _checked_method(method)
        if path is None:
            return cls(verb, None, None)
        _check_path(path)
        segments = tuple(
            # A route's own path is a pattern too, so that it can be copied from the docs.
            "*" if part == "*" or (part.startswith("{") and part.endswith("}")) else part
            for part in path.strip("/").split("/")
        )
        return cls(verb, "/" + "/".join(segments), segments)

    def matches(self, method: str, segments: tuple[str, ...]) -> bool:
        """Whether a request with this method and these decoded path segments is meant."""
        return (self.method is None or self.method == method) and self.matches_path(segments)

    def matches_path(self, segments: tuple[str, ...]) -> bool:
        """Whether these decoded path segments are meant, whatever the method."""
        if self.segments is None:
            return True
        return len(self.segments) == len(segments) and all(
            # Decoded for the pattern as well: a slash inside a segment is written %2F there.
            want in {"*", got} or unquote(want) == got
            for want, got in zip(self.segments, segments, strict=True)
        )

    def nearness(self, method: str, segments: tuple[str, ...]) -> float:
        """How near a request comes, from 0.0 to 1.0; for ranking near misses in messages."""
        same_method = 1.0 if self.method in {None, method} else 0.0
        if self.matches_path(segments):
            # A right path with another verb comes before every near path.
            return 0.8 + 0.2 * same_method
        want = self.segments or ()
        # Placeholders take what was sent, so that only the words are compared.
        filled = [
            got if part == "*" else part
            for part, got in zip(want, (*segments, *("*" for _ in want)), strict=False)
        ]
        # At most 0.9, below any path that matches.
        return 0.8 * likeness("/".join(filled), "/".join(segments)) + 0.1 * same_method

    def __str__(self) -> str:
        if self.path is None:
            return f"any {self.method}" if self.method else "any call"
        return f"{self.method} {self.path}" if self.method else self.path


def _checked_method(method: str | None) -> str | None:
    if method is None or method == "*":
        return None
    if not isinstance(method, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
        raise TypeError(f"method is {method!r}: expected a string such as 'POST', or None for any")
    verb = method.upper()
    if verb in METHODS:
        return verb
    # The likeliest slip, told apart: to("/v1/tasks").
    if method.startswith("/"):
        raise ValueError(
            f"{method!r} stands where the method belongs: the method comes first, then the path"
        )
    near = did_you_mean(verb, METHODS, 1)
    hint = f"; nearest: {near[0]}" if near else ""
    raise ValueError(
        f"no such method: {shown(method)}; known: {listed(METHODS, len(METHODS))}, "
        f"or None for any{hint}"
    )


def _check_path(path: str) -> None:
    if not isinstance(path, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
        raise TypeError(
            f"path is {path!r}: expected a string such as '/v1/task/*', or None for any"
        )
    # Only before the query, where an address may stand as a value.
    if "://" in path.split("?", 1)[0]:
        raise ValueError(
            f"path pattern {shown(path)} is a whole address: give the path alone, "
            "such as '/v1/tasks'"
        )
    if not path.startswith("/"):
        raise ValueError(
            f"path pattern {shown(path)} does not begin with '/': write it as '/v1/task/*', "
            "or None for any path"
        )
    if "?" in path:
        raise ValueError(
            f"path pattern {shown(path)} holds a query: give the path alone, "
            "the query is matched by query= (journal) or when= (faults)"
        )
    if any("*" in part and part != "*" for part in path.split("/")):
        raise ValueError(
            f"path pattern {shown(path)}: '*' stands for one whole segment, as in "
            "'/v1/task/*/cancel'; a star that is meant literally is written %2A"
        )
