"""Where Scale is: the address given, the one the environment names, or Scale's own."""

from __future__ import annotations

import os
from typing import Final
from urllib.parse import urlsplit

from .exceptions import refused

API_URL: Final = "https://api.scale.com/v1"

VARIABLE: Final = "SCALE_API_BASE_URL"
"""Names the origin, without version, of what stands in for Scale: of a fake's server mostly."""


def base_url(api_instance_url: str | None) -> str:
    """The base of all paths of v1.

    Args:
        api_instance_url: what the client was given; ``None`` asks the environment.

    Raises:
        ScaleInvalidRequest: it is no address, or the environment names more than an origin.
    """
    if api_instance_url is not None:
        if not api_instance_url.startswith(("https://", "http://")):
            raise refused(
                f"api_instance_url must begin with https:// or http://, got {api_instance_url!r}"
            )
        return api_instance_url
    named = os.environ.get(VARIABLE, "").strip().rstrip("/")
    if not named:
        return API_URL
    try:
        parts = urlsplit(named)
        is_origin = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        raise _no_origin(named) from None
    if not is_origin or parts.path or parts.query or parts.fragment:
        raise _no_origin(named)
    return f"{named}/v1"


def _no_origin(named: str) -> Exception:
    return refused(
        f"{VARIABLE} is {named!r:.100}; it names the origin alone, without /v1: "
        "http://127.0.0.1:4187"
    )
