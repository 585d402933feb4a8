"""Servers as processes of their own, and ``wrk``, which asks them as fast as they answer."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from base64 import b64encode
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, Final

from .examples import LIVE
from .peers import CHECKOUT, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONNECTIONS: Final = 64
READY_S: Final = 120.0
AUTH: Final = "Basic " + b64encode(f"{LIVE}:".encode()).decode()
TASK: Final = {
    "instruction": "Is it red?",
    "attachment_type": "text",
    "attachment": "a bus",
    "categories": ["yes", "no"],
}

_UNITS: Final = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


@dataclass(frozen=True)
class Load:
    """What ``wrk`` measured.

    Attributes:
        per_s: calls answered in a second.
        p99_s: how long the slowest hundredth waited at least.
    """

    per_s: float
    p99_s: float


def wrk(
    port: int, path: str, folder: Path, seconds: float, body: Any = None, *, wanted: int = 200
) -> Load:
    """Ask one thing over and over on 64 connections.

    Args:
        port: of the server.
        path: what is asked for.
        folder: for the script.
        seconds: how long; ``wrk`` takes whole ones.
        body: is posted, if given.
        wanted: the status that every answer must have.

    Raises:
        Unavailable: there is no ``wrk``.
        RuntimeError: something was not answered as wanted.
    """
    script = folder / "ask.lua"
    lines = [f'wrk.headers["Authorization"] = "{AUTH}"']
    if body is not None:
        lines += [
            'wrk.method = "POST"',
            'wrk.headers["Content-Type"] = "application/json"',
            f"wrk.body = [==[{json.dumps(body)}]==]",
        ]
    script.write_text("\n".join(lines))
    done = subprocess.run(
        [
            program(), "-t1", f"-c{CONNECTIONS}", f"-d{max(round(seconds), 1)}s", "--latency",
            "--timeout", "60s", "-s", str(script), f"http://127.0.0.1:{port}{path}",
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )  # fmt: skip
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(f"not every {path} was answered {wanted}:\n{done.stdout}")
    per_s = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", done.stdout)
    assert per_s is not None
    assert p99 is not None
    return Load(float(per_s[1]), float(p99[1]) * _UNITS[p99[2]])


def program() -> str:
    """Where ``wrk`` is.

    Raises:
        Unavailable: nowhere.
    """
    path = shutil.which("wrk")
    if path is None:
        raise Unavailable("NO WRK HERE: apt-get install wrk")
    return path


def asked(port: int, method: str, path: str, body: Any = None) -> Any:
    """One call; its answer as JSON."""
    return json.loads(fetched(port, method, path, body))


def fetched(port: int, method: str, path: str, body: Any = None) -> bytes:
    """One call; its answer as it comes."""
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    text = None if body is None else json.dumps(body)
    headers = {"Authorization": AUTH, "Content-Type": "application/json"}
    connection.request(method, path, text, headers)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{method} {path} is answered {answer.status}: {said[:500]!r}")
    return said


def made_task(port: int) -> str:
    """The path of a task that was just created."""
    task_id = asked(port, "POST", "/v1/task/categorization", TASK)["task_id"]
    return f"/v1/task/{task_id}"


@contextmanager
def served(*options: str) -> Iterator[int]:
    """The port of ``scaleapi-testing serve``, whose time stands still unless told otherwise."""
    port = _free_port()
    with _running(
        ["-m", "scaleapi_testing", "serve", f"--port={port}", "--quiet", "--speed=0", *options],
        port,
        "/_fake/health",
    ):
        yield port


@contextmanager
def trivial(like: bytes) -> Iterator[int]:
    """The port of a server of the same stack that answers the same bytes to every question."""
    port = _free_port()
    with _running(["-m", "benchmarks.trivial", str(port), like.decode()], port, "/"):
        yield port


@contextmanager
def _running(command: list[str], port: int, path: str) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, *command],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.DEVNULL,
    )
    try:
        ends = time.monotonic() + READY_S
        while not _answers(port, path):
            if process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"{' '.join(command)} does not answer")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(60)
        process.kill()


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
