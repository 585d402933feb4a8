"""Runs ``verify``: prints a report, writes it for other programs, and ends with what it found."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .verify import require, verify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .verification import Verification

PROGRAM: Final = "scaleapi-testing verify"
STDOUT: Final = "-"
_BEGINNINGS: Final = {
    "json": '{\n "ok":',
    "junit": "<?xml version='1.0' encoding='utf-8'?>\n<testsuites",
}
"""How the files begin that it writes: others are never written over."""


def run(parsed: Mapping[str, Any]) -> int:
    """Verify some recordings.

    Args:
        parsed: ``files``, ``allow``, ``host``, ``json`` and ``junit`` of the command line.

    Returns:
        The exit code: 0 nothing differs; 1 something does; 2 a file cannot be read or written.
    """
    try:
        # Before files are looked at: what lacks is said, and not how a reader fails without it.
        require()
        for form in ("json", "junit"):
            # Before the work: minutes of replay must not end at a wrong name.
            _check_target(form, parsed[form])
        verification = verify(parsed["files"], allow=parsed["allow"], hosts=parsed["host"])
        # A report on stdout is for a program, which could not read it with the other behind it.
        quiet = STDOUT in {parsed["json"], parsed["junit"]}
        _put(parsed["json"], lambda: f"{json.dumps(verification.as_dict(), indent=1)}\n")
        _put(parsed["junit"], verification.to_junit)
    except ImportError as error:
        return _complain(str(error).replace("verify()", "it", 1))
    except OSError as error:
        return _complain(f"cannot open {error.filename}: {error.strerror}")
    except ValueError as error:
        return _complain(str(error))
    if not quiet:
        _print(verification)
    return 0 if verification.ok else 1


def _complain(text: str) -> int:
    sys.stderr.write(f"{PROGRAM}: {text}\n")
    return 2


def _check_target(form: str, target: str | None) -> None:
    """Refuse to write over what is no report: an argument in the wrong place, say.

    Raises:
        ValueError: the file is there and something else.
    """
    if target in {None, STDOUT} or not os.path.isfile(str(target)):  # noqa: PTH113
        return
    with Path(str(target)).open(encoding="utf-8", errors="replace") as file:
        begins = file.read(len(_BEGINNINGS[form]))
    if begins and begins != _BEGINNINGS[form]:
        raise ValueError(
            f"--{form} {target} would write over a file that is no such report; give another name, "
            f"or --{form} at the end to print it"
        )


def _put(target: str | None, text: Any) -> None:
    if target is None:
        return
    if target == STDOUT:
        sys.stdout.write(text())
    else:
        Path(target).write_text(text(), encoding="utf-8")


def _print(verification: Verification) -> None:
    from rich.console import Console

    from .report import plain, write

    console = Console(highlight=False)
    if console.is_terminal:
        write(verification, console)
    else:
        sys.stdout.write(f"{plain(verification)}\n")
