"""What counts as the address of an attachment, for every medium alike, and which are missing.

The list of schemes is assumed (docs/scale/text.md 1.2, docs/scale/images.md 7.5); how the error is
worded differs by the age of a type's page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeGuard

from .._base import MISSING_ATTACHMENT, Violation
from .sentences import wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMES: Final = ("https", "http", "s3", "gs", "scaledata")
KNOWN_SCHEMES: Final = "https, http, s3, gs, scaledata and data are known schemes"

NOT_A_URL: Final = "Please provide an attachment as a URL."
"""Assumed text of the image, video and 3D types (V3, C3)."""

ARRAY_OF_URLS: Final = "array of URLs"


def is_address(value: object) -> TypeGuard[str]:
    """Whether ``value`` is an address that Scale takes for an attachment.

    ``<scheme>://`` with something behind it, or a ``data:`` URL.
    """
    if not isinstance(value, str):
        return False
    if value.startswith("https://"):  # as nearly every one does
        return bool(value[8:].strip())
    scheme, _, rest = value.partition(":")
    if scheme.lower() == "data":
        return bool(rest)
    # Schemes are written in either case (RFC 3986, 3.1).
    return scheme.lower() in SCHEMES and rest.startswith("//") and bool(rest[2:].strip())


def is_missing(value: Any) -> bool:
    """Whether an attachment parameter counts as not given: absent, null, ``""`` or ``[]``."""
    return value is None or value in ("", [])


def missing_attachment(path: str, expected: str) -> Violation:
    """Rules V1, C1 (docs/scale/video.md 1.4) and F1 (docs/scale/collection.md 3)."""
    return Violation(path, MISSING_ATTACHMENT, expected)


def check_address(value: Any, expected: str, path: str = "attachment") -> Iterator[Violation]:
    """Rules V2, V3 and C3 for one ``attachment`` that was sent.

    Args:
        value: the parameter.
        expected: what it should be, in our words.
        path: where it stands.
    """
    if not isinstance(value, str):
        yield wrong(path, "string", expected)
    elif not is_address(value):
        yield Violation(path, NOT_A_URL, f"{expected}; {KNOWN_SCHEMES}")


def check_addresses(value: Any, expected: str, path: str = "attachments") -> Iterator[Violation]:
    """Rules C2 and C3 for ``attachments`` that were sent.

    Args:
        value: the parameter.
        expected: what each entry should be, in our words.
        path: where it stands.
    """
    if not isinstance(value, list):
        yield wrong("attachments", ARRAY_OF_URLS, f"an array, each entry {expected}", path)
        return
    for position, entry in enumerate(value):
        if not isinstance(entry, str):
            yield wrong("attachments", ARRAY_OF_URLS, expected, f"{path}[{position}]")
    for position, entry in enumerate(value):
        if isinstance(entry, str):
            yield from check_address(entry, expected, f"{path}[{position}]")
