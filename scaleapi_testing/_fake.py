"""``FakeScale``: puts the parts of one fake together; no rule of the API stands here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from . import _arguments, policies
from . import _dashboard as dashboard
from ._app import App
from ._clock import Clock, Timeline, start_ms
from ._endpoints.v1.dependents import create_due
from ._endpoints.v1.projects import add_project
from ._errors import WrongClient
from ._faults import Faults
from ._history import explain
from ._journal import Journal
from ._labelers import check_response
from ._messages import described, mask_key
from ._random import seeded
from ._snapshot import CONFIGURATION, Diff, Snapshot, compare, put_back, take
from ._task_types import checked_name
from ._views import (
    BatchesView,
    FilesView,
    ProjectsView,
    ProjectView,
    TasksView,
    TaskView,
    TeammatesView,
    TeammateView,
    find_task,
)
from ._world import World
from .policies import Policy, Rule

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime, timedelta
    from enum import Enum
    from random import Random
    from types import TracebackType

    from responses import RequestsMock

    import scaleapi

    from ._attachments import Attachments
    from ._callbacks import Callbacks
    from ._intercept.httpx_door import FakeTransport
    from ._intercept.other_hosts import OtherHosts
    from ._labelers import Labelers
    from ._serve.server import Server
    from ._state.account import Account

BASE_URLS = ("https://api.scale.com", "https://api.scaleapi.com")
"""Where Scale answers; the second is what clients up to 2018 use (documented)."""

LIVE_KEY = "live_fake"

TypeName: TypeAlias = "str | Enum"
"""A task type's name on the wire, or a member of a client's enumeration of them."""


class FakeScale:
    """One fake Scale, complete in itself.

    ```python
    with FakeScale(seed=7, turnaround=timedelta(hours=2)) as scale:
        client = scale.client()
        task = client.create_task(...)
        scale.clock.advance(hours=2)
        task.refresh()
    ```

    Args:
        seed: the only source of randomness: same seed and same calls give the same bytes.
        start_time: where the virtual clock starts, an aware datetime; ``None`` is the real now.
        turnaround: how long labelers take: ``None`` (tasks wait for the test), a ``timedelta``, or
            a callable ``(task, random) -> timedelta``.
        api_keys: the keys let in; ``None`` is any non-empty key, each its own account.
        base_urls: the origins it answers for.
        test_key_tasks: what a test key's tasks do: ``complete_at_once``, ``complete_on_read`` or
            ``stay_pending``.
        skip_sleep: whether ``time.sleep`` and ``asyncio.sleep`` of the starting thread or task
            move the virtual clock instead of waiting.
        strict: refuse what Scale tolerates but nobody means.
        block_network: refuse every other host too, loopback excepted.
        labelers: how well labelers find the truth, where a test tells it.
        journal_max_entries: how many calls the journal keeps.

    Raises:
        TypeError: an argument of the wrong type.
        ValueError: a value that means nothing, with what would be right.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        start_time: datetime | None = None,
        turnaround: Policy = None,
        api_keys: Iterable[str] | None = None,
        base_urls: str | Sequence[str] = BASE_URLS,
        test_key_tasks: str = "complete_at_once",
        skip_sleep: bool = False,
        strict: bool = False,
        block_network: bool = False,
        labelers: Labelers | None = None,
        journal_max_entries: int = 10_000,
    ) -> None:
        _arguments.check(
            {
                "seed": seed,
                "turnaround": turnaround,
                "test_key_tasks": test_key_tasks,
                "skip_sleep": skip_sleep,
                "strict": strict,
                "block_network": block_network,
                "labelers": labelers,
            }
        )
        self.seed = seed
        self.base_urls = _arguments.origins(base_urls)
        self.block_network = block_network
        self.strict = strict
        self.skip_sleep = skip_sleep
        self._start = start_ms(start_time)
        self._turnaround = turnaround
        self._keys = _arguments.digests(api_keys)
        self._test_key_tasks = test_key_tasks
        self._labelers = labelers
        self._journal_max_entries = journal_max_entries
        self._stubs: OtherHosts | None = None
        self._build()

    def _build(self) -> None:
        from ._endpoints import router

        world = World(
            seed=self.seed,
            start=self._start,
            allowed_keys=self._keys,
            test_key_tasks=self._test_key_tasks,
            labelers=self._labelers,
            base_url=self.base_urls[0],
        )
        world.as_view = TaskView
        world.follow_up = partial(create_due, world)
        if self._turnaround is not None:
            world.rules.append(Rule(self._turnaround))
        self._world = world
        self._sources: tuple[Random, Random] | None = None
        self.faults = Faults(router())
        self.requests = Journal(self._journal_max_entries, now=lambda: world.clock.ms)
        self.app = App(world, self.faults, self.requests, strict=self.strict)

    # -- being there --------------------------------------------------------------------------

    def start(self) -> Self:
        """Begin to answer for ``base_urls`` in this process; may be called again."""
        from ._intercept import active

        active.start(self, skip_sleep=self.skip_sleep)
        return self

    def stop(self) -> None:
        """End the last ``start``; nothing stays behind."""
        from ._intercept import active

        active.stop(self)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def client(self, api_key: str = LIVE_KEY, **kwargs: Any) -> scaleapi.ScaleClient:
        """A ``scaleapi.ScaleClient`` that always reaches this fake, started or not.

        Args:
            api_key: whose account; ``test_...`` is a test key, others are live.
            kwargs: what ``ScaleClient`` takes besides.

        Raises:
            WrongClient: the ``scaleapi`` on the path is not the one of this package.
        """
        import scaleapi

        if not hasattr(scaleapi.ScaleClient, "create_tasks"):
            raise WrongClient(
                f"scale.client() needs the scaleapi of this distribution, but {scaleapi.__file__} "
                "was found first on the path; use that client while the fake is started, or "
                "remove it"
            )
        from ._intercept.own_client import bind

        kwargs.setdefault("api_instance_url", f"{self.base_urls[0]}/v1")
        client = scaleapi.ScaleClient(api_key, **kwargs)
        bind(client, self)
        return client

    def httpx_transport(self) -> FakeTransport:
        """The fake as an ``httpx`` transport, for ``httpx.Client`` and ``httpx.AsyncClient``."""
        from ._intercept.httpx_door import FakeTransport

        return FakeTransport(self)

    def serve(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: bool = False,  # noqa: FBT001, FBT002 - the documented signature
    ) -> AbstractContextManager[Server]:
        """The fake as a real HTTP or HTTPS server, while the ``with`` block lasts.

        Args:
            host: a loopback address.
            port: 0 takes a free one.
            tls: serve HTTPS, with a certificate signed by the authority in ``.ca_file``.
        """
        from ._serve.server import serve

        return serve(self, host=host, port=port, tls=tls)

    @property
    def wsgi_app(self) -> Callable[..., Iterable[bytes]]:
        """The fake as a WSGI application."""
        from ._serve.wsgi import wsgi_app

        return wsgi_app(self)

    @property
    def other_hosts(self) -> RequestsMock:
        """Stubs for every host but Scale's: a ``responses.RequestsMock`` that is never started."""
        return self.stubbed_hosts.mock

    @property
    def stubbed_hosts(self) -> OtherHosts:
        """What the doors ask for other hosts."""
        if self._stubs is None:
            from ._intercept.other_hosts import OtherHosts

            self._stubs = OtherHosts()
        return self._stubs

    def jitter(self) -> float:
        """A number from 0 to 1 of the fake's seed, for our own client's back-off."""
        return self._chance()[0].random()

    def new_idempotency_key(self) -> str:
        """A version 4 UUID of the fake's seed, for our own client's creates."""
        from ._random import draw_uuid

        return draw_uuid(self._chance()[1])

    def _chance(self) -> tuple[Random, Random]:
        """What jitter and idempotency keys are drawn from, seeded when one is first asked for."""
        with self._world.lock:
            if self._sources is None:
                self._sources = seeded(self.seed, "jitter"), seeded(self.seed, "idempotency")
            return self._sources

    # -- what is there ------------------------------------------------------------------------

    @property
    def clock(self) -> Clock:
        """Virtual time."""
        return self._world.clock

    @property
    def timeline(self) -> Timeline:
        """What is still to happen."""
        return self._world.timeline

    @property
    def callbacks(self) -> Callbacks:
        """Every callback, and what goes wrong with them on request."""
        return self._world.callbacks

    @property
    def attachments(self) -> Attachments:
        """What is known of attachments: ``describe(url, width=..., truth=...)``."""
        return self._world.attachments

    @property
    def answer_forms(self) -> dict[str, str]:
        """Which of several published forms generated answers take, by name; settable.

        ``playback_root`` of videoplaybackannotation: ``bare`` (default), ``list`` or ``object``;
        ``playback_key``: ``video`` (default) or ``annotated`` frames (task-types-video-3d 3.3).
        """
        return self._world.answers.forms

    @property
    def tasks(self) -> TasksView:
        """Every task, live."""
        return TasksView(self._world.store)

    @property
    def batches(self) -> BatchesView:
        """Every batch, live."""
        return BatchesView(self._world.store)

    @property
    def projects(self) -> ProjectsView:
        """Every project, live."""
        return ProjectsView(self._world.store)

    @property
    def files(self) -> FilesView:
        """Every uploaded or imported file, live."""
        return FilesView(self._world.store)

    @property
    def teammates(self) -> TeammatesView:
        """Everybody on a team, live: owners, and whom the team pages or ``/v1/teams`` invited."""
        return TeammatesView(self._world.store, lambda: self._world.clock.ms)

    def account(self, api_key: str = LIVE_KEY) -> Account:
        """The account of a key, with the settings that later calls obey.

        Raises:
            ValueError: the key is empty, or not among ``api_keys``.
            TypeError: the key is no string.
        """
        _arguments.check_text("account", "api_key", api_key)
        with self._world.lock:
            account = self._world.store.account(api_key)
        if account is None:
            raise ValueError(
                "account() got an empty key, which nobody can send; give an API key"
                if not api_key
                else f"no account {mask_key(api_key)}: the key is not among api_keys= of this "
                "fake; name one of them: scale.account(key)"
            )
        return account

    @property
    def callback_auth_key(self) -> str:
        """The secret of ``live_fake``'s callbacks."""
        return self.account().callback_auth_key

    # -- what labelers, customers and Scale do outside the API --------------------------------

    def _control(self, name: str, act: Callable[..., Any], *args: Any) -> Any:
        __tracebackhide__ = True
        return self._world.control(f"scale.{name}()", act, *args)

    def _moved(self, name: str, task: Any, act: Callable[..., Any], *args: Any) -> TaskView:
        __tracebackhide__ = True

        def move() -> TaskView:
            record = find_task(self._world.store, task)
            act(record, *args)
            return TaskView(record)

        found: TaskView = self._control(name, move)
        return found

    def start_work(self, task: Any) -> TaskView:
        """A labeler begins: ``work_started`` becomes true.

        Args:
            task: an id, a task of a client, or a record of ``scale.tasks``.

        Raises:
            NoSuchTask: there is none.
            IllegalTransition: the task is not pending, or its batch is in staging.
        """
        __tracebackhide__ = True
        return self._moved("start_work", task, self._world.start_work)

    def complete(self, task: Any, response: Any = None) -> TaskView:
        """A labeler finishes.

        Args:
            task: an id, a task of a client, or a record of ``scale.tasks``.
            response: any JSON object, kept as it is; ``None`` generates one that obeys the task's
                own instructions.

        Raises:
            NoSuchTask: there is none.
            IllegalTransition: the task is not pending, or its batch is in staging.
            TypeError: the response is no JSON object.
        """
        __tracebackhide__ = True
        if response is not None:
            check_response("given to complete()", response)
        return self._moved("complete", task, self._world.complete, response)

    def complete_all(self, **filters: Any) -> list[TaskView]:
        """A labeler finishes each pending task that matches, oldest first.

        Args:
            filters: as for ``scale.tasks(...)``; ``status`` is always pending. Tasks of batches in
                staging are left alone, unless ``batch`` names theirs.

        Returns:
            The tasks completed.
        """
        __tracebackhide__ = True

        def complete_each() -> list[TaskView]:
            done: list[TaskView] = []
            for view in self.tasks(**{**filters, "status": "pending"}):
                staged = self._world.in_staging(view._record)
                if staged and "batch" not in filters:
                    continue
                self._world.complete(view._record, None)
                done.append(view)
            return done

        found: list[TaskView] = self._control("complete_all", complete_each)
        return found

    def fail(
        self,
        task: Any,
        message: str | None = None,
        attachments: list[dict[str, Any]] | None = None,
    ) -> TaskView:
        """An attachment turns out to be unusable: status ``error``.

        Args:
            task: an id, a task of a client, or a record of ``scale.tasks``.
            message: the ``error`` of the response; ``None`` is Scale's own sentence.
            attachments: the response's list of ``{"statusCode": ..., "url": ...}``; ``None`` names
                the task's own attachments with 403.

        Raises:
            NoSuchTask: there is none.
            IllegalTransition: the task is not pending.
            TypeError: the message is no text, or the attachments are no list of objects.
        """
        __tracebackhide__ = True
        if message is not None:
            _arguments.check_text("fail", "message", message)
        if attachments is not None:
            _arguments.check_attachments("fail", attachments)
        return self._moved("fail", task, self._world.fail, message, attachments)

    def recall(self, task: Any) -> TaskView:
        """Scale takes work back: completed becomes pending, the response is gone.

        Raises:
            NoSuchTask: there is none.
            IllegalTransition: the task is not completed.
        """
        __tracebackhide__ = True
        return self._moved("recall", task, self._world.recall)

    def fix(self, task: Any, response: Any, comments: str | None = None) -> TaskView:
        """The customer corrects a response in the dashboard; the old one joins the prior ones.

        Raises:
            NoSuchTask: there is none.
            IllegalTransition: the task is not completed.
            TypeError: the response is no JSON object.
        """
        __tracebackhide__ = True
        check_response("given to fix()", response)
        if comments is not None:
            _arguments.check_text("fix", "comments", comments)
        return self._moved("fix", task, self._world.fix, response, comments)

    def comment(self, task: Any, text: str) -> TaskView:
        """The customer comments on a completed task in the dashboard, without a verdict.

        Raises:
            NoSuchTask: there is none.
            IllegalTransition: the task is not completed.
            TypeError: the comment is no text.
        """
        __tracebackhide__ = True
        _arguments.check_text("comment", "text", text)
        return self._moved("comment", task, self._world.comment, text)

    def archive(self, what: Any) -> Any:
        """Archive a project or a batch, as the dashboard does.

        Args:
            what: a record of ``scale.projects`` or ``scale.batches``, or a client's object.

        Returns:
            The live record.
        """
        return self._set_archived(what, archived=True)

    def unarchive(self, what: Any) -> Any:
        """Undo ``archive``."""
        return self._set_archived(what, archived=False)

    def _set_archived(self, what: Any, *, archived: bool) -> Any:
        view = self._project_or_batch(what)
        with self._world.lock:
            view._record.archived = archived
        return view

    def _project_or_batch(self, what: Any) -> Any:
        name = getattr(what, "name", None)
        if not isinstance(name, str):
            raise TypeError(
                "give a record of scale.projects or scale.batches, or a client's project or "
                f"batch, not {described(what)}"
            )
        kind = type(what).__name__.lower()
        is_batch = "batch" in kind or ("project" not in kind and hasattr(what, "project"))
        view = self.batches if is_batch else self.projects
        # The id where the object has one: accounts may share a name.
        by_id: Any = getattr(what, "id", None)
        return view.get(by_id if by_id in view else name)

    def accept_invitation(self, email: str, account: str | None = None) -> TeammateView:
        """An invited person accepts the invitation, in the dashboard.

        Args:
            email: the address that was invited.
            account: the API key, where the teams of several accounts have this address.

        Raises:
            NoSuchRecord: nobody has this address, or the invitation lapsed.
            IllegalTransition: the person is on the team already, or disabled.
        """
        __tracebackhide__ = True
        return self._of_team("accept_invitation", dashboard.accept_invitation, email, account)

    def disable_teammate(self, email: str, account: str | None = None) -> TeammateView:
        """An admin disables a person, in the dashboard; an open invitation is taken back.

        Args:
            email: the person's address.
            account: the API key, where the teams of several accounts have this address.

        Raises:
            NoSuchRecord: nobody has this address.
            IllegalTransition: the person is the account's owner.
        """
        __tracebackhide__ = True
        return self._of_team("disable_teammate", dashboard.disable_teammate, email, account)

    def _of_team(
        self, name: str, act: Callable[..., Account], email: str, account: str | None
    ) -> TeammateView:
        __tracebackhide__ = True
        found: Account = self._control(name, act, self._world, email, account)
        return self.teammates.get(email, found.key)

    def publish_template(
        self, project: Any, template_variables: Any, response_schema: Any = None
    ) -> ProjectView:
        """Publish the next version of a project's task template, as the dashboard does.

        Args:
            project: a name, a record of ``scale.projects``, or a client's object.
            template_variables: a JSON object, e.g. ``{"prompt": {"type": "text"}}``.
            response_schema: a JSON object, where the account has response schemas.

        Raises:
            NoSuchRecord: there is no such project.
            ValueError: projects of this type have no templates.
            TypeError: the variables, or the schema, are no JSON object.
        """
        __tracebackhide__ = True
        view: ProjectView = (
            self.projects.get(project)
            if isinstance(project, str)
            else self._project_or_batch(project)
        )
        if not isinstance(view, ProjectView):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"publish_template() takes a project, not {view!r}")
        self._control(
            "publish_template",
            dashboard.publish_template,
            self._world,
            view._record,
            template_variables,
            response_schema,
        )
        return view

    def respond(
        self,
        task_type: TypeName,
        response_or_callable: dict[str, Any] | Callable[[Any, Random], dict[str, Any]],
    ) -> None:
        """Say what later completions of a task type answer.

        Args:
            task_type: e.g. ``"categorization"``.
            response_or_callable: a JSON object, or a callable ``(task, random) -> response``.

        Raises:
            LookupError: no such task type.
            TypeError: neither a JSON object nor a callable.
        """
        given: Any = task_type
        kind: str = getattr(given, "value", given)
        self._world.answers.respond(kind, response_or_callable)

    def turnaround(
        self,
        policy: Policy,
        task_type: TypeName | None = None,
        project: str | None = None,
        batch: str | None = None,
    ) -> None:
        """Say how long labelers take for later tasks of a kind.

        Batch is narrower than project, project than type; among equals the later call wins. A
        policy is asked once, when the task is created.

        Args:
            policy: a ``timedelta``, a callable ``(task, random) -> timedelta``, or one of
                ``scaleapi_testing.policies``: ``never``, ``after_polls(n)``, or a script of
                ``completed()``, ``error()``, ``canceled()``, one entry per task.
            task_type: only tasks of this type.
            project: only tasks of this project.
            batch: only tasks of this batch.

        Raises:
            TypeError: no policy.
            ValueError: a negative length or an empty script.
            LookupError: no such task type.
        """
        policies.check(policy)
        kind = None if task_type is None else checked_name(getattr(task_type, "value", task_type))
        with self._world.lock:
            self._world.rules.append(Rule(policy, kind, project, batch))

    # -- looking back and ahead ---------------------------------------------------------------

    def explain(self, task: Any) -> str:
        """Each thing that happened to a task and why, in order, and what is still to come."""
        world = self._world
        with world.lock:
            record = find_task(world.store, task)
            created = next((r for r in self.requests if r.n == record.request_n), None)
            by = f"request {record.request_n}" + (
                f" ({created.method} {created.path})" if created is not None else ""
            )
            upcoming: list[tuple[int, str]] = []
            finish = world.timeline.planned("finish", record.id)
            if finish is not None:
                upcoming.append((finish, world._describe("finish", (record.id,))))
            for delivery in world.callbacks.of(record.id):
                when = world.timeline.planned("callback", delivery.number)
                if when is not None:
                    upcoming.append((when, world.callbacks.describe(delivery.number)))
            return explain(
                record,
                created_by=by,
                upcoming=sorted(upcoming),
                in_staging=world.in_staging(record),
                ends=finish is not None,
            )

    def snapshot(self) -> Snapshot:
        """The whole state as a value: objects, clock, seed, timeline, faults, journal, policies."""
        return take(self)

    def restore(self, snapshot: Snapshot) -> None:
        """Put a state back that ``snapshot`` gave, of this fake or of one forked from it.

        Raises:
            TypeError: no snapshot.
        """
        _check_snapshot("restore", snapshot)
        put_back(self, snapshot)

    def diff(self, snapshot: Snapshot) -> Diff:
        """What was added, changed and gone since ``snapshot``; its ``str()`` is readable.

        Raises:
            TypeError: no snapshot.
        """
        _check_snapshot("diff", snapshot)
        return compare(snapshot, take(self))

    def fork(self) -> FakeScale:
        """A second fake with a copy of the whole state, not started; neither sees the other."""
        other = self._alike()
        put_back(other, take(self))
        return other

    def _alike(self) -> FakeScale:
        """A fake as this one was right after its construction."""
        other = FakeScale.__new__(FakeScale)
        for name in CONFIGURATION:
            setattr(other, name, getattr(self, name))
        other._stubs = None
        other._build()
        return other

    def dump(self, path: str | os.PathLike[str]) -> None:
        """Write the whole state as human-readable JSON; API keys stand in it as digests.

        Targets of callbacks are not part of it; callables of ``turnaround`` and ``respond`` are
        named, and must be given again to ``load``.

        Raises:
            ValueError: a fault with ``when=`` cannot be written.
            OSError: the file cannot be written.
        """
        from ._dump import write

        write(self, path)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        turnaround: Callable[[Any, Random], timedelta] | None = None,
        respond: dict[str, Any] | None = None,
    ) -> FakeScale:
        """A fake from what ``dump`` wrote, not started.

        Args:
            path: the file.
            turnaround: the callable that its policies used, if they used one.
            respond: the callables that ``respond`` was given, by task type.

        Raises:
            BadDump: the file is newer, damaged, no dump, or needs a callable that is not given.
            OSError: the file cannot be read.
        """
        from ._dump import read

        return read(path, turnaround, respond)

    def raise_deferred(self) -> None:
        """Raise what targets of callbacks raised while a door could not pass it on."""
        __tracebackhide__ = True
        self._world.control("scale.raise_deferred()", lambda: None)

    def add_projects(self, projects: Iterable[str | tuple[str, str]]) -> None:
        """Make projects of ``live_fake``, as the marker's ``projects=`` does.

        Args:
            projects: names of imageannotation projects, or pairs ``(name, type)``.

        Raises:
            LookupError: no such task type.
            TypeError: neither a name nor a pair.
        """
        if isinstance(projects, str):
            raise TypeError(f"projects takes several; write projects=[{projects!r}]")
        for entry in projects:
            pair = (entry, "imageannotation") if isinstance(entry, str) else entry
            if not (isinstance(pair, tuple | list) and len(pair) == 2):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"projects holds {entry!r:.60}; give names or pairs (name, type)")
            name, kind = pair
            self._control("add_projects", add_project, self._world, self.account(), name, kind)

    def reset(self) -> None:
        """Back to the state right after construction, in place: everything is forgotten."""
        if self._stubs is not None:
            self._stubs.reset()
        # What a test holds of this fake (its clock, its journal) stays this fake's.
        put_back(self, take(self._alike()))

    def __repr__(self) -> str:
        return (
            f"<FakeScale seed={self.seed} at {self.clock.stamp()}: {len(self.tasks)} tasks, "
            f"{len(self.requests)} requests>"
        )


def _check_snapshot(control: str, snapshot: Any) -> None:
    if not isinstance(snapshot, Snapshot):
        raise TypeError(f"{control}() takes what scale.snapshot() gave, not {described(snapshot)}")


FakeScale.__module__ = "scaleapi_testing"
