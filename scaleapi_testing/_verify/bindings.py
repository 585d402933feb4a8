"""What the recording calls one way and the fake another: ids, tokens, times, addresses."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import quote, unquote

SHORTEST_INSIDE: Final = 12
"""Shorter values are replaced where they stand alone, never inside of longer texts."""


class Bindings:
    """Recorded values and the fake's in their place."""

    def __init__(self) -> None:
        self._fakes: dict[str, str] = {}
        self._targets: set[str] = set()
        self._sent: set[str] = set()

    def note_sent(self, value: Any) -> None:
        """A JSON value goes out: what in it comes back does not depend on chance."""
        if isinstance(value, str):
            self._sent.add(value)
        elif isinstance(value, list):
            for item in value:
                self.note_sent(item)
        elif isinstance(value, dict):
            for item in value.values():
                self.note_sent(item)

    def was_sent(self, fake: str) -> bool:
        """Whether a value of the fake's was sent to it."""
        return fake in self._sent

    def bind(self, recorded: str, fake: str) -> None:
        """From now on the fake's value stands for the recorded one."""
        # The first one holds: a later difference is one, and must not bind it away.
        if recorded not in self._fakes:
            self._fakes[recorded] = fake
            self._targets.add(fake)

    def of(self, recorded: str) -> str | None:
        """What stands for a recorded value, if anything does."""
        return self._fakes.get(recorded)

    def is_target(self, fake: str) -> bool:
        """Whether a value of the fake's stands for a recorded one already."""
        return fake in self._targets

    def text(self, text: str) -> str:
        """A text with the fake's values in place of the recorded ones."""
        whole = self._fakes.get(text)
        if whole is not None:
            return whole
        # The longest first: one may stand within another.
        for recorded in sorted(self._inside(text), key=len, reverse=True):
            text = text.replace(recorded, self._fakes[recorded])
        return text

    def _inside(self, text: str) -> list[str]:
        if len(text) < SHORTEST_INSIDE:
            return []
        return [
            recorded
            for recorded, fake in self._fakes.items()
            if len(recorded) >= SHORTEST_INSIDE and recorded != fake and recorded in text
        ]

    def value(self, value: Any) -> Any:
        """A JSON value likewise, at every depth."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        return value

    def path(self, path: str) -> str:
        """A raw path likewise, segment by segment."""
        return "/".join(
            quote(bound, safe=":@!$&'()*+,;=~-._")
            if (bound := self.text(plain := unquote(part))) != plain
            else part
            for part in path.split("/")
        )

    def query(self, query: str) -> str:
        """A raw query likewise, value by value."""
        parts: list[str] = []
        for part in query.split("&"):
            name, equals, raw = part.partition("=")
            plain = unquote(raw.replace("+", " "))
            # A token's plus signs are sent bare by some clients.
            bound = self._fakes.get(unquote(raw)) or self.text(plain)
            parts.append(part if bound == plain else f"{name}{equals}{quote(bound, safe='')}")
        return "&".join(parts)

    def body(self, body: bytes, sent: Any) -> bytes:
        """A body likewise: as JSON where it is that, else as bytes."""
        if isinstance(sent, dict | list | str):
            bound = self.value(sent)
            return body if bound == sent else json.dumps(bound).encode()
        for recorded, fake in self._fakes.items():
            if len(recorded) >= SHORTEST_INSIDE and recorded != fake:
                body = body.replace(recorded.encode(), fake.encode())
        return body
