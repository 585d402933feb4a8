"""Where a fact about Scale comes from: the mark that every operation and task type carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["documented", "client", "assumed"]


@dataclass(frozen=True, slots=True)
class Source:
    """The origin of a fact.

    Attributes:
        kind: ``"documented"`` (Scale's own documentation), ``"client"`` (follows from what the
            official client sends and reads) or ``"assumed"`` (nothing public was found).
        where: the documentation page, the client's version, or why the assumption was made.
    """

    kind: Kind
    where: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}"


def documented(url: str) -> Source:
    """A fact that stands in Scale's documentation at ``url``."""
    return Source("documented", url)


def client(version: str) -> Source:
    """A fact that follows from what the official client of ``version`` sends or reads."""
    return Source("client", version)


def assumed(why: str) -> Source:
    """A best guess, with the reason for it."""
    return Source("assumed", why)
