"""Differences that are known: a file of lines, each an operation, a place and how they differ."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from .comparing import Difference, What

if TYPE_CHECKING:
    from collections.abc import Sequence

HOWS: Final = (*get_args(What), "*")
FORM: Final = "METHOD /path place how, e.g. GET /v1/tasks docs[].isProcessed missing"


class WrongAllowance(ValueError):
    """A line of a file of known differences means nothing; one line says which and why."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """One known difference.

    Attributes:
        line: as it stands in the file.
        method: upper-case verb, or ``*``.
        path: an operation's path; ``*`` stands for a segment, alone for all.
        place: where in the reply; ``*`` stands for any part of it.
        how: how they differ, or ``*``.
    """

    line: str
    method: str
    path: str
    place: str
    how: str

    def matches(self, operation: str, difference: Difference) -> bool:
        """Whether it is this difference of this operation."""
        method, _, path = operation.partition(" ")
        return (
            self.method in {"*", method}
            and (self.path == "*" or _like(self.path, path, "[^/]*"))
            and _like(self.place, difference.place, ".*")
            and self.how in {"*", difference.what}
        )


def _like(pattern: str, text: str, star: str) -> bool:
    return re.fullmatch(star.join(map(re.escape, pattern.split("*"))), text) is not None


def read(paths: Sequence[str | os.PathLike[str]]) -> list[Allowance]:
    """The allowances of some files; ``#`` begins a comment.

    Raises:
        WrongAllowance: a line means nothing.
        OSError: a file cannot be read.
    """
    allowances: list[Allowance] = []
    for path in paths:
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise WrongAllowance(f"{path} is no text; expected lines such as: {FORM}") from None
        for number, line in enumerate(text.splitlines(), 1):
            # With the blank, for a path may hold a # of its own.
            plain = line.partition(" #")[0].strip()
            if plain and not plain.startswith("#"):
                allowances.append(_read_line(plain, f"{os.fspath(path)}, line {number}"))
    return allowances


def _read_line(line: str, place: str) -> Allowance:
    parts = line.split()
    if len(parts) != 4 or parts[3] not in HOWS:
        what = (
            f"{parts[3]!r:.60} is none of {', '.join(HOWS)}"
            if len(parts) == 4
            else f"it has {len(parts)} words, not 4"
        )
        raise WrongAllowance(f"{place}: {what}; expected {FORM}")
    return Allowance(line, parts[0].upper(), parts[1], parts[2], parts[3])
