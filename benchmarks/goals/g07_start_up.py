"""G7: nobody's test session starts slower because the plugin is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from ..method import Effort, Spread
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLUGIN: Final = "scaleapi_testing.pytest_plugin"

TIMED_IMPORT: Final = """
import time
began = time.process_time()
import {package}
print(time.process_time() - began)
"""


def measure(effort: Effort) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        Path(folder, "test_nothing.py").write_text("def test_nothing():\n    pass\n")
        yield Row(
            "pytest with the plugin / without, CPU of whole processes",
            _alternated(lambda: _pytest(folder, "-p", PLUGIN), lambda: _pytest(folder), effort),
            1.05,
        )
    yield Row(
        "import scaleapi / import requests, CPU of new processes",
        _alternated(lambda: _import("scaleapi"), lambda: _import("requests"), effort),
        1.25,
    )


def _alternated(one: Callable[[], float], other: Callable[[], float], effort: Effort) -> Spread:
    one(), other()  # writes the bytecode
    ratios: list[float] = []
    for number in range(effort.pairs):
        if number % 2:
            below = other()
            ratios.append(one() / below)
        else:
            above = one()
            ratios.append(above / other())
    return Spread.of(ratios)


def _pytest(folder: str, *arguments: str) -> float:
    """CPU seconds of a session with one test that does nothing, and no other plugin."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, folder]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=subprocess.DEVNULL,
    )
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
