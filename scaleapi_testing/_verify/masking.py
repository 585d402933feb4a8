"""Hides keys, cookies and signatures in everything that is printed, and in what is recorded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from .._messages import mask_key
from .chance import SIGNATURES

if TYPE_CHECKING:
    from collections.abc import Iterable

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
_SECRETS: Final = "|".join(map(re.escape, sorted(SIGNATURES - {"expires", "x-amz-date"})))
_SIGNED: Final = re.compile(rf"([?&](?:{_SECRETS})=)[^&#\s\"']+", re.IGNORECASE)
_CREDENTIALS: Final = re.compile(r"\b(Basic|Bearer) +[0-9A-Za-z+/=._~|-]{6,}")
_IN_ADDRESS: Final = re.compile(r"(https?://)[^/@\s\"']+@")
_SECRET_NAMES: Final = re.compile(
    r"(?i)(?:api[_-]?key|auth[_-]?key|secret|password|cookie|authorization|callback_auth)"
)


class Mask:
    """Hides what is secret.

    Args:
        keys: API keys that are known, e.g. from recorded headers.
    """

    def __init__(self, keys: Iterable[str | None] = ()) -> None:
        self._keys = sorted({key for key in keys if key and len(key) >= SHORTEST_KEY}, key=len)[
            ::-1
        ]

    def text(self, text: str) -> str:
        """A text without secrets; of a key the first characters stay."""
        for key in self._keys:
            text = text.replace(key, mask_key(key))
        text = _LIKE_A_KEY.sub(lambda match: mask_key(match.group()), text)
        text = _SIGNED.sub(rf"\1{HIDDEN}", text)
        text = _CREDENTIALS.sub(rf"\1 {HIDDEN}", text)
        return _IN_ADDRESS.sub(rf"\1{HIDDEN}@", text)

    def value(self, value: Any, name: str = "") -> Any:
        """A JSON value likewise, at every depth; what is called a secret is hidden whole."""
        if isinstance(value, str):
            return HIDDEN if value and _SECRET_NAMES.search(name) else self.text(value)
        if isinstance(value, list):
            return [self.value(item, name) for item in value]
        if isinstance(value, dict):
            return {self.text(str(key)): self.value(item, str(key)) for key, item in value.items()}
        return value
