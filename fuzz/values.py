"""Values that break programs: what a field of a request may hold."""

from __future__ import annotations

import json
import re
import string
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from random import Random

NAMES: Final = ("cows", "rapid", "monday", "live", "image", "box", "cow", "sheep", "a", "b")
"""Names that the world of a round uses too, so that calls hit something."""

ADDRESSES: Final = (
    "https://hooks.example.com/wsgi/done",
    "https://hooks.example.com/asgi/done",
    "https://hooks.example.com/plain",
    "https://hooks.example.com/gone",
    "http://127.0.0.1:9/refused",
    "http://[::1",
    "http://[abc]/x",
    "http://\u2100/x",
    "http://x:abc/",
    "http://x:99999/",
    "http://a b/",
    "http:///nowhere",
    "https://b\u00fccher.example/x",
    "//host/x",
    "ftp://files.example.com/x",
    "mailto:ann@example.com",
    "ann@example.com",
    "a@a." + "a." * 2000 + "/",
    "@",
    "http://x/\r\nX-Injected: 1",
)

DATA_IMAGES: Final = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAdTAAAHUwCAIAAAB7",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUv////9/////CAIAAAB7",
    "data:image/gif;base64,R0lGODlhAQABAAAAACw=",
    "data:,",
    "data:text/plain;base64,%%%",
)

TEXTS: Final = (
    "",
    " ",
    "null",
    "true",
    "0",
    "\x00",
    "\r\n",
    "\ud800",
    "\u202e",
    "\U0001f404" * 7,
    "..",
    "%2F",
    "a/b",
    "<script>",
    "{" * 50,
    "x" * 5000,
    "ab" * 40000,
    "2026-03-02T10:00:00Z",
    "9999-12-31T23:59:59.999Z",
    "10000-01-01",
    "-1",
    "1e400",
)

NUMBERS: Final[tuple[float, ...]] = (
    0,
    -1,
    1,
    2,
    3.5,
    1e308,
    -0.0,
    2**31 - 1,
    2**31,
    2**53 + 1,
    2**63,
    10**400,
)

_NESTED: Final = re.compile(rb'"@nested:(\d+)@"')

SIZES: Final = (0, 1, 2, 3, 5, 40, 3000)


def scalar(random: Random) -> Any:
    """A value without parts."""
    kind = random.randrange(7)
    if kind == 0:
        return random.choice((None, True, False))
    if kind == 1:
        return random.choice(NUMBERS)
    if kind == 2:
        return random.choice(ADDRESSES)
    if kind == 3:
        return random.choice(DATA_IMAGES)
    if kind == 4:
        return random.choice(NAMES)
    if kind == 5:
        return "".join(random.choices(string.printable, k=random.randrange(12)))
    return random.choice(TEXTS)


def value(random: Random, depth: int = 3) -> Any:
    """Any JSON value, small, or wide, or nested deep."""
    if random.random() < 0.02:
        return nested(random.choice((10, 99, 500, 5000)))
    if depth == 0 or random.random() < 0.5:
        return scalar(random)
    size = random.choice(SIZES if random.random() < 0.1 else SIZES[:4])
    if random.random() < 0.5:
        return [value(random, depth - 1 if size < 9 else 0) for _ in range(size)]
    return {f"{random.choice(NAMES)}{n}": value(random, depth - 1) for n in range(size % 50)}


def nested(depth: int) -> str:
    """What stands for lists and objects within each other until `encoded` writes them out.

    Deeper ones than Python's own encoder can follow are among them.
    """
    return f"@nested:{depth}@"


def encoded(body: Any) -> bytes:
    """A value as JSON."""
    return _NESTED.sub(_written_out, json.dumps(body).encode())


def _written_out(mark: re.Match[bytes]) -> bytes:
    pairs = int(mark[1]) // 2
    return b'[{"a":' * pairs + b'"deep"' + b"}]" * pairs
