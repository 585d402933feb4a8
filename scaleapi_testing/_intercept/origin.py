"""Which origin a URL belongs to, and which hosts are this machine itself."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

DEFAULT_PORTS: Final = {"https": 443, "http": 80}

SCHEME_END: Final = 8
"""Where the search for the first slash of a URL's path begins: after ``https://``."""


def normal_origin(url: str) -> str:
    """``scheme://host[:port]`` of a URL, in lower case, without user, default port or final dot.

    A URL without a scheme, or with a port that is no number, belongs to no fake and is returned
    as it is.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url
    authority = rest.partition("/")[0].partition("?")[0].partition("#")[0].rpartition("@")[2]
    host, colon, port = authority.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = authority, ""
    if port and not port.isdecimal():
        return url
    return origin_of(scheme, host, int(port) if port else None)


def origin_of(scheme: str, host: str, port: int | None) -> str:
    """The origin of three parts, e.g. ``("https", "api.scale.com", 443)``."""
    scheme = scheme.lower()
    host = normal_host(host)
    if ":" in host:
        host = f"[{host}]"
    if port is None or port == DEFAULT_PORTS.get(scheme):
        return f"{scheme}://{host}"
    return f"{scheme}://{host}:{port}"


def host_of(origin: str) -> str:
    """The bare host of an origin, as sockets are given it."""
    authority = origin.partition("://")[2]
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0]


def normal_host(host: object) -> str:
    """A host in lower case, without brackets or final dot; ``""`` for what names no host.

    An international name in its ASCII form, as it is looked up.
    """
    if isinstance(host, bytes | bytearray):
        host = host.decode("utf-8", "replace")
    if not isinstance(host, str):
        return ""
    if not host.isascii():
        host = next(iter(ascii_forms(host)), host)
    return host.strip("[]").rstrip(".").lower()


def ascii_forms(host: str) -> tuple[str, ...]:
    """The ASCII forms of an international name; none for what is no name.

    By IDNA 2008, as ``requests`` and httpx have it, and by IDNA 2003, as sockets do. Both map what
    looks alike (a full-width dot) and leave out what is not seen (a soft hyphen), so that several
    spellings lead to one host.
    """
    forms: list[str] = []
    try:
        import idna

        forms.append(idna.encode(host, uts46=True).decode("ascii"))
    except (ImportError, UnicodeError):
        pass
    with suppress(UnicodeError):
        forms.append(host.encode("idna").decode("ascii"))
    return tuple(dict.fromkeys(form.rstrip(".").lower() for form in forms))


def is_address(host: str) -> bool:
    """Whether a host is given by number."""
    return _address(host) is not None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, told without looking its name up.

    The unspecified addresses count: connecting to one reaches this machine.
    """
    if host in {"", "localhost"} or host.endswith(".localhost"):
        return True
    address = _address(host)
    if address is None:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified


def _address(host: str) -> IPv4Address | IPv6Address | None:
    if ":" not in host and not host[-1:].isdecimal():
        return None  # spares names the slow way through an exception
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None
