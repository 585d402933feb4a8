"""Where the callbacks of a served fake go: to their own URL, where that is allowed."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPSConnection
from ssl import create_default_context
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .._callbacks.loopback import TIMEOUT_S, Loopback, is_loopback
from .._callbacks.targets import TargetAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .._callbacks.targets import CallbackRequest


class CallbackHosts:
    """A target that POSTs each callback to the URL that it names.

    A host that is not allowed gets nothing, and the attempt fails.

    Args:
        allowed: hosts besides this machine; without a port all of theirs.
        refused: is told of each host that gets nothing.
    """

    def __init__(
        self, allowed: Iterable[tuple[str, int | None]], refused: Callable[[str], None]
    ) -> None:
        self._allowed = frozenset(allowed)
        self._refused = refused

    def __call__(self, request: CallbackRequest) -> TargetAnswer:
        """Send the callback; what is not sent, or not answered, gives no status."""
        try:
            parts = urlsplit(request.url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError as error:
            return TargetAnswer(None, why=str(error))
        if parts.scheme not in {"http", "https"} or not host:
            return TargetAnswer(None, why="it is no http(s) URL")
        number = port or (443 if parts.scheme == "https" else 80)
        url_host = f"[{host}]" if ":" in host else host
        origin = f"{parts.scheme}://{url_host}:{number}"
        # This machine is always allowed: that is where handlers under test listen.
        if is_loopback(host):
            return Loopback(origin)(request)
        if not self._allowed.isdisjoint({(host, None), (host, number)}):
            return _Elsewhere(origin)(request)
        # Nothing leaves the machine unasked: a dump may hold the URLs of real handlers.
        self._refused(url_host)
        return TargetAnswer(None, why=f"{url_host} is not allowed; give --callback-host {url_host}")


class _Elsewhere(Loopback):
    """The same beyond this machine, where an option allows it; there certificates count."""

    def may_be(self, host: str) -> bool:
        """Any peer: the name was allowed."""
        del host
        return True

    def _connection(self) -> HTTPConnection:
        if not self._secure:
            return HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        # Beyond this machine the callback carries the account's secret to whoever answers.
        context = create_default_context()
        return HTTPSConnection(self._host, self._port, timeout=TIMEOUT_S, context=context)
