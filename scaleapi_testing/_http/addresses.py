"""What can be called back: one reader of every address that is contacted later.

An address is read when it is set (a task's ``callback_url``, a batch's ``callback``, an account's
default), so that nothing is left to go wrong when it is used.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote, urlsplit

EXPECTED: Final = "give an http:// or https:// URL or an e-mail address"

_HTTP: Final = re.compile(r"https?://", re.IGNORECASE)
_BLANK_OR_CONTROL: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]")
_NOT_IN_MAIL: Final = re.compile(r"[\s/:\x00-\x1f\x7f-\x9f]")
_PLAIN: Final = "/?:@!$&'()*+,;=%~"


def is_email(address: str) -> bool:
    # A dot inside: `a@localhost` is more likely a slip than an address that gets mail.
    """Whether this is an e-mail address: one ``@``, and a dot inside of what follows it."""
    name, _, domain = address.partition("@")
    return (
        bool(name)
        and "@" not in domain
        # Neither first nor last, where no domain has one.
        and "." in domain[1:-1]
        and _NOT_IN_MAIL.search(address) is None
    )


@lru_cache(maxsize=256)  # a suite sends its few addresses with every task
def why_no_address(text: str) -> str | None:
    """Why nothing can be sent to ``text``; ``None`` when it can."""
    if is_email(text):
        return None
    if _HTTP.match(text) is None:
        return "it begins with neither http:// nor https://"
    odd = _BLANK_OR_CONTROL.search(text)
    if odd is not None:
        return f"it holds {odd.group()!r}"
    try:
        text.encode()
        parts = urlsplit(text)
        # `urlsplit` itself accepts any port.
        host, _ = parts.hostname, parts.port  # a port that is none raises when it is read
        # It does not look at what stands in the brackets either.
        if parts.netloc.rpartition("@")[2].startswith("["):
            ip_address(host or "")
    except ValueError as error:
        # A lone surrogate is one too: its message is long and names no character.
        odd_text = isinstance(error, UnicodeEncodeError)
        return "it holds what is no character" if odd_text else str(error)
    return None if host else "it names no host"


def as_sent(part: str) -> str:
    """A path or a query as clients send it: what is not ASCII is percent-encoded UTF-8."""
    return part if part.isascii() else quote(part, safe=_PLAIN)


def host_as_sent(host: str) -> str:
    """A host as clients send it, in ASCII."""
    if host.isascii():
        return host
    try:
        # What a resolver gets: names beyond ASCII are sent in their IDNA form.
        return host.encode("idna").decode()
    except UnicodeError:  # labels that no DNS holds: a receiver in this process gets them anyhow
        return quote(host, safe=":[]")
