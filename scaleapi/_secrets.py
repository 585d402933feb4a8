"""How keys and passwords are kept out of everything a person may read: reprs, logs, error texts."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN: Final = 5
_LONG_ENOUGH_TO_SHOW: Final = 12
_LONG_ENOUGH_TO_HIDE: Final = 6  # hiding a made-up key such as "k" would garble every text
TEXT_SHOWN: Final = 800
"""Characters of an answer's own words that a message shows; the whole is the error's ``body``."""

_BEFORE_HOST: Final = r"//[^/@\s?#]*@"


class HiddenText(str):
    """A text that is sent as it is and whose repr is ``'***'``, e.g. where locals are printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


class Mask:
    """Replaces one API key, in each spelling it can take on the wire, by its first characters."""

    __slots__ = ("_spellings", "shown")

    def __init__(self, api_key: str) -> None:
        self.shown: str = f"{api_key[:_SHOWN]}…" if len(api_key) >= _LONG_ENOUGH_TO_SHOW else "…"
        basic = basic_credentials(api_key)
        spellings = {basic, basic.rstrip("=")}
        if len(api_key) >= _LONG_ENOUGH_TO_HIDE:
            spellings |= {api_key, quote(api_key), quote(api_key, safe="")}
        # Longest first: a spelling within another would leave the rest of it in the text.
        self._spellings: tuple[str, ...] = tuple(sorted(spellings, key=lambda s: (-len(s), s)))

    def __repr__(self) -> str:
        return f"<Mask of {self.shown}>"

    def text(self, text: str) -> str:
        """``text`` without the key."""
        for spelling in self._spellings:
            if spelling in text:
                text = text.replace(spelling, self.shown)
        return text

    def message(self, text: str, most: int = TEXT_SHOWN) -> str:
        """What somebody else wrote, fit for a message: no key, no password, one line, not long."""
        return shortened(without_password(self.text(text)), most)

    def exception(self, error: BaseException) -> None:
        """Take key and passwords out of the texts of ``error`` and of every error behind it.

        A traceback prints the whole chain of causes, so masking our own message is not enough.
        """
        seen: set[int] = set()
        waiting: list[BaseException] = [error]
        while waiting:
            current = waiting.pop()
            # Causes may go round in a circle.
            if id(current) in seen:
                continue
            seen.add(id(current))
            waiting.extend(e for e in (current.__cause__, current.__context__) if e is not None)
            waiting.extend(arg for arg in current.args if isinstance(arg, BaseException))
            current.args = tuple(
                without_password(self.text(arg)) if isinstance(arg, str) else arg
                for arg in current.args
            )


def without_password(text: str) -> str:
    """``text`` with ``…@`` for what stands before the ``@`` of an address in it."""
    return re.sub(_BEFORE_HOST, "//…@", text) if "@" in text else text


def shortened(text: str, most: int = TEXT_SHOWN) -> str:
    """``text`` on one line, without control characters and of ``most`` characters or fewer.

    A terminal obeys control characters, and a log takes a line end for a new record.
    """
    if len(text) > most:
        text = f"{text[: most - 1]}…"
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else " " for character in text)


def listed(names: Iterable[object], most: int = TEXT_SHOWN) -> str:
    """Names that an answer chose, for a message."""
    return shortened(", ".join(str(name)[:most] for name in names), most)


def basic_credentials(api_key: str) -> str:
    """The base64 part of ``Authorization: Basic``: the key is the user, the password is empty."""
    return base64.b64encode(f"{api_key}:".encode()).decode("ascii")
