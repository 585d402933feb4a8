"""``python -m benchmarks [--only G1,G2] [--quick] [--docs]``: measure, print a table, write JSON.

Each goal is measured in a process of its own, so that none meets the heap of another.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from .method import FULL, QUICK
from .peers import CHECKOUT, PEERS_PATH, Unavailable, official_folder
from .rows import Row, in_markdown, shown

RESULTS: Final = Path(__file__).with_name("results.json")
PAGE: Final = CHECKOUT / "docs" / "speed.md"
BEGIN, END = "<!-- measured -->", "<!-- end of what was measured -->"
FAILED: Final = "the measurement failed; its error stands above"
NEED_OFFICIAL: Final = ("G1", "G2", "G3", "G6", "G8")


def goals() -> dict[str, str]:
    """The module of each goal: ``{"G1": "g01_official_create", ..., "TYPES": "types_cost"}``."""
    files = sorted(Path(__file__).with_name("goals").glob("[!_]*.py"))
    return {file.stem.partition("_")[0].upper().replace("G0", "G"): file.stem for file in files}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", metavar="G1,G2", help="measure these goals alone")
    parser.add_argument("--quick", action="store_true", help="fewer blocks, small stores")
    parser.add_argument("--docs", action="store_true", help=f"write the table into {PAGE.name} too")
    parser.add_argument("--measure", metavar="GOAL", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(_measured_here(options.measure, quick=options.quick)))
        return 0
    if options.docs and (options.only or options.quick):
        parser.error("--docs takes a whole run: leave --only and --quick out")
    known = goals()
    wanted = options.only.upper().split(",") if options.only else list(known)
    unknown = [goal for goal in wanted if goal not in known]
    if unknown:
        parser.error(f"no goal {', '.join(unknown)}; there are {', '.join(known)}")
    rows: list[dict[str, Any]] = []
    for goal in wanted:
        print(f"measuring {goal} ...", file=sys.stderr, flush=True)
        rows += _measured_apart(goal, quick=options.quick)
    print(shown(rows))
    RESULTS.write_text(json.dumps({**_machine(quick=options.quick), "rows": rows}, indent=1) + "\n")
    missed = sum(row["verdict"] == "missed" for row in rows)
    skipped = sum(row["verdict"] == "skipped" for row in rows)
    told = f"{missed} of {len(rows)} missed, {skipped} not measured"
    print(f"\n{told}; written to {RESULTS.relative_to(CHECKOUT)}")
    if options.docs:
        _write_page(rows)
    return int(any(row["what"] == FAILED for row in rows))


def _write_page(rows: list[dict[str, Any]]) -> None:
    head, _, rest = PAGE.read_text().partition(BEGIN)
    tail = rest.partition(END)[2]
    PAGE.write_text(f"{head}{BEGIN}\n{in_markdown(rows)}\n{END}{tail}")


def _measured_here(goal: str, *, quick: bool) -> list[dict[str, Any]]:
    module = import_module(f".goals.{goals()[goal]}", __package__)
    try:
        rows: list[Row] = list(module.measure(QUICK if quick else FULL))
    except Unavailable as missing:
        summary = str(module.__doc__).partition(": ")[2].strip().split("\n")[0]
        rows = [Row(summary, None, note=str(missing))]
    return [row.to_json(goal) for row in rows]


def _measured_apart(goal: str, *, quick: bool) -> list[dict[str, Any]]:
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONSAFEPATH": "1"}
    environment.pop(PEERS_PATH, None)
    if goal in NEED_OFFICIAL:
        try:
            folder = str(official_folder())
        except Unavailable:
            pass  # the measurement says so in its row
        else:
            environment["PYTHONPATH"] = f"{folder}{os.pathsep}{CHECKOUT}"
            environment[PEERS_PATH] = folder
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks", "--measure", goal]
    done = subprocess.run(
        [*command, *(["--quick"] if quick else [])],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        return [Row(FAILED, None).to_json(goal)]
    rows: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return rows


def _machine(*, quick: bool) -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "quick": quick,
    }


if __name__ == "__main__":
    sys.exit(main())
