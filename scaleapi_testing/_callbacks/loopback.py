"""How a callback is sent to an address on this machine, and to no other."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from ssl import CERT_NONE, create_default_context
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from .targets import TargetAnswer

if TYPE_CHECKING:
    from .targets import CallbackRequest

TIMEOUT_S: Final = 30
"""Assumed (docs/scale/callbacks.md 5): a receiver has 30 seconds to answer."""

PASSES_DOORS: Final = "_scaleapi_passes_doors"
"""The attribute of an ``http.client`` connection that no fake in this process may answer."""

# Read at most, for a receiver may stream without end.
_KEPT: Final = 1_000_000
_PLAIN: Final = "/?:@!$&'()*+,;=%~"


class Loopback:
    """A target that POSTs to ``base`` plus the callback's own path; redirects are not followed.

    Spoken with ``http.client``, past the door that a fake opens there. The certificate of an
    ``https`` address is not checked: nothing leaves the machine, and such servers sign for
    themselves.

    Raises:
        ValueError: ``base`` is not an http(s) URL on a loopback address, or has a query.
    """

    def __init__(self, base: str) -> None:
        try:
            parts = urlsplit(base)
            port = parts.port
        except ValueError as error:
            raise ValueError(f"cannot deliver to {base!r}: {error}; {_RIGHT}") from None
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"cannot deliver to {base!r}: it is no http(s) URL; {_RIGHT}")
        if not self.may_be(parts.hostname):
            raise ValueError(
                f"cannot deliver to {base!r}: {parts.hostname} is not this machine, and no "
                f"callback leaves it; {_RIGHT}"
            )
        if parts.query or parts.fragment:
            raise ValueError(
                f"cannot deliver to {base!r}: the callback's own path is appended to it, so it can "
                f"have no query and no fragment; {_RIGHT}"
            )
        self.base = base
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = port
        # The callback's own path begins with a slash.
        self._prefix = parts.path.rstrip("/")

    def may_be(self, host: str) -> bool:
        """Whether callbacks may go to this host, or to this address that it led to."""
        return is_loopback(host)

    def __call__(self, request: CallbackRequest) -> TargetAnswer:
        """Send the callback; no answer within 30 s, or none at all, gives no status."""
        connection = self._connection()
        # Else a fake's own door could answer it, or the network guard refuse it.
        setattr(connection, PASSES_DOORS, True)
        query = f"?{request.query}" if request.query else ""
        path = quote(self._prefix + request.path + query, safe=_PLAIN)
        try:
            connection.connect()
            # Asked of the connection itself: a name may lead elsewhere the second time it is
            # resolved.
            peer = connection.sock.getpeername()[0]
            if not self.may_be(peer):
                return TargetAnswer(None, why=f"{self._host} leads to {peer}, not to this machine")
            connection.request("POST", path, request.body, dict(request.headers))
            answer = connection.getresponse()
            return TargetAnswer(answer.status, answer.read(_KEPT))
        # A receiver that is down is a failed attempt, as it would be for Scale.
        except (OSError, HTTPException) as error:
            reason = str(error) or type(error).__name__
            return TargetAnswer(None, why=f"nothing answered at {self.base}: {reason}")
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        if not self._secure:
            return HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        context = create_default_context()
        context.check_hostname = False
        context.verify_mode = CERT_NONE
        return HTTPSConnection(self._host, self._port, timeout=TIMEOUT_S, context=context)

    def __repr__(self) -> str:
        return f"<Loopback {self.base}>"


_RIGHT: Final = (
    "expected an address such as 'http://127.0.0.1:8000' or 'http://localhost:8000/hooks'"
)


def is_loopback(host: str) -> bool:
    """Whether ``host`` can only be this machine: ``localhost`` or a loopback IP address."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
