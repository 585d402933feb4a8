"""What a measurement gives: one row of the table, and how it looks there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .method import Spread


@dataclass(frozen=True)
class Row:
    """One thing that was measured.

    Attributes:
        what: in words, with what it is compared to.
        spread: the ratio, or a quantity in ``unit``; ``None`` when it could not be measured.
        target: the most that it may be; ``None`` where it is measured and stated only.
        unit: ``"x"`` for a ratio.
        note: what one must know to read it.
    """

    what: str
    spread: Spread | None
    target: float | None = None
    unit: str = "x"
    note: str = ""

    @property
    def verdict(self) -> str:
        """``met``, ``missed``, ``stated`` (no target) or ``skipped`` (not measured)."""
        if self.spread is None:
            return "skipped"
        if self.target is None:
            return "stated"
        return "met" if self.spread.median <= self.target else "missed"

    def to_json(self, goal: str) -> dict[str, Any]:
        """The row for ``results.json``."""
        spread = self.spread
        return {
            "goal": goal,
            "what": self.what,
            "median": None if spread is None else round(spread.median, 4),
            "lower_quartile": None if spread is None else round(spread.lower, 4),
            "upper_quartile": None if spread is None else round(spread.upper, 4),
            "target": self.target,
            "unit": self.unit,
            "verdict": self.verdict,
            "note": self.note,
        }


def shown(rows: list[dict[str, Any]]) -> str:
    """The rows of ``results.json`` as a table."""
    head = ("goal", "what", "median", "quartiles", "target", "")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    text = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    text.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(text)


def in_markdown(rows: list[dict[str, Any]]) -> str:
    """The rows as a table of Markdown."""
    lines = ["| goal | what | median | quartiles | target | |", "|---|---|---|---|---|---|"]
    lines += [f"| {' | '.join(_cells(row))} |".replace("<=", "≤") for row in rows]
    return "\n".join(lines)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    unit = "" if row["unit"] == "x" else f" {row['unit']}"
    verdict = row["verdict"] + (f": {row['note']}" if row["note"] else "")
    if row["median"] is None:
        return (row["goal"], row["what"], "", "", "", verdict)
    target = "" if row["target"] is None else f"<= {row['target']:g}{unit}"
    return (
        row["goal"],
        row["what"],
        f"{row['median']:.3g}{unit}",
        f"{row['lower_quartile']:.3g} - {row['upper_quartile']:.3g}",
        target,
        verdict,
    )
