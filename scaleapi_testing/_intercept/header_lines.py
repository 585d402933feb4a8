"""Headers as they are written on a connection; what cannot be is refused as it is there.

Source: ``http.client.HTTPConnection.putheader``, by which ``requests`` and urllib3 write them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME: Final = re.compile(r"[^:\s][^:\r\n]*")
_BROKEN: Final = re.compile(r"\n(?![ \t])|\r(?![ \t\n])")
"""The end of a line that no line goes on: what follows would be another header."""


def header_texts(raw_headers: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """Headers by their names in lower case.

    Raises:
        UnicodeEncodeError: a name is not ASCII, or a value not Latin-1.
        ValueError: a name is empty or holds a colon, or a value ends its line.
    """
    headers: dict[str, str] = {}
    for name, value in raw_headers:
        text = str(value, "latin-1") if isinstance(value, bytes) else str(value)
        label = str(name, "latin-1") if isinstance(name, bytes) else str(name)
        if not label.isascii():
            label.encode("ascii")
        if not text.isascii():
            text.encode("latin-1")
        if not _NAME.fullmatch(label):
            raise ValueError(f"Invalid header name {label.encode('latin-1')!r}")
        if ("\n" in text or "\r" in text) and _BROKEN.search(text):
            raise ValueError(f"Invalid header value {text.encode('latin-1')!r}")
        headers[label.lower()] = text
    return headers
