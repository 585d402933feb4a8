"""Which API key a request carries (docs/scale/calls.md 2)."""

from __future__ import annotations

import base64
import binascii
from typing import Final

BAD_KEY: Final = "Your API key does not correspond to a registered user."
"""Recorded in 2016 and still answered with 401 (client)."""


def key_of(authorization: str | None) -> str | None:
    """The key in an ``Authorization`` header, Basic (as user name) or Bearer; ``None`` if none."""
    if not authorization:
        return None
    scheme, _, value = authorization.strip().partition(" ")
    # Schemes ignore case (RFC 9110), and clients do write `BASIC`.
    value = value.strip()
    match scheme.lower():
        case "bearer":
            return value or None
        case "basic":
            try:
                # Strictly: what is no base64 is no key, not some other one.
                decoded = base64.b64decode(value, validate=True).decode("utf-8")
            except (binascii.Error, ValueError):
                return None
            # The password is empty for Scale's keys and is not looked at.
            return decoded.partition(":")[0] or None
        case _:
            return None


def why_no_key(authorization: str | None) -> str:
    """For the test report: why no key was found in this header."""
    if not authorization:
        return "no Authorization header was sent; send Basic with the key as user name, or Bearer"
    scheme = authorization.strip().partition(" ")[0]
    if scheme.lower() not in {"basic", "bearer"}:
        return (
            f"the Authorization scheme is {scheme[:20]!r}; send Basic (key as user name) or Bearer"
        )
    return "the Authorization header holds no key: send base64 of 'KEY:' with Basic"
