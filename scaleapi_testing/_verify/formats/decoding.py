"""Takes the content encoding off a recorded body, where the recorder left it on."""

from __future__ import annotations

import zlib
from typing import Any


def decoded(headers: Any, body: bytes | None) -> bytes | None:
    """The body without gzip and deflate; as it is where it is not encoded (any more).

    ``None`` where it is in another coding (br, zstd), which needs what nobody may have installed.

    Args:
        headers: of the reply: lists of values, or single ones, by name.
        body: as the file has it.
    """
    if not body:
        return body
    from vcr.filters import decode_response

    coding = next((str(value) for name, value in (headers or {}).items() if is_coding(name)), "")
    # Their codecs may be missing here, though a recorder often decoded the body already.
    if any(other in coding.lower() for other in ("br", "zstd", "compress")):
        return body if _is_text(body) else None
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


def is_coding(name: Any) -> bool:
    """Whether a header of this name tells how a body is encoded."""
    return str(name).lower() == "content-encoding"


def _is_text(body: bytes) -> bool:
    try:
        return body.decode().lstrip()[:1] != ""
    except UnicodeDecodeError:
        return False
