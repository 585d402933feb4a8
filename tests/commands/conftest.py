"""Another process that applies histories again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

_PATH = Path(__file__).with_name("history.py")
_spec = spec_from_file_location("history", _PATH)
history = module_from_spec(_spec)
_spec.loader.exec_module(history)


@pytest.fixture(scope="session")
def replay_elsewhere():
    """Applies a history in a process of its own, with hashes of its own."""
    program = subprocess.Popen(
        [sys.executable, str(_PATH)],
        env={**os.environ, "PYTHONHASHSEED": "4242"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def replay(world):
        program.stdin.write(world.to_line() + "\n")
        program.stdin.flush()
        line = program.stdout.readline()
        assert line, "the other process has ended"
        return json.loads(line)

    yield replay
    program.stdin.close()
    program.wait(10)
    program.stdout.close()


@pytest.fixture
def world():
    """A world that keeps to a log in a list."""
    return history.Logged(7)
