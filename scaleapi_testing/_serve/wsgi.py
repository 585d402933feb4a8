"""The fake as a WSGI application (PEP 3333), and how an environ becomes a request."""

from __future__ import annotations

from http.client import responses
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote_to_bytes

from .._errors import PUBLIC, FakeScaleError
from .._http.values import Request

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from .._http.values import Reply
    from .._intercept.fake_protocol import ActiveFake

PATH_SAFE: Final = "/:@!$&'()*+,;=~-._"
"""What stays as it is in a path (RFC 3986, pchar)."""


class FaultNotPossible(FakeScaleError):
    """A fault struck that this way of calling the fake cannot show.

    Attributes:
        fault: ``"disconnect"``, ``"read_timeout"`` or ``"connect_timeout"``.
    """

    def __init__(self, message: str, fault: str = "") -> None:
        super().__init__(message)
        self.fault = fault


FaultNotPossible.__module__ = PUBLIC


def wsgi_app(fake: ActiveFake) -> WSGIApplication:
    """A WSGI application that answers as the fake does in process, byte for byte.

    It answers whatever host is addressed. Exceptions of callback targets wait for the next
    control of the fake. It raises `FaultNotPossible` where a fault would break the connection.
    """

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        reply = fake.app.handle(request_of(environ))
        if not reply.status:
            raise FaultNotPossible(
                f"a WSGI application cannot show the fault {reply.broken!r} on "
                f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}: it holds no connection that "
                "it could break. Call the fake through scale.serve(), requests or "
                "scale.httpx_transport(), or narrow the fault with path=",
                reply.broken,
            )
        start_response(status_line(reply), list(reply.headers))
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else reply.body]

    return application


def status_line(reply: Reply) -> str:
    """Status and reason, e.g. ``"404 Not Found"``."""
    return f"{reply.status} {responses.get(reply.status, 'Unknown')}"


def request_of(environ: WSGIEnvironment) -> Request:
    """The request that an environ describes, its path still percent-encoded."""
    scheme = environ["wsgi.url_scheme"]
    # SERVER_NAME is how the server is configured, HTTP_HOST what the client called.
    host = environ.get("HTTP_HOST") or _server(environ)
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    # PEP 3333 leaves these two without HTTP_, and may give them as empty texts.
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = environ[name]
    return Request(
        method=environ["REQUEST_METHOD"],
        origin=f"{scheme}://{host}",
        path=_raw_path(environ),
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=_body(environ),
        deferred=True,
    )


def _server(environ: WSGIEnvironment) -> str:
    name, port = environ["SERVER_NAME"], environ["SERVER_PORT"]
    default = {"http": "80", "https": "443"}.get(environ["wsgi.url_scheme"])
    return str(name) if port == default else f"{name}:{port}"


def _raw_path(environ: WSGIEnvironment) -> str:
    """The path as it was sent, where the server tells; ``PATH_INFO`` has lost ``%2F``."""
    path_info: str = environ.get("PATH_INFO", "")
    prefix = quote(_as_sent(environ.get("SCRIPT_NAME", "")), safe=PATH_SAFE)
    # Neither is in PEP 3333: uWSGI and Werkzeug set the first, gunicorn the second.
    for name in ("REQUEST_URI", "RAW_URI"):
        raw: str = environ.get(name, "").partition("?")[0]
        if "://" in raw:
            raw = f"/{raw.partition('://')[2].partition('/')[2]}"
        raw = raw.removeprefix(prefix)
        # Middleware may have rewritten PATH_INFO, which then holds.
        if raw and unquote_to_bytes(_as_sent(raw)) == _as_sent(path_info):
            return raw if raw.isascii() else quote(_as_sent(raw), safe=f"{PATH_SAFE}%")
    return quote(_as_sent(path_info), safe=PATH_SAFE) or "/"


def _as_sent(text: str) -> bytes:
    """The bytes behind a string of an environ.

    PEP 3333 has them decoded as latin-1; ``httpx.WSGITransport`` hands over the characters.
    """
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")


def _body(environ: WSGIEnvironment) -> bytes:
    source: Any = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH") or ""
    # Only then does reading to the end not wait for ever on an open connection.
    if environ.get("wsgi.input_terminated"):
        return bytes(source.read())
    if length.isdecimal():
        return bytes(source.read(int(length)))
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        return bytes(source.read())
    return b""
