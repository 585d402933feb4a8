"""Calls: an ordinary one of each operation and task type, and what may be wrong with it."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from benchmarks.every_type import EXAMPLES, INSTRUCTION
from scaleapi_testing import operations

from .values import ADDRESSES, NAMES, encoded, scalar, value

if TYPE_CHECKING:
    from random import Random

KEYS: Final = ("live_fuzz", "test_fuzz", "live_\u00e9", "", "x" * 3000)

BODIES: Final[dict[str, dict[str, Any]]] = {
    "/v1/projects": {"type": "imageannotation", "name": "rapid", "rapid": True},
    "/v1/batches": {"project": "cows", "name": "monday", "callback": ADDRESSES[0]},
    "/v1/task/{task_id}/unique_id": {"unique_id": "u1"},
    "/v1/task/{task_id}/metadata": {"a": 1},
    "/v1/task/{task_id}/tags": {"tags": ["a", "b"]},
    "/v1/task/{task_id}/audit": {"accepted": True, "comments": "good"},
    "/v1/projects/{name}/setParams": {"instruction": "Draw.", "patch": True},
    "/v1/projects/{name}/setOntology": {"ontology": ["cow", {"choice": "sheep"}]},
    "/v1/files/import": {"file_url": "https://files.example.com/a.png", "project_name": "cows"},
    "/v1/teams/invite": {"emails": ["ann@example.com"], "team_role": "labeler"},
}

QUERY: Final = (
    "limit", "next_token", "status", "project", "batch", "type", "tags", "unique_id", "start_time",
    "end_time", "completed_after", "updated_before", "customer_review_status", "offset", "expand",
)  # fmt: skip


@dataclass(slots=True)
class Call:
    """One call, as bytes a door can send.

    Attributes:
        method: a verb, mostly a known one.
        path: percent-encoded, beginning with ``/``.
        query: without ``?``.
        headers: name and value, in order.
        body: what is sent.
    """

    method: str
    path: str
    query: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    body: bytes = b""

    def __str__(self) -> str:
        shown = self.body if len(self.body) < 400 else self.body[:400] + b" ..."
        query = f"?{self.query}" if self.query else ""
        return f"{self.method} {self.path[:300]}{query[:300]} {self.headers} {shown!r}"


def call(random: Random, ids: list[str]) -> Call:
    """A random call.

    Args:
        random: what it is drawn from.
        ids: task ids that exist.
    """
    if random.random() < 0.45:
        name = random.choice(list(EXAMPLES))
        method, path, body = "POST", f"/v1/task/{name}", _example(random, name, ids)
    else:
        operation = random.choice(operations())
        method = operation.method
        path = "/".join(
            _segment(random, part, ids) if part.startswith("{") else part
            for part in operation.path.split("/")
        )
        body = dict(BODIES.get(operation.path, {}))
    if random.random() < 0.03:
        method = random.choice(("GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"))
    spoiled = _spoil(random, body)
    headers, content = _encode(random, spoiled) if method != "GET" else ([], b"")
    query = urlencode(_query(random), errors="replace") if random.random() < 0.3 else ""
    key = KEYS[0] if random.random() < 0.8 else random.choice(KEYS)
    return Call(method, path, query, [authorization(key), *headers], content)


def authorization(key: str) -> tuple[str, str]:
    """The header that carries a key."""
    return "Authorization", f"Basic {b64encode(f'{key}:'.encode()).decode()}"


def _example(random: Random, name: str, ids: list[str]) -> dict[str, Any]:
    body = {"instruction": INSTRUCTION, **EXAMPLES[name]}
    if body.get("lidar_task") and ids:
        body["lidar_task"] = random.choice(ids)
    if random.random() < 0.5:
        body["callback_url"] = random.choice(ADDRESSES)
    if random.random() < 0.2:
        body["unique_id"] = random.choice(NAMES)
    if random.random() < 0.2:
        body["batch"] = "monday"
    return body


def _segment(random: Random, placeholder: str, ids: list[str]) -> str:
    if "id" in placeholder and ids and random.random() < 0.9:
        return random.choice(ids)
    drawn = random.choice((*NAMES, "", "..", "%2F", "\u20ac", "x" * 3000))
    return quote(drawn, safe="")


def _spoil(random: Random, body: dict[str, Any]) -> Any:
    """The body with some of its parts replaced, left out, doubled or added."""
    if random.random() < 0.03:
        return value(random)
    changed = json.loads(json.dumps(body))
    for _ in range(random.choice((0, 0, 1, 1, 2, 4))):
        holder = changed
        while holder:
            name = random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
            inner = holder[name]
            if isinstance(inner, dict | list) and inner and random.random() < 0.7:
                holder = inner
                continue
            break
        if not holder or random.random() < 0.2:
            changed[random.choice((*QUERY, "metadata", "tags", "hypothesis"))] = value(random)
        elif random.random() < 0.2:
            del holder[name]
        else:
            holder[name] = value(random)
    return changed


def _encode(random: Random, body: Any) -> tuple[list[tuple[str, str]], bytes]:
    """A body as JSON, or as a form, or as something that only says that it is."""
    whole = encoded(body)
    kind = random.randrange(40)
    if kind == 0:
        return [("Content-Type", "application/json")], whole[: random.randrange(len(whole) + 1)]
    if kind == 1:
        form = {name: str(text) for name, text in body.items()} if isinstance(body, dict) else {}
        content = urlencode(form, errors="replace").encode()
        return [("Content-Type", "application/x-www-form-urlencoded")], content
    if kind == 2:
        return [("Content-Type", "multipart/form-data; boundary=x")], _multipart(random)
    if kind == 3:
        return [], random.randbytes(random.randrange(200))
    if kind == 4:
        return [("Idempotency-Key", random.choice((*NAMES, "k" * 300)))], whole
    return [("Content-Type", "application/json")], whole


def _multipart(random: Random) -> bytes:
    whole = (
        b'--x\r\nContent-Disposition: form-data; name="project_name"\r\n\r\ncows\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\n" + random.randbytes(40) + b"\r\n--x--\r\n"
    )
    return whole if random.random() < 0.5 else whole[: random.randrange(len(whole))]


def _query(random: Random) -> list[tuple[str, str]]:
    return [
        (random.choice(QUERY), str(scalar(random))[:2000]) for _ in range(random.randrange(1, 4))
    ]
