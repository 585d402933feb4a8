"""``python -m fuzz``: rounds of random calls, and of what is hardly HTTP, until one breaks."""

from __future__ import annotations

import argparse
import faulthandler
import secrets
import sys
import tempfile
import time
import traceback
from pathlib import Path
from random import Random
from typing import Final

from . import checks
from .calls import call
from .doors import DOORS
from .raw import play_raw
from .world import act, build

STEPS: Final = 120
"""Calls and controls in a round."""

STUCK_S: Final = 120
"""Seconds without progress after which every thread's stack is printed and the program ends."""


class Found(Exception):
    """A round broke; ``trail`` says what led there."""

    def __init__(self, trail: list[str]) -> None:
        super().__init__(trail[-1] if trail else "at once")
        self.trail = trail


def play(seed: int, steps: int = STEPS) -> int:
    """One round: a world, a door, and random steps; everything follows from the seed.

    Args:
        seed: of the round.
        steps: calls and controls.

    Returns:
        How many calls were answered.

    Raises:
        Found: something broke; its cause says what.
    """
    random = Random(seed)
    fake = build(seed, random)
    door = list(DOORS)[seed % len(DOORS)]
    trail: list[str] = [f"door: {door}"]
    calls = 0
    try:
        with DOORS[door](fake) as send, tempfile.TemporaryDirectory() as folder:
            for _ in range(steps):
                ids = [task.id for task in fake.tasks]
                if random.random() < 0.25:
                    trail.append("a control")
                    trail[-1] = act(fake, random, ids)
                    continue
                made = call(random, ids)
                trail.append(str(made))
                began = time.process_time()
                status, body = send(made)
                spent = time.process_time() - began
                checks.quick(made, spent)
                checks.answered(made, status, body, faults=bool(list(fake.faults)))
                calls += 1
            trail.append("the checks after the round")
            checks.whole(fake, Path(folder))
    except Exception as error:
        raise Found(trail) from error
    return calls


def _raw(seed: int) -> int:
    """A round of bytes that are hardly HTTP; returns how many connections were made."""
    trail = ["bytes on a socket"]
    try:
        return play_raw(seed, trail)
    except Exception as error:
        raise Found(trail) from error


def main() -> int:
    """Play rounds; 0 when none broke, 1 when one did, with the seed that shows it again."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, help="of the first round; without it one is drawn")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long (default: 5)")
    parser.add_argument("--rounds", type=int, help="at most so many")
    given = parser.parse_args()
    first = secrets.randbelow(2**32) if given.seed is None else given.seed
    sys.stdout.write(f"fuzz: first seed {first}\n")
    ends = time.monotonic() + given.minutes * 60
    rounds = calls = 0
    while time.monotonic() < ends and rounds != given.rounds:
        faulthandler.dump_traceback_later(STUCK_S, exit=True)
        try:
            calls += play(first + rounds)
            calls += _raw(first + rounds)
        except Found as found:
            sys.stdout.write("\n".join(f"  {line}" for line in found.trail[-12:]) + "\n")
            traceback.print_exception(found.__cause__)
            again = f"python -m fuzz --seed {first + rounds} --rounds 1"
            sys.stdout.write(f"fuzz: broken after {calls} calls; again: {again}\n")
            return 1
        rounds += 1
    faulthandler.cancel_dump_traceback_later()
    sys.stdout.write(f"fuzz: {rounds} rounds, {calls} calls, nothing broke\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
