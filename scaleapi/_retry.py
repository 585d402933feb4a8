"""When a call is sent again, and how long the client waits before it does."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final, Self

from urllib3.exceptions import InvalidHeader
from urllib3.util.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Callable

    from urllib3.response import BaseHTTPResponse

RETRIED_STATUSES: Final = frozenset({408, 429, *range(500, 600)})
RETRIED_METHODS: Final = frozenset({"GET", "POST", "PUT", "DELETE"})
LONGEST_BACKOFF_S: Final = 60.0


def no_jitter() -> float:
    """The jitter source of a rule that was given none: always the whole wait."""
    return 1.0


class ScaleRetry(Retry):
    """The client's retry rule: 408, 429, 5xx and broken connections, for every verb Scale has.

    The n-th wait lies between half and the whole of ``backoff_factor * 2 ** (n - 1)`` seconds, at
    most 60; where in between, ``jitter_source`` says. An answer's ``Retry-After`` goes first, and
    one that cannot be read is ignored. When all tries are used up, the last answer is returned.

    Attributes:
        jitter_source: gives a number from 0 to 1 for each wait. It stays with every copy that
            urllib3 makes of this object while it counts.
    """

    jitter_source: Callable[[], float]

    def __init__(self, total: bool | int | None = 3, **settings: Any) -> None:  # noqa: FBT001  # as in urllib3
        settings.setdefault("allowed_methods", RETRIED_METHODS)
        settings.setdefault("status_forcelist", RETRIED_STATUSES)
        settings.setdefault("backoff_factor", 1.0)
        settings.setdefault("backoff_max", LONGEST_BACKOFF_S)
        settings.setdefault("raise_on_status", False)
        settings.setdefault("raise_on_redirect", False)
        super().__init__(total, **settings)
        self.jitter_source = no_jitter

    def with_jitter(self, source: Callable[[], float]) -> ScaleRetry:
        """The same rule, its waits drawn from ``source`` (0 to 1)."""
        made = self.new()
        made.jitter_source = source
        return made

    def new(self, **changes: Any) -> Self:
        """A copy with ``changes``, which keeps the jitter source."""
        made = super().new(**changes)
        made.jitter_source = self.jitter_source
        return made

    def get_backoff_time(self) -> float:
        """Seconds to wait before the next try; urllib3 asks after each failed one."""
        failures = sum(
            1
            for _ in takewhile(lambda past: past.redirect_location is None, reversed(self.history))
        )
        if failures == 0 or self.backoff_factor <= 0:
            return 0.0
        full = min(float(self.backoff_max), self.backoff_factor * 2.0 ** (failures - 1))
        return full * (0.5 + 0.5 * self.jitter_source())

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Seconds that the answer asks to wait, ``None`` when it does not say so readably."""
        try:
            return super().get_retry_after(response)
        except InvalidHeader:
            return None
