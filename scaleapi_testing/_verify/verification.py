"""What came of replaying recordings: a verdict for each exchange, and all of it as text or data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from .._errors import PUBLIC
from .comparing import Difference

if TYPE_CHECKING:
    from .allowed import Allowance

Outcome: TypeAlias = Literal["same", "different", "not comparable"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One exchange, compared. Nothing in it holds a key, a cookie or a signature.

    Attributes:
        place: where it stands: ``orders.yaml, exchange 3``.
        call: method and address as they were recorded.
        operation: the fake's operation, e.g. ``POST /v1/task/{type}``; else method and path.
        recorded: the recorded status.
        fake: the status that the fake answered; ``None`` where it was not asked.
        outcome: ``same``, ``different`` or ``not comparable``.
        differences: where they differ and nobody said that it is known.
        allowed: where they differ and a file of known differences says so.
        reason: why it is not comparable.
        notes: parts that were not compared, and why.
    """

    place: str
    call: str
    operation: str
    recorded: int
    fake: int | None
    outcome: Outcome
    differences: tuple[Difference, ...] = ()
    allowed: tuple[Difference, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {
            "place": self.place,
            "call": self.call,
            "operation": self.operation,
            "recorded_status": self.recorded,
            "fake_status": self.fake,
            "outcome": self.outcome,
            "reason": self.reason,
            "notes": list(self.notes),
            "differences": [_as_dict(difference) for difference in self.differences],
            "allowed": [_as_dict(difference) for difference in self.allowed],
        }


def _as_dict(difference: Difference) -> dict[str, Any]:
    return {
        "path": difference.path,
        "place": difference.place,
        "how": difference.what,
        "recorded": difference.recorded,
        "fake": difference.fake,
    }


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdicts of one or several recordings; ``str()`` is the report without colours.

    Attributes:
        exchanges: a verdict for each exchange, in order.
        files: the names of the recordings.
        unused: lines of the files of known differences that met none.
    """

    exchanges: tuple[Verdict, ...]
    files: tuple[str, ...]
    unused: tuple[Allowance, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing differs but what is known to."""
        return not self.different

    @property
    def same(self) -> tuple[Verdict, ...]:
        """The exchanges that do not differ."""
        return self._of("same")

    @property
    def different(self) -> tuple[Verdict, ...]:
        """The exchanges that differ."""
        return self._of("different")

    @property
    def not_comparable(self) -> tuple[Verdict, ...]:
        """The exchanges of which nothing can be said."""
        return self._of("not comparable")

    def _of(self, outcome: Outcome) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.exchanges if verdict.outcome == outcome)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Every difference that is not known, in order."""
        return tuple(entry for verdict in self.exchanges for entry in verdict.differences)

    @property
    def operations(self) -> dict[str, dict[Outcome, int]]:
        """How many exchanges of each operation are the same, different, not comparable."""
        counts: dict[str, dict[Outcome, int]] = {}
        for verdict in self.exchanges:
            row = counts.setdefault(
                verdict.operation, {"same": 0, "different": 0, "not comparable": 0}
            )
            row[verdict.outcome] += 1
        return dict(sorted(counts.items()))

    def as_dict(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {
            "ok": self.ok,
            "files": list(self.files),
            "counts": {
                "same": len(self.same),
                "different": len(self.different),
                "not comparable": len(self.not_comparable),
            },
            "operations": self.operations,
            "exchanges": [verdict.as_dict() for verdict in self.exchanges],
            "unused_allowances": [allowance.line for allowance in self.unused],
        }

    def to_junit(self) -> str:
        """The report as JUnit XML: a test case for each exchange."""
        from .junit import junit

        return junit(self)

    def __str__(self) -> str:
        from .report import plain

        return plain(self)


for _public in (Verdict, Verification, Difference):
    _public.__module__ = PUBLIC
del _public
