"""How code that uses urllib3 directly reaches the fake: at the pool that is told to open a URL.

Pools made before the fake started are caught as well, and so are those behind adapters of
``requests`` that do not go by ``Session.get_adapter``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HostChangedError
from urllib3.util import Retry, Timeout, parse_url

from .._http.values import Request
from .header_lines import header_texts
from .network_guard import refuse_through_proxy
from .origin import normal_origin, origin_of
from .retry_loop import exchange, open_body, timeouts
from .spot import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from urllib3 import BaseHTTPResponse

    from .active import Interception
    from .fake_protocol import ActiveFake

REST: Final = (
    "timeout",
    "pool_timeout",
    "release_conn",
    "chunked",
    "body_pos",
    "preload_content",
    "decode_content",
)
"""The arguments of ``urlopen`` after ``assert_same_host``, in order."""


def install(interception: Interception) -> Callable[[], None]:
    """Replace ``HTTPConnectionPool.urlopen``; returns what puts the original back."""

    def around(original: Callable[..., BaseHTTPResponse]) -> Callable[..., BaseHTTPResponse]:
        def urlopen(
            pool: HTTPConnectionPool, method: str, url: str, *args: Any, **kw: Any
        ) -> BaseHTTPResponse:
            __tracebackhide__ = True
            if interception.activations:
                fake = interception.answering(_origin(pool, url))
                if fake is not None:
                    return _answer(fake, pool, method, url, *args, **kw)
                if pool.proxy is not None:
                    refuse_through_proxy(interception, pool.host, url)
            return original(pool, method, url, *args, **kw)

        return urlopen

    return replace((HTTPConnectionPool, "urlopen", around))


def _origin(pool: HTTPConnectionPool, url: str) -> str:
    if url.startswith("/"):
        return origin_of(pool.scheme or "http", pool.host, pool.port)
    # An absolute URL: the pool leads to a proxy, or the caller wrote the URL out.
    return normal_origin(url)


def _answer(
    fake: ActiveFake,
    pool: HTTPConnectionPool,
    method: str,
    url: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    retries: Retry | bool | int | None = None,  # noqa: FBT001  # the signature of urllib3
    redirect: bool = True,  # noqa: FBT001, FBT002  # the same
    assert_same_host: bool = True,  # noqa: FBT001, FBT002  # the same
    *rest: Any,
    **kw: Any,
) -> BaseHTTPResponse:
    __tracebackhide__ = True
    kw.update(zip(REST, rest, strict=False))
    if not isinstance(retries, Retry):
        retries = Retry.from_int(retries, redirect=redirect, default=pool.retries)
    if assert_same_host and not pool.is_same_host(url):
        raise HostChangedError(pool, url, retries)
    origin = _origin(pool, url)
    target = parse_url(origin + url if url.startswith("/") else url).request_uri
    path, _, query = target.partition("?")
    data, again = open_body(body)
    read_timeout, connect_timeout = timeouts(_timeout(pool, kw))
    return exchange(
        fake,
        Request(
            method,
            origin,
            path,
            query,
            _headers(pool.headers if headers is None else headers, origin, data),
            data,
            read_timeout,
            connect_timeout,
        ),
        retries=retries,
        target=target,
        pool=lambda: pool,
        body=again,
        preload_content=kw.get("preload_content", True),
        decode_content=kw.get("decode_content", True),
        enforce_content_length=kw.get("enforce_content_length", True),
    )


def _timeout(pool: HTTPConnectionPool, kw: Mapping[str, Any]) -> Timeout:
    timeout = kw.get("timeout", pool.timeout)
    if isinstance(timeout, Timeout):
        return timeout
    if timeout is None or isinstance(timeout, int | float):
        return Timeout.from_float(timeout)
    return pool.timeout  # urllib3's own mark for "the pool's default"


def _headers(sent_headers: Mapping[str, Any], origin: str, body: bytes) -> dict[str, str]:
    headers = header_texts(sent_headers.items())
    headers.setdefault("host", origin.partition("://")[2])
    if body:
        headers.setdefault("content-length", str(len(body)))
    return headers
