"""The origin that ``SCALE_API_BASE_URL`` names, and whose it is.

Our client goes there when it is given no address. An active fake answers for it as for Scale's own,
so that a suite in such an environment stays in its process, unless the address is another fake's
server: then that one is meant.
"""

from __future__ import annotations

import os
import ssl
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from .._callbacks.loopback import PASSES_DOORS
from .origin import host_of, is_loopback, normal_origin

VARIABLE: Final = "SCALE_API_BASE_URL"

HEALTH: Final = "/_fake/health"
"""The path that every server of a fake answers with 200, and nothing else does."""

PATIENCE_S: Final = 1.0
"""Real seconds that an address on this machine has to say whose it is."""


def named_origin() -> str | None:
    """The normal origin that the environment names now, ``None`` when it names none."""
    value = os.environ.get(VARIABLE, "").strip()
    return normal_origin(value) if value else None


def is_a_fakes_server(origin: str) -> bool:
    """Whether a fake is served there.

    Asked are this machine and names without a dot, as containers have them: no test looks up a host
    of the wide network for it.
    """
    host = host_of(origin)
    if not is_loopback(host) and "." in host:
        return False
    parts = urlsplit(origin)
    connection = (
        HTTPSConnection(host, parts.port, timeout=PATIENCE_S, context=_trusting())
        if parts.scheme == "https"
        else HTTPConnection(host, parts.port, timeout=PATIENCE_S)
    )
    setattr(connection, PASSES_DOORS, True)  # the answer is what decides who answers
    with closing(connection):
        try:
            connection.request("GET", HEALTH)
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False


def _trusting() -> ssl.SSLContext:
    # Nothing secret is sent, and a fake's server signs for itself.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
