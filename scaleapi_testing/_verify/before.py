"""Puts into the fake what existed before the recording began, and what people did meanwhile.

A recording shows calls and answers alone. What an answer shows and no call made was there before;
where a task has ended since it was last seen, labelers ended it, with the answer that is shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from .._errors import BadExport, FakeScaleError
from .._http.wire import ms_of
from .._state.batch import ALL_STATUSES, IN_PROGRESS, BatchRecord
from .._state.file import FileRecord
from .._state.lifecycle import CANCELED, COMPLETED, ERROR, PENDING, STATUSES
from .._state.project import ParamVersion, ProjectRecord
from .._state.teammate import ADMIN, TeammateRecord
from .._task_types import by_path, task_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._fake import FakeScale
    from .._state.account import Account
    from .._world.act import Act
    from .._world.world import World
    from .bindings import Bindings
    from .exchange import Exchange

_HELD: Final = re.compile(
    r'^The unique_id \((?:"|\')(?P<unique_id>.*)(?:"|\')\) is already used for a different task '
    r"\((?P<task_id>[^()]+)\)\.?$",
    re.DOTALL,
)
_FILE: Final = re.compile(r"scaledata://[^/\"\s]+/(?P<id>[^/\"\s?#]+)")
_CREATE: Final = re.compile(r"/v1/task/(?P<type>[^/]+)/?")
_TASK: Final = re.compile(r"/v1/task/(?P<id>[^/]+)(?:/[^/]+)?/?$")
_NAMED: Final = re.compile(r"/v1/(?:studio/)?(?P<kind>projects|batches)/(?P<name>[^/]+)")
_OF_PROJECT: Final = ("version", "created_at")


class Before:
    """What is put into the fake beside the calls.

    Args:
        fake: the fresh fake.
        bindings: what stands for what.
    """

    def __init__(self, fake: FakeScale, bindings: Bindings) -> None:
        self._fake = fake
        self._bindings = bindings
        self.world: World = fake._world
        self.shown: set[str] = set()
        """Names of batches and projects that were there before."""
        self.is_lossy = False
        """Whether calls that change something could not be sent: answers tell what they did."""

    def prepare(self, exchange: Exchange, account: Account) -> list[str]:
        """Make the fake such that this call can be answered as it was.

        Returns:
            What could not be put in, in words.
        """
        reply = exchange.json
        for places in _places(exchange):
            self._make_places(account, *places)
        for match in _FILE.finditer((exchange.body or b"").decode("utf-8", "replace")):
            self._make_file(account, match.group(), match["id"])
        if exchange.status == 409 and isinstance(reply, dict):
            self._make_holder(account, exchange, str(reply.get("error")))
        if exchange.status >= 400:
            return []
        makes_task = exchange.method == "POST" and _CREATE.fullmatch(exchange.path) is not None
        if not _creates(exchange):
            self._show_rest(exchange, account, reply)
        return self._show_tasks(
            exchange,
            account,
            [] if makes_task else [self._under_its_own_id(exchange, t) for t in tasks_in(reply)],
        )

    def _under_its_own_id(self, exchange: Exchange, document: dict[str, Any]) -> dict[str, Any]:
        """The task that a path names is the one that its answer shows, whatever that says."""
        match = _TASK.match(exchange.path)
        named = unquote(match["id"]) if match else None
        if named is None or self._bindings.of(named) is None:
            return document  # unless the path names it by its unique_id
        return {**document, "task_id": named}

    def assume(self, exchange: Exchange, account: Account) -> None:
        """Take over what a call did that was not sent, or that the fake refused."""
        if exchange.status >= 400:
            return
        for places in _places(exchange):
            self._make_places(account, *places)
        self._show_rest(exchange, account, exchange.json)
        before, self.is_lossy = self.is_lossy, True
        self._show_tasks(exchange, account, tasks_in(exchange.json))
        self.is_lossy = before

    def _show_tasks(
        self, exchange: Exchange, account: Account, documents: list[dict[str, Any]]
    ) -> list[str]:
        problems: list[str] = []
        for document in documents:
            try:
                self._show_task(exchange, account, document)
            except (BadExport, FakeScaleError) as error:
                problems.append(f"a task could not be put in: {error}")
        return problems

    # -- tasks --------------------------------------------------------------------------------

    def _show_task(self, exchange: Exchange, account: Account, document: dict[str, Any]) -> None:
        recorded = document["task_id"]
        task_id = self._bindings.of(recorded) or recorded
        record = self.world.store.tasks.get(task_id)
        if record is None:
            if "type" not in document:
                return  # of a limited listing, which does not tell enough
            before = _undone(exchange, document)
            self._fake.load_tasks([self._bindings.value(before)], api_key=account.key)
            self._bindings.bind(recorded, recorded)
            for name in (document.get("batch"), document.get("project")):
                if name is not None:
                    self.shown.add(name)
        elif record.account is account and self.is_lossy and "type" in document:
            shown = self._bindings.value(_undone(exchange, document))
            account.tasks.write(record, shown)
        elif record.account is account:
            self.world.control("the recording", self._catch_up, task_id, exchange, document)

    def _catch_up(
        self, act: Act, task_id: str, exchange: Exchange, document: dict[str, Any]
    ) -> None:
        """Do what labelers, or others with the same key, did since the task was last seen."""
        world, record = self.world, self.world.store.tasks[task_id]
        status, response = document.get("status"), document.get("response")
        cancels = exchange.path.rstrip("/").endswith("/cancel")
        if record.status == status:
            now = record.document()
            if status == PENDING and document.get("work_started") and not record.work_started:
                world.start_work(act, record)
            if status == COMPLETED and isinstance(response, dict) and "response" in now:
                self._fix(act, record, now, document)
            return
        if status == COMPLETED and record.status == PENDING:
            world.complete(act, record, self._bindings.value(response))
        elif status == ERROR and record.status == PENDING:
            details = response if isinstance(response, dict) else {}
            world.fail(
                act, record, details.get("error"), details.get("attachments"),
                frames=details.get("frames"),
            )  # fmt: skip
        elif status == CANCELED and record.status == PENDING and not cancels:
            world.cancel(act, record, clear_unique_id="unique_id" not in document)
        elif status == PENDING and record.status == COMPLETED:
            world.recall(act, record)

    def _fix(self, act: Act, record: Any, now: dict[str, Any], document: dict[str, Any]) -> None:
        if now["response"] == document["response"]:
            return
        if len(document.get("prior_responses") or ()) > len(now.get("prior_responses") or ()):
            self.world.fix(act, record, document["response"], None)
        else:
            # Mock answers of Scale are not stable (seen): a later read gives another one.
            self.world.change_fields(act, record, {**now, "response": document["response"]})

    def _make_holder(self, account: Account, exchange: Exchange, error: str) -> None:
        """A task of which nothing is known but that it has a unique_id."""
        match = _HELD.match(error)
        if match is None or account.holder_of(match["unique_id"]) is not None:
            return
        path = _CREATE.fullmatch(exchange.path)
        kind = by_path(unquote(path["type"])) if path else None
        document: dict[str, Any] = {
            "task_id": match["task_id"],
            "type": kind.name if kind else "imageannotation",
            "status": PENDING,
            "created_at": self.world.clock.stamp(),
            "params": {},
            "metadata": {},
            "unique_id": match["unique_id"],
        }
        if match["task_id"] not in self.world.store.tasks:
            self._fake.load_tasks([document], api_key=account.key)
            self._bindings.bind(match["task_id"], match["task_id"])

    # -- places -------------------------------------------------------------------------------

    def _make_places(
        self, account: Account, project: str | None, batch: str | None, kind: str | None
    ) -> None:
        if project is not None and project not in account.projects:
            self._make_project(account, {"name": project, "type": kind or "imageannotation"})
        if batch is not None and batch not in account.batches and project is not None:
            self._make_batch(account, {"name": batch, "project": project})

    def _make_project(self, account: Account, document: dict[str, Any]) -> None:
        name = document["name"]
        self.shown.add(name)
        history = [
            entry for entry in document.get("param_history") or () if isinstance(entry, dict)
        ]
        account.projects[name] = ProjectRecord(
            id=self._id(document.get("id")),
            name=name,
            type=str(document["type"]),
            created_ms=self._ms(document.get("created_at")),
            seq=len(account.projects),
            request_n=0,
            history=tuple(
                ParamVersion(
                    entry.get("version", number),
                    self._ms(entry.get("created_at")),
                    {key: value for key, value in entry.items() if key not in _OF_PROJECT},
                )
                for number, entry in enumerate(history)
            ),
            rapid=document.get("rapid") is True,
            studio=document.get("studio") is True,
            archived=document.get("archived") is True,
            pipeline=document.get("pipeline"),
            consensus_attempts=document.get("consensus_attempts"),
            dataset_id=document.get("datasetId"),
        )

    def _make_batch(self, account: Account, document: dict[str, Any]) -> None:
        name, project = document["name"], document["project"]
        self.shown.add(name)
        if project not in account.projects:
            self._make_project(account, {"name": project, "type": "imageannotation"})
        status = document.get("status")
        closes = account.projects[project].rapid or account.projects[project].studio
        completed_at, audited_at = document.get("completed_at"), document.get("last_audited_at")
        account.batches[name] = BatchRecord(
            id=self._id(document.get("id")),
            name=name,
            project=project,
            status=status if status in ALL_STATUSES else IN_PROGRESS,
            callback=document.get("callback") or None,
            created_ms=self._ms(document.get("created_at")),
            metadata=document.get("metadata", {}),
            calibration_batch=document.get("calibration_batch") is True,
            self_label_batch=document.get("self_label_batch") is True,
            finalize_closes=closes,
            studio=account.projects[project].studio,
            request_n=0,
            seq=len(account.batches),
            completed_ms=None if completed_at is None else self._ms(completed_at),
            last_audited_ms=None if audited_at is None else self._ms(audited_at),
            priority=document.get("priority"),
        )

    def _make_file(self, account: Account, url: str, file_id: str) -> None:
        if self._bindings.of(url) is not None or file_id in account.files:
            return
        now = self.world.clock.ms
        account.files[file_id] = FileRecord(
            id=file_id, attachment_url=url, mime_type="application/octet-stream", size=0,
            project_names=(), created_ms=now, updated_ms=now, content=b"", seq=len(account.files),
        )  # fmt: skip

    def _show_rest(self, exchange: Exchange, account: Account, reply: Any) -> None:
        """Projects, batches and people that a reply shows and no call made."""
        segments = exchange.path.rstrip("/").split("/")
        kind = segments[2] if len(segments) > 2 else ""
        # The oldest first: their order in the fake is that of their making.
        for document in reversed(list(_objects_in(reply))):
            name = document.get("name")
            if kind == "projects" and isinstance(name, str) and name not in account.projects:
                if task_type(str(document.get("type"))) is not None:
                    self._make_project(account, document)
            elif kind == "batches" and isinstance(name, str) and name not in account.batches:
                if isinstance(document.get("project"), str):
                    self._make_batch(account, document)
            elif kind == "batches" and self.is_lossy and isinstance(name, str):
                seq = account.batches[name].seq
                self._make_batch(account, document)
                account.batches[name].seq = seq
            elif kind == "teams" and exchange.method == "GET":
                self._make_teammate(account, document)

    def _make_teammate(self, account: Account, document: dict[str, Any]) -> None:
        email, role = document.get("email"), document.get("role")
        if not isinstance(email, str) or not isinstance(role, str):
            return
        if role == ADMIN and not account.teammates:
            account.email = email
        elif email != account.email and email not in account.teammates:
            account.teammates[email] = TeammateRecord(
                self.world.new_id(), email, role,
                expires_ms=self._ms(document["expiry"]) if document.get("expiry") else None,
                company=document.get("company"), first_name=document.get("firstName"),
                last_name=document.get("lastName"),
            )  # fmt: skip

    def _id(self, recorded: Any) -> str:
        if isinstance(recorded, str) and recorded:
            self._bindings.bind(recorded, recorded)
            return recorded
        return self.world.new_id()

    def _ms(self, text: Any) -> int:
        try:
            return min(ms_of(text), self.world.clock.ms)
        except (TypeError, ValueError, OverflowError):
            return self.world.clock.ms


def _undone(exchange: Exchange, document: dict[str, Any]) -> dict[str, Any]:
    """The task as it was before this call, as far as its answer tells."""
    before = dict(document)
    before.pop("attachmentS3Downloads", None)  # made when a task is read, never kept
    last = exchange.path.rstrip("/").rpartition("/")[2]
    if exchange.method == "GET":
        return before
    sent = exchange.sent
    if last == "cancel" and before.get("status") == CANCELED:
        before["status"] = PENDING
    elif last == "unique_id":
        before.pop("unique_id", None)
    elif last == "setMetadata":
        before["metadata"] = {}
    elif last == "tags" and isinstance(sent, list):
        tags = before.get("tags") or []
        before["tags"] = [tag for tag in tags if tag not in sent]
        if exchange.method == "DELETE":
            before["tags"] = [*tags, *sent]
        elif exchange.method == "POST" or not before["tags"]:
            del before["tags"]
    return before


def _creates(exchange: Exchange) -> bool:
    """Whether it is the making of a project, a batch and the like."""
    return exchange.method == "POST" and len(exchange.path.strip("/").split("/")) == 2


def _places(exchange: Exchange) -> Iterator[tuple[str | None, str | None, str | None]]:
    """Project, batch and task type that a call names as being there."""
    reply, sent = exchange.json, exchange.sent
    # A refused create tells nothing of its places, unless it was refused for its unique_id.
    if exchange.status >= 400 and (exchange.status != 409 or "/task/" not in exchange.path):
        return
    match = _CREATE.fullmatch(exchange.path)
    if exchange.method == "POST" and isinstance(sent, dict):
        kind = by_path(unquote(match["type"])) if match else None
        shown = reply if isinstance(reply, dict) else {}
        batch = _text(sent.get("batch")) if match else None
        project = _text(sent.get("project")) or _text(shown.get("project"))
        yield project, batch, kind.name if kind else None
    names = reply.get("project_names") if isinstance(reply, dict) else None
    for name in names if isinstance(names, list) else ():
        yield _text(name), None, None  # of a file
    named = _NAMED.match(exchange.path)
    if named is not None and exchange.method != "GET":
        name = unquote(named["name"])
        shown = reply if isinstance(reply, dict) else {}
        if named["kind"] == "projects":
            yield name, None, _text(shown.get("type"))
        elif _text(shown.get("project")) is not None:
            yield _text(shown["project"]), name, None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def tasks_in(reply: Any) -> list[dict[str, Any]]:
    """The tasks that a reply shows, the oldest first."""
    documents = reply.get("docs") if isinstance(reply, dict) else None
    shown = documents if isinstance(documents, list) else [reply]
    return [
        document
        for document in reversed(shown)
        if isinstance(document, dict)
        and isinstance(document.get("task_id"), str)
        and document.get("status") in STATUSES
    ]


def _objects_in(reply: Any) -> Iterator[dict[str, Any]]:
    documents = reply.get("docs") if isinstance(reply, dict) else None
    shown: Any = documents if isinstance(documents, list) else reply
    for document in shown if isinstance(shown, list) else [shown]:
        if isinstance(document, dict):
            yield document
