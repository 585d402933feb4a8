"""When a call is sent again, and how long the client waits before it does.

The rule touches no socket and does not sleep by itself: urllib3 asks it for the client of threads,
the asynchronous client's transport asks it in the same words.
"""

from __future__ import annotations

from itertools import takewhile
from math import inf
from threading import local
from typing import TYPE_CHECKING, Any, Final, Self

from urllib3.exceptions import InvalidHeader, MaxRetryError, ResponseError
from urllib3.util.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from urllib3.response import BaseHTTPResponse

    from ._deadline import Deadline

# 408 and 429 say that nothing was done, 5xx may pass; 409 and other refusals never do.
RETRIED_STATUSES: Final = frozenset({408, 429, *range(500, 600)})
# POST too: each create carries an Idempotency-Key.
RETRIED_METHODS: Final = frozenset({"GET", "POST", "PUT", "DELETE"})
LONGEST_BACKOFF_S: Final = 60.0
LONGEST_WAIT_S: Final = 3600.0


def no_jitter() -> float:
    """The jitter source of a rule that was given none: always the whole wait."""
    return 1.0


class GaveUp(MaxRetryError):
    """Tries were left, and no time for them.

    Attributes:
        attempts: how many times the request was sent.
    """

    attempts: int = 1


class ScaleRetry(Retry):
    """The client's retry rule: 408, 429, 5xx and broken connections, for every verb Scale has.

    The n-th wait lies between half and the whole of ``backoff_factor * 2 ** (n - 1)`` seconds, at
    most 60; where in between, ``jitter_source`` says. An answer's ``Retry-After`` goes first, and
    one that cannot be read is ignored. When all tries are used up, the last answer is returned,
    and so it is when it asks for a longer wait than ``max_wait``.

    Attributes:
        jitter_source: gives a number from 0 to 1 for each wait. It stays with every copy that
            urllib3 makes of this object while it counts.
        max_wait: seconds that no single wait exceeds; an hour by default.
    """

    jitter_source: Callable[[], float]
    max_wait: float
    _calls: local
    _deadline: Deadline | None
    _drawn: float | None = None

    def __init__(
        self,
        total: bool | int | None = 3,  # noqa: FBT001  # as in urllib3
        *,
        max_wait: float = LONGEST_WAIT_S,
        **settings: Any,
    ) -> None:
        settings.setdefault("allowed_methods", RETRIED_METHODS)
        settings.setdefault("status_forcelist", RETRIED_STATUSES)
        settings.setdefault("backoff_factor", 1.0)
        settings.setdefault("backoff_max", LONGEST_BACKOFF_S)
        settings.setdefault("raise_on_status", False)
        settings.setdefault("raise_on_redirect", False)
        super().__init__(total, **settings)
        # Later versions of urllib3 cut a Retry-After short and go on; max_wait decides instead.
        self.retry_after_max = inf  # type: ignore[assignment,unused-ignore]
        self.jitter_source = no_jitter
        self.max_wait = max_wait
        self._calls = local()
        self._deadline = None

    def with_jitter(self, source: Callable[[], float]) -> ScaleRetry:
        """The same rule, its waits drawn from ``source`` (0 to 1)."""
        rule = self.new()
        rule.jitter_source = source
        return rule

    def with_max_wait(self, seconds: float) -> ScaleRetry:
        """The same rule, no wait of which is longer than ``seconds``."""
        rule = self.new()
        rule.max_wait = seconds
        return rule

    def until(self, deadline: Deadline | None) -> ScaleRetry:
        """The same rule for one call that must be over at ``deadline``."""
        rule = self.new()
        rule._deadline = deadline
        return rule

    def for_this_thread(self, deadline: Deadline) -> _InThisThread:
        """While the block lasts, the calls of this thread must be over at ``deadline``.

        urllib3 has one rule for all calls of a session, which no call can replace.
        """
        return _InThisThread(self._calls, deadline)

    def new(self, **changes: Any) -> Self:
        """A copy with ``changes``, which keeps the jitter source and the bounds."""
        copy = super().new(**changes)
        copy.jitter_source = self.jitter_source
        copy.max_wait = self.max_wait
        copy._calls = self._calls
        copy._deadline = self._deadline
        return copy

    @property
    def deadline(self) -> Deadline | None:
        """When the call that asks must be over."""
        if self._deadline is not None:
            return self._deadline
        deadline: Deadline | None = getattr(self._calls, "deadline", None)
        return deadline

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        """The rule after one more failed try.

        Raises:
            urllib3.exceptions.MaxRetryError: there is no further try.
        """
        next_rule = super().increment(method, url, response, error, _pool, _stacktrace)
        if next_rule._time_is_up(response):
            reason = error or ResponseError("no time is left for a further try")
            # A kind of its own, since tries were left: the count of attempts is not that of the
            # rule.
            gave_up = GaveUp(_pool, url or "", reason)
            gave_up.attempts = len(next_rule.history)
            raise gave_up from error
        return next_rule

    def _time_is_up(self, response: BaseHTTPResponse | None) -> bool:
        retry_after = None
        if response is not None and self.respect_retry_after_header:
            retry_after = self.get_retry_after(response)
        if retry_after is not None and retry_after > self.max_wait:
            return True
        deadline = self.deadline
        if deadline is None:
            return False
        # Drawn here already, so that no wait begins whose end the call would not live to see.
        wait = retry_after or self._drawn_backoff()
        if wait >= deadline.remaining():
            return True
        # Counted beforehand: with a fake the wait passes on its clock, not on the wall's.
        deadline.count_wait(wait)
        # Kept, so that the wait that urllib3 asks for next is the one that was checked.
        self._drawn = None if retry_after else wait
        return False

    def get_backoff_time(self) -> float:
        """Seconds to wait before the next try; urllib3 asks after each failed one."""
        return self._drawn_backoff() if self._drawn is None else self._drawn

    def _drawn_backoff(self) -> float:
        whole = self._whole_backoff()
        if whole <= 0:
            return 0.0
        # At least half of it: a wait near zero would hit a server that has just refused.
        return min(whole * (0.5 + 0.5 * self.jitter_source()), self.max_wait)

    def _whole_backoff(self) -> float:
        failures = sum(
            1
            for _ in takewhile(lambda past: past.redirect_location is None, reversed(self.history))
        )
        if failures == 0 or self.backoff_factor <= 0:
            return 0.0
        # Beyond 2 ** 64 the bound holds anyway, and a float would overflow later on.
        return min(float(self.backoff_max), self.backoff_factor * 2.0 ** min(failures - 1, 64))

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Seconds that the answer asks to wait, ``None`` when it does not say so readably."""
        text = response.headers.get("Retry-After")
        if text is None:
            return None
        try:
            # A number of thousands of digits is one that int() refuses to read.
            return inf if _is_vast(text) else self.parse_retry_after(text)
        except (InvalidHeader, ValueError, OverflowError):
            return None


class _InThisThread:
    """Sets the deadline of a thread's calls for as long as a block lasts."""

    __slots__ = ("_calls", "_deadline")

    def __init__(self, calls: local, deadline: Deadline) -> None:
        self._calls = calls
        self._deadline = deadline

    def __enter__(self) -> None:
        self._calls.deadline = self._deadline

    def __exit__(self, *error: object) -> None:
        # Deleted, so that a later call of this thread without a bound has none.
        del self._calls.deadline


def _is_vast(retry_after: str) -> bool:
    digits = retry_after.strip()
    return len(digits) > 15 and digits.isascii() and digits.isdecimal()
