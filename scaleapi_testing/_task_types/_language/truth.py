"""What a given truth may be: how one that does not fit is refused, and how its parts are read."""

from __future__ import annotations

from reprlib import repr as short_repr
from typing import TYPE_CHECKING, Any, Final

from .values import identity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._base import Job
    from .noise import Noise

_SHOWN: Final = 60
_LISTED: Final = 5


def refusal(where: str, value: Any, right: str) -> ValueError:
    """The error for a malformed truth: where it is wrong, the value, what would be right."""
    return ValueError(f"{where} is {short_repr(value)}; right would be {right}")


def untrue(job: Job, path: str, value: object, right: str) -> ValueError:
    """The error for a truth that labelers cannot find because it breaks the task's rules.

    Args:
        job: whose truth it is.
        path: where in the truth, e.g. ``annotations[2].label``; empty for the whole.
        value: what stands there.
        right: what would be right there.
    """
    kind, task_id = job.common.get("type", "text"), job.common.get("task_id", "")
    shown = repr(value)
    if len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN]}..."
    where = f"the truth of {kind} task {task_id}".rstrip()
    place = f"{path} " if path else ""
    return ValueError(f"{where} cannot be found: {place}is {shown}; right would be {right}")


def few_of(names: Sequence[object]) -> str:
    """``a, b, c`` for the ``right`` of an error, cut at five with a count."""
    listed = ", ".join(str(name)[:_SHOWN] for name in names[:_LISTED])
    return listed + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")


def some_of(names: Sequence[object]) -> str:
    """``one of a, b, c`` for the ``right`` of an error."""
    return f"one of {few_of(names)}"


def number_between(least: float | None, most: float | None) -> str:
    """``a number from 0 to 5`` for the ``right`` of an error; ``None`` is no bound."""
    if least is None:
        return "a number" if most is None else f"a number of at most {most}"
    return f"a number of at least {least}" if most is None else f"a number from {least} to {most}"


class Places:
    """Where each of some options stands, found in one step however many there are."""

    def __init__(self, job: Job, options: Sequence[object]) -> None:
        self._job = job
        self._options = options
        self._places: dict[tuple[str, object], int] = {}
        for place, option in enumerate(options):
            # By identity: to a dict 1 and true are one key, to JSON two options.
            self._places.setdefault(identity(option), place)

    def of(self, path: str, value: object) -> int:
        """The position of ``value`` among the options, its JSON type counting.

        Raises:
            ValueError: it is none of them.
        """
        place = self._places.get(identity(value))
        if place is None:
            raise untrue(self._job, path, value, some_of(self._options))
        return place


def place_of(job: Job, path: str, value: object, options: Sequence[object]) -> int:
    """The position of ``value`` among ``options``; for one value alone, see `Places`.

    Raises:
        ValueError: it is none of them.
    """
    return Places(job, options).of(path, value)


def part(job: Job, truth: Any, key: str) -> dict[str, Any] | None:
    """The object ``truth[key]``, or ``None`` when the truth does not say.

    Raises:
        ValueError: the truth, or what stands there, is no object.
    """
    value: Any = entry(job, truth, key)
    if value is None or isinstance(value, dict):
        return value
    raise untrue(job, key, value, "an object")


def entry(job: Job, truth: Any, key: str) -> Any:
    """``truth[key]``, or ``None`` when the truth does not say.

    Raises:
        ValueError: the truth is no object.
    """
    if not isinstance(truth, dict):
        raise untrue(job, "", truth, f'an object like the response, e.g. {{"{key}": ...}}')
    return truth.get(key)


def listed(job: Job, truth: Any, key: str) -> list[dict[str, Any]]:
    """The list of objects ``truth[key]``, or the truth itself when it is that list.

    Raises:
        ValueError: it is neither, or a member is no object.
    """
    entries: Any = truth if isinstance(truth, list) else entry(job, truth, key)
    if not isinstance(entries, list):
        raise untrue(job, key, entries, "a list of objects as in the response")
    for index, item in enumerate(entries):
        if not isinstance(item, dict):
            raise untrue(job, f"{key}[{index}]", item, "an object as in the response")
    return entries


def words_of(
    job: Job, noise: Noise, truth: dict[str, Any] | None, key: str, path: str
) -> str | None:
    """What labelers read where ``truth`` has the string ``key``; ``None`` where it is silent.

    Raises:
        ValueError: what stands there is no string.
    """
    if truth is None or key not in truth:
        return None
    if not isinstance(truth[key], str):
        raise untrue(job, f"{path}.{key}", truth[key], "a string")
    return noise.text(truth[key])
