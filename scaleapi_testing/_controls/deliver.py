"""What Scale's people do for generative-AI projects: deliver, publish schemas, add datasets.

None of it has an operation of the API; v2 only shows what came of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._errors import NoSuchRecord
from .._genai.rendering import DELETED, EVERYTHING, Renderer
from .._genai.threads import TYPES
from .._http.wire import encode, from_ms
from .._messages import described, did_you_mean, listed
from .._state.dataset import DatasetDeliveryRecord, DatasetRecord, DatasetTaskRecord
from .._state.delivery import DeliveryRecord, SchemaRecord
from .._state.lifecycle import COMPLETED
from .._world.history import note
from .._world.labelers import check_response
from .views import ProjectsView, ProjectView, Record, TaskView, find_task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .._state.account import Account
    from .._state.project import ProjectRecord
    from .._state.task import TaskRecord
    from .._world.act import Act
    from .._world.world import World


class DeliveryView(Record):
    """A delivery, live: ``id``, ``name``, ``task_count``, ``delivered_at``, ``project``."""

    __slots__ = ("_record",)

    kind = "delivery"

    def __init__(self, account: Account, record: DeliveryRecord, seed: int) -> None:
        write = Renderer(account, seed)
        super().__init__(account, lambda: write.delivery(record))
        self._record = record


class SchemaView(Record):
    """A schema, live: ``id``, ``name``, ``json`` (a text)."""

    __slots__ = ("_record",)

    kind = "schema"

    def __init__(self, account: Account, record: SchemaRecord, seed: int) -> None:
        write = Renderer(account, seed)
        super().__init__(account, lambda: write.schema(record))
        self._record = record


class DatasetView(Record):
    """A dataset, live: ``id``, ``name``; ``deliveries`` and ``tasks`` are ids, in order."""

    __slots__ = ("_record",)

    kind = "dataset"

    def __init__(self, account: Account, record: DatasetRecord) -> None:
        super().__init__(account, self._document)
        self._record = record

    def _document(self) -> dict[str, Any]:
        deliveries = [
            delivery
            for delivery in self._account.dataset_deliveries.values()
            if delivery.dataset == self._record.id
        ]
        return {
            "id": self._record.id,
            "name": self._record.name,
            "deliveries": [delivery.id for delivery in deliveries],
            "tasks": [task_id for delivery in deliveries for task_id in delivery.task_ids],
        }


class DeliveryControls:
    """The part of ``FakeScale`` that acts as Scale's people do for generative-AI projects."""

    _world: World
    account: Callable[..., Account]
    _control: Callable[..., Any]

    def configure_project(
        self,
        project: Any,
        types: Sequence[str] | None = None,
        models: Sequence[str] | None = None,
    ) -> ProjectView:
        """Say what a project is for, as v2 shows it; generated threads and annotations follow it.

        Args:
            project: a name, a record of ``scale.projects``, or a client's object.
            types: documented kinds such as ``"SFT"`` or ``"RLHF: Pref Ranking"``; ``None`` leaves
                them as they are.
            models: names of the models that answer; likewise.

        Raises:
            NoSuchRecord: there is no such project.
            ValueError: a kind is not among the documented ones.
            TypeError: ``types`` or ``models`` is no list of strings.
        """
        __tracebackhide__ = True
        for name, values in (("types", types), ("models", models)):
            if values is not None:
                _check_texts("configure_project", name, values)
        for kind in types or ():
            if kind not in TYPES:
                near = did_you_mean(kind, TYPES, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {listed(TYPES)}"
                raise ValueError(f"configure_project() got types=[{kind!r}]; {hint}")
        view = self._project(project)

        def configure() -> None:
            if types is not None:
                view._record.genai_types = tuple(types)
            if models is not None:
                view._record.models = tuple(models)

        self._control("configure_project", configure)
        return view

    def publish_schema(
        self, schema: Mapping[str, Any], name: str | None = None, api_key: str | None = None
    ) -> SchemaView:
        """Publish a JSON Schema that responses of deliveries follow.

        Args:
            schema: the JSON Schema.
            name: what it is called; ``schema 1``, ``schema 2``, ... by default.
            api_key: whose account; the fake's default one without it.

        Raises:
            TypeError: the schema is no JSON object, or the name no text.
        """
        __tracebackhide__ = True
        check_response("given to publish_schema() as schema", schema)
        _check_name("publish_schema", name)
        account = self._owner(api_key)

        def publish() -> SchemaView:
            record = SchemaRecord(
                id=self._world.new_id(),
                name=name or f"schema {len(account.schemas) + 1}",
                # As text: what the test changes in its dict afterwards is not published.
                text=json.dumps(schema),
                by=account.customer_id,
                created_ms=self._world.clock.ms,
            )
            account.schemas[record.id] = record
            return SchemaView(account, record, self._world.seed)

        published: SchemaView = self._control("publish_schema", publish)
        return published

    def deliver(
        self,
        to: Any,
        tasks: Iterable[Any] | None = None,
        name: str | None = None,
        schema: Any = None,
    ) -> DeliveryView:
        """Hand completed tasks of a project over, together, as Scale does.

        Their responses are kept as they are now: what becomes of a task later changes nothing of
        what was delivered.

        Args:
            to: the project: a name, a record of ``scale.projects``, or a client's object.
            tasks: ids, tasks of a client, or records of ``scale.tasks``, in order; without them
                every completed task of the project that no delivery holds yet.
            name: its own within the project; ``delivery 1``, ``delivery 2``, ... by default.
            schema: what ``publish_schema`` gave, or its id.

        Raises:
            NoSuchRecord: there is no such project or schema.
            NoSuchTask: there is no such task.
            ValueError: a task is not completed, or of another project; there is nothing to
                deliver; the name is taken.
        """
        __tracebackhide__ = True
        _check_name("deliver", name)
        view = self._project(to)
        account, project = view._account, view._record

        def hand_over() -> DeliveryView:
            earlier = [
                delivery
                for delivery in account.deliveries.values()
                if delivery.project == project.name
            ]
            record = DeliveryRecord(
                id="",
                name=name or f"delivery {len(earlier) + 1}",
                project=project.name,
                delivered_ms=self._world.clock.ms,
                responses=self._responses(account, project, tasks, earlier),
                seq=len(account.deliveries),
                schema_id=_schema_id(account, schema),
            )
            if any(delivery.name == record.name for delivery in earlier):
                raise ValueError(
                    f"deliver() got name={record.name!r}, which a delivery of project "
                    f"{project.name!r} has already; give another one"
                )
            # After all checks: a refused delivery must not use up an id, and so shift later ones.
            record.id = self._world.new_id()
            account.deliveries[record.id] = record
            return DeliveryView(account, record, self._world.seed)

        delivered: DeliveryView = self._control("deliver", hand_over)
        return delivered

    def _responses(
        self,
        account: Account,
        project: ProjectRecord,
        tasks: Iterable[Any] | None,
        earlier: list[DeliveryRecord],
    ) -> dict[str, bytes]:
        if tasks is None:
            delivered_ids = {task_id for delivery in earlier for task_id in delivery.responses}
            chosen = [
                record
                for record in account.tasks.of(project=project.name, status=COMPLETED)
                if record.id not in delivered_ids and record.id not in account.deleted_tasks
            ]
        else:
            # A text is iterable too: each letter would be looked for as a task.
            if isinstance(tasks, str):
                raise TypeError(f"deliver() got tasks={tasks!r:.60}; give a list: tasks=[...]")
            chosen = [find_task(self._world.store, task) for task in tasks]
        if not chosen:
            raise ValueError(
                f"deliver() has nothing to deliver: project {project.name!r} has no completed task "
                "that was not delivered; complete one first: scale.complete(task)"
            )
        write = Renderer(account, self._world.seed, EVERYTHING)
        return {record.id: _response(write, project, record) for record in chosen}

    def add_dataset(
        self,
        name: str,
        tasks: Iterable[Any] = (),
        delivery: str | None = None,
        turn_count: int | None = None,
        api_key: str | None = None,
    ) -> DatasetView:
        """Add ready-made data; called again with the same name, one more delivery of it.

        Args:
            name: what the dataset is called.
            tasks: the response of each task, any JSON object; or a pair of it and the files that
                it points at, ``(response, {"att-1": b"..."})``, each fetched by
                ``/v2/datasets/task/{task_id}/response_url/att-1``.
            delivery: what the delivery of these tasks is called; the dataset's name and the day by
                default. Without tasks there is none.
            turn_count: how many turns the tasks hold, which the delivery's metadata tells.
            api_key: whose account; the fake's default one without it.

        Raises:
            TypeError: a response is no JSON object, or files are no bytes by name.
            ValueError: the dataset has a delivery of this name already.
        """
        __tracebackhide__ = True
        _check_name("add_dataset", name)
        _check_name("add_dataset", delivery)
        dataset_tasks = [_dataset_task(task) for task in tasks]
        account = self._owner(api_key)

        def add() -> DatasetView:
            dataset = next(
                (candidate for candidate in account.datasets.values() if candidate.name == name),
                None,
            )
            if dataset is None:
                dataset = DatasetRecord(self._world.new_id(), name)
                account.datasets[dataset.id] = dataset
            if dataset_tasks:
                self._add_delivery(account, dataset, dataset_tasks, delivery, turn_count)
            return DatasetView(account, dataset)

        added: DatasetView = self._control("add_dataset", add)
        return added

    def _add_delivery(
        self,
        account: Account,
        dataset: DatasetRecord,
        tasks: list[tuple[Any, dict[str, tuple[str, bytes]]]],
        name: str | None,
        turns: int | None,
    ) -> None:
        now = self._world.clock.ms
        name = name or f"{dataset.name} - {from_ms(now):%Y-%m-%d}"
        used_names = {
            delivery.name
            for delivery in account.dataset_deliveries.values()
            if delivery.dataset == dataset.id
        }
        if name in used_names:
            raise ValueError(
                f"add_dataset() got a delivery {name!r}, which dataset {dataset.name!r} has "
                "already; give another one: delivery=..."
            )
        record = DatasetDeliveryRecord(
            id=self._world.new_id(),
            name=name,
            dataset=dataset.id,
            delivered_ms=now,
            task_ids=tuple(self._world.new_id() for _ in tasks),
            seq=len(account.dataset_deliveries),
            turns=turns,
        )
        account.dataset_deliveries[record.id] = record
        for task_id, (response, files) in zip(record.task_ids, tasks, strict=True):
            account.dataset_tasks[task_id] = DatasetTaskRecord(
                task_id, dataset.id, record.id, response, files
            )

    def report_sensitive_content(
        self, task: Any, type: str, message: str | None = None
    ) -> TaskView:
        """A labeler ends a task with a report instead of an answer; v2 then shows no threads.

        Args:
            task: an id, a task of a client, or a record of ``scale.tasks``.
            type: what it is about, any text, e.g. ``personal_data``.
            message: what is to be seen.

        Raises:
            NoSuchTask: there is none.
            IllegalTransition: the task is not pending, or nobody works on its batch.
        """
        __tracebackhide__ = True
        report = {"type": type} | ({} if message is None else {"message": message})

        def end(act: Act) -> TaskView:
            record = find_task(self._world.store, task)
            self._world.complete(act, record, {"sensitive_content_reports": [report]})
            return TaskView(record)

        ended: TaskView = self._world.control("scale.report_sensitive_content()", end)
        return ended

    def delete(self, task: Any) -> TaskView:
        """Scale deletes a task: v2 calls it ``deleted``; v1 shows it as before (assumed).

        Raises:
            NoSuchTask: there is none.
        """
        __tracebackhide__ = True

        def remove() -> TaskView:
            record = find_task(self._world.store, task)
            if record.id not in record.account.deleted_tasks:
                record.account.deleted_tasks.add(record.id)
                note(record, self._world.clock.ms, "deleted by scale.delete(), as v2 shows it")
            return TaskView(record)

        removed: TaskView = self._control("delete", remove)
        return removed

    def _project(self, project: Any) -> ProjectView:
        if isinstance(project, ProjectView):
            return project
        projects = ProjectsView(self._world.store)
        if isinstance(project, str):
            return projects.get(project)
        # The id where the object has one: accounts may share a name.
        for name in ("id", "name"):
            value: Any = getattr(project, name, None)
            if isinstance(value, str) and value in projects:
                return projects.get(value)
        raise TypeError(
            "give a project: its name, a record of scale.projects, or a client's object, not "
            f"{described(project)}"
        )

    def _owner(self, api_key: str | None) -> Account:
        return self.account() if api_key is None else self.account(api_key)


def _response(write: Renderer, project: ProjectRecord, record: TaskRecord) -> bytes:
    if record.account is not write.account or record.project != project.name:
        raise ValueError(
            f"deliver() got task {record.id}, which is of project {record.project!r} of account "
            f"{record.account.shown}, not of {project.name!r}"
        )
    if record.status != COMPLETED or record.id in write.account.deleted_tasks:
        status = DELETED if record.id in write.account.deleted_tasks else record.status
        raise ValueError(
            f"deliver() got task {record.id}, which is {status}; only completed tasks are delivered"
        )
    document = write.task(record)
    return encode({"threads": document.get("threads", [])})


def _schema_id(account: Account, schema: Any) -> str | None:
    if schema is None:
        return None
    schema_id: Any = getattr(schema, "id", schema)
    if schema_id not in account.schemas:
        raise NoSuchRecord(
            f"no schema {schema_id!r:.60} in account {account.shown}; publish it first: "
            "scale.publish_schema({...})"
        )
    return str(schema_id)


def _dataset_task(task: Any) -> tuple[Any, dict[str, tuple[str, bytes]]]:
    """The response of a dataset's task, and its files with the MIME type of each."""
    if not isinstance(task, tuple):
        task = (task, {})
    if len(task) != 2:
        raise TypeError(
            "add_dataset() takes for a task its response, or a pair of it and its files, "
            f'e.g. ({{...}}, {{"att-1": b"..."}}), not {described(task)}'
        )
    response, files = task
    check_response("given to add_dataset() in tasks", response)
    if not isinstance(files, Mapping) or not all(
        isinstance(name, str) and isinstance(content, bytes) for name, content in files.items()
    ):
        raise TypeError(
            "add_dataset() takes files as bytes by attachment id, "
            f'e.g. ({{...}}, {{"att-1": b"..."}}), not {described(files)}'
        )
    return response, {name: (_mime_type(content), content) for name, content in files.items()}


def _mime_type(content: bytes) -> str:
    # Here, for it reads its tables on import.
    import puremagic

    try:
        return str(puremagic.from_string(content, mime=True)) or _UNKNOWN
    # ValueError is what it raises of no bytes at all.
    except (puremagic.PureError, ValueError):
        return _UNKNOWN


_UNKNOWN = "application/octet-stream"


def _check_texts(control: str, name: str, values: Any) -> None:
    # A text is iterable too: its letters would pass as a list of strings.
    if isinstance(values, str) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"{control}() takes {name} as a list of strings, not {described(values)}")


def _check_name(control: str, name: Any) -> None:
    if name is not None and (not isinstance(name, str) or not name):
        raise TypeError(f"{control}() takes a name as a text that is not empty, not {name!r:.60}")
