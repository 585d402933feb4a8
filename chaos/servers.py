"""Servers as processes of their own, which are killed without a warning."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from .caller import Caller

if TYPE_CHECKING:
    from pathlib import Path

READY_S: Final = 180.0

SPEED: Final = "60"
TURNAROUND: Final = "20s"
"""Of virtual time: a task lives a third of a second, and a callback comes again after half one."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Serving:
    """A server that can be started again and again at one address.

    Args:
        state: where its state is.
        folder: for its log.
        seed: of a state that is made.
    """

    def __init__(self, state: str, folder: Path, seed: int) -> None:
        self.port = free_port()
        self._log = folder / f"server-{self.port}.log"
        self._command = [
            sys.executable, "-m", "scaleapi_testing", "serve", "--port", str(self.port),
            "--state", state, "--seed", str(seed), "--speed", SPEED, "--turnaround", TURNAROUND,
            "--quiet",
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, without waiting."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)

    def wait(self) -> float:
        """Wait until it answers; how many seconds that took.

        Raises:
            SystemExit: it ended instead, or does not answer.
        """
        began = time.monotonic()
        caller = Caller(self.port)
        while (answer := caller.ask("GET", "/_fake/health")) is None or answer[0] != 200:
            process = self._process
            if process is None or process.poll() is not None:
                raise SystemExit(f"a server ended by itself:\n{self._log.read_text()[-3000:]}")
            if time.monotonic() - began > READY_S:
                raise SystemExit(f"a server does not answer:\n{self._log.read_text()[-3000:]}")
            time.sleep(0.01)
        caller.close()
        return time.monotonic() - began

    def kill(self, after_s: float = 0.0) -> None:
        """End it as if the machine went.

        Args:
            after_s: seconds before that at which it was told to end, and began to write down all
                of its state; 0 tells it nothing.
        """
        if self._process is not None:
            if after_s:
                self._process.send_signal(signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(after_s)
            self._process.kill()
            self._process.wait()
            self._process = None

    def end(self) -> int:
        """End it as one should; its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(60)
        self._process = None
        return code
