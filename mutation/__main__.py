"""``python -m mutation``: breaks a seeded sample of each room, and lists what survived."""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from .rooms import ROOMS, UNFIT, Room

CHECKOUT: Final = Path(__file__).parents[1]
WORK: Final = CHECKOUT / "build" / "mutants"
ACCEPTED: Final = Path(__file__).with_name("survivors.toml")
COPIED: Final = (
    "scaleapi", "scaleapi_testing", "tests", "docs", "codegen",
    "conftest.py", "pyproject.toml", "README.md", "CHANGELOG.md",
)  # fmt: skip
PYTEST: Final = ("-m", "not slow", "-p", "no:cacheprovider", "-p", "no:xdist")
DEAD: Final = frozenset({"killed", "timeout", "segfault"})
SAMPLE: Final = 150


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that no test noticed.

    Attributes:
        name: what mutmut calls it; the number in it moves with the code around it.
        function: where it is, ``scaleapi_testing._faults.faults.Faults.add``.
        before: the lines that it replaced, without their indent.
        after: the lines that it put there.
    """

    name: str
    function: str
    before: str
    after: str

    @property
    def known_by(self) -> tuple[str, str, str]:
        """What stays the same while the function does."""
        return self.function, self.before, self.after


def prepare(name: str) -> Path:
    """A copy of the checkout in which mutmut may write, set up for one room."""
    room, folder = ROOMS[name], WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for copied in COPIED:
        source = CHECKOUT / copied
        if source.is_dir():
            shutil.copytree(source, folder / copied, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / copied)
    left_out = [argument for test in UNFIT for argument in ("--deselect", test)]
    settings = {
        "source_paths": ["scaleapi", "scaleapi_testing"],
        "only_mutate": list(room.files),
        "also_copy": [name for name in COPIED if not name.startswith("scaleapi")],
        "pytest_add_cli_args_test_selection": list(room.tests),
        "pytest_add_cli_args": [*PYTEST, *left_out],
        "use_git_change_detection": False,
        "track_dependencies": False,
        # Of the time that the tests take unchanged; a change that makes a wait endless costs this.
        "timeout_multiplier": 6.0,
        "timeout_constant": 2.0,
    }
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        # A JSON value of these kinds is a TOML value as well.
        file.writelines(
            ["\n[tool.mutmut]\n"]
            + [f"{name} = {json.dumps(value)}\n" for name, value in settings.items()]
        )
    return folder


def names_of(room: Room, folder: Path) -> list[str]:
    """Every change that mutmut knows for the room, in the order of the code."""
    from mutmut.mutation.file_mutation import mutate_file_contents
    from mutmut.utils.format_utils import get_mutant_name

    os.chdir(folder)  # mutmut reads its settings from where it runs
    files = sorted(
        path.relative_to(folder)
        for package in ("scaleapi", "scaleapi_testing")
        for path in (folder / package).rglob("*.py")
        if any(fnmatch.fnmatch(path.relative_to(folder).as_posix(), one) for one in room.files)
    )
    return [
        get_mutant_name(file, name)
        for file in files
        for name in mutate_file_contents(str(file), file.read_text(encoding="utf-8")).mutant_names
    ]


def mutmut(folder: Path, *arguments: str) -> str:
    """What mutmut prints; its progress is of no interest.

    Raises:
        SystemExit: it failed, with the end of what it printed.
    """
    command = [sys.executable, "-c", "from mutmut.__main__ import cli; cli()", *arguments]
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "quick"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"mutmut failed:\n{(done.stdout + done.stderr)[-6000:]}")
    return done.stdout


def verdicts(folder: Path) -> dict[str, str]:
    """Every change and what became of it."""
    lines = mutmut(folder, "results", "--all", "true").splitlines()
    return dict(line.strip().rsplit(": ", 1) for line in lines if ": " in line)


def survivor(folder: Path, name: str) -> Survivor:
    """A change that survived, read from the difference that it made."""
    lines = [
        line
        for line in mutmut(folder, "show", name).splitlines()
        if line[:1] in {"-", "+"} and line[:3] not in {"---", "+++"}
    ]
    before, after = (
        "\n".join(line[1:].strip() for line in lines if line[0] == mark) for mark in "-+"
    )
    function = re.sub(r"__mutmut_\d+$", "", name).replace(".xǁ", ".").replace("ǁ", ".")
    return Survivor(name, function.replace(".x_", "."), before, after)


def accepted() -> dict[tuple[str, str, str], str]:
    """The survivors that have a reason."""
    entries = tomllib.loads(ACCEPTED.read_text(encoding="utf-8")).get("survivor", [])
    return {(one["function"], one["before"], one["after"]): one["reason"] for one in entries}


def run(room_name: str, sample: int, seed: int, children: int) -> list[Survivor]:
    """Break a sample of one room, print its figures, and give what survived without a reason."""
    folder = prepare(room_name)
    names = names_of(ROOMS[room_name], folder)
    # The draw is by rank of the name, so that the order of files on disk has no part in it.
    chosen = sorted(Random(f"{seed} {room_name}").sample(sorted(names), min(sample, len(names))))
    mutmut(folder, "run", "--max-children", str(children), *chosen)
    of_all = verdicts(folder)
    tally = Counter(of_all[name] for name in chosen)
    alive = [survivor(folder, name) for name in chosen if of_all[name] not in DEAD]
    reasons = accepted()
    open_ones = [one for one in alive if one.known_by not in reasons]
    print(
        f"{room_name}: {len(names)} changes known, {len(chosen)} tried, {len(alive)} survived "
        f"({100 * len(alive) / len(chosen):.0f} %), {len(open_ones)} of them without a reason; "
        + ", ".join(f"{count} {verdict}" for verdict, count in sorted(tally.items())),
        flush=True,
    )
    for one in open_ones:
        print(f"\n  {one.name}")
        print("\n".join(f"    - {line}" for line in one.before.splitlines()))
        print("\n".join(f"    + {line}" for line in one.after.splitlines()), flush=True)
    return open_ones


def main() -> int:
    """Break the rooms; 0 when every survivor has its reason, else 1."""
    parser = argparse.ArgumentParser(prog="python -m mutation", description=__doc__)
    parser.add_argument("rooms", nargs="*", help=f"of {', '.join(ROOMS)}; without any, all")
    parser.add_argument("--sample", type=int, default=SAMPLE, help="changes for each room")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--children", type=int, default=2, help="processes beside each other")
    asked = parser.parse_args()
    unknown = sorted(set(asked.rooms) - set(ROOMS))
    if unknown:
        parser.error(f"no room {unknown[0]!r}; the rooms are {', '.join(ROOMS)}")
    open_ones = [
        one
        for room in asked.rooms or ROOMS
        for one in run(room, asked.sample, asked.seed, asked.children)
    ]
    return 1 if open_ones else 0


if __name__ == "__main__":
    sys.exit(main())
