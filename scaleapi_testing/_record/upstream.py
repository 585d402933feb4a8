"""Where Scale is, and how a call is passed on to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import getproxies

from .._configuration import BASE_URLS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from urllib3 import PoolManager

VARIABLE: Final = "SCALEAPI_TESTING_SCALE_URL"
"""For tests of recording itself: the origin that plays Scale, e.g. a served fake."""

HOP_BY_HOP: Final = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "proxy-connection",
    }
)  # fmt: skip
"""Headers of one connection, which are not passed on (RFC 9110 7.6.1)."""


def upstream_of(environment: Mapping[str, str]) -> str:
    """The origin of Scale: its own, or the one that plays it in a test.

    Raises:
        ValueError: the variable holds no origin.
    """
    url = environment.get(VARIABLE) or BASE_URLS[0]
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
        raise ValueError(f"{VARIABLE}={url!r:.100}: give an origin such as http://127.0.0.1:8765")
    return f"{parts.scheme}://{parts.netloc}"


class Upstream:
    """Passes calls on to Scale.

    Args:
        origin: its scheme, host and port.
    """

    def __init__(self, origin: str) -> None:
        import urllib3

        self.origin = origin
        proxies = getproxies()
        scheme = origin.partition(":")[0]
        # Redirects and failures are the program's business, as without a proxy between.
        quiet = urllib3.Retry(0, redirect=False, raise_on_status=False)
        # What plays Scale in a test is on this machine, where no proxy of a company reaches.
        is_local = urlsplit(origin).hostname in {"127.0.0.1", "localhost", "::1"}
        self._pool: PoolManager = (
            urllib3.PoolManager(retries=quiet)
            if is_local or scheme not in proxies
            else urllib3.ProxyManager(proxies[scheme], retries=quiet)
        )

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and raw body of the answer.

        Args:
            method: upper-case verb.
            target: path and query, as they were sent.
            headers: of the request.
            body: of the request.

        Raises:
            OSError: there is no answer.
        """
        from urllib3.exceptions import HTTPError

        passed = {
            name: value
            for name, value in headers.items()
            # Host and length are those of the new request, which urllib3 says itself.
            if name.lower() not in HOP_BY_HOP and name.lower() not in {"host", "content-length"}
        }
        try:
            reply = self._pool.request(
                method,
                f"{self.origin}{target}",
                headers=passed,
                body=body or None,
                preload_content=False,
                decode_content=False,
                redirect=False,
            )
            content = reply.read(decode_content=False)
        except HTTPError as error:
            raise OSError(f"{self.origin} does not answer: {error}") from error
        kept = [(n, v) for n, v in reply.headers.items() if n.lower() not in HOP_BY_HOP]
        return reply.status, kept, content

    def close(self) -> None:
        """Close its connections."""
        self._pool.clear()
