"""Header names compare without regard to case, and secrets in headers are never printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from .._messages import mask_key

SECRET: Final = ("authorization", "scale-callback-auth", "cookie", "proxy-authorization")
"""Headers whose values stand in no message and in no file, in lower case."""


class Headers(Mapping[str, str]):
    """The headers of one request: a read-only mapping whose names ignore case.

    Iterating yields the names as they were given. The repr masks the values that are secrets
    (``Authorization``, ``scale-callback-auth``, cookies); the values themselves are the real ones.
    """

    # Both: `get` is by lower case, and people see the names that they sent.
    __slots__ = ("_given", "_lower")

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._given = headers
        self._lower = {name.lower(): value for name, value in headers.items()}

    def __getitem__(self, name: str) -> str:
        try:
            return self._lower[name.lower()]
        except KeyError:
            # Under the name that was asked for, not its lower case.
            raise KeyError(name) from None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._lower

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def __repr__(self) -> str:
        return repr({name: masked_header(name, value) for name, value in self._given.items()})


def masked_header(name: str, value: str) -> str:
    """``value`` as a message may show it: of a secret only the scheme or the first characters."""
    lower = name.lower()
    if lower not in SECRET:
        return value
    scheme, blank, _ = value.partition(" ")
    if lower.endswith("authorization"):
        # The scheme is no secret, and a missing one is a common mistake.
        return f"{scheme} …" if blank else "…"
    return mask_key(value)
