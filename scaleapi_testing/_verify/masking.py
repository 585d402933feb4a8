"""Hides keys, cookies and signatures in everything that is printed, and in what is recorded."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from .._messages import mask_key
from .chance import SIGNATURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SHORTEST_KEY: Final = 6
HIDDEN: Final = "…"
SECRET_HEADERS: Final = frozenset(
    {
        "authorization", "cookie", "set-cookie", "proxy-authorization", "scale-callback-auth",
        "x-api-key", "x-amz-security-token",
    }
)  # fmt: skip

_LIKE_A_KEY: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:live|test)_[0-9A-Za-z]{12,}|[0-9a-f]{24,}\|(?:live|test)"
)
_NAMES: Final = (
    r"(?:api|auth|private|access)[_-]?key|secret|passw(?:or)?d|cookie|authorization|callback_auth|"
    r"(?:access|refresh|id|auth|session|security|bearer)[_-]?token|session[_-]?id|signature|"
    r"credential"
)
_SECRET_NAMES: Final = re.compile(rf"(?i){_NAMES}")
_SECRETS: Final = "|".join(map(re.escape, sorted(SIGNATURES - {"expires", "x-amz-date"})))
_SIGNED: Final = re.compile(
    # The second sign stands for & within JSON and HTML, the others within another address.
    rf"((?:[?&;]|\\u0026|%3F|%26)(?:{_SECRETS}|[\w.-]*(?:{_NAMES})[\w.-]*)(?:=|%3D))"
    rf"(?:(?!%26|\\u0026)[^&#\s\"'<>;])+",
    re.IGNORECASE,
)
_CREDENTIALS: Final = re.compile(
    # A digit, a padding or mixed case, for "basic" may begin a sentence.
    r"\b((?i:basic|bearer))(?: +|%20|\+)"
    r"(?=\S*(?:[0-9=]|[a-z][A-Z]))[0-9A-Za-z+/=._~|%-]{6,}"
)
_HEADER: Final = re.compile(
    r"\b((?:set-)?cookie|(?:proxy-)?authorization|x-api-key|scale-callback-auth)(: *)[^\r\n\"]+",
    re.IGNORECASE,
)
_IN_ADDRESS: Final = re.compile(
    r"((?:https?|wss?)(?:://|%3A%2F%2F))[^/@\s\"'?#]+(@|%40)", re.IGNORECASE
)
_IN_JSON: Final = re.compile(
    # JSON within JSON has backslashes before its quotes: as many behind the value as before it.
    rf'(?P<before>(?P<escape>\\*)"[^"\\]*(?:{_NAMES})[^"\\]*(?P=escape)"\s*:\s*(?P=escape)")'
    r'(?!(?P=escape)").+?(?<!\\)(?=(?P=escape)")',
    re.IGNORECASE | re.DOTALL,
)


class Mask:
    """Hides what is secret.

    Args:
        keys: API keys that are known, e.g. from recorded headers. They are found in every spelling:
            as they are, percent-encoded, and as the value of a header ``Authorization``.
        secrets: what else is known to be secret, e.g. cookies.
    """

    def __init__(self, keys: Iterable[str | None] = (), secrets: Iterable[str] = ()) -> None:
        known: dict[str, str] = {
            secret: HIDDEN for secret in secrets if len(secret) >= SHORTEST_KEY
        }
        for key in keys:
            if key and len(key) >= SHORTEST_KEY:
                known |= dict.fromkeys(_spellings(key), HIDDEN)
                known |= {quote(key, safe=""): mask_key(key), key: mask_key(key)}
        # The longest first: a key within a longer secret would leave the rest of it.
        self._known = sorted(known.items(), key=lambda pair: len(pair[0]), reverse=True)

    def text(self, text: str) -> str:
        """A text without secrets; of a key the first characters stay."""
        for secret, hidden in self._known:
            text = text.replace(secret, hidden)
        text = _LIKE_A_KEY.sub(lambda match: mask_key(match.group()), text)
        text = _IN_JSON.sub(rf"\g<before>{HIDDEN}", text)
        text = _SIGNED.sub(rf"\1{HIDDEN}", text)
        text = _HEADER.sub(rf"\1\2{HIDDEN}", text)
        text = _CREDENTIALS.sub(rf"\1 {HIDDEN}", text)
        return _IN_ADDRESS.sub(rf"\1{HIDDEN}\2", text)

    def value(self, value: Any, name: str = "") -> Any:
        """A JSON value likewise, at every depth; what is called a secret is hidden whole."""
        if isinstance(value, str):
            return HIDDEN if value and _SECRET_NAMES.search(name) else self.text(value)
        if isinstance(value, list):
            return [self.value(item, name) for item in value]
        if isinstance(value, dict):
            return {
                self.text(str(key)): self.value(item, f"{name}.{key}")
                for key, item in value.items()
            }
        return value


def _spellings(key: str) -> Iterator[str]:
    """How a key is written in a header, its parts in base64 included."""
    for text in (key, f"{key}:"):
        encoded = b64encode(text.encode("utf-8", "replace")).decode().rstrip("=")
        yield encoded
        yield quote(encoded, safe="")


def cookies_in(headers: Mapping[str, str]) -> Iterator[str]:
    """The values of the cookies that some headers, named in lower case, send or set."""
    for name in ("cookie", "set-cookie"):
        for part in re.split("[;,]", headers.get(name, "")):
            value = part.partition("=")[2].strip()
            if (
                len(value) >= _SHORTEST_COOKIE
                and part.partition("=")[0].strip().lower() not in _OF_COOKIES
            ):
                yield value


_SHORTEST_COOKIE: Final = 8
"""Shorter ones may be words that stand elsewhere, too."""

_OF_COOKIES: Final = frozenset({"path", "domain", "expires", "max-age", "samesite"})
