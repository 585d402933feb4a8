"""Takes the content encoding off a recorded body, where the recorder left it on."""

from __future__ import annotations

import zlib
from typing import Any


def decoded(headers: Any, body: bytes | None) -> bytes | None:
    """The body without gzip and the like; as it is where it is not encoded (any more).

    Args:
        headers: of the reply: lists of values, or single ones, by name.
        body: as the file has it.
    """
    if not body:
        return body
    from vcr.filters import decode_response

    lists = {
        str(name): list(value) if isinstance(value, list) else [value]
        for name, value in (headers or {}).items()
        if value
    }
    try:
        plain = decode_response({"headers": lists, "body": {"string": body}})
    except (OSError, TypeError, ValueError, zlib.error):
        return body  # recorders decode bodies and leave the header as it was
    text: Any = plain["body"]["string"]
    return bytes(text)
