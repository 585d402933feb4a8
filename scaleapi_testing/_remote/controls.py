"""The controls of a fake, over the wire: what is wrong is said here or there, in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import policies
from .._arguments import check_attachments, check_text
from .._control_plane.kinds import policy_out
from .._controls.views import id_of_task
from .._errors import CannotCross
from .._fake import FakeScale
from .._messages import keywords_checked
from .._task_types import checked_name
from .._world.labelers import check_response
from .outgoing import dataset_task_out, filters_out
from .records import FarTasks, view_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._controls.controls import TypeName
    from .clock import FarClock
    from .wire import Wire


class FarControls(FakeScale):
    """The part of ``RemoteFake`` that acts as the people outside the API do."""

    _wire: Wire
    _clock: FarClock

    @property
    def tasks(self) -> FarTasks:
        """Every task, live."""
        return FarTasks(self._wire)

    def _act(self, control: str, /, **arguments: Any) -> Any:
        __tracebackhide__ = True
        self._clock.follow()
        return self._wire.control_with(control, arguments)

    def _view(self, control: str, /, **arguments: Any) -> Any:
        __tracebackhide__ = True
        return view_of(self._wire, self._act(control, **arguments))

    def start_work(self, task: Any) -> Any:
        """A labeler begins: ``work_started`` becomes true."""
        __tracebackhide__ = True
        return self._view("start_work", task=id_of_task(task))

    def complete(self, task: Any, response: Any = None) -> Any:
        """A labeler finishes, with the given response or a generated one."""
        __tracebackhide__ = True
        if response is not None:
            check_response("given to complete()", response)
        return self._view("complete", task=id_of_task(task), response=response)

    def complete_all(self, **filters: Any) -> list[Any]:
        """A labeler finishes each pending task that matches, oldest first."""
        __tracebackhide__ = True
        self._clock.follow()
        # Exactly: a filter of None means what has none, and must be sent.
        reply = self._wire.control_exactly("complete_all", filters_out(self._wire, filters))
        return [self.tasks.get(task_id) for task_id in reply["items"]]

    def fail(
        self,
        task: Any,
        message: str | None = None,
        attachments: list[dict[str, Any]] | None = None,
    ) -> Any:
        """An attachment turns out to be unusable: status ``error``."""
        __tracebackhide__ = True
        if attachments is not None:
            check_attachments("fail", attachments)
        return self._view("fail", task=id_of_task(task), message=message, attachments=attachments)

    def recall(self, task: Any) -> Any:
        """Scale takes work back: completed becomes pending, the response is gone."""
        __tracebackhide__ = True
        return self._view("recall", task=id_of_task(task))

    def fix(self, task: Any, response: Any, comments: str | None = None) -> Any:
        """The customer corrects a response in the dashboard."""
        __tracebackhide__ = True
        check_response("given to fix()", response)
        return self._view("fix", task=id_of_task(task), response=response, comments=comments)

    def comment(self, task: Any, text: str) -> Any:
        """The customer comments on a completed task in the dashboard, without a verdict."""
        __tracebackhide__ = True
        check_text("comment", "text", text)
        return self._view("comment", task=id_of_task(task), text=text)

    def _set_archived(self, what: Any, *, archived: bool) -> Any:
        __tracebackhide__ = True
        view = self._project_or_batch(what)
        self._act(
            "archive" if archived else "unarchive",
            **{view.kind: view._record.id, "account": view._account.digest},
        )
        return view

    def accept_invitation(self, email: str, account: str | None = None) -> Any:
        """An invited person accepts the invitation, in the dashboard."""
        __tracebackhide__ = True
        return self._view("accept_invitation", email=email, account=account)

    def disable_teammate(self, email: str, account: str | None = None) -> Any:
        """An admin disables a person, in the dashboard; an open invitation is taken back."""
        __tracebackhide__ = True
        return self._view("disable_teammate", email=email, account=account)

    def publish_template(
        self, project: Any, template_variables: Any, response_schema: Any = None
    ) -> Any:
        """Publish the next version of a project's task template, as the dashboard does."""
        __tracebackhide__ = True
        return self._view(
            "publish_template",
            **self._meant_project("project", project),
            template_variables=template_variables,
            response_schema=response_schema,
        )

    def _meant_project(self, argument: str, project: Any) -> dict[str, Any]:
        """A project as the control plane names it."""
        __tracebackhide__ = True
        if isinstance(project, str):
            return {argument: project}
        view = self._project_or_batch(project)
        if view.kind != "project":
            raise TypeError(f"give a project, not {view!r}")
        return {argument: view._record.id, "account": view._account.digest}

    def respond(self, task_type: TypeName, response_or_callable: Any) -> None:
        """Say what later completions of a task type answer: a JSON object.

        Raises:
            TypeError: a callable, which no wire carries, or no JSON object.
            LookupError: no such task type.
        """
        __tracebackhide__ = True
        kind: Any = task_type
        name = checked_name(getattr(kind, "value", kind))
        if callable(response_or_callable):
            raise CannotCross(
                f"the callable given to respond({name!r}, ...) cannot cross a wire; give a JSON "
                "object, or complete each task with its own: scale.complete(task, response)"
            )
        check_response(f"(or callable) given to respond({name!r}, ...)", response_or_callable)
        self._act("respond", task_type=name, response=response_or_callable)

    @keywords_checked(type="task_type", kind="task_type", after="policy", duration="policy")
    def turnaround(
        self,
        policy: Any,
        task_type: TypeName | None = None,
        project: str | None = None,
        batch: str | None = None,
    ) -> None:
        """Say how long labelers take for later tasks of a kind; see ``FakeScale.turnaround``.

        Raises:
            TypeError: a callable, which no wire carries, or no policy.
            ValueError: a negative length or an empty script.
            LookupError: no such task type.
        """
        __tracebackhide__ = True
        policies.check(policy)
        kind: Any = task_type
        name = None if kind is None else checked_name(getattr(kind, "value", kind))
        only = {"task_type": name, "project": project, "batch": batch}
        self._wire.control_exactly(
            "turnaround",
            {
                "policy": policy_out(policy),
                **{name: value for name, value in only.items() if value is not None},
            },
        )

    def configure_project(self, project: Any, types: Any = None, models: Any = None) -> Any:
        """Say what a project is for, as v2 shows it."""
        __tracebackhide__ = True
        return self._view(
            "configure_project",
            **self._meant_project("project", project),
            types=None if types is None else list(types),
            models=None if models is None else list(models),
        )

    def publish_schema(
        self, schema: Any, name: str | None = None, api_key: str | None = None
    ) -> Any:
        """Publish a JSON Schema that responses of deliveries follow."""
        __tracebackhide__ = True
        check_response("given to publish_schema() as schema", schema)
        return self._view("publish_schema", schema=schema, name=name, api_key=api_key)

    def deliver(
        self,
        to: Any,
        tasks: Iterable[Any] | None = None,
        name: str | None = None,
        schema: Any = None,
    ) -> Any:
        """Hand completed tasks of a project over, together, as Scale does."""
        __tracebackhide__ = True
        if isinstance(tasks, str):
            raise TypeError(f"deliver() got tasks={tasks!r:.60}; give a list: tasks=[...]")
        return self._view(
            "deliver",
            **self._meant_project("to", to),
            tasks=None if tasks is None else [id_of_task(task) for task in tasks],
            name=name,
            schema=getattr(schema, "id", schema),
        )

    def add_dataset(
        self,
        name: str,
        tasks: Iterable[Any] = (),
        delivery: str | None = None,
        turn_count: int | None = None,
        api_key: str | None = None,
    ) -> Any:
        """Add ready-made data; called again with the same name, one more delivery of it."""
        __tracebackhide__ = True
        return self._view(
            "add_dataset",
            name=name,
            tasks=[dataset_task_out(task) for task in tasks],
            delivery=delivery,
            turn_count=turn_count,
            api_key=api_key,
        )

    def report_sensitive_content(self, task: Any, type: str, message: str | None = None) -> Any:
        """A labeler ends a task with a report instead of an answer."""
        __tracebackhide__ = True
        return self._view(
            "report_sensitive_content", task=id_of_task(task), type=type, message=message
        )

    def delete(self, task: Any) -> Any:
        """Scale deletes a task: v2 calls it ``deleted``; v1 shows it as before (assumed)."""
        __tracebackhide__ = True
        return self._view("delete", task=id_of_task(task))

    def add_projects(
        self, projects: Iterable[str | tuple[str, str]], api_key: str | None = None
    ) -> None:
        """Make projects, as the marker's ``projects=`` does."""
        __tracebackhide__ = True
        if isinstance(projects, str):
            raise TypeError(f"projects takes several; write projects=[{projects!r}]")
        if api_key is not None:
            self._wire.know(api_key)
        self._act("add_projects", projects=list(projects), api_key=api_key)

    def raise_deferred(self) -> None:
        """Raise what targets of callbacks raised while a door could not pass it on."""
        __tracebackhide__ = True
        self._wire.control("raise_deferred")
