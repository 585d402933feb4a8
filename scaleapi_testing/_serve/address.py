"""Where ``scale.serve()`` listens: on this machine alone."""

from __future__ import annotations

from typing import Any

from .._intercept.origin import is_loopback
from .._messages import described


def check_address(host: Any, port: Any) -> None:
    """Refuse an address that ``serve`` does not listen on.

    Raises:
        TypeError: no host, or no port number.
        ValueError: an address that is not this machine alone, or no port.
    """
    if not isinstance(host, str):
        raise TypeError(f"serve(host=...) takes a host name or address, not {described(host)}")
    if isinstance(port, bool) or not isinstance(port, int):
        raise TypeError(f"serve(port=...) takes a whole number, not {described(port)}")
    bare = host.strip("[]").lower()
    if bare in {"", "0.0.0.0", "::"} or not is_loopback(bare):  # noqa: S104 - refused
        raise ValueError(
            f"serve(host={host!r:.62}) would let other machines call this fake, which asks for no "
            "password; give a loopback address, such as 127.0.0.1, or serve it to others with the "
            "command: scaleapi-testing serve --host ... --admin-token ..."
        )
    if not 0 <= port <= 65_535:
        raise ValueError(
            f"serve(port={port}) is no port: give a number from 1 to 65535, or 0 for a free one"
        )
