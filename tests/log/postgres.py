"""A PostgreSQL of the tests' own: found, made, started, ended, as a user who is not root."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

PASSWORD = "not-a-secret"
WAIT_S = 60


def programs():
    """The folder of ``initdb`` and ``postgres``, or ``None`` where there is none."""
    beside = shutil.which("initdb")
    folders = [Path(beside).resolve().parent] if beside else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def user():
    """Whose server it is: PostgreSQL refuses to run as root."""
    if os.getuid():
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Postgres:
    """One server, in a folder of its own."""

    bin: Path
    folder: Path
    port: int = field(default_factory=free_port)
    settings: tuple = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
    process: subprocess.Popen | None = None

    def make(self):
        """Fill the folder; the password of its only user is :data:`PASSWORD`."""
        if not os.getuid():
            os.chown(self.folder, user()["user"], user()["group"])
        (self.folder / "password").write_text(PASSWORD)
        self.run(
            "initdb", "--no-sync", "--auth-local=trust", "--auth-host=scram-sha-256",
            "--username=scale", f"--pwfile={self.folder}/password", "--encoding=UTF8",
            "--locale=C", "-D", self.data,
        )  # fmt: skip

    @property
    def data(self):
        return str(self.folder / "data")

    def run(self, program, *arguments):
        subprocess.run(
            [self.bin / program, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            **user(),
        )

    def start(self):
        options = [option for setting in self.settings for option in ("-c", setting)]
        with (self.folder / "server.log").open("a") as log:
            self.process = subprocess.Popen(
                [
                    self.bin / "postgres", "-D", self.data, "-p", str(self.port),
                    "-k", self.folder, "-h", "127.0.0.1", "-c", "max_connections=200", *options,
                ],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **user(),
            )  # fmt: skip
        ends = time.monotonic() + WAIT_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError((self.folder / "server.log").read_text()[-2000:])
            time.sleep(0.02)

    def answers(self):
        try:
            psycopg.connect(self.address("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how=signal.SIGINT):
        """End it: SIGINT breaks connections off, SIGQUIT is as if the machine went."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(WAIT_S)
            self.process = None

    def restart(self, how=signal.SIGINT):
        self.stop(how)
        self.start()

    def address(self, database="postgres", user="scale", password=PASSWORD):
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def do(self, statement, database="postgres"):
        """What an administrator would do."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


def started(settings=None):
    """A server that was just made and started, or ``None`` where there is no PostgreSQL."""
    found = programs()
    if found is None:
        return None
    server = Postgres(found, Path(tempfile.mkdtemp(prefix="scale-postgres-")))
    server.settings = server.settings if settings is None else settings
    server.make()
    server.start()
    return server


def remove(server):
    server.stop(signal.SIGQUIT)
    shutil.rmtree(server.folder, ignore_errors=True)
