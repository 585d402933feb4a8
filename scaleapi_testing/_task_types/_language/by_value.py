"""Rules that are asked about the same values again and again, and answer from memory.

A suite creates many tasks of one project: what says how to label is the same in each of them.
"""

from __future__ import annotations

import marshal
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")

REMEMBERED: Final = 64
"""How many different values each rule remembers its answer to."""

LARGEST: Final = 8 * 1024
"""Bytes of a value from which on it is looked at each time; pre-labels mostly differ."""

_WITH_REFERENCES: Final = 4
"""The version of marshal's format in which what stands in a value twice is written once: a value
of a few objects may be endless when each is written out. That equal values are then not always the
same bytes costs a look and nothing else."""


def by_value(rule: Callable[[Any], Iterable[T]]) -> Callable[[Any], tuple[T, ...]]:
    """``rule``, which looks at each JSON value once.

    Args:
        rule: a function of the value alone, that changes nothing and gives what never changes.
    """

    # Bytes tell true from 1 and 1 from 1.0, which are equal to Python and not to a rule.
    @lru_cache(maxsize=REMEMBERED)
    def answer(written: bytes) -> tuple[T, ...]:
        return tuple(rule(marshal.loads(written)))  # noqa: S302 - written a line below

    @wraps(rule)
    def look(value: Any) -> tuple[T, ...]:
        try:
            written = marshal.dumps(value, _WITH_REFERENCES)
        except ValueError:  # nothing that came as JSON
            return tuple(rule(value))
        return answer(written) if len(written) <= LARGEST else tuple(rule(value))

    return look
