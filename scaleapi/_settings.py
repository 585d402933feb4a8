"""What a client is made with, checked where it is given and not when the first call fails."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

from ._exchange import header_text
from ._retry import LONGEST_WAIT_S, ScaleRetry
from ._secrets import HiddenText
from .exceptions import refused

if TYPE_CHECKING:
    from ._types import Timeout


def checked_key(api_key: str) -> HiddenText:
    """The API key.

    Raises:
        ScaleInvalidRequest: it is empty, no string, or not text. The message does not show it.
    """
    if not isinstance(api_key, str) or not api_key.strip():  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise refused(f"api_key must be a non-empty string, got {type(api_key).__name__}")
    if api_key != api_key.strip():
        raise refused("api_key has white space at an end; strip it")
    try:
        api_key.encode()
    except UnicodeEncodeError:
        # `from None`: the error behind it holds the key.
        raise refused("api_key is not text that UTF-8 can carry") from None
    return HiddenText(api_key)


def checked_settings(
    source: str | None,
    proxies: Mapping[str, str] | None,
    timeout: Timeout,
    total_timeout: float | None,
) -> None:
    """Refuse what no call could be made with.

    Raises:
        ScaleInvalidRequest: an argument is none of those that it may be.
    """
    if source:
        header_text(source, "source")
    if proxies is not None and not (
        isinstance(proxies, Mapping)  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        and all(isinstance(part, str) for pair in proxies.items() for part in pair)  # pyright: ignore[reportUnnecessaryIsInstance]  # same
    ):
        raise refused("proxies must be a mapping of schemes to proxy URLs, both strings")
    check_timeout(timeout, "timeout")
    if total_timeout is not None:
        _positive(total_timeout, "total_timeout")


def check_timeout(timeout: Timeout, argument: str) -> None:
    """Refuse what no call could wait for.

    Raises:
        ScaleInvalidRequest: neither seconds nor a pair of them.
    """
    if isinstance(timeout, tuple) and len(timeout) != 2:  # pyright: ignore[reportUnnecessaryComparison]  # callers may be untyped
        raise refused(f"{argument} must be seconds or a pair of them, got {timeout!r:.80}")
    for seconds in connect_and_read(timeout):
        if seconds is not None:
            _positive(seconds, argument)


def checked_retries(
    max_retries: int | ScaleRetry, backoff_factor: float, max_wait: float | None
) -> ScaleRetry:
    """The retry rule that the arguments say.

    Raises:
        ScaleInvalidRequest: one of them is none.
    """
    if max_wait is not None:
        _not_negative(max_wait, "max_wait")
    if isinstance(max_retries, ScaleRetry):
        return max_retries if max_wait is None else max_retries.with_max_wait(max_wait)
    if not isinstance(max_retries, int):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise refused(f"max_retries must be an integer or a ScaleRetry, got {max_retries!r:.80}")
    if max_retries < 0:
        raise refused(f"max_retries must not be negative, got {max_retries}")
    _not_negative(backoff_factor, "backoff_factor")
    return ScaleRetry(
        max_retries,
        max_wait=LONGEST_WAIT_S if max_wait is None else max_wait,
        backoff_factor=backoff_factor,
    )


def connect_and_read(timeout: Timeout) -> tuple[float | None, float | None]:
    """A time-out as the pair of both."""
    return timeout if isinstance(timeout, tuple) else (timeout, timeout)


def _positive(seconds: Any, argument: str) -> None:
    if not _is_number(seconds) or not 0 < seconds <= _MOST_S:
        raise refused(f"{argument} must be a positive number of seconds, got {seconds!r:.80}")


def _not_negative(seconds: Any, argument: str) -> None:
    if not _is_number(seconds) or not 0 <= seconds <= _MOST_S:
        raise refused(f"{argument} must be a number of seconds from 0, got {seconds!r:.80}")


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or isfinite(value)


_MOST_S = 1e9
"""Beyond some three hundred years a socket's time-out overflows."""
