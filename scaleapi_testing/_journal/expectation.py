"""Whether a recorded call is the expected one, and if not, why not."""

from __future__ import annotations

from dataclasses import dataclass
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Final

from .._messages import (
    JSON,
    counted,
    cut_lines,
    did_you_mean,
    differences,
    listed,
    shortened,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._http.patterns import RequestPattern
    from .recorded_request import Query, RecordedRequest

NEAREST: Final = 3
_DIFFERENCES: Final = 5
_RANKED: Final = 500
"""Among how many of the newest calls the nearest are looked for: likeness is slow to compute."""
_NEAR: Final = 0.6
"""How near another operation must come to be worth showing beside calls that match."""

NOTHING_CAME: Final = (
    "no request has reached this fake: see that it is started and that the code under test calls "
    "the address it answers for"
)


def meant(pattern: RequestPattern, record: RecordedRequest) -> bool:
    """Whether ``record`` has the method and the path of ``pattern``."""
    return pattern.matches(record.method, record.segments)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What ``expect`` was asked for; gives the verdict and the reasons in one."""

    pattern: RequestPattern
    json: JSON
    query: Mapping[str, object] | EllipsisType
    # `...` where nothing was asked for, since None asks for a call without an answer.
    status: int | EllipsisType | None = ...

    def misses(self, record: RecordedRequest) -> list[str]:
        """Why ``record`` is not meant, one reason each; empty when it is."""
        reasons: list[str] = []
        if self.pattern.method not in {None, record.method}:
            reasons.append(f"method: expected {self.pattern.method}, got {record.method}")
        if not self.pattern.matches_path(record.segments):
            reasons.append(f"path: expected {self.pattern.path}, got {shortened(record.path, 120)}")
        if reasons:
            # Another operation: how its query and body differ would only hide that.
            return reasons
        if not isinstance(self.query, EllipsisType):
            reasons += _query_misses(self.query, record.query)
        if not isinstance(self.json, EllipsisType):
            reasons += _json_misses(self.json, record)
        if not isinstance(self.status, EllipsisType) and self.status != record.status:
            reasons.append(f"status: expected {_status(self.status)}, got {record.outcome}")
        return reasons

    def nearest(self, records: list[RecordedRequest], n: int) -> list[RecordedRequest]:
        """The nearest ``n``: by method and path first, by differences next, newest at last."""
        called = [record for record in records if meant(self.pattern, record)]
        ranked = sorted(
            # The newest, for what is asserted on mostly has just happened.
            (called or records)[-_RANKED:],
            key=lambda record: (
                -self._nearness(record),
                len(self.misses(record)),
                -record.n,
            ),
        )
        return ranked[:n]

    def unmet(
        self,
        times: int | None,
        matches: list[RecordedRequest],
        records: list[RecordedRequest],
        among: str,
    ) -> str:
        """Why the expectation is not met: the calls that match, and the nearest of the others.

        Args:
            times: how many were expected, ``None`` for at least one.
            matches: those of ``records`` that match.
            records: all recorded calls.
            among: what to say of all of them, e.g. ``" among 7 recorded requests."``.
        """
        amount = "at least one call" if times is None else counted(times, "call")
        lines = [f"expected {amount} of {self}, found {len(matches) or 'none'}{among}"]
        if matches:
            lines.append("these match:")
            lines += [f"  {line}" for line in cut_lines(matches, "request")]
        if not records:
            lines.append(NOTHING_CAME)
        elif times is None or len(matches) < times:
            lines += self._near_misses(matches, records)
        return "\n".join(lines)

    def _near_misses(
        self, matches: list[RecordedRequest], records: list[RecordedRequest]
    ) -> list[str]:
        matching = {record.n for record in matches}
        others = [record for record in records if record.n not in matching]
        nearest = self.nearest(others, NEAREST)
        # A call of another operation beside some that match would only distract, unless it is a
        # near spelling.
        if matches:
            nearest = [record for record in nearest if self._nearness(record) >= _NEAR]
        if not nearest:
            return []
        lines = ["nearest of the others:" if matches else "nearest:"]
        for record in nearest:
            lines.append(f"  {record}")
            reasons = cut_lines(self.misses(record), "difference", _DIFFERENCES)
            lines += [f"    {reason}" for reason in reasons]
        return lines

    def _nearness(self, record: RecordedRequest) -> float:
        return self.pattern.nearness(record.method, record.segments)

    def __str__(self) -> str:
        text = str(self.pattern).replace("any call", "any kind")
        if not isinstance(self.query, EllipsisType):
            text += f" with query {shown(dict(self.query), 200)}"
        if not isinstance(self.json, EllipsisType):
            both = "and" if "with query" in text else "with"
            text += f" {both} json {shown(self.json, 200)}"
        if not isinstance(self.status, EllipsisType):
            text += f" answered {_status(self.status)}"
        return text


def _status(status: int | None) -> str:
    return "nothing" if status is None else str(status)


def _query_misses(expected: Mapping[str, object], got: Query) -> list[str]:
    reasons: list[str] = []
    for name, value in expected.items():
        if value is None:
            # None asks for its absence, so that a test can say that a parameter was not sent.
            if name in got:
                reasons.append(f"query.{name}: expected it to be absent, got {shown(got[name])}")
        elif name not in got:
            near = did_you_mean(name, got, 1)
            hint = f"nearest: {near[0]}" if near else f"given: {listed(got) or 'no parameter'}"
            reasons.append(f"query.{name}: expected {_query_text(value)}, got nothing ({hint})")
        elif value is not ... and not _query_equal(value, got[name]):
            reasons.append(f"query.{name}: expected {_query_text(value)}, got {shown(got[name])}")
    return reasons


def _query_equal(expected: object, got: str | list[str]) -> bool:
    if isinstance(expected, (list, tuple)):
        items: Sequence[Any] = expected
        return isinstance(got, list) and [_query_string(item) for item in items] == got
    # Clients write True or true; both are meant.
    if isinstance(expected, bool):
        return isinstance(got, str) and got.lower() == _query_string(expected).lower()
    return _query_string(expected) == got


def _query_string(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _query_text(value: object) -> str:
    if isinstance(value, EllipsisType):
        return "any value"
    if isinstance(value, (list, tuple)):
        items: Sequence[Any] = value
        return shown([_query_string(item) for item in items])
    return shown(_query_string(value))


def _json_misses(expected: JSON, record: RecordedRequest) -> list[str]:
    # Its body was let go: not equal and not different, and said so.
    if record.cut is not None:
        return [f"json: expected {shown(expected)}, got {record.cut}"]
    body = record.json
    # A body `null` is JSON; a body that is none is told apart from no body.
    if body is None and expected is not None:
        if not record.body:
            return [f"json: expected {shown(expected)}, got a call without a body"]
        if record.body.strip() != b"null":
            start = shortened(record.body[:80].decode(errors="replace"), 60)
            return [f"json: expected {shown(expected)}, got a body that is not JSON: {start!r}"]
    return [str(difference) for difference in differences(expected, body)]
