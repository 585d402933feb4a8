"""The report as text: what differs, recorded and fake side by side, then a summary."""

from __future__ import annotations

import json
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from .._messages import counted, shortened

if TYPE_CHECKING:
    from rich.console import Console

    from .comparing import Difference
    from .verification import Verification

WIDTH: Final = 100
"""Columns where nobody says how many there are."""

LONGEST: Final = 400
"""Characters of a value that are shown."""

_SIGNS: Final = {"missing": "the fake lacks", "extra": "the fake adds"}


def plain(verification: Verification) -> str:
    """The report without colours."""
    from rich.console import Console

    out = StringIO()
    write(
        verification,
        Console(
            file=out, width=WIDTH, color_system=None, force_terminal=False, legacy_windows=False
        ),
    )
    return "\n".join(line.rstrip() for line in out.getvalue().rstrip("\n").split("\n"))


def write(verification: Verification, console: Console) -> None:
    """Write the report to a terminal, or to what takes its place."""
    from rich.markup import escape

    for verdict in verification.different:
        console.print(
            f"[bold red]different[/] {escape(verdict.place)}: {escape(verdict.call)}",
            soft_wrap=True,
        )
        console.print(_side_by_side(verdict.differences))
        for line in dict.fromkeys(
            f"{verdict.operation} {difference.place} {difference.what}"
            for difference in verdict.differences
        ):
            console.print(f"  [dim]known? --allow:[/] {escape(line)}", soft_wrap=True)
        console.print()
    _write_reasons(verification, console)
    _write_summary(verification, console)


def _side_by_side(differences: tuple[Difference, ...]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, expand=True)
    table.add_column("where", ratio=2, overflow="fold")
    table.add_column("recorded", ratio=3, overflow="fold", style="green")
    table.add_column("fake", ratio=3, overflow="fold", style="red")
    for difference in differences:
        table.add_row(
            Text(f"{difference.path} ({difference.what})"),
            Text(_value(difference, recorded=True)),
            Text(_value(difference, recorded=False)),
        )
    return table


def _value(difference: Difference, *, recorded: bool) -> str:
    if difference.what == ("extra" if recorded else "missing"):
        return "(nothing)"
    value = difference.recorded if recorded else difference.fake
    return shortened(json.dumps(value, ensure_ascii=False), LONGEST)


def described_difference(difference: Difference) -> str:
    """One line: ``docs[0].status (value): recorded "completed", fake "pending"``."""
    recorded, fake = _value(difference, recorded=True), _value(difference, recorded=False)
    return f"{difference.path} ({difference.what}): recorded {recorded}, fake {fake}"


def _write_reasons(verification: Verification, console: Console) -> None:
    from rich.markup import escape

    reasons = Counter(verdict.reason for verdict in verification.not_comparable)
    notes = Counter(note for verdict in verification.exchanges for note in verdict.notes)
    for title, counts in (("not comparable", reasons), ("not compared", notes)):
        for text, number in counts.items():
            what = counted(number, "exchange")
            console.print(f"[yellow]{title}[/], {what}: {escape(text)}", soft_wrap=True)
    if reasons or notes:
        console.print()


def _write_summary(verification: Verification, console: Console) -> None:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    if verification.exchanges:
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        table.add_column("operation")
        for name in ("same", "different", "not comparable"):
            table.add_column(name, justify="right")
        for operation, row in verification.operations.items():
            table.add_row(escape(operation), *(str(number) for number in row.values()))
        console.print(table)
        console.print()
    for allowance in verification.unused:
        line = escape(allowance.line)
        console.print(f"[yellow]known difference that was not met[/]: {line}", soft_wrap=True)
    known = sum(len(verdict.allowed) for verdict in verification.exchanges)
    number = len(verification.exchanges)
    parts = [
        f"{len(verification.same)} same",
        f"{len(verification.different)} different",
        f"{len(verification.not_comparable)} not comparable",
    ]
    if known:
        parts.append(counted(known, "known difference"))
    text = f"{counted(number, 'exchange')}: {', '.join(parts)}"
    if not verification.same and not verification.different:
        text += "; nothing was compared"
    console.print(f"[bold {'green' if verification.ok else 'red'}]{escape(text)}[/]")
