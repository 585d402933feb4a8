"""What labelers, customers and Scale do outside the API: the controls of a fake, and its views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

from .. import _arguments, policies
from .._errors import NoAnswer
from .._messages import described, keywords_checked
from .._task_types import checked_name
from .._time.turns import in_turns
from .._uncopied import no_attribute
from .._world.history import note
from .._world.labelers import check_response
from ..policies import Policy, Rule
from . import dashboard
from .views import (
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

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import Enum
    from random import Random

    from .._state.account import Account
    from .._world.act import Act
    from .._world.world import World

TypeName: TypeAlias = "str | Enum"
"""A task type's name on the wire, or a member of a client's enumeration of them."""


_BY_A_CALL: Final = "that is what customers do, by a call: "

ELSEWHERE: Final = {
    "accept": f"{_BY_A_CALL}client.audit_task(task.id, accepted=True)",
    "reject": f"{_BY_A_CALL}client.audit_task(task.id, accepted=False, comments=...)",
    "audit": f"{_BY_A_CALL}client.audit_task(task.id, accepted=...); what people do in the "
    "dashboard is scale.fix() and scale.comment()",
    "cancel": f"{_BY_A_CALL}client.cancel_task(task.id)",
    "cancel_task": f"{_BY_A_CALL}client.cancel_task(task.id)",
    "create_task": f"{_BY_A_CALL}scale.client().create_task(...)",
    "create_project": f"{_BY_A_CALL}scale.client().create_project(...); or scale.add_projects()",
    "create_batch": f"{_BY_A_CALL}scale.client().create_batch(...)",
    "finalize": f"{_BY_A_CALL}client.finalize_batch(name)",
    "finalize_batch": f"{_BY_A_CALL}client.finalize_batch(name)",
    "error": "an attachment that cannot be used is scale.fail(task)",
    "advance": "virtual time is scale.clock: scale.clock.advance(hours=2)",
    "now": "virtual time is scale.clock: scale.clock.now()",
    "sleep": "virtual time is scale.clock: scale.clock.advance(hours=2)",
    "run_until_idle": "virtual time is scale.clock: scale.clock.run_until_idle()",
    "journal": "the calls stand in scale.requests",
    "calls": "the calls stand in scale.requests",
    "history": "the calls stand in scale.requests; of one task, scale.explain(task)",
    "expect": "the calls stand in scale.requests: scale.requests.expect(...)",
    "deliver_to": "callbacks are scale.callbacks: scale.callbacks.deliver_to(...)",
    "webhooks": "callbacks are scale.callbacks",
    "outbox": "mails are in scale.callbacks.outbox",
    "add_fault": "faults are scale.faults: scale.faults.add(status=503)",
    "outage": "faults are scale.faults: scale.faults.outage()",
    "rate_limit": "faults are scale.faults: scale.faults.rate_limit(...)",
    "url": "a served fake has an address: `with scale.serve() as server: server.url`",
}
"""What people look for on a fake, and where it is."""


class Controls:
    """The part of ``FakeScale`` that acts as the people outside the API do, and shows the records.

    Each control does its work under the fake's lock, delivers the callbacks it brings about, and
    raises what their targets raise.
    """

    _world: World

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

    if not TYPE_CHECKING:  # else no checker would notice a typing error any more

        def __getattr__(self, name: str) -> NoReturn:
            """Say of what is not there what is meant.

            Raises:
                AttributeError: always.
            """
            elsewhere = ELSEWHERE.get(name, "")
            raise no_attribute(
                self, name, "a FakeScale", "dir(scale)", before="scale.", elsewhere=elsewhere
            )

    def _control(self, name: str, act: Callable[..., Any], *args: Any) -> Any:
        __tracebackhide__ = True

        def do(_: Act) -> Any:
            return act(*args)

        return self._world.control(f"scale.{name}()", do)

    def _moved(self, name: str, task: Any, do: Callable[..., Any], *args: Any) -> TaskView:
        __tracebackhide__ = True

        def move(act: Act) -> TaskView:
            record = find_task(self._world.store, task)
            do(act, record, *args)
            return TaskView(record)

        return self._world.control(f"scale.{name}()", move)

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
                staging, and of paused ones, are skipped, which ``explain`` and the report of a
                failed test say, unless ``batch`` names theirs; so are loaded ones that labelers
                cannot answer.

        Returns:
            The tasks completed.
        """
        __tracebackhide__ = True

        def complete_each(act: Act) -> list[TaskView]:
            completed: list[TaskView] = []
            # There may be thousands, and a server's loop answers others in between.
            for view in in_turns(self.tasks(**{**filters, "status": "pending"})):
                idle = self._world.is_idle(view._record)
                # Whoever names the batch means its tasks; in a sweep over all nobody expects idle
                # ones to move.
                if idle and "batch" not in filters:
                    staged = self._world.in_staging(view._record)
                    batch = f"its batch {view.batch!r} is {'in staging' if staged else 'paused'}"
                    note(view._record, self._world.clock.ms, f"skipped by complete_all(): {batch}")
                    continue
                try:
                    self._world.complete(act, view._record, None)
                # A loaded task may lack what an answer needs; the others are completed anyway.
                except NoAnswer as error:
                    note(view._record, self._world.clock.ms, f"skipped by complete_all(): {error}")
                else:
                    completed.append(view)
            return completed

        return self._world.control("scale.complete_all()", complete_each)

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
        # Other threads may be cutting pages by this flag; no callback follows that had to be
        # delivered.
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
        # By names, not by class: the official client's objects are of classes that nothing here
        # imports.
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
        team_account: Account = self._control(name, act, self._world, email, account)
        return self.teammates.get(email, team_account.key)

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
        if not isinstance(view, ProjectView):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
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
        name_or_member: Any = task_type
        kind: str = getattr(name_or_member, "value", name_or_member)
        self._world.answers.respond(kind, response_or_callable)

    @keywords_checked(type="task_type", kind="task_type", after="policy", duration="policy")
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
        # Before the lock and the list: a policy that is none must not be found by a later task.
        policies.check(policy)
        kind = None if task_type is None else checked_name(getattr(task_type, "value", task_type))
        # A request in another thread may be walking the rules for the task that it creates.
        with self._world.lock:
            self._world.rules.append(Rule(policy, kind, project, batch))
