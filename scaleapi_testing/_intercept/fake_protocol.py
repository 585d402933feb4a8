"""What a door needs to know of a fake, whoever builds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._http.values import Reply, Request
    from .other_hosts import OtherHosts


class App(Protocol):
    """The fake as one callable."""

    def handle(self, request: Request, /) -> Reply:
        """Answer, whatever the request holds; only a test's own callable raises out of it."""
        ...

    def begin(self, request: Request, /) -> Reply | Callable[[], Reply]:
        """Answer without waiting, or say what gives the answer where that has to wait."""
        ...

    @property
    def has_faults(self) -> bool:
        """Whether anything was asked for that may make an answer late."""
        ...

    def keep(self, raised: list[BaseException], /) -> None:
        """Leave to the next control what a door cannot pass on to the test."""
        ...


class VirtualClock(Protocol):
    """The fake's clock, as far as a waiting client moves it.

    Attributes:
        ms: the virtual time, milliseconds since 1970.
        moved_ms: how far it was moved so far; never goes back.
    """

    ms: int
    moved_ms: int

    def wait(
        self,
        seconds: float,
        began_ms: int | None = None,
        where: Callable[[], str] | None = None,
    ) -> None:
        """Move virtual time to ``began_ms`` (default: now) plus ``seconds``, if not there yet.

        Raises what targets of callbacks raise when their time comes meanwhile, and ``NotIdle``.
        ``where`` says what waits.
        """
        ...


class ActiveFake(Protocol):
    """A fake that can stand in for its origins."""

    @property
    def app(self) -> App:
        """Who answers."""
        ...

    @property
    def base_urls(self) -> tuple[str, ...]:
        """The origins that it answers for, ``scheme://host[:port]``."""
        ...

    @property
    def clock(self) -> VirtualClock:
        """What back-off and skipped sleeps move."""
        ...

    @property
    def block_network(self) -> bool:
        """Whether every host that is neither stubbed nor loopback is refused."""
        ...

    @property
    def jitter(self) -> Callable[[], float]:
        """Numbers in [0, 1) drawn from the fake's seed, for our own client's back-off."""
        ...

    @property
    def new_idempotency_key(self) -> Callable[[], str]:
        """Version 4 UUIDs drawn from the fake's seed, for our own client's creates."""
        ...

    @property
    def stubbed_hosts(self) -> OtherHosts:
        """What the test registered for hosts other than Scale's."""
        ...
