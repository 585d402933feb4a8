"""G7: nobody's test session starts slower because the plugin is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from ..method import Effort, Spread
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLUGIN: Final = "scaleapi_testing"

TIMED_IMPORT: Final = """
import time
began = time.process_time()
import {package}
print(time.process_time() - began)
"""


def measure(effort: Effort) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        # Bytecode is kept from the first run on, as for packages that are installed.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = f"{folder}/bytecode"
        tests = Path(folder, "tests")
        tests.mkdir()
        Path(tests, "test_nothing.py").write_text("def test_nothing():\n    pass\n")
        yield Row(
            "pytest with the plugin / without, CPU of whole processes",
            _alternated(lambda: _pytest(tests), lambda: _pytest(tests, PLUGIN), effort),
            1.03,
        )
        yield Row(
            "import scaleapi / import requests, CPU of new processes",
            _alternated(lambda: _import("scaleapi"), lambda: _import("requests"), effort),
            1.1,
        )


def _alternated(one: Callable[[], float], other: Callable[[], float], effort: Effort) -> Spread:
    one(), other()
    ratios: list[float] = []
    for number in range(effort.pairs):
        if number % 2:
            below = other()
            ratios.append(one() / below)
        else:
            above = one()
            ratios.append(above / other())
    return Spread.of(ratios)


def _pytest(folder: Path, *blocked: str) -> float:
    """CPU seconds of a session with one test that does nothing, and no plugin of anybody else."""
    others = {one.name for one in entry_points(group="pytest11")} - {PLUGIN}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    for name in sorted({*others, *blocked}):
        command += ["-p", f"no:{name}"]
    process = subprocess.Popen([*command, str(folder)], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def _import(package: str) -> float:
    """CPU seconds of one import in a new process."""
    done = subprocess.run(
        [sys.executable, "-c", TIMED_IMPORT.format(package=package)],
        stdout=subprocess.PIPE,
        check=True,
    )
    return float(done.stdout)
