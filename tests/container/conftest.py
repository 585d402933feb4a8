"""The steps of the Dockerfile, carried out without Docker: in a folder instead of the root."""

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
ROOTS = ("/build", "/dist", "/opt/scale", "/state")
"""The folders of the image; each has its own place in the folder here."""

ENVIRONMENT = {
    "SCALE_FAKE_ALLOW_KEY": "live_container",
    "SCALE_FAKE_ADMIN_TOKEN": "not-a-secret",
}


def instructions():
    """``(name, arguments)`` of each step, in order."""
    text = (CHECKOUT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    return [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]


NOBODY = 65534


def as_nobody(command):
    """A command as the user of the container's server: never root."""
    if os.getuid():
        return command
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    python = Path(sys.executable).resolve()
    if any(not folder.stat().st_mode & 0o001 for folder in python.parents):
        # This Python is root's own, as none in an image is: reading it is all that is granted.
        drop += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return [*drop, *command]


@dataclass
class Image:
    """What the steps make."""

    folder: Path
    environment: dict = field(default_factory=dict)
    entry: list = field(default_factory=list)
    health: list = field(default_factory=list)

    def inside(self, text):
        for root in ROOTS:
            text = text.replace(root, f"{self.folder}{root}")
        return text

    def build(self):
        for name, arguments in instructions():
            getattr(self, f"do_{name.lower()}")(arguments)

    def do_from(self, arguments):
        """Each stage begins with a Python, which is the one here."""
        assert arguments.partition(" ")[0] == "python:3.13-slim"

    def do_copy(self, arguments):
        """From the checkout; what is copied between stages is here already."""
        source, target = [word for word in arguments.split() if not word.startswith("--")]
        if "--from=" not in arguments:
            shutil.copytree(
                CHECKOUT / source,
                self.inside(target),
                ignore=shutil.ignore_patterns("__pycache__"),
            )

    def do_run(self, arguments):
        """In a shell; users of this machine are not touched."""
        if arguments.startswith("useradd "):
            state = self.folder / "state"
            state.mkdir()
            if not os.getuid():
                os.chown(state, NOBODY, NOBODY)
            return
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", "-c", self.inside(arguments)],
            env={**os.environ, "PATH": path},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout

    def do_env(self, arguments):
        self.environment |= dict(word.split("=", 1) for word in shlex.split(arguments))

    def do_entrypoint(self, arguments):
        self.entry = json.loads(self.inside(arguments))

    def do_healthcheck(self, arguments):
        self.health = json.loads(self.inside(arguments.partition("CMD ")[2]))

    def do_user(self, arguments):
        assert arguments not in {"root", "0"}

    def do_workdir(self, arguments):
        assert arguments == "/state"

    do_volume = do_workdir

    def do_expose(self, arguments):
        assert arguments == self.environment["SCALE_FAKE_PORT"]

    def running(self, **options):
        """The server, as an unprivileged user, with nothing in its environment but what is said."""
        environment = {**self.environment, **options, "PATH": "/usr/bin:/bin"}
        return Container(self, environment)


class Container:
    """A server of the image, running while the ``with`` block lasts."""

    def __init__(self, image, environment):
        self.image = image
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {**environment, "SCALE_FAKE_PORT": str(self.port)}
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.process = subprocess.Popen(
            as_nobody(self.image.entry),
            env=self.environment,
            cwd=self.image.folder / "state",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        ends = time.monotonic() + 60
        while not self.is_healthy() and self.process.poll() is None and time.monotonic() < ends:
            time.sleep(0.1)
        if not self.is_healthy():
            self.__exit__()
            pytest.fail(f"it does not get healthy: {self.said}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.said = self.process.communicate(timeout=60)[0]

    def is_healthy(self):
        done = subprocess.run(
            as_nobody(self.image.health),
            env=self.environment,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        return done.returncode == 0


@pytest.fixture(scope="session")
def image():
    with tempfile.TemporaryDirectory(prefix="scale-image-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        image = Image(folder)
        image.build()
        yield image
