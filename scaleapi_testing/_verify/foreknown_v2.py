"""What a whole recording tells of v2's projects, batches and tasks, under their recorded ids.

v2 names objects by id, v1 by name: a project that a call names by id may be shown by another one.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from .._genai.rendering import DELETED
from .._genai.threads import annotations_in
from .._state.lifecycle import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .exchange import Exchange

PREFIX: Final = "/v2/"

MAKES_TASK: Final = ("/v2/task/chat", "/v2/task")

LISTED: Final = ("/v2/tasks", "/v2/batches")
"""Listings that have pages."""

_NOT_PUT_IN: Final = ("/v2/deliver", "/v2/dataset", "/v2/schema")
"""Where objects are shown that cannot be put in; no call of the API makes one."""


_OF_BOTH: Final = ("id", "created_at", "metadata", "callback")
"""What both versions show of a batch, and alike."""


def is_v2(exchange: Exchange) -> bool:
    """Whether it is a call of v2."""
    return exchange.path.startswith(PREFIX)


def shows_others(exchange: Exchange) -> bool:
    """Whether its reply shows deliveries, datasets or schemas."""
    shown = exchange.json if isinstance(exchange.json, dict) else {}
    return exchange.path.startswith(_NOT_PUT_IN) and any(map(bool, shown.values()))


def makes_task(exchange: Exchange) -> bool:
    """Whether it creates a task of v2."""
    return exchange.method == "POST" and exchange.path.rstrip("/") in MAKES_TASK


def makes_batch(exchange: Exchange) -> bool:
    """Whether it creates a batch of v2."""
    return exchange.method == "POST" and exchange.path.rstrip("/") == "/v2/batch"


def named_by(exchange: Exchange) -> dict[str, str]:
    """The objects that the query or the body names, e.g. ``project_id`` and ``batch_name``."""
    names: dict[str, Any] = {name: texts[-1] for name, texts in parse_qs(exchange.query).items()}
    if isinstance(exchange.sent, dict):
        names |= exchange.sent
    return {name: value for name, value in names.items() if isinstance(value, str) and value}


def _next_token(exchange: Exchange) -> str | None:
    token = exchange.json.get("next_token") if isinstance(exchange.json, dict) else None
    return token if isinstance(token, str) and token else None


def batches_in(exchange: Exchange) -> list[dict[str, Any]]:
    """The batches that a reply shows, those inside of tasks too, the oldest first."""
    reply = exchange.json if isinstance(exchange.json, dict) else {}
    shown: list[Any] = [reply] if exchange.path.startswith("/v2/batch") else []
    shown += [reply.get("batch"), *_list(reply, "batches")[::-1]]
    shown += [task.get("batch") for task in _shown_tasks(exchange)]
    return [entry for entry in shown if _is_named(entry) and "status" in entry]


def projects_in(exchange: Exchange) -> list[dict[str, Any]]:
    """The projects that a reply shows, those inside of tasks and batches too, the oldest first."""
    reply = exchange.json if isinstance(exchange.json, dict) else {}
    shown: list[Any] = [reply] if exchange.path.rstrip("/") == "/v2/project" else []
    shown += _list(reply, "projects")[::-1]
    shown += [entry.get("project") for entry in (*batches_in(exchange), *_shown_tasks(exchange))]
    return [entry for entry in shown if _is_named(entry)]


def _shown_tasks(exchange: Exchange) -> list[dict[str, Any]]:
    reply = exchange.json if isinstance(exchange.json, dict) else {}
    return [
        entry
        for entry in [reply, *_list(reply, "tasks")[::-1]]
        if isinstance(entry, dict)
        and isinstance(entry.get("task_id"), str)
        and entry.get("status") in {*STATUSES, DELETED}
        and isinstance(entry.get("created_at"), str)
    ]


def _is_named(entry: Any) -> bool:
    return isinstance(entry, dict) and all(
        isinstance(entry.get(name), str) and entry[name] for name in ("id", "name", "created_at")
    )


def _list(reply: dict[str, Any], name: str) -> list[Any]:
    value = reply.get(name)
    return value if isinstance(value, list) else []


def id_of(shown: Any) -> str | None:
    """The id of an object that stands as an id, or whole."""
    value = shown.get("id") if isinstance(shown, dict) else shown
    return value if isinstance(value, str) and value else None


class ForeknownV2:
    """Documents of v2 by recorded id, and which id goes with which name.

    Args:
        exchanges: the whole recording.
        of_v1: documents of projects by name, as v1 shows them.

    Attributes:
        projects: documents by id, each as it was shown first.
        batches: the same of batches.
    """

    def __init__(self, exchanges: Iterable[Exchange], of_v1: dict[str, dict[str, Any]]) -> None:
        self.projects: dict[str, dict[str, Any]] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self._project_names: dict[str, str] = {}
        self._batch_names: dict[str, str] = {}
        self._threads: dict[tuple[str, str], list[Any]] = {}
        self._exchanges = [e for e in exchanges if is_v2(e) and e.status < 400]
        for name, document in of_v1.items():
            if isinstance(document.get("id"), str):
                self._project_names[document["id"]] = name
        for exchange in self._exchanges:
            self._learn(exchange)
        self._fill_in_annotations()

    def _learn(self, exchange: Exchange) -> None:
        names = named_by(exchange)
        for project in projects_in(exchange):
            self._project_names.setdefault(project["id"], project["name"])
            self.projects.setdefault(project["id"], project)
        for batch in batches_in(exchange):
            self._batch_names.setdefault(batch["id"], batch["name"])
            self.batches.setdefault(batch["id"], batch)
        shown_tasks = _shown_tasks(exchange)
        # What was asked for by name is shown by id.
        for entry in (*shown_tasks, *batches_in(exchange)):
            its_id = id_of(entry.get("project"))
            if its_id is not None and "project_name" in names:
                self._project_names.setdefault(its_id, names["project_name"])
        for task in shown_tasks:
            its_id = id_of(task.get("batch"))
            if its_id is not None and "batch_name" in names:
                self._batch_names.setdefault(its_id, names["batch_name"])
            # A copy: what was recorded is compared as it is.
            threads = deepcopy(_list(task, "threads"))
            key = (task["task_id"], str(task.get("completed_at")))
            self._threads[key] = _fuller(self._threads.get(key, []), threads)

    def _fill_in_annotations(self) -> None:
        """An annotation that is read by itself is shown with every detail."""
        whole = {
            exchange.json["id"]: exchange.json
            for exchange in self._exchanges
            if exchange.path.rstrip("/") == "/v2/annotation"
            if isinstance(exchange.json, dict) and isinstance(exchange.json.get("id"), str)
        }
        for threads in self._threads.values() if whole else ():
            for annotation in annotations_in(threads):
                annotation.update(whole.get(str(annotation.get("id")), {}))

    def project_name(self, project_id: str) -> str:
        """The name of a project; where no answer tells it, any one will do."""
        return self._project_names.setdefault(project_id, f"project {project_id}")

    def batch_name(self, batch_id: str) -> str:
        """The name of a batch, likewise."""
        return self._batch_names.setdefault(batch_id, f"batch {batch_id}")

    def project_id(self, name: str) -> str | None:
        """The recorded id of a project, where an answer tells it."""
        return next((i for i, known in self._project_names.items() if known == name), None)

    def batch_id(self, name: str) -> str | None:
        """The recorded id of a batch, likewise."""
        return next((i for i, known in self._batch_names.items() if known == name), None)

    def batches_as_v1(self) -> dict[str, dict[str, Any]]:
        """What v1 would show of the batches as well, by name; ``project`` where it is told."""
        documents: dict[str, dict[str, Any]] = {}
        for batch in self.batches.values():
            document: dict[str, Any] = {key: batch[key] for key in _OF_BOTH if key in batch}
            project = self._project_names.get(id_of(batch.get("project")) or "")
            if project is not None:
                document["project"] = project
            documents[batch["name"]] = document
        return documents

    def project_of_batch(self, name: str) -> str | None:
        """The id of the project that a batch belongs to, where an answer tells it."""
        batch_id = self.batch_id(name)
        document = self.batches.get(batch_id or "")
        if document is not None:
            return id_of(document.get("project"))
        return next(
            (
                id_of(task.get("project"))
                for exchange in self._exchanges
                for task in _shown_tasks(exchange)
                if batch_id is not None and id_of(task.get("batch")) == batch_id
            ),
            None,
        )

    def pages_after(self, exchange: Exchange) -> list[Exchange]:
        """The pages of a listing that follow one of them by its token."""
        pages: list[Exchange] = []
        token = _next_token(exchange)
        for later in self._exchanges:
            if token is not None and named_by(later).get("next_token") == token:
                pages.append(later)
                token = _next_token(later)
        return pages

    def is_shown_to_its_end(self, exchange: Exchange) -> bool:
        """Whether the last page of a listing is in the recording."""
        return _next_token([exchange, *self.pages_after(exchange)][-1]) is None

    def tasks_in(self, exchange: Exchange) -> list[dict[str, Any]]:
        """The tasks that a reply shows, the oldest first, as v1 would write them.

        Without ``type``, which v2 does not tell; ``project`` and ``batch`` are names, and the
        response holds the threads with all details that any answer shows. A deleted task is told
        as a canceled one.
        """
        return [self._as_v1(task) for task in _shown_tasks(exchange)]

    def _as_v1(self, task: dict[str, Any]) -> dict[str, Any]:
        document = {
            "task_id": task["task_id"],
            "status": "canceled" if task["status"] == DELETED else task["status"],
            "created_at": task["created_at"],
            "metadata": task.get("metadata") or {},
            "params": {},
        }
        if isinstance(task.get("completed_at"), str):
            document["completed_at"] = task["completed_at"]
        project, batch = id_of(task.get("project")), id_of(task.get("batch"))
        if project is not None:
            document["project"] = self.project_name(project)
        if batch is not None:
            document["batch"] = self.batch_name(batch)
        threads = self._threads.get((task["task_id"], str(task.get("completed_at"))), [])
        if task.get("sensitive_content_reports"):
            document["response"] = {"sensitive_content_reports": task["sensitive_content_reports"]}
        elif task.get("errors"):
            document["response"] = {"errors": task["errors"]}
        elif task["status"] == "completed":
            document["response"] = {"threads": threads}
        return document

    def deleted_in(self, exchange: Exchange) -> list[str]:
        """The ids of the tasks that a reply calls deleted."""
        return [task["task_id"] for task in _shown_tasks(exchange) if task["status"] == DELETED]


def _fuller(first: Any, second: Any) -> Any:
    """Two views of one value together: each may lack the details that it was not asked for."""
    if isinstance(first, dict) and isinstance(second, dict):
        both = {**first, **{name: value for name, value in second.items() if name not in first}}
        return {
            name: _fuller(value, second[name]) if name in first and name in second else value
            for name, value in both.items()
        }
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        return [_fuller(*pair) for pair in zip(first, second, strict=True)]
    return second if isinstance(second, list) and not first else first
