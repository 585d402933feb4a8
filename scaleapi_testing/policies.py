"""How long labelers take and how it ends: the policies of ``scale.turnaround(...)``.

```python
from datetime import timedelta
from scaleapi_testing import policies

scale.turnaround(timedelta(hours=2), project="cows")
scale.turnaround(policies.after_polls(3), task_type="categorization")
scale.turnaround([policies.error("blurry"), policies.completed(after=timedelta(hours=1))])
```
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, Final, TypeAlias

from ._errors import NoSuchResponse
from ._http.wire import LONGEST, span_ms
from ._messages import described, span
from ._nesting import asked
from ._state.task import Plan


@dataclass(frozen=True, slots=True)
class Never:
    """Tasks stay pending until the test completes them."""

    def __repr__(self) -> str:
        return "never"


@dataclass(frozen=True, slots=True)
class AfterPolls:
    """A task is completed by its ``polls``-th ``GET /task/{id}``, which answers it completed."""

    polls: int

    def __repr__(self) -> str:
        return f"after_polls({self.polls})"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one task of a script ends, and after how long."""

    kind: str
    after: timedelta
    response: Any = None
    message: str | None = None

    def __repr__(self) -> str:
        return f"{self.kind}(after={self.after})"


Policy: TypeAlias = (
    timedelta
    | Never
    | AfterPolls
    | Outcome
    | Sequence[Outcome]
    | Callable[[Any, Random], timedelta | None]
    | None
)

never: Final = Never()


def after_polls(n: int) -> AfterPolls:
    """Complete a task on its ``n``-th ``GET /task/{id}``; lists and views do not count.

    Raises:
        ValueError: ``n`` is no whole number from 1.
    """
    # True is an int, and would be taken for 1.
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
        raise ValueError(
            f"after_polls({n!r:.60}): give a whole number from 1, the read that finds it completed"
        )
    return AfterPolls(n)


def completed(after: timedelta = timedelta(0), response: Any = None) -> Outcome:
    """Labelers finish ``after`` the creation, with ``response`` or a generated one.

    Raises:
        TypeError: a length that is no timedelta, or a response that is no JSON object.
        ValueError: a negative length.
    """
    if response is not None and not isinstance(response, dict):
        raise NoSuchResponse(
            f"completed(response=...) takes a JSON object, not {described(response)}"
        )
    return Outcome("completed", _length("completed", after), response=response)


def error(message: str | None = None, after: timedelta = timedelta(0)) -> Outcome:
    """The task ends in ``error`` ``after`` its creation, with ``message`` or Scale's sentence.

    Raises:
        TypeError: a length that is no timedelta, or a message that is no text.
        ValueError: a negative length.
    """
    if message is not None and not isinstance(message, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
        raise TypeError(
            f"error(message=...) takes a text, not {described(message)}; a "
            "length is given as after="
        )
    return Outcome("error", _length("error", after), message=message)


def canceled(after: timedelta = timedelta(0)) -> Outcome:
    """The task is canceled ``after`` its creation, as from the dashboard.

    Raises:
        TypeError: a length that is no timedelta.
        ValueError: a negative length.
    """
    return Outcome("canceled", _length("canceled", after))


def _length(name: str, after: timedelta) -> timedelta:
    if not isinstance(after, timedelta):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
        raise TypeError(
            f"{name}(after=...) takes a timedelta, e.g. timedelta(hours=1), not {described(after)}"
        )
    if after < timedelta(0):
        raise ValueError(
            f"{name}(after={span(after)}): a task cannot end before it was created; give a "
            "positive length"
        )
    if after > LONGEST:
        raise ValueError(f"{name}(after={span(after)}): give at most {LONGEST.days} days")
    return after


@dataclass(slots=True)
class Rule:
    """One call of ``scale.turnaround``: which tasks, and how far its script has run."""

    policy: Policy
    task_type: str | None = None
    project: str | None = None
    batch: str | None = None
    used: int = 0

    def matches(self, task_type: str, project: str | None, batch: str | None) -> bool:
        """Whether a new task is one of its tasks."""
        return (
            (self.task_type is None or self.task_type == task_type)
            and (self.project is None or self.project == project)
            and (self.batch is None or self.batch == batch)
        )

    @property
    def narrowness(self) -> tuple[bool, bool, bool]:
        """Batch is narrower than project, project than type."""
        return self.batch is not None, self.project is not None, self.task_type is not None

    @property
    def origin(self) -> str:
        """Which policy this is, in words."""
        conditions = [
            f"{name}={value!r}"
            for name, value in (
                ("task_type", self.task_type),
                ("project", self.project),
                ("batch", self.batch),
            )
            if value is not None
        ]
        return f"scale.turnaround({', '.join([_named(self.policy), *conditions])})"


def _named(policy: Policy) -> str:
    if isinstance(policy, timedelta):
        return str(policy)
    if isinstance(policy, Sequence):
        return f"a script of {len(policy)}"
    if callable(policy):
        return str(getattr(policy, "__qualname__", type(policy).__name__))
    return repr(policy)


_SCRIPT: Final = (
    "completed(), error() or canceled() from scaleapi_testing.policies, one entry per task"
)


def check(policy: Policy) -> None:
    """Refuse what is no policy.

    Raises:
        TypeError: it is none of the kinds.
        ValueError: a negative length, an empty script, or a script with something else in it.
    """
    if policy is None or isinstance(policy, Never | AfterPolls | Outcome):
        return
    if isinstance(policy, timedelta):
        if policy < timedelta(0):
            raise ValueError(
                f"turnaround {span(policy)} is negative: labelers cannot answer before a task is "
                "created; give a positive length"
            )
        if policy > LONGEST:
            raise ValueError(
                f"turnaround {span(policy)} is too long: give at most {LONGEST.days} days, or "
                "policies.never"
            )
        return
    # A text is a sequence too, and '2h' would be refused letter by letter.
    if isinstance(policy, Sequence) and not isinstance(policy, str | bytes):
        if not policy:
            raise ValueError(f"a turnaround script is empty: give {_SCRIPT}")
        kinds = [isinstance(entry, Outcome) for entry in policy]
        if not all(kinds):
            place = kinds.index(False)
            raise ValueError(
                f"entry {place + 1} of a turnaround script is {policy[place]!r:.60}: give {_SCRIPT}"
            )
        return
    if not callable(policy):
        raise TypeError(
            f"turnaround takes a timedelta, a callable (task, random) -> timedelta, or from "
            f"scaleapi_testing.policies never, after_polls(n) or a list of outcomes, not "
            f"{described(policy)}"
            + (f"; write timedelta(seconds={policy})" if isinstance(policy, int | float) else "")
        )


def decide(rules: Sequence[Rule], view: Any, random: Random) -> Plan | None:
    """Ask the narrowest rule, among equals the latest, what happens to a new task.

    Args:
        rules: in the order of the calls that made them.
        view: the task as ``scale.tasks`` shows it.
        random: for a callable policy.
    """
    # The latest first among equals, so that a test may narrow or replace what a fixture said.
    ranked = sorted(
        enumerate(rules), key=lambda entry: (entry[1].narrowness, entry[0]), reverse=True
    )
    for _, rule in ranked:
        if not rule.matches(view.type, view.project, view.batch):
            continue
        policy = rule.policy
        if isinstance(policy, Sequence):
            # A script that ran out says nothing more: the next rule is asked, not its last entry.
            if rule.used >= len(policy):
                continue
            rule.used += 1
            return _from_outcome(policy[rule.used - 1], f"entry {rule.used} of {rule.origin}")
        if isinstance(policy, Outcome):
            return _from_outcome(policy, rule.origin)
        if isinstance(policy, AfterPolls):
            return Plan(rule.origin, polls=policy.polls)
        if isinstance(policy, timedelta):
            return Plan(rule.origin, after_ms=span_ms(policy))
        # None ends the search: it takes back what wider rules say.
        if policy is None:
            return None
        if isinstance(policy, Never):
            return Plan(rule.origin)
        return Plan(rule.origin, after_ms=_asked(policy, view, random, rule.origin))
    return None


def _from_outcome(outcome: Outcome, origin: str) -> Plan:
    return Plan(
        origin,
        after_ms=span_ms(outcome.after),
        outcome=outcome.kind,
        response=outcome.response,
        message=outcome.message,
    )


def _asked(
    policy: Callable[[Any, Random], Any], view: Any, random: Random, origin: str
) -> int | None:
    # A callable may create tasks, for which it is asked in turn, without end.
    length: Any = asked(
        lambda: policy(view, random),
        lambda: f"{origin}, asked for task {view.task_id} ({view.type}),",
        "The callable creates tasks for which it is asked in turn: create them outside of it, or "
        "name the project or the type that it speaks for",
    )
    if length is None:
        return None
    if not isinstance(length, timedelta) or length < timedelta(0):
        raise TypeError(
            f"{origin} returned {length!r:.60} for task {view.task_id} ({view.type}); "
            "a turnaround callable returns a timedelta of at least zero, or None for never"
        )
    # A clock that goes beyond the year 9999 is no datetime any more.
    if length > LONGEST:
        raise ValueError(
            f"{origin} returned {span(length)} for task {view.task_id} ({view.type}); a turnaround "
            f"is at most {LONGEST.days} days, or None for never"
        )
    return span_ms(length)
