"""Puts into the fake what v2 shows and no call made: projects, batches and tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._endpoints.v2.asking import token_after
from .._genai.threads import CHAT_TYPES
from .._state.batch import ALL_STATUSES, CANCELLED, COMPLETED, IN_PROGRESS, PAUSED, STAGING
from .foreknown_v2 import (
    ForeknownV2,
    batches_in,
    id_of,
    makes_batch,
    makes_task,
    named_by,
    projects_in,
)

if TYPE_CHECKING:
    from .._state.account import Account
    from .._state.batch import BatchRecord
    from .before import Before
    from .bindings import Bindings
    from .exchange import Exchange

_TYPE: Final = "chat"
"""v2 does not tell the type of a project: one whose tasks have threads."""

_MOVES: Final = {
    "/v2/batch/finalize": (STAGING,),
    "/v2/batch/pause": (IN_PROGRESS,),
    "/v2/batch/resume": (PAUSED,),
    "/v2/batch/cancel": (IN_PROGRESS, STAGING, PAUSED),
}
"""The statuses that a batch may have been in before a call that moved it."""


class BeforeV2:
    """What is put in for calls of v2.

    Args:
        before: puts in single records, as for v1.
        bindings: what stands for what.
        foreknown: what the whole recording tells of v2's objects.
    """

    def __init__(self, before: Before, bindings: Bindings, foreknown: ForeknownV2) -> None:
        self._before = before
        self._bindings = bindings
        self._foreknown = foreknown

    def prepare(self, exchange: Exchange, account: Account) -> list[str]:
        """Make the fake such that this call can be answered as it was.

        Returns:
            What could not be put in, in words.
        """
        if exchange.status >= 400:
            return []
        self._put_in_named(exchange, account)
        self._put_in_shown(exchange, account, but_made=True)
        problems: list[str] = []
        for page in (exchange, *self._foreknown.pages_after(exchange)):
            if not makes_task(page):
                problems += self._put_in_tasks(page, account)
        self._allow_move(exchange, account)
        self._follow_batches(exchange, account)
        self._begin_pages(exchange)
        return problems

    def assume(self, exchange: Exchange, account: Account) -> None:
        """Take over what a call did that was not sent, or that the fake refused."""
        self._put_in_named(exchange, account)
        self._put_in_shown(exchange, account, but_made=False)
        for batch in batches_in(exchange):
            record = account.batches.get(batch["name"])
            if record is not None:
                self._set_status(record, batch)
        self._put_in_tasks(exchange, account)

    # -- projects and batches -----------------------------------------------------------------

    def _put_in_named(self, exchange: Exchange, account: Account) -> None:
        """What the query or the body names."""
        names = named_by(exchange)
        either = names.get("project")  # an id or a name, as the pages and the README have it
        project_id, project_name = names.get("project_id"), names.get("project_name")
        if makes_batch(exchange) and either is not None and not (project_id or project_name):
            reply = exchange.json if isinstance(exchange.json, dict) else {}
            is_id = id_of(reply.get("project")) == either
            project_id, project_name = (either, None) if is_id else (None, either)
        if project_id or project_name:
            project_name = self._project(account, project_id, project_name)
        batch_id, batch_name = names.get("batch_id"), names.get("batch_name")
        if (batch_id or batch_name) and not makes_batch(exchange):
            self._batch(account, batch_id, batch_name, project_name)

    def _put_in_shown(self, exchange: Exchange, account: Account, *, but_made: bool) -> None:
        """What the reply shows, but what the call itself made."""
        for page in (exchange, *self._foreknown.pages_after(exchange)):
            for project in projects_in(page):
                self._project(account, project["id"], project["name"])
            for batch in batches_in(page):
                its_project = id_of(batch.get("project"))
                # It is there already, or the call that makes a batch names it.
                name = self._project(account, its_project, None) if its_project else None
                if not (but_made and makes_batch(page)):
                    self._batch(account, batch["id"], batch["name"], name)

    def _project(self, account: Account, project_id: str | None, name: str | None) -> str:
        """Have a project be there.

        Returns:
            Its name.
        """
        if project_id is not None:
            bound = self._bindings.of(project_id)
            there = next((p.name for p in account.projects.values() if p.id == bound), None)
            if there is not None:
                return there
        name = name or self._foreknown.project_name(project_id or "")
        project_id = project_id or self._foreknown.project_id(name)
        record = account.projects.get(name)
        if record is None:
            shown = self._foreknown.projects.get(project_id or "", {})
            record = self._before.make_project(
                account, {"type": _TYPE, **shown, "id": project_id, "name": name}
            )
            record.genai_types = tuple(_texts(shown.get("types")))
            record.models = tuple(_texts(shown.get("models")))
        self._bind(project_id, record.id)
        return name

    def _batch(
        self, account: Account, batch_id: str | None, name: str | None, project: str | None
    ) -> None:
        """Have a batch be there."""
        bound = None if batch_id is None else self._bindings.of(batch_id)
        if bound is not None and any(batch.id == bound for batch in account.batches.values()):
            return
        name = name or self._foreknown.batch_name(batch_id or "")
        batch_id = batch_id or self._foreknown.batch_id(name)
        if name not in account.batches:
            shown = self._foreknown.batches.get(batch_id or "", {})
            its_project = self._foreknown.project_of_batch(name)
            if its_project is not None:
                project = self._project(account, its_project, None)
            # A batch whose project nothing shows: any one will do.
            document = {**shown, "name": name, "project": project or f"project of {name}"}
            self._before.make_batch(account, {**document, "id": batch_id})
        self._bind(batch_id, account.batches[name].id)

    def _bind(self, recorded: str | None, fake: str) -> None:
        if recorded is not None and not self._bindings.is_target(fake):
            self._bindings.bind(recorded, fake)

    def _allow_move(self, exchange: Exchange, account: Account) -> None:
        """A batch of before is in a status that allows what was done with it."""
        allowed = _MOVES.get(exchange.path.rstrip("/"))
        for batch in batches_in(exchange):
            record = account.batches.get(batch["name"])
            if record is None or record.name not in self._before.shown:
                continue
            if allowed and record.status not in allowed:
                record.status, record.completed_ms = allowed[0], None

    def _follow_batches(self, exchange: Exchange, account: Account) -> None:
        """A batch of before is where an answer shows it: its tasks are not all known."""
        if exchange.path.rstrip("/") in _MOVES:
            return
        for batch in batches_in(exchange):
            record = account.batches.get(batch["name"])
            if record is not None and record.name in self._before.shown:
                self._set_status(record, batch)

    def _set_status(self, record: BatchRecord, shown: dict[str, Any]) -> None:
        status = shown["status"]
        if status not in ALL_STATUSES:
            return
        record.status = status
        completed_at = shown.get("completed_at")
        if completed_at is not None or status not in {COMPLETED, CANCELLED}:
            record.completed_ms = None if completed_at is None else self._before.ms(completed_at)

    # -- tasks --------------------------------------------------------------------------------

    def _put_in_tasks(self, exchange: Exchange, account: Account) -> list[str]:
        documents: list[dict[str, Any]] = []
        store = self._before.world.store
        for document in self._foreknown.tasks_in(exchange):
            task_id = self._bindings.of(document["task_id"]) or document["task_id"]
            record = store.tasks.get(task_id)
            project, batch = document.get("project"), document.get("batch")
            if project is not None:
                self._project(account, self._foreknown.project_id(project), project)
            if batch is not None:
                self._batch(account, self._foreknown.batch_id(batch), batch, project)
            kind = record.type if record is not None else None
            if kind is None:
                kind = account.projects[project].type if project in account.projects else _TYPE
            response: Any = document.get("response")
            # v2 tells nothing of what other types were answered.
            if kind not in CHAT_TYPES and response == {"threads": []}:
                del document["response"]
                if record is not None and record.status == document["status"]:
                    continue
            known: dict[str, Any] = {} if record is None else record.document()
            if known:
                del document["params"]
            documents.append({**known, **document, "type": kind})
        # A batch that was there has more tasks than are known: theirs do not tell its status.
        batches = [account.batches[n] for n in self._before.shown if n in account.batches]
        statuses = [(batch, batch.status, batch.completed_ms) for batch in batches]
        problems = self._before.show_tasks(exchange, account, documents)
        for batch_record, status, completed_ms in statuses:
            batch_record.status, batch_record.completed_ms = status, completed_ms
        for document in documents:
            task_id = self._bindings.of(document["task_id"]) or document["task_id"]
            record = store.tasks.get(task_id)
            response = document.get("response")
            # How it failed is told in v2's words, which no act of the dashboard has.
            if record is not None and isinstance(response, dict) and "errors" in response:
                account.tasks.write(
                    record, {**record.document(), "response": self._bindings.value(response)}
                )
        account.deleted_tasks |= {
            self._bindings.of(task_id) or task_id
            for task_id in self._foreknown.deleted_in(exchange)
        }
        return problems

    def _begin_pages(self, exchange: Exchange) -> None:
        """A page that is asked for by a token which no answer gave: the first that is known."""
        token = named_by(exchange).get("next_token")
        if token is not None and self._bindings.of(token) is None:
            self._bindings.bind(token, token_after(0))


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
