"""Addresses of the server itself that take callbacks: a demo needs no receiver."""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_LETTERS: Final = 100
"""Letters that an inbox keeps: the newest."""

MOST_NAMES: Final = 50
"""Inboxes of a world; of the one that was written to longest ago the letters are let go."""

MOST_BYTES: Final = 512 * 1024
"""Bytes of one letter."""

_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,60}")


class WrongLetter(Exception):
    """A letter that is not taken.

    Args:
        message: why.
        status: of HTTP.
        hint: what would be right.
    """

    def __init__(self, message: str, status: int, hint: str) -> None:
        super().__init__(message)
        self.status = status
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Letter:
    """What came in.

    Attributes:
        number: counted through all inboxes of the world, from 1.
        at_ms: virtual time.
        headers: names in lower case.
        body: its bytes.
    """

    number: int
    at_ms: int
    headers: Mapping[str, str]
    body: bytes


class Inboxes:
    """The inboxes of one world, by name."""

    def __init__(self) -> None:
        self._letters: dict[str, deque[Letter]] = {}
        self._number = 0
        self._lock = threading.Lock()

    def take(self, name: str, at_ms: int, headers: Mapping[str, str], body: bytes) -> Letter:
        """Keep a letter; the oldest go where there are too many.

        Raises:
            WrongLetter: no inbox has such a name, or the letter is too large.
        """
        if not _NAME.fullmatch(name):
            raise WrongLetter(
                f"no inbox can be called {name!r:.80}",
                404,
                "A name has 1 to 60 letters, digits, dots, dashes and underscores.",
            )
        if len(body) > MOST_BYTES:
            raise WrongLetter(
                f"a letter of {len(body):,} bytes is too large",
                413,
                f"An inbox takes {MOST_BYTES:,} bytes at most.",
            )
        # Targets call from several threads; number and order belong together.
        with self._lock:
            self._number += 1
            letter = Letter(self._number, at_ms, headers, body)
            # Taken out and put in again: a dict keeps the order in which names came.
            letters = self._letters.pop(name, None)
            if letters is None:
                letters = deque[Letter](maxlen=MOST_LETTERS)
            letters.append(letter)
            self._letters[name] = letters  # now the last one that was written to
            if len(self._letters) > MOST_NAMES:
                # The oldest inbox goes: anybody may name new ones, and memory has an end.
                del self._letters[next(iter(self._letters))]
        return letter

    def names(self) -> list[str]:
        """Every inbox that has letters, the one last written to first."""
        # A copy, since letters arrive in other threads; the newest inbox first.
        return list(self._letters)[::-1]

    def letters(self, name: str) -> list[Letter]:
        """The letters of an inbox, newest first."""
        return list(self._letters.get(name, ()))[::-1]
