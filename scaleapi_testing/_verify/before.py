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
from .._state import studio
from .._state.batch import ALL_STATUSES, IN_PROGRESS, BatchRecord
from .._state.file import FileRecord
from .._state.lifecycle import CANCELED, COMPLETED, PENDING
from .._state.project import ParamVersion, ProjectGroup, ProjectRecord, TaskTemplate
from .._state.teammate import TeammateRecord
from .._task_types import by_path, task_type
from .before_v2 import BeforeV2
from .foreknown import tasks_in
from .foreknown_v2 import is_v2
from .meanwhile import Meanwhile
from .people import concerns_people, people_before
from .places import places_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._fake import FakeScale
    from .._state.account import Account
    from .._world.act import Act
    from .._world.world import World
    from .answers import RecordedAnswers
    from .bindings import Bindings
    from .exchange import Exchange
    from .foreknown import Foreknown

_HELD: Final = re.compile(
    r'^The unique_id \((?:"|\')(?P<unique_id>.*)(?:"|\')\) is already used for a different task '
    r"\((?P<task_id>[^()]+)\)\.?$",
    re.DOTALL,
)
_FILE: Final = re.compile(r"scaledata://[^/\"\s]+/(?P<id>[^/\"\s?#]+)")
_CREATE: Final = re.compile(r"/v1/task/(?P<type>[^/]+)/?")
_TASK: Final = re.compile(r"/v1/task/(?P<id>[^/]+)(?:/[^/]+)?/?$")
_STATUS: Final = re.compile(r"/v1/batches/(?P<name>[^/]+)/status/?")
_OF_PROJECT: Final = ("version", "created_at")


class Before:
    """What is put into the fake beside the calls.

    Args:
        fake: the fresh fake.
        bindings: what stands for what.
        answers: who answers tasks.
        foreknown: what the whole recording tells of places.
    """

    def __init__(
        self,
        fake: FakeScale,
        bindings: Bindings,
        answers: RecordedAnswers,
        foreknown: Foreknown,
    ) -> None:
        self._foreknown = foreknown
        self._fake = fake
        self._bindings = bindings
        self.world: World = fake._world
        self._meanwhile = Meanwhile(fake._world, bindings, answers)
        self.shown: set[str] = set()
        """Names of batches and projects that were there before."""
        self._of_v2 = BeforeV2(self, bindings, foreknown.of_v2)
        self._with_people: set[str | None] = set()
        self.is_lossy = False
        """Whether calls that change something could not be sent: answers tell what they did."""

    def prepare(self, exchange: Exchange, account: Account) -> list[str]:
        """Make the fake such that this call can be answered as it was.

        Returns:
            What could not be put in, in words.
        """
        reply = exchange.json
        for where, document in self._foreknown.tasks_until(self.world.clock.ms, exchange.key):
            if self._bindings.of(document["task_id"]) is None:
                self.show_tasks(where, account, [document])
        if is_v2(exchange):
            return self._of_v2.prepare(exchange, account)
        for place in places_of(exchange, self._foreknown):
            self._make_places(account, *place)
        self._make_audited(exchange, account)
        self._set_status(exchange, account)
        self._make_people(exchange, account)
        for match in _FILE.finditer((exchange.body or b"").decode("utf-8", "replace")):
            self._make_file(account, match.group(), match["id"])
        if exchange.status == 409 and isinstance(reply, dict):
            self._make_holder(account, exchange, str(reply.get("error")))
        if exchange.status >= 400:
            return []
        makes_task = exchange.method == "POST" and _CREATE.fullmatch(exchange.path) is not None
        # What the call itself makes must not be there before it.
        if not _creates(exchange):
            self._show_rest(exchange, account, reply)
        return self.show_tasks(
            exchange,
            account,
            [] if makes_task else [self._under_its_own_id(exchange, t) for t in tasks_in(reply)],
        )

    def _under_its_own_id(self, exchange: Exchange, document: dict[str, Any]) -> dict[str, Any]:
        """The task that a path names is the one that its answer shows, whatever that says."""
        match = _TASK.match(exchange.path)
        task_id = unquote(match["id"]) if match else None
        if task_id is None or self._bindings.of(task_id) is None:
            return document  # unless the path names it by its unique_id
        return {**document, "task_id": task_id}

    def assume(self, exchange: Exchange, account: Account) -> None:
        """Take over what a call did that was not sent, or that the fake refused."""
        if exchange.status >= 400:
            return
        # For this call alone: later ones are sent again.
        before, self.is_lossy = self.is_lossy, True
        if is_v2(exchange):
            self._of_v2.assume(exchange, account)
        else:
            self.is_lossy = before
            for place in places_of(exchange, self._foreknown):
                self._make_places(account, *place)
            self._show_rest(exchange, account, exchange.json)
            self.is_lossy = True
            self.show_tasks(exchange, account, tasks_in(exchange.json))
        self.is_lossy = before

    def show_tasks(
        self, exchange: Exchange, account: Account, documents: list[dict[str, Any]]
    ) -> list[str]:
        """Put tasks in, or bring them to where an answer shows them.

        Returns:
            What could not be put in, in words.
        """
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
            self._make_places(
                account, before.get("project"), before.get("batch"), before.get("type")
            )
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
        cancels = exchange.path.rstrip("/").endswith("/cancel")
        record = self.world.store.tasks[task_id]
        self._meanwhile.catch_up(act, record, document, cancels=cancels)

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

    def _make_audited(self, exchange: Exchange, account: Account) -> None:
        """A task that is audited before any answer shows it, as it was before that."""
        match = _TASK.match(exchange.path)
        if match is None or not exchange.path.rstrip("/").endswith("/audit"):
            return
        task_id = unquote(match["id"])
        if self._bindings.of(task_id) is not None or task_id in self.world.store.tasks:
            return
        for where, document in self._foreknown.task(task_id):
            # The header Date tells whole seconds, and audits milliseconds.
            now = self.world.clock.ms // 1000 * 1000
            audits = [
                entry
                for entry in document.get("audits") or ()
                if isinstance(entry, dict) and self.ms(entry.get("audited_at")) < now
            ]
            before = {
                key: value
                for key, value in document.items()
                if key not in {"audits", "customer_review_status", "customer_review_comments"}
            }
            if before.get("status") != COMPLETED:  # recalled since
                before |= {"status": COMPLETED, "completed_at": document.get("updated_at")}
                before.setdefault("response", {})
            if audits:
                before |= {
                    "audits": audits,
                    "customer_review_status": audits[-1].get("audit_result"),
                    "customer_review_comments": document.get("customer_review_comments", [])[:-1],
                }
            self.show_tasks(where, account, [before])

    # -- places -------------------------------------------------------------------------------

    def _make_places(
        self, account: Account, project: str | None, batch: str | None, kind: str | None
    ) -> None:
        if project is not None and project not in account.projects:
            self.make_project(account, {"name": project, "type": kind or "imageannotation"})
        if batch is not None and batch not in account.batches and project is not None:
            shown = self._foreknown.batches.get(batch, {})
            self.make_batch(account, {**shown, "name": batch, "project": project})

    def _set_status(self, exchange: Exchange, account: Account) -> None:
        """A batch of before is where its status is told to be: its tasks are not all known."""
        match = _STATUS.fullmatch(exchange.path)
        name = unquote(match["name"]) if match else ""
        status = exchange.json.get("status") if isinstance(exchange.json, dict) else None
        if name in self.shown and name in account.batches and status in ALL_STATUSES:
            account.batches[name].status = status

    def make_project(self, account: Account, document: dict[str, Any]) -> ProjectRecord:
        """Put a project in, as far as it is shown."""
        name = document["name"]
        document = {**document, **self._foreknown.projects.get(name, {})}
        self.shown.add(name)
        history = [
            entry for entry in document.get("param_history") or () if isinstance(entry, dict)
        ]
        project = account.projects[name] = ProjectRecord(
            id=self._id(document.get("id")),
            name=name,
            type=str(document["type"]),
            created_ms=self.ms(document.get("created_at")),
            seq=len(account.projects),
            request_n=0,
            history=tuple(
                ParamVersion(
                    entry.get("version", number),
                    self.ms(entry.get("created_at")),
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
        _put_in_order(account.projects)
        return project

    def make_batch(self, account: Account, document: dict[str, Any]) -> None:
        """Put a batch in, as far as it is shown, with its project."""
        name, project = document["name"], document["project"]
        if not self.is_lossy:
            document = {**document, **self._foreknown.batches.get(name, {})}
        self.shown.add(name)
        if project not in account.projects:
            self.make_project(account, {"name": project, "type": "imageannotation"})
        status = document.get("status")
        closes = account.projects[project].rapid or account.projects[project].studio
        completed_at, audited_at = document.get("completed_at"), document.get("last_audited_at")
        account.batches[name] = BatchRecord(
            id=self._id(document.get("id")),
            name=name,
            project=project,
            status=status if status in ALL_STATUSES else IN_PROGRESS,
            callback=document.get("callback") or None,
            created_ms=self.ms(document.get("created_at")),
            metadata=document.get("metadata", {}),
            calibration_batch=document.get("calibration_batch") is True,
            self_label_batch=document.get("self_label_batch") is True,
            finalize_closes=closes,
            studio=account.projects[project].studio,
            request_n=0,
            seq=len(account.batches),
            completed_ms=None if completed_at is None else self.ms(completed_at),
            last_audited_ms=None if audited_at is None else self.ms(audited_at),
            priority=document.get("priority"),
        )
        _put_in_order(account.batches)

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
        if kind == "projects" and segments[-1] == "taskTemplates" and isinstance(reply, dict):
            self._publish_template(account, unquote(segments[3]), reply)
            return
        # The oldest first: their order in the fake is that of their making.
        for document in reversed(list(_objects_in(reply))):
            name = document.get("name")
            if kind == "projects" and isinstance(name, str) and name not in account.projects:
                if task_type(str(document.get("type"))) is not None:
                    self.make_project(account, document)
            elif kind == "batches" and isinstance(name, str) and name not in account.batches:
                if isinstance(document.get("project"), str):
                    self.make_batch(account, document)
            elif kind == "batches" and self.is_lossy and isinstance(name, str):
                seq = account.batches[name].seq
                self.make_batch(account, document)
                account.batches[name].seq = seq

    def _publish_template(self, account: Account, name: str, shown: dict[str, Any]) -> None:
        """Somebody published it in the dashboard."""
        project = account.projects.get(name)
        if project is None:
            project = self.make_project(account, {"name": name, "type": "textcollection"})
        version = shown.get("version")
        if project.template is None or project.template.version != version:
            project.template = TaskTemplate(
                self._id(shown.get("id")),
                version if isinstance(version, int) else 1,
                self.ms(shown.get("created_at")),
                self.ms(shown.get("updated_at")),
                shown.get("template_variables"),
                shown.get("response_schema"),
            )

    # -- people -------------------------------------------------------------------------------

    def _make_people(self, exchange: Exchange, account: Account) -> None:
        """Team and Studio, all at once when the first call is about them."""
        if not concerns_people(exchange) or exchange.key in self._with_people:
            return
        self._with_people.add(exchange.key)
        people = people_before(self._foreknown.exchanges, exchange.key)
        account.email = people.owner or account.email
        for email, document in people.team.items():
            account.teammates.setdefault(email, self._teammate(email, document, people.ids))
        for email, projects in people.assignments.items():
            account.assignments.setdefault(email, tuple(projects))
        for name, groups in people.groups.items():
            self._make_places(account, name, None, None)
            project = account.projects[name]
            before = [
                ProjectGroup(self._id(g.id), g.name, tuple(g.emails), g.is_singleton)
                for g in groups
            ]
            project.groups = (*before, *project.groups)
        for name, document in people.batches.items():
            self._make_places(account, str(document.get("projectName")), name, None)
            account.batches[name].groups = tuple(people.batch_groups.get(name, ()))
        waiting = [batch.name for batch in studio.queue(account)]
        order = people.order_of(waiting)
        if order != [name for name in waiting if name in order]:
            studio.put_in_order(account, [account.batches[name] for name in order])

    def _teammate(
        self, email: str, document: dict[str, Any], ids: dict[str, str]
    ) -> TeammateRecord:
        return TeammateRecord(
            self._id(ids.get(email)), email, str(document.get("role")),
            expires_ms=self._ms_to_come(document.get("expiry")),
            company=document.get("company"), first_name=document.get("firstName"),
            last_name=document.get("lastName"),
        )  # fmt: skip

    def _ms_to_come(self, text: Any) -> int | None:
        try:
            return ms_of(text)
        except (TypeError, ValueError, OverflowError):
            return None

    def _id(self, recorded: Any) -> str:
        if isinstance(recorded, str) and recorded:
            self._bindings.bind(recorded, recorded)
            return recorded
        return self.world.new_id()

    def ms(self, text: Any) -> int:
        """The moment that a text names, or now."""
        try:
            # The fake has no past that lies ahead of its clock.
            return min(ms_of(text), self.world.clock.ms)
        except (TypeError, ValueError, OverflowError):
            return self.world.clock.ms


def _put_in_order(records: dict[str, Any]) -> None:
    """Lists show them in the order of their making: those of before come before."""
    items = sorted(records.items(), key=lambda item: (item[1].created_ms, item[1].seq))
    records.clear()
    for seq, (name, record) in enumerate(items):
        record.seq = seq
        records[name] = record


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


def _objects_in(reply: Any) -> Iterator[dict[str, Any]]:
    documents = reply.get("docs") if isinstance(reply, dict) else None
    shown: Any = documents if isinstance(documents, list) else reply
    for document in shown if isinstance(shown, list) else [shown]:
        if isinstance(document, dict):
            yield document
