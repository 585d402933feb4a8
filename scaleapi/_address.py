"""Where a client sends its calls: the address it is given, the environment's, or Scale's own."""

from __future__ import annotations

import os
from typing import Final
from urllib.parse import SplitResult, urlsplit

from .exceptions import ScaleInvalidRequest, refused

API_URL: Final = "https://api.scale.com/v1"

VARIABLE: Final = "SCALE_API_BASE_URL"
"""Names the origin, without version, of what stands in for Scale: of a fake's server mostly."""


def base_url(api_instance_url: str | None) -> str:
    """What paths are appended to, without a slash at its end and without user and password.

    A user and password in an address would be sent nowhere, for the key takes their place; they
    are left out here, so that nothing that shows the address can show them.

    Args:
        api_instance_url: as the client was given it; ``None`` asks the environment.

    Raises:
        ScaleInvalidRequest: the address, or the environment's, is none.
    """
    if api_instance_url is not None:
        return _joined(_parts(api_instance_url, "api_instance_url"))
    origin = os.environ.get(VARIABLE, "").strip().rstrip("/")
    if not origin:
        return API_URL
    try:
        parts = _parts(origin, VARIABLE)
    except ScaleInvalidRequest:
        raise _no_origin(origin) from None
    if parts.path:
        raise _no_origin(origin)
    return f"{_joined(parts)}/v1"


def _no_origin(origin: str) -> ScaleInvalidRequest:
    return refused(
        f"{VARIABLE} is {_shown(origin)!r:.100}; it names the origin alone, without /v1: "
        "http://127.0.0.1:4187"
    )


def _joined(parts: SplitResult) -> str:
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}".rstrip("/")


def _parts(url: str, name: str) -> SplitResult:
    if not isinstance(url, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise refused(f"{name} must be a string, got {url!r:.80}")
    shown = f"{_shown(url)!r:.200}"
    if not url.startswith(("https://", "http://")):
        raise refused(f"{name} must begin with https:// or http://, got {shown}")
    if any(not character.isprintable() or character.isspace() for character in url):
        raise refused(f"{name} must not hold white space or control characters, got {shown}")
    try:
        parts = urlsplit(url)
        # Read here, because urlsplit refuses a wrong port only when it is asked for.
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise refused(f"{name} is no address: {_reason(error)}; got {shown}") from None
    if not host:
        raise refused(f"{name} names no host, got {shown}")
    if parts.query or parts.fragment:
        raise refused(f"{name} must end with its path, without ? and #, got {shown}")
    return parts


def _reason(error: ValueError) -> str:
    """What the parser says, without the address, which may hold a password."""
    return str(error).partition(":")[0].partition("'")[0].strip()


def _shown(url: str) -> str:
    """The address without user and password, wherever its last ``@`` stands."""
    scheme, slashes, rest = url.partition("//")
    return f"{scheme}{slashes}…@{rest.rpartition('@')[2]}" if "@" in rest else url
