"""Runs ``record``: a program of the user's, with Scale behind a proxy that keeps its calls."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from .._extras import lack_of_extra, missing
from .proxy import Kept, Proxy
from .upstream import Upstream, upstream_of

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAM: Final = "scaleapi-testing record"
NO_COMMAND: Final = 127
LOCAL: Final = "127.0.0.1,localhost,::1"

LOOK_S: Final = 0.5
"""Real seconds after which a signal that woke nobody is noticed."""


def run(parsed: Mapping[str, Any]) -> int:
    """Run a command and record what it asks of Scale.

    Args:
        parsed: ``out`` and ``program`` of the command line.

    Returns:
        The exit code of the command; 2 wrong arguments, or the file cannot be written; 127 there is
        no such command.
    """
    out, program = Path(parsed["out"]), list(parsed["program"])
    # argparse leaves it there in some versions of Python, and takes it away in others.
    if program[:1] == ["--"]:
        del program[0]
    lacking = missing("trustme", "vcr", "yaml")
    if lacking:
        return _say(lack_of_extra("it", "verify", *lacking), 2)
    if not program:
        return _say("name a command: record --out FILE -- python program.py", 2)
    try:
        # First: what was recorded must not be lost for a wrong path.
        _check(out)
        upstream = upstream_of(os.environ)
    except ValueError as error:
        return _say(str(error), 2)
    calls: list[Kept] = []
    with (
        tempfile.TemporaryDirectory(prefix="scale-record-") as folder,
        Proxy(Upstream(upstream), calls.append, Path(folder)) as proxy,
        _Signals() as signals,
    ):
        try:
            child = subprocess.Popen(program, env=surroundings(proxy, os.environ))  # noqa: S603
        except OSError as error:
            return _say(f"cannot run {program[0]}: {error.strerror}", NO_COMMAND)
        signals.are_for(child)
        code = _wait_for(child)
        # As a shell says it: 128 and the signal.
        return _written(calls, out, code if code >= 0 else 128 - code)


def _wait_for(child: subprocess.Popen[bytes]) -> int:
    # A signal that comes while this thread goes to sleep, and no later, wakes nobody: its handler
    # runs when Python code runs next.
    while True:
        try:
            return child.wait(timeout=LOOK_S)
        except subprocess.TimeoutExpired:
            continue


class _Signals:
    """Lets the program end as it likes, and what was recorded be written whole.

    Ctrl-C reaches every process at the terminal: it is for the program to end then. Who stops the
    recorder alone, as CI does, means the program.
    """

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._is_stopped = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        # Python lets no other thread set handlers.
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                # Where it is ignored, as in the background, it stays so for the program, too.
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._passed_on)
        return self

    def _passed_on(self, number: int, _: Any) -> None:
        if number == signal.SIGTERM:
            self._is_stopped = True
            if self._child is not None:
                self._child.terminate()

    def are_for(self, child: subprocess.Popen[bytes]) -> None:
        """Stop this program from now on, and at once where that was asked for before."""
        self._child = child
        if self._is_stopped:
            child.terminate()

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _written(calls: list[Kept], out: Path, code: int) -> int:
    if not calls:
        return _say(
            "nothing was recorded: the program called Scale neither at SCALE_API_BASE_URL nor "
            "through HTTPS_PROXY",
            code,
        )
    from .cassette import write

    try:
        write(calls, out)
    except OSError as error:
        return _say(f"cannot write {error.filename}: {error.strerror}", 2)
    number = "1 call" if len(calls) == 1 else f"{len(calls)} calls"
    return _say(f"recorded {number} to {out}", code)


def _say(text: str, code: int) -> int:
    sys.stderr.write(f"{PROGRAM}: {text}\n")
    return code


def _check(out: Path) -> None:
    """Refuse, before the program runs, a file that could not be written, or that is no cassette.

    Raises:
        ValueError: it could not.
    """
    if out.is_dir() or not out.parent.is_dir():
        where = "a folder" if out.is_dir() else f"in a folder that is not there: {out.parent}"
        raise ValueError(f"--out {out} is {where}; name a file, e.g. tests/cassettes/orders.yaml")
    if not os.access(out.parent, os.W_OK) or (out.exists() and not os.access(out, os.W_OK)):
        raise ValueError(f"--out {out} cannot be written: no permission; name another file")
    if out.exists() and not out.is_file():
        raise ValueError(f"--out {out} is no file, but a device or a pipe; name a file")
    if out.exists():
        head = out.read_bytes()[:200].lstrip()
        if head and b"interactions" not in head and b"version" not in head:
            raise ValueError(f"--out {out} is there, and no cassette; name another file")


def surroundings(proxy: Proxy, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of the program: where Scale is, and whom to trust."""
    assert proxy.folder is not None
    authority = proxy.folder / "authority.pem"
    bundle = proxy.folder / "bundle.pem"
    proxy.authority.cert_pem.write_to_path(str(authority))
    trusted = environment.get("SSL_CERT_FILE") or environment.get("REQUESTS_CA_BUNDLE")
    # The bundle replaces what the program trusts, so it must hold that as well.
    if not trusted or not Path(trusted).is_file():
        import certifi

        trusted = certifi.where()
    bundle.write_bytes(Path(trusted).read_bytes() + b"\n" + authority.read_bytes())
    direct = environment.get("NO_PROXY") or environment.get("no_proxy")
    not_proxied = f"{direct},{LOCAL}" if direct else LOCAL
    return {
        **environment,
        "SCALE_API_BASE_URL": proxy.url,
        **dict.fromkeys(("HTTPS_PROXY", "https_proxy"), proxy.url),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), not_proxied),
        **dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"), str(bundle)),
        "NODE_EXTRA_CA_CERTS": str(authority),
        "NODE_USE_ENV_PROXY": "1",
    }
