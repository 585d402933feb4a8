"""A page that is asked for, and what is answered: values without any HTTP library."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Final

from .deeds import Deeds
from .inbox import Inboxes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .._fake import FakeScale

HTML: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One call of a page.

    Attributes:
        fake: of the world that the page shows.
        world: that world's name.
        mount: the address below which its control plane stands: ``/_fake``, ``/w/ci/_fake``.
        path: what was asked for below it, decoded: ``/``, ``/ui/tasks/66f0…``.
        query: names and values of the address, in order.
        origin: how the server was called, e.g. ``http://127.0.0.1:8765``.
        headers: names in lower case.
        worlds: the names of all worlds of the server.
        speed: virtual seconds for each real one.
        inboxes: of the world.
        deeds: what was done in the world by controls.
        durations: gives how many seconds this server took for calls, by number, `own` and time.
    """

    fake: FakeScale
    path: str
    mount: str = "/_fake"
    world: str = "default"
    query: Sequence[tuple[str, str]] = ()
    origin: str = "http://127.0.0.1:8765"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    worlds: Sequence[str] = ("default",)
    speed: float = 0.0
    inboxes: Inboxes = field(default_factory=Inboxes)
    deeds: Deeds = field(default_factory=Deeds)
    durations: Callable[[], Mapping[tuple[int, int, int], float]] = dict

    def asked(self, name: str, default: str = "") -> str:
        """The last value of ``name`` in the address."""
        return next((value for key, value in reversed(self.query) if key == name), default)

    def every(self, name: str) -> list[str]:
        """All values of ``name`` in the address that are not empty."""
        return [value for key, value in self.query if key == name and value]

    def cookie(self, name: str) -> str:
        """The value of a cookie; empty where there is none."""
        try:
            cookies = SimpleCookie(self.headers.get("cookie", ""))
        # Other programs on localhost set cookies too, which come along to every port.
        except CookieError:
            return ""
        return cookies[name].value if name in cookies else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back.

    Attributes:
        body: its bytes.
        content_type: their type.
        status: of HTTP.
        headers: those besides.
    """

    body: bytes
    content_type: str = HTML
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


class NoSuchPage(Exception):
    """There is nothing at this address; the text says what is not there."""
