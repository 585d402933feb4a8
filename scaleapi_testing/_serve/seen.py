"""Who is told what a server answered, and what failed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Seen(Protocol):
    """Keeps the log of a server; told in its loop, so it must not wait."""

    def call(
        self,
        method: str,
        path: str,
        outcome: int | str,
        seconds: float,
        world: str,
        notices: Sequence[str] = (),
    ) -> None:
        """A call was answered.

        Args:
            method: the verb.
            path: as sent, below the world's address.
            outcome: the status, or how the exchange broke off.
            seconds: how long it took.
            world: whose call it was.
            notices: what the journal says of it, without keys.
        """
        ...

    def failed(self, method: str, path: str, error: BaseException) -> None:
        """A call was answered with 500, through a fault of this package.

        Args:
            method: the verb.
            path: as sent.
            error: what was raised.
        """
        ...
