"""Which filters the page tokens of this fake were given under, for the notice about other ones."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .account import Account

# Only for a notice, so forgetting an old one does no harm.
KEPT: Final = 1_000
MOST_FILTERS: Final = 20
"""A token given under more filters than these is no longer told by them."""


class IssuedTokens:
    """The newest tokens; what is not among them is taken as it comes."""

    def __init__(self) -> None:
        self._filters: OrderedDict[tuple[str, str], set[str] | None] = OrderedDict()
        self._remembers = True

    def forget_all(self) -> None:
        """Remember nothing from now on: tokens are taken as they come."""
        self._remembers = False
        self.clear()

    def issued(self, account: Account, token: str, filters: str) -> None:
        """Remember that a listing with these filters gave this token."""
        if not self._remembers:
            return
        # The digest: a token is known again when the key of a loaded account shows itself.
        place = account.digest, token
        filters_seen = self._filters.setdefault(place, set())
        if filters_seen is not None:
            filters_seen.add(filters)
            if len(filters_seen) > MOST_FILTERS:
                # None stands for too many: no notice is better than a wrong one.
                self._filters[place] = None
        if len(self._filters) > KEPT:
            self._filters.popitem(last=False)

    def filters_of(self, account: Account, token: str) -> set[str]:
        """The filters it was given under; empty when that is not known."""
        return self._filters.get((account.digest, token)) or set()

    def clear(self) -> None:
        """Forget all."""
        self._filters.clear()

    def save(self) -> list[tuple[str, str, set[str] | None]]:
        """The state as a value, oldest first."""
        return [
            (digest, token, None if filters is None else set(filters))
            for (digest, token), filters in self._filters.items()
        ]

    def restore(self, state: list[tuple[str, str, set[str] | None]]) -> None:
        """Take over a state that ``save`` gave."""
        self._filters = OrderedDict(((digest, token), filters) for digest, token, filters in state)
