"""Who may use the control plane: by the name that is called, by a token, from no other site."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from .._intercept.origin import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._messages import JSON

COOKIE: Final = "scale_fake_session"
"""Set by ``/_fake/login``; holds what follows from the token, never the token."""

HEADERS: Final = (
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
"""Of every answer of the control plane that is no page."""

_OWN_SITE: Final = frozenset({"", "same-origin", "none"})


class Refused(Exception):
    """A call that the control plane does not listen to.

    Args:
        status: HTTP status.
        kind: in a word.
        message: what is wrong.
        hint: what would be right.
        headers: what stands beside the answer.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        hint: str,
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.hint = hint
        self.headers = tuple(headers)

    def body(self) -> dict[str, JSON]:
        """The answer."""
        return {"error": {"kind": self.kind, "message": str(self), "hint": self.hint}}


@dataclass(frozen=True, slots=True)
class Safety:
    """What the control plane asks of a caller.

    Attributes:
        token: the admin token; ``None`` where none is asked for.
        names: what else the server is called, besides the names of this machine and the address
            that was connected to.
    """

    token: str | None = field(default=None, repr=False)
    names: frozenset[str] = frozenset()

    def check_host(self, host: str, server: str) -> None:
        """Refuse a name that a stranger's DNS may have given this address.

        Args:
            host: the header ``Host``.
            server: the address that was connected to.

        Raises:
            Refused: it is none of the expected ones.
        """
        # DNS rebinding: a page's own name may come to point at a loopback address.
        name = _name_of(host)
        if not name:
            raise Refused(400, "BadHost", "the call names no Host", "Send the header Host.")
        if is_loopback(name) or name == server.lower() or name in self.names:
            return
        raise Refused(
            403,
            "UnexpectedHost",
            f"the control plane does not answer for the host {name!r:.80}",
            f"Call it by an expected name, or start the server with --public-name {name:.80}.",
        )

    def check_token(self, headers: Mapping[str, str]) -> None:
        """Refuse whoever does not know the token.

        Raises:
            Refused: there is none, or a wrong one.
        """
        if self.token is None:
            return
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.is_token(token.strip()):
            return
        # Pages cannot send Authorization by themselves.
        session = _cookie(headers.get("cookie", ""), COOKIE)
        # In constant time, as the token: the cookie is worth as much.
        if session and hmac.compare_digest(session.encode(), self.session.encode()):
            return
        raise Refused(
            401,
            "Unauthorized",
            "the admin token is missing or wrong",
            "Send the header Authorization: Bearer TOKEN, or POST it to /_fake/login.",
            [("WWW-Authenticate", "Bearer")],
        )

    def is_token(self, text: str) -> bool:
        """Whether it is the token; how long that takes tells nothing of it."""
        # JSON may hold lone surrogates: a token of them is wrong, and no crash.
        return self.token is not None and hmac.compare_digest(
            text.encode("utf-8", "surrogatepass"), self.token.encode()
        )

    @property
    def session(self) -> str:
        """What the cookie holds."""
        key = (self.token or "").encode()
        # Derived, so that a stolen cookie does not give the token away.
        return hmac.new(key, b"session of the control plane", hashlib.sha256).hexdigest()

    @staticmethod
    def check_write(headers: Mapping[str, str], origin: str, *, has_body: bool) -> None:
        """Refuse a write that another site's page may have sent.

        Args:
            headers: names in lower case.
            origin: how the server was called.
            has_body: whether a body comes with it, or belongs to it.

        Raises:
            Refused: it comes from another site, or its body is not said to be JSON.
        """
        check_origin(headers, origin)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        # A form of another site may post texts and fields unasked; JSON needs a CORS preflight.
        if has_body and kind != "application/json":
            raise Refused(
                415,
                "UnsupportedMediaType",
                f"writes need Content-Type: application/json, not {kind or 'none'!r:.60}",
                "Send the arguments as a JSON object, {} where there are none.",
            )


def check_origin(headers: Mapping[str, str], origin: str) -> None:
    """Refuse what a page of another site sends.

    Raises:
        Refused: ``Origin`` or ``Sec-Fetch-Site`` says so.
    """
    # Programs send no Origin and are let through; browsers send it with each write.
    sent = headers.get("origin")
    site = headers.get("sec-fetch-site", "").strip().lower()
    if (sent is None or _same(sent, origin)) and site in _OWN_SITE:
        return
    raise Refused(
        403,
        "ForeignOrigin",
        f"the write comes from another site: {sent or site:.80}",
        "Write from the dashboard of this server, or from a program.",
    )


def _same(sent: str, origin: str) -> bool:
    try:
        sent_parts, own_parts = urlsplit(sent), urlsplit(origin)
        ports = sent_parts.port == own_parts.port
    except ValueError:
        return False
    return ports and (sent_parts.scheme, sent_parts.hostname) == (
        own_parts.scheme,
        own_parts.hostname,
    )


def _name_of(host: str) -> str:
    """The name in a header ``Host``, in lower case, without port and brackets."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].rstrip(".")


def _cookie(header: str, name: str) -> str:
    for part in header.split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""


def cookie_of(safety: Safety, scheme: str) -> str:
    """The header ``Set-Cookie`` of a login."""
    # Over plain HTTP a browser would not keep a Secure cookie.
    secure: Any = "; Secure" if scheme == "https" else ""
    return f"{COOKIE}={safety.session}; Path=/; HttpOnly; SameSite=Strict{secure}"
