"""A world that keeps to a log in a list, and the same log applied again in another process.

Run as a program it reads histories from stdin, one a line, and answers each with what came of it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scaleapi_testing import FakeScale
from scaleapi_testing._commands.apply import Done, Refused, apply
from scaleapi_testing._commands.codec import (
    ATTEMPT,
    CALL,
    CLOCK,
    CONTROL,
    AttemptCommand,
    attempt_to_bytes,
    call_to_bytes,
    control_to_bytes,
    without_secrets,
)
from scaleapi_testing._control_plane.table import controls
from scaleapi_testing._http.auth import key_of
from scaleapi_testing._http.values import Reply, Request
from scaleapi_testing._log.command import Command

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOON_MS = int(NOON.timestamp() * 1000)

POLICIES = {
    "two hours": "2h",
    "never": "never",
    "three reads": {"after_polls": 3},
    "script": [
        {"error": {"message": "blurry", "after": "5m"}},
        {"completed": {"after": "1h"}},
        {"canceled": {}},
    ],
}

CONTROLS = controls()


def new_fake(seed: int) -> FakeScale:
    fake = FakeScale(seed=seed, start_time=NOON)
    fake._world.keep_to_a_log()
    return fake


def told(outcome: Any) -> str:
    """An outcome as text that is the same in every process."""
    if isinstance(outcome, Reply):
        body = base64.b64encode(outcome.body).decode()
        return json.dumps([outcome.status, outcome.headers, body, outcome.broken])
    if isinstance(outcome, Done):
        return json.dumps(outcome.answer)
    if isinstance(outcome, Refused):
        return f"{type(outcome.error).__name__}: {outcome.error}"
    return repr(outcome)


def dump_of(fake: FakeScale) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dump.json"
        fake.dump(path)
        return path.read_bytes()


def explained(fake: FakeScale) -> list[str]:
    return [fake.explain(task) for task in fake.tasks]


class Logged:
    """A world whose commands are kept in a list."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.fake = new_fake(seed)
        self.now_ms = NOON_MS
        self.log: list[Command] = []
        self.outcomes: list[str] = []

    def append(self, kind: str, body: bytes) -> Any:
        command = Command(len(self.log) + 1, "default", self.now_ms, kind, body)
        self.log.append(command)
        outcome = apply(self.fake, command, CONTROLS)
        self.outcomes.append(told(outcome))
        return outcome

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        key: str = "live_fake",
        origin: str = "http://fake.test:8765",
        **headers: str,
    ) -> Reply:
        """Make a call, which is a command if it says that it changes something."""
        path, _, query = path.partition("?")
        token = base64.b64encode(f"{key}:".encode()).decode()
        sent = {
            "authorization": f"Basic {token}",
            **{n.replace("_", "-"): v for n, v in headers.items()},
        }
        content = b"" if body is None else json.dumps(body).encode()
        request = Request(method, origin, path, query, sent, content, deferred=True)
        key_sent = key_of(sent["authorization"])
        known = None if key_sent is None else self.fake._world.store.hidden(key_sent)
        request = without_secrets(request)
        if not self.fake.app.changes(request, known):
            return self.fake.app.look(request, known)
        return self.append(CALL, call_to_bytes(request, known))

    def control(self, name: str, /, **arguments: Any) -> Any:
        hide = self.fake._world.store.hidden
        return self.append(CONTROL, control_to_bytes(name, arguments, hide))

    def pass_time(self, ms: int) -> None:
        self.now_ms += ms
        self.append(CLOCK, b"")

    def attempt(self, status: int | None) -> None:
        """The oldest attempt that is expected is made."""
        expected = next(iter(self.fake._world.callbacks.expected.values()), None)
        if expected is not None:
            self.append(
                ATTEMPT, attempt_to_bytes(AttemptCommand(expected.number, status, b"thanks"))
            )

    def told(self) -> dict[str, Any]:
        return told_of(self.fake, self.outcomes)

    def to_line(self) -> str:
        commands = [[c.at_ms, c.kind, base64.b64encode(c.body).decode()] for c in self.log]
        return json.dumps({"seed": self.seed, "commands": commands})


def told_of(fake: FakeScale, outcomes: list[str]) -> dict[str, Any]:
    return {
        "outcomes": outcomes,
        "dump": hashlib.sha256(dump_of(fake)).hexdigest(),
        "explained": explained(fake),
        "expected": [repr(e) + repr(e.body) for e in fake._world.callbacks.expected.values()],
        "ahead_ms": fake.clock.ahead_ms,
    }


def replayed(line: str) -> dict[str, Any]:
    """What comes of a history that ``to_line`` wrote."""
    history = json.loads(line)
    fake = new_fake(history["seed"])
    outcomes = [
        told(apply(fake, Command(n, "default", at_ms, kind, base64.b64decode(body)), CONTROLS))
        for n, (at_ms, kind, body) in enumerate(history["commands"], 1)
    ]
    return told_of(fake, outcomes)


if __name__ == "__main__":
    for text in sys.stdin:
        sys.stdout.write(json.dumps(replayed(text)) + "\n")
        sys.stdout.flush()
