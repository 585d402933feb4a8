"""``scale.tasks``, ``scale.batches`` …: live views over all accounts, in the wire's names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, overload

from .._endpoints.v1.batches import batch_document
from .._endpoints.v1.files import file_document
from .._endpoints.v1.projects import project_document
from .._endpoints.v1.teams import teammate_document
from .._errors import PUBLIC, NoSuchRecord, NoSuchTask
from .._http.wire import decode, encode
from .._messages import counted, described, did_you_mean, listed, mask_key, repr_of, shortened
from .._state import batch as batch_state
from .._state import lifecycle
from .._uncopied import Uncopied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .._state.account import Account
    from .._state.batch import BatchRecord
    from .._state.file import FileRecord
    from .._state.project import ProjectRecord
    from .._state.store import Store
    from .._state.task import TaskRecord
    from .._state.teammate import TeammateRecord


class Record:
    """A live record: attributes are the wire's names, read anew each time.

    A name of the wire that is absent now reads as ``None``; a name that no record of this kind has
    on the wire is an ``AttributeError`` that names the nearest. ``id`` and ``account`` are there
    for every kind; ``as_dict()`` gives the wire's keys.
    """

    __slots__ = ("_account", "_read")

    kind = "record"
    key = "id"

    def __init__(self, account: Account, read: Callable[[], dict[str, Any]]) -> None:
        self._account = account
        self._read = read

    @property
    def account(self) -> str:
        """The API key whose account it belongs to."""
        return self._account.key

    @property
    def id(self) -> str:
        """Its id; of a batch or project without one on the wire its name."""
        document = self._read()
        return str(document.get(self.key) or document.get("name"))

    def as_dict(self) -> dict[str, Any]:
        """The document as it is on the wire now; changing it changes nothing."""
        return self._read()

    def __getattr__(self, name: str) -> Any:
        # copy, pickle and debuggers ask for these, and take an AttributeError as a no.
        if name.startswith("__"):
            raise AttributeError(name)
        document = self._read()
        if name in document or name in KNOWN.get(self.kind, ()):
            return document.get(name)
        names = [*document, *KNOWN.get(self.kind, ()), "id", "account"]
        near = ", ".join(did_you_mean(name, names))
        hint = f"nearest: {near}" if near else f"known: {', '.join(dict.fromkeys(names))}"
        raise AttributeError(f"no {self.kind} has {name!r:.62}; {hint}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record):
            return NotImplemented
        # The account too: ids of batches and projects are names, which accounts may share.
        return type(self) is type(other) and (self._account, self.id) == (other._account, other.id)

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.id))

    def __repr__(self) -> str:
        return f"<{self.kind} {self.id} of {self._account.shown}>"


class TaskView(Record):
    """A task, live."""

    __slots__ = ("_record",)

    kind = "task"
    key = "task_id"

    def __init__(self, record: TaskRecord) -> None:
        super().__init__(record.account, record.document)
        self._record = record

    @property
    def id(self) -> str:
        """The task id."""
        return self._record.id

    @property
    def task_id(self) -> str:
        """The task id."""
        return self._record.id

    @property
    def status(self) -> str:
        """``pending``, ``completed``, ``canceled`` or ``error``."""
        return self._record.status

    @property
    def type(self) -> str:
        """The task type."""
        return self._record.type

    @property
    def project(self) -> str | None:
        """The project's name."""
        return self._record.project

    @property
    def batch(self) -> str | None:
        """The batch's name."""
        return self._record.batch

    def __repr__(self) -> str:
        return f"<task {self.id} {self.type} {self.status} of {self._account.shown}>"


class BatchView(Record):
    """A batch, live."""

    __slots__ = ("_record",)

    kind = "batch"

    def __init__(self, account: Account, record: BatchRecord) -> None:
        super().__init__(account, lambda: _copy(batch_document(account, record)))
        self._record = record

    @property
    def archived(self) -> bool:
        """Whether it was archived in the dashboard."""
        return self._record.archived

    def __repr__(self) -> str:
        return f"<batch {self._record.name!r} {self._record.status} of {self._account.shown}>"


class ProjectView(Record):
    """A project, live."""

    __slots__ = ("_record",)

    kind = "project"

    def __init__(self, account: Account, record: ProjectRecord) -> None:
        super().__init__(account, lambda: _copy(project_document(record)))
        self._record = record

    def __repr__(self) -> str:
        return f"<project {self._record.name!r} {self._record.type} of {self._account.shown}>"


class FileView(Record):
    """A file, live; ``content`` holds its bytes."""

    __slots__ = ("_record",)

    kind = "file"

    def __init__(self, account: Account, record: FileRecord) -> None:
        # By id each time: a call that changes a file puts another record in its place.
        files = account.files
        super().__init__(account, lambda: _copy(file_document(files[record.id])))
        self._record = record

    @property
    def content(self) -> bytes:
        """The bytes that were uploaded; empty for an import."""
        return self._record.content


class TeammateView(Record):
    """A person on a team, live."""

    __slots__ = ()

    kind = "teammate"
    key = "email"

    def __init__(self, account: Account, record: TeammateRecord) -> None:
        super().__init__(account, lambda: teammate_document(record))

    def __repr__(self) -> str:
        return f"<teammate {self.id} {self.role} of {self._account.shown}>"


def _copy(document: dict[str, Any]) -> dict[str, Any]:
    """A document that shares nothing with the state: whoever changes it changes nothing."""
    copy: dict[str, Any] = decode(encode(document))
    return copy


T = TypeVar("T")


def _now(records: dict[str, T]) -> list[T]:
    """The records as they are now; other threads may add to them while these are looked at."""
    return list(records.values())


R = TypeVar("R", bound=Record)


class View(Uncopied, Generic[R]):
    """All records of one kind, over all accounts, as they are now.

    Iterate, ``len()``, index by id, name or position, slice, or call with filters by wire name:
    ``scale.tasks(status="pending", project="cows")``.
    """

    kind = "record"
    kinds = "records"
    statuses: tuple[str, ...] = ()
    """What ``status`` can be; empty where records of this kind have none."""

    def __init__(
        self, every: Callable[[], Iterator[R]], names: Callable[[R], tuple[str, ...]]
    ) -> None:
        self._every = every
        self._names = names

    def __iter__(self) -> Iterator[R]:
        # A copy: the loop over it may create or complete tasks.
        return iter(list(self._every()))

    def __len__(self) -> int:
        return sum(1 for _ in self._every())

    def __contains__(self, key: object) -> bool:
        record_id = key if isinstance(key, str) else getattr(key, "id", None)
        return any(record_id in self._names(record) for record in self._every())

    def __call__(self, **filters: Any) -> list[R]:
        """The records whose attributes equal these; ``account=`` takes an API key.

        A list, tuple or set as value means any of its members; ``tags=`` any of the given tags.

        Raises:
            TypeError: a name that no record of this kind has on the wire.
            ValueError: a status that no record of this kind can have.
        """
        strange = [name for name in filters if name not in {"id", "account", *KNOWN[self.kind]}]
        # Only then are documents read: they may hold names that the list does not know.
        if strange:
            self._check_names(strange)
        if self.statuses and "status" in filters:
            self._check_statuses(filters["status"])
        return [
            record for record in self._every() if all(_is(record, k, v) for k, v in filters.items())
        ]

    def _check_names(self, names: list[str]) -> None:
        known = {"id", "account", *KNOWN[self.kind]}
        for record in self._every():
            # Record by record: mostly the first one settles it, and there may be thousands.
            known.update(record.as_dict())
            if known.issuperset(names):
                return
        name = next(name for name in names if name not in known)
        near = ", ".join(did_you_mean(name, sorted(known)))
        hint = f"nearest: {near}" if near else f"known: {', '.join(sorted(known))}"
        raise TypeError(f"no {self.kind} has {name!r}, so nothing can match; {hint}")

    def _check_statuses(self, statuses: Any) -> None:
        several: Any = statuses if isinstance(statuses, _SEVERAL) else [statuses]
        for status in several:
            text = getattr(status, "value", status)  # a member of the client's TaskStatus
            # Records are asked last: one that was loaded may have a status of its own.
            if text in self.statuses or any(_is(record, "status", text) for record in self):
                continue
            near = did_you_mean(text, self.statuses, 1) if isinstance(text, str) else []
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise ValueError(
                f"no {self.kind} has the status {repr_of(text)}, so nothing can match; {hint}"
                f"there are: {', '.join(self.statuses)}"
            )

    @overload
    def __getitem__(self, key: str | int) -> R: ...

    @overload
    def __getitem__(self, key: slice) -> list[R]: ...

    def __getitem__(self, key: str | int | slice) -> R | list[R]:
        if isinstance(key, slice):
            return list(self._every())[key]
        return self.get(key)

    def get(self, key: str | int, account: str | None = None) -> R:
        """The record with this id or name (or at this position).

        Raises:
            LookupError: there is none, or two accounts have one of this name and ``account`` was
                not given.
        """
        every = list(self._every())
        if isinstance(key, int):
            if not -len(every) <= key < len(every):
                have = counted(len(every), self.kind, self.kinds)
                raise IndexError(f"no {self.kind} {key}: this fake has {have}, counted from 0")
            return every[key]
        matches = [
            record
            for record in every
            if key in self._names(record) and (account is None or record.account == account)
        ]
        if not matches:
            raise NoSuchRecord(self._none(key, every, account))
        if len(matches) > 1:
            accounts = listed(mask_key(record.account) for record in matches)
            raise NoSuchRecord(
                f"{len(matches)} accounts have a {self.kind} {key!r} ({accounts}); "
                f"name one: scale.{self.kinds}.get({key!r}, account=...)"
            )
        return matches[0]

    def _none(self, key: object, every: list[R], account: str | None) -> str:
        what = f"no {self.kind} {shortened(repr(key))}"
        other_accounts = [
            mask_key(record.account) for record in every if key in self._names(record)
        ]
        if account is not None and other_accounts:
            return (
                f"{what} of account {mask_key(account)}; there is one of {listed(other_accounts)}"
            )
        names = dict.fromkeys(self._names(record)[-1] for record in every)
        near = listed(repr(name) for name in did_you_mean(str(key), names))
        have = counted(len(every), self.kind, self.kinds)
        if near:
            return f"{what} in this fake; nearest: {near}"
        return f"{what} in this fake, which has {have}" + (
            f": {listed(map(repr, names))}" if names else ""
        )

    def __repr__(self) -> str:
        return f"<{len(self)} {self.kind if len(self) == 1 else self.kinds}>"


KNOWN: Final = {
    "task": (
        "task_id",
        "type",
        "status",
        "project",
        "batch",
        "unique_id",
        "tags",
        "is_test",
        "metadata",
        "instruction",
        "priority",
        "callback_url",
        "work_started",
        "customer_review_status",
        "completed_at",
        "created_at",
        "updated_at",
        "response",
        "params",
        "callback_succeeded",
        "callback_completed",
        "urgency",
        "processed_attachments",
        "projectId",
        "customerId",
        "project_param_version",
        "workStarted",
        "isProcessed",
        "postProcessingResults",
        "taxonomyVersion",
        "appsheetProjectId",
        "attachmentS3Downloads",
        "audits",
        "customer_review_comments",
        "prior_responses",
        "otherVersion",
        "attempts",
        "dependents",
        "document_pages",
    ),
    "batch": (
        "name",
        "project",
        "status",
        "callback",
        "archived",
        "metadata",
        "created_at",
        "completed_at",
        "last_audited_at",
        "calibration_batch",
        "self_label_batch",
        "priority",
    ),
    "project": (
        "name",
        "type",
        "rapid",
        "studio",
        "archived",
        "param_history",
        "created_at",
        "pipeline",
        "consensus_attempts",
        "datasetId",
        "ontology_history",
    ),
    "file": (
        "attachment_url",
        "mime_type",
        "size",
        "display_name",
        "reference_id",
        "metadata",
        "project_names",
        "created_at",
        "updated_at",
    ),
    "teammate": (
        "email",
        "role",
        "company",
        "firstName",
        "lastName",
        "expiry",
        "disableRapidEmails",
        "isStudioLabeler",
    ),
}
"""Names of the wire, whether a record shows them now or not.

Source: docs/scale/tasks.md 1, docs/scale/batches.md 1, docs/scale/projects.md 1,
docs/scale/files.md, docs/scale/teams.md 1.
"""


_SEVERAL: Final = (list, tuple, set, frozenset)
"""What a filter's value is where any of several is meant."""


def _is(record: Record, name: str, condition: Any) -> bool:
    # Names were checked for the whole view: another record may have what this one has not.
    value = getattr(record, name, None)
    if isinstance(value, list):
        # Of tags any one suffices, as in Scale's own filter.
        accepted = condition if isinstance(condition, _SEVERAL) else [condition]
        return any(item in value for item in accepted)
    if isinstance(condition, _SEVERAL):
        return value in condition
    return bool(value == getattr(condition, "value", condition))


LATEST: Final = 3
"""How many tasks a message names where none is near to what was asked for."""


class TasksView(View[TaskView]):
    """Every task; see ``View``."""

    kind = "task"
    kinds = "tasks"
    statuses = lifecycle.STATUSES

    def __init__(self, store: Store) -> None:
        super().__init__(
            lambda: (TaskView(record) for record in store.every_task()), lambda task: (task.id,)
        )
        self._store = store

    def __len__(self) -> int:
        return len(self._store.tasks)

    def get(self, key: str | int, account: str | None = None) -> TaskView:
        """The task with this id (or at this position).

        Raises:
            NoSuchTask: there is none; names the closest ids and their accounts.
        """
        if isinstance(key, int):
            return super().get(key, account)
        return TaskView(find_task(self._store, key))


def id_of_task(task: Any) -> str:
    """The id that a control's ``task`` argument means: one, or that of anything that has one.

    Raises:
        TypeError: neither an id nor an object with one.
    """
    task_id = task if isinstance(task, str) else getattr(task, "task_id", None)
    if task_id is None:
        task_id = getattr(task, "id", None)
    if not isinstance(task_id, str):
        raise TypeError(
            f"no task is meant by {described(task)}: give a task id, a client's "
            "task, or a record of scale.tasks"
        )
    return task_id


def find_task(store: Store, task: Any) -> TaskRecord:
    """The record that a control's ``task`` argument means: an id, or anything that has one.

    Raises:
        NoSuchTask: there is none; names the closest ids and the accounts they belong to.
        TypeError: neither an id nor an object with one.
    """
    task_id = id_of_task(task)
    record = store.tasks.get(task_id)
    if record is not None:
        return record
    what = f"no task {shortened(repr(task_id))} in this fake, which has"
    if not store.tasks:
        raise NoSuchTask(
            f"{what} no tasks yet: did another fake make it, or was it before a reset()?", task_id
        )
    ids = list(store.tasks)
    # The newest alone: comparing with every id of a large fake would take seconds.
    near = did_you_mean(task_id, ids[-5000:])
    closest = [
        (candidate, store.tasks[candidate].account.shown)
        for candidate in near or reversed(ids[-LATEST:])
    ]
    choices = ", ".join(f"{candidate} (account {key})" for candidate, key in closest)
    raise NoSuchTask(
        f"{what} {counted(len(ids), 'task')}; {'closest' if near else 'newest'}: {choices}",
        task_id,
        closest,
    )


class BatchesView(View[BatchView]):
    """Every batch; see ``View``."""

    kind = "batch"
    kinds = "batches"
    statuses = batch_state.ALL_STATUSES

    def __init__(self, store: Store) -> None:
        super().__init__(
            lambda: (BatchView(a, batch) for a in store.everyone() for batch in _now(a.batches)),
            lambda batch: (batch._record.id, batch._record.name),
        )


class ProjectsView(View[ProjectView]):
    """Every project; see ``View``.

    Of a project that a test prepared for every key, those are listed that were used, or, while
    none was, the one of the default account.
    """

    kind = "project"
    kinds = "projects"

    def __init__(self, store: Store) -> None:
        super().__init__(
            lambda: (ProjectView(a, project) for a, project in _seen_projects(store)),
            lambda project: (project._record.id, project._record.name),
        )
        self._store = store

    def get(self, key: str | int, account: str | None = None) -> ProjectView:
        """The project with this id or name (or at this position).

        Raises:
            LookupError: there is none, or two accounts have one of this name and ``account`` was
                not given.
        """
        if account is not None and not isinstance(key, int):
            for candidate in self._store.everyone():
                if candidate.key == account and key in candidate.projects:
                    return ProjectView(candidate, candidate.projects[key])
        return super().get(key, account)


def _seen_projects(store: Store) -> list[tuple[Account, ProjectRecord]]:
    everyone = store.everyone()
    # The unused original of a copy that is in use would be listed beside it.
    used = {name for a in everyone for name in list(a.projects) if name not in a.untouched}
    return [
        (account, project)
        for account in everyone
        for project in _now(account.projects)
        if (is_copy := account.untouched.get(project.name)) is None
        or (not is_copy and project.name not in used)
    ]


class FilesView(View[FileView]):
    """Every file; see ``View``."""

    kind = "file"
    kinds = "files"

    def __init__(self, store: Store) -> None:
        super().__init__(
            lambda: (FileView(a, file) for a in store.everyone() for file in _now(a.files)),
            lambda file: (file._record.id,),
        )


class TeammatesView(View[TeammateView]):
    """Everybody on a team, open invitations included; see ``View``."""

    kind = "teammate"
    kinds = "teammates"

    def __init__(self, store: Store, now_ms: Callable[[], int]) -> None:
        super().__init__(
            lambda: (
                TeammateView(account, member)
                for account in store.everyone()
                for member in account.team(now_ms()).values()
            ),
            lambda member: (member.id,),
        )


for _view in (Record, TaskView, BatchView, ProjectView, FileView, TeammateView):
    _view.__module__ = PUBLIC
# Else the loop's variable would be a name of the module.
del _view
