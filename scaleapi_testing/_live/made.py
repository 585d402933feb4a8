"""What a test made at Scale: noted from its calls, and undone as far as the API can."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from .._verify.formats.decoding import decoded

if TYPE_CHECKING:
    from .._record.proxy import Kept
    from .._record.upstream import Upstream

LASTING: Final = {
    "/v1/projects": ("project", "name"),
    "/v1/batches": ("batch", "name"),
    "/v1/files/upload": ("file", "id"),
    "/v1/files/import": ("file", "id"),
    "/v1/teams/invite": ("invitation", "email"),
}
"""Calls that make what no call removes: what it is, and which key names it."""


@dataclass(slots=True)
class Made:
    """What there is to undo, and what became of it.

    Attributes:
        tasks: ids of the tasks that were made.
        left: what stays, in words.
        undone: what was undone, in words.
    """

    tasks: list[str] = field(default_factory=list[str])
    left: list[str] = field(default_factory=list[str])
    undone: list[str] = field(default_factory=list[str])

    def note(self, kept: Kept) -> None:
        """See a call: what it made is to be undone."""
        path = urlsplit(kept.url).path.rstrip("/")
        if kept.method != "POST" or kept.status != 200:
            return
        reply = _json(kept)
        if path.startswith("/v1/task/") and path.count("/") == 3 and isinstance(reply, dict):
            self.tasks.append(str(reply.get("task_id")))
            return
        kind, key = LASTING.get(path, ("", ""))
        if path.startswith(("/v1/training_tasks/", "/v1/evaluation_tasks/")):
            kind, key = path.split("/")[2].removesuffix("s").replace("_", " "), "id"
        if kind and isinstance(reply, dict):
            self.left.append(f"{kind} {reply.get(key)}")
        elif kind == "invitation":
            self.left.append("invitations to the team")

    def make_project(self, upstream: Upstream, api_key: str, name: str, kind: str) -> None:
        """Make a project of a test's mark, if it is not there."""
        body = json.dumps({"name": name, "type": kind, "params": {}}).encode()
        status, _, reply = _call(upstream, api_key, "POST", "/v1/projects", body)
        if status == 200:
            self.left.append(f"project {name}")
        # 409: it is there already, of an earlier run, for no call removes a project.
        elif status != 409:
            text = reply[:200].decode("utf-8", "replace")
            raise RuntimeError(f"Scale refuses the project {name!r}: {status} {text}")

    def clean_up(self, upstream: Upstream, api_key: str) -> None:
        """Cancel each task, or free its unique_id where it has ended."""
        for task_id in self.tasks:
            path = f"/v1/task/{quote(task_id, '')}"
            try:
                status, _, _ = _call(
                    upstream, api_key, "POST", f"{path}/cancel?clear_unique_id=true"
                )
                if status == 200:
                    self.undone.append(f"task {task_id}: canceled")
                    continue
                # Or the next run could not create a task with the same unique_id.
                _call(upstream, api_key, "DELETE", f"{path}/unique_id")
                self.left.append(f"task {task_id}: it has ended and cannot be canceled")
            except OSError as error:
                self.left.append(f"task {task_id}: {error}")
        self.tasks.clear()


def _json(kept: Kept) -> Any:
    headers: dict[str, list[str]] = {}
    for name, value in kept.reply_headers:
        headers.setdefault(name, []).append(value)
    try:
        return json.loads(decoded(headers, kept.reply) or b"null")
    except ValueError:
        return None


def _call(
    upstream: Upstream, api_key: str, method: str, target: str, body: bytes = b""
) -> tuple[int, list[tuple[str, str]], bytes]:
    credentials = b64encode(f"{api_key}:".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
    return upstream.send(method, target, headers, body)
