"""Puts tasks that real Scale answered into a fake, as they are: all of them, or none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from .._controls.views import TaskView
from .._errors import BadExport
from .._http.wire import from_ms
from .._messages import counted, described, mask_key, shown
from .._random import seeded
from .._state.batch import COMPLETED as BATCH_COMPLETED
from .._state.batch import IN_PROGRESS, BatchRecord
from .._state.lifecycle import COMPLETED, PENDING
from .._state.project import ProjectRecord
from .._state.task import TaskRecord
from .._time.turns import in_turns
from .._world.history import note
from ..policies import decide
from .exports import read
from .loaded import LoadedTasks, counts
from .task_document import Oddities, check, kind_of, look_at

if TYPE_CHECKING:
    from .._fake import FakeScale
    from .._state.account import Account
    from .._world.act import Act
    from .._world.world import World
    from .exports import Found

ON_CONFLICT: Final = ("refuse", "skip", "replace")


@dataclass(slots=True)
class _Load:
    """One load under way."""

    world: World
    account: Account
    on_conflict: str
    found: dict[str, Found] = field(default_factory=dict[str, "Found"])
    records: list[TaskRecord] = field(default_factory=list["TaskRecord"])
    skipped: list[str] = field(default_factory=list[str])
    replaced: dict[str, TaskRecord] = field(default_factory=dict[str, "TaskRecord"])
    projects: list[str] = field(default_factory=list[str])
    batches: list[str] = field(default_factory=list[str])
    oddities: Oddities = field(default_factory=Oddities)


def check_arguments(project: Any, on_conflict: Any) -> None:
    """Refuse what ``load_tasks`` cannot mean.

    Raises:
        TypeError: the project is no text.
        ValueError: an empty one, or another ``on_conflict``.
    """
    if not isinstance(project, str | None):
        raise TypeError(f"load_tasks(project=...) takes a name, not {described(project)}")
    if project == "":
        raise ValueError("load_tasks(project='') names no project; leave it out")
    if on_conflict not in ON_CONFLICT:
        raise ValueError(
            f"load_tasks(on_conflict={on_conflict!r:.60}): choose one of {', '.join(ON_CONFLICT)}"
        )


def load_tasks(
    fake: FakeScale,
    source: Any,
    project: str | None,
    account: Account,
    on_conflict: str,
) -> LoadedTasks:
    """Read, check and put in; then the clock moves, then labelers take what is pending.

    Raises:
        BadExport: something in it is no task, stands there twice, or is in the fake already.
    """
    __tracebackhide__ = True
    export = read(source)
    for entry in export.found:
        # All before any: a file that is refused leaves nothing behind.
        check(entry)
    load = _Load(fake._world, account, on_conflict)
    clock_before = fake.clock.now()
    fake._world.control("scale.load_tasks()", _put_in, load, export.found, project)
    latest = max(map(_latest_ms, load.records), default=0)
    # Between the two: the tasks are there, and nobody works on them before their time.
    if latest > fake._world.clock.ms:
        fake.clock.advance_to(from_ms(latest))
    fake._world.control("scale.load_tasks()", _begin, load)
    return LoadedTasks(
        tuple(map(TaskView, load.records)),
        counts([record.type for record in load.records]),
        counts([record.status for record in load.records]),
        account.shown,
        tuple(load.projects),
        tuple(load.batches),
        tuple(load.skipped),
        tuple(load.replaced),
        clock_before,
        fake.clock.now(),
        (*export.notices, *load.oddities.sentences()),
    )


def _put_in(_: Act, load: _Load, every: list[Found], project: str | None) -> None:
    """Under the lock: everything that may be refused comes before anything is changed."""
    for entry in in_turns(_without_conflicts(load, every)):
        document = entry.document
        if project is not None and document.get("project") != project:
            if document.get("project") is not None:
                load.oddities.note(
                    f"moved from project {shown(document['project'], 60)} to "
                    f"{shown(project, 60)}, as project= says",
                    document["task_id"],
                )
            document["project"] = project
        if "params" not in document:
            document["params"] = {}
            load.oddities.note("no params, so that {} was added", document["task_id"])
        load.found[document["task_id"]] = entry
        load.records.append(TaskRecord(document, account=load.account, request_n=0))
    # Lists are in the order of creation, whatever the order of the file was.
    load.records.sort(key=lambda record: (record.created_ms, record.id))
    _make_places(load)
    for record in in_turns(load.records):
        note(record, load.world.clock.ms, f"loaded from {load.found[record.id].place}")
    for record in load.replaced.values():
        # Or the labeler of the task that was would finish the new one.
        load.world.timeline.drop("finish", record.id)
        load.account.deleted_tasks.discard(record.id)
    load.world.store.take_in(load.account, load.records, gone=load.replaced)
    # Or an id that is made later may be one of theirs.
    load.world.pass_ids(record.id for record in load.records)
    load.world.pass_ids(load.account.projects[name].id for name in load.projects)
    load.world.pass_ids(load.account.batches[name].id for name in load.batches)
    # Frozen time may not take the clock back behind them.
    load.world.clock.follower.untouched = False
    _settle_batches(load)
    _look(load)


def _without_conflicts(load: _Load, every: list[Found]) -> list[Found]:
    """What is left to load of ``every``, by what ``on_conflict`` says.

    Raises:
        BadExport: one task, or unique_id, stands there twice, or is in the fake already.
    """
    by_id: dict[str, Found] = {}
    by_unique_id: dict[str, Found] = {}
    loadable: list[Found] = []
    refused: list[str] = []
    for entry in every:
        task_id, unique_id = entry.document["task_id"], entry.document.get("unique_id")
        for kind, value, seen in (("task", task_id, by_id), ("unique_id", unique_id, by_unique_id)):
            if value is not None and value in seen:
                raise BadExport(
                    f"{entry.place} has {kind} {shown(value, 60)}, which {seen[value].place} has "
                    "too; expected each task once"
                )
        by_id[task_id] = entry
        if unique_id is not None:
            by_unique_id[unique_id] = entry
        conflict, holders = _conflict(load, task_id, unique_id)
        if not conflict:
            loadable.append(entry)
        elif load.on_conflict == "skip":
            load.skipped.append(task_id)
        elif load.on_conflict == "replace" and holders:
            load.replaced |= {record.id: record for record in holders}
            loadable.append(entry)
        else:
            refused.append(f"{entry.place}: {conflict}")
    if refused:
        others = f" (so are {counted(len(refused) - 1, 'other')})" if len(refused) > 1 else ""
        way = (
            'on_conflict="skip" leaves them out, on_conflict="replace" puts them in place of '
            "what is there"
            if load.on_conflict == "refuse"
            else 'on_conflict="skip" leaves them out'
        )
        raise BadExport(f"nothing was loaded: {refused[0]}{others}; {way}")
    return loadable


def _conflict(load: _Load, task_id: str, unique_id: str | None) -> tuple[str, list[TaskRecord]]:
    """Why a document cannot be loaded beside what is there, and the tasks that it may replace."""
    same = load.world.store.tasks.get(task_id)
    if same is not None and same.account is not load.account:
        text = f"task {shown(task_id, 60)} is there already, in account {same.account.shown}"
        return text, []
    holder = None if unique_id is None else load.account.holder_of(unique_id)
    if holder is not None and holder in load.account.quality_tasks:
        purpose = load.account.quality_tasks[holder].purpose
        return f"unique_id {shown(unique_id, 60)} belongs to {purpose} task {holder}", []
    other = None if holder is None or holder == task_id else load.world.store.tasks[holder]
    if same is not None:
        text = f"task {shown(task_id, 60)} is there already"
    elif other is not None:
        text = f"unique_id {shown(unique_id, 60)} is there already, of task {other.id}"
    else:
        text = ""
    return text, [record for record in (same, other) if record is not None]


def _make_places(load: _Load) -> None:
    """Make the projects and batches that are named and not there."""
    account, world = load.account, load.world
    in_project: dict[str, list[TaskRecord]] = {}
    in_batch: dict[str, list[TaskRecord]] = {}
    for record in load.records:
        if record.project is not None:
            in_project.setdefault(record.project, []).append(record)
        if record.batch is not None:
            in_batch.setdefault(record.batch, []).append(record)
    for name, batch in account.batches.items():
        # The project of a batch that is there is that of its tasks, where they name none.
        for record in in_batch.get(name, ()):
            if record.project not in {None, batch.project}:
                load.oddities.note(
                    f"of batch {shown(name, 60)}, which belongs to project "
                    f"{shown(batch.project, 60)} here, but of project {shown(record.project, 60)}",
                    record.id,
                )
    for name, records in in_project.items():
        project = account.project(name)
        if project is None:
            project = account.projects[name] = ProjectRecord(
                id=_own_id(load, records, "projectId") or world.new_id(),
                name=name,
                type=records[0].type,
                created_ms=min(records[0].created_ms, world.clock.ms),
                seq=len(account.projects),
                request_n=0,
            )
            load.projects.append(name)
        for record in records:
            if record.type != project.type and not project.genai_types:
                load.oddities.note(
                    f"type {record.type} in project {shown(name, 60)}, which takes {project.type}",
                    record.id,
                )
    for name, records in in_batch.items():
        if name in account.batches:
            continue
        projects = [record.project for record in records if record.project is not None]
        if not projects:
            load.oddities.note(
                f"of batch {shown(name, 60)}, which is not there and was not made, for no task of "
                "it names its project",
                records[0].id,
            )
            continue
        account.batches[name] = BatchRecord(
            id=_own_id(load, records, "batchId") or world.new_id(),
            name=name,
            project=projects[0],
            status=IN_PROGRESS,
            callback=None,
            created_ms=min(records[0].created_ms, world.clock.ms),
            metadata={},
            calibration_batch=False,
            self_label_batch=False,
            finalize_closes=False,
            studio=account.projects[projects[0]].studio,
            request_n=0,
            seq=len(account.batches),
        )
        load.batches.append(name)


def _own_id(load: _Load, records: list[TaskRecord], key: str) -> str | None:
    """The id that the tasks of a project or batch give it, where they agree."""
    ids = {str(load.found[record.id].document.get(key) or "") for record in records}
    return ids.pop() or None if len(ids) == 1 else None


def _latest_ms(record: TaskRecord) -> int:
    """The latest of the times at which something happened to a task."""
    return max(record.created_ms, record.updated_ms, record.completed_ms or 0)


def _settle_batches(load: _Load) -> None:
    """A batch without open tasks is completed; one that has some again is not any more."""
    for name in dict.fromkeys(record.batch for record in load.records):
        batch = load.account.batches.get(name or "")
        if batch is None or batch.status not in {IN_PROGRESS, BATCH_COMPLETED}:
            continue
        if load.account.tasks.count(batch=batch.name, status=PENDING):
            batch.status, batch.completed_ms = IN_PROGRESS, None
            continue
        ends = [record.updated_ms for record in load.account.tasks.of(batch=batch.name)]
        batch.status = BATCH_COMPLETED
        batch.completed_ms = batch.completed_ms or max(ends)


def _look(load: _Load) -> None:
    """Note what is odd about the loaded tasks."""
    account = load.account
    around = load.world.surroundings(account)
    for record in load.records:
        document = load.found[record.id].document
        for what in look_at(document, kind_of(document), around):
            load.oddities.note(what, record.id)
        if document.get("is_test", account.is_test) is not account.is_test:
            own_mode = "test" if account.is_test else "live"
            load.oddities.note(
                f"is_test is {shown(document['is_test'])}, and account {mask_key(account.key)} is "
                f"a {own_mode} one",
                record.id,
            )
        if record.status == COMPLETED and record.completed_ms is None:
            load.oddities.note(
                "completed without completed_at, which no filter by that time can find", record.id
            )


def _begin(_: Act, load: _Load) -> None:
    """Labelers take what is pending from now on; a policy is asked once, oldest task first."""
    world = load.world
    if load.account.is_test or not world.rules:
        return
    for record in load.records:
        if record.status != PENDING or world.store.tasks.get(record.id) is not record:
            continue
        # By its own id: the order of loading, or one task more, changes no other's.
        random = seeded(world.seed, "turnaround", record.id[8:])
        record.plan = decide(world.rules, TaskView(record), random)
        if record.plan is not None:
            record.polls_left = record.plan.polls
            if not world.is_idle(record):
                world._schedule(record, record.plan)
