"""What a whole recording tells of the projects and batches that were there before it began.

The call that names a project first seldom shows it: its type, params and product follow from what
later calls were answered.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from .._http.wire import to_ms
from .._state.lifecycle import STATUSES
from .._task_types import by_path
from .exchange import moment_of
from .foreknown_v2 import ForeknownV2

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .exchange import Exchange

_CREATE: Final = re.compile(r"/v1/task/(?P<type>[^/]+)/?")
_QUALITY: Final = re.compile(r"/v1/(?:training|evaluation)_tasks/(?P<type>[^/]+)/?")
_FINALIZE: Final = re.compile(r"/v1/batches/(?P<name>[^/]+)/finalize/?")
_TEMPLATE: Final = re.compile(r"/v1/projects/(?P<name>[^/]+)/taskTemplates/?")
_GROUPS: Final = re.compile(r"/v1/studio/projects/(?P<name>[^/]+)/groups.*")
_ACCEPTS: Final = re.compile(r"Project (?P<name>.+) only accepts tasks of type (?P<type>\w+)\.?")
_COMMON: Final = frozenset({"project", "batch", "unique_id", "metadata", "callback_url", "tags"})


class Foreknown:
    """Documents of projects and batches, as far as the recording tells, by name.

    Args:
        exchanges: the whole recording.

    Attributes:
        exchanges: the same.
        projects: what is known of projects.
        batches: what is known of batches.
        of_v2: the same of what v2 shows.
    """

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self.projects: dict[str, dict[str, Any]] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self._shown: set[str] = set()
        self._filled: set[str] = set()
        self._finalized_once: set[str] = set()
        self._of_studio: dict[str, dict[str, Any]] = {}
        self.exchanges = everything = list(exchanges)
        self._tasks = sorted(_tasks_before(everything), key=lambda shown: shown[0])
        for exchange in everything:
            self._documents(exchange)
        # After the documents, which tell more of a batch than the order of work does.
        for name, document in self._of_studio.items():
            self.batches[name] = {**document, **self.batches.get(name, {})}
        self.of_v2 = ForeknownV2(everything, self.projects)
        # v1 may only name a batch that v2 describes.
        for name, document in self.of_v2.batches_as_v1().items():
            self.batches[name] = {**document, **self.batches.get(name, {})}
        for exchange in everything:
            # After all documents: a hint fills in only what no answer shows.
            self._hints(exchange)
        for name, batch in self.batches.items():
            project = self.projects.get(batch.get("project", ""), {})
            if name in self._filled and (project.get("rapid") or project.get("studio")):
                batch["status"] = "staging"  # else it would take no tasks
            if batch.get("status") == "staging" and not project.get("studio"):
                self._project(str(batch.get("project")))["rapid"] = True

    def tasks_until(self, ms: int, key: str | None) -> list[tuple[Exchange, dict[str, Any]]]:
        """The tasks of a key that were there before, and to which nothing happened since ``ms``.

        Each is given once, with the exchange that shows it.
        """
        task_entries = [shown for shown in self._tasks if shown[0] < ms and shown[1].key == key]
        self._tasks = [shown for shown in self._tasks if shown not in task_entries]
        return [(exchange, document) for _, exchange, document in task_entries]

    def task(self, task_id: str) -> list[tuple[Exchange, dict[str, Any]]]:
        """A task that was there before and was not given yet, with the exchange that shows it."""
        return [
            (exchange, document)
            for _, exchange, document in self._tasks
            if document["task_id"] == task_id
        ]

    def _project(self, name: str) -> dict[str, Any]:
        return self.projects.setdefault(name, {"name": name})

    def _documents(self, exchange: Exchange) -> None:
        """Projects and batches that replies show, the first time that they do."""
        segments = exchange.path.strip("/").split("/")
        if exchange.status >= 400 or len(segments) < 2:
            return
        reply = exchange.json
        docs = reply.get("docs") if isinstance(reply, dict) else None
        shown = docs if isinstance(docs, list) else reply
        for document in shown if isinstance(shown, list) else [shown]:
            name = document.get("name") if isinstance(document, dict) else None
            if not isinstance(name, str):
                continue
            if segments[1:3] == ["studio", "batches"] and isinstance(
                document.get("projectName"), str
            ):
                self._studio_batch(name, document)
            elif segments[1] == "projects" and isinstance(document.get("type"), str):
                last = segments[-1] if len(segments) > 3 else ""
                shown = {**self.projects.get(name, {}), **_project_before(document, last)}
                self.projects[name] = shown if name not in self._shown else self.projects[name]
                self._shown.add(name)
            elif segments[1] == "batches" and isinstance(document.get("project"), str):
                last = segments[-1] if len(segments) > 3 else ""
                self.batches.setdefault(name, _before(document, last))

    def _studio_batch(self, name: str, document: dict[str, Any]) -> None:
        """What the order of work tells of a batch and its project."""
        project = self._project(document["projectName"])
        project["studio"] = True
        if isinstance(document.get("projectId"), str):
            project.setdefault("id", document["projectId"])
        self._of_studio.setdefault(
            name,
            {
                "id": document.get("id"),
                "name": name,
                "project": document["projectName"],
                "calibration_batch": document.get("batchType") == "Calibration",
            },
        )

    def _hints(self, exchange: Exchange) -> None:
        """What else calls and answers tell."""
        sent = exchange.sent if isinstance(exchange.sent, dict) else {}
        reply = exchange.json if isinstance(exchange.json, dict) else {}
        name = sent.get("project")
        accepts = _ACCEPTS.fullmatch(str(reply.get("error")))
        if accepts is not None:
            self._project(accepts["name"]).setdefault("type", accepts["type"])
        finalize, groups = _FINALIZE.fullmatch(exchange.path), _GROUPS.fullmatch(exchange.path)
        if finalize is not None and exchange.method == "POST":
            self._finalized(unquote(finalize["name"]), exchange)
        template = _TEMPLATE.fullmatch(exchange.path)
        if template is not None and (exchange.status < 400 or "emplate" in str(reply.get("error"))):
            self._project(unquote(template["name"])).setdefault("type", "textcollection")
        if exchange.status >= 400:
            return
        for document in tasks_in(exchange.json):
            name_there, its_id = document.get("project"), document.get("projectId")
            if isinstance(name_there, str) and isinstance(its_id, str):
                self._project(name_there).setdefault("id", its_id)
        if groups is not None:
            self._project(unquote(groups["name"]))["studio"] = True
        quality, create = _QUALITY.fullmatch(exchange.path), _CREATE.fullmatch(exchange.path)
        if quality is not None and isinstance(name, str):
            project = self._project(name)
            project["rapid"] = True
            project.setdefault("type", unquote(quality["type"]))
        if create is not None and exchange.method == "POST":
            self._inherited(unquote(create["type"]), sent, reply)

    def _finalized(self, name: str, exchange: Exchange) -> None:
        """Only batches of Rapid and Studio projects are finalized once."""
        batch = self.batches.get(name, {})
        if exchange.status < 400:
            self._finalized_once.add(name)
        elif exchange.status == 400 and isinstance(batch.get("project"), str):
            if name in self._finalized_once:
                batch["status"] = "staging"
            elif not self._project(batch["project"]).get("studio"):
                self._project(batch["project"])["rapid"] = True

    def _inherited(self, path: str, sent: dict[str, Any], reply: dict[str, Any]) -> None:
        """The type of a project, and the params that its tasks have from it."""
        name, kind = reply.get("project"), by_path(path)
        if not isinstance(name, str):
            return
        project, batch = self._project(name), reply.get("batch")
        if kind is not None:
            project.setdefault("type", kind.name)
        if isinstance(batch, str):
            self.batches.setdefault(batch, {"name": batch, "project": name})
            self._filled.add(batch)
        version, params = reply.get("project_param_version"), reply.get("params")
        if project.get("param_history") or not isinstance(version, int) or version < 0:
            return
        own = params if isinstance(params, dict) else {}
        inherited = {key: value for key, value in own.items() if key not in sent}
        if "instruction" not in sent and reply.get("instruction"):
            inherited["instruction"] = reply["instruction"]
        project["param_history"] = [
            {"version": version, **{k: v for k, v in inherited.items() if k not in _COMMON}}
        ]


def _tasks_before(
    exchanges: Iterable[Exchange],
) -> Iterator[tuple[int, Exchange, dict[str, Any]]]:
    """When each task that no call made was last changed, and where it is shown first."""
    seen: set[str] = set()
    for exchange in exchanges:
        if exchange.status >= 400:
            continue
        creates = exchange.method == "POST" and _CREATE.fullmatch(exchange.path) is not None
        for document in tasks_in(exchange.json):
            task_id = document["task_id"]
            if task_id in seen or "type" not in document:
                continue
            # Created or shown, only its first sight tells whether it was there before.
            seen.add(task_id)
            changed = moment_of(document.get("updated_at") or document.get("completed_at"))
            changed = changed or moment_of(document.get("created_at"))
            if changed is not None and not creates:
                yield to_ms(changed), exchange, document


def tasks_in(reply: Any) -> list[dict[str, Any]]:
    """The tasks that a reply shows, the oldest first."""
    # Pages of v2 call their list tasks.
    documents = reply.get("docs", reply.get("tasks")) if isinstance(reply, dict) else None
    shown = documents if isinstance(documents, list) else [reply]
    return [
        document
        for document in reversed(shown)
        if isinstance(document, dict)
        and isinstance(document.get("task_id"), str)
        and document.get("status") in STATUSES
    ]


def _project_before(document: dict[str, Any], last: str) -> dict[str, Any]:
    """A project as it was before the call that shows it: new params are its last version."""
    history = document.get("param_history")
    if last == "setParams" and isinstance(history, list) and len(history) > 1:
        return {**document, "param_history": history[:-1]}
    return dict(document)


def _before(document: dict[str, Any], last: str) -> dict[str, Any]:
    """A batch as it was before the call that shows it, as far as that tells."""
    if last == "setMetadata":
        return {**document, "metadata": {}}
    if last == "prioritize":
        return {key: value for key, value in document.items() if key != "priority"}
    return dict(document)
