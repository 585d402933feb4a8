"""Which faults mean something: the types, ranges and combinations that ``add`` accepts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from .._http.wire import LONGEST
from .._messages import repr_of
from .fault import FLAGS, MILLISECOND, SWITCHES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .fault import Fault

_NOT_RETRIED: Final = frozenset(range(400, 500)) - {408, 413, 425, 429}
"""Error statuses that no client retries, so that ``Retry-After`` tells it nothing."""


def check_types(fault: Fault) -> None:
    """Raise ``TypeError`` for the first argument of a wrong type."""
    # The first wrong type is raised alone, since the ranges of the others mean nothing before it.
    for name in SWITCHES:
        if not isinstance(getattr(fault, name), bool):
            raise TypeError(f"{name} is {getattr(fault, name)!r}: expected True or False")
    for name in ("status", "retry_after", "times"):
        value = getattr(fault, name)
        # True is 1 in Python, and `times=True` is a slip.
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise TypeError(f"{name} is {repr_of(value)}: expected a whole number")
    if fault.latency is not None:
        check_duration("latency", fault.latency)
    if fault.when is not None and not callable(fault.when):
        raise TypeError(f"when is {fault.when!r}: expected a callable (RecordedRequest) -> bool")
    if fault.message is not None and not isinstance(fault.message, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
        raise TypeError(f"message is {fault.message!r}: expected a string")


def check_duration(name: str, value: object) -> None:
    """Raise unless ``value`` is a ``timedelta`` that the clock can tell from zero."""
    if not isinstance(value, timedelta):
        raise TypeError(f"{name} is {value!r}: expected a timedelta, such as timedelta(seconds=3)")
    # The clock ticks in milliseconds: less would be no latency at all.
    if value < MILLISECOND:
        raise ValueError(f"{name} is {value}: expected at least a millisecond")
    # Beyond it a timeout would leave what a datetime can hold.
    if value > LONGEST:
        raise ValueError(f"{name} is {value}: expected at most {LONGEST.days} days")


def check_count(name: str, value: object) -> None:
    """Raise unless ``value`` is a whole number from 1 on."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is {repr_of(value)}: expected a whole number")
    if value < 1:
        raise ValueError(f"{name} is {repr_of(value)}: expected 1 or more")


def check_values(fault: Fault) -> None:
    """Raise ``ValueError`` naming each value out of range and each senseless combination."""
    # All at once: whoever mends one is not told the next only by another run.
    problems = [*_range_problems(fault), *_combination_problems(fault)]
    if problems:
        raise ValueError(f"no such fault: {'; '.join(problems)}")


def _range_problems(fault: Fault) -> Iterator[str]:
    if fault.status is not None and not 400 <= fault.status <= 599:
        yield f"status={repr_of(fault.status)} is no error: expected 400 to 599"
    if fault.retry_after is not None and fault.retry_after < 0:
        yield f"retry_after={repr_of(fault.retry_after)}: expected seconds from 0 on"
    if fault.retry_after is not None and fault.retry_after > LONGEST.total_seconds():
        yield f"retry_after={repr_of(fault.retry_after)}: expected at most {LONGEST.days} days"
    if fault.times is not None and fault.times < 1:
        yield f"times={repr_of(fault.times)}: expected 1 or more, or None for until it is removed"


def _combination_problems(fault: Fault) -> Iterator[str]:
    kinds = ["status"] if fault.status is not None else []
    # At most one way to spoil a call, so that which one strikes never depends on an order.
    kinds += [kind for kind in FLAGS if getattr(fault, kind)]
    half = fault.retry_after is not None or fault.message is not None
    if not kinds and fault.latency is None and not half:
        yield (
            "nothing is asked for: give status=, disconnect=, timeout=, connect_timeout=, "
            "latency=, truncate= or garbage="
        )
    if len(kinds) > 1:
        both = f"{', '.join(kinds[:-1])} and {kinds[-1]}"
        yield f"{both} exclude each other: add one fault for each"
    if fault.latency is not None and (fault.timeout or fault.connect_timeout):
        yield "latency with a timeout means nothing: a timeout lasts as long as the client waits"
    if fault.connect_timeout and fault.after_commit:
        yield (
            "connect_timeout with after_commit means nothing: what never connected cannot take "
            "effect; timeout=True is the read timeout"
        )
    if fault.retry_after is not None and fault.status is None:
        yield "retry_after needs the status of the answer that carries it, such as status=429"
    elif fault.retry_after is not None and fault.status in _NOT_RETRIED:
        yield (
            f"retry_after with status={fault.status} means nothing: clients honour it on 408, 413, "
            "425, 429 and 5xx"
        )
    if fault.message is not None and fault.status is None:
        yield "message needs the status of the answer that carries it, such as status=500"
